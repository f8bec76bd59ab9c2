"""Keeps an index in step with the records: what waits in the outbox, a whole rebuild, a comparison with repair.

A row of the outbox names a thing only; its present state is read and written with its version, and the row is deleted
after the index shows it. Killed in between, the row is still there, and writing the same twice changes nothing. On
PostgreSQL rows are claimed (`SKIP LOCKED`), so many workers share them; on SQLite they are read, worked on and then
deleted, for a claim would hold the one lock of all savers. A batch that fails is tried thing by thing: one that cannot
be read stops no other, and is not to be found until it can.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import structlog

from foundation import outbox, slots
from foundation.context import Context
from foundation.errors import Conflict, Unavailable
from foundation.jobs import duty
from foundation.outbox import Item
from search.asking import TOPIC
from search.backend import engine_of
from search.engine import Engine
from search.entries import Change, Entry
from search.reading import THINGS, ids_in, reader
from search.rebuilding import Compared, Progress, compared, rebuilt, silent

BATCH = 100
REBUILDING = "index-rebuild"
"""Slot of the one process that builds an index."""
EVERY_S = 1.0
log = structlog.get_logger(__name__)


@duty("index", every_s=EVERY_S)
def catch_up(ctx: Context) -> int:
    """Bring everything that waits into the index and return how many rows that were.

    An installation without an index, or with one of an older form, gets a new one first.

    Raises:
        Unavailable: The engine is down; the rows wait.
    """
    engine = engine_of(ctx)
    if not engine.is_ready() and not _first_built(ctx, engine):
        return 0
    done, after = 0, 0
    while True:
        with _claimed(ctx, after) as items:
            if not items:
                return done
            kept = _indexed(ctx, engine, items)
            done += len(items) - len(kept)
            items[:] = [item for item in items if item not in kept]
            after = max((item.id for item in kept), default=after)


def rebuild(ctx: Context, progress: Progress = silent) -> int:
    """Build the whole index anew beside the present one, switch, and return how many entries it has.

    Args:
        ctx: The floor.
        progress: Told how far it is: done, total, message.

    Raises:
        Conflict: Somebody else is at it.
        Unavailable: The engine is down; the present index is as it was.
    """
    slot = slots.try_take(ctx, REBUILDING)
    if slot is None:
        raise Conflict("另一个进程正在重建检索索引。", remedy="等它完成；检索照常可用。")
    try:
        return rebuilt(ctx, engine_of(ctx), progress)
    finally:
        slot.release()


def _first_built(ctx: Context, engine: Engine) -> bool:
    """Build an index where there is none; False when somebody else is at it."""
    try:
        rebuild(ctx)
    except Conflict:
        return engine.is_ready()
    return True


def reconcile(ctx: Context, progress: Progress = silent) -> Compared:
    """Compare every entry with the records, queue and index again what differs, and return what was found.

    When an entry still differs after that (its version is beyond the record's: a database was restored), the whole
    index is built anew.
    """
    catch_up(ctx)
    engine = engine_of(ctx)
    found = compared(ctx, engine, progress)
    with ctx.database.write() as session:
        for thing, subject in found.wrong:
            outbox.add(session, topic=TOPIC, kind=thing, subject=subject, at=ctx.clock.now())
    catch_up(ctx)
    engine.sweep()
    if found.wrong and compared(ctx, engine, only=found.wrong).wrong:
        rebuild(ctx, progress)
        return replace(found, was_rebuilt=True)
    return found


@contextlib.contextmanager
def _claimed(ctx: Context, after: int) -> Iterator[list[Item]]:
    """Give a batch of rows; those still in the list at the end are deleted."""
    if ctx.database.is_postgresql:
        with ctx.database.write() as session:
            items = outbox.claim(session, TOPIC, limit=BATCH, after=after)
            yield items
            outbox.done(session, items)
        return
    with ctx.database.read() as session:
        items = outbox.claim(session, TOPIC, limit=BATCH, after=after)
    yield items
    if items:
        with ctx.database.write() as session:
            outbox.done(session, items)


def _indexed(ctx: Context, engine: Engine, items: Sequence[Item]) -> list[Item]:
    """Write the present state of what rows name; return the rows that could not be worked on."""
    try:
        _write(ctx, engine, items)
    except Unavailable:
        raise
    except Exception as error:
        if len(items) > 1:
            return [item for one in items for item in _indexed(ctx, engine, [one])]
        log.exception("index.failed", kind=items[0].kind, subject=items[0].subject, error=type(error).__name__)
        return list(items)
    return []


def _write(ctx: Context, engine: Engine, items: Sequence[Item]) -> None:
    wanted: dict[str, list[str]] = {thing: [] for thing in THINGS}
    for item in items:
        wanted.setdefault(item.kind, []).append(item.subject)
    with ctx.database.read() as session:
        read = reader(ctx, session)
        changes = read.changes("case", wanted["case"])
        for case_id in _touched(engine, changes):
            for thing, ids in ids_in(session, case_id).items():
                wanted[thing] += ids
        for thing in THINGS[1:]:
            changes += read.changes(thing, wanted[thing])
    engine.write(changes)


def _touched(engine: Engine, changes: Sequence[Change]) -> list[str]:
    """Return the cases of which other entries take something that changed (procedure, unit, parties)."""
    cases = {c.id: c.mark for c in changes if isinstance(c, Entry)}
    if not cases:
        return []
    held = {h.id: h.mark for h in engine.held(list(cases))}
    return [case_id for case_id, mark in cases.items() if held.get(case_id) != mark]
