"""Facts of papers in their present version, their earlier versions and remarks; what is sealed comes closed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access import accounts
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
from casework.queries.base import plain, plain_grouped, plain_rows
from foundation.clock import legal_date
from foundation.errors import NotFound

_TABLE, _VERSION = DocumentRow.__table__, DocumentVersionRow.__table__

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


_PLAIN = tuple(
    n for n in DocumentFacts.__dataclass_fields__ if n not in ("status", "data", "slots", "officers", "blobs")
)
"""Facts that stand in the row as they are."""

_FILL = tuple(SlotFill.__dataclass_fields__)
_HEAD = sa.select(*(_TABLE.c[n] for n in (*_PLAIN, "status", "changed_at")))
_DATA = plain(DocumentVersionRow, ["version", "data"], "document_id").join(
    _TABLE, sa.and_(_TABLE.c.id == _VERSION.c.document_id, _TABLE.c.version == _VERSION.c.version)
)
_FILLS = plain(SlotFillRow, ["id", *_FILL, "sealed"], "document_id", "seq")
_ACTING = plain(DocumentOfficerRow, ["person_id"], "document_id", "seq")
_BLOBS = plain(DocumentBlobRow, ["kind", "blob"], "document_id", "kind")


def document_facts(session: orm.Session, document_id: str, day: dt.date | None = None) -> DocumentFacts:
    """Return a paper in its present version, with the valid fills only.

    Args:
        session: An open session.
        document_id: Its id.
        day: On which the officers of a paper not yet issued are looked up; the day of its last change when left out.

    Raises:
        NotFound: There is no such paper.
    """
    found = _listed(session, _HEAD.where(_TABLE.c.id == document_id), day)
    if not found:
        raise absent("document")
    return found[0]


def is_paper_of(session: orm.Session, case_id: str | None, document_id: str) -> bool:
    """Tell whether there is such a paper and it belongs to a case (None: to no case)."""
    row = session.get(DocumentRow, document_id)
    return row is not None and row.case_id == case_id


def documents_of(session: orm.Session, case_id: str, day: dt.date | None = None) -> list[DocumentFacts]:
    """Return the papers of a case in the order in which they were opened."""
    return _listed(session, _HEAD.where(_TABLE.c.case_id == case_id).order_by(_TABLE.c.opened_at, _TABLE.c.id), day)


def find_documents(session: orm.Session, where: sa.ColumnElement[bool] | None = None) -> list[DocumentFacts]:
    """Return the papers that a condition over `DOCUMENT_COLUMNS` holds for, latest first."""
    query = _HEAD.order_by(_TABLE.c.opened_at.desc(), _TABLE.c.id.desc())
    return _listed(session, query if where is None else query.where(where))


def file_kept_at(session: orm.Session, document_id: str, kind: str) -> dt.datetime | None:
    """Return when a file of a paper was put into its place; None when there is none of that kind."""
    row = session.get(DocumentBlobRow, (document_id, kind))
    return row.at if row is not None else None


def documents_with_blob(session: orm.Session, blob: str) -> list[DocumentFacts]:
    """Return the papers that have a file with a digest."""
    query = sa.select(DocumentBlobRow.document_id).where(DocumentBlobRow.blob == blob).distinct()
    return [document_facts(session, i) for i in session.scalars(query)]


def _listed(session: orm.Session, query: sa.Select[Any], day: dt.date | None = None) -> list[DocumentFacts]:
    """Return the facts of the papers whose heads a question finds, in its order."""
    session.flush()
    rows = session.execute(query).all()
    ids = [r.id for r in rows]
    data = {v.document_id: v.data for v in plain_rows(session, _DATA, ids)}
    fills, acting = (plain_grouped(session, asked, ids) for asked in (_FILLS, _ACTING))
    blobs = plain_grouped(session, _BLOBS, ids)
    accounts.remember(session, (one.person_id for some in acting.values() for one in some))
    known: dict[tuple[str, dt.date], OfficerFacts] = {}
    return [
        _document(
            row,
            sealing.closed(data[row.id], about_version(row.id, row.version, "data")),
            tuple(_fill(f) for f in fills[row.id] if f.content_digest == row.content_digest),
            _officers(session, row, acting[row.id], day, known),
            {b.kind: b.blob for b in blobs[row.id]},
        )
        for row in rows
    ]


def _officers(
    session: orm.Session,
    row: Any,
    acting: Sequence[Any],
    day: dt.date | None,
    known: dict[tuple[str, dt.date], OfficerFacts],
) -> tuple[OfficerFacts, ...]:
    on = legal_date(row.issued_at) if row.issued_at else day or legal_date(row.changed_at)
    for one in acting:
        if (one.person_id, on) not in known:
            known[one.person_id, on] = officer(session, one.person_id, on)
    return tuple(known[one.person_id, on] for one in acting)


def _document(
    row: Any,
    data: Mapping[str, Any],
    slots: tuple[SlotFill, ...],
    officers: tuple[OfficerFacts, ...],
    blobs: Mapping[str, str],
) -> DocumentFacts:
    facts = dict(zip(_PLAIN, row, strict=False))
    return DocumentFacts(**facts, status=Status(row.status), data=data, slots=slots, officers=officers, blobs=blobs)


def _fill(row: Any) -> SlotFill:
    about = f"slot_fill:{row.id}"
    facts = sealing.columns(row, _FILL, about)
    return SlotFill(**{**facts, "values": sealing.closed(row.values, f"{about}.values")})


def about_version(document_id: str, version: int, part: str) -> str:
    """Return what closed values of a version are bound to; `part` is data or given."""
    return f"document_version:{document_id}/{version}.{part}"


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
    facts = {n: getattr(row, n) for n in VersionFacts.__dataclass_fields__}
    about = {part: about_version(row.document_id, row.version, part) for part in ("data", "given")}
    return VersionFacts(**{**facts, **{part: sealing.closed(facts[part], name) for part, name in about.items()}})


def remarks_of(session: orm.Session, document_id: str) -> list[RemarkFacts]:
    """Return the remarks with which a paper was returned, in order."""
    query = sa.select(RemarkRow).where(RemarkRow.document_id == document_id).order_by(RemarkRow.seq)
    return [_remark(r) for r in session.scalars(query)]


def _remark(row: RemarkRow) -> RemarkFacts:
    return RemarkFacts(**sealing.columns(row, RemarkFacts.__dataclass_fields__, f"remark:{row.id}"))
