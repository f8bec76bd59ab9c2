"""Tries to sign in: each is written down before anything is compared, and failures make the next one wait.

A try belongs to a keyed digest of the name that was given (it may be a mistyped password) **and** an address, so a
stranger elsewhere never makes the owner wait. An address that fails over many names waits too. Used by accounts
(`access.sessions`) and by the passes of parties (`casework.operations.passes`).
"""

import datetime as dt
import hashlib
import hmac
import math

import sqlalchemy as sa
from sqlalchemy import orm

from access.models import SignInAttemptRow
from foundation.context import Context
from foundation.errors import Unavailable
from foundation.jobs import duty

FREE_TRIES = 4
"""Failures of one name at one address that cost nothing."""
MOST_DELAY = dt.timedelta(minutes=5)
FORGET = dt.timedelta(hours=24)
"""Failures older than this do not count."""
CROWD, CROWD_SPAN = 60, dt.timedelta(minutes=10)
"""Failures of one address over all names in a span, after which that address waits (credential stuffing)."""

UNKNOWN_STREAM = "access:sign_in"
"""Where failures for names that nobody has are written."""


class TooSoon(Unavailable):
    """The next try must wait."""

    def __init__(self, seconds: int, remedy: str) -> None:
        super().__init__(f"尝试次数过多，请{seconds}秒后再试。", remedy=remedy)
        self.seconds = seconds


def written_down(ctx: Context, session: orm.Session, name: str, address: str, *, remedy: str) -> str:
    """Write a try down in the caller's transaction and return its id.

    Args:
        ctx: The floor.
        session: A writing session.
        name: What was given as name, already in the form that is compared.
        address: Where it came from.
        remedy: What somebody who must wait can do.

    Raises:
        TooSoon: Too many failures; says how long to wait.
    """
    mark = hmac.new(ctx.keys.key("sign_in"), name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    address, now = address[:60], ctx.clock.now()
    _one_at_a_time(session, mark + address)
    wait = max(_own_wait(session, mark, address, now), _crowd_wait(session, address, now))
    if wait > dt.timedelta():
        raise TooSoon(math.ceil(wait.total_seconds()), remedy)
    row = SignInAttemptRow(id=ctx.ids.new(), login_digest=mark, address=address, at=now, succeeded=False)
    session.add(row)
    session.flush()
    return row.id


def succeeded(session: orm.Session, attempt_id: str) -> None:
    """Say that a try was good: earlier failures of its name and address count no more."""
    session.execute(sa.update(SignInAttemptRow).where(SignInAttemptRow.id == attempt_id).values(succeeded=True))


def _one_at_a_time(session: orm.Session, who: str) -> None:
    """Let parallel tries of one name and address see each other; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(who.encode("utf-8", "replace")).digest()[:8], "big", signed=True)
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _own_wait(session: orm.Session, mark: str, address: str, now: dt.datetime) -> dt.timedelta:
    """Return what is left of the delay: 1, 2, 4 … seconds after each failure beyond the free ones."""
    row = SignInAttemptRow
    own = (row.login_digest == mark, row.address == address, row.at > now - FORGET)
    good = session.scalar(sa.select(sa.func.max(row.at)).where(*own, row.succeeded))
    since = [row.at >= good] if good else []
    count, last = session.execute(
        sa.select(sa.func.count(), sa.func.max(row.at)).where(*own, ~row.succeeded, *since)
    ).one()
    if count < FREE_TRIES:
        return dt.timedelta()
    return _utc(last) + min(dt.timedelta(seconds=2 ** min(count - FREE_TRIES, 20)), MOST_DELAY) - now


def _crowd_wait(session: orm.Session, address: str, now: dt.datetime) -> dt.timedelta:
    row = SignInAttemptRow
    recent = (row.address == address, ~row.succeeded, row.at > now - CROWD_SPAN)
    count, first = session.execute(sa.select(sa.func.count(), sa.func.min(row.at)).where(*recent)).one()
    return _utc(first) + CROWD_SPAN - now if count >= CROWD else dt.timedelta()


def _utc(at: dt.datetime) -> dt.datetime:
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


@duty("sign-in-attempts", every_s=3600)
def forget_attempts(ctx: Context) -> int:
    """Delete tries that do not count any more; return how many (the journal keeps what happened)."""
    old = SignInAttemptRow.at <= ctx.clock.now() - FORGET
    with ctx.database.write() as session:
        ids = session.scalars(sa.select(SignInAttemptRow.id).where(old)).all()
        session.execute(sa.delete(SignInAttemptRow).where(old))
    return len(ids)
