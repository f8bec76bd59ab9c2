"""Move papers in a case's volumes by hand: who, what, from where to where, and why; each move is journalled.

The order by rule stays below: what comes later into the file takes its place by rule. Papers of the office's inside
never come into the main volume by hand (the agency moves their type by a setting), nor what reveals an informant.
Journal kinds: `file.paper_moved`, `file.order_reset`.
"""

from collections.abc import Mapping
from typing import Any

from access.facts import Actor
from access.policy import Permission
from archive import shelving
from archive.arranging import INSIDE, CaseFile, arrange
from archive.casefile import case_file, office_of
from archive.facts import MAIN, SIDE, VOLUME_TITLES, Entry, Move
from casework import shelf
from casework.operations.common import require_on
from casework.views import Office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Finding, NotFound, Refused

MOST = 500
"""Characters of a reason."""


def move(
    ctx: Context, actor: Actor, *, case_id: str, document_id: str, origin: str, volume: str, before_id: str, reason: str
) -> None:
    """Put a paper before another one, or at the end of a volume.

    Args:
        ctx: The floor.
        actor: Who arranges.
        case_id: The case.
        document_id: The paper.
        origin: Volume in which it stands.
        volume: Volume in which it shall stand.
        before_id: Paper before which it shall stand; empty at the end.
        reason: Why.

    Raises:
        BadInput: No reason, or no such volume.
        Refused: The file is being packed, or the paper may not stand there.
    """
    if {origin, volume} - {MAIN, SIDE}:
        raise BadInput("没有这一卷。", remedy="选择正卷或副卷。", path="volume")
    with ctx.database.write() as session:
        at = office_of(ctx, session)
        file = _arrangeable(at, actor, case_id)
        entry = _entry(file, document_id, origin)
        if document_id == before_id:
            raise BadInput("文书不能排在自己之前。", remedy="选择另一份文书。", path="before")
        _refuse_wrong_volume(entry, origin, volume)
        facts = Move(
            document_id=document_id,
            origin=origin,
            volume=volume,
            before_id=before_id,
            reason=_reason(reason),
            name=actor.name,
            at=ctx.clock.now(),
        )
        own = {"agency_id": file.case.agency_id, "case_id": case_id, "person_id": actor.person_id}
        shelving.add_move(session, ctx.ids.new(), facts, **own)
        data = {"document": document_id, "from": origin, "to": volume, "before": before_id}
        _note(at, actor, case_id, "file.paper_moved", data)


def reset(ctx: Context, actor: Actor, *, case_id: str, reason: str) -> None:
    """Let the order go back to the rule's.

    Raises:
        BadInput: No reason.
        Refused: The file is being packed, or nothing was moved.
    """
    with ctx.database.write() as session:
        at = office_of(ctx, session)
        file = _arrangeable(at, actor, case_id)
        if not file.moves or not file.moves[-1].document_id:
            raise Refused("现在就是规则排列。", remedy="没有需要恢复的。")
        words = {"document_id": "", "origin": "", "volume": "", "before_id": ""}
        facts = Move(**words, reason=_reason(reason), name=actor.name, at=ctx.clock.now())
        own = {"agency_id": file.case.agency_id, "case_id": case_id, "person_id": actor.person_id}
        shelving.add_move(session, ctx.ids.new(), facts, **own)
        _note(at, actor, case_id, "file.order_reset", {})


def _arrangeable(at: Office, actor: Actor, case_id: str) -> CaseFile:
    shelf.lock_case(at.session, case_id)
    file = case_file(at, case_id, filer=actor.name)
    require_on(at, actor, Permission.PACKAGE_MAKE, case=file.case)
    if file.case.archived_on or shelving.open_package(at.session, case_id) is not None:
        message = "案卷已经开始组卷或已经归档，不能再调整顺序。"
        finding = Finding(code="A31", article="A31.1", message=message, remedy="归档之前调整。", who="档案管理员")
        raise Refused(message, remedy=finding.remedy, findings=[finding])
    return file


def _entry(file: CaseFile, document_id: str, volume: str) -> Entry:
    found = arrange(file)
    entries = found.main if volume == MAIN else found.side
    entry = next((e for e in entries if e.document_id == document_id), None)
    if entry is None:
        raise NotFound("卷内没有这份文书。", remedy="刷新页面后重试。")
    return entry


def _refuse_wrong_volume(entry: Entry, origin: str, volume: str) -> None:
    if origin == volume or volume != MAIN:
        return
    if entry.apart or entry.secrecy in INSIDE or entry.secrecy == "informant":
        message = f"《{entry.title}》属于内部材料，不能手工移入{VOLUME_TITLES[MAIN]}。"
        remedy = "确需改卷的，由系统管理员在设置中按文书类型改卷（volume.override）。"
        finding = Finding(code="A34", article="A34.1", message=message, remedy=remedy, who="系统管理员")
        raise Refused(message, remedy=remedy, findings=[finding])


def _reason(text: str) -> str:
    clean = " ".join(text.split())
    if not clean:
        raise BadInput("调整顺序须写明理由。", remedy="填写理由。", path="reason")
    if len(clean) > MOST:
        raise BadInput(f"理由超过{MOST}字。", remedy="请缩短。", path="reason")
    return clean


def _note(at: Office, actor: Actor, case_id: str, kind: str, data: Mapping[str, Any]) -> None:
    stream = f"case:{case_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=dict(data))
