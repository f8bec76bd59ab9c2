"""Work that follows a change: one row per thing, written in the change's own transaction, claimed by the worker.

A row names topic, kind and id only; the consumer reads the thing's present state. Topics: `index` (search entries),
`job` (workflows), `notice` (notifications). Claims use SKIP LOCKED on PostgreSQL; SQLite's one writer needs none.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.database import Base, UtcDateTime


class OutboxRow(Base):
    """One thing to do."""

    __tablename__ = "outbox"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    topic: orm.Mapped[str] = orm.mapped_column(sa.String(20), index=True)
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    subject: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    added_at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime)


@dataclass(frozen=True, kw_only=True)
class Item:
    """A claimed outbox row."""

    id: int
    topic: str
    kind: str
    subject: str


def add(session: orm.Session, *, topic: str, kind: str, subject: str, at: dt.datetime) -> None:
    """Add one row in the caller's transaction."""
    session.add(OutboxRow(topic=topic, kind=kind, subject=subject, added_at=at))


def claim(session: orm.Session, topic: str, *, limit: int = 100, after: int = 0) -> list[Item]:
    """Lock and return up to `limit` rows of a topic, oldest first; `done` deletes them in the same transaction.

    Args:
        session: A writing session.
        topic: What the rows are for.
        limit: Most rows.
        after: Leave out rows up to this id (a consumer passes over what it cannot work on).
    """
    rows = session.scalars(
        sa.select(OutboxRow)
        .where(OutboxRow.topic == topic, OutboxRow.id > after)
        .order_by(OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Item(id=r.id, topic=r.topic, kind=r.kind, subject=r.subject) for r in rows]


def done(session: orm.Session, items: list[Item]) -> None:
    """Delete claimed rows."""
    session.execute(sa.delete(OutboxRow).where(OutboxRow.id.in_([i.id for i in items])))


def waiting(session: orm.Session, topic: str, kind: str | None = None) -> list[str]:
    """Return the subjects that still wait in a topic (search excludes them by id)."""
    query = sa.select(OutboxRow.subject).where(OutboxRow.topic == topic)
    if kind is not None:
        query = query.where(OutboxRow.kind == kind)
    return list(session.scalars(query))
