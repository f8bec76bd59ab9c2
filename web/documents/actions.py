"""What the viewer may do with a paper now, the one next step first; what is not possible says why."""

from collections.abc import Iterator, Sequence

from flask import url_for

from access.policy import Permission, decide
from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE
from casework.operations.slots import SlotState
from casework.views import office
from foundation.errors import Finding
from web.actions import Action
from web.lookup import Sight, record_of

OPEN = (Status.DRAFT, Status.SIGNING, Status.RETURNED)
MAY_RETURN = (Status.DRAFT, Status.SIGNING)
READY = (*OPEN, Status.ISSUING)


def actions_of(
    see: Sight, facts: DocumentFacts, slots: Sequence[SlotState], against: Sequence[Finding]
) -> list[Action]:
    """Return the actions on a paper; what the viewer's roles never do is left out.

    Args:
        see: Who looks.
        facts: The paper.
        slots: Its slots as the viewer sees them.
        against: What stands against issuing it.
    """
    found = [*_filling(see, facts), *_signing(see, facts, slots), *_issuing(see, facts, against)]
    found += [*_batching(see, facts), *_printing(facts), *_returning(see, facts), *_voiding(see, facts)]
    return _with_one_next(found)


def _may(see: Sight, permission: Permission, facts: DocumentFacts) -> bool:
    return decide(see.actor, permission, record_of(facts), see.viewer).allowed


def _filling(see: Sight, facts: DocumentFacts) -> Iterator[Action]:
    if facts.status in OPEN and _may(see, Permission.DOCUMENT_REVISE, facts):
        yield Action(label="填写", url=url_for("drafting.edit", document_id=facts.id))


def _signing(see: Sight, facts: DocumentFacts, slots: Sequence[SlotState]) -> Iterator[Action]:
    if not _may(see, Permission.DOCUMENT_SIGN, facts) or not slots:
        return
    url = url_for("signing.page", document_id=facts.id)
    waiting = [s for s in slots if not s.is_complete]
    if any(s.is_open for s in waiting) or not waiting:
        yield from [Action(label="签署", url=url)] if waiting else []
    else:
        against = list(dict.fromkeys(f for s in waiting for f in s.against))
        yield Action(label="签署", url=url, against=against)


def _issuing(see: Sight, facts: DocumentFacts, against: Sequence[Finding]) -> Iterator[Action]:
    if facts.status in READY and _may(see, Permission.DOCUMENT_ISSUE, facts):
        hard = [f for f in against if not f.soft]
        yield Action(label="制发", url=url_for("signing.issue_form", document_id=facts.id), against=hard)


def _batching(see: Sight, facts: DocumentFacts) -> Iterator[Action]:
    fits = facts.case_id is not None and office(see.ctx, see.session).definition_of(facts).visibility == "external"
    if facts.status is Status.DRAFT and fits and _may(see, Permission.DOCUMENT_ISSUE, facts):
        yield Action(label="按名单批量制作", url=url_for("batches.choose", document_id=facts.id))


def _printing(facts: DocumentFacts) -> Iterator[Action]:
    if facts.status in (*DONE, Status.SIGNING):
        yield Action(label="打印", url=url_for("printing.choose", document_id=facts.id))


def _returning(see: Sight, facts: DocumentFacts) -> Iterator[Action]:
    not_own = facts.status in MAY_RETURN and facts.author_id != see.actor.person_id
    if not_own and _may(see, Permission.DOCUMENT_RETURN, facts):
        yield Action(label="退回", url=url_for("signing.return_form", document_id=facts.id), look="outline-danger")


def _voiding(see: Sight, facts: DocumentFacts) -> Iterator[Action]:
    if facts.status in OPEN and _may(see, Permission.DOCUMENT_VOID, facts):
        yield Action(label="作废", url=url_for("drafting.void_form", document_id=facts.id), look="outline-danger")


def _with_one_next(actions: Sequence[Action]) -> list[Action]:
    """Make the last possible step of filling, signing, issuing the one next step."""
    steps = [a for a in actions if a.label in ("填写", "签署", "制发") and not a.against]
    if not steps:
        return list(actions)
    last = steps[-1]
    return [Action(label=a.label, url=a.url, look="primary") if a is last else a for a in actions]
