"""Rows of parties, devices, cases, who is in them, what happened to them."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Id, Word, own_key, unique_where, within_agency
from foundation.database import Base, Json


class PartyRow(Base):
    """A party of one agency; never shared between agencies, never merged."""

    __tablename__ = "party"
    __table_args__ = (own_key("party"),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    kind: orm.Mapped[Word]
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    name_key: orm.Mapped[str] = orm.mapped_column(sa.String(200), index=True)
    """One key for all spellings of a name (dots, spaces, width)."""
    id_type: orm.Mapped[Word]
    id_no: orm.Mapped[str] = orm.mapped_column(sa.String(60), index=True)
    address: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    phone: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    gender: orm.Mapped[Word]
    birth_date: orm.Mapped[dt.date | None]
    representative: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    representative_post: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    employer: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    guardian: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    guardian_contact: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    aliases: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    """Former and other names, 、 between them."""
    alias_keys: orm.Mapped[str] = orm.mapped_column(sa.String(600), default="")
    """Their keys, a bar before and behind each, to find by."""
    version: orm.Mapped[int] = orm.mapped_column(default=1)
    registered_at: orm.Mapped[dt.datetime]
    changed_at: orm.Mapped[dt.datetime]


class PartyVersionRow(Base):
    """What the register said of a party from an instant on; rows are added, never changed."""

    __tablename__ = "party_version"
    __table_args__ = (within_agency("party", "party_id"),)
    party_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    version: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    agency_id: orm.Mapped[Id]
    data: orm.Mapped[dict[str, Any]]
    changed: orm.Mapped[list[str]] = orm.mapped_column(Json)
    """Names of the fields that differ from the version before."""
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    account_id: orm.Mapped[Id]
    at: orm.Mapped[dt.datetime]


class DeviceRow(Base):
    """A recording device of the agency (A4.1, A7.1)."""

    __tablename__ = "device"
    __table_args__ = (own_key("device"), sa.UniqueConstraint("agency_id", "device_no"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    device_no: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    kind: orm.Mapped[Word]
    holder: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    department: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    use: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    in_service: orm.Mapped[dt.date]
    out_of_service: orm.Mapped[dt.date | None]


class CaseRow(Base):
    """One matter; its row is the lock under which gates, approvals and the journal chain of the case stand."""

    __tablename__ = "case_"
    __table_args__ = (own_key("case_"), unique_where("uq_case_number", ["agency_id", "number"], "number <> ''"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    number: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    working_number: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    title: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    procedure: orm.Mapped[Word]
    state: orm.Mapped[Word] = orm.mapped_column(index=True)
    opened_at: orm.Mapped[dt.datetime]
    initiated_on: orm.Mapped[dt.date | None]
    emergency_started_at: orm.Mapped[dt.datetime | None]
    emergency_place: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    emergency_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    closed_on: orm.Mapped[dt.date | None]
    archived_on: orm.Mapped[dt.date | None]
    dispute_prone: orm.Mapped[bool]
    result: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    index_version: orm.Mapped[int] = orm.mapped_column(default=0)


class CasePartyRow(Base):
    """A party in a case, in the order of joining."""

    __tablename__ = "case_party"
    __table_args__ = (within_agency("case_", "case_id"), within_agency("party", "party_id"))
    case_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    party_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True, index=True)
    agency_id: orm.Mapped[Id]
    seq: orm.Mapped[int]
    added_at: orm.Mapped[dt.datetime]


class CaseMemberRow(Base):
    """A person of the office who handles a case."""

    __tablename__ = "case_member"
    __table_args__ = (within_agency("case_", "case_id"),)
    case_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    person_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True, index=True)
    agency_id: orm.Mapped[Id]
    seq: orm.Mapped[int]
    added_at: orm.Mapped[dt.datetime]
    left_at: orm.Mapped[dt.datetime | None]


class CaseAppointmentRow(Base):
    """A person of the office whom an issued paper of a case appoints to a part in it: who presides over the hearing."""

    __tablename__ = "case_appointment"
    __table_args__ = (within_agency("case_", "case_id"),)
    case_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    person_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True, index=True)
    role: orm.Mapped[Word] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    document_id: orm.Mapped[Id]
    at: orm.Mapped[dt.datetime]


class CaseEventRow(Base):
    """One event of a case's procedure: what moved its state or started a period. Append-only."""

    __tablename__ = "case_event"
    __table_args__ = (within_agency("case_", "case_id"), sa.UniqueConstraint("case_id", "seq"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id]
    seq: orm.Mapped[int]
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    """`issued:penalty_decision`, `served:penalty_decision`, `opened`, `emergency_started`, …"""
    subject_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    """Document, recording or other thing that the event is about."""
    at: orm.Mapped[dt.datetime]
    from_state: orm.Mapped[Word]
    to_state: orm.Mapped[Word]
    data: orm.Mapped[dict[str, Any]]


class FlagRow(Base):
    """Something that happened late or otherwise than it should: kept for ever, never a refusal (settled answer 16)."""

    __tablename__ = "flag"
    __table_args__ = (within_agency("case_", "case_id"), sa.UniqueConstraint("agency_id", "kind", "subject_id"))
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(36), index=True)
    kind: orm.Mapped[Word]
    subject_id: orm.Mapped[Id]
    article: orm.Mapped[Word]
    message: orm.Mapped[str] = orm.mapped_column(sa.Text)
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    at: orm.Mapped[dt.datetime]
