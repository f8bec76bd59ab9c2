"""Rows of reminders, and of calendar addresses that a person's own program reads."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Digest, Id, Word, within_agency
from foundation.database import Base


class ReminderRow(Base):
    """One reminder of one period to one person; said once for each step and last day."""

    __tablename__ = "reminder"
    __table_args__ = (
        within_agency("case_", "case_id"),
        sa.UniqueConstraint("person_id", "deadline_id", "step", "last_day"),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    person_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    case_id: orm.Mapped[Id]
    deadline_id: orm.Mapped[Id] = orm.mapped_column(sa.ForeignKey("deadline.id"), index=True)
    step: orm.Mapped[Word]
    last_day: orm.Mapped[dt.date]
    escalated: orm.Mapped[bool] = orm.mapped_column(default=False)
    """It went to the head of the department, for the officers are late."""
    at: orm.Mapped[dt.datetime]
    read_at: orm.Mapped[dt.datetime | None]


class FeedRow(Base):
    """A calendar address: whoever holds its secret reads one account's periods, until it is taken back."""

    __tablename__ = "calendar_feed"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    account_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    digest: orm.Mapped[Digest] = orm.mapped_column(unique=True)
    """SHA-256 of the secret; the secret itself is shown once."""
    made_at: orm.Mapped[dt.datetime]
    read_at: orm.Mapped[dt.datetime | None]
    ended_at: orm.Mapped[dt.datetime | None]
