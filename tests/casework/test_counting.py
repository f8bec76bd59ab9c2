"""Periods are counted as the law counts them: examples of the 2026 calendar, and properties of every count."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.calendar import Day, national
from casework.counting import Unit, add_months, count
from foundation.clock import SHANGHAI, as_utc, local

CALENDAR = national()
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 9, 30))


def at(text: str) -> dt.datetime:
    return as_utc(dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def last(text: str, n: int, unit: Unit, *, rolls: bool = False) -> str:
    return count(CALENDAR, at(text), n, unit, rolls=rolls).last_day.isoformat()


@pytest.mark.parametrize(
    ("start", "n", "unit", "rolls", "wanted"),
    [
        pytest.param("2026-01-23T10:20", 5, Unit.WORKING_DAY, True, "2026-01-30", id="hearing request"),
        pytest.param("2026-01-08T11:00", 7, Unit.WORKING_DAY, False, "2026-01-19", id="preservation"),
        pytest.param("2026-09-15T09:40", 10, Unit.WORKING_DAY, True, "2026-09-29", id="make-up day and holiday"),
        pytest.param("2026-03-11T15:20", 15, Unit.CALENDAR_DAY, True, "2026-03-26", id="payment"),
        pytest.param("2026-03-11T15:20", 60, Unit.CALENDAR_DAY, True, "2026-05-11", id="ends on a Sunday"),
        pytest.param("2026-03-11T15:20", 6, Unit.MONTH, True, "2026-09-11", id="litigation"),
        pytest.param("2026-09-11T23:59", 3, Unit.MONTH, False, "2026-12-11", id="court window"),
        pytest.param("2026-04-30T10:00", 6, Unit.MONTH, True, "2026-10-30", id="litigation of the late fine"),
        pytest.param("2026-01-07T11:05", 90, Unit.CALENDAR_DAY, False, "2026-04-07", id="decision within 90 days"),
        pytest.param("2026-05-12T08:37", 2, Unit.WORKING_DAY, False, "2026-05-14", id="cash to the agency"),
        pytest.param("2026-05-14T10:00", 2, Unit.WORKING_DAY, False, "2026-05-18", id="cash to the bank"),
        pytest.param("2026-06-01T09:00", 30, Unit.CALENDAR_DAY, False, "2026-07-01", id="announcement"),
        pytest.param("2026-11-18T10:05", 30, Unit.CALENDAR_DAY, False, "2026-12-18", id="filing"),
    ],
)
@pytest.mark.article("A9.1")
def test_examples_of_the_law_are_counted_right(start: str, n: int, unit: Unit, rolls: bool, wanted: str) -> None:
    assert last(start, n, unit, rolls=rolls) == wanted


def test_an_office_is_told_the_day_on_which_its_period_falls_even_on_a_day_off() -> None:
    assert last("2026-03-11T15:20", 60, Unit.CALENDAR_DAY) == "2026-05-10"
    assert last("2026-03-11T15:20", 60, Unit.CALENDAR_DAY, rolls=True) == "2026-05-11"


@pytest.mark.article("A31.2")
def test_hours_run_to_the_minute_through_nights_and_holidays() -> None:
    counted = count(CALENDAR, at("2026-02-14T17:31"), 24, Unit.HOUR, rolls=False)
    assert local(counted.end) == at("2026-02-15T17:31")
    assert counted.formula == "自2026年2月14日17时31分起24小时，不扣除节假日和夜间，止于2026年2月15日17时31分。"


def test_a_month_ends_on_the_last_day_where_its_day_number_is_missing() -> None:
    assert add_months(dt.date(2026, 8, 31), 6) == dt.date(2027, 2, 28)
    assert add_months(dt.date(2027, 8, 31), 6) == dt.date(2028, 2, 29)


def test_days_before_a_hearing_lie_fully_between() -> None:
    assert last("2026-02-26T09:00", -7, Unit.WORKING_DAY) == "2026-02-09"


def test_the_sentence_names_holidays_and_days_made_up() -> None:
    counted = count(CALENDAR, at("2026-09-15T09:40"), 10, Unit.WORKING_DAY, rolls=True)
    assert counted.formula == (
        "自2026年9月15日（星期二）的次日起10个工作日，扣除9月25日至27日（中秋放假）、周末1日，"
        "9月20日调休上班计入，止于2026年9月29日（星期二）。"
    )


def test_the_sentence_says_why_the_last_day_moved() -> None:
    counted = count(CALENDAR, at("2026-03-11T15:20"), 60, Unit.CALENDAR_DAY, rolls=True)
    assert counted.formula == (
        "自2026年3月11日（星期三）的次日起60日，至2026年5月10日（星期日）；该日为星期日，顺延至2026年5月11日（星期一）。"
    )


def test_beyond_the_last_known_year_a_count_is_provisional_and_says_so() -> None:
    counted = count(CALENDAR, at("2026-12-25T09:00"), 10, Unit.WORKING_DAY, rolls=True)
    assert counted.provisional
    assert "2027年的节假日安排尚未载入" in counted.formula


def test_a_year_that_the_agency_entered_is_known() -> None:
    own = replace(CALENDAR, own={dt.date(2027, 1, 1): Day(working=False, name="元旦")}, own_years=frozenset({2027}))
    counted = count(own, at("2026-12-25T09:00"), 5, Unit.WORKING_DAY, rolls=True)
    assert (counted.last_day.isoformat(), counted.provisional) == ("2027-01-04", False)


def test_what_rests_on_no_holiday_is_never_provisional() -> None:
    assert not count(CALENDAR, at("2030-01-07T11:05"), 90, Unit.CALENDAR_DAY, rolls=False).provisional


@given(DAYS, st.integers(1, 40))
@example(dt.date(2026, 2, 14), 7)
def test_a_working_period_ends_on_a_working_day_with_n_of_them_after_its_beginning(day: dt.date, n: int) -> None:
    counted = count(CALENDAR, at(f"{day}T12:00"), n, Unit.WORKING_DAY, rolls=True)
    between = [day + dt.timedelta(days=k) for k in range(1, (counted.last_day - day).days + 1)]
    assert CALENDAR.is_working(counted.last_day)
    assert sum(CALENDAR.is_working(d) for d in between) == n


@given(DAYS, st.integers(1, 90))
def test_a_party_never_has_less_time_than_an_office_would(day: dt.date, n: int) -> None:
    for unit in (Unit.CALENDAR_DAY, Unit.WORKING_DAY):
        assert last(f"{day}T00:00", n, unit, rolls=True) >= last(f"{day}T00:00", n, unit)


@given(DAYS, st.integers(1, 60), st.times())
def test_the_hour_of_the_event_changes_no_day(day: dt.date, n: int, time: dt.time) -> None:
    start = as_utc(dt.datetime.combine(day, time, SHANGHAI))
    assert count(CALENDAR, start, n, Unit.CALENDAR_DAY, rolls=True).last_day.isoformat() == last(
        f"{day}T00:00", n, Unit.CALENDAR_DAY, rolls=True
    )


@given(DAYS, st.integers(0, 30))
def test_months_come_one_after_another(day: dt.date, n: int) -> None:
    first, second = add_months(day, n), add_months(day, n + 1)
    assert first < second
    assert (second.year * 12 + second.month) - (first.year * 12 + first.month) == 1
