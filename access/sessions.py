"""Sign-in and server-side sessions.

One answer and one cost for an unknown account, a wrong password and a disabled account. After a few failures the next
try must wait, per account **and** address: a stranger never locks the owner out. Only the digest of a session's token
is stored. A try is written down before the password is looked at, so parallel guesses do not slip past the delay.
Journal kinds: `sign_in.succeeded`, `sign_in.failed`, `session.ended` in `agency:<id>`; failures for names that no
account has stand in `access:sign_in`.
"""

import contextlib
import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from access import attempts
from access.actors import actor_of
from access.facts import Actor
from access.models import AccountRow, AppointmentRow, SessionRow
from access.passwords import hash_password, is_password, login_key, needs_new_hash
from foundation import journal
from foundation.context import Context
from foundation.errors import Forbidden, NotFound, Unavailable

IDLE = dt.timedelta(minutes=30)
"""A session ends when nothing was asked for so long."""
LONGEST = dt.timedelta(hours=12)
"""A session ends after a working day in any case."""
SEEN_EVERY = dt.timedelta(minutes=1)
"""How exactly the last request is written down."""

REFUSED = ("账号或口令不对，或账号不能使用。", "核对后重试；忘记口令请联系本机关系统管理员。")
REMEDY = "忘记口令请联系本机关系统管理员。"
"""What somebody who must wait can do."""


@dataclass(frozen=True, kw_only=True)
class _Try:
    """One try that was written down."""

    id: str
    account_id: str
    stored: str
    stream: str


def sign_in(ctx: Context, *, login: str, password: str, address: str) -> str:
    """Open a session and return its token, which is nowhere else.

    Raises:
        Forbidden: Unknown account, wrong password or disabled account: one answer.
        TooSoon: Too many failures from this address; says how long to wait.
    """
    trial = _written_down(ctx, login, address[:60])
    fits = is_password(trial.stored, password)
    better = hash_password(password) if fits and needs_new_hash(trial.stored) else trial.stored
    with ctx.database.write() as session:
        account = session.get(AccountRow, trial.account_id) if fits else None
        if account is None or account.disabled_at is not None or account.password_hash != trial.stored:
            _journal(ctx, session, trial, "sign_in.failed", address)
            token = ""
        else:
            token = _opened(ctx, session, trial, account, address)
            account.password_hash = better
    if not token:
        raise Forbidden(REFUSED[0], remedy=REFUSED[1])
    return token


def _written_down(ctx: Context, login: str, address: str) -> _Try:
    key = login_key(login)
    with ctx.database.write() as session:
        attempt = attempts.written_down(ctx, session, key, address, remedy=REMEDY)
        account = _account(session, key)
        stream = f"agency:{_agency_of(session, account.person_id)}" if account else attempts.UNKNOWN_STREAM
        return _Try(
            id=attempt,
            account_id=account.id if account else "",
            stored=account.password_hash if account and account.disabled_at is None else "",
            stream=stream,
        )


def _account(session: orm.Session, key: str) -> AccountRow | None:
    return session.scalar(sa.select(AccountRow).where(AccountRow.login_key == key, AccountRow.password_hash != ""))


def _agency_of(session: orm.Session, person_id: str) -> str:
    query = sa.select(AppointmentRow.agency_id).where(AppointmentRow.person_id == person_id)
    return session.scalar(query.order_by(AppointmentRow.valid_from, AppointmentRow.id).limit(1)) or "none"


def _opened(ctx: Context, session: orm.Session, trial: _Try, account: AccountRow, address: str) -> str:
    token, now = secrets.token_urlsafe(32), ctx.clock.now()
    _journal(ctx, session, trial, "sign_in.succeeded", address)
    attempts.succeeded(session, trial.id)
    session.add(
        SessionRow(
            id=ctx.ids.new(),
            account_id=account.id,
            token_digest=_digest(token),
            address=address[:60],
            opened_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
        )
    )
    return token


def _journal(ctx: Context, session: orm.Session, trial: _Try, kind: str, address: str) -> None:
    by = trial.account_id or "unknown"
    data = {"attempt": trial.id, "address": address[:60]}
    journal.append(session, ctx.clock, stream=trial.stream, kind=kind, actor=by, data=data)


def actor_of_session(ctx: Context, token: str) -> Actor | None:
    """Return who a token stands for now; None when the session is unknown, ended, idle too long or too old."""
    now = ctx.clock.now()
    with ctx.database.read() as session:
        row = session.scalar(sa.select(SessionRow).where(SessionRow.token_digest == _digest(token)))
        if row is None or row.ended_at is not None or now >= row.expires_at or now >= row.seen_at + IDLE:
            return None
        try:
            actor = actor_of(session, row.account_id, now)
        except (NotFound, Forbidden):
            return None
        stale, session_id = now >= row.seen_at + SEEN_EVERY, row.id
    if stale:
        _seen(ctx, session_id, now)
    return actor


def _seen(ctx: Context, session_id: str, now: dt.datetime) -> None:
    # Only an open session is renewed: a sign-out that came between stays. A busy database does not end a session.
    open_one = (SessionRow.id == session_id) & SessionRow.ended_at.is_(None)
    with contextlib.suppress(Unavailable), ctx.database.write() as session:
        session.execute(sa.update(SessionRow).where(open_one).values(seen_at=now))


def sign_out(ctx: Context, token: str) -> None:
    """End a session; an unknown token changes nothing."""
    with ctx.database.write() as session:
        row = session.scalar(sa.select(SessionRow).where(SessionRow.token_digest == _digest(token)))
        if row is None or row.ended_at is not None:
            return
        account = session.get_one(AccountRow, row.account_id)
        stream = f"agency:{_agency_of(session, account.person_id)}"
        data = {"session": row.id}
        journal.append(session, ctx.clock, stream=stream, kind="session.ended", actor=account.id, data=data)
        row.ended_at = ctx.clock.now()


def end_all(ctx: Context, session: orm.Session, account_id: str) -> int:
    """End every open session of an account, in the caller's transaction; return how many."""
    own = (SessionRow.account_id == account_id) & SessionRow.ended_at.is_(None)
    ids = session.scalars(sa.select(SessionRow.id).where(own)).all()
    session.execute(sa.update(SessionRow).where(SessionRow.id.in_(ids)).values(ended_at=ctx.clock.now()))
    return len(ids)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
