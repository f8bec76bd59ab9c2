"""What lies before the people of an office, in a few statements over many cases; conditions come from the policy."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework import sealing
from casework.facts import DeadlineFacts, DocumentFacts, Procedure, SlotFill, Status
from casework.models import (
    CasePartyRow,
    CaseRow,
    DeadlineRow,
    DocumentRow,
    DocumentVersionRow,
    PartyRow,
    RecordingRow,
    SlotFillRow,
)
from casework.queries.base import chunks
from casework.queries.documents import about_version

OPEN = (Status.DRAFT, Status.SIGNING, Status.RETURNED, Status.ISSUING)
_OF_PAPERS = "id agency_id case_id type title stage volume secrecy version definition_digest content_digest party_id"
_HEAD = (*_OF_PAPERS.split(), "target_id", "recording_id", "author_id", "number", "issued_at", "opened_at")
_FILL = ("slot", "part", "role", "person_id", "name", "at", "method", "for_id", "delegation_id", "content_digest")


@dataclass(frozen=True, kw_only=True)
class CaseHead:
    """As much of a case as a list of work needs."""

    id: str
    number: str
    title: str
    procedure: Procedure
    state: str
    closed_on: dt.date | None
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unstored:
    """A recording with which something is still to be done: its file stored, or its sheet written."""

    id: str
    case_id: str | None
    number: str
    scene: str
    at: dt.datetime
    """Its end, or its beginning while it runs."""


def open_cases(session: orm.Session, where: sa.ColumnElement[bool]) -> dict[str, CaseHead]:
    """Return the cases that are not archived and that a condition holds for, oldest first."""
    names = ("id", "number", "working_number", "title", "procedure", "state", "closed_on")
    query = sa.select(*(getattr(CaseRow, n) for n in names)).where(where, CaseRow.archived_on.is_(None))
    rows = session.execute(query.order_by(CaseRow.opened_at, CaseRow.id)).all()
    parties = _party_names(session, [r.id for r in rows])
    return {
        r.id: CaseHead(
            id=r.id,
            number=r.number or r.working_number,
            title=r.title,
            procedure=Procedure(r.procedure),
            state=r.state,
            closed_on=r.closed_on,
            parties=tuple(parties[r.id]),
        )
        for r in rows
    }


def _party_names(session: orm.Session, case_ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    query = sa.select(CasePartyRow.case_id, PartyRow.name).join(PartyRow, PartyRow.id == CasePartyRow.party_id)
    for some in chunks(case_ids):
        for case_id, name in session.execute(query.where(CasePartyRow.case_id.in_(some)).order_by(CasePartyRow.seq)):
            found[case_id].append(name)
    return found


def unmet_deadlines(session: orm.Session, where: sa.ColumnElement[bool], until: dt.datetime) -> list[DeadlineFacts]:
    """Return the office's own running periods that end by an instant, of cases that a condition holds for."""
    names = tuple(DeadlineFacts.__dataclass_fields__)
    query = sa.select(*(getattr(DeadlineRow, n) for n in names)).join(CaseRow, CaseRow.id == DeadlineRow.case_id)
    running = (DeadlineRow.met_on.is_(None), DeadlineRow.ended_on.is_(None))
    unmet = (*running, DeadlineRow.duty_of == "agency", DeadlineRow.end <= until)
    rows = session.execute(query.where(where, *unmet, CaseRow.archived_on.is_(None)).order_by(DeadlineRow.end))
    return [DeadlineFacts(**dict(zip(names, row, strict=True))) for row in rows]


def open_papers(session: orm.Session, where: sa.ColumnElement[bool]) -> list[DocumentFacts]:
    """Return the papers that are not issued yet and that a condition holds for; their officers are left out."""
    return _papers(session, sa.and_(where, DocumentRow.status.in_(OPEN)))


def issued_papers(session: orm.Session, where: sa.ColumnElement[bool], types: Iterable[str]) -> list[DocumentFacts]:
    """Return the issued papers of some types, not served yet, that a condition holds for."""
    still = sa.and_(DocumentRow.status == Status.ISSUED, DocumentRow.type.in_(sorted(types)))
    return _papers(session, sa.and_(where, still))


def _papers(session: orm.Session, where: sa.ColumnElement[bool]) -> list[DocumentFacts]:
    version = DocumentVersionRow
    own = sa.and_(version.document_id == DocumentRow.id, version.version == DocumentRow.version)
    columns = [getattr(DocumentRow, n) for n in _HEAD]
    query = sa.select(*columns, DocumentRow.status, version.data).join(version, own).where(where)
    rows = session.execute(query.order_by(DocumentRow.opened_at, DocumentRow.id)).all()
    fills = _fills(session, [r.id for r in rows])
    return [_paper(row, fills) for row in rows]


def _paper(row: Any, fills: Mapping[str, list[SlotFill]]) -> DocumentFacts:
    head = dict(zip(_HEAD, row, strict=False))
    data = sealing.closed(row.data, about_version(row.id, row.version, "data"))
    valid = tuple(f for f in fills.get(row.id, ()) if f.content_digest == row.content_digest)
    return DocumentFacts(**head, status=Status(row.status), data=data, slots=valid)


def _fills(session: orm.Session, ids: Iterable[str]) -> dict[str, list[SlotFill]]:
    found: dict[str, list[SlotFill]] = defaultdict(list)
    columns = [getattr(SlotFillRow, n) for n in (*_FILL, "values", "refused", "sealed")]
    query = sa.select(SlotFillRow.document_id, SlotFillRow.id, *columns).order_by(SlotFillRow.seq)
    for some in chunks(ids):
        for row in session.execute(query.where(SlotFillRow.document_id.in_(some))):
            about = f"slot_fill:{row.id}"
            shown = {n: sealing.column(row, n, about) for n in (*_FILL, "refused")}
            values = sealing.closed(row.values, f"{about}.values")
            found[row.document_id].append(SlotFill(**shown, values=values))
    return found


def done_types(session: orm.Session, case_ids: Iterable[str]) -> dict[str, set[str]]:
    """Return the types of which a case has an issued paper, by case."""
    found: dict[str, set[str]] = defaultdict(set)
    done = DocumentRow.status.in_((Status.ISSUED, Status.SERVED, Status.FILED))
    query = sa.select(DocumentRow.case_id, DocumentRow.type).where(done).distinct()
    for some in chunks(case_ids):
        for case_id, type_id in session.execute(query.where(DocumentRow.case_id.in_(some))):
            found[str(case_id)].add(type_id)
    return found


def unstored(session: orm.Session, where: sa.ColumnElement[bool]) -> list[Unstored]:
    """Return the recordings whose file is still to be stored and that a condition holds for, the oldest first."""
    return _recordings(session, where, RecordingRow.stored_at.is_(None))


def unregistered(session: orm.Session, where: sa.ColumnElement[bool], sheet: str) -> list[Unstored]:
    """Return the stored recordings of cases that no paper of a type registers yet, the oldest first."""
    own = sa.and_(DocumentRow.recording_id == RecordingRow.id, DocumentRow.type == sheet)
    registered = sa.exists(sa.select(DocumentRow.id).where(own, DocumentRow.status != Status.VOID))
    stored = (RecordingRow.stored_at.is_not(None), RecordingRow.case_id.is_not(None))
    return _recordings(session, where, *stored, ~registered)


def _recordings(session: orm.Session, *where: sa.ColumnElement[bool]) -> list[Unstored]:
    names = ("id", "case_id", "number", "scene", "started_at", "ended_at")
    query = sa.select(*(getattr(RecordingRow, n) for n in names)).where(*where)
    rows = session.execute(query.order_by(RecordingRow.started_at, RecordingRow.id))
    return [
        Unstored(id=r.id, case_id=r.case_id, number=r.number, scene=r.scene, at=r.ended_at or r.started_at)
        for r in rows
    ]


def touched_since(session: orm.Session, document_ids: Iterable[str]) -> set[str]:
    """Return the cases of those papers whose party or another paper of the case changed after they were saved."""
    other = DocumentRow.__table__.alias("other")
    party = sa.exists(
        sa.select(CasePartyRow.case_id)
        .join(PartyRow, PartyRow.id == CasePartyRow.party_id)
        .where(CasePartyRow.case_id == DocumentRow.case_id, PartyRow.changed_at > DocumentRow.changed_at)
    )
    issued = sa.exists(
        sa.select(other.c.id).where(other.c.case_id == DocumentRow.case_id, other.c.issued_at > DocumentRow.changed_at)
    )
    found: set[str] = set()
    for some in chunks(document_ids):
        query = sa.select(DocumentRow.case_id).where(DocumentRow.id.in_(some), sa.or_(party, issued))
        found |= {str(c) for c in session.scalars(query) if c}
    return found
