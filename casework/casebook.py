"""Writes rows of cases: head, parties, members, events, what the index must look at again; under the caller's lock."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.facts import CaseFacts, DocumentFacts, EventFacts, Happening
from casework.models import (
    CaseAppointmentRow,
    CaseEventRow,
    CaseMemberRow,
    CasePartyRow,
    CaseRow,
    DocumentRow,
    RecordingRow,
)
from foundation import outbox
from foundation.ids import Ids

INDEXED: Mapping[str, type[CaseRow] | type[DocumentRow] | type[RecordingRow]] = {
    "case": CaseRow,
    "document": DocumentRow,
    "recording": RecordingRow,
}
"""What the index holds."""

PLAIN = ("id", "agency_id", "number", "working_number", "title", "procedure", "state", "opened_at", "initiated_on")


def insert(session: orm.Session, case: CaseFacts) -> None:
    """Add the head of a new case with its parties and members."""
    session.add(CaseRow(**{name: getattr(case, name) for name in PLAIN}, dispute_prone=case.dispute_prone))
    session.flush()
    add_parties(session, case.id, case.agency_id, [p.id for p in case.parties], case.opened_at)
    add_members(session, case.id, case.agency_id, [m.person_id for m in case.members], case.opened_at)


def add_parties(session: orm.Session, case_id: str, agency_id: str, party_ids: Sequence[str], at: dt.datetime) -> None:
    """Add parties behind those that are in the case."""
    query = sa.select(CasePartyRow.party_id).where(CasePartyRow.case_id == case_id)
    known = list(session.scalars(query))
    for party_id in dict.fromkeys(party_ids):
        if party_id not in known:
            row = CasePartyRow(case_id=case_id, party_id=party_id, agency_id=agency_id, seq=len(known), added_at=at)
            session.add(row)
            known.append(party_id)
    session.flush()


def add_members(session: orm.Session, case_id: str, agency_id: str, person_ids: Sequence[str], at: dt.datetime) -> None:
    """Add members behind those that are in the case; who left comes back."""
    rows = {r.person_id: r for r in session.scalars(sa.select(CaseMemberRow).where(CaseMemberRow.case_id == case_id))}
    for person_id in dict.fromkeys(person_ids):
        if person_id in rows:
            rows[person_id].left_at = None
            continue
        row = CaseMemberRow(
            case_id=case_id, person_id=person_id, agency_id=agency_id, seq=len(rows), added_at=at, left_at=None
        )
        session.add(row)
        rows[person_id] = row
    session.flush()


def remove_member(session: orm.Session, case_id: str, person_id: str, at: dt.datetime) -> None:
    """Let a member leave a case; the row stays."""
    session.get_one(CaseMemberRow, (case_id, person_id)).left_at = at
    session.flush()


def appoint(session: orm.Session, paper: DocumentFacts, person_id: str, role: str, at: dt.datetime) -> bool:
    """Give a person a part in the case of an issued paper; tell whether it is new."""
    if session.get(CaseAppointmentRow, (paper.case_id, person_id, role)) is not None:
        return False
    row = CaseAppointmentRow(
        case_id=paper.case_id, person_id=person_id, role=role, agency_id=paper.agency_id, document_id=paper.id, at=at
    )
    session.add(row)
    session.flush()
    return True


def change(session: orm.Session, case_id: str, **fields: Any) -> None:
    """Change fields of a case's head and let the index look again."""
    row = session.get_one(CaseRow, case_id)
    for name, value in fields.items():
        setattr(row, name, value)
    row.index_version += 1
    session.flush()


def record(
    session: orm.Session, ids: Ids, happening: Happening, *, from_state: str, to_state: str, data: Mapping[str, Any]
) -> EventFacts:
    """Add one event to a case's course and return it."""
    last = session.scalar(sa.select(sa.func.max(CaseEventRow.seq)).where(CaseEventRow.case_id == happening.case_id))
    event = EventFacts(
        id=ids.new(),
        case_id=happening.case_id,
        seq=(last or 0) + 1,
        kind=happening.kind,
        subject_id=happening.subject_id,
        at=happening.at,
        from_state=from_state,
        to_state=to_state,
        data=dict(data),
    )
    fields = {name: getattr(event, name) for name in EventFacts.__dataclass_fields__}
    session.add(CaseEventRow(agency_id=happening.agency_id, **fields))
    session.flush()
    return event


def has_event(session: orm.Session, case_id: str, kind: str, subject_id: str = "") -> bool:
    """Tell whether something happened in a case (to one thing, when it is named)."""
    query = sa.select(CaseEventRow.id).where(CaseEventRow.case_id == case_id, CaseEventRow.kind == kind)
    if subject_id:
        query = query.where(CaseEventRow.subject_id == subject_id)
    return session.scalars(query).first() is not None


def reindex(session: orm.Session, kind: str, subject: str, at: dt.datetime) -> None:
    """Ask the index to look at one case, paper or recording again."""
    model = INDEXED[kind]
    session.execute(sa.update(model).where(model.id == subject).values(index_version=model.index_version + 1))
    outbox.add(session, topic="index", kind=kind, subject=subject, at=at)
    session.flush()


def reindex_all(session: orm.Session, case_id: str, at: dt.datetime) -> None:
    """Ask the index to look at a case and everything in it: their entries tell number, title, procedure and parties."""
    reindex(session, "case", case_id, at)
    for kind, model in (("document", DocumentRow), ("recording", RecordingRow)):
        own = model.case_id == case_id
        session.execute(sa.update(model).where(own).values(index_version=model.index_version + 1))
        for subject in session.scalars(sa.select(model.id).where(own).order_by(model.id)).all():
            outbox.add(session, topic="index", kind=kind, subject=subject, at=at)
    session.flush()
