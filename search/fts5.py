"""SQLite FTS5 as an engine: its own file, so that writing an index never makes savers wait.

A generation of the index is a set of tables of its own (`search.fts5_tables`). A rebuild fills another generation; one
row of `meta` says which is the present one, so all processes switch with their next statement.
"""
# ruff: noqa: S608 - table names carry the number of a generation, column names are constants, values are always bound

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from foundation.errors import Conflict, Unavailable
from search import filters
from search.engine import Answer, Ask, Held
from search.entries import SCHEMA, Change
from search.fts5_asking import Asking, Combos
from search.fts5_pool import Pool
from search.fts5_tables import Writing, create, drop

MOST_FREE = 0.3
"""Part of the file that may be unused before sweeping gives it back."""
META = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


class Fts5:
    """An index in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pool = Pool(path)
        self.combos = Combos()

    def ask(self, question: Ask) -> Answer:
        """Answer a question from one state of the file."""
        with self._open() as db:
            db.execute("BEGIN")
            return Asking(db, self._present(db), question, self.combos).answer()

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
                Writing(db, generation).put(changes)

    def held(self, ids: Sequence[str] | None = None) -> Iterator[Held]:
        """Yield what the present index knows of entries."""
        condition, values = ("1", []) if ids is None else filters.one_of("e.id", ids)
        with self._open() as db:
            g = self._present(db)
            joined = f"entry_{g} e JOIN word_{g} w ON w.id = e.thing JOIN stored_{g} s ON s.rowid = e.rowid"
            query = f"SELECT e.id, w.text, s.mark, s.digest FROM {joined} WHERE {condition}"
            for entry_id, thing, mark, digest in db.execute(query, values):
                yield Held(id=entry_id, thing=thing, mark=mark, digest=digest)

    def begin(self) -> str:
        """Begin a new, empty generation; a file that is damaged is set aside first."""
        self._set_aside_what_is_damaged()
        with self._change() as db:
            present, unfinished = _meta(db, "present"), _meta(db, "building")
            if unfinished is not None:
                drop(db, unfinished)
            last = max(int(g.partition("x")[0]) for g in (present, unfinished, "0") if g is not None)
            name = f"{last + 1}x{secrets.token_hex(4)}"  # never used twice, even for another file of this name
            create(db, name)
            _set(db, "building", name)
            return name

    def add(self, name: str, changes: Sequence[Change]) -> None:
        """Write to a generation that is being built."""
        with self._change() as db:
            _require_building(db, name)
            Writing(db, name).put(changes)

    def switch(self, name: str) -> None:
        """Make a built generation the present one and drop the one before."""
        with self._change() as db:
            _require_building(db, name)
            if (present := _meta(db, "present")) is not None:
                drop(db, present)
            _set(db, "present", name)
            _set(db, "schema", SCHEMA)
            db.execute("DELETE FROM meta WHERE name = 'building'")
            for table in (f"fts_{name}", f"small_{name}"):
                db.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")

    def sweep(self) -> None:
        """Drop tables that belong to no known generation, and give back their space."""
        with self._change() as db:
            known = {_meta(db, "present"), _meta(db, "building")}
            tables = db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'entry\\_%' ESCAPE '\\'").fetchall()
            for generation in {name.split("_")[1] for (name,) in tables} - known:
                drop(db, generation)
        with self._open() as db:
            free, pages = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
            if free > pages * MOST_FREE:
                db.execute("VACUUM")

    def alive(self) -> str:
        """Say how many entries there are."""
        with self._open() as db:
            count = db.execute(f"SELECT count(*) FROM entry_{self._present(db)}").fetchone()[0]
            return f"SQLite FTS5，{count} 条"

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            raise _never_built()
        with _plain_errors(), self.pool.connection() as db:
            yield db

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Open one writing transaction."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("BEGIN IMMEDIATE")
            db.execute(META)
            yield db
            db.execute("COMMIT")

    def _set_aside_what_is_damaged(self) -> None:
        """Rename a file that SQLite finds damaged, so that it can be built anew from the records."""
        if not self.path.exists():
            return
        try:
            with self.pool.connection() as db:
                is_whole = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise _down() from error
            is_whole = False
        if not is_whole:
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    self.path.with_name(self.path.name + end).rename(
                        self.path.with_name(f"damaged-{self.path.name}{end}")
                    )

    def _present(self, db: sqlite3.Connection) -> str:
        present = _meta(db, "present")
        if present is None or _meta(db, "schema") != SCHEMA:
            raise _never_built()
        return present


def _meta(db: sqlite3.Connection, name: str) -> str | None:
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        return None
    found = db.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
    return str(found[0]) if found else None


def _set(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])


def _require_building(db: sqlite3.Connection, name: str) -> None:
    if _meta(db, "building") != name:
        raise Conflict("另一次重建已经开始，这一次不再继续。", remedy="等待新的重建完成。")


def _never_built() -> Unavailable:
    message = "检索索引尚未建立，暂时不能检索；其他工作不受影响。"
    return Unavailable(message, remedy="稍候后台会自动建立；也可执行 flask reindex。")


def _down() -> Unavailable:
    return Unavailable(
        "检索暂时不可用，其他工作不受影响；新的改动会排队，恢复后补入索引。",
        remedy="请稍后重试；持续出现时由管理员执行 flask reindex 重建索引。",
    )


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _down() from error
