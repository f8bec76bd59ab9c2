"""Numbers outlive a restore (F16): what was given out after the backup is never given again.

Over an installation that went on since, its ledger is carried over: numbers that the backup lacks become void, with
the reason. Where nothing was there before, nobody knows how far the series went: they are held until the administrator
says which number was the last of each (`casework.operations.numbers`). Journal kind: `numbers.carried`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from casework import numbering
from casework.models import NumberHoldRow, NumberLedgerRow, NumberRow, NumberSeriesRow
from foundation import journal
from foundation.backup_carrying import Restored, carrier
from foundation.clock import local
from foundation.context import Context

COLUMNS = ("agency_id", "character", "period", "n", "text", "holder_id")


@dataclass(frozen=True, kw_only=True)
class Series:
    """A series and how far it went."""

    agency_id: str
    character: str
    period: str
    last: int


def collect(session: orm.Session) -> tuple[list[Series], list[tuple[str, str, str, int, str, str]]]:
    """Return how far each series went, and every number."""
    names = ("agency_id", "character", "period", "last")
    series = [Series(**{n: getattr(r, n) for n in names}) for r in session.scalars(sa.select(NumberSeriesRow))]
    numbers = session.execute(sa.select(*(getattr(NumberRow, n) for n in COLUMNS))).all()
    return series, [tuple(row) for row in numbers]


def settle(
    ctx: Context,
    session: orm.Session,
    known: tuple[list[Series], list[tuple[str, str, str, int, str, str]]],
    restored: Restored,
) -> Iterator[str]:
    """Carry the ledger over, or hold the series of every agency."""
    if restored.was_empty:
        yield from _held(ctx, session, restored)
        return
    series, numbers = known
    reason = f"恢复{local(restored.made_at):%Y-%m-%d %H:%M}的备份前已经给出，备份中没有记录，不再使用"
    texts = {(a, c, p, n): (text, holder) for a, c, p, n, text, holder in numbers}
    for one in series:
        before = session.get(NumberSeriesRow, (one.agency_id, one.character, one.period))
        first = (before.last if before else 0) + 1
        if first > one.last:
            continue
        for n in range(first, one.last + 1):
            text, holder = texts.get((one.agency_id, one.character, one.period, n), ("", ""))
            skip(session, one, n, reason=reason, at=ctx.clock.now(), text=text, holder=holder)
        _note(ctx, session, one, range(first, one.last + 1))
        yield f"{one.character} {one.period} 的第{first}至{one.last}号已在备份之后给出，记为作废，不会再用。"


def _held(ctx: Context, session: orm.Session, restored: Restored) -> Iterator[str]:
    for agency_id in session.scalars(sa.select(NumberLedgerRow.agency_id).order_by(NumberLedgerRow.agency_id)):
        session.merge(NumberHoldRow(agency_id=agency_id, made_at=restored.made_at, since=ctx.clock.now()))
        yield "编号暂停：备份之后可能还给出过编号。用 flask numbers 核对各序列最后一号后继续。"
    session.flush()


def skip(
    session: orm.Session, series: Series, n: int, *, reason: str, at: dt.datetime, text: str = "", holder: str = ""
) -> None:
    """Write a number that was used outside the ledger into it, void, and let the series go on behind it."""
    row = session.get(NumberSeriesRow, (series.agency_id, series.character, series.period))
    if row is None:
        fields = {"agency_id": series.agency_id, "character": series.character, "period": series.period}
        row = NumberSeriesRow(**fields, last=0)
        session.add(row)
        session.merge(NumberLedgerRow(agency_id=series.agency_id))
        session.flush()
    taken = sa.select(NumberRow.n).where(NumberRow.agency_id == series.agency_id, NumberRow.text == text)
    if not text or session.scalars(taken).first() is not None:
        text = f"{series.character} {series.period} 第{n}号（记录已失）"
    session.add(
        NumberRow(
            agency_id=series.agency_id,
            character=series.character,
            period=series.period,
            n=n,
            text=text,
            holder_id=holder,
            status=numbering.VOID,
            reason=reason,
            at=at,
        )
    )
    row.last = max(row.last, n)
    session.flush()


def _note(ctx: Context, session: orm.Session, series: Series, numbers: Sequence[int]) -> None:
    data = {"character": series.character, "period": series.period, "first": numbers[0], "last": numbers[-1]}
    stream = f"agency:{series.agency_id}"
    journal.append(session, ctx.clock, stream=stream, kind="numbers.carried", actor="system", data=data)


carrier("numbers", collect, settle)
