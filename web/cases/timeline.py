"""What happened in a case, from its journal, in sentences; what the viewer may not see stays out."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casework.facts import DocumentFacts, RecordingFacts
from foundation.journal import Event

SENTENCES: Mapping[str, str] = {
    "case.opened": "案件登记",
    "case.started": "程序启动",
    "case.emergency_started": "紧急启动程序",
    "case.procedure_changed": "转换程序",
    "case.moved": "案件进入下一阶段",
    "case.periods": "期限更新",
    "case.period_paused": "期限中止计算",
    "case.period_resumed": "期限恢复计算",
    "case.period_lengthened": "期限延长",
    "case.assigned": "加派承办人员",
    "case.appointed": "指定听证人员",
    "case.left": "承办人员退出",
    "case.party_added": "增加当事人",
    "case.dispute_marked": "标记是否易生争议",
    "case.closed": "结案",
    "case.archived": "归档",
    "correction.ordered": "起草整改通知",
    "correction.sent": "收到整改通知",
    "correction.answered": "报告整改情况",
    "correction.accepted": "整改办结",
    "correction.sent_back": "整改被退回",
    "document.drafted": "起草{title}",
    "document.revised": "修改{title}",
    "document.refreshed": "更新{title}",
    "document.signed": "签署{title}",
    "document.sign_refused": "拒绝签署{title}",
    "signing.offered": "出示{title}的签名二维码",
    "signing.declined": "签名人表示不签{title}",
    "document.returned": "退回{title}",
    "document.voided": "作废{title}",
    "document.reserved": "开始制发{title}",
    "document.given_up": "放弃制发{title}",
    "document.issued": "制发{title}",
    "document.copy_drawn": "制作{title}的签署件",
    "document.printed": "打印{title}",
    "document.scan_filed": "归入{title}的签署件",
    "document.served": "{title}送达",
    "document.corrected": "更正{title}",
    "document.replaced": "{title}被更正替换",
    "recording.announced": "开始录制{title}",
    "recording.ended": "结束录制{title}",
    "recording.stored": "存入{title}",
    "recording.linked": "关联{title}",
    "recording.marked": "在{title}中做标记",
    "recording.unmarked": "删去{title}中的标记",
    "recording.transcribed": "修改{title}的字幕",
    "recordings.handed_over": "移交音像",
    "service.opened": "开始送达{title}",
    "service.proof_added": "存入{title}的送达凭证",
    "service.failed": "{title}没有送达",
    "service.took_effect": "{title}的送达生效",
    "service.without_effect": "{title}的送达没有生效",
    "party.pass_given": "发放当事人查阅密码",
    "party.pass_ended": "收回当事人查阅密码",
    "copy.requested": "当事人申请查阅、复制",
    "copy.registered": "登记查阅复制申请",
    "copy.screened": "完成复制逐件审查",
    "copy.sent_back": "退回复制审查",
    "copy.decided": "审批复制申请",
    "copy.withdrawn": "当事人撤回复制申请",
    "copy.made": "制作复制件",
    "copy.answered": "答复复制申请",
    "copy.link_given": "发放复制件下载链接",
    "copy.link_ended": "收回复制件下载链接",
    "copy.revoked": "收回复制件",
    "batch.begun": "开始按名单批量制作",
    "batch.retried": "重试批量制作",
    "package.arranged": "整理案卷",
    "file.paper_moved": "调整{title}在卷内的位置",
    "file.order_reset": "卷内恢复规则排列",
    "package.kept": "形成档案包",
}
"""What an event says; `{title}` is its paper or recording. A test compares with the kinds that operations write."""

MAIN = frozenset(
    ["case.opened", "case.started", "case.emergency_started", "case.procedure_changed", "case.closed", "case.archived"]
) | frozenset(["document.issued", "document.returned", "document.voided", "document.served", "document.sign_refused"])
"""What a first look shows; the journal page shows all."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of the course of a case."""

    at: dt.datetime
    text: str
    name: str
    seq: int
    kind: str
    hash: str = ""


def moments(
    events: Iterable[Event],
    *,
    documents: Iterable[DocumentFacts],
    recordings: Iterable[RecordingFacts],
    names: Mapping[str, str],
    only: frozenset[str] | None = MAIN,
) -> Iterator[Moment]:
    """Yield the events of a case that concern what the viewer may see, in order.

    Args:
        events: The case's stream.
        documents: Papers that the viewer may see.
        recordings: Recordings that the viewer may see.
        names: Name by account id.
        only: Kinds of events; None takes all.
    """
    titles = {d.id: f"《{d.title}》" for d in documents} | {r.id: f"音像{r.number}" for r in recordings}
    for event in events:
        if only is not None and event.kind not in only:
            continue
        subject = str(event.data.get("document") or event.data.get("recording") or "")
        if subject and subject not in titles:
            continue
        text = SENTENCES.get(event.kind, event.kind).format(title=titles.get(subject, ""))
        yield Moment(
            at=event.at, text=text, name=names.get(event.actor, ""), seq=event.seq, kind=event.kind, hash=event.hash
        )
