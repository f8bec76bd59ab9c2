"""Facts of papers in their present version, their earlier versions and remarks; what is sealed comes closed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.policy import absent
from casework import sealing
from casework.facts import DocumentFacts, OfficerFacts, RemarkFacts, SlotFill, Status, VersionFacts
from casework.models import (
    DocumentBlobRow,
    DocumentOfficerRow,
    DocumentRow,
    DocumentVersionRow,
    RemarkRow,
    SlotFillRow,
)
from casework.officers import officer
from casework.queries.base import grouped, rows_in
from foundation.clock import legal_date
from foundation.errors import NotFound

DOCUMENT_COLUMNS: Mapping[str, Any] = {
    "id": DocumentRow.id,
    "agency_id": DocumentRow.agency_id,
    "case_id": DocumentRow.case_id,
    "type": DocumentRow.type,
    "secrecy": DocumentRow.secrecy,
    "class": DocumentRow.secrecy,
    "volume": DocumentRow.volume,
    "status": DocumentRow.status,
    "stage": DocumentRow.stage,
    "party_id": DocumentRow.party_id,
    "author_id": DocumentRow.author_id,
    "number": DocumentRow.number,
}
"""Names that a policy predicate may use over papers, for compiling it to SQL."""


def document_facts(session: orm.Session, document_id: str, day: dt.date | None = None) -> DocumentFacts:
    """Return a paper in its present version, with the valid fills only.

    Args:
        session: An open session.
        document_id: Its id.
        day: On which the officers of a paper not yet issued are looked up; the day of its last change when left out.

    Raises:
        NotFound: There is no such paper.
    """
    row = session.get(DocumentRow, document_id)
    if row is None:
        raise absent("document")
    return document_list(session, [row], day)[0]


def is_paper_of(session: orm.Session, case_id: str | None, document_id: str) -> bool:
    """Tell whether there is such a paper and it belongs to a case (None: to no case)."""
    row = session.get(DocumentRow, document_id)
    return row is not None and row.case_id == case_id


def documents_of(session: orm.Session, case_id: str, day: dt.date | None = None) -> list[DocumentFacts]:
    """Return the papers of a case in the order in which they were opened."""
    query = sa.select(DocumentRow).where(DocumentRow.case_id == case_id)
    return document_list(session, session.scalars(query.order_by(DocumentRow.opened_at, DocumentRow.id)).all(), day)


def find_documents(session: orm.Session, where: sa.ColumnElement[bool] | None = None) -> list[DocumentFacts]:
    """Return the papers that a condition over `DOCUMENT_COLUMNS` holds for, latest first."""
    query = sa.select(DocumentRow).order_by(DocumentRow.opened_at.desc(), DocumentRow.id.desc())
    if where is not None:
        query = query.where(where)
    return document_list(session, session.scalars(query).all())


def document_list(session: orm.Session, rows: Sequence[DocumentRow], day: dt.date | None = None) -> list[DocumentFacts]:
    """Return the facts of loaded document rows, in their order."""
    ids = [r.id for r in rows]
    versions = {(v.document_id, v.version): v for v in _versions(session, ids)}
    fills = grouped(session, SlotFillRow, SlotFillRow.document_id, ids, SlotFillRow.seq)
    acting = grouped(session, DocumentOfficerRow, DocumentOfficerRow.document_id, ids, DocumentOfficerRow.seq)
    blobs = grouped(session, DocumentBlobRow, DocumentBlobRow.document_id, ids, DocumentBlobRow.kind)
    known: dict[tuple[str, dt.date], OfficerFacts] = {}
    return [
        _document(
            row,
            sealing.closed(versions[row.id, row.version].data, about_version(versions[row.id, row.version], "data")),
            tuple(_fill(f) for f in fills[row.id] if f.content_digest == row.content_digest),
            _officers(session, row, acting[row.id], day, known),
            {b.kind: b.blob for b in blobs[row.id]},
        )
        for row in rows
    ]


def _versions(session: orm.Session, ids: list[str]) -> Sequence[DocumentVersionRow]:
    return rows_in(session, DocumentVersionRow, DocumentVersionRow.document_id, ids)


def _officers(
    session: orm.Session,
    row: DocumentRow,
    acting: Sequence[DocumentOfficerRow],
    day: dt.date | None,
    known: dict[tuple[str, dt.date], OfficerFacts],
) -> tuple[OfficerFacts, ...]:
    on = legal_date(row.issued_at) if row.issued_at else day or legal_date(row.changed_at)
    for one in acting:
        if (one.person_id, on) not in known:
            known[one.person_id, on] = officer(session, one.person_id, on)
    return tuple(known[one.person_id, on] for one in acting)


def _document(
    row: DocumentRow,
    data: Mapping[str, Any],
    slots: tuple[SlotFill, ...],
    officers: tuple[OfficerFacts, ...],
    blobs: Mapping[str, str],
) -> DocumentFacts:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return DocumentFacts(**plain, status=Status(row.status), data=data, slots=slots, officers=officers, blobs=blobs)


_PLAIN = frozenset(DocumentFacts.__dataclass_fields__) - {"status", "data", "slots", "officers", "blobs"}
"""Facts that stand in the row as they are."""


def _fill(row: SlotFillRow) -> SlotFill:
    about = about_row(row)
    plain = {name: sealing.column(row, name, about) for name in SlotFill.__dataclass_fields__}
    return SlotFill(**{**plain, "values": sealing.closed(row.values, f"{about}.values")})


def about_row(row: SlotFillRow | RemarkRow) -> str:
    """Return what closed columns of a row are bound to."""
    return f"{row.__tablename__}:{row.id}"


def about_version(row: DocumentVersionRow, part: str) -> str:
    """Return what closed values of a version are bound to; `part` is data or given."""
    return f"document_version:{row.document_id}/{row.version}.{part}"


def fills_of(session: orm.Session, document_id: str) -> list[SlotFill]:
    """Return every fill that a paper ever had, void ones included, in order."""
    query = sa.select(SlotFillRow).where(SlotFillRow.document_id == document_id).order_by(SlotFillRow.seq)
    return [_fill(r) for r in session.scalars(query)]


def versions_of(session: orm.Session, document_id: str) -> list[VersionFacts]:
    """Return all versions of a paper, first one first."""
    query = sa.select(DocumentVersionRow).where(DocumentVersionRow.document_id == document_id)
    rows = session.scalars(query.order_by(DocumentVersionRow.version))
    return [_version(r) for r in rows]


def version_facts(session: orm.Session, document_id: str, version: int) -> VersionFacts:
    """Return one version of a paper.

    Raises:
        NotFound: The paper has no such version.
    """
    row = session.get(DocumentVersionRow, (document_id, version))
    if row is None:
        raise NotFound(f"文书没有第{version}版。", remedy="刷新页面查看现有版本。")
    return _version(row)


def _version(row: DocumentVersionRow) -> VersionFacts:
    plain = {n: getattr(row, n) for n in VersionFacts.__dataclass_fields__}
    shown = {part: sealing.closed(plain[part], about_version(row, part)) for part in ("data", "given")}
    return VersionFacts(**{**plain, **shown})


def remarks_of(session: orm.Session, document_id: str) -> list[RemarkFacts]:
    """Return the remarks with which a paper was returned, in order."""
    query = sa.select(RemarkRow).where(RemarkRow.document_id == document_id).order_by(RemarkRow.seq)
    return [_remark(r) for r in session.scalars(query)]


def _remark(row: RemarkRow) -> RemarkFacts:
    about = about_row(row)
    return RemarkFacts(**{n: sealing.column(row, n, about) for n in RemarkFacts.__dataclass_fields__})
