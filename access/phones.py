"""A clerk lets the own phone into one case: a code on the screen, opened once within five minutes, good for two hours.

Scanning it signs nobody in. The phone may add recordings to that one case in the clerk's name, and nothing else; the
clerk's rights are read anew at each request. A new password, a disabled account or the clerk's own word ends it. Only
digests of code and token are stored. Journal kinds in `agency:<id>`: `phone.invited`, `phone.opened`, `phone.ended`.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from access.actors import actor_of
from access.facts import Actor
from access.models import AccountRow, PhoneRow
from foundation import journal
from foundation.context import Context
from foundation.errors import Forbidden, NotFound
from foundation.jobs import duty

OPENS = dt.timedelta(minutes=5)
"""How long a code on the screen may be scanned."""
LASTS = dt.timedelta(hours=2)
"""How long a phone stays in: an act on the spot."""
FORGET = dt.timedelta(days=30)
"""When an invitation is deleted."""
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LETTERS = 12
"""Signs of a code: 59 bits, short enough for a coarse two-dimensional code and for typing."""


@dataclass(frozen=True, kw_only=True)
class PhoneFacts:
    """One invitation and what became of it."""

    id: str
    case_id: str
    invited_at: dt.datetime
    opened_at: dt.datetime | None
    ended_at: dt.datetime | None

    def is_open(self, now: dt.datetime) -> bool:
        """Tell whether a phone is in by it now."""
        return self.opened_at is not None and self.ended_at is None and now < self.opened_at + LASTS


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A phone that is in: for whom, and for which case."""

    actor: Actor
    case_id: str
    until: dt.datetime


def invite(ctx: Context, actor: Actor, case_id: str) -> str:
    """Return a code that lets one phone into a case; the caller asked the policy. Earlier unused codes open nothing."""
    code, now = "".join(secrets.choice(SIGNS) for _ in range(LETTERS)), ctx.clock.now()
    with ctx.database.write() as session:
        account = session.get_one(AccountRow, actor.account_id)
        for row in session.scalars(_own(actor, case_id).where(PhoneRow.opened_at.is_(None))):
            row.ended_at = now
        row = PhoneRow(
            id=ctx.ids.new(),
            account_id=account.id,
            agency_id=actor.agency_id,
            case_id=case_id,
            code_digest=_digest(code),
            password_mark=_digest(account.password_hash),
            invited_at=now,
        )
        _note(ctx, session, row, "phone.invited")
        session.add(row)
    return code


def open_code(ctx: Context, code: str) -> tuple[str, str]:
    """Open a code on the phone; return the token that the phone keeps, and the case.

    Raises:
        NotFound: Unknown, used, withdrawn or too old: one answer.
    """
    token, now = secrets.token_urlsafe(32), ctx.clock.now()
    with ctx.database.write() as session:
        query = sa.select(PhoneRow).where(PhoneRow.code_digest == _digest(code.strip().upper())).with_for_update()
        row = session.scalar(query)
        stale = row is None or row.opened_at or row.ended_at or now >= row.invited_at + OPENS
        if row is None or stale or _actor(session, row, now) is None:
            raise NotFound("二维码已用过或已过期。", remedy="在电脑上的案件页面重新打开二维码。")
        _note(ctx, session, row, "phone.opened")
        row.opened_at, row.token_digest = now, _digest(token)
        return token, row.case_id


def guest_of(ctx: Context, token: str) -> Guest | None:
    """Return for whom and what a phone's token stands now; None when it ended."""
    now = ctx.clock.now()
    with ctx.database.read() as session:
        row = session.scalar(sa.select(PhoneRow).where(PhoneRow.token_digest == _digest(token)))
        if row is None or row.opened_at is None or not _facts(row).is_open(now):
            return None
        actor = _actor(session, row, now)
        return Guest(actor=actor, case_id=row.case_id, until=row.opened_at + LASTS) if actor else None


def _actor(session: orm.Session, row: PhoneRow, now: dt.datetime) -> Actor | None:
    account = session.get_one(AccountRow, row.account_id)
    if _digest(account.password_hash) != row.password_mark:
        return None
    try:
        return actor_of(session, row.account_id, now, agency_id=row.agency_id)
    except Forbidden:
        return None


def phones_of(session: orm.Session, actor: Actor, case_id: str) -> list[PhoneFacts]:
    """Return one's own invitations to a case that were opened and not ended, latest first."""
    query = _own(actor, case_id).where(PhoneRow.opened_at.is_not(None))
    return [_facts(r) for r in session.scalars(query.order_by(PhoneRow.opened_at.desc()))]


def end(ctx: Context, actor: Actor, phone_id: str) -> None:
    """Put a phone out.

    Raises:
        NotFound: It is none of the actor's.
    """
    with ctx.database.write() as session:
        row = session.get(PhoneRow, phone_id, with_for_update=True)
        if row is None or row.account_id != actor.account_id:
            raise NotFound("没有这部手机。", remedy="刷新页面查看。")
        if row.ended_at is None:
            _note(ctx, session, row, "phone.ended")
            row.ended_at = ctx.clock.now()


@duty("phones", every_s=3600)
def forget_old(ctx: Context) -> int:
    """Delete invitations that are long over; return how many (the journal keeps what happened)."""
    with ctx.database.write() as session:
        old = PhoneRow.invited_at <= ctx.clock.now() - FORGET
        ids = session.scalars(sa.select(PhoneRow.id).where(old)).all()
        session.execute(sa.delete(PhoneRow).where(old))
    return len(ids)


def _own(actor: Actor, case_id: str) -> sa.Select[PhoneRow]:
    own = (PhoneRow.account_id == actor.account_id, PhoneRow.case_id == case_id, PhoneRow.ended_at.is_(None))
    return sa.select(PhoneRow).where(*own)


def _note(ctx: Context, session: orm.Session, row: PhoneRow, kind: str) -> None:
    data = {"phone": row.id, "case": row.case_id}
    journal.append(session, ctx.clock, stream=f"agency:{row.agency_id}", kind=kind, actor=row.account_id, data=data)


def _facts(row: PhoneRow) -> PhoneFacts:
    return PhoneFacts(**{name: getattr(row, name) for name in PhoneFacts.__dataclass_fields__})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
