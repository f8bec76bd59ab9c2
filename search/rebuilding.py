"""Walks over all records: to fill a new index, or to compare the present one with them.

Walking goes by id in portions, each read in its own session. What is committed meanwhile is in the outbox, and while an
index is being built every write goes to it too, so nothing is missed whatever the order of ids and commits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from foundation import outbox
from foundation.context import Context
from foundation.errors import Unavailable
from search.engine import Engine
from search.entries import Change, Entry
from search.reading import THINGS, reader
from search.rights import COLUMNS

PORTION = 100
log = structlog.get_logger(__name__)
Progress = Callable[[int, int, str], None]
"""Told how far a long work is: done, total, message."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What comparing an index with the records found."""

    entries: int
    missing: int = 0
    outdated: int = 0
    surplus: int = 0
    """In the index, but no record (any more)."""
    wrong: tuple[tuple[str, str], ...] = ()
    """Kind and id of each of them."""
    was_rebuilt: bool = False


def silent(done: int, total: int, message: str) -> None:
    """Tell nobody."""


def rebuilt(ctx: Context, engine: Engine, progress: Progress = silent) -> int:
    """Fill a new index beside the present one, switch to it, and return how many entries it has."""
    name, count, done = engine.begin(), 0, 0
    total = _total(ctx)
    for changes in _everything(ctx):
        engine.add(name, changes)
        count += sum(isinstance(change, Entry) for change in changes)
        done += len(changes)
        progress(done, total, "写入新的索引")
    engine.switch(name)
    return count


def compared(
    ctx: Context, engine: Engine, progress: Progress = silent, *, only: Sequence[tuple[str, str]] | None = None
) -> Compared:
    """Compare entries with the records.

    Args:
        ctx: The floor.
        engine: Whose present index.
        progress: Told how far it is.
        only: Kind and id of the things to compare; None for all.
    """
    held = {h.id: h for h in engine.held(None if only is None else [i for _, i in only])}
    late = _waiting(ctx)
    missing: list[tuple[str, str]] = []
    outdated: list[tuple[str, str]] = []
    done, total = 0, _total(ctx) if only is None else len(only)
    for changes in _everything(ctx) if only is None else [_named(ctx, only)]:
        for entry in (c for c in changes if isinstance(c, Entry)):
            known = held.pop(entry.id, None)
            if entry.id not in late and (known is None or known.digest != entry.digest):
                (missing if known is None else outdated).append((entry.thing, entry.id))
        done += len(changes)
        progress(done, total, "比较索引与记录")
    surplus = [(h.thing, h.id) for h in held.values() if h.id not in late]
    return Compared(
        entries=done,
        missing=len(missing),
        outdated=len(outdated),
        surplus=len(surplus),
        wrong=(*missing, *outdated, *surplus),
    )


def _everything(ctx: Context) -> Iterator[list[Change]]:
    """Yield the present state of all things in portions."""
    for thing in THINGS:
        column, last = COLUMNS[thing]["id"], ""
        while True:
            with ctx.database.read() as session:
                query = sa.select(column).where(column > last).order_by(column).limit(PORTION)
                ids = list(session.scalars(query))
            if not ids:
                break
            last = ids[-1]
            yield _present(ctx, thing, ids)


def _present(ctx: Context, thing: str, ids: Sequence[str]) -> list[Change]:
    """Return the present state of things; one that cannot be read stops no other, and its row waits in the outbox."""
    try:
        with ctx.database.read() as session:
            return reader(ctx, session).changes(thing, ids)
    except Unavailable:
        raise
    except Exception as error:
        if len(ids) > 1:
            return [change for one in ids for change in _present(ctx, thing, [one])]
        log.exception("index.failed", kind=thing, subject=ids[0], error=type(error).__name__)
        with ctx.database.write() as session:
            outbox.add(session, topic="index", kind=thing, subject=ids[0], at=ctx.clock.now())
        return []


def _named(ctx: Context, only: Sequence[tuple[str, str]]) -> list[Change]:
    ids = {thing: [i for kind, i in only if kind == thing] for thing in THINGS}
    return [change for thing, some in ids.items() if some for change in _present(ctx, thing, some)]


def _total(ctx: Context) -> int:
    with ctx.database.read() as session:
        return sum(session.scalar(sa.select(sa.func.count(COLUMNS[t]["id"]))) or 0 for t in THINGS)


def _waiting(ctx: Context) -> frozenset[str]:
    with ctx.database.read() as session:
        return frozenset(outbox.waiting(session, "index"))
