"""Rows of papers: one head row, append-only versions, fills, remarks, and the files that belong to it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Digest, Id, Word, own_key, unique_where, within_agency
from foundation.database import Base, Json


class DocumentRow(Base):
    """One paper of a case, or of the agency (`case_id` empty)."""

    __tablename__ = "document"
    __table_args__ = (
        own_key("document"),
        within_agency("case_", "case_id"),
        within_agency("party", "party_id"),
        within_agency("document", "target_id"),
        within_agency("recording", "recording_id"),
        unique_where("uq_document_number", ["agency_id", "type", "number"], "number <> ''"),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    type: orm.Mapped[str] = orm.mapped_column(sa.String(60), index=True)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    stage: orm.Mapped[Word]
    volume: orm.Mapped[Word]
    secrecy: orm.Mapped[Word]
    status: orm.Mapped[Word]
    version: orm.Mapped[int]
    definition_digest: orm.Mapped[Digest]
    template: orm.Mapped[Digest] = orm.mapped_column(default="")
    """File of the agency's own Word template with which it was opened; empty: drawn as its definition says."""
    content_digest: orm.Mapped[Digest]
    number: orm.Mapped[str] = orm.mapped_column(sa.String(80), default="")
    issue_date: orm.Mapped[dt.date | None]
    issued_at: orm.Mapped[dt.datetime | None]
    party_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36))
    target_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    recording_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36))
    author_id: orm.Mapped[Id]
    """Person who opened it."""
    opened_at: orm.Mapped[dt.datetime]
    changed_at: orm.Mapped[dt.datetime]
    reasons: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """Written reasons for soft findings, by code."""
    ended_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    """Why it was given up, made void or replaced."""
    sealed_without_timestamp: orm.Mapped[bool] = orm.mapped_column(default=False)
    reference: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    index_version: orm.Mapped[int] = orm.mapped_column(default=0)


class DocumentVersionRow(Base):
    """The data of one version; rows are added, never changed."""

    __tablename__ = "document_version"
    __table_args__ = (within_agency("document", "document_id"),)
    document_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    version: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    agency_id: orm.Mapped[Id]
    data: orm.Mapped[dict[str, Any]]
    given: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """What the sources gave when this version was filled: a field that still holds it was touched by nobody."""
    definition_digest: orm.Mapped[Digest]
    content_digest: orm.Mapped[Digest]
    author_id: orm.Mapped[Id]
    at: orm.Mapped[dt.datetime]


class DocumentOfficerRow(Base):
    """An officer who acts in a paper."""

    __tablename__ = "document_officer"
    __table_args__ = (within_agency("document", "document_id"),)
    document_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    person_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    seq: orm.Mapped[int]


class SlotFillRow(Base):
    """What one person put into one slot; rows are added, never changed. A fill of an older digest is void."""

    __tablename__ = "slot_fill"
    __table_args__ = (within_agency("document", "document_id"), sa.UniqueConstraint("document_id", "seq"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    document_id: orm.Mapped[Id]
    seq: orm.Mapped[int]
    version: orm.Mapped[int]
    slot: orm.Mapped[Word]
    part: orm.Mapped[Word]
    role: orm.Mapped[Word]
    person_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), index=True)
    """Empty for a person outside the office."""
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    at: orm.Mapped[dt.datetime]
    values: orm.Mapped[dict[str, Any]]
    method: orm.Mapped[Word]
    refused: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    witness: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    image: orm.Mapped[Digest] = orm.mapped_column(default="")
    content_digest: orm.Mapped[Digest]
    recorded_by: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    """Person of the office before whom an outsider signed."""
    for_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    """Person for whom a delegate signed."""
    delegation_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    sealed: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """Columns that lie encrypted (`casework.sealing`), empty in their own place."""


class RemarkRow(Base):
    """One remark with which a paper was returned."""

    __tablename__ = "remark"
    __table_args__ = (within_agency("document", "document_id"), sa.UniqueConstraint("document_id", "seq"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    document_id: orm.Mapped[Id]
    seq: orm.Mapped[int]
    version: orm.Mapped[int]
    field: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    """Empty when it concerns the whole paper."""
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    person_id: orm.Mapped[Id]
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    at: orm.Mapped[dt.datetime]
    sealed: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """Columns that lie encrypted (`casework.sealing`), empty in their own place."""


class DocumentBlobRow(Base):
    """A file of a paper, by kind: `docx`, `pdf`, `sealed`, `signed_copy`, `signed_rendering`."""

    __tablename__ = "document_blob"
    __table_args__ = (within_agency("document", "document_id"),)
    document_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    kind: orm.Mapped[Word] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    blob: orm.Mapped[Digest] = orm.mapped_column(index=True)
    version: orm.Mapped[int]
    at: orm.Mapped[dt.datetime]
