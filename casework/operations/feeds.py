"""Calendar addresses: a secret by which a person's own calendar program reads their periods, until it is taken back.

A program signs in nowhere, so the secret stands for the account: its digest alone is kept, each reading asks the rights
of that moment, and what is read names no person (case numbers and kinds of period alone). One address an account; a
new one takes the place of the old one. Journal kinds in `agency:<id>`: `calendar.address_given`,
`calendar.address_ended`.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from access.accounts import actor_of
from access.facts import Actor
from access.policy import Permission, predicate
from access.predicates import to_sql
from casework import queries
from casework.models import FeedRow
from casework.queries.periods import Period, running
from foundation import journal
from foundation.context import Context
from foundation.errors import AnjuanError, NotFound

BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Feed:
    """The calendar address of an account."""

    made_at: dt.datetime
    read_at: dt.datetime | None


def give(ctx: Context, actor: Actor) -> str:
    """Make the actor's calendar address anew and return its secret, which is shown once."""
    secret, now = secrets.token_urlsafe(BYTES), ctx.clock.now()
    with ctx.database.write() as session:
        _end(session, ctx, actor)
        row = FeedRow(
            id=ctx.ids.new(),
            agency_id=actor.agency_id,
            account_id=actor.account_id,
            digest=_digest(secret),
            made_at=now,
            read_at=None,
            ended_at=None,
        )
        session.add(row)
        _note(session, ctx, actor, "calendar.address_given", row.id)
    return secret


def end(ctx: Context, actor: Actor) -> None:
    """Take the actor's calendar address back; it is answered from now on like one that never was."""
    with ctx.database.write() as session:
        _end(session, ctx, actor)


def feed_of(ctx: Context, actor: Actor) -> Feed | None:
    """Return the actor's calendar address as far as it is known: the secret is not."""
    with ctx.database.read() as session:
        row = session.scalars(_running(actor.account_id)).first()
        return Feed(made_at=row.made_at, read_at=row.read_at) if row else None


def periods_by(ctx: Context, secret: str) -> Sequence[Period]:
    """Return the running periods of the cases that the account behind a secret handles, or of all that it may read.

    Raises:
        NotFound: No such address, whatever the reason.
    """
    now = ctx.clock.now()
    with ctx.database.write() as session:
        row = session.scalars(sa.select(FeedRow).where(FeedRow.digest == _digest(secret))).one_or_none()
        if row is None or row.ended_at is not None:
            raise _absent()
        try:
            actor = actor_of(session, row.account_id, now, agency_id=row.agency_id)
        except AnjuanError:
            raise _absent() from None
        row.read_at = now
        viewer = queries.viewer_of(session, actor)
        where = to_sql(predicate(actor, Permission.CASE_READ, "case", viewer), queries.CASE_COLUMNS)
        member = actor.person_id if "handler" in actor.roles else ""
        return running(session, where, member=member)


def _absent() -> NotFound:
    return NotFound("没有这个日历地址。", remedy="在“期限”页面重新生成日历地址。")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _running(account_id: str) -> sa.Select[FeedRow]:
    query = sa.select(FeedRow).where(FeedRow.account_id == account_id, FeedRow.ended_at.is_(None))
    return query.order_by(FeedRow.made_at.desc(), FeedRow.id)


def _end(session: orm.Session, ctx: Context, actor: Actor) -> None:
    for row in session.scalars(_running(actor.account_id)).all():
        row.ended_at = ctx.clock.now()
        _note(session, ctx, actor, "calendar.address_ended", row.id)


def _note(session: orm.Session, ctx: Context, actor: Actor, kind: str, feed_id: str) -> None:
    event = {"feed": feed_id, "account": actor.account_id}
    stream = f"agency:{actor.agency_id}"
    journal.append(session, ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)
