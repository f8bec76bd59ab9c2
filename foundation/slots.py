"""Places for workers, each held by a lock that falls free when its holder dies, however it dies.

A worker's name in the workflow engine is its slot, so that whoever finds a slot's lock free may take over the work that
was begun under that name. One box: file locks under `data_dir/slots`. PostgreSQL: advisory locks of one connection
(a pooler in transaction mode loses them: give workers a direct connection).
"""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa

from foundation.context import Context
from foundation.errors import Unavailable

WORKERS = tuple(f"worker-{i:02}" for i in range(64))
"""Slots of `flask work`."""
DIRECT = tuple(f"direct-{i:02}" for i in range(16))
"""Slots of commands that run one job themselves because no worker is alive."""
ALONE = ("index-rebuild",)
"""Work of which one at a time is enough, whoever does it."""
_NUMBERS = {name: i for i, name in enumerate(WORKERS + DIRECT + ALONE)}
_SPACE = 0x414E4A55
"""First half of our advisory locks (`ANJU`)."""


class Slot(Protocol):
    """A slot that we hold."""

    name: str

    def is_held(self) -> bool:
        """Whether the lock is still ours (a connection may be lost); takes it again if it is free."""
        ...

    def release(self) -> None:
        """Let it fall free."""
        ...


class _FileSlot:
    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name, self._file = name, file

    def is_held(self) -> bool:
        return not self._file.closed

    def release(self) -> None:
        self._file.close()


class _PostgresSlot:
    def __init__(self, name: str, engine: sa.Engine, connection: sa.Connection) -> None:
        self.name, self._engine, self._connection = name, engine, connection

    def is_held(self) -> bool:
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            self._connection.execute(sa.text("SELECT 1"))
            return True
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            self._connection.close()
            again = _lock(self._engine, self.name)
            if again is not None:
                self._connection = again
                return True
            return False
        return True  # the server is down for everybody: nobody can have taken the slot

    def release(self) -> None:
        with contextlib.suppress(sa.exc.SQLAlchemyError):  # a lost session has lost its locks as well
            self._connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))
        self._connection.close()


def try_take(ctx: Context, name: str) -> Slot | None:
    """Take one slot by name; None when somebody alive holds it or there is no such slot."""
    if name not in _NUMBERS:
        return None
    if ctx.database.is_postgresql:
        connection = _lock(ctx.database.engine, name)
        return None if connection is None else _PostgresSlot(name, ctx.database.engine, connection)
    file = (_folder(ctx) / name).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return _FileSlot(name, file)


@contextlib.contextmanager
def hold(ctx: Context, names: tuple[str, ...]) -> Iterator[Slot]:
    """Hold the first free slot of some.

    Raises:
        Unavailable: All are taken.
    """
    slot = next((slot for name in names if (slot := try_take(ctx, name))), None)
    if slot is None:
        raise Unavailable(f"{len(names)} 个工作位置都已占用。", remedy="等待其他命令结束，或停止多余的工作进程。")
    try:
        yield slot
    finally:
        slot.release()


def held(ctx: Context, names: tuple[str, ...] = WORKERS) -> list[str]:
    """Return the slots of some that somebody alive holds."""
    if ctx.database.is_postgresql:
        with ctx.database.read() as session:
            numbers = set(session.scalars(sa.text(_HELD), {"space": _SPACE}))
        return [name for name in names if _NUMBERS[name] in numbers]
    folder = _folder(ctx)
    return [name for name in names if (folder / name).exists() and _is_locked(folder / name)]


_HELD = """SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = :space AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def _lock(engine: sa.Engine, name: str) -> sa.Connection | None:
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    ours = connection.execute(
        sa.text("SELECT pg_try_advisory_lock(:space, :number)"), {"space": _SPACE, "number": _NUMBERS[name]}
    ).scalar()
    if ours:
        return connection
    connection.close()
    return None


def _folder(ctx: Context) -> Path:
    folder = ctx.settings.data_dir / "slots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
