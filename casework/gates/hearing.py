"""Gates of notice and hearing: who is owed a hearing, when it is called, who presides (G6)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from casework.facts import DocumentFacts
from casework.figures import figure, read, source
from casework.gates.api import CaseView, day, gate, money, name_of, rows, working_days_between
from foundation.clock import legal_date
from foundation.errors import Finding

BOTH = ("issue", "approve")
DECIDES = ("decision_approval", "penalty_decision")
CONFISCATED = re.compile(r"没收(?:违法所得|非法财物)[^，。；、\d]{0,20}(\d[\d,]*(?:\.\d+)?)(万?)元")
"""What a proposal's words say is taken: 没收违法所得12,000元, 没收非法财物（价值1.2万元）."""


@gate("G6", "达到听证标准的告知听证权", "A13.6", "罚63", types=["penalty_prior_notice", *DECIDES], acts=BOTH)
def hearing_offered(view: CaseView) -> Iterator[Finding]:
    """Ask a hearing notice of rights when the proposed penalty reaches the threshold or is one of the law's list."""
    why = _reason_for_hearing(view)
    if not why or (view.type in DECIDES and view.done("hearing_rights_notice")):
        return
    yield Finding(
        code="G6",
        article="A13.6",
        message=f"{why}，应当告知当事人有要求听证的权利（{source('hearing')}）。",
        remedy=f"改发{name_of(view, 'hearing_rights_notice')}并送达。",
        who="承办人",
    )


def _reason_for_hearing(view: CaseView) -> str:
    amount = _proposed_amount(view)
    limit = figure(view.settings, "hearing", view.party_kind())
    if amount is not None and amount >= limit:
        return f"拟罚款{amount:,}元，达到听证标准{limit:,}元"
    taken, limit = _taken(view), figure(view.settings, "hearing_confiscation", view.party_kind())
    if taken is not None and taken >= limit:
        return f"拟没收{taken:,}元，达到听证标准{limit:,}元（{source('hearing_confiscation')}）"
    words = f"{view.value('proposed_penalty') or ''}{[r.get('kind') for r in rows(view.value('penalty'))]}"
    listed = next((w for w in read("thresholds")["hearing_kinds"]["words"] if w in words), "")
    return f"拟作出“{listed}”的处罚" if listed else ""


def _taken(view: CaseView) -> Decimal | None:
    """Return the largest sum or worth that is to be confiscated, as rows or words say."""
    said = CONFISCATED.findall(str(view.value("proposed_penalty") or ""))
    amounts = [Decimal(figures.replace(",", "")) * (10_000 if wan else 1) for figures, wan in said]
    listed = (money(r.get("amount")) for r in rows(view.value("penalty")) if "没收" in str(r.get("kind")))
    return max([*amounts, *(a for a in listed if a is not None)], default=None)


def _proposed_amount(view: CaseView) -> Decimal | None:
    notice = view.latest("penalty_prior_notice", "hearing_rights_notice")
    amounts = [money(view.value("amount")), money(notice.data.get("amount")) if notice else None]
    known = [a for a in amounts if a is not None]
    return max(known) if known else None


@gate("G6", "按期要求的听证在决定前举行", "A13.6", "罚63", "罚64", types=DECIDES, acts=BOTH)
def hearing_held(view: CaseView) -> Iterator[Finding]:
    """Ask a hearing with its report, or a served termination, after a request in time; a late one is rejected."""
    for request in view.done("hearing_application"):
        if _is_in_time(view, request):
            if not _has_outcome(view):
                yield _no_hearing(view)
        elif not any(view.is_served(d) for d in view.done("hearing_reject_notice")) and not _has_outcome(view):
            yield Finding(
                code="G6",
                article="A13.6",
                message="逾期提出的听证申请还没有答复。",
                remedy="制发《不予听证通知书》并送达，或者同意听证。",
                who="承办人",
            )


def _is_in_time(view: CaseView, request: DocumentFacts) -> bool:
    asked = day(request.data.get("applied_at"))
    ends = [d.last_day for d in view.deadlines_of("hearing_request")]
    return asked is None or not ends or asked <= max(ends)


def _has_outcome(view: CaseView) -> bool:
    held = bool(view.done("hearing_record")) and bool(view.done("hearing_report"))
    return held or any(view.is_served(d) for d in view.done("hearing_termination"))


def _no_hearing(view: CaseView) -> Finding:
    return Finding(
        code="G6",
        article="A13.6",
        message="当事人按期要求听证，听证没有举行完毕，不得作出决定。",
        remedy=f"举行听证，制作{name_of(view, 'hearing_record')}和{name_of(view, 'hearing_report')}，或送达终止通知。",
        who="听证主持人",
    )


@gate("G6", "听证七个工作日前通知", "A13.6", "罚64(二)", "许48(1)(一)", types=["hearing_notice", "hearing_record"])
def called_in_time(view: CaseView) -> Iterator[Finding]:
    """Ask seven full working days before the hearing: from issue for the notice, from its service for the record."""
    wanted = int(figure(view.settings, "hearing_notice_days", "other"))
    if view.type == "hearing_notice":
        notice, told = view.document, view.today
    else:
        last = view.latest("hearing_notice")
        if last is None:
            return
        notice, told_on = last, view.served_on(last)
        if told_on is None:
            yield _not_called(view)
            return
        told = told_on
    held = day((view.values if notice is view.document else notice.data).get("hearing_time"))
    if held is not None and working_days_between(view, told, held) < wanted:
        yield Finding(
            code="G6",
            article="A13.6",
            path="hearing_time",
            message=f"听证应在举行{wanted}个工作日前通知，{told:%Y-%m-%d}到{held:%Y-%m-%d}之间不足。",
            remedy="推迟听证时间后重新通知。",
            who="承办人",
        )


def _not_called(view: CaseView) -> Finding:
    return Finding(
        code="G6",
        article="A13.6",
        message=f"{name_of(view, 'hearing_notice')}没有有效送达。",
        remedy="先送达听证通知书。",
        who="承办人",
    )


@gate(
    "G6",
    "主持人不是本案调查人员",
    "A13.6",
    "罚64(四)",
    "许48(1)(三)",
    types=["hearing_notice", "hearing_record", "hearing_report"],
)
def presider_apart(view: CaseView) -> Iterator[Finding]:
    """Refuse a presider or clerk who handles the case."""
    signed = {f.person_id for f in view.document.slots if f.role in ("presider", "hearing_clerk")}
    names = {str(view.value(n)) for n in ("presider", "clerk", "assessors") if view.value(n)}
    if signed & view.member_ids() or names & view.member_names():
        yield Finding(
            code="G6",
            article="A13.6",
            path="presider",
            message="听证主持人、记录人由本案调查人员担任。",
            remedy="另行指定与本案无关的人员。",
            who="行政机关负责人",
        )


@gate("G6", "决定只依据听证质证过的证据", "A13.6", "罚65", types=["penalty_decision"])
def examined_evidence(view: CaseView) -> Iterator[Finding]:
    """Refuse evidence that was not examined at the hearing; rows are known by number, or by name through the draft."""
    record = view.latest("hearing_record")
    if record is None:
        return
    examined = {str(r.get("item_no")) for r in rows(record.data.get("evidence_exam"))}
    draft = view.latest("decision_drafting_record")
    by_name = {str(r.get("name")): str(r.get("item_no")) for r in rows(draft.data.get("evidence") if draft else ())}
    for at, row in enumerate(rows(view.value("evidence"))):
        name = str(row.get("name", ""))
        if str(row.get("item_no")) not in examined and by_name.get(name) not in examined:
            yield Finding(
                code="G6",
                article="A13.6",
                path=f"evidence[{at}]",
                message=f"证据“{name}”没有在{legal_date(record.issued_at or view.now):%Y-%m-%d}的听证中质证。",
                remedy="删去该证据，或重新听证质证。",
                who="承办人",
            )


GATES = (hearing_offered, hearing_held, called_in_time, presider_apart, examined_evidence)
