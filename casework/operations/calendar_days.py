"""The agency's calendar: days off and days worked instead, and years that are complete (国务院办公厅节假日安排).

A changed day counts every open period again, in the same transaction. What was printed, served or met before stays
as it was. Journal kinds in `agency:<id>`: `calendar.day_set`, `calendar.year_confirmed`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from access.facts import Actor
from access.policy import Permission
from casework import calendar, casebook, deadlines
from casework.cleaning import clean
from casework.operations import events
from casework.operations.common import require_on
from casework.views import Office, office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput

MOST_NAME = 100
MOST_SOURCE = 300
FEWEST_OFF = 7
"""Days off that a whole year has at least: fewer, and the notice is not entered."""


@dataclass(frozen=True, kw_only=True)
class Special:
    """A day that is otherwise than the week has it."""

    day: dt.date
    working: bool
    name: str
    is_own: bool
    """Entered by the agency, beside or against the national table."""


@dataclass(frozen=True, kw_only=True)
class Year:
    """A year of the agency's calendar."""

    year: int
    days: Sequence[Special]
    is_known: bool
    """The national table has it, or the agency confirmed it."""
    is_national: bool


def set_day(ctx: Context, actor: Actor, *, day: dt.date, working: bool, name: str) -> int:
    """Enter or correct one day; return how many open periods moved.

    Args:
        ctx: The floor.
        actor: Who keeps the calendar.
        day: The day.
        working: Worked instead (调休上班), or off.
        name: The holiday, or the notice.

    Raises:
        BadInput: The name is missing or too long.
        Forbidden: The policy says no.
    """
    words = clean(name)
    if not 0 < len(words) <= MOST_NAME:
        raise BadInput("没有写明节日或依据。", remedy="如“国庆节”，100字以内。", path="name")
    with ctx.database.write() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.CALENDAR_MANAGE)
        _note(at, actor, "calendar.day_set", day=day, working=working, name=words)
        calendar.set_day(session, actor.agency_id, day, working=working, name=words, at=ctx.clock.now())
        return _recounted(at, actor)


def confirm_year(ctx: Context, actor: Actor, *, year: int, source: str) -> int:
    """Say that a year beyond the national table is entered; its periods are no longer provisional.

    Args:
        ctx: The floor.
        actor: Who keeps the calendar.
        year: The year.
        source: The notice: number and date.

    Raises:
        BadInput: The source is missing, or too few days off are entered.
        Forbidden: The policy says no.
    """
    words = clean(source)
    if not 0 < len(words) <= MOST_SOURCE:
        raise BadInput("没有写明依据。", remedy="填写国务院办公厅通知的文号和日期。", path="source")
    with ctx.database.write() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.CALENDAR_MANAGE)
        off = [d for d in _specials(at, actor.agency_id, year) if not d.working]
        if len(off) < FEWEST_OFF:
            raise BadInput(
                f"{year}年只录入了{len(off)}个放假日，不足{FEWEST_OFF}个。",
                remedy="先按通知录入全部放假日和调休上班日。",
                path="source",
            )
        _note(at, actor, "calendar.year_confirmed", year=year, source=words)
        calendar.load_year(session, actor.agency_id, year, source=words, at=ctx.clock.now())
        return _recounted(at, actor)


def year_of(ctx: Context, actor: Actor, year: int) -> Year:
    """Return a year of the agency's calendar: its days that are otherwise than the week has them.

    Raises:
        Forbidden: The policy says no.
    """
    with ctx.database.read() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.SETTING_READ)
        known = calendar.of_agency(session, actor.agency_id)
        return Year(
            year=year,
            days=_specials(at, actor.agency_id, year),
            is_known=known.is_known(dt.date(year, 1, 1)),
            is_national=year in known.national_years,
        )


def _specials(at: Office, agency_id: str, year: int) -> list[Special]:
    known = calendar.of_agency(at.session, agency_id)
    days = sorted(d for d in {*known.national, *known.own} if d.year == year)
    found = [(d, known.special(d)) for d in days]
    return [Special(day=d, working=s.working, name=s.name, is_own=d in known.own) for d, s in found if s]


def _recounted(at: Office, actor: Actor) -> int:
    moved = deadlines.recount(events.desk(at, actor.agency_id), actor.agency_id)
    for case_id in sorted({d.case_id for d in moved}):
        casebook.reindex(at.session, "case", case_id, at.ctx.clock.now())
    return len(moved)


def _note(at: Office, actor: Actor, kind: str, **data: Any) -> None:
    stream = f"agency:{actor.agency_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=data)
