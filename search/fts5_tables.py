"""Tables of one generation of the SQLite index, and writing to them.

- `entry`: one narrow row a thing: facet combination, day, attributes as numbers (0 for one that it lacks), id;
- `word`: the number of each value of an attribute; `combo`: each combination of facet values, so that counting groups
  by one number;
- `fts`: the tokens of all fields, contentless, and a token for the agency, so that whoever sees few of many agencies
  never meets the others' rows; `small`: the tokens of all fields but the long one once more, for ranks and masked
  values; `agency`: the numbers of the agencies that there are;
- `stored`: what was indexed, as JSON; `gone`: versions of what was taken out.
"""
# ruff: noqa: S608 - table names carry the name of a generation, column names are constants, values are always bound

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from search.entries import ALL_FIELDS, ATTRIBUTES, Change, Entry, Gone, columns_of, loaded, stored

NUMBERED = tuple(name for name in ATTRIBUTES if name != "id")
"""Attributes that are kept as numbers."""
ABSENT = 0
COLUMNS = tuple(f"{field}_{form}" for field in ALL_FIELDS for form in "gs")
LONG = frozenset(["text_g", "text_s"])
"""Columns of the long field."""
TOKENIZER = "ascii tokenchars '-./_'"
"""Splits at blanks alone, for tokens made by `search.tokens`: `unicode61` would split codes and fold accents."""
TABLES = ("fts", "small", "entry", "word", "combo", "agency", "stored", "gone")
SCOPE = "scope"
"""Column of the agency's token."""


def create(db: sqlite3.Connection, g: str) -> None:
    """Create the tables of a generation."""
    numbers = ", ".join(f"{name} INTEGER NOT NULL" for name in ("combo", "day", *NUMBERED))
    kept = "version INTEGER NOT NULL, mark TEXT NOT NULL, digest TEXT NOT NULL, entry TEXT NOT NULL"
    db.execute(f"CREATE TABLE entry_{g} (rowid INTEGER PRIMARY KEY, {numbers}, id TEXT NOT NULL UNIQUE)")
    for table, text in (("word", "text"), ("combo", "facets")):
        db.execute(f"CREATE TABLE {table}_{g} (id INTEGER PRIMARY KEY, {text} TEXT NOT NULL UNIQUE)")
    db.execute(f"CREATE TABLE agency_{g} (id INTEGER PRIMARY KEY)")
    db.execute(f"CREATE TABLE stored_{g} (rowid INTEGER PRIMARY KEY, {kept})")
    db.execute(f"CREATE TABLE gone_{g} (id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID")
    for table, columns in _indexed(dict.fromkeys(COLUMNS, ""), 0):
        made = f"{', '.join(columns)}, content='', tokenize=\"{TOKENIZER}\""
        db.execute(f"CREATE VIRTUAL TABLE {table}_{g} USING fts5({made})")


def drop(db: sqlite3.Connection, g: str) -> None:
    """Drop the tables of a generation."""
    for table in TABLES:
        db.execute(f"DROP TABLE IF EXISTS {table}_{g}")


def day_number(date: str) -> int:
    """Return an ISO date as a number that sorts like it: 20260105."""
    return int(date.replace("-", ""))


class Writing:
    """Writes to one generation inside a transaction."""

    def __init__(self, db: sqlite3.Connection, generation: str) -> None:
        self.db = db
        self.g = generation
        self.known: dict[tuple[str, str], int] = {}

    def put(self, changes: Sequence[Change]) -> None:
        """Write entries and remember what is gone, unless what stands there is newer."""
        for change in changes:
            rowid, version = self._standing(change.id)
            if version > change.version:
                continue
            self._take_out(change.id, rowid)
            if isinstance(change, Entry):
                self._put_in(change)
            else:
                self._remember(change)

    def _standing(self, entry_id: str) -> tuple[int | None, int]:
        """Return row and version of what stands there, or the version of what is gone."""
        joined = f"entry_{self.g} e JOIN stored_{self.g} s ON s.rowid = e.rowid"
        query = f"SELECT e.rowid, s.version FROM {joined} WHERE e.id = ?"
        found = self.db.execute(query, [entry_id]).fetchone()
        if found is None:
            found = self.db.execute(f"SELECT NULL, version FROM gone_{self.g} WHERE id = ?", [entry_id]).fetchone()
        return found or (None, -1)

    def _take_out(self, entry_id: str, rowid: int | None) -> None:
        self.db.execute(f"DELETE FROM gone_{self.g} WHERE id = ?", [entry_id])
        if rowid is None:
            return
        joined = f"stored_{self.g} s JOIN entry_{self.g} e ON e.rowid = s.rowid"
        query = f"SELECT s.entry, e.agency_id FROM {joined} WHERE s.rowid = ?"
        text, agency = self.db.execute(query, [rowid]).fetchone()
        for table, columns in _indexed(columns_of(loaded(text)), agency):  # a contentless table is told what it held
            names, marks = ", ".join([f"{table}_{self.g}", "rowid", *columns]), ", ".join("?" * (len(columns) + 2))
            sql = f"INSERT INTO {table}_{self.g}({names}) VALUES ({marks})"
            self.db.execute(sql, ["delete", rowid, *columns.values()])
        for table in ("entry", "stored"):
            self.db.execute(f"DELETE FROM {table}_{self.g} WHERE rowid = ?", [rowid])

    def _put_in(self, entry: Entry) -> None:
        facets = json.dumps(dict(sorted(entry.facets.items())), ensure_ascii=False)
        row: dict[str, Any] = {name: self._word(entry.attribute(name)) for name in NUMBERED}
        row |= {"combo": self._number("combo", "facets", facets), "day": day_number(entry.date), "id": entry.id}
        rowid = self._insert("entry", row).lastrowid
        facts = {"version": entry.version, "mark": entry.mark, "digest": entry.digest, "entry": stored(entry)}
        self._insert("stored", {"rowid": rowid, **facts})
        self.db.execute(f"INSERT OR IGNORE INTO agency_{self.g} VALUES (?)", [row["agency_id"]])
        for table, columns in _indexed(columns_of(entry), row["agency_id"]):
            self._insert(table, {"rowid": rowid, **columns})

    def _remember(self, gone: Gone) -> None:
        self._insert("gone", {"id": gone.id, "version": gone.version})

    def _word(self, value: str | None) -> int:
        return ABSENT if value is None else self._number("word", "text", value)

    def _number(self, table: str, column: str, text: str) -> int:
        """Return the number of a text, a new one for a new text."""
        if (table, text) not in self.known:
            found = self.db.execute(f"SELECT id FROM {table}_{self.g} WHERE {column} = ?", [text]).fetchone()
            number = found[0] if found else self._insert(table, {column: text}).lastrowid
            self.known[table, text] = int(number or ABSENT)
        return self.known[table, text]

    def _insert(self, table: str, row: Mapping[str, Any]) -> sqlite3.Cursor:
        names = ", ".join(row)
        sql = f"INSERT INTO {table}_{self.g} ({names}) VALUES ({', '.join('?' * len(row))})"
        return self.db.execute(sql, list(row.values()))


def scope_token(agency: int) -> str:
    """Return the token of an agency's number."""
    return f"a{agency}"


def _indexed(columns: Mapping[str, str], agency: int) -> list[tuple[str, dict[str, str]]]:
    """Return what goes into each of the two tables of tokens."""
    small = {name: tokens for name, tokens in columns.items() if name not in LONG}
    return [("fts", {SCOPE: scope_token(agency), **columns}), ("small", small)]
