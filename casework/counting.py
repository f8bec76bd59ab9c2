"""How a period is counted, and the sentence that says so: day of the beginning left out, days off named.

Hours run to the minute and no hour is left out. Calendar days, working days and months begin with the day after.
A party's last day moves to the first working day after a day off (民法典203); an office's own stays where it falls, so
that it is never told later than the law means. Where the holidays of a year are not loaded, the result is provisional.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from casework.calendar import WEEKDAYS, Calendar
from foundation.clock import SHANGHAI, as_utc, legal_date, local

END_OF_DAY = dt.time(23, 59, 59)
MONTHS = 12
FEW = 4
"""Groups of days off that a sentence names one by one; more are counted."""


class Unit(StrEnum):
    """What a period is counted in; never a bare number."""

    HOUR = "hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"


NAMES = {Unit.HOUR: "小时", Unit.CALENDAR_DAY: "日", Unit.WORKING_DAY: "个工作日", Unit.MONTH: "个月"}


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Where a period ends, and how that was reached."""

    end: dt.datetime
    """Last instant in time."""
    last_day: dt.date
    formula: str
    provisional: bool = False


def count(calendar: Calendar, start: dt.datetime, n: int, unit: Unit, *, rolls: bool) -> Counted:
    """Count a period.

    Args:
        calendar: The agency's working days.
        start: The instant of the event; its day is not counted.
        n: Length; below zero counts back so many full days (七日前: seven days lie between).
        unit: What is counted.
        rolls: The last day moves to the first working day after a day off.
    """
    if unit is Unit.HOUR:
        return _hours(start, n)
    first = legal_date(start)
    fallen = _fallen(calendar, first, n, unit)
    last = calendar.next_working(fallen) if rolls and n >= 0 else fallen
    known = all(calendar.is_known(d) for d in _asked(first, fallen, last, unit, rolls=rolls))
    return Counted(
        end=as_utc(dt.datetime.combine(last, END_OF_DAY, SHANGHAI)),
        last_day=last,
        formula=_sentence(calendar, (first, fallen, last), n, unit) + ("" if known else _doubt(calendar, first, last)),
        provisional=not known,
    )


def _hours(start: dt.datetime, n: int) -> Counted:
    end = start + dt.timedelta(hours=n)
    formula = f"自{_instant(start)}起{n}小时，不扣除节假日和夜间，止于{_instant(end)}。"
    return Counted(end=as_utc(end), last_day=legal_date(end), formula=formula)


def _fallen(calendar: Calendar, first: dt.date, n: int, unit: Unit) -> dt.date:
    if unit is Unit.WORKING_DAY:
        return calendar.add_working(first, n if n >= 0 else n - 1)
    return add_months(first, n) if unit is Unit.MONTH else first + dt.timedelta(days=n)


def add_months(day: dt.date, n: int) -> dt.date:
    """Return the same day-number n months on, or the last day of a month that lacks it (民法典202)."""
    months = day.year * MONTHS + day.month - 1 + n
    year, month = divmod(months, MONTHS)
    for number in range(day.day, 0, -1):
        try:
            return dt.date(year, month + 1, number)
        except ValueError:
            continue
    message = f"no day in {year}-{month + 1}"
    raise ValueError(message)


def _asked(first: dt.date, fallen: dt.date, last: dt.date, unit: Unit, *, rolls: bool) -> tuple[dt.date, ...]:
    """Return the days whose holidays the result rests on."""
    if unit is Unit.WORKING_DAY:
        return first, fallen, last
    return (fallen, last) if rolls else ()


def _doubt(calendar: Calendar, first: dt.date, last: dt.date) -> str:
    years = sorted({d.year for d in (first, last) if not calendar.is_known(d)})
    return f"（{'、'.join(f'{y}年' for y in years)}的节假日安排尚未载入，暂按周末计算。）"


def _sentence(calendar: Calendar, days: tuple[dt.date, dt.date, dt.date], n: int, unit: Unit) -> str:
    first, fallen, last = days
    if n < 0:
        return f"{_day(first)}之前留足{-n}{NAMES[unit]}，{_skipped(calendar, last, first)}最迟为{_day(last)}。"
    begin = f"自{_day(first)}的次日起{n}{NAMES[unit]}"
    if unit is Unit.WORKING_DAY:
        return f"{begin}，{_skipped(calendar, first, last)}止于{_day(last)}。"
    if last == fallen:
        return f"{begin}，止于{_day(last)}。"
    return f"{begin}，至{_day(fallen)}；该日{_why_off(calendar, fallen)}，顺延至{_day(last)}。"


def _why_off(calendar: Calendar, day: dt.date) -> str:
    why = calendar.why_not_working(day)
    return why if why.endswith("放假") else f"为{why}"


def _skipped(calendar: Calendar, first: dt.date, last: dt.date) -> str:
    """Name the days off strictly between two dates, holidays first; make-up days that count are named too."""
    between = [first + dt.timedelta(days=k) for k in range(1, (last - first).days)]
    off = [d for d in between if not calendar.is_working(d)]
    named = [g for g in _groups(calendar, off) if not g[0].startswith("星期")]
    weekends = len(off) - sum(len(days) for _, days in named)
    words = [f"{_span(days)}（{why}）" for why, days in named[:FEW]]
    if len(named) > FEW:
        words.append(f"等法定节假日共{sum(len(d) for _, d in named)}日")
    if weekends:
        words.append(f"周末{weekends}日")
    extra = [d for d in between if calendar.is_working(d) and d.isoweekday() > 5]  # noqa: PLR2004 - Saturday, Sunday
    made_up = f"{'、'.join(f'{d.month}月{d.day}日' for d in extra)}调休上班计入，" if extra else ""
    return (f"扣除{'、'.join(words)}，" if words else "") + made_up


def _groups(calendar: Calendar, days: Iterable[dt.date]) -> Iterator[tuple[str, list[dt.date]]]:
    group: list[dt.date] = []
    why = ""
    for day in days:
        reason = calendar.why_not_working(day)
        if group and (reason != why or (day - group[-1]).days > 1):
            yield why, group
            group = []
        why = reason
        group.append(day)
    if group:
        yield why, group


def _span(days: list[dt.date]) -> str:
    first, last = days[0], days[-1]
    if first == last:
        return f"{first.month}月{first.day}日"
    end = f"{last.day}日" if last.month == first.month else f"{last.month}月{last.day}日"
    return f"{first.month}月{first.day}日至{end}"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def _instant(at: dt.datetime) -> str:
    here = local(at)
    return f"{here.year}年{here.month}月{here.day}日{here.hour}时{here.minute:02d}分"
