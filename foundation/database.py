"""One code for SQLite (WAL) and PostgreSQL: sessions, types, naming of constraints.

`Database.write()` is the only way to change rows: one transaction, committed at the end, rolled back on any error. On
SQLite it begins IMMEDIATE, so one writer at a time; on PostgreSQL operations lock their case row (`lock_row`). Nothing
renders, signs or calls a network inside it. `write_with` is the same for operations that read much before they change
anything: others wait only for the change.
"""

import contextlib
import datetime as dt
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.dialects import postgresql, sqlite

from foundation.clock import as_utc
from foundation.errors import Unavailable

Told = TypeVar("Told")

BUSY_MS = 10_000
"""How long a SQLite writer waits for another before it says so."""
LOOK_S = 0.001
"""How often it looks: SQLite itself waits longer each time, up to 100 ms, and who comes later would be first."""

OLD_SCHEMA = "数据库结构比程序旧，未作任何改动。"
OLD_SCHEMA_REMEDY = "请由系统管理员运行 flask upgrade 升级数据库结构，再重新启动服务。"
UNDEFINED = frozenset(["42P01", "42703"])
"""PostgreSQL's states for a table and a column that is not there."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """An aware instant, kept as UTC; naive values are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Refuse naive instants; SQLite keeps them without zone, as UTC."""
        if value is None:
            return None
        at = as_utc(value)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Give back an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
"""JSON data: JSONB on PostgreSQL, text on SQLite."""


class Base(orm.DeclarativeBase):
    """Base of every floor's models; one metadata, one set of constraint names."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {dt.datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012 - SQLAlchemy reads it so


class Database:
    """An engine and the two ways to use it."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        options: dict[str, Any] = {"pool_pre_ping": True} if self.is_postgresql else {}
        self.engine = sa.create_engine(self.url, **options)
        if not self.is_postgresql:
            _teach_sqlite(self.engine)
        self._writer = self.engine.execution_options(anjuan_write=True)

    @property
    def is_postgresql(self) -> bool:
        """Whether the server is PostgreSQL (else SQLite)."""
        return self.url.get_backend_name() == "postgresql"

    @contextlib.contextmanager
    def write(self) -> Iterator[orm.Session]:
        """Open one writing transaction.

        Raises:
            Unavailable: The database is busy, full or down; nothing was changed.
        """
        with _plain_errors(), orm.Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def write_with(self, read: Callable[[orm.Session], Told]) -> Iterator[tuple[orm.Session, Told]]:
        """Open one writing transaction with what `read` tells of the rows as they stand in it.

        On SQLite one lock stands for everything, so `read` is asked before it is taken, and asked again under it only
        when somebody else has written meanwhile. On PostgreSQL `read` locks its rows first and is asked once.

        Raises:
            Unavailable: The database is busy, full or down; nothing was changed.
        """
        if self.is_postgresql:
            with self.write() as session:
                yield session, read(session)
            return
        with _plain_errors(), self.engine.connect() as connection:
            with orm.Session(connection) as session, session.begin():
                state, told = _state(session), read(session)
            connection.execution_options(anjuan_write=True)
            with orm.Session(connection, expire_on_commit=False) as session, session.begin():
                yield session, told if _state(session) == state else read(session)

    @contextlib.contextmanager
    def read(self) -> Iterator[orm.Session]:
        """Open a session for reading; what it changed would be rolled back.

        Raises:
            Unavailable: The database is down.
        """
        with _plain_errors(), orm.Session(self.engine) as session:
            yield session

    def create_all(self) -> None:
        """Create all tables without migrations (throw-away databases of tests and replays)."""
        Base.metadata.create_all(self.engine)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _state(session: orm.Session) -> int:
    """Return a number that another's commit changes, as this connection's transaction sees the file."""
    return int(session.scalar(sa.text("PRAGMA data_version")) or 0)


def lock_row(session: orm.Session, model: type[Base], key: Any) -> Any:
    """Load one row `FOR UPDATE` (SQLite: the transaction already is the lock); None when absent."""
    return session.get(model, key, with_for_update=True, populate_existing=True)


def insert_once(session: orm.Session, model: type[Base], **values: Any) -> None:
    """Insert a row unless its key is there; a writer of the same key waits for the other's transaction."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(model).values(**values).on_conflict_do_nothing())


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.ProgrammingError, sqlite3.OperationalError) as error:
        if _lacks_tables(error):
            raise Unavailable(OLD_SCHEMA, remedy=OLD_SCHEMA_REMEDY) from error
        if isinstance(error, sa.exc.ProgrammingError):
            raise
        raise Unavailable(
            "数据库暂时不可用，未作任何改动。", remedy="请稍后重试；持续出现时查看“系统健康”页。"
        ) from error


def _lacks_tables(error: Exception) -> bool:
    """Tell whether a statement named a table or column that the database does not have."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    state = str(getattr(cause, "sqlstate", "") or "")
    text = str(cause)
    return state in UNDEFINED or text.startswith(("no such table", "no such column")) or "has no column named" in text


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch a file to WAL once; the switch does not wait for others as other statements do, so we do."""
    end = time.monotonic() + BUSY_MS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone()[0] not in {"wal", "memory"}:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _teach_sqlite(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        for pragma in (f"busy_timeout={BUSY_MS}", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _use_wal(connection)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("anjuan_write"):
            _begin_writing(connection.connection.dbapi_connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Any) -> None:
    """Begin IMMEDIATE as soon as no other writer is at work."""
    end = time.monotonic() + BUSY_MS / 1000
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while not _is_begun(connection, end):
            time.sleep(LOOK_S)
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _is_begun(connection: sqlite3.Connection, end: float) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
            raise
        return False
    return True
