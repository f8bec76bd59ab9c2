"""Rows of correction orders 责令限期整改: what a supervising body asks of a unit, and every answer to it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Id, own_key, within_agency
from foundation.database import Base


class CorrectionOrderRow(Base):
    """One order; its notice is a paper of the body that orders."""

    __tablename__ = "correction_order"
    __table_args__ = (own_key("correction_order"), within_agency("case_", "case_id"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    """The unit that is to correct."""
    body_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), index=True)
    """The agency that orders."""
    case_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    document_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    problems: orm.Mapped[list[Any]]
    requirement: orm.Mapped[str] = orm.mapped_column(sa.Text)
    due_on: orm.Mapped[dt.date]
    ordered_by: orm.Mapped[Id]
    """Account."""
    ordered_at: orm.Mapped[dt.datetime]
    sent_at: orm.Mapped[dt.datetime | None]
    """When its notice was issued; before that the unit knows nothing of it."""
    closed_at: orm.Mapped[dt.datetime | None]


class CorrectionAnswerRow(Base):
    """One answer of the unit, and what the body said to it."""

    __tablename__ = "correction_answer"
    __table_args__ = (within_agency("correction_order", "order_id"),)
    order_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    seq: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    agency_id: orm.Mapped[Id]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    by: orm.Mapped[str] = orm.mapped_column("answered_by", sa.String(36))
    at: orm.Mapped[dt.datetime] = orm.mapped_column("answered_at")
    accepted: orm.Mapped[bool | None]
    remark: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    judged_by: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    judged_at: orm.Mapped[dt.datetime | None]
