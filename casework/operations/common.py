"""What operations on papers share: permission on a case or paper, and the note in journal and outbox."""

from collections.abc import Mapping
from typing import Any

from access.facts import Actor
from access.policy import Permission

from casework import shelf
from casework.facts import CaseFacts, DocumentFacts
from casework.gates.api import CaseView
from casework.views import Office, view_of
from foundation import journal, outbox


def require_on(
    at: Office,
    actor: Actor,
    permission: Permission,
    *,
    case: CaseFacts | None = None,
    document: DocumentFacts | None = None,
) -> None:
    """Ask the policy; what a viewer may not know of is not found.

    Raises:
        Forbidden: The policy says no.
        NotFound: The policy hides it.
    """
    raise NotImplementedError


def locked_view(at: Office, document_id: str, *, act: str, reasons: Mapping[str, str] | None = None) -> CaseView:
    """Lock a paper's case and return the view of it."""
    shelf.lock_document(at.session, document_id)
    return view_of(at, at.document(document_id), act=act, reasons=reasons)


def note(at: Office, actor: Actor, document: DocumentFacts, kind: str, **data: Any) -> None:
    """Write a journal event and ask the index to look again, in the same transaction."""
    stream = f"case:{document.case_id}" if document.case_id else f"agency:{document.agency_id}"
    event = {"document": document.id, **data}
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)
    outbox.add(at.session, topic="index", kind="document", subject=document.id, at=at.ctx.clock.now())
