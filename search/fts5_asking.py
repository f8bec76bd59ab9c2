"""Answers one question from one generation of the SQLite index: totals and counts, then the page, tier by tier."""
# ruff: noqa: S608 - table names carry the number of a generation, column names are constants, values are always bound

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from search import filters
from search.engine import Answer, Ask, Term
from search.entries import Entry, loaded
from search.filters import Sql
from search.ordering import by_masked, tiers

Pairs = tuple[tuple[str, str], ...]
ORDER = "ORDER BY e.date DESC, e.id DESC LIMIT ? OFFSET ?"


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

    def __init__(self, db: sqlite3.Connection, generation: str, question: Ask, known: "Combos") -> None:
        self.db = db
        self.known = known
        self.g = generation
        self.question = question
        self.tiers = tiers(question)
        self.permitted = self._permitted()
        self.last = self._last()

    def answer(self) -> Answer:
        """Return total, counts and the page."""
        combos = self._combos()
        return Answer(
            total=sum(combos.values()),
            entries=tuple(self._stored(rowid) for rowid in self._page()),
            counts=self._counts(combos),
        )

    def _permitted(self) -> Sql:
        """Return what every hit must be besides meeting the terms."""
        question = self.question
        parts = [filters.to_sql(question.where), *(self._chosen(n, v) for n, v in question.chosen.items())]
        if question.without:
            parts.append(("e.id NOT IN (SELECT value FROM json_each(?))", [json.dumps(list(question.without))]))
        if question.spans:
            days = " OR ".join("e.date BETWEEN ? AND ?" for _ in question.spans)
            parts.append((f"({days})", [day for span in question.spans for day in (span.first, span.last)]))
        return " AND ".join(sql for sql, _ in parts), [v for _, values in parts for v in values]

    def _chosen(self, name: str, values: frozenset[str]) -> Sql:
        if not values:
            return "0", []
        condition, given = filters.one_of("json_extract(facets, ?)", sorted(values))
        return f"e.combo IN (SELECT id FROM combo_{self.g} WHERE {condition})", [f'$."{name}"', *given]

    def _combos(self) -> Counter[int]:
        """Return how many hits have each combination of facet values."""
        combos: Counter[int] = Counter()
        for sql, values in self._hits():
            found = self.db.execute(f"SELECT e.combo, count(*) {sql} GROUP BY e.combo", values)
            combos.update(dict(found.fetchall()))
        return combos

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

    def _hits(self) -> list[Sql]:
        """Return two sources of hits that have none in common: by open fields, and by masked ones only."""
        if not self.question.terms:
            condition, values = self.permitted
            return [(f"FROM entry_{self.g} e WHERE {condition}", values)]
        return [self._matching(self._match(self.tiers[-1])), *self._only_masked()]

    def _matching(self, match: str) -> Sql:
        condition, values = self.permitted
        joined = f"FROM fts_{self.g} f CROSS JOIN entry_{self.g} e ON e.rowid = f.rowid"
        return f"{joined} WHERE fts_{self.g} MATCH ? AND {condition}", [match, *values]

    def _only_masked(self) -> list[Sql]:
        base = self._match(self.tiers[-1])
        ways: list[Sql] = []
        for way in by_masked(self.question):
            condition, values = filters.to_sql(way.where)
            found = f"e.rowid IN (SELECT rowid FROM fts_{self.g} WHERE fts_{self.g} MATCH ?)"
            ways.append((f"({found} AND {condition})", [f"({self._match(way.fields)}) NOT ({base})", *values]))
        if not ways:
            return []
        condition, values = self.permitted
        some = " OR ".join(sql for sql, _ in ways)
        given = [v for _, values in ways for v in values]
        return [(f"FROM entry_{self.g} e WHERE ({some}) AND {condition}", [*given, *values])]

    def _match(self, fields: Sequence[str]) -> str:
        return " AND ".join(_phrase(term, fields) for term in self.question.terms)

    def _last(self) -> list[Sql]:
        """Return the sources of the last tier: what matches in no better fields."""
        if not self.question.terms:
            return self._hits()
        match = self._match(self.tiers[-1])
        if len(self.tiers) > 1:
            match = f"({match}) NOT ({self._match(self.tiers[-2])})"
        return [self._matching(match), *self._only_masked()]

    def _page(self) -> list[int]:
        """Return the rows of the page, looking into a tier only when the ones before did not fill it."""
        offset, size = self.question.offset, self.question.size
        rows: list[int] = []
        for source in self._better_tiers():
            if len(rows) == size:
                return rows
            found = self._rows(*source, offset, size - len(rows))
            rows += found
            offset = 0 if found else max(0, offset - self._count(*source))
        return rows + self._rows_of(self.last, offset, size - len(rows))

    def _better_tiers(self) -> list[Sql]:
        if not self.question.terms:
            return []
        matches = [self._match(fields) for fields in self.tiers[:-1]]
        apart = [m if at == 0 else f"({m}) NOT ({matches[at - 1]})" for at, m in enumerate(matches)]
        return [self._matching(m) for m in apart]

    def _rows_of(self, sources: Sequence[Sql], offset: int, size: int) -> list[int]:
        if len(sources) == 1:
            return self._rows(*sources[0], offset, size)
        parts = " UNION ALL ".join(f"SELECT e.rowid AS r, e.date AS date, e.id AS id {sql}" for sql, _ in sources)
        values = [v for _, some in sources for v in some]
        found = self.db.execute(f"SELECT r FROM ({parts}) e {ORDER}", [*values, size, offset])
        return [int(row[0]) for row in found]

    def _rows(self, sql: str, values: Sequence[object], offset: int, size: int) -> list[int]:
        found = self.db.execute(f"SELECT e.rowid {sql} {ORDER}", [*values, size, offset])
        return [int(row[0]) for row in found]

    def _count(self, sql: str, values: Sequence[object]) -> int:
        return int(self.db.execute(f"SELECT count(*) {sql}", values).fetchone()[0])

    def _stored(self, rowid: int) -> Entry:
        found = self.db.execute(f"SELECT entry FROM stored_{self.g} WHERE rowid = ?", [rowid]).fetchone()
        return loaded(found[0])


def _phrase(term: Term, fields: Sequence[str]) -> str:
    """Return an FTS5 phrase; tokens hold letters, digits, Han and `-./_` only, so quoting them is enough."""
    columns = " ".join(f"{field}_{term.form}" for field in fields)
    return f'{{{columns}}} : "{" ".join(term.tokens)}"'
