"""What uploads may be for (`@purpose`), and what is known of one; `foundation.uploads` does the work."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.context import Context
from foundation.database import Base, Json
from foundation.digests import Blob
from foundation.upload_parts import Part

KEPT = dt.timedelta(days=7)
"""How long an upload waits for its next piece, or for an answer to what is wrong with it."""


class UploadRow(Base):
    """One upload; its bytes are on the disk, and so is how many there are."""

    __tablename__ = "upload"
    id: orm.Mapped[str] = orm.mapped_column(sa.String(36), primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    by: orm.Mapped[str] = orm.mapped_column("begun_by", sa.String(36), index=True)
    purpose: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    subject: orm.Mapped[str] = orm.mapped_column(sa.String(36), index=True)
    length: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    words: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    begun_at: orm.Mapped[dt.datetime]
    touched_at: orm.Mapped[dt.datetime] = orm.mapped_column(index=True)
    finished_at: orm.Mapped[dt.datetime | None]
    target: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    fault: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)


@dataclass(frozen=True, kw_only=True)
class UploadFacts:
    """One upload as neighbours see it."""

    id: str
    agency_id: str
    by: str
    """The account that began it; nobody else may go on with it."""
    purpose: str
    subject: str
    """Id of the thing that it is for (a case, a recording)."""
    length: int
    file_name: str
    sha256: str
    """What the whole must be, when the sender said so."""
    words: Mapping[str, str]
    begun_at: dt.datetime
    touched_at: dt.datetime
    finished_at: dt.datetime | None
    target: str
    """Page of what became of it."""
    fault: Mapping[str, str]
    """Why it could not be finished: message, remedy, path; empty when nothing is wrong."""

    @property
    def expires_at(self) -> dt.datetime:
        """When it is removed unless somebody goes on with it."""
        return self.touched_at + KEPT


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants to begin."""

    agency_id: str
    by: str
    purpose: str
    subject: str
    length: int
    file_name: str
    words: Mapping[str, str]
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A whole file, with its digests just taken; `ctx.blobs.adopt(part.path, blob)` stores it without copying."""

    upload: UploadFacts
    part: Part
    blob: Blob


Begin = Callable[[Context, Wanted], None]
Finish = Callable[[Context, Arrived], str]


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What uploads may be for."""

    name: str
    title: str
    begin: Begin
    """Refuses before the first byte: not allowed, no such thing, words that cannot be."""
    finish: Finish
    """Makes of the file what it is for, and returns the page of that."""


PURPOSES: dict[str, Purpose] = {}


def purpose(name: str, *, title: str, begin: Begin) -> Callable[[Finish], Finish]:
    """Register what an upload may be for; a process knows it when the module was imported."""

    def register(finish: Finish) -> Finish:
        PURPOSES[name] = Purpose(name=name, title=title, begin=begin, finish=finish)
        return finish

    return register


def facts_of(row: UploadRow) -> UploadFacts:
    """Copy a row into facts."""
    return UploadFacts(**{name: getattr(row, name) for name in UploadFacts.__dataclass_fields__})
