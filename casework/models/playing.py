"""Rows beside a recording: marks in it, and what is said in it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Id, own_key, within_agency
from foundation.database import Base, Json


class MarkRow(Base):
    """A place in a recording that somebody marked, perhaps with the line of a paper that it shows."""

    __tablename__ = "recording_mark"
    __table_args__ = (
        own_key("recording_mark"),
        within_agency("recording", "recording_id"),
        within_agency("document", "document_id"),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    recording_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    at_s: orm.Mapped[float]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    document_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    path: orm.Mapped[str] = orm.mapped_column(sa.String(120), default="")
    """Line of the paper: a field, or a row of one (`questions[3]`)."""
    person_id: orm.Mapped[Id]
    at: orm.Mapped[dt.datetime]
    sealed: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """Columns that lie encrypted (`casework.sealing`), empty in their own place."""


class TranscriptRow(Base):
    """Subtitles of a recording as they are now; the journal knows when they changed."""

    __tablename__ = "recording_transcript"
    __table_args__ = (within_agency("recording", "recording_id"),)
    recording_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    version: orm.Mapped[int]
    source: orm.Mapped[str] = orm.mapped_column(sa.String(255), default="")
    """Name of the file that was imported."""
    cues: orm.Mapped[list[Any]] = orm.mapped_column(Json, default=list)
    """`[start, end, words]` each."""
    person_id: orm.Mapped[Id]
    at: orm.Mapped[dt.datetime]
    sealed: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
