"""Correction orders (办法36；监督条例): a supervising body orders, the unit answers, the body accepts or sends back.

The notice 责令限期整改通知书 is a paper of the body, opened with the order; issued, it lets the order reach the unit.
Answers are added, never changed. Journal kinds, in `case:<id>` of the unit when a case is meant, else `agency:<id>`:
`correction.ordered`, `correction.sent`, `correction.answered`, `correction.accepted`, `correction.sent_back`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from access import agencies
from access.facts import Actor
from access.policy import Permission, Record, absent, decide, refusal
from casework import orders, queries, shelf
from casework.cleaning import clean
from casework.facts import CaseFacts
from casework.gates.api import DONE
from casework.models.orders import CorrectionAnswerRow, CorrectionOrderRow
from casework.operations.common import require_on
from casework.operations.opening import Opening, open_paper
from casework.orders import OrderFacts
from casework.views import Office, office
from foundation import journal
from foundation.context import Context
from foundation.database import lock_row
from foundation.errors import BadInput, NotFound, Refused

NOTICE = "rectification_notice"
MOST_PROBLEMS = 50
MOST_TEXT = 4000


def order(
    ctx: Context,
    actor: Actor,
    *,
    agency_id: str,
    problems: Sequence[Mapping[str, str]],
    requirement: str,
    due_on: dt.date,
    case_id: str | None = None,
    contact: str = "",
) -> OrderFacts:
    """Open an order with its notice, a draft; the unit knows of it once the notice is issued (`sent`).

    Args:
        ctx: The floor.
        actor: Who supervises.
        agency_id: The unit.
        problems: `problem` and `clause` of each.
        requirement: What is to be done.
        due_on: Until when.
        case_id: A case of the unit, when the order is about one.
        contact: Whom to ask.

    Raises:
        BadInput: Something is missing, or the day lies before tomorrow.
        NotFound: There is no such unit or case for this actor.
        Forbidden: The policy says no.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        _require(actor, Permission.RECTIFICATION_ISSUE, agency_id)
        case = _case(at, actor, agency_id, case_id)
        found, asked = _problems(problems), _text(requirement, "requirement", "整改要求")
        if due_on <= at.today:
            raise BadInput("整改期限应在今天之后。", remedy="另选日期。", path="due_on")
        data = _notice(at, actor, agency_id, found, requirement=asked, due_on=due_on, contact=clean(contact))
        notice = open_paper(at, actor, Opening(type=NOTICE, data=data))
        row = CorrectionOrderRow(
            id=ctx.ids.new(),
            agency_id=agency_id,
            body_id=actor.agency_id,
            case_id=case.id if case else None,
            document_id=notice.id,
            problems=found,
            requirement=asked,
            due_on=due_on,
            ordered_by=actor.account_id,
            ordered_at=ctx.clock.now(),
        )
        _note(at, actor, row, "correction.ordered", notice=notice.id, due_on=due_on)
        session.add(row)
        session.flush()
        return _known(at, row.id)


def _case(at: Office, actor: Actor, agency_id: str, case_id: str | None) -> CaseFacts | None:
    if not case_id:
        return None
    shelf.lock_case(at.session, case_id)
    case = queries.case_facts(at.session, case_id)
    require_on(at, actor, Permission.CASE_READ, case=case)
    if case.agency_id != agency_id:
        raise BadInput("案件不属于这个单位。", remedy="选择该单位的案件。", path="case_id")
    return case


def _problems(given: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    found = [{"problem": clean(p.get("problem", "")), "clause": clean(p.get("clause", ""))} for p in given]
    found = [p for p in found if p["problem"] or p["clause"]]
    if not found or len(found) > MOST_PROBLEMS or not all(p["problem"] for p in found):
        raise BadInput("没有写明问题。", remedy=f"逐项写明问题，最多{MOST_PROBLEMS}项。", path="problems[0].problem")
    return found


def _text(text: str, path: str, label: str) -> str:
    words = clean(text, lines=True)
    if not 0 < len(words) <= MOST_TEXT:
        raise BadInput(f"没有填写{label}，或超过{MOST_TEXT}字。", remedy=f"填写{label}。", path=path)
    return words


def _notice(
    at: Office, actor: Actor, agency_id: str, problems: Sequence[Mapping[str, str]], **words: Any
) -> dict[str, Any]:
    """Return what the notice says."""
    unit, body = (agencies.agency_facts(at.session, one, at.today).name for one in (agency_id, actor.agency_id))
    settings = at.settings_today(actor.agency_id)
    rows = [{"item_no": str(n), **p} for n, p in enumerate(problems, 1)]
    data = {
        "target": unit,
        "problems": [{k: v for k, v in row.items() if v} for row in rows],
        "requirement": words["requirement"],
        "deadline": words["due_on"].isoformat(),
        "agency": body,
        "agency_contact": words["contact"] or settings.get("contact"),
        "agency_address": settings.get("address"),
    }
    return {k: v for k, v in data.items() if v}


def sent(ctx: Context, actor: Actor, order_id: str) -> OrderFacts:
    """Let an order reach its unit, now that its notice is issued; twice gives the same.

    Raises:
        Refused: The notice is not issued.
        NotFound: There is no such order of the actor's body.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        row = _locked(at, actor, order_id, Permission.RECTIFICATION_ISSUE)
        if queries.document_facts(session, row.document_id).status not in DONE:
            raise Refused("整改通知书还没有制发。", remedy="先制发通知书。")
        if row.sent_at is None:
            _note(at, actor, row, "correction.sent", notice=row.document_id)
            row.sent_at = ctx.clock.now()
            session.flush()
        return _known(at, order_id)


def answer(ctx: Context, actor: Actor, order_id: str, text: str) -> OrderFacts:
    """Say what the unit did.

    Raises:
        BadInput: Nothing is said.
        Refused: The order waits for the body, or is closed.
        NotFound: There is no such order to the actor's unit.
    """
    words = _text(text, "text", "整改情况")
    with ctx.database.write() as session:
        at = office(ctx, session)
        row = _locked(at, actor, order_id, Permission.RECTIFICATION_ANSWER)
        known = _known(at, order_id)
        if known.state not in ("sent", "returned"):
            raise Refused(f"这份整改通知“{orders.STATES[known.state]}”，不能报告。", remedy="等监督机关核查。")
        _note(at, actor, row, "correction.answered", seq=len(known.answers) + 1)
        session.add(
            CorrectionAnswerRow(
                order_id=order_id,
                seq=len(known.answers) + 1,
                agency_id=row.agency_id,
                text=words,
                by=actor.account_id,
                at=ctx.clock.now(),
            )
        )
        session.flush()
        return _known(at, order_id)


def judge(ctx: Context, actor: Actor, order_id: str, *, accepted: bool, remark: str = "") -> OrderFacts:
    """Accept the unit's answer, which closes the order, or send it back with a remark.

    Raises:
        BadInput: It is sent back without a remark.
        Refused: There is no answer to judge.
        NotFound: There is no such order of the actor's body.
    """
    words = clean(remark, lines=True)[:MOST_TEXT]
    if not accepted and not words:
        raise BadInput("没有写明哪里没有整改到位。", remedy="填写核查意见。", path="remark")
    with ctx.database.write() as session:
        at = office(ctx, session)
        row = _locked(at, actor, order_id, Permission.RECTIFICATION_ISSUE)
        known = _known(at, order_id)
        if known.state != "answered":
            raise Refused("没有等待核查的整改报告。", remedy="等单位报告整改情况。")
        last = session.get_one(CorrectionAnswerRow, (order_id, known.answers[-1].seq))
        _note(at, actor, row, "correction.accepted" if accepted else "correction.sent_back", seq=last.seq)
        last.accepted, last.remark, last.judged_by, last.judged_at = accepted, words, actor.account_id, ctx.clock.now()
        row.closed_at = ctx.clock.now() if accepted else None
        session.flush()
        return _known(at, order_id)


def orders_for(ctx: Context, actor: Actor) -> Sequence[OrderFacts]:
    """Return the orders that the actor's body gave, and those that reached the actor's unit."""
    own = [actor.agency_id]
    bodies = own if _may(actor, Permission.RECTIFICATION_ISSUE, actor.agency_id) else []
    units = own if _may(actor, Permission.RECTIFICATION_ANSWER, actor.agency_id) else []
    if not bodies and not units:
        raise refusal(
            _verdict(actor, Permission.RECTIFICATION_ANSWER, actor.agency_id), Permission.RECTIFICATION_ANSWER
        )
    with ctx.database.read() as session:
        return orders.orders_of(session, bodies=bodies, units=units)


def order_facts(ctx: Context, actor: Actor, order_id: str) -> OrderFacts:
    """Return one of those orders.

    Raises:
        NotFound: There is no such order for this actor.
    """
    found = next((o for o in orders_for(ctx, actor) if o.id == order_id), None)
    if found is None:
        raise _no_order()
    return found


def _locked(at: Office, actor: Actor, order_id: str, permission: Permission) -> CorrectionOrderRow:
    known = orders.find(at.session, order_id)
    if known is None:
        raise _no_order()
    is_body = permission is Permission.RECTIFICATION_ISSUE
    if actor.agency_id != (known.body_id if is_body else known.agency_id) or (not is_body and known.sent_at is None):
        raise _no_order()
    _require(actor, permission, known.agency_id)
    if known.case_id:
        shelf.lock_case(at.session, known.case_id)
    row: CorrectionOrderRow = lock_row(at.session, CorrectionOrderRow, order_id)
    return row


def _known(at: Office, order_id: str) -> OrderFacts:
    found = orders.find(at.session, order_id)
    if found is None:
        raise _no_order()
    return found


def _no_order() -> NotFound:
    return NotFound("没有这份整改通知。", remedy="在整改通知页面选择。")


def _verdict(actor: Actor, permission: Permission, agency_id: str) -> Any:
    return decide(actor, permission, Record(kind="agency", agency_id=agency_id))


def _may(actor: Actor, permission: Permission, agency_id: str) -> bool:
    return bool(_verdict(actor, permission, agency_id).allowed)


def _require(actor: Actor, permission: Permission, agency_id: str) -> None:
    verdict = _verdict(actor, permission, agency_id)
    if verdict.hidden:
        raise absent("agency")
    if not verdict.allowed:
        raise refusal(verdict, permission)


def _note(at: Office, actor: Actor, row: CorrectionOrderRow, kind: str, **data: Any) -> None:
    stream = f"case:{row.case_id}" if row.case_id else f"agency:{row.agency_id}"
    event = {"order": row.id, "body": row.body_id, **data}
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)
