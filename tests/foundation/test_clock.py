"""Instants are aware UTC, legal dates are Shanghai's, and a test's clock stands where it is put."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.clock import ManualClock, SystemClock, as_utc, legal_date, local, parse_local

EVENING = dt.datetime(2026, 3, 10, 16, 0, tzinfo=dt.UTC)
"""Midnight in Shanghai."""


def test_the_legal_day_begins_at_midnight_in_shanghai() -> None:
    assert legal_date(EVENING) == dt.date(2026, 3, 11)
    assert legal_date(EVENING - dt.timedelta(microseconds=1)) == dt.date(2026, 3, 10)
    assert local(EVENING).hour == 0


@pytest.mark.parametrize("naive", [dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1, 12)])  # noqa: DTZ001 - the point
def test_an_instant_without_zone_is_refused(naive: dt.datetime) -> None:
    with pytest.raises(ValueError, match="naive"):
        as_utc(naive)
    with pytest.raises(ValueError, match="naive"):
        ManualClock(naive)


def test_local_time_is_read_as_shanghais_unless_it_says_its_zone() -> None:
    assert parse_local("2026-01-06T09:30") == dt.datetime(2026, 1, 6, 1, 30, tzinfo=dt.UTC)
    assert parse_local("2026-01-06T09:30+00:00") == dt.datetime(2026, 1, 6, 9, 30, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="Invalid"):
        parse_local("腊月初八")


@given(st.datetimes(dt.datetime(1992, 1, 1), dt.datetime(2100, 1, 1)))  # noqa: DTZ001 - zone is added by the code
def test_local_text_comes_back_as_the_same_local_time(at: dt.datetime) -> None:
    assert local(parse_local(at.isoformat())).replace(tzinfo=None) == at


def test_a_manual_clock_may_go_back_and_stands_still() -> None:
    clock = ManualClock(EVENING)
    clock.move(EVENING - dt.timedelta(days=1))
    assert clock.now() == clock.now() == EVENING - dt.timedelta(days=1)


def test_the_systems_clock_is_in_utc() -> None:
    assert SystemClock().now().utcoffset() == dt.timedelta(0)
