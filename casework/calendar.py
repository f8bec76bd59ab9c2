"""Working days: the national calendar with its make-up days, corrected by the agency, honest about unknown years.

The national table comes from the State Council's yearly notices (package `chinesecalendar`, 2004 to its last year). An
agency may enter later years and correct single days. Outside the known years only the week counts, and everything
computed there is provisional.
"""

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from chinese_calendar import constants  # type: ignore[import-untyped]
from sqlalchemy import orm

from casework.models import CalendarDayRow, CalendarYearRow

SATURDAY = 6
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, kw_only=True)
class Day:
    """What the calendar says of a day that is otherwise than the week has it."""

    working: bool
    name: str
    """The holiday, such as 国庆节."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The working days of one agency."""

    national: Mapping[dt.date, Day]
    national_years: frozenset[int]
    own: Mapping[dt.date, Day] = field(default_factory=dict)
    own_years: frozenset[int] = frozenset()

    def special(self, day: dt.date) -> Day | None:
        """Return what makes a day otherwise than the week has it, None for an ordinary day."""
        return self.own.get(day) or self.national.get(day)

    def is_working(self, day: dt.date) -> bool:
        """Tell whether a day is a working day."""
        known = self.special(day)
        return known.working if known else day.isoweekday() < SATURDAY

    def is_known(self, day: dt.date) -> bool:
        """Tell whether the holidays of a day's year are loaded."""
        return day.year in self.national_years or day.year in self.own_years

    def next_working(self, day: dt.date) -> dt.date:
        """Return the day itself when it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += dt.timedelta(days=1)
        return day

    def add_working(self, day: dt.date, n: int) -> dt.date:
        """Return the n-th working day after a day, which is not counted itself; n below zero counts back."""
        step = dt.timedelta(days=1 if n >= 0 else -1)
        left = abs(n)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def why_not_working(self, day: dt.date) -> str:
        """Return why a day is off, in Chinese: its holiday or its weekday."""
        known = self.special(day)
        if known and not known.working and known.name:
            return f"{known.name}放假"
        return f"星期{WEEKDAYS[day.weekday()]}"


@functools.cache
def national() -> Calendar:
    """Return the national calendar of all published years."""
    names = {h.value: h.chinese for h in constants.Holiday}
    days = {day: Day(working=False, name=names.get(name, name)) for day, name in constants.holidays.items()}
    days |= {day: Day(working=True, name=names.get(name, name)) for day, name in constants.workdays.items()}
    return Calendar(national=days, national_years=frozenset(day.year for day in constants.holidays))


def of_agency(session: orm.Session, agency_id: str) -> Calendar:
    """Return the calendar of an agency: the national one with its own years and corrections."""
    base = national()
    days = session.scalars(sa.select(CalendarDayRow).where(CalendarDayRow.agency_id == agency_id))
    years = session.scalars(sa.select(CalendarYearRow.year).where(CalendarYearRow.agency_id == agency_id))
    return Calendar(
        national=base.national,
        national_years=base.national_years,
        own={row.day: Day(working=row.working, name=row.name) for row in days},
        own_years=frozenset(years),
    )


def is_working_day(session: orm.Session, agency_id: str) -> Callable[[dt.date], bool]:
    """Return the question whether a day is a working day of an agency."""
    return of_agency(session, agency_id).is_working


def set_day(session: orm.Session, agency_id: str, day: dt.date, *, working: bool, name: str, at: dt.datetime) -> None:
    """Enter or correct one day of an agency's calendar."""
    row = session.get(CalendarDayRow, (agency_id, day))
    if row is None:
        row = CalendarDayRow(agency_id=agency_id, day=day)
        session.add(row)
    row.working, row.name, row.entered_at = working, name, at
    session.flush()


def load_year(session: orm.Session, agency_id: str, year: int, *, source: str, at: dt.datetime) -> None:
    """Confirm that an agency's calendar of a year is complete (the notice of the State Council is entered)."""
    row = session.get(CalendarYearRow, (agency_id, year))
    if row is None:
        row = CalendarYearRow(agency_id=agency_id, year=year)
        session.add(row)
    row.source, row.entered_at = source, at
    session.flush()
