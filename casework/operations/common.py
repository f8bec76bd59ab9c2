"""What operations on papers share: permission on a case or paper, and the note in journal and outbox."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from access.facts import Actor
from access.permissions import kinds_of
from access.policy import Permission, Record, absent, decide, is_hidden, refusal
from casework import queries, shelf
from casework.facts import CaseFacts, DocumentFacts, RecordingFacts
from casework.gates.api import CaseView
from casework.views import Office, office, view_of
from catalogue.definitions import DocumentType
from foundation import journal, outbox
from foundation.context import Context

Seen = TypeVar("Seen")


def require_on(
    at: Office,
    actor: Actor,
    permission: Permission,
    *,
    case: CaseFacts | None = None,
    document: DocumentFacts | None = None,
    definition: DocumentType | None = None,
    recording: RecordingFacts | None = None,
) -> None:
    """Ask the policy about the thing that is acted on; what a viewer may not know of is not found.

    Args:
        at: The office.
        actor: Who acts.
        permission: What for.
        case: The case; with nothing else given, what is asked about. None as well: the actor's agency.
        document: The paper.
        definition: For a paper that is still to be opened: its type.
        recording: The recording.

    Raises:
        Forbidden: The policy says no.
        NotFound: The policy hides it.
    """
    thing = document or recording or definition
    record = _record(actor, permission, case, thing)
    viewer = queries.viewer_of(at.session, actor)
    verdict = decide(actor, permission, record, viewer)
    if verdict.allowed:
        return
    known = _record_of(actor, case, None if isinstance(thing, DocumentType) else thing)
    if is_hidden(actor, known, viewer):
        raise absent(known.kind)
    raise refusal(verdict, permission)


def _record(
    actor: Actor,
    permission: Permission,
    case: CaseFacts | None,
    thing: DocumentFacts | RecordingFacts | DocumentType | None,
) -> Record:
    """Return what the permission is asked on: the thing, or its case, or its agency."""
    kinds = kinds_of(permission)
    record = _record_of(actor, case, thing)
    if record.kind not in kinds and case is not None:
        record = queries.case_record(case)
    return record if record.kind in kinds else Record(kind="agency", agency_id=record.agency_id)


def _record_of(
    actor: Actor, case: CaseFacts | None, thing: DocumentFacts | RecordingFacts | DocumentType | None
) -> Record:
    if isinstance(thing, DocumentFacts):
        return queries.document_record(thing)
    if isinstance(thing, RecordingFacts):
        return queries.recording_record(thing)
    if thing is not None:
        return queries.record_to_be(actor, case, thing)
    return queries.case_record(case) if case is not None else Record(kind="agency", agency_id=actor.agency_id)


def readable(at: Office, actor: Actor, documents: Sequence[DocumentFacts]) -> list[DocumentFacts]:
    """Return the papers that an actor may read: a message about another one would tell that it is there."""
    viewer = queries.viewer_of(at.session, actor)
    return [d for d in documents if decide(actor, Permission.DOCUMENT_READ, queries.document_record(d), viewer).allowed]


@contextlib.contextmanager
def acting_on(ctx: Context, look: Callable[[Office], Seen]) -> Iterator[tuple[Office, Seen]]:
    """Open the transaction of an act with what `look` saw; it locks the case first (`Database.write_with`)."""
    with ctx.database.write_with(lambda session: look(office(ctx, session))) as (session, seen):
        yield office(ctx, session), seen


def locked_view(at: Office, document_id: str, *, act: str, reasons: Mapping[str, str] | None = None) -> CaseView:
    """Lock a paper's case and return the view of it."""
    papers = at.papers(shelf.lock_document(at.session, document_id))
    own = next((d for d in papers if d.id == document_id), None) or at.document(document_id)
    return view_of(at, own, act=act, reasons=reasons, others=papers)


def note(at: Office, actor: Actor, document: DocumentFacts, kind: str, **data: Any) -> None:
    """Write a journal event and ask the index to look again, in the same transaction."""
    stream = f"case:{document.case_id}" if document.case_id else f"agency:{document.agency_id}"
    event = {"document": document.id, **data}
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)
    outbox.add(at.session, topic="index", kind="document", subject=document.id, at=at.ctx.clock.now())
