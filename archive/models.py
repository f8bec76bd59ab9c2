"""Rows of packages, their volumes, items, files and checks; they never leave `archive`: neighbours get frozen facts.

Every row holds `agency_id`, and every foreign key includes it. A package that is kept is never changed.
"""

import datetime as dt
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.database import Base, Json

Id = Annotated[str, orm.mapped_column(sa.String(36))]
Digest = Annotated[str, orm.mapped_column(sa.String(64))]
Word = Annotated[str, orm.mapped_column(sa.String(40))]


def _of_package() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["agency_id", "package_id"], ["package.agency_id", "package.id"])


class PackageRow(Base):
    """One generation of an archived case; `arranged`, then `packing`, then `kept`."""

    __tablename__ = "package"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "id", name="uq_package_agency_id_id"),
        sa.UniqueConstraint("case_id", "generation"),
        sa.ForeignKeyConstraint(["agency_id", "case_id"], ["case_.agency_id", "case_.id"]),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    generation: orm.Mapped[int]
    code: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    """Archival code of the main volume."""
    slug: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    title: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    retention: orm.Mapped[Word]
    retention_code: orm.Mapped[Word]
    retention_rule: orm.Mapped[Word]
    retention_source: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    kept_until: orm.Mapped[dt.date | None]
    state: orm.Mapped[Word] = orm.mapped_column(index=True)
    secrecy: orm.Mapped[Word]
    """The highest class of its volumes; informants are not inside."""
    filer_id: orm.Mapped[Id]
    """Person who arranged and handed over."""
    filer: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    checker_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    checker: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    created_at: orm.Mapped[dt.datetime]
    packed_at: orm.Mapped[dt.datetime | None]
    kept_at: orm.Mapped[dt.datetime | None]
    folder: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, default=0)
    files: orm.Mapped[int] = orm.mapped_column(default=0)
    digest: orm.Mapped[Digest] = orm.mapped_column(default="")
    head_seq: orm.Mapped[int] = orm.mapped_column(default=0)
    head_hash: orm.Mapped[Digest] = orm.mapped_column(default="")
    passed: orm.Mapped[bool] = orm.mapped_column(default=False)
    data: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """What steps hand on: computed papers, evidence cards, order."""
    index_version: orm.Mapped[int] = orm.mapped_column(default=0)


class PackageVolumeRow(Base):
    """Main or side volume; its id holds the archival code in the ledger of numbers."""

    __tablename__ = "package_volume"
    __table_args__ = (
        _of_package(),
        sa.UniqueConstraint("package_id", "name"),
        sa.UniqueConstraint("agency_id", "code"),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    package_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    name: orm.Mapped[Word]
    code: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    catalogue_number: orm.Mapped[Word]
    file_number: orm.Mapped[Word]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    items: orm.Mapped[int] = orm.mapped_column(default=0)
    pages: orm.Mapped[int] = orm.mapped_column(default=0)
    secrecy: orm.Mapped[Word] = orm.mapped_column(default="normal")
    """The highest class of its items; a side volume is internal at least."""
    blob: orm.Mapped[Digest] = orm.mapped_column(default="")
    papers: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)


class PackageItemRow(Base):
    """One row of a contents list."""

    __tablename__ = "package_item"
    __table_args__ = (_of_package(),)
    package_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    volume: orm.Mapped[Word] = orm.mapped_column(primary_key=True)
    seq: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    agency_id: orm.Mapped[Id]
    document_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    type: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    title: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    number: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    author: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    date: orm.Mapped[dt.date]
    secrecy: orm.Mapped[Word]
    first: orm.Mapped[int]
    pages: orm.Mapped[int]
    apart: orm.Mapped[bool]
    recordings: orm.Mapped[list[Any]] = orm.mapped_column(Json, default=list)


class ArrangementMoveRow(Base):
    """One change by hand of the order in a case's volumes; rows are added, never changed."""

    __tablename__ = "arrangement_move"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "seq"),
        sa.ForeignKeyConstraint(["agency_id", "case_id"], ["case_.agency_id", "case_.id"]),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    seq: orm.Mapped[int]
    document_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    """Empty: the order goes back to the rule's."""
    origin: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    volume: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    before_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    """Paper before which it now stands; empty at the end."""
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    person_id: orm.Mapped[Id]
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    at: orm.Mapped[dt.datetime]


class PackageFileRow(Base):
    """One file of a package's payload."""

    __tablename__ = "package_file"
    __table_args__ = (_of_package(),)
    package_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    path: orm.Mapped[str] = orm.mapped_column(sa.String(500), primary_key=True)
    agency_id: orm.Mapped[Id]
    sha256: orm.Mapped[Digest] = orm.mapped_column(index=True)
    sm3: orm.Mapped[Digest]
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    what: orm.Mapped[str] = orm.mapped_column(sa.String(600))
    original_name: orm.Mapped[str] = orm.mapped_column(sa.Text)
    media_type: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    document_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    recording_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))


class PackageCheckRow(Base):
    """One row of the four-property report."""

    __tablename__ = "package_check"
    __table_args__ = (_of_package(),)
    package_id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    seq: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    agency_id: orm.Mapped[Id]
    code: orm.Mapped[Word]
    property: orm.Mapped[Word]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    result: orm.Mapped[Word]
    detail: orm.Mapped[str] = orm.mapped_column(sa.Text)


class CopyRow(Base):
    """A copy made for a party (A33.1): who asked, for what, until when it may be fetched, and its digest."""

    __tablename__ = "archive_copy"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "number"),
        sa.UniqueConstraint("agency_id", "id", name="uq_archive_copy_agency_id_id"),
        sa.ForeignKeyConstraint(["agency_id", "case_id"], ["case_.agency_id", "case_.id"]),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    number: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    party_id: orm.Mapped[Id]
    applicant: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    purpose: orm.Mapped[str] = orm.mapped_column(sa.Text)
    approval_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    """The issued `record_copy_approval`."""
    request_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="", index=True)
    """The request that it answers; empty when it was made by command."""
    code_digest: orm.Mapped[Digest] = orm.mapped_column(default="")
    """Digest of the certificate's values: the code at its foot shows its beginning."""
    made_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    made_by: orm.Mapped[Id]
    blob: orm.Mapped[Digest] = orm.mapped_column(index=True)
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    pages: orm.Mapped[int]
    items: orm.Mapped[list[Any]] = orm.mapped_column(Json, default=list)
    """What it holds and what was covered, without values."""
    refused: orm.Mapped[list[Any]] = orm.mapped_column(Json, default=list)
    clips: orm.Mapped[list[Any]] = orm.mapped_column(Json, default=list)
    downloads: orm.Mapped[int] = orm.mapped_column(default=0)
    revoked_at: orm.Mapped[dt.datetime | None]


class CopyRequestRow(Base):
    """A party's request for copies (A33.1), from its receipt to its answer; the papers are the case's own."""

    __tablename__ = "copy_request"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "number"),
        sa.ForeignKeyConstraint(["agency_id", "case_id"], ["case_.agency_id", "case_.id"]),
    )
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    case_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    party_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    number: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    state: orm.Mapped[Word] = orm.mapped_column(index=True)
    asked_by: orm.Mapped[Word]
    """Account, or the party's pass."""
    asked_at: orm.Mapped[dt.datetime]
    due_on: orm.Mapped[dt.date] = orm.mapped_column(index=True)
    due_how: orm.Mapped[str] = orm.mapped_column(sa.Text)
    """How the last day was reached."""
    applicant: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    purpose: orm.Mapped[str] = orm.mapped_column(sa.Text)
    form: orm.Mapped[Word]
    contact: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    wanted: orm.Mapped[list[Any]] = orm.mapped_column(Json, default=list)
    """Ids of papers that were chosen."""
    other: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    """What else was asked for, in the applicant's words."""
    agent: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    agent_id_no: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    letter: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    """The scan of the agent's authorisation: blob, name, media_type, size."""
    items: orm.Mapped[list[Any]] = orm.mapped_column(Json, default=list)
    """The screening, item by item."""
    decision: orm.Mapped[Word] = orm.mapped_column(default="")
    opinion: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    remark: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    """Why the screening was sent back."""
    application_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    approval_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    reply_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    copy_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    job_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), default="")
    closed_at: orm.Mapped[dt.datetime | None]


class CopyLinkRow(Base):
    """A link to a copy: opened by a PIN, for a time and a number of times; address and PIN are nowhere."""

    __tablename__ = "copy_link"
    __table_args__ = (sa.ForeignKeyConstraint(["agency_id", "copy_id"], ["archive_copy.agency_id", "archive_copy.id"]),)
    id: orm.Mapped[Id] = orm.mapped_column(primary_key=True)
    agency_id: orm.Mapped[Id]
    copy_id: orm.Mapped[Id] = orm.mapped_column(index=True)
    token_digest: orm.Mapped[Digest] = orm.mapped_column(unique=True)
    pin_digest: orm.Mapped[Digest]
    given_by: orm.Mapped[Id]
    given_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    uses: orm.Mapped[int] = orm.mapped_column(default=0)
    most_uses: orm.Mapped[int]
    failures: orm.Mapped[int] = orm.mapped_column(default=0)
    locked_at: orm.Mapped[dt.datetime | None]
    ended_at: orm.Mapped[dt.datetime | None]
