"""Rows of the number ledger and of the agency's own calendar."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Id, Word, unique_where
from foundation.database import Base

HELD = "status <> 'void'"
"""A number in use: reserved or confirmed."""


class NumberLedgerRow(Base):
    """The agency's ledger; its row is the lock under which numbers are drawn."""

    __tablename__ = "number_ledger"
    agency_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)


class NumberSeriesRow(Base):
    """One series: agency, character, and the year (or day) that it counts."""

    __tablename__ = "number_series"
    agency_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    character: orm.Mapped[Word] = orm.mapped_column(primary_key=True)
    period: orm.Mapped[Word] = orm.mapped_column(primary_key=True)
    last: orm.Mapped[int]


class NumberRow(Base):
    """One number of a series and who holds it; void numbers stay with their reason."""

    __tablename__ = "number_entry"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["agency_id", "character", "period"],
            ["number_series.agency_id", "number_series.character", "number_series.period"],
            name="fk_number_entry_series",
        ),
        unique_where("uq_number_entry_holder", ["agency_id", "character", "period", "holder_id"], HELD),
        sa.UniqueConstraint("agency_id", "text"),
    )
    agency_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    character: orm.Mapped[Word] = orm.mapped_column(primary_key=True)
    period: orm.Mapped[Word] = orm.mapped_column(primary_key=True)
    n: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    text: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    """As printed, such as `清政罚〔2026〕第3号`."""
    holder_id: orm.Mapped[Id]
    """Document, case or recording that it was drawn for."""
    status: orm.Mapped[Word]
    """reserved, confirmed or void."""
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    at: orm.Mapped[dt.datetime]


class NumberHoldRow(Base):
    """Numbering of an agency stands still after a restore, until somebody said how far each series went."""

    __tablename__ = "number_hold"
    agency_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    made_at: orm.Mapped[dt.datetime]
    """When the backup was made: what was given out since is not known."""
    since: orm.Mapped[dt.datetime]


class CalendarYearRow(Base):
    """A year whose working days the agency entered or confirmed (beyond the national table)."""

    __tablename__ = "calendar_year"
    agency_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    year: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    source: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    entered_at: orm.Mapped[dt.datetime]


class CalendarDayRow(Base):
    """A day that the agency's calendar has otherwise than the national table or the week."""

    __tablename__ = "calendar_day"
    agency_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    day: orm.Mapped[dt.date] = orm.mapped_column(primary_key=True)
    working: orm.Mapped[bool]
    name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    entered_at: orm.Mapped[dt.datetime]
