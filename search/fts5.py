"""SQLite FTS5 as an engine: its own file, so that writing an index never makes savers wait.

One generation of the index is three tables: `entry` (attributes, one narrow row a thing), `fts` (tokens, contentless) and
`stored` (what was indexed, as JSON). A rebuild fills another generation; one row of `meta` says which is the present one,
so all processes switch with their next statement. Facet values of an entry are kept as one number of `combo`: counting
groups by it. A connection is opened for each use; the file is mapped into memory.
"""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from foundation.errors import Conflict, Unavailable
from search import filters
from search.engine import Answer, Ask, Term
from search.entries import ALL_FIELDS, ATTRIBUTES, SCHEMA, Change, Entry, Gone, columns_of
from search.filters import Sql
from search.ordering import by_masked, tiers

BUSY_S = 10.0
"""How long a writer of the index waits for another."""
MAPPED = 1 << 30
COLUMNS = tuple(f"{field}_{form}" for field in ALL_FIELDS for form in "gs")
TOKENIZER = "ascii tokenchars '-./_'"
"""Splits at blanks alone, for tokens made by `search.tokens`: `unicode61` would split codes and fold accents."""
META = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


class Fts5:
    """An index in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ask(self, question: Ask) -> Answer:
        """Answer a question from one state of the file."""
        with self._open() as db:
            db.execute("BEGIN")
            return _Asking(db, self._present(db), question).answer()

    def is_ready(self) -> bool:
        """Tell whether there is an index and it is of the present schema."""
        if not self.path.exists():
            return False
        with self._open() as db:
            return _meta(db, "present") is not None and _meta(db, "schema") == SCHEMA

    def write(self, changes: Sequence[Change]) -> None:
        """Write to the present index and to one that is being built."""
        with self._change() as db:
            for generation in dict.fromkeys([self._present(db), _meta(db, "building") or self._present(db)]):
                _Writing(db, generation).put(changes)

    def repair(self, changes: Sequence[Change]) -> None:
        """Put entries into the present index whatever version stands there."""
        with self._change() as db:
            _Writing(db, self._present(db)).put(changes, force=True)

    def marks(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Return the marks of entries by id."""
        with self._open() as db:
            condition, values = filters.one_of("id", ids)
            return dict(db.execute(f"SELECT id, mark FROM entry_{self._present(db)} WHERE {condition}", values))

    def digests(self) -> Iterator[tuple[str, str]]:
        """Yield id and digest of every entry."""
        with self._open() as db:
            yield from db.execute(f"SELECT id, digest FROM entry_{self._present(db)}")

    def begin(self) -> str:
        """Begin a new, empty generation."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._change() as db:
            present, unfinished = _meta(db, "present"), _meta(db, "building")
            if unfinished is not None:
                _drop(db, unfinished)
            last = max(int(g) for g in (present, unfinished, "0") if g is not None)
            _create(db, str(last + 1))
            _set(db, "building", str(last + 1))
            return str(last + 1)

    def add(self, name: str, changes: Sequence[Change]) -> None:
        """Write to a generation that is being built."""
        with self._change() as db:
            _require_building(db, name)
            _Writing(db, name).put(changes)

    def switch(self, name: str) -> None:
        """Make a built generation the present one and drop the one before."""
        with self._change() as db:
            _require_building(db, name)
            if (present := _meta(db, "present")) is not None:
                _drop(db, present)
            _set(db, "present", name)
            _set(db, "schema", SCHEMA)
            db.execute("DELETE FROM meta WHERE name = 'building'")
            db.execute(f"INSERT INTO fts_{name}(fts_{name}) VALUES ('optimize')")

    def alive(self) -> str:
        """Say how many entries there are."""
        with self._open() as db:
            count = db.execute(f"SELECT count(*) FROM entry_{self._present(db)}").fetchone()[0]
            return f"SQLite FTS5，{count} 条"

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with _plain_errors(), contextlib.closing(self._connection()) as db:
            yield db

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Open one writing transaction."""
        self._set_aside_what_is_no_index()
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("BEGIN IMMEDIATE")
            try:
                db.execute(META)
                yield db
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise

    def _connection(self) -> sqlite3.Connection:
        if not self.path.parent.exists():
            raise _never_built()
        db = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        db.execute(f"PRAGMA mmap_size={MAPPED}")
        db.execute("PRAGMA synchronous=NORMAL")
        return db

    def _set_aside_what_is_no_index(self) -> None:
        """Rename a file that SQLite cannot read at all, so that it can be built anew from the records."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return
        with self.path.open("rb") as file:
            is_index = file.read(16) == b"SQLite format 3\x00"
        if not is_index:
            self.path.rename(self.path.with_suffix(".broken"))

    def _present(self, db: sqlite3.Connection) -> str:
        present = _meta(db, "present")
        if present is None or _meta(db, "schema") != SCHEMA:
            raise _never_built()
        return present


class _Writing:
    """Writes to one generation inside a transaction."""

    def __init__(self, db: sqlite3.Connection, generation: str) -> None:
        self.db = db
        self.g = generation

    def put(self, changes: Sequence[Change], *, force: bool = False) -> None:
        for change in changes:
            if force or not self._is_newer(change):
                self._take_out(change.id)
                if isinstance(change, Entry):
                    self._put_in(change)
                else:
                    self._remember(change)

    def _is_newer(self, change: Change) -> bool:
        """Tell whether what stands there is newer."""
        query = f"SELECT version FROM entry_{self.g} WHERE id = ? UNION ALL SELECT version FROM gone_{self.g} WHERE id = ?"
        return any(version > change.version for (version,) in self.db.execute(query, [change.id, change.id]))

    def _take_out(self, entry_id: str) -> None:
        found = self.db.execute(
            f"SELECT e.rowid, s.entry FROM entry_{self.g} e JOIN stored_{self.g} s ON s.rowid = e.rowid WHERE e.id = ?",
            [entry_id],
        ).fetchone()
        self.db.execute(f"DELETE FROM gone_{self.g} WHERE id = ?", [entry_id])
        if found is None:
            return
        columns = columns_of(_loaded(found[1]))  # a contentless table is told what it held
        names, marks = ", ".join(columns), ", ".join("?" * (len(columns) + 2))
        sql = f"INSERT INTO fts_{self.g}(fts_{self.g}, rowid{', ' * bool(columns)}{names}) VALUES ({marks})"
        self.db.execute(sql, ["delete", found[0], *columns.values()])
        for table in ("entry", "stored"):
            self.db.execute(f"DELETE FROM {table}_{self.g} WHERE rowid = ?", [found[0]])

    def _put_in(self, entry: Entry) -> None:
        row = {name: entry.attribute(name) for name in ATTRIBUTES} | {
            "version": entry.version,
            "date": entry.date,
            "combo": self._combo(entry.facets),
            "mark": entry.mark,
            "digest": entry.digest,
        }
        rowid = self._insert("entry", row).lastrowid
        self._insert("stored", {"rowid": rowid, "entry": json.dumps(asdict(entry), ensure_ascii=False)})
        self._insert("fts", {"rowid": rowid, **columns_of(entry)})

    def _remember(self, gone: Gone) -> None:
        self._insert("gone", {"id": gone.id, "version": gone.version})

    def _insert(self, table: str, row: Mapping[str, Any]) -> sqlite3.Cursor:
        names = ", ".join(f'"{name}"' for name in row)
        sql = f"INSERT INTO {table}_{self.g} ({names}) VALUES ({', '.join('?' * len(row))})"
        return self.db.execute(sql, list(row.values()))

    def _combo(self, facets: Mapping[str, str]) -> int:
        text = json.dumps(dict(sorted(facets.items())), ensure_ascii=False)
        self.db.execute(f"INSERT OR IGNORE INTO combo_{self.g} (facets) VALUES (?)", [text])
        found = self.db.execute(f"SELECT id FROM combo_{self.g} WHERE facets = ?", [text]).fetchone()
        return int(found[0])


class _Asking:
    """Answers one question from one generation."""

    def __init__(self, db: sqlite3.Connection, generation: str, question: Ask) -> None:
        self.db = db
        self.g = generation
        self.question = question
        self.tiers = tiers(question)
        self.permitted = self._permitted()

    def answer(self) -> Answer:
        combos = self._combos()
        rowids = self._page()
        return Answer(
            total=sum(combos.values()),
            entries=tuple(self._stored(rowid) for rowid in rowids),
            counts=self._counts(combos),
        )

    def _permitted(self) -> Sql:
        """Return what every hit must be besides meeting the terms."""
        question = self.question
        parts = [filters.to_sql(question.where), *(self._chosen(n, v) for n, v in question.chosen.items())]
        if question.without:
            parts.append((f"e.id NOT IN (SELECT value FROM json_each(?))", [json.dumps(list(question.without))]))
        if question.spans:
            days = " OR ".join("e.date BETWEEN ? AND ?" for _ in question.spans)
            parts.append((f"({days})", [day for span in question.spans for day in (span.first, span.last)]))
        return " AND ".join(sql for sql, _ in parts), [v for _, values in parts for v in values]

    def _chosen(self, name: str, values: frozenset[str]) -> Sql:
        condition, given = filters.one_of("json_extract(facets, ?)", sorted(values))
        return f"e.combo IN (SELECT id FROM combo_{self.g} WHERE {condition})", [f'$."{name}"', *given]

    def _hits(self) -> list[Sql]:
        """Return the sources of hits, which have none in common: by open fields, then by masked ones."""
        if not self.question.terms:
            return [self._source("")]
        base = self._match(self.tiers[-1])
        sources = [self._source(base)]
        seen = [base]
        for way in by_masked(self.question):
            match = self._match(way.fields)
            condition, values = filters.to_sql(way.where)
            sql, parameters = self._source(f"({match}) NOT ({base})")
            sources.append((f"{sql} AND {condition}", [*parameters, *values]))
            seen.append(match)
        return sources

    def _source(self, match: str) -> Sql:
        condition, values = self.permitted
        if not match:
            return f"FROM entry_{self.g} e WHERE {condition}", values
        join = f"FROM fts_{self.g} f JOIN entry_{self.g} e ON e.rowid = f.rowid WHERE fts_{self.g} MATCH ? AND {condition}"
        return join, [match, *values]

    def _match(self, fields: Sequence[str]) -> str:
        return " AND ".join(_phrase(term, fields) for term in self.question.terms)

    def _combos(self) -> Counter[int]:
        combos: Counter[int] = Counter()
        for sql, values in self._hits():
            combos.update(dict(self.db.execute(f"SELECT e.combo, count(*) {sql} GROUP BY e.combo", values).fetchall()))
        return combos

    def _counts(self, combos: Mapping[int, int]) -> dict[str, dict[str, int]]:
        counts: dict[str, Counter[str]] = {}
        ids = json.dumps(list(combos))
        query = f"SELECT id, facets FROM combo_{self.g} WHERE id IN (SELECT value FROM json_each(?))"
        for combo, facets in self.db.execute(query, [ids]):
            for name, value in json.loads(facets).items():
                counts.setdefault(name, Counter())[value] += combos[combo]
        return {name: dict(found) for name, found in counts.items()}

    def _page(self) -> list[int]:
        raise NotImplementedError

    def _stored(self, rowid: int) -> Entry:
        found = self.db.execute(f"SELECT entry FROM stored_{self.g} WHERE rowid = ?", [rowid]).fetchone()
        return _loaded(found[0])
