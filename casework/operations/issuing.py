"""Issuing in three steps: reserve, make (elsewhere, outside any transaction), commit; and giving up.

*Reserve* asks permission, gates, slots, fields and characters, draws the number and says what is to be drawn. *Commit*
asks the gates again, attaches the files and moves the case. A step that failed or was killed leaves the paper `issuing`
with its number: the next try goes on with it. Issuing twice gives the same number and the same result.

Journal kinds: `document.reserved`, `document.issued`, `document.given_up`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission
from casework import approvals, numbering, shelf, validation
from casework.facts import DocumentFacts, Paper, Status
from casework.gates.api import DONE, ISSUE, CaseView, granted
from casework.gates.registry import ask
from casework.operations import delegating, effects, events
from casework.operations.common import acting_on, locked_view, note, require_on
from casework.operations.opening import sources_of
from casework.paper import paper_of
from casework.views import Office, office, view_of, with_document
from catalogue.definitions import Catalogue
from foundation.context import Context
from foundation.errors import BadInput, Finding, Refused

Drawable = Callable[[str], Sequence[Finding]]
"""Names the characters of a text that no font can draw."""

READY = (Status.DRAFT, Status.SIGNING, Status.ISSUING)


def reserve(
    ctx: Context,
    actor: Actor,
    *,
    document_id: str,
    reasons: Mapping[str, str] | None = None,
    drawable: Drawable | None = None,
) -> Paper:
    """Take a paper into issuing: everything asked, the number drawn; return what is to be drawn.

    A paper that is already being issued, or is issued, gives the same number again.

    Args:
        ctx: The floor.
        actor: Who issues.
        document_id: The paper.
        reasons: Written reasons for soft findings, by code.
        drawable: Asked for every text of the paper.

    Raises:
        Refused: Something stands against it; every reason is named.
    """
    with acting_on(ctx, lambda at: _asked(at, actor, document_id, wrong_state, reasons or {})) as (at, view):
        if view.document.status in DONE:
            return paper_of(view)
        reserved = _reserved(at, actor, view)
        paper = paper_of(_with_case_number(at, actor, with_document(view, reserved)))
        if drawable is not None:
            _refuse(view, list(_undrawable(paper, drawable)))
        return paper


def _asked(
    at: Office,
    actor: Actor,
    document_id: str,
    state: Callable[[CaseView], Iterator[Finding]],
    reasons: Mapping[str, str],
) -> CaseView:
    """Return the view of a paper that may be issued, or is issued."""
    view = locked_view(at, document_id, act=ISSUE)
    require_on(at, actor, Permission.DOCUMENT_ISSUE, case=view.case, document=view.document)
    if view.document.status not in DONE:
        view = replace(view, reasons={**shelf.reasons_of(at.session, document_id), **reasons})
        _refuse(view, [*state(view), *delegating.against(at, view.document), *against(view)])
    return view


def _refuse(view: CaseView, found: Sequence[Finding]) -> None:
    if found:
        message = f"《{view.document.title}》还不能制发：{found[0].message}"
        raise Refused(message, remedy=found[0].remedy, path=found[0].path, findings=found)


def wrong_state(view: CaseView) -> Iterator[Finding]:
    """Yield why a paper in its present state cannot be issued."""
    if view.document.status in READY:
        return
    name = approvals.STATUS_NAMES[view.document.status]
    message = f"文书处于“{name}”状态。"
    yield Finding(code="STATE", message=message, remedy="退回的先修改；已作废的另行起草。", who="承办人")


def against(view: CaseView) -> list[Finding]:
    """Return everything that stands against issuing: gates, slots, fields."""
    frame = validation.Frame(values=view.values, today=view.today, resolve=sources_of(view).get)
    faults = validation.faults(view.definition, frame)
    return [*ask(view), *approvals.missing(view), *faults]


def _undrawable(paper: Paper, drawable: Drawable) -> Iterator[Finding]:
    for path, text in _texts(paper.values, ""):
        yield from (replace(f, path=f.path or path) for f in drawable(text))


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for at, one in enumerate(value):
            yield from _texts(one, f"{path}[{at}]")


def _reserved(at: Office, actor: Actor, view: CaseView) -> DocumentFacts:
    document, now = view.document, at.ctx.clock.now()
    number = document.number or _number(at, view)
    if document.status is Status.ISSUING and number == document.number:
        return document
    issue_date = document.issue_date or view.today
    fields = {"status": Status.ISSUING, "number": number, "issue_date": issue_date, "reasons": dict(view.reasons)}
    shelf.change(at.session, document.id, at=now, **fields)
    facts = {"number": number, "digest": document.content_digest, "reasons": sorted(view.reasons)}
    note(at, actor, document, "document.reserved", version=document.version, **facts)
    return at.document(document.id)


def _number(at: Office, view: CaseView) -> str:
    """Return the next number of the paper's series; a clue that the case itself is numbered by keeps the one it has."""
    document, character = view.document, view.definition.number_character
    if not character:
        return ""
    held = numbering.number_of(at.session, document.agency_id, view.case.id, character) if view.case else ""
    if held and all(d.number != held for d in at.papers(document.case_id or "")):
        return held
    return numbering.reserve(
        at.session,
        document.agency_id,
        character=character,
        day=view.today,
        holder_id=document.id,
        settings=view.settings,
        at=at.ctx.clock.now(),
    )


def _with_case_number(at: Office, actor: Actor, view: CaseView) -> CaseView:
    """Return the view with the number that the case gets by this paper; it is confirmed when the paper starts it."""
    case = view.case
    asked = any(f.source == "document.case_number" for f in view.definition.fields)
    if case is None or case.number or not asked or not granted(view.document):
        return view
    return replace(view, case=replace(case, number=events.reserve_number(at, actor, case)))


def commit(
    ctx: Context,
    actor: Actor,
    *,
    document_id: str,
    blobs: Mapping[str, str],
    sealed_without_timestamp: bool = False,
) -> DocumentFacts:
    """Finish issuing: gates asked again, files attached, the case moved on; twice gives the same result.

    Args:
        ctx: The floor.
        actor: Who issues.
        document_id: A paper that was reserved.
        blobs: Digests by kind (`docx`, `pdf`, `sealed`).
        sealed_without_timestamp: No time-stamp authority answered.

    Raises:
        Refused: The case changed meanwhile; the paper stays in issuing with its number.
    """
    with acting_on(ctx, lambda at: _asked(at, actor, document_id, _not_reserved, {})) as (at, view):
        if view.document.status in DONE:
            return view.document
        return _issued(at, actor, view, blobs, sealed_without_timestamp)


def _not_reserved(view: CaseView) -> Iterator[Finding]:
    if view.document.status is not Status.ISSUING:
        yield Finding(code="STATE", message="文书没有在制发中。", remedy="先制发。", who="承办人")


def _issued(
    at: Office, actor: Actor, view: CaseView, blobs: Mapping[str, str], sealed_without_timestamp: bool
) -> DocumentFacts:
    document, now = view.document, at.ctx.clock.now()
    shelf.attach(at.session, document, blobs, now)
    if document.number:
        numbering.confirm(at.session, document.agency_id, document.id)
    shelf.change(
        at.session,
        document.id,
        at=now,
        status=Status.ISSUED,
        issued_at=now,
        sealed_without_timestamp=sealed_without_timestamp,
    )
    facts = {"number": document.number, "digest": document.content_digest, "blobs": dict(blobs)}
    note(at, actor, document, "document.issued", version=document.version, **facts)
    effects.issued(at, actor, with_document(view, at.document(document.id)))
    return at.document(document.id)


def give_up(ctx: Context, actor: Actor, *, document_id: str, reason: str) -> DocumentFacts:
    """Stop issuing: the paper is a draft again; its number goes back if it is still the last, else it is void.

    Raises:
        BadInput: No reason.
        Refused: It is not being issued.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        view = locked_view(at, document_id, act=ISSUE)
        document = view.document
        require_on(at, actor, Permission.DOCUMENT_ISSUE, case=view.case, document=document)
        if not reason.strip():
            raise BadInput("放弃制发须写明理由。", remedy="填写理由。", path="reason")
        if document.status is not Status.ISSUING:
            _refuse(
                view, [Finding(code="STATE", message="文书没有在制发中。", remedy="已制发的不能放弃。", who="承办人")]
            )
        now, why = ctx.clock.now(), reason.strip()
        kept = not numbering.give_back(session, document.agency_id, document.id, reason=why, at=now)
        if view.case is not None and not view.case.number:
            numbering.give_back(session, document.agency_id, view.case.id, reason=why, at=now)
        status = Status.SIGNING if document.slots else Status.DRAFT
        shelf.change(session, document_id, at=now, status=status, number="", issue_date=None)
        note(at, actor, document, "document.given_up", number=document.number, void=kept)
        return at.document(document_id)


def build_paper(session: orm.Session, ctx: Context, catalogue: Catalogue, document_id: str) -> Paper:
    """Return the drawable form of a paper as it stands: for previews, and for making it again."""
    at = Office(ctx=ctx, session=session, catalogue=catalogue)
    return paper_of(view_of(at, at.document(document_id)))
