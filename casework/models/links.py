"""Rows of links by which a person outside the office signs one slot on their own phone; the token itself is nowhere."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.base import Digest, Id, Word, within_agency
from foundation.database import Base


class SigningLinkRow(Base):
    """A link for one slot of one version, used once."""

    __tablename__ = "signing_link"
    __table_args__ = (within_agency("document", "document_id"),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    document_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    slot: orm.Mapped[Word]
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    """Of the person who is to sign."""
    token_digest: orm.Mapped[Digest] = orm.mapped_column(unique=True)
    content_digest: orm.Mapped[Digest]
    """What is signed; a new version ends the link."""
    given_by: orm.Mapped[Id]
    """Account of the officer before whom it is signed."""
    given_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    opened_at: orm.Mapped[dt.datetime | None]
    used_at: orm.Mapped[dt.datetime | None]
    declined: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    """Why the person would not sign; the officer records the refusal with its witness."""
