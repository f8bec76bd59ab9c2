"""What an administrator sees of accounts: who has one, who is signed in from where; and ends what should not be open.

Journal kind in `agency:<id>`: `sessions.ended`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from access.agencies import note, require_in_agency, today
from access.facts import AccountFacts, Actor, PersonFacts
from access.models import AccountRow, AppointmentRow, SessionRow
from access.permissions import Permission
from access.persons import person, persons_of
from access.sessions import IDLE, end_all
from foundation.context import Context
from foundation.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of the office with the logins."""

    person: PersonFacts
    accounts: tuple[AccountFacts, ...]
    can_sign_in: bool
    """One of the accounts has a password and is not disabled."""


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """Somebody who is signed in."""

    id: str
    account_id: str
    login: str
    name: str
    address: str
    opened_at: dt.datetime
    seen_at: dt.datetime


def members(ctx: Context, actor: Actor) -> Sequence[Member]:
    """Return everybody who was ever appointed in the actor's office.

    Raises:
        Forbidden: The actor does not keep the accounts.
    """
    require_in_agency(actor, Permission.ACCOUNT_MANAGE, actor.agency_id)
    with ctx.database.read() as session:
        people = persons_of(session, actor.agency_id, today(ctx))
        return [_member(session, one) for one in people]


def member(ctx: Context, actor: Actor, person_id: str) -> Member:
    """Return one person of the actor's office.

    Raises:
        Forbidden: The actor does not keep the accounts.
        NotFound: The office has no such person.
    """
    require_in_agency(actor, Permission.ACCOUNT_MANAGE, actor.agency_id)
    with ctx.database.read() as session:
        own = sa.select(AppointmentRow.id).where(
            AppointmentRow.agency_id == actor.agency_id, AppointmentRow.person_id == person_id
        )
        if session.scalars(own).first() is None:
            raise NotFound("没有这个人员。", remedy="刷新页面查看。")
        return _member(session, person(session, person_id, today(ctx)))


def _member(session: orm.Session, one: PersonFacts) -> Member:
    query = sa.select(AccountRow).where(AccountRow.person_id == one.id).order_by(AccountRow.created_at, AccountRow.id)
    rows = session.scalars(query).all()
    names = AccountFacts.__dataclass_fields__
    accounts = tuple(AccountFacts(**{name: getattr(row, name) for name in names}) for row in rows)
    return Member(
        person=one, accounts=accounts, can_sign_in=any(r.password_hash and r.disabled_at is None for r in rows)
    )


def open_sessions(ctx: Context, actor: Actor) -> Sequence[OpenSession]:
    """Return who of the actor's office is signed in now, the latest request first.

    Raises:
        Forbidden: The actor does not keep the accounts.
    """
    people = {one.person.id: one.person.name for one in members(ctx, actor)}
    now = ctx.clock.now()
    still = (SessionRow.ended_at.is_(None), SessionRow.expires_at > now, SessionRow.seen_at > now - IDLE)
    query = (
        sa.select(SessionRow, AccountRow)
        .join(AccountRow, AccountRow.id == SessionRow.account_id)
        .where(AccountRow.person_id.in_(sorted(people)), *still)
        .order_by(SessionRow.seen_at.desc(), SessionRow.id)
    )
    with ctx.database.read() as session:
        return [
            OpenSession(
                id=row.id,
                account_id=account.id,
                login=account.login,
                name=people[account.person_id],
                address=row.address,
                opened_at=row.opened_at,
                seen_at=row.seen_at,
            )
            for row, account in session.execute(query)
        ]


def end_sessions(ctx: Context, actor: Actor, account_id: str) -> int:
    """End every open session of an account of the actor's office; return how many.

    Raises:
        Forbidden: The actor does not keep the accounts.
        NotFound: The office has no such account.
    """
    known = {a.id for one in members(ctx, actor) for a in one.accounts}
    if account_id not in known:
        raise NotFound("没有这个账号。", remedy="刷新页面查看。")
    with ctx.database.write() as session:
        note(session, ctx, actor.agency_id, "sessions.ended", actor, account=account_id)
        return end_all(ctx, session, account_id)
