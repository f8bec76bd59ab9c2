"""Rows of recordings, services and deadlines."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Digest, Id, Word, own_key, within_agency
from foundation.database import Base, Json


class RecordingRow(Base):
    """One photo, sound or video; announced first, complete when its file is stored."""

    __tablename__ = "recording"
    __table_args__ = (
        own_key("recording"),
        within_agency("case_", "case_id"),
        within_agency("device", "device_id"),
        sa.UniqueConstraint("agency_id", "number"),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    number: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    kind: orm.Mapped[Word]
    scene: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    device_id: orm.Mapped[Id]
    operator_id: orm.Mapped[Id]
    operator: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    started_at: orm.Mapped[dt.datetime]
    ended_at: orm.Mapped[dt.datetime | None]
    stored_at: orm.Mapped[dt.datetime | None]
    announced_at: orm.Mapped[dt.datetime]
    place: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    summary: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(255), default="")
    media_type: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    blob: orm.Mapped[Digest] = orm.mapped_column(default="")
    """Digest of the stored bytes; of the ciphertext for class `informant`."""
    plain_digest: orm.Mapped[Digest] = orm.mapped_column(default="")
    """SHA-256 of the file as it was handed over."""
    sm3: orm.Mapped[Digest] = orm.mapped_column(default="")
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, default=0)
    duration_s: orm.Mapped[float | None]
    party_informed: orm.Mapped[bool]
    continuous: orm.Mapped[bool] = orm.mapped_column(default=True)
    late: orm.Mapped[bool] = orm.mapped_column(default=False)
    late_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    secrecy: orm.Mapped[Word] = orm.mapped_column(default="normal")
    told: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """What the file says of time, place and device (`casework.media_told`)."""
    derivatives: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    batch_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="", index=True)
    """Storage register that handed it over; empty until then."""
    sealed: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """Columns that lie encrypted (`casework.sealing`), empty in their own place."""
    index_version: orm.Mapped[int] = orm.mapped_column(default=0)


class RecordingLinkRow(Base):
    """A recording that belongs to a paper."""

    __tablename__ = "recording_link"
    __table_args__ = (within_agency("recording", "recording_id"), within_agency("document", "document_id"))
    recording_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    document_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True, index=True)
    agency_id: orm.Mapped[Id]
    at: orm.Mapped[dt.datetime]


class ServiceRow(Base):
    """One attempt to serve one paper by one method."""

    __tablename__ = "service"
    __table_args__ = (
        own_key("service"),
        within_agency("case_", "case_id"),
        within_agency("document", "document_id"),
        sa.ForeignKeyConstraint(["agency_id", "receipt_id"], ["document.agency_id", "document.id"]),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    document_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    receipt_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    method: orm.Mapped[Word]
    address: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    valid: orm.Mapped[bool] = orm.mapped_column(default=False)
    served_on: orm.Mapped[dt.date | None]
    received_at: orm.Mapped[dt.datetime | None]
    signer: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    signer_relation: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    refused: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    proof: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """What the method asks besides: witnesses, posting number, channel, dates."""
    sealed: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """Columns that lie encrypted (`casework.sealing`), empty in their own place."""
    opened_at: orm.Mapped[dt.datetime]
    failed_at: orm.Mapped[dt.datetime | None]
    """When it was noted that the attempt did not reach the addressee."""
    failed_why: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")


class DeadlineRow(Base):
    """A computed period; computed again when its event or the calendar changes."""

    __tablename__ = "deadline"
    __table_args__ = (within_agency("case_", "case_id"), sa.UniqueConstraint("case_id", "kind", "subject_id"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id]
    kind: orm.Mapped[Word]
    subject_id: orm.Mapped[Id]
    """Document, recording or case whose event started it."""
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    n: orm.Mapped[int]
    unit: orm.Mapped[Word]
    start: orm.Mapped[dt.datetime]
    end: orm.Mapped[dt.datetime]
    last_day: orm.Mapped[dt.date] = orm.mapped_column(index=True)
    formula: orm.Mapped[str] = orm.mapped_column(sa.Text)
    source: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    duty_of: orm.Mapped[Word]
    met_on: orm.Mapped[dt.date | None]
    provisional: orm.Mapped[bool]
    ended_on: orm.Mapped[dt.date | None]
    """The paper that began it lost its effect: nothing runs any more."""
    paused_on: orm.Mapped[dt.date | None]
    """It stands still since the end of this day."""
    changes: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    """Lengthenings and pauses that are over: kind, days, first and last day, reason, basis, paper."""
