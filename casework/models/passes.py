"""Rows of parties' passes 查阅密码 and of their short sessions; secrets are kept as keyed digests alone."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Digest, Id, own_key, unique_where, within_agency
from foundation.database import Base


class PartyPassRow(Base):
    """A PIN by which one party looks at what was served on it in one case; of each pair one is open at a time."""

    __tablename__ = "party_pass"
    __table_args__ = (
        own_key("party_pass"),
        within_agency("case_", "case_id"),
        within_agency("party", "party_id"),
        unique_where("uq_party_pass_open", ["case_id", "party_id"], "ended_at IS NULL"),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    party_id: orm.Mapped[Id]
    pin_digest: orm.Mapped[Digest]
    given_by: orm.Mapped[Id]
    """Account."""
    given_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    uses: orm.Mapped[int] = orm.mapped_column(default=0)
    most_uses: orm.Mapped[int]
    failures: orm.Mapped[int] = orm.mapped_column(default=0)
    """Wrong PINs since the last good one."""
    locked_at: orm.Mapped[dt.datetime | None]
    ended_at: orm.Mapped[dt.datetime | None]
    """When it was taken back, or a new one took its place."""


class PartySessionRow(Base):
    """A sign-in by a pass; the token itself is nowhere."""

    __tablename__ = "party_session"
    __table_args__ = (within_agency("party_pass", "pass_id"),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    pass_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    token_digest: orm.Mapped[Digest] = orm.mapped_column(unique=True)
    address: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    opened_at: orm.Mapped[dt.datetime]
    seen_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    ended_at: orm.Mapped[dt.datetime | None]
