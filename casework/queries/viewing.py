"""What the policy may know of cases, papers and recordings, and what a viewer has to do with them."""

import sqlalchemy as sa
from sqlalchemy import orm

from access.facts import Actor
from access.policy import Record, Viewer, asks_for
from casework.facts import CaseFacts, DocumentFacts, RecordingFacts
from casework.models import CaseAppointmentRow, CaseMemberRow, DocumentRow, ServiceRow, SlotFillRow
from catalogue.definitions import DocumentType


def viewer_of(session: orm.Session, actor: Actor) -> Viewer:
    """Return an actor's cases and served papers as they are now; only what the actor's roles look at is read."""
    asked = asks_for(actor)
    return Viewer(
        case_ids=_handled(session, actor) if "$cases" in asked else frozenset(),
        acted_case_ids=_acted(session, actor) if "$acted" in asked else frozenset(),
        served_ids=_served(session, actor) if "$served" in asked else frozenset(),
    )


def _handled(session: orm.Session, actor: Actor) -> frozenset[str]:
    row = CaseMemberRow
    own = (row.agency_id == actor.agency_id, row.person_id == actor.person_id, row.left_at.is_(None))
    return frozenset(session.scalars(sa.select(row.case_id).where(*own)))


def _acted(session: orm.Session, actor: Actor) -> frozenset[str]:
    """Return the cases in which an actor wrote or signed a paper, or has a part by an issued one."""
    signed = sa.select(SlotFillRow.document_id).where(SlotFillRow.person_id == actor.person_id)
    own = sa.or_(DocumentRow.author_id == actor.person_id, DocumentRow.id.in_(signed))
    here = (DocumentRow.agency_id == actor.agency_id, DocumentRow.case_id.is_not(None))
    wrote = sa.select(DocumentRow.case_id).where(*here, own)
    row = CaseAppointmentRow
    part = sa.select(row.case_id).where(row.agency_id == actor.agency_id, row.person_id == actor.person_id)
    return frozenset(c for c in session.scalars(sa.union(wrote, part)) if c)


def _served(session: orm.Session, actor: Actor) -> frozenset[str]:
    """Return the papers with a valid service on the account's parties; a service begun or failed gives nothing."""
    query = (
        sa.select(ServiceRow.document_id)
        .join(DocumentRow, DocumentRow.id == ServiceRow.document_id)
        .where(
            ServiceRow.agency_id == actor.agency_id,
            ServiceRow.valid,
            ServiceRow.served_on.is_not(None),
            DocumentRow.party_id.in_(sorted(actor.party_ids)),
        )
    )
    return frozenset(session.scalars(query))


def case_record(case: CaseFacts) -> Record:
    """Return what the policy may know of a case."""
    return Record(kind="case", agency_id=case.agency_id, id=case.id, case_id=case.id)


def document_record(document: DocumentFacts) -> Record:
    """Return what the policy may know of a paper."""
    return Record(
        kind="document",
        agency_id=document.agency_id,
        id=document.id,
        case_id=document.case_id,
        type=document.type,
        stage=document.stage,
        secrecy=document.secrecy,
        volume=document.volume,
        status=str(document.status),
        party_id=document.party_id,
        author_id=document.author_id,
    )


def record_to_be(actor: Actor, case: CaseFacts | None, definition: DocumentType) -> Record:
    """Return what the policy may know of a paper that an actor is about to open."""
    return Record(
        kind="document",
        agency_id=case.agency_id if case else actor.agency_id,
        case_id=case.id if case else None,
        type=definition.id,
        stage=definition.stage,
        secrecy=definition.secrecy,
        volume=definition.volume,
    )


def recording_record(recording: RecordingFacts) -> Record:
    """Return what the policy may know of a recording."""
    return Record(
        kind="recording",
        agency_id=recording.agency_id,
        id=recording.id,
        case_id=recording.case_id,
        secrecy=recording.secrecy,
        operator_id=recording.operator_id,
    )
