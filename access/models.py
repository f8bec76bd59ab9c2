"""Rows of agencies, their dated settings, persons, appointments, accounts, sessions and sign-in attempts."""

import datetime as dt
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.database import Base, Json

Id = Annotated[str, orm.mapped_column(sa.String(36))]
"""A UUIDv7 (foundation.ids)."""

Digest = Annotated[str, orm.mapped_column(sa.String(64))]
"""64 hex digits."""


class AgencyRow(Base):
    """立档单位; its names and all else that may change are dated settings."""

    __tablename__ = "agency"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    fonds_no: orm.Mapped[str] = orm.mapped_column(sa.String(40), index=True)
    created_at: orm.Mapped[dt.datetime]


class AgencySettingRow(Base):
    """A value that holds from a day on, until a later row of the same key. Append-only."""

    __tablename__ = "agency_setting"
    __table_args__ = (sa.UniqueConstraint("agency_id", "key", "seq"),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("agency.id"))
    key: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    seq: orm.Mapped[int]
    """Order of recording: of two rows for one day the later one holds."""
    valid_from: orm.Mapped[dt.date]
    value: orm.Mapped[Any] = orm.mapped_column(Json)
    basis: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    """Legal basis, asked for powers that a township has only by delegation."""
    set_by: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    """Account; empty when the agency was made with it."""
    set_at: orm.Mapped[dt.datetime]


class AgencyOversightRow(Base):
    """An agency given to a supervising body to read, over a time."""

    __tablename__ = "agency_oversight"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("agency.id"), index=True)
    """The supervising body."""
    given_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("agency.id"))
    valid_from: orm.Mapped[dt.date]
    valid_to: orm.Mapped[dt.date | None]


class PersonRow(Base):
    """A human; what they may do stands in appointments."""

    __tablename__ = "person"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    added_at: orm.Mapped[dt.datetime]


class AppointmentRow(Base):
    """A role in a department over a time, with the certificate that goes with it."""

    __tablename__ = "appointment"
    __table_args__ = (sa.UniqueConstraint("agency_id", "id", name="uq_appointment_agency_id_id"),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("agency.id"), index=True)
    person_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    role: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    department: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    post: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    qualification: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    cert_no: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    cert_from: orm.Mapped[dt.date | None]
    cert_to: orm.Mapped[dt.date | None]
    party_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    """For role `party`: the party of the agency's register for whom the person stands."""
    valid_from: orm.Mapped[dt.date]
    valid_to: orm.Mapped[dt.date | None]
    ended_at: orm.Mapped[dt.datetime | None]
    """When it was taken away; it gives nothing from that instant."""


class DelegationRow(Base):
    """Somebody signs for the holder of a role, in some types of paper, over a time."""

    __tablename__ = "delegation"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("agency.id"), index=True)
    principal_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("person.id"))
    delegate_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    role: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    types: orm.Mapped[list[Any]]
    valid_from: orm.Mapped[dt.date]
    valid_to: orm.Mapped[dt.date]
    basis: orm.Mapped[str] = orm.mapped_column(sa.Text)
    given_by: orm.Mapped[Id]
    """Account."""
    given_at: orm.Mapped[dt.datetime]
    ended_at: orm.Mapped[dt.datetime | None]
    """When it was taken back; it gives nothing from that instant."""


class AccountRow(Base):
    """A login of a person. Without a password nobody signs in with it."""

    __tablename__ = "account"
    __table_args__ = (
        sa.Index(
            "uq_account_login",
            "login_key",
            unique=True,
            sqlite_where=sa.text("password_hash <> ''"),
            postgresql_where=sa.text("password_hash <> ''"),
        ),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    person_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    login: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    login_key: orm.Mapped[str] = orm.mapped_column(sa.String(80), index=True)
    """NFKC, case folded."""
    password_hash: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    """argon2id; empty when no password was set."""
    created_at: orm.Mapped[dt.datetime]
    disabled_at: orm.Mapped[dt.datetime | None]


class SessionRow(Base):
    """A sign-in that is or was open; the token itself is nowhere."""

    __tablename__ = "sign_in_session"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    account_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("account.id"), index=True)
    token_digest: orm.Mapped[Digest] = orm.mapped_column(unique=True)
    address: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    opened_at: orm.Mapped[dt.datetime]
    seen_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    ended_at: orm.Mapped[dt.datetime | None]


class SignInAttemptRow(Base):
    """One try to sign in; the name only as a keyed digest, for it may be a mistyped password."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (sa.Index("ix_sign_in_attempt_who", "login_digest", "address", "at"),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    login_digest: orm.Mapped[Digest]
    address: orm.Mapped[str] = orm.mapped_column(sa.String(60), index=True)
    at: orm.Mapped[dt.datetime]
    succeeded: orm.Mapped[bool]


class PhoneRow(Base):
    """A phone that somebody let into one case for a while, to take pictures; code and token are nowhere."""

    __tablename__ = "phone"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    account_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("account.id"), index=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    code_digest: orm.Mapped[Digest] = orm.mapped_column(unique=True)
    """Of what the two-dimensional code holds: opened once, within minutes."""
    token_digest: orm.Mapped[str | None] = orm.mapped_column(sa.String(64), unique=True)
    """Of what the phone keeps from then on."""
    password_mark: orm.Mapped[Digest]
    """Digest of the account's password as it was: a new password ends the phone too."""
    invited_at: orm.Mapped[dt.datetime]
    opened_at: orm.Mapped[dt.datetime | None]
    ended_at: orm.Mapped[dt.datetime | None]


class ApiTokenRow(Base):
    """A token with which a program acts for a person; the token itself is nowhere."""

    __tablename__ = "api_token"
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    account_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("account.id"), index=True)
    agency_id: orm.Mapped[Id]
    """For which agency it acts."""
    name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    """What its owner calls it."""
    beginning: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    """Its first signs, to tell tokens apart in a list."""
    token_digest: orm.Mapped[Digest] = orm.mapped_column(unique=True)
    scopes: orm.Mapped[list[Any]]
    made_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    revoked_at: orm.Mapped[dt.datetime | None]
    used_at: orm.Mapped[dt.datetime | None]
    used_from: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    """Address of the last use."""
