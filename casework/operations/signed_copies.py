"""The signed copy of a paper that is signed after its issue: a file beside the issued ones, which stay as they are.

A signature given after issue, on a screen or by certificate, asks for a copy that is drawn again from the same version
with the signatures in it (`generator.signed_copies`); a scan of what was signed by hand is a file of its own
(`signed_copy`). Journal kind: `document.copy_drawn`, with the digest of the copy.
"""

from collections.abc import Sequence

from access.facts import Actor
from casework import queries, shelf
from casework.facts import DocumentFacts, SlotFill
from casework.views import Office, office
from catalogue.definitions import DocumentType
from foundation import jobs, journal, outbox
from foundation.context import Context

SCAN, RENDERING = "signed_copy", "signed_rendering"
"""Kinds of file: what was signed by hand and scanned; what was drawn with the signatures."""
JOB = "signed_copy"
BY_HAND = "paper"


def after_issue(definition: DocumentType, document: DocumentFacts) -> tuple[SlotFill, ...]:
    """Return the signatures that were given on a paper after its issue."""
    late = {slot.id for slot in definition.slots if slot.when == "after_issue"}
    return tuple(fill for fill in document.slots if fill.slot in late)


def is_wanted(definition: DocumentType, document: DocumentFacts) -> bool:
    """Tell whether a copy must be drawn: somebody signed after issue, and no scan shows all of it."""
    late = after_issue(definition, document)
    return "pdf" in document.blobs and bool(late) and not (SCAN in document.blobs and all_by_hand(late))


def is_drawn(at: Office, definition: DocumentType, document: DocumentFacts) -> bool:
    """Tell whether the copy that is kept shows every signature."""
    kept_at = queries.file_kept_at(at.session, document.id, RENDERING)
    return kept_at is not None and all(fill.at < kept_at for fill in after_issue(definition, document))


def all_by_hand(fills: Sequence[SlotFill]) -> bool:
    """Tell whether signatures stand on the scanned paper alone."""
    return all(fill.method == BY_HAND for fill in fills)


def ask_for_copy(at: Office, actor: Actor, document: DocumentFacts, definition: DocumentType) -> None:
    """Ask, in the transaction of the signature, for the copy that shows it."""
    if is_wanted(definition, document):
        by, agency_id = actor.account_id, document.agency_id
        jobs.ask(at.session, at.ctx, kind=JOB, subject=document.id, by=by, agency_id=agency_id)


def keep_copy(ctx: Context, document_id: str, *, by: str, blob: str, signatures: int) -> bool:
    """Put a drawn copy beside the issued files.

    Args:
        ctx: The floor.
        document_id: The paper.
        by: Account for whose work it was drawn.
        blob: Digest of the stored copy.
        signatures: How many signatures it shows.

    Returns:
        Whether it shows all of them: somebody may have signed meanwhile.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        shelf.lock_document(session, document_id)
        document = at.document(document_id)
        if len(document.slots) != signatures:
            return False
        if document.blobs.get(RENDERING) != blob:
            now = ctx.clock.now()
            shelf.put_copy(session, document, RENDERING, blob, now)
            stream = f"case:{document.case_id}" if document.case_id else f"agency:{document.agency_id}"
            event = {"document": document.id, "digest": document.content_digest, "blob": blob, "signatures": signatures}
            journal.append(session, ctx.clock, stream=stream, kind="document.copy_drawn", actor=by, data=event)
            outbox.add(session, topic="index", kind="document", subject=document.id, at=now)
        return True
