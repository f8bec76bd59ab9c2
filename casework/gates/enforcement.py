"""Gates of execution: cash on the spot, late fine, demand, court (G15, G16)."""

from collections.abc import Iterator

from casework.facts import DocumentFacts
from casework.figures import figure, source
from casework.gates.api import CaseView, gate, instant, money, name_of, rows
from foundation.errors import Finding

DECISIONS = ("penalty_decision", "summary_penalty_decision")
CASH = ("summary_penalty_decision", "onsite_fine_record")
BOTH = ("issue", "approve")
COURT = ("court_application_approval", "court_application")


def _finding(code: str, article: str, message: str, remedy: str, path: str = "") -> Finding:
    return Finding(code=code, article=article, message=message, remedy=remedy, who="承办人", path=path)


@gate("G15", "当场收缴罚款的法定情形", "A22.1", "罚68", "罚69", types=CASH)
def cash_grounds(view: CaseView) -> Iterator[Finding]:
    """Refuse cash without one of the law's grounds, above its ceiling, without the party's request or a receipt."""
    if view.type == "summary_penalty_decision" and view.value("collect_way") != "当场收缴":
        return
    ground, amount = str(view.value("ground") or view.value("onsite_ground") or ""), money(view.value("amount"))
    limit = figure(view.settings, "onsite_cash", "other")
    if not ground:
        remedy = "选择罚68、69规定的情形，或改为银行缴纳。"
        yield _finding("G15", "A22.1", "没有写明当场收缴的法定情形。", remedy, "ground")
    if ground.startswith("100元以下") and amount is not None and amount > limit:
        message = f"罚款{amount:,}元，不属于{limit:,}元以下（{source('onsite_cash')}）。"
        yield _finding("G15", "A22.1", message, "改为银行缴纳，或写明其他法定情形。", "ground")
    if ground.startswith("边远") and view.type == "onsite_fine_record" and not view.value("party_request"):
        yield _finding("G15", "A22.1", "边远地区当场收缴须由当事人提出。", "填写当事人的请求。", "party_request")
    if not view.value("receipt_no"):
        message = "没有财政专用票据号，当事人有权拒绝缴纳。"
        yield _finding("G15", "A22.1", message, "出具票据并填写票据号。", "receipt_no")


@gate("G15", "交付决定书后才收缴，数额一致", "A22.1", "罚68", "罚70", types=["onsite_fine_record"])
def cash_after_decision(view: CaseView) -> Iterator[Finding]:
    """Refuse cash taken before the decision was handed over, or of another amount or receipt."""
    decision = view.target() or view.latest(*DECISIONS)
    if decision is None:
        return
    handed = [f.at for f in decision.slots if f.role == "party"] or ([decision.issued_at] if decision.issued_at else [])
    taken = instant(view.value("collected_at"))
    if taken and handed and taken < min(handed):
        yield _finding("G15", "A22.1", "收缴时间早于决定书交付时间。", "核对收缴时间。", "collected_at")
    decided, paid = money(decision.data.get("amount")), money(view.value("amount"))
    if decided is not None and paid is not None and decided != paid:
        message = f"收缴{paid:,}元与决定的{decided:,}元不一致。"
        yield _finding("G15", "A22.1", message, "按决定书数额收缴。", "amount")


@gate("G21", "逾期后才加处罚款，且不超过本金", "A28.1", "罚72(1)(一)", "强45", types=["late_fine_notice"])
def late_fine_within_cap(view: CaseView) -> Iterator[Finding]:
    """Refuse a late fine before the payment period is over, or above its principal."""
    ends = [d.last_day for d in view.deadlines_of("fine_payment")]
    if ends and view.today <= max(ends):
        message = f"缴款期限到{max(ends):%Y-%m-%d}才届满。"
        yield _finding("G21", "A28.1", message, "期限届满后仍未缴纳的再加处罚款。")
    fine, principal = money(view.value("late_fine")), money(view.value("principal"))
    if fine is not None and principal is not None and fine > principal:
        yield _finding("G21", "A28.1", "加处罚款超过罚款本金。", f"不得超过{principal:,}元。", "late_fine")


@gate("G16", "催告送达满十个工作日", "A29.1", "A30.1", "强54", types=COURT, acts=BOTH)
def demanded_first(view: CaseView) -> Iterator[Finding]:
    """Ask a served demand whose ten working days are over, and the party's answer reviewed (G5)."""
    demand = view.latest("demand_letter")
    served = view.served_on(demand) if demand else None
    if served is None:
        yield _finding("G16", "A29.1", f"{name_of(view, 'demand_letter')}没有有效送达。", "先催告并送达。")
        return
    ends = [d.last_day for d in view.deadlines_of("demand_wait")]
    if not ends or view.today <= max(ends):
        till = f"到{max(ends):%Y-%m-%d}才届满" if ends else "没有起算"
        yield _finding("G16", "A29.1", f"催告后的十个工作日{till}。", "届满后仍不履行的再申请。")


@gate("G16", "起诉期限届满、没有未终结的救济、在三个月内", "A30.1", "强53", "罚72(2)", types=COURT, acts=BOTH)
def within_window(view: CaseView) -> Iterator[Finding]:
    """Ask that every period to sue is over (of the fine and of a separate late fine) and the window is open."""
    suing = [d for d in view.deadlines_of("litigation") if d.last_day >= view.today]
    for deadline in suing:
        message = f"{deadline.title}到{deadline.last_day:%Y-%m-%d}才届满。"
        yield _finding("G16", "A30.1", message, "各项决定的起诉期限都届满后再申请。")
    windows = [d.last_day for d in view.deadlines_of("court_window") if d.met_on is None]
    if windows and view.today > max(windows):
        message = f"申请法院强制执行的期限已于{max(windows):%Y-%m-%d}届满。"
        yield _finding("G16", "A30.1", message, "由法制科研究：除有正当理由外，法院不予受理（行诉解释156）。")
    if not suing and not view.deadlines_of("litigation"):
        yield _finding("G16", "A30.1", "没有起算的起诉期限，决定尚未送达。", "先送达处罚决定书。")
    for remedy in _pending(view):
        message = f"{remedy.data.get('kind', '救济')}尚未终结。"
        yield _finding("G16", "A30.1", message, f"终结后在{name_of(view, 'remedy_register')}登记结果。")


def _pending(view: CaseView) -> tuple[DocumentFacts, ...]:
    return tuple(d for d in view.done("remedy_register") if not d.data.get("ended_at"))


@gate("G16", "当事人确未履行", "A30.1", "强53", types=COURT)
def not_performed(view: CaseView) -> Iterator[Finding]:
    """Refuse an application after full performance."""
    record = view.latest("performance_record")
    items = list(rows(record.data.get("items"))) if record else []
    if items and all(row.get("status") in ("已履行", "履行完毕") for row in items):
        yield _finding("G16", "A30.1", "履行情况记录载明已经履行。", "已履行的不再申请强制执行。")


GATES = (cash_grounds, cash_after_decision, late_fine_within_cap, demanded_first, within_window, not_performed)
