"""Gates of closing and keeping: nothing left open, nothing issued is changed (G17, G18)."""

from collections.abc import Iterator

from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE, CaseView, gate, name_of
from foundation.clock import legal_date
from foundation.errors import Finding

CLOSING = ("case_closing_report",)
TO_PARTY = ("receipt_required", "signed_on_document")
ENFORCED = ("court_result_register", "onsite_fine_record", "enforcement_site_record", "payment_voucher")


def _finding(article: str, message: str, remedy: str, who: str = "承办人") -> Finding:
    return Finding(code="G17", article=article, message=message, remedy=remedy, who=who)


@gate("G17", "对外文书全部送达", "A23.1", "A31.1", types=CLOSING)
def all_served(view: CaseView) -> Iterator[Finding]:
    """Ask that every paper for the party reached it."""
    for paper in view.documents:
        known = view.definitions.get(paper.type)
        if known and known.service in TO_PARTY and paper.status in DONE and not view.is_served(paper):
            number = f"（{paper.number}）" if paper.number else ""
            yield _finding("A23.1", f"{name_of(view, paper.type)}{number}没有送达。", "送达并取得签收。")


@gate("G17", "音像全部存入系统", "A31.2", types=CLOSING)
def all_stored(view: CaseView) -> Iterator[Finding]:
    """Ask that every announced recording has its file."""
    for recording in view.recordings:
        if recording.stored_at is None:
            yield _finding("A31.2", f"音像{recording.number}还没有存入系统。", "上传原始文件。", "承办人")


@gate("G17", "先行登记保存的物品已经处理", "A15.1", "罚56", types=CLOSING)
def things_handled(view: CaseView) -> Iterator[Finding]:
    """Ask a disposal decision for every preservation notice."""
    handled = {d.target_id for d in view.done("preservation_disposal_decision")}
    for notice in view.done("preservation_notice"):
        if notice.id not in handled:
            remedy = f"制发并送达{name_of(view, 'preservation_disposal_decision')}。"
            yield _finding("A15.1", f"{notice.number or '先行登记保存通知书'}保存的物品还没有处理。", remedy)


@gate("G17", "履行情况已经记录", "A28.1", "A30.1", types=CLOSING)
def performance_recorded(view: CaseView) -> Iterator[Finding]:
    """Ask a record of performance after a decision, and the court's result after an application."""
    decided = view.done("penalty_decision", "summary_penalty_decision")
    fined = [d for d in decided if d.data.get("kind") != "警告"]
    if fined and not view.done("performance_record", *ENFORCED):
        yield _finding("A28.1", "处罚决定的履行情况没有记录。", f"制作{name_of(view, 'performance_record')}。")
    results = view.done("court_result_register")
    if view.done("court_application") and not any(_is_final(r) for r in results):
        yield _finding("A30.1", "法院强制执行没有登记结果。", f"制作{name_of(view, 'court_result_register')}。")


def _is_final(result: DocumentFacts) -> bool:
    executed = result.data.get("result") in ("执行完毕", "终结", "终结本次")
    return executed or result.data.get("ruling") in ("不予受理", "不准予执行")


@gate("G17", "责令改正已经复查", "A28.2", "罚28", types=CLOSING)
def correction_rechecked(view: CaseView) -> Iterator[Finding]:
    """Ask for every order a last recheck that says 已改正, or a court's result that ends the matter."""
    for order in view.done("correction_order"):
        checks = [d for d in view.done("correction_recheck_record") if d.target_id == order.id]
        corrected = bool(checks) and checks[-1].data.get("result") == "已改正"
        if not corrected and not view.done(*ENFORCED):
            state = f"最近一次复查为“{checks[-1].data.get('result')}”" if checks else "没有复查"
            yield _finding("A28.2", f"责令改正（{order.number}）{state}。", "复查至已改正，或记录后续处理。")


@gate("G17", "简易程序已记录过程并备案", "A22.1", "罚52", types=CLOSING)
def summary_filed(view: CaseView) -> Iterator[Finding]:
    """Ask the process record with its review and the filing form of a summary decision."""
    if not view.done("summary_penalty_decision"):
        return
    record = view.latest("summary_process_record")
    if record is None or not record.data.get("review"):
        remedy = f"制作{name_of(view, 'summary_process_record')}。"
        yield _finding("A22.1", "简易程序过程没有逐项记录，或没有申辩复核。", remedy)
    if not view.done("summary_filing_form"):
        yield _finding("A22.1", "当场处罚没有备案。", f"制作{name_of(view, 'summary_filing_form')}报法制科。")


@gate("G17", "没有未办完的文书", "A31.1", types=CLOSING)
def nothing_open(view: CaseView) -> Iterator[Finding]:
    """Refuse to close while another paper is on its way to be issued."""
    on_their_way = (Status.SIGNING, Status.ISSUING)
    for paper in view.documents:
        if paper.status in on_their_way and paper.id != view.document.id:
            yield _finding("A31.1", f"《{paper.title}》还在签批或制发中。", "制发完毕或作废后再结案。")


@gate("G18", "已制发的文书不得修改", "A36.3", "档21", acts=["revise"])
def immutable(view: CaseView) -> Iterator[Finding]:
    """Refuse any change of what was issued, or is being issued."""
    paper = view.document
    if paper.status in (Status.DRAFT, Status.SIGNING, Status.RETURNED):
        return
    when = f"（{legal_date(paper.issued_at):%Y-%m-%d}）" if paper.issued_at else ""
    yield Finding(
        code="G18",
        article="A36.3",
        message=f"《{paper.title}》已经制发{when}或已作废，不能修改或删除。",
        remedy="有误的制发《文书补正（更正）通知书》；决定错误的按撤销（变更）程序办理。",
        who="承办人",
    )


GATES = (all_served, all_stored, things_handled, performance_recorded, correction_rechecked, summary_filed,
         nothing_open, immutable)  # fmt: skip
