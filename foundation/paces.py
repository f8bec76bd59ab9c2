"""How often somebody may ask something public: a bucket in the database, so that it holds over all processes.

Each caller (an address, by its digest alone) has a bucket that holds `burst` answers and fills by one every `refill_s`
seconds. A bucket that is full again is forgotten.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.context import Context
from foundation.database import Base, UtcDateTime, insert_once, lock_row
from foundation.job_kinds import duty

FORGET = dt.timedelta(hours=1)
"""Buckets that nobody took from for so long are full again, whatever their pace."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often: so many at once, then one every so many seconds."""

    burst: int
    refill_s: float

    def __post_init__(self) -> None:
        """Refuse a pace whose bucket would be forgotten before it is full."""
        if self.burst * self.refill_s > FORGET.total_seconds():
            message = "a bucket must be full within an hour"
            raise ValueError(message)


class PaceRow(Base):
    """One bucket."""

    __tablename__ = "pace"
    key: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    """Digest of what is asked and who asks."""
    held: orm.Mapped[float]
    """Answers that were left at `at`."""
    at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime, index=True)


def within(ctx: Context, what: str, who: str, pace: Pace) -> bool:
    """Tell whether somebody may ask once more, and count it.

    Args:
        ctx: The floor.
        what: Name of what is asked.
        who: Address of the one who asks.
        pace: How often.
    """
    key, now = hashlib.sha256(f"{what}\n{who}".encode("utf-8", "replace")).hexdigest(), ctx.clock.now()
    with ctx.database.write() as session:
        insert_once(session, PaceRow, key=key, held=float(pace.burst), at=now)
        row = lock_row(session, PaceRow, key)
        filled = max((now - row.at).total_seconds(), 0.0) / pace.refill_s
        held = min(float(pace.burst), row.held + filled)
        row.held, row.at = (held - 1 if held >= 1 else held), now
        return bool(held >= 1)


@duty("paces", every_s=900)
def forget_full(ctx: Context) -> int:
    """Delete buckets that are full again; return how many."""
    old = PaceRow.at <= ctx.clock.now() - FORGET
    with ctx.database.write() as session:
        keys = session.scalars(sa.select(PaceRow.key).where(old)).all()
        session.execute(sa.delete(PaceRow).where(old))
    return len(keys)
