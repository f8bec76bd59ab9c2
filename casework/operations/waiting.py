"""Whose turn it is on a paper: which slots somebody may sign next. A look over many papers; signing asks all again."""

import datetime as dt
from collections.abc import Iterator

from casework import approvals
from casework.approvals import Signer
from casework.facts import DocumentFacts, Status
from casework.figures import read
from casework.gates.api import CaseView
from catalogue.definitions import DocumentType, Slot

APART = frozenset({"propose", "review", "approve"})
"""Parts that one person does not sign twice (article 37)."""


def light_view(document: DocumentFacts, definition: DocumentType, now: dt.datetime) -> CaseView:
    """Return a view that knows the paper alone: enough for its slots."""
    values = {**document.data, **approvals.slot_values(definition, document)}
    return CaseView(document=document, definition=definition, now=now, values=values, documents=(document,))


def turns(view: CaseView, signer: Signer, *, is_member: bool) -> Iterator[Slot]:
    """Yield the slots that a person may sign next.

    Args:
        view: The paper, at least as `light_view` knows it.
        signer: Who, with roles and delegations.
        is_member: The person handles the paper's case.
    """
    wanted = "before_issue" if view.document.status in approvals.OPEN else "after_issue"
    if view.document.status in (Status.RETURNED, Status.ISSUING):
        return
    for slot in view.definition.slots:
        if slot.when == wanted and _is_open(view, slot, signer) and _is_theirs(view, slot, signer, is_member):
            yield slot


def _is_open(view: CaseView, slot: Slot, signer: Signer) -> bool:
    if approvals.is_outside(slot.role) or not approvals.is_needed(view, slot) or approvals.is_complete(view, slot):
        return False
    if any(f.person_id == signer.person_id for f in approvals.fills_of(view.document, slot)):
        return False
    return not any(_stands_before(view, slot, other) for other in view.definition.slots)


def _stands_before(view: CaseView, slot: Slot, other: Slot) -> bool:
    """Tell whether another slot must be signed first; an opinion waits for the proposal, as everybody after it does."""
    earlier = ("propose",) if slot.part == "opinion" else approvals.BEFORE.get(slot.part, ())
    is_earlier = other.when == "before_issue" and other.part in earlier
    return is_earlier and approvals.is_needed(view, other) and not approvals.is_complete(view, other)


def _is_theirs(view: CaseView, slot: Slot, signer: Signer, is_member: bool) -> bool:
    rule = read("signers")["inside"].get(slot.role, {"any": [slot.role]})
    own = bool(signer.roles & set(rule["any"]))
    if not own and approvals.for_whom(signer, slot, view.type) is None:
        return False
    if rule.get("member") and not is_member:
        return False
    if rule.get("maker") and view.document.author_id != signer.person_id:
        return False
    return slot.part not in APART or signer.person_id not in {f.person_id for f in view.fills(*APART)}


def is_ready(view: CaseView) -> bool:
    """Tell whether every slot that is needed before issue is signed, and there is one."""
    needed = [s for s in view.definition.slots if s.when == "before_issue" and approvals.is_needed(view, s)]
    return bool(needed) and all(approvals.is_complete(view, s) for s in needed)
