"""The ledger of numbers by series, and the uses of the seal: for those who keep them; nothing here names a case."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models import DocumentBlobRow, DocumentRow, NumberRow, NumberSeriesRow


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series of numbers."""

    character: str
    period: str
    last: int
    used: int
    reserved: int
    void: int

    @property
    def gaps(self) -> int:
        """Return how many numbers of the series nothing explains; the service lets none arise."""
        return self.last - self.used - self.reserved - self.void


@dataclass(frozen=True, kw_only=True)
class SealUse:
    """The seal set on one paper."""

    at: dt.datetime
    title: str
    """Type of the paper."""
    number: str
    person_id: str
    """Who drew the paper up."""
    has_timestamp: bool
    digest: str
    """SHA-256 of the sealed file."""


def series_of(session: orm.Session, agency_id: str) -> list[Series]:
    """Return an agency's series, the latest period first."""
    counted = (
        sa.select(NumberRow.character, NumberRow.period, NumberRow.status, sa.func.count())
        .where(NumberRow.agency_id == agency_id)
        .group_by(NumberRow.character, NumberRow.period, NumberRow.status)
    )
    counts = {(c, p, s): int(n) for c, p, s, n in session.execute(counted)}
    query = sa.select(NumberSeriesRow).where(NumberSeriesRow.agency_id == agency_id)
    rows = session.scalars(query.order_by(NumberSeriesRow.period.desc(), NumberSeriesRow.character))
    return [
        Series(
            character=row.character,
            period=row.period,
            last=row.last,
            used=counts.get((row.character, row.period, "confirmed"), 0),
            reserved=counts.get((row.character, row.period, "reserved"), 0),
            void=counts.get((row.character, row.period, "void"), 0),
        )
        for row in rows
    ]


def seal_uses(session: orm.Session, agency_id: str, *, number: int, size: int) -> tuple[Sequence[SealUse], int]:
    """Return one page of the uses of an agency's seal, the latest first, and how many there are."""
    sealed = (
        sa.select(DocumentRow, DocumentBlobRow.blob)
        .join(DocumentBlobRow, DocumentBlobRow.document_id == DocumentRow.id)
        .where(DocumentRow.agency_id == agency_id, DocumentBlobRow.kind == "sealed", DocumentRow.issued_at.is_not(None))
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(sealed.subquery())) or 0
    page = sealed.order_by(DocumentRow.issued_at.desc(), DocumentRow.id.desc()).limit(size).offset((number - 1) * size)
    return [_use(row, blob) for row, blob in session.execute(page)], total


def _use(row: DocumentRow, blob: str) -> SealUse:
    return SealUse(
        at=row.issued_at or row.opened_at,
        title=row.title,
        number=row.number,
        person_id=row.author_id,
        has_timestamp=not row.sealed_without_timestamp,
        digest=blob,
    )
