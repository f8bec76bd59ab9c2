"""Rows of batches: one set of facts, many parties, a state for each."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Id, Word, own_key, within_agency
from foundation.database import Base, Json


class BatchRow(Base):
    """One batch of papers of one type."""

    __tablename__ = "batch"
    __table_args__ = (
        own_key("batch"),
        within_agency("case_", "case_id"),
        within_agency("document", "pattern_id"),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    pattern_id: orm.Mapped[Id]
    """Draft whose facts all papers share."""
    type: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    shared: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    reasons: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """Written reasons for soft findings, by code."""
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    made_by: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    made_at: orm.Mapped[dt.datetime]
    job_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    """The job that works on it, or worked last."""


class BatchItemRow(Base):
    """One party of a batch and what became of its paper."""

    __tablename__ = "batch_item"
    __table_args__ = (
        within_agency("batch", "batch_id"),
        within_agency("party", "party_id"),
        within_agency("document", "document_id"),
    )
    batch_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    seq: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    agency_id: orm.Mapped[Id]
    line: orm.Mapped[int]
    """Row of the table that was handed in."""
    party: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    data: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    party_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36))
    document_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), unique=True)
    state: orm.Mapped[Word]
    """waiting, done or failed."""
    message: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    remedy: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    tries: orm.Mapped[int] = orm.mapped_column(default=0)
    changed_at: orm.Mapped[dt.datetime]
