"""The one source of time: instants are aware UTC, legal dates are Asia/Shanghai dates.

A clock is passed in, so a replayed case runs on its own dates. Leases and time-outs use `time.monotonic`, never this.
"""

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Zone of every legal time (settled answer 12)."""


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> dt.datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """Return the machine's instant in UTC."""
        return dt.datetime.now(dt.UTC)


class ManualClock:
    """A clock that stands where it was put; replays and tests move it."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = as_utc(at)

    def now(self) -> dt.datetime:
        """Return the instant that was set last."""
        return self._at

    def move(self, to: dt.datetime) -> None:
        """Put the clock to an aware instant; going back is allowed (a faulty server clock is a case to test)."""
        self._at = as_utc(to)


def as_utc(at: dt.datetime) -> dt.datetime:
    """Convert an aware instant to UTC.

    Raises:
        ValueError: The instant is naive.
    """
    if at.tzinfo is None:
        message = f"naive instant {at!r}: say its zone"
        raise ValueError(message)
    return at.astimezone(dt.UTC)


def local(at: dt.datetime) -> dt.datetime:
    """Show an instant in Asia/Shanghai."""
    return as_utc(at).astimezone(SHANGHAI)


def legal_date(at: dt.datetime) -> dt.date:
    """Return the legal date on which an instant falls."""
    return local(at).date()


def parse_local(text: str) -> dt.datetime:
    """Read `2026-01-06T09:30` (zone optional, Asia/Shanghai when absent) as a UTC instant.

    Raises:
        ValueError: The text is no ISO date-time.
    """
    at = dt.datetime.fromisoformat(text)
    return as_utc(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
