"""Slots: who may fill one, in what order, and when a paper's slots are complete.

A slot owns its fields and counts distinct persons. Propose comes before review, review before approve, an opinion
anywhere before approve. A fill stands for one content digest: when the content changes it is void. Roles outside the
office sign by name before an officer, or refuse, with a witness or a recording.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from access.facts import Acting
from casework.facts import DocumentFacts, SlotFill, Status
from casework.figures import read
from casework.gates import duties
from casework.gates.api import APPROVE, CaseView
from casework.gates.registry import ask
from catalogue.definitions import DocumentType, Slot
from foundation.clock import local
from foundation.errors import Finding

OPEN = frozenset({Status.DRAFT, Status.SIGNING})
OUT = frozenset({Status.ISSUED, Status.SERVED})
BEFORE: Mapping[str, tuple[str, ...]] = {"review": ("propose",), "approve": ("propose", "review", "opinion")}
"""Parts that must be complete before a part is signed."""
PERSONS = frozenset({"G9", "G10"})
"""Gates on who may sign (article 37)."""
EMPTY: tuple[Any, ...] = (None, "", [], (), {})


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs: a person of the office, with the roles held on that day."""

    person_id: str
    name: str
    roles: frozenset[str]
    acting: tuple[Acting, ...] = ()
    """For whom the person may sign by delegation."""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """What somebody puts into a slot."""

    slot: str
    signer: Signer
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    """Of a person outside the office."""
    method: str = "screen"
    image: str = ""
    """Blob of the drawn signature."""
    refused: str = ""
    witness: str = ""


def is_outside(role: str) -> bool:
    """Tell whether a role belongs to a person outside the office."""
    return role in read("signers")["outside"]


def role_name(role: str) -> str:
    """Return a role in Chinese."""
    return str(read("signers")["names"].get(role, role))


def fill_of(view: CaseView, signing: Signing, at: dt.datetime) -> SlotFill:
    """Return the fill that a signing makes (whether it may is `against`)."""
    slot = view.definition.slot(signing.slot)
    outside, signer = is_outside(slot.role), signing.signer
    other = None if outside else for_whom(signer, slot, view.type)
    own_name = f"{signer.name}代{other.principal}" if other else signer.name
    return SlotFill(
        slot=slot.id,
        part=slot.part,
        role=slot.role,
        person_id="" if outside else signer.person_id,
        name=signing.name if outside else own_name,
        at=at,
        values=dict(signing.values),
        method=signing.method,
        refused=signing.refused,
        witness=signing.witness,
        image=signing.image,
        content_digest=view.document.content_digest,
        for_id=other.principal_id if other else "",
        delegation_id=other.delegation_id if other else "",
    )


def _held(slot: Slot) -> Mapping[str, Any]:
    """Return which roles of the office sign a slot, and what else is asked of them."""
    rule: Mapping[str, Any] = read("signers")["inside"].get(slot.role, {"any": [slot.role]})
    return rule


def against(view: CaseView, signing: Signing) -> list[Finding]:
    """Return everything that stands against a signing: time, order, person, values, and the gates of an approval."""
    slot = view.definition.slot(signing.slot)
    found = [*_wrong_time(view, slot), *_wrong_order(view, slot), *_wrong_person(view, slot, signing)]
    found += [*_taken(view, slot, signing), *_wrong_values(view, slot, signing)]
    if not found and slot.part in ("propose", "review", "approve"):
        found += _gates(view, signing)
    return found


def _finding(slot: Slot, message: str, remedy: str, *, who: str = "", path: str = "") -> Finding:
    return Finding(code="SLOT", article="A37.1", message=message, remedy=remedy, who=who, path=path or slot.id)


def _wrong_time(view: CaseView, slot: Slot) -> Iterator[Finding]:
    wanted = OPEN if slot.when == "before_issue" else OUT
    if view.document.status in wanted:
        return
    if slot.when == "after_issue" and view.document.status in OPEN:
        yield _finding(slot, f"“{label(slot)}”在文书制发之后签。", "先制发文书。")
    elif view.document.status is Status.RETURNED:
        yield _finding(slot, "文书已退回，修改之后才能签。", "由承办人修改后重新提交。", who="承办人")
    else:
        yield _finding(
            slot, f"文书处于“{STATUS_NAMES[view.document.status]}”状态，不能再签。", "需要更正的另行制发文书。"
        )


def _wrong_order(view: CaseView, slot: Slot) -> Iterator[Finding]:
    earlier = BEFORE.get(slot.part, ())
    for other in view.definition.slots:
        if other.part not in earlier or other.when != "before_issue":
            continue
        if is_needed(view, other) and not is_complete(view, other):
            who = role_name(other.role)
            message = f"“{label(other)}”还没有签署完，不能先签“{label(slot)}”。"
            yield _finding(slot, message, f"先由{who}签署。", who=who)


def _wrong_person(view: CaseView, slot: Slot, signing: Signing) -> Iterator[Finding]:
    if is_outside(slot.role):
        yield from _wrong_outsider(view, slot, signing)
        return
    rule, signer = _held(slot), signing.signer
    who = role_name(slot.role)
    if not signer.roles & set(rule["any"]) and for_whom(signer, slot, view.type) is None:
        yield _finding(
            slot, f"{signing.signer.name}没有“{who}”的职务，不能签“{label(slot)}”。", f"由{who}签署。", who=who
        )
    elif rule.get("member") and view.case and signing.signer.person_id not in view.member_ids():
        yield _finding(slot, f"{signing.signer.name}不是本案承办人员。", "由本案执法人员签署，或先加派。", who=who)
    elif rule.get("maker") and not _made(view, signing.signer.person_id):
        yield _finding(slot, f"{signing.signer.name}不是该音像的制作人。", "由制作人签署。", who=who)


def _made(view: CaseView, person_id: str) -> bool:
    own = [r for r in view.recordings if r.id == view.document.recording_id] or list(duties.linked(view))
    return person_id in {r.operator_id for r in own or view.recordings}


def _wrong_outsider(view: CaseView, slot: Slot, signing: Signing) -> Iterator[Finding]:
    if not signing.signer.roles & set(read("signers")["before"]):
        yield _finding(slot, "单位以外的人应当在执法人员面前签名。", "由承办人录入。", who="承办人")
    if signing.refused:
        if not slot.refusable:
            yield _finding(slot, f"“{label(slot)}”不能以拒绝签名代替。", "取得签名。")
        elif not signing.witness and not duties.linked(view):
            yield _finding(slot, "拒绝签名须有见证人，或有音像记录。", "填写见证人，或关联当时的音像。", path="witness")
    elif not signing.name.strip():
        yield _finding(slot, f"没有写明签“{label(slot)}”的人的姓名。", "填写姓名；拒绝签名的写明理由。", path="name")


def _taken(view: CaseView, slot: Slot, signing: Signing) -> Iterator[Finding]:
    fills = fills_of(view.document, slot)
    person, outside = signing.signer.person_id, is_outside(slot.role)
    for given in fills:
        if (given.person_id == person and not outside) or (outside and given.name == signing.name and given.name):
            yield _finding(slot, f"{given.name}已经签过“{label(slot)}”。", "同一人只签一次；内容有变时先修改文书。")
            return
    if slot.count == 1 and fills:
        at = local(fills[0].at)
        yield _finding(slot, f"{fills[0].name or '对方'}已于{at:%Y-%m-%d %H:%M}签署“{label(slot)}”。", "刷新页面查看。")


def _wrong_values(view: CaseView, slot: Slot, signing: Signing) -> Iterator[Finding]:
    given = [f.values for f in fills_of(view.document, slot)]
    known = {k for values in given for k, v in values.items() if v not in EMPTY}
    for name in slot.fills:
        one = view.definition.field(name)
        needed = one.is_required({**view.values, **signing.values}) and name not in known and not signing.refused
        if needed and signing.values.get(name) in EMPTY:
            yield _finding(slot, f"“{one.label}”没有填写。", f"签署时填写“{one.label}”。", path=name)


def _gates(view: CaseView, signing: Signing) -> Iterator[Finding]:
    fill = fill_of(view, signing, view.now)
    signed = replace(view.document, slots=(*view.document.slots, fill))
    values = {**view.values, **fill.values}
    asked = replace(view, document=signed, documents=_with(view, signed), values=values, act=APPROVE)
    persons = {f for f in ask(asked) if f.code in PERSONS or fill.part == "approve"}
    yield from sorted(persons, key=lambda f: (f.code, f.message))


def _with(view: CaseView, document: DocumentFacts) -> tuple[DocumentFacts, ...]:
    return tuple(document if d.id == document.id else d for d in view.documents)


def fills_of(document: DocumentFacts, slot: Slot) -> tuple[SlotFill, ...]:
    """Return the valid fills of a slot."""
    return tuple(f for f in document.slots if f.slot == slot.id)


def is_needed(view: CaseView, slot: Slot) -> bool:
    """Tell whether a slot must be complete for the paper's values."""
    return slot.is_required(view.values)


def is_complete(view: CaseView, slot: Slot) -> bool:
    """Tell whether enough different persons signed a slot (one refusal stands for a party)."""
    fills = fills_of(view.document, slot)
    if any(f.refused for f in fills):
        return True
    persons = {f.person_id or f.name for f in fills}
    return len(persons) >= slot.count


def missing(view: CaseView, when: str = "before_issue") -> list[Finding]:
    """Return a finding for every slot that is needed and not complete."""
    found = []
    for slot in view.definition.slots:
        if slot.when == when and is_needed(view, slot) and not is_complete(view, slot):
            have = len({f.person_id or f.name for f in fills_of(view.document, slot)})
            count = f"（需{slot.count}人，已签{have}人）" if slot.count > 1 else ""
            who = role_name(slot.role)
            found.append(_finding(slot, f"“{label(slot)}”还没有签署{count}。", f"由{who}签署。", who=who))
    return found


def slot_values(definition: DocumentType, document: DocumentFacts) -> dict[str, Any]:
    """Return what slots filled: opinions and decisions by field, signatures as rows with name and date."""
    out: dict[str, Any] = {}
    for slot in definition.slots:
        fills = fills_of(document, slot)
        for fill in fills:
            out.update({k: v for k, v in fill.values.items() if v not in EMPTY})
        if slot.signs and fills:
            out[slot.signs] = [_signature(f) for f in fills]
    return out


def _signature(fill: SlotFill) -> dict[str, str]:
    at = local(fill.at)
    return {
        "name": fill.name,
        "date": at.date().isoformat(),
        "image": fill.image,
        "refused": fill.refused,
        "witness": fill.witness,
    }


def for_whom(signer: Signer, slot: Slot, type_id: str) -> Acting | None:
    """Return the delegation by which somebody signs a slot; None when the role is their own, or no delegation runs."""
    rule = _held(slot)
    if rule.get("personal") or signer.roles & set(rule["any"]):
        return None
    return next((a for a in signer.acting if a.role in rule["any"] and type_id in a.types), None)


def may_delegate(slot: Slot, role: str) -> bool:
    """Tell whether a holder of a role may let somebody else sign a slot."""
    rule = _held(slot)
    return not is_outside(slot.role) and not rule.get("personal") and role in rule["any"]


def may_sign(slot: Slot, roles: frozenset[str]) -> bool:
    """Tell whether somebody with these roles may sign a slot at all."""
    return not is_outside(slot.role) and bool(roles & set(_held(slot)["any"]))


def label(slot: Slot) -> str:
    """Return a slot's name for people."""
    return slot.label or role_name(slot.role)


STATUS_NAMES: Mapping[Status, str] = {
    Status.DRAFT: "草稿",
    Status.SIGNING: "签批中",
    Status.RETURNED: "已退回",
    Status.ISSUING: "制发中",
    Status.ISSUED: "已制发",
    Status.SERVED: "已送达",
    Status.FILED: "已归档",
    Status.VOID: "已作废",
    Status.REPLACED: "已更正",
}
