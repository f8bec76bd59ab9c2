"""Answers one question from one generation of the SQLite index.

A phrase in the long field is what costs, so it is looked for once: `open` holds the hits by open fields, `masked` those
that need masked ones; counts and page come from both in one statement. Which hits are of a better tier is asked of the
table of small fields.
"""
# ruff: noqa: S608 - table names carry the number of a generation, column names are constants, values are always bound

import json
import sqlite3
import sys
from collections.abc import Collection, Mapping, Sequence

from access.predicates import all_of
from search import filters
from search.engine import Answer, Ask, Term
from search.entries import Entry, loaded
from search.filters import Sql, values_in
from search.fts5_tables import SCOPE, day_number, scope_token
from search.ordering import by_masked, tiers

FEW_OF = 3
"""Looking up agencies' tokens pays when they are a third of all agencies or less."""
Pairs = tuple[tuple[str, str], ...]


class Combos:
    """What the numbers of `combo` stand for; they never change within a generation, so they are read once a process."""

    def __init__(self) -> None:
        self._of: dict[str, dict[int, Pairs]] = {}

    def of(self, db: sqlite3.Connection, generation: str, combos: Collection[int]) -> Mapping[int, Pairs]:
        """Return facet and value pairs of at least these combos."""
        if generation not in self._of:
            self._of = {generation: {}}
        known = self._of[generation]
        if any(combo not in known for combo in combos):
            for combo, facets in db.execute(f"SELECT id, facets FROM combo_{generation}"):
                known[combo] = tuple((sys.intern(n), sys.intern(v)) for n, v in json.loads(facets).items())
        return known


class Asking:
    """One question inside one reading transaction."""

    def __init__(self, db: sqlite3.Connection, generation: str, question: Ask, known: Combos) -> None:
        self.db = db
        self.g = generation
        self.known = known
        self.question = question
        self.tiers = tiers(question)
        self.words = self._words()
        self.permitted = self._permitted()
        self.scope = self._scope()

    def answer(self) -> Answer:
        """Return total, counts and the page."""
        combos, rowids = self._combos_and_page()
        return Answer(
            total=sum(combos.values()),
            entries=tuple(self._stored(rowid) for rowid in rowids),
            counts=self._counts(combos),
        )

    def _combos_and_page(self) -> tuple[dict[int, int], list[int]]:
        """Return how many hits have each combination of facet values, and the rows of the page."""
        first, offset, size = self._better()
        tables, values = self._hits()
        rest = "SELECT * FROM open UNION ALL SELECT * FROM masked"
        ranked, among = self._ranked()
        sql = f"""WITH {tables}
            SELECT 0 AS kind, combo AS n, count(*) AS c FROM ({rest}) GROUP BY combo
            UNION ALL SELECT 1, n, 0 FROM (
                SELECT n FROM ({rest}) WHERE {ranked} ORDER BY day DESC, id DESC LIMIT ? OFFSET ?)"""
        combos: dict[int, int] = {}
        page = list(first)
        for kind, number, count in self.db.execute(sql, [*values, *among, size, offset]):
            if kind:
                page.append(number)
            else:
                combos[number] = count
        return combos, page

    def _hits(self) -> Sql:
        """Return the two tables of hits, which have none in common."""
        columns = "(n, combo, day, id) AS MATERIALIZED"
        row = "SELECT e.rowid, e.combo, e.day, e.id"
        condition, values = self.permitted
        if not self.question.terms:
            nothing = f"masked{columns} ({row} FROM entry_{self.g} e WHERE 0)"
            return f"open{columns} ({row} FROM entry_{self.g} e WHERE {condition}), {nothing}", values
        match, given = self._matching("fts", self.tiers[-1])
        ways, wanted = self._masked_ways()
        others = f"({ways}) AND {condition} AND e.rowid NOT IN (SELECT n FROM open)"
        tables = f"open{columns} ({row} {match}), masked{columns} ({row} FROM entry_{self.g} e WHERE {others})"
        return tables, [*given, *wanted, *values]

    def _masked_ways(self) -> Sql:
        """Return the condition of hits by masked fields; of several terms one at least must stand in such a field."""
        parts: list[Sql] = []
        for way in by_masked(self.question):
            own = [field for field in way.fields if field not in self.tiers[-1]]
            some = " OR ".join(_phrase(term, own) for term in self.question.terms)
            if self._is_anywhere(some):
                condition, values = filters.to_sql(way.where, self.words)
                parts.append((f"{self._rows('small')} AND {condition}", [some, *values]))
                if len(self.question.terms) > 1:
                    parts[-1] = (f"{self._rows('fts')} AND {parts[-1][0]}", [self._match(way.fields), *parts[-1][1]])
        return " OR ".join(f"({sql})" for sql, _ in parts) or "0", [v for _, values in parts for v in values]

    def _is_anywhere(self, match: str) -> bool:
        query = f"SELECT 1 FROM small_{self.g} WHERE small_{self.g} MATCH ? LIMIT 1"
        return self.db.execute(query, [match]).fetchone() is not None

    def _better(self) -> tuple[list[int], int, int]:
        """Return the page's rows of better tiers, and what is left of offset and size for the last one."""
        offset, size = self.question.offset, self.question.size
        rows: list[int] = []
        for at, fields in enumerate(self.tiers[:-1] if self.question.terms else ()):
            match, values = self._matching("small", fields)
            if at:
                match, values = f"{match} AND NOT {self._rows('small')}", [*values, self._match(self.tiers[at - 1])]
            query = f"SELECT e.rowid {match} ORDER BY e.day DESC, e.id DESC LIMIT ? OFFSET ?"
            found = [row for (row,) in self.db.execute(query, [*values, size - len(rows), offset])]
            rows += found
            if offset:
                count = self.db.execute(f"SELECT count(*) {match}", values).fetchone()[0]
                offset = max(0, offset - count)
        return rows, offset, size - len(rows)

    def _ranked(self) -> Sql:
        """Return the condition that a hit is of the last tier."""
        if not self.question.terms or len(self.tiers) == 1:
            return "1", []
        match = self._match(self.tiers[-2])
        if not self._is_anywhere(match):
            return "1", []
        return f"n NOT IN (SELECT rowid FROM small_{self.g} WHERE small_{self.g} MATCH ?)", [match]

    def _matching(self, table: str, fields: Sequence[str]) -> Sql:
        condition, values = self.permitted
        match = self._match(fields)
        if table == "fts" and self.scope:
            match = f"({match}) AND {self.scope}"
        joined = f"FROM {table}_{self.g} f CROSS JOIN entry_{self.g} e ON e.rowid = f.rowid"
        return f"{joined} WHERE {table}_{self.g} MATCH ? AND {condition}", [match, *values]

    def _rows(self, table: str) -> str:
        return f"e.rowid IN (SELECT rowid FROM {table}_{self.g} WHERE {table}_{self.g} MATCH ?)"

    def _match(self, fields: Sequence[str]) -> str:
        return " AND ".join(_phrase(term, fields) for term in self.question.terms)

    def _words(self) -> dict[str, int]:
        """Return the numbers of the values that the question's predicates look for, of those that there are."""
        asked = values_in(all_of(self.question.where, *(g.where for g in self.question.guards)))
        query = f"SELECT text, id FROM word_{self.g} WHERE text IN (SELECT value FROM json_each(?))"
        return dict(self.db.execute(query, [json.dumps(sorted(asked))]).fetchall())

    def _scope(self) -> str:
        """Return the expression of the agencies that hits can be of, when they are few of those that there are."""
        agencies = filters.bounds(self.question.where, "agency_id")
        if agencies is None:
            return ""
        count = self.db.execute(f"SELECT count(*) FROM agency_{self.g}").fetchone()[0]
        tokens = [f'"{scope_token(self.words[a])}"' for a in sorted(agencies) if a in self.words]
        return f"{{{SCOPE}}} : ({' OR '.join(tokens)})" if tokens and len(tokens) * FEW_OF <= count else ""

    def _permitted(self) -> Sql:
        """Return what every hit must be besides meeting the terms."""
        question = self.question
        parts = [filters.to_sql(question.where, self.words), *(self._chosen(n, v) for n, v in question.chosen.items())]
        if question.without:
            parts.append(("e.id NOT IN (SELECT value FROM json_each(?))", [json.dumps(list(question.without))]))
        if question.spans:
            days = " OR ".join("e.day BETWEEN ? AND ?" for _ in question.spans)
            ends = [day_number(end) for span in question.spans for end in (span.first, span.last)]
            parts.append((f"({days})", ends))
        return " AND ".join(sql for sql, _ in parts), [v for _, values in parts for v in values]

    def _chosen(self, name: str, values: frozenset[str]) -> Sql:
        if not values:
            return "0", []
        condition, given = filters.one_of("ifnull(json_extract(facets, ?), '')", sorted(values))
        return f"e.combo IN (SELECT id FROM combo_{self.g} WHERE {condition})", [f'$."{name}"', *given]

    def _counts(self, combos: Mapping[int, int]) -> dict[str, dict[str, int]]:
        known = self.known.of(self.db, self.g, combos)
        found: dict[tuple[str, str], int] = {}
        for combo, count in combos.items():
            for pair in known[combo]:
                found[pair] = found.get(pair, 0) + count
        counts: dict[str, dict[str, int]] = {}
        for (name, value), count in found.items():
            counts.setdefault(name, {})[value] = count
        return counts

    def _stored(self, rowid: int) -> Entry:
        found = self.db.execute(f"SELECT entry FROM stored_{self.g} WHERE rowid = ?", [rowid]).fetchone()
        return loaded(found[0])


def _phrase(term: Term, fields: Sequence[str]) -> str:
    """Return an FTS5 phrase; tokens hold letters, digits, Han and `-./_` only, so quoting them is enough."""
    columns = " ".join(f"{field}_{term.form}" for field in fields)
    return f'{{{columns}}} : "{" ".join(term.tokens)}"'
