"""Gates of service: a receipt proves it or there was none (G12, G13)."""

import datetime as dt
from collections.abc import Iterator

from casework.facts import Status
from casework.gates.api import DONE, CaseView, day, gate, instant, name_of, rows
from foundation.errors import Finding

NEEDS_SERVED = {
    "performance_record": ("penalty_decision", "summary_penalty_decision", "correction_order"),
    "late_fine_notice": ("penalty_decision", "summary_penalty_decision"),
    "demand_letter": ("penalty_decision", "summary_penalty_decision", "correction_order"),
    "correction_recheck_record": ("correction_order",),
    "hearing_application": ("hearing_rights_notice", "interested_party_notice"),
    "onsite_fine_record": ("summary_penalty_decision", "penalty_decision"),
}
"""Papers that follow from the effect of another one."""

WAYS = {
    "直接": (("signer", "签收人"), ("signer_relation", "签收人与受送达人的关系"), ("received_at", "收到时间")),
    "留置": (("refuse_reason", "拒收事由"), ("refuse_date", "拒收日期")),
    "邮寄": (("ems_no", "邮政特快专递单号"), ("received_at", "回执上的收到日期")),
    "委托": (("delegate_reason", "委托事由"), ("received_at", "收到时间")),
    "转交": (("delegate_reason", "转交事由"), ("received_at", "收到时间")),
    "电子": (("received_at", "到达特定系统的时间"),),
    "公告": (),
}
"""What each method of reference 4.6 must state."""


def _finding(code: str, article: str, message: str, remedy: str, path: str = "") -> Finding:
    return Finding(code=code, article=article, message=message, remedy=remedy, who="承办人", path=path)


@gate("G12", "以有效送达为前提的文书", "A23.1", "民87", types=NEEDS_SERVED)
def effect_follows_service(view: CaseView) -> Iterator[Finding]:
    """Ask that the paper whose effect is recorded was served in a valid way."""
    base = view.target() or view.latest(*NEEDS_SERVED[view.type])
    if base is not None and base.status in DONE and not view.is_served(base):
        message = f"{name_of(view, base.type)}没有有效送达，期限没有起算。"
        yield _finding("G12", "A23.1", message, "先送达，取得签收完整的送达回证。")


@gate("G12", "送达回证按送达方式填写完整", "A23.1", "A24.1", "A25.1", "A26.1", "民87-94", types=["service_receipt"])
def receipt_is_valid(view: CaseView) -> Iterator[Finding]:
    """Ask what the method needs, in the right order of time, for a paper that is issued."""
    target = view.target()
    if target is not None and target.status not in DONE:
        yield _finding("G12", "A23.1", "所送达的文书还没有制发。", "先制发文书再送达。")
    for name, label in WAYS.get(str(view.value("method")), ()):
        if view.value(name) in (None, ""):
            yield _finding("G12", "A23.1", f"{view.value('method')}送达没有填写{label}。", f"填写{label}。", name)
    received = instant(view.value("received_at"))
    if received and received > view.now:
        yield _finding("G12", "A23.1", "收到时间晚于现在。", "核对收到时间。", "received_at")
    if received and target and target.issued_at and received < target.issued_at:
        yield _finding("G12", "A23.1", "收到时间早于文书制发时间。", "核对收到时间。", "received_at")
    if view.value("method") in ("直接", "委托", "转交") and not _is_signed(view, "received"):
        remedy = "请受送达人签名或盖章；拒收的改为留置送达。"
        yield _finding("G12", "A23.1", "受送达人没有签收。", remedy, "received_sign")


def _is_signed(view: CaseView, slot: str) -> bool:
    return any(f.slot == slot and not f.refused for f in view.document.slots)


@gate("G12", "留置送达有拒收事由、见证和音像", "A25.1", "民89", types=["service_receipt", "leaving_service_record"])
def leaving_has_witness(view: CaseView) -> Iterator[Finding]:
    """Ask the witness's signature; without one a written reason that legal affairs confirms (shown as a deviation)."""
    leaving = view.type == "leaving_service_record" or view.value("method") == "留置"
    if not leaving or any(f.role == "witness" for f in view.document.slots):
        return
    yield Finding(
        code="G12",
        article="A25.1",
        path="witness_sign",
        message="留置送达没有见证人签名。",
        remedy="请见证人签名；确无见证人的写明理由并报法制科负责人确认。",
        who="承办人",
        soft=True,
    )


@gate("G12", "电子送达经本人书面同意", "A24.1", "罚61(2)", "民90", types=["service_receipt"])
def electronic_by_consent(view: CaseView) -> Iterator[Finding]:
    """Refuse electronic service without a signed consent in the confirmation of address."""
    agreed = any(d.data.get("e_consent") is True for d in view.done("address_confirmation"))
    if view.value("method") == "电子" and not agreed:
        remedy = "取得同意后再电子送达，或改用其他方式。"
        yield _finding("G12", "A24.1", "当事人没有书面同意电子送达。", remedy, "method")


@gate("G13", "公告送达是最后的方式", "A27.1", "民95", types=["service_receipt", "service_announcement"])
def announcement_last(view: CaseView) -> Iterator[Finding]:
    """Refuse an announcement until the other ways are recorded as tried or impossible."""
    announced = view.type == "service_announcement" or view.value("method") == "公告"
    if announced and not view.done("announcement_explanation"):
        message = "没有记明其他送达方式均无法送达。"
        remedy = f"先制作{name_of(view, 'announcement_explanation')}，逐次列明送达经过。"
        yield _finding("G13", "A27.1", message, remedy)


TRIED = ((frozenset({"直接", "留置"}), "直接送达"), (frozenset({"邮寄"}), "邮寄送达"))
"""What must have failed before an announcement, and how it is called."""


@gate("G13", "公告之前直接送达和邮寄都没有送达", "A27.1", "民95", types=["announcement_explanation"])
def attempts_failed(view: CaseView) -> Iterator[Finding]:
    """Ask a failed direct service and a failed mail; that one was impossible is a written reason."""
    tried = {str(row.get("method")) for row in rows(view.value("attempts"))}
    for methods, name in TRIED:
        if not tried & methods:
            yield Finding(
                code="G13",
                article="A27.1",
                path="attempts",
                message=f"没有记明{name}的尝试。",
                remedy=f"先{name}并记录结果；确不可能的写明理由和证明。",
                who="承办人",
                soft=True,
            )


ANNOUNCED_DAYS = 30
"""Days after which an announced paper counts as served (民95)."""


def announced_until(view: CaseView, document_id: str | None) -> dt.date | None:
    """Return the day on which a paper counts as served by the announcement of the case that was put up last."""
    notices = [n for n in view.done("service_announcement") if n.target_id in (None, document_id)]
    published = [d for d in (day(n.data.get("published_at")) or n.issue_date for n in notices) if d]
    return max(published) + dt.timedelta(days=ANNOUNCED_DAYS) if published else None


@gate("G12", "公告期满才出具公告送达的回证", "A27.1", "民95", types=["service_receipt"])
def announcement_is_over(view: CaseView) -> Iterator[Finding]:
    """Refuse a receipt of an announcement that was not made, or whose thirty days still run."""
    if view.value("method") != "公告":
        return
    until = announced_until(view, view.document.target_id)
    if until is None:
        notice = name_of(view, "service_announcement")
        yield _finding("G12", "A27.1", "没有发布送达公告。", f"先制发{notice}，期满后出具送达回证。")
    elif until > view.today:
        yield _finding("G12", "A27.1", f"公告期未满，期满日为{until:%Y-%m-%d}。", "期满后再制发送达回证。")


@gate("G12", "留置记录与送达回证一致", "A23.1", types=["leaving_service_record"])
def leaving_matches_receipt(view: CaseView) -> Iterator[Finding]:
    """Ask that the record of leaving belongs to a receipt of that method and day."""
    receipt = view.target()
    if receipt is None or receipt.type != "service_receipt" or receipt.status is Status.VOID:
        yield _finding("G12", "A25.1", "留置送达情况记录没有对应的送达回证。", "在送达回证上开具。")
        return
    served, left = day(receipt.data.get("received_at")), day(view.value("start_time"))
    if served and left and served != left:
        yield _finding("G12", "A25.1", "留置日期与送达回证不一致。", "核对两份文书的日期。", "start_time")


GATES = (effect_follows_service, receipt_is_valid, leaving_has_witness, electronic_by_consent, announcement_last,
         attempts_failed, announcement_is_over, leaving_matches_receipt)  # fmt: skip
