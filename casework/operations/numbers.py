"""The administrator lets numbering go on after a restore: says which number was the last of each series, by the papers.

Numbers between what the backup knows and what was said become void with the reason; then the hold ends. Journal kinds:
`numbers.carried`, `numbers.released`.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from access.agencies import require_in_agency
from access.facts import Actor
from access.policy import Permission
from casework.carrying import Series, skip
from casework.models import NumberHoldRow, NumberSeriesRow
from foundation import journal
from foundation.context import Context
from foundation.database import lock_row
from foundation.errors import BadInput, Refused

REASON = "恢复备份前已经给出，备份中没有记录，不再使用"
MOST_AHEAD = 5000
"""A series is moved ahead by so many numbers at most: more is a slip of the key."""


def series_of(ctx: Context, actor: Actor) -> tuple[bool, Sequence[Series]]:
    """Return whether numbering is held in the actor's agency, and how far each series went.

    Raises:
        Forbidden: The actor does not keep the settings of the agency.
    """
    require_in_agency(actor, Permission.SETTING_MANAGE, actor.agency_id)
    names = ("agency_id", "character", "period", "last")
    with ctx.database.read() as session:
        query = sa.select(NumberSeriesRow).where(NumberSeriesRow.agency_id == actor.agency_id)
        rows = session.scalars(query.order_by(NumberSeriesRow.period.desc(), NumberSeriesRow.character))
        found = [Series(**{n: getattr(r, n) for n in names}) for r in rows]
        return session.get(NumberHoldRow, actor.agency_id) is not None, found


def release(ctx: Context, actor: Actor, last: Mapping[tuple[str, str], int]) -> list[str]:
    """End the hold of the actor's agency.

    Args:
        ctx: The floor.
        actor: The administrator.
        last: Last number given out, by character and period; a series that is not named went no further than is known.

    Returns:
        A sentence for each series that was moved ahead.

    Raises:
        BadInput: A number is behind what is known, or too far ahead.
        Refused: Nothing is held.
    """
    require_in_agency(actor, Permission.SETTING_MANAGE, actor.agency_id)
    with ctx.database.write() as session:
        hold = lock_row(session, NumberHoldRow, actor.agency_id)
        if hold is None:
            raise Refused("编号没有暂停，无需核对。", remedy="恢复备份后才需要核对编号。")
        told = [_moved(ctx, session, actor, one, n) for one, n in sorted(last.items())]
        session.delete(hold)
        data = {"series": [f"{character} {period}" for character, period in sorted(last)]}
        stream = f"agency:{actor.agency_id}"
        journal.append(session, ctx.clock, stream=stream, kind="numbers.released", actor=actor.account_id, data=data)
        return [t for t in told if t]


def _moved(ctx: Context, session: orm.Session, actor: Actor, named: tuple[str, str], last: int) -> str:
    character, period = named
    row = session.get(NumberSeriesRow, (actor.agency_id, character, period))
    known = row.last if row else 0
    path = f"{character}:{period}"
    if last < known:
        message = f"{character} {period} 已知给到第{known}号，不能退回到第{last}号。"
        raise BadInput(message, remedy="核对最后一份文书的编号。", path=path)
    if last > known + MOST_AHEAD:
        raise BadInput(f"{character} {period} 一次最多跳过{MOST_AHEAD}号。", remedy="核对编号。", path=path)
    if last == known:
        return ""
    series = Series(agency_id=actor.agency_id, character=character, period=period, last=last)
    for n in range(known + 1, last + 1):
        skip(session, series, n, reason=REASON, at=ctx.clock.now())
    data = {"character": character, "period": period, "first": known + 1, "last": last}
    stream = f"agency:{actor.agency_id}"
    journal.append(session, ctx.clock, stream=stream, kind="numbers.carried", actor=actor.account_id, data=data)
    return f"{character} {period} 的第{known + 1}至{last}号记为作废，下一号为第{last + 1}号。"
