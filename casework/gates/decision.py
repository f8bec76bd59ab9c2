"""Gates of review and decision: notice, defence, legal review, discussion, persons (G4, G5, G7–G10, G14, G19, G23)."""

from collections.abc import Iterator

from casework.facts import DocumentFacts, Procedure
from casework.figures import figure, read, source
from casework.gates.api import CaseView, gate, granted, money, name_of
from catalogue.definitions import DocumentType
from foundation.errors import Finding

NOTICES = ("penalty_prior_notice", "hearing_rights_notice")
DECIDES = ("decision_approval", "penalty_decision")
REVIEWED = (*DECIDES, "court_application_approval")
BOTH = ("issue", "approve")
NO_PENALTY = ("不予处罚", "不予行政处罚", "撤销立案", "移送")


def _proposes_penalty(view: CaseView) -> bool:
    return not any(w in str(view.value("proposed") or "") for w in NO_PENALTY)


def _finding(code: str, article: str, message: str, remedy: str, *, who: str = "承办人", path: str = "") -> Finding:
    return Finding(code=code, article=article, message=message, remedy=remedy, who=who, path=path)


@gate("G4", "处罚前告知，期限届满或明确放弃", "A12.1", "A13.5", "罚44", "罚62", acts=BOTH,
      types=[*DECIDES, "legal_review_opinion", "collective_discussion_record"])  # fmt: skip
def notice_served(view: CaseView) -> Iterator[Finding]:
    """Ask a served notice of rights; before deciding also that the party's time is over or given up."""
    if not _proposes_penalty(view):
        return
    notice = view.latest(*NOTICES)
    served = view.served_on(notice) if notice else None
    if served is None:
        yield _finding("G4", "A12.1", "拟处罚的事实、理由、依据和权利告知书没有有效送达。", "先制发并送达告知书。")
    elif view.type in DECIDES and not _has_waived(view):
        periods = [d for d in view.deadlines_of("statement_defense", "hearing_request") if d.met_on is None]
        open_till = max((d.last_day for d in periods), default=None)
        if open_till and open_till >= view.today and not _has_used_rights(view):
            message = f"当事人陈述、申辩或要求听证的期限到{open_till:%Y-%m-%d}才届满。"
            yield _finding("G4", "A12.1", message, "期限届满后，或当事人书面明确放弃后再作决定。")


def _has_waived(view: CaseView) -> bool:
    return any(d.data.get("waive") is True for d in view.done("statement_defense_record"))


def _has_used_rights(view: CaseView) -> bool:
    """Tell whether the hearing was held: the party has said there what the period is for."""
    return bool(view.done("hearing_report"))


@gate("G5", "陈述申辩逐件复核", "A13.5", "A29.2", "罚45", "强36", types=REVIEWED, acts=BOTH)
def defences_reviewed(view: CaseView) -> Iterator[Finding]:
    """Ask a review of every statement and defence; the hearing report reviews what was said up to it."""
    reviews = view.done("defense_review_opinion")
    report = view.latest("hearing_report")
    for record in view.done("statement_defense_record"):
        at = record.issued_at or view.now
        reviewed = any(r.target_id == record.id for r in reviews)
        heard = report is not None and (report.issued_at or view.now) > at
        if not reviewed and not heard and record.data.get("waive") is not True:
            message = f"{at:%Y-%m-%d}的陈述申辩还没有复核。"
            remedy = f"制作以该笔录为对象的{name_of(view, 'defense_review_opinion')}。"
            yield _finding("G5", "A13.5", message, remedy, who="法制审核人")


@gate("G5", "不因申辩加重处罚，变更依据重新告知", "A13.5", "罚45", types=["penalty_decision"])
def not_heavier(view: CaseView) -> Iterator[Finding]:
    """Refuse a fine above the one told to the party; a changed basis needs a written reason or a new notice."""
    notice = view.latest(*NOTICES)
    if notice is None:
        return
    told, decided = money(notice.data.get("amount")), money(view.value("amount"))
    if told is not None and decided is not None and decided > told:
        message = f"罚款{decided:,}元高于告知的{told:,}元。"
        yield _finding("G5", "A13.5", message, "降低罚款，或就加重的事实和依据重新告知。", path="amount")
    if any(r.data.get("not_heavier") is False for r in view.done("defense_review_opinion")):
        yield _finding("G5", "A13.5", "复核意见没有确认“未因申辩加重处罚”。", "重新复核。", who="法制审核人")
    basis = notice.data.get("penalty_basis")
    if basis and view.value("penalty_basis") not in (None, basis):
        yield Finding(
            code="G5",
            article="A13.5",
            path="penalty_basis",
            message="处罚依据与告知书不一致。",
            remedy="重新告知；只是文字更正的，写明理由。",
            who="承办人",
            soft=True,
        )


@gate("G7", "决定前经法制审核同意", "A17.1", "罚58", types=["decision_approval"], acts=BOTH)
def legally_reviewed(view: CaseView) -> Iterator[Finding]:
    """Ask an agreeing review, by somebody outside the case, of the text that is decided."""
    if not _review_is_due(view):
        return
    opinion = view.latest("legal_review_opinion")
    if opinion is None or not _agrees(view, opinion):
        said = f"法制审核意见为“{opinion.data.get('suggestion')}”" if opinion else "还没有法制审核意见"
        remedy = "按审核意见修改后重新送审，取得“同意”。"
        yield _finding("G7", "A17.1", f"{said}，不得报请决定。", remedy, who="法制审核人")
        return
    reviewers = {f.person_id for f in opinion.slots if f.role in ("legal_reviewer", "legal_head")}
    if reviewers & view.member_ids():
        yield _finding("G7", "A17.1", "法制审核人是本案承办人员。", "由未承办本案的人员重新审核。", who="法制科负责人")
    if message := _text_changed(view, opinion):
        yield _finding("G7", "A17.1", message, "就最新起草记录重新送审。")


def _review_is_due(view: CaseView) -> bool:
    report = view.latest("investigation_report")
    said = report is not None and report.data.get("legal_review_needed") is True
    return bool(view.settings.get("legal_review.all", True)) or said or bool(view.done("hearing_record"))


def _agrees(view: CaseView, opinion: DocumentFacts) -> bool:
    """Tell whether it agrees, or its correction was adopted in a draft made after it."""
    if opinion.data.get("suggestion") == "同意":
        return True
    adopted = any(d.target_id == opinion.id for d in view.done("decision_drafting_record"))
    return opinion.data.get("suggestion") == "纠正" and adopted


def _text_changed(view: CaseView, opinion: DocumentFacts) -> str:
    submission = view.find(opinion.target_id)
    reviewed = view.find(submission.target_id) if submission else None
    draft = view.latest("decision_drafting_record")
    record, report = view.latest("hearing_record"), view.latest("hearing_report")
    if draft is None or reviewed is None:
        return "法制审核没有指明所审的起草记录。"
    if draft.id != reviewed.id and draft.target_id != opinion.id:
        return "审核之后又有新的起草记录，所审文本不是所决定的文本。"
    changed = report is not None and report.data.get("suggestion") != "维持拟处罚"
    if changed and record and draft.issued_at and record.issued_at and draft.issued_at < record.issued_at:
        return "听证后处理意见有变更，却没有重新起草。"
    return ""


@gate("G8", "情节复杂或重大违法集体讨论", "A19.1", "罚57(2)", types=["decision_approval"], acts=BOTH)
def discussed(view: CaseView) -> Iterator[Finding]:
    """Ask the leaders' discussion where rules/thresholds.yaml says that one is needed."""
    rule = read("thresholds")["collective"]
    reasons = [row["why"] for row in rule["needed"] if _calls_for_discussion(view, row)]
    if reasons and not view.done("collective_discussion_record"):
        message = f"{'、'.join(reasons)}，应当由负责人集体讨论（{rule['source']}）。"
        remedy = f"集体讨论并制作{name_of(view, 'collective_discussion_record')}。"
        yield _finding("G8", rule["article"], message, remedy, who="行政机关负责人")


def _calls_for_discussion(view: CaseView, row: dict[str, str]) -> bool:
    paper = view.latest(row["doc"])
    if paper is None or not view.settings.get(row.get("setting", ""), True):
        return False
    return "field" not in row or paper.data.get(row["field"]) is True


def _has_approval(definition: DocumentType) -> bool:
    return any(s.part in ("review", "approve") for s in definition.slots)


@gate("G9", "承办、审核、批准三人不同", "A37.1", applies=_has_approval, acts=BOTH)
def three_persons(view: CaseView) -> Iterator[Finding]:
    """Refuse one person in two of propose, review and approve, and an approver who handles the case.

    Of a signature by delegation both count: who really signs, and for whom.
    """
    parts = ("propose", "review", "approve")
    by_part = {p: {i for f in view.fills(p) for i in (f.person_id, f.for_id) if i} for p in parts}
    pairs = (("propose", "review", "承办人审核了自己的承办意见"), ("propose", "approve", "承办人批准了自己的承办意见"),
             ("review", "approve", "审核人与批准人是同一人"))  # fmt: skip
    for one, other, message in pairs:
        if by_part[one] & by_part[other]:
            yield _finding("G9", "A37.1", f"{message}。", "换由另一人签署。", who="行政机关负责人")
    if by_part["approve"] & view.member_ids():
        yield _finding("G9", "A37.1", "批准人是本案承办人员。", "由未承办本案的负责人批准。", who="行政机关负责人")


def _is_head_matter(definition: DocumentType) -> bool:
    return definition.id in read("thresholds")["head_only"]["types"] or definition.id == "matter_approval"


@gate("G10", "只能由行政机关负责人批准的事项", "A20.1", "罚43", "罚56", "罚57", "罚66", "强18", "强55", "移5",
      applies=_is_head_matter, acts=BOTH)  # fmt: skip
def head_only(view: CaseView) -> Iterator[Finding]:
    """Refuse an approval below the head of the agency where the law names the head."""
    rule = read("thresholds")["head_only"]
    target = str(view.value("target_doc") or "")
    law = rule["types"].get(view.type) or rule["targets"].get(target)
    wrong = [f for f in view.fills("approve") if f.role != "agency_head" or f.for_id]
    if law and wrong:
        message = f"这一事项只能由行政机关负责人批准（{law}），不能由{wrong[0].name}批准。"
        yield _finding("G10", "A20.1", message, "报行政机关负责人批准。", who="行政机关负责人")


@gate("G14", "当场处罚不超过上限", "A22.1", "罚51", types=["summary_penalty_decision"])
def summary_ceiling(view: CaseView) -> Iterator[Finding]:
    """Refuse a fine above the ceiling of the party's kind, or a summary decision outside a summary case."""
    kind, amount = view.party_kind(), money(view.value("amount"))
    limit = figure(view.settings, "summary_ceiling", kind)
    if amount is not None and amount > limit:
        message = f"对{kind}当场罚款{amount:,}元，超过上限{limit:,}元（{source('summary_ceiling')}）。"
        yield _finding("G14", "A22.1", message, "改用普通程序。", path="amount")
    if view.case and view.case.procedure is not Procedure.SUMMARY:
        yield _finding("G14", "A22.1", "本案不是简易程序，不得当场处罚。", "按普通程序办理。")


def _tells_remedies(definition: DocumentType) -> bool:
    return definition.find_field("reconsideration_days") is not None


@gate(
    "G23",
    "救济途径和期限不少于法律规定",
    "A21.1",
    "复20(1)",
    "复23(1)(一)",
    "复23(2)",
    "诉45",
    "诉46(1)",
    applies=_tells_remedies,
)
def remedies_told(view: CaseView) -> Iterator[Finding]:
    """Refuse remedy periods below the law's, and a penalty on the spot that does not name reconsideration first."""
    rule = read("thresholds")["remedy"]
    if view.type in rule["first"]["types"] and view.value("reconsideration_first") is False:
        message = f"当场处罚决定应当告知先申请行政复议（{rule['first']['source']}）。"
        yield _finding("G23", "A21.1", message, "“是否复议前置”改为“是”。", path="reconsideration_first")
    for name in ("reconsideration_days", "litigation_months", "litigation_days"):
        row, told = rule[name], money(view.value(name))
        if told is not None and told < row["least"]:
            yield Finding(
                code="G23",
                article="A21.1",
                path=name,
                message=f"{row['title']}{told}，少于法律规定的{row['least']}（{row['source']}）。",
                remedy=f"改为{row['least']}" + ("；其他法律另有规定的，写明依据。" if row["law_may_shorten"] else "。"),
                who="承办人",
                soft=row["law_may_shorten"],
            )


@gate("G19", "涉嫌犯罪的移送，不以罚代刑", "A21.1", "罚27", "罚57(1)(四)", types=[*DECIDES], acts=BOTH)
def crime_goes_to_police(view: CaseView) -> Iterator[Finding]:
    """Refuse a penalty after an approved transfer for crime or a review that asks for it."""
    transferred = any(granted(d) for d in view.done("crime_transfer_approval"))
    opinion = view.latest("legal_review_opinion")
    if _proposes_penalty(view) and (transferred or (opinion and opinion.data.get("suggestion") == "移送")):
        message = "案件涉嫌犯罪，应当移送，不得以行政处罚代替。"
        yield _finding("G19", "A21.1", message, "办理移送；司法机关退回后再处理。")


GATES = (notice_served, defences_reviewed, not_heavier, legally_reviewed, discussed, three_persons, head_only,
         summary_ceiling, remedies_told, crime_goes_to_police)  # fmt: skip
