"""Rows of scanned stacks: the file as it came, and what became of each of its pages."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Digest, Id, Word, own_key, within_agency
from foundation.database import Base


class StackRow(Base):
    """One scanned stack, kept as it came; the same bytes come once in an agency."""

    __tablename__ = "scan_stack"
    __table_args__ = (own_key("scan_stack"), sa.UniqueConstraint("agency_id", "plain_digest"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    media_type: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    blob: orm.Mapped[Digest]
    plain_digest: orm.Mapped[Digest]
    """SHA-256 of the file as it came; what is stored is encrypted: before it is read nobody knows whom it names."""
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    by: orm.Mapped[str] = orm.mapped_column("brought_by", sa.String(36), index=True)
    at: orm.Mapped[dt.datetime]
    read_at: orm.Mapped[dt.datetime | None]
    pages: orm.Mapped[int] = orm.mapped_column(default=0)


class StackPageRow(Base):
    """One page of a stack: filed with a paper, blank, given up, or waiting for a person."""

    __tablename__ = "scan_page"
    __table_args__ = (within_agency("scan_stack", "stack_id"),)
    stack_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    number: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    agency_id: orm.Mapped[Id]
    state: orm.Mapped[Word] = orm.mapped_column(index=True)
    turn: orm.Mapped[int] = orm.mapped_column(default=0)
    """Degrees clockwise by which it must be turned to stand upright."""
    document_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    """Paper that it was filed with, or (while it waits) that its code names and that exists."""
    why: orm.Mapped[Word] = orm.mapped_column(default="")
    """Why it waits."""
    said: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    """Why a person gave it up, or filed it by hand."""
    by: orm.Mapped[str] = orm.mapped_column("decided_by", sa.String(36), default="")
    at: orm.Mapped[dt.datetime | None]
