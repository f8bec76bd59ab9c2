"""Screening a request for copies item by item, and the decision of the head of legal affairs (A33.1, A34.1).

The archivist registers a request (its application becomes a paper of the side volume), says of every item whether it is
given, given with parts covered, or withheld, with the reason's code, and hands the screening up as the approval paper.
The legal head signs it, or sends it back. Nobody can give what the rules of release withhold.

Journal kinds in `case:<id>`: `copy.registered`, `copy.screened`, `copy.sent_back`, `copy.decided`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission
from archive.casefile import case_file, office_of
from archive.copy_facts import CopyRequestFacts, CopyState
from archive.copy_items import Screening, read_items, screening_of
from archive.copy_requests import happen, locked, note, request_facts, request_of
from archive.copy_wishes import approval_rows, decisions_for
from archive.models import CopyRequestRow
from casework import queries
from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE
from casework.operations import documents
from casework.operations.common import require_on
from casework.views import Office
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Finding, Refused
from generator import issuing
from generator.press import Press

APPLICATION, APPROVAL, LETTER = "record_copy_application", "record_copy_approval", "authorization_letter"
WATERMARK = "见复制件编号"


def screening(ctx: Context, session: orm.Session, request_id: str) -> Screening:
    """Return a request's items as they stand: what was said of each, what the rules suggest, what is still missing."""
    facts = request_facts(session, request_id)
    at = office_of(ctx, session)
    return screening_of(at, case_file(at, facts.case_id), facts)


def register(ctx: Context, actor: Actor, request_id: str, press: Press) -> CopyRequestFacts:
    """Make the request a paper of its case; screening begins. Registered twice, it is registered once.

    Raises:
        Refused: An agent asks without authorisation, or the paper cannot be issued.
    """
    facts = _to_work_on(ctx, actor, request_id, CopyState.ASKED, CopyState.SCREENING)
    if facts.state is CopyState.SCREENING:
        return facts
    if facts.agent and facts.letter:
        _issued(ctx, actor, _letter(ctx, actor, facts), press)
    application = _issued(ctx, actor, _application(ctx, actor, facts), press)
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        if row.state == CopyState.ASKED:
            row.state, row.application_id = CopyState.SCREENING, application.id
            note(at, actor, row, "copy.registered", request=row.id, document=application.id)
            happen(at, actor, row, "copy_registered")
        session.flush()
        return request_of(row)


def _to_work_on(ctx: Context, actor: Actor, request_id: str, *states: CopyState) -> CopyRequestFacts:
    with ctx.database.read() as session:
        facts = request_facts(session, request_id)
        _require(office_of(ctx, session), actor, Permission.COPY_MAKE, facts)
        _refuse_state(facts, *states)
        return facts


def _require(at: Office, actor: Actor, permission: Permission, facts: CopyRequestFacts | CopyRequestRow) -> None:
    require_on(at, actor, permission, case=queries.case_facts(at.session, facts.case_id))


def _refuse_state(facts: CopyRequestFacts, *states: CopyState) -> None:
    if facts.state not in states:
        message = f"申请{facts.title}，现在不能这样办理。"
        finding = Finding(code="STATE", article="A33.1", message=message, remedy="刷新页面查看进展。")
        raise Refused(message, remedy=finding.remedy, findings=[finding])


def paper(ctx: Context, actor: Actor, facts: CopyRequestFacts, type_id: str, **given: Any) -> DocumentFacts:
    """Open a paper of a request, or take up the one that is there."""
    reference = f"copy:{facts.id}"
    with ctx.database.read() as session:
        known = queries.documents_of(session, facts.case_id)
    for one in known:
        if (one.type, one.reference) == (type_id, reference) and one.status is not Status.VOID:
            return one
    words: dict[str, Any] = {"case_id": facts.case_id, "party_id": facts.party_id, "officer_ids": []}
    return documents.draft(ctx, actor, type=type_id, reference=reference, **words, **given)


def _letter(ctx: Context, actor: Actor, facts: CopyRequestFacts) -> DocumentFacts:
    data = {
        "agents": [{"name": facts.agent, "id_no": facts.agent_id_no, "phone": facts.contact}],
        "scope": "查阅、复制执法记录",
        "powers": "一般",
        "period": "至本次查阅、复制办理完毕",
        "id_attach": [dict(facts.letter)],
    }
    letter = paper(ctx, actor, facts, LETTER, data=data)
    return _signed(ctx, actor, letter, "principal", name=facts.applicant, method="paper")


def _application(ctx: Context, actor: Actor, facts: CopyRequestFacts) -> DocumentFacts:
    with ctx.database.read() as session:
        party = queries.party_facts(session, facts.party_id)
        titles = {d.id: _named(d) for d in queries.documents_of(session, facts.case_id)}
    rows = [{"doc": titles[w], "range": "全部"} for w in facts.wanted if w in titles]
    rows += [{"doc": facts.other, "range": "申请人所写"}] if facts.other else []
    data = {
        "applicant": f"{facts.applicant}（本案当事人）",
        "id_no": party.id_no or "未登记",
        "agent": facts.agent or None,
        "items": rows,
        "purpose": facts.purpose,
        "form": facts.form,
        "received_at": facts.asked_at,
    }
    application = paper(ctx, actor, facts, APPLICATION, data=data)
    return _signed(ctx, actor, application, "applicant", name=facts.agent or facts.applicant)


def _named(document: DocumentFacts) -> str:
    return f"{document.title}{'（' + document.number + '）' if document.number else ''}"


def _signed(ctx: Context, actor: Actor, document: DocumentFacts, slot: str, **words: Any) -> DocumentFacts:
    if document.status in DONE or any(f.slot == slot for f in document.slots):
        return document
    return documents.fill_slot(ctx, actor, document_id=document.id, slot=slot, **words)


def _issued(ctx: Context, actor: Actor, document: DocumentFacts, press: Press) -> DocumentFacts:
    return document if document.status in DONE else issuing.issue(ctx, actor, document.id, press)


# --- item by item -----------------------------------------------------------------------------------------------------


def save_screening(
    ctx: Context, actor: Actor, request_id: str, items: Sequence[Mapping[str, Any]], add: Sequence[str] = ()
) -> CopyRequestFacts:
    """Save what was said of items; what is missing or impossible is told by `screening`, and asked by `submit`.

    Args:
        ctx: The floor.
        actor: The archivist.
        request_id: The request.
        items: `key` of each with `result`, `reason`, `note`, `covers`, `start`, `end`.
        add: Keys of further papers and recordings that the applicant's words mean.

    Raises:
        BadInput: An item is none of the request, or its words are wrong.
    """
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        _require(at, actor, Permission.COPY_MAKE, row)
        facts = request_of(row)
        _refuse_state(facts, CopyState.SCREENING, CopyState.DECIDED)
        known = screening_of(at, case_file(at, row.case_id), facts)
        if facts.state is CopyState.DECIDED:
            row.items = _more_covers(facts, read_items(known, items, ()))
        else:
            row.items = read_items(known, items, add)
        session.flush()
        return request_of(row)


def _more_covers(facts: CopyRequestFacts, items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """After the decision areas may still be covered, nothing else changes."""
    covers = {i["key"]: i.get("covers", {}) for i in items}
    return [{**i, "covers": covers.get(i["key"], {})} for i in facts.items]


def submit(ctx: Context, actor: Actor, request_id: str) -> CopyRequestFacts:
    """Hand the screening to the head of legal affairs.

    Raises:
        Refused: An item is not screened, or given against the rules; every reason is named.
    """
    facts = _to_work_on(ctx, actor, request_id, CopyState.SCREENING)
    with ctx.database.read() as session:
        known = screening(ctx, session, request_id)
        rows = approval_rows(known)
    if known.findings:
        raise Refused("审查还没有完成。", findings=known.findings)
    data = {"screening": rows, "watermark": WATERMARK}
    approval = paper(ctx, actor, facts, APPROVAL, target_id=facts.application_id, data=data)
    if approval.data.get("screening") != rows or approval.status is Status.RETURNED:
        approval = documents.revise(ctx, actor, document_id=approval.id, base_version=approval.version, data=data)
    _signed(ctx, actor, approval, "handler")
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        if row.state == CopyState.SCREENING:
            row.state, row.approval_id, row.remark = CopyState.DECIDING, approval.id, ""
            row.items = [dict(i) for i in known.kept]
            note(at, actor, row, "copy.screened", request=row.id, document=approval.id)
        session.flush()
        return request_of(row)


# --- the decision -----------------------------------------------------------------------------------------------------


def decide(
    ctx: Context, actor: Actor, request_id: str, *, decision: str, opinion: str, press: Press
) -> CopyRequestFacts:
    """Sign the approval as head of legal affairs, and issue it.

    Args:
        ctx: The floor.
        actor: The legal head.
        request_id: The request.
        decision: 同意, 部分同意 or 不同意.
        opinion: Reasons.
        press: Draws the approval.

    Raises:
        BadInput: The decision does not go with the items.
        Refused: It is not before the legal head.
    """
    with ctx.database.read() as session:
        facts = request_facts(session, request_id)
        _require(office_of(ctx, session), actor, Permission.COPY_APPROVE, facts)
        _refuse_state(facts, CopyState.DECIDING)
        approval = queries.document_facts(session, facts.approval_id)
    signed = any(f.slot == "legal" for f in approval.slots)
    if not signed:
        _refuse_decision(facts, decision, opinion)
        values = {"legal_decision": decision, "legal_opinion": opinion}
        approval = documents.fill_slot(ctx, actor, document_id=approval.id, slot="legal", values=values)
    approval = _issued(ctx, actor, approval, press)
    said = next(f.values for f in approval.slots if f.slot == "legal")
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        if row.state == CopyState.DECIDING:
            row.state = CopyState.DECIDED
            row.decision, row.opinion = str(said["legal_decision"]), str(said["legal_opinion"])
            note(at, actor, row, "copy.decided", request=row.id, document=approval.id)
        session.flush()
        return request_of(row)


def _refuse_decision(facts: CopyRequestFacts, decision: str, opinion: str) -> None:
    possible = decisions_for(facts.items)
    if decision not in possible:
        message = f"逐件审查的结果只能{'或者'.join(possible)}，不能“{decision or '空白'}”。"
        raise BadInput(message, remedy="改变逐件结果的，退回重新审查。", path="decision")
    if not opinion.strip():
        raise BadInput("没有写明理由。", remedy="写明同意或者不同意的理由。", path="opinion")


def send_back(ctx: Context, actor: Actor, request_id: str, *, remark: str) -> CopyRequestFacts:
    """Send the screening back to the archivist.

    Raises:
        BadInput: No remark.
        Refused: It is not before the legal head.
    """
    if not remark.strip():
        raise BadInput("退回须写明意见。", remedy="写明哪一件应当怎样处理。", path="remark")
    with ctx.database.read() as session:
        facts = request_facts(session, request_id)
        _require(office_of(ctx, session), actor, Permission.COPY_APPROVE, facts)
        _refuse_state(facts, CopyState.DECIDING)
        if any(f.slot == "legal" for f in queries.document_facts(session, facts.approval_id).slots):
            raise Conflict("审批表已经签署。", remedy="刷新页面，继续制发。")
    documents.return_document(ctx, actor, document_id=facts.approval_id, remarks={"": remark})
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        if row.state == CopyState.DECIDING:
            row.state, row.remark = CopyState.SCREENING, remark.strip()
            note(at, actor, row, "copy.sent_back", request=row.id, document=row.approval_id)
        session.flush()
        return request_of(row)
