"""Rows of print jobs: one file with the copies of several papers for several recipients."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Digest, Id, Word, own_key
from foundation.database import Base, Json


class PrintKitRow(Base):
    """One print job; its file lies in the store."""

    __tablename__ = "print_kit"
    __table_args__ = (own_key("print_kit"),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    sheets: orm.Mapped[list[dict[str, Any]]] = orm.mapped_column(Json)
    """What is printed, in order: recipient, paper, version, digest, copies, pages."""
    duplex: orm.Mapped[bool]
    pages: orm.Mapped[int]
    leaves: orm.Mapped[int]
    """Sheets of paper that the printer takes."""
    blob: orm.Mapped[Digest]
    size: orm.Mapped[int]
    secrecy: orm.Mapped[Word]
    made_by: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    made_at: orm.Mapped[dt.datetime]
    printed_by: orm.Mapped[str] = orm.mapped_column(sa.String(80), default="")
    printed_at: orm.Mapped[dt.datetime | None]
