"""Slots: who may sign, in what order, how often, and what a refusal needs."""

from dataclasses import replace
from typing import Any

import pytest

from casework import approvals
from casework.approvals import Signer, Signing
from casework.facts import SlotFill, Status
from casework.gates.api import CaseView
from casework.operations.slots import SlotState
from tests.casework.gate_views import fill, recording, view

FIELDS = [
    {"name": "facts", "label": "事实", "kind": "long_text"},
    {"name": "handler_opinion", "label": "承办人意见", "kind": "long_text", "required": True},
    {"name": "head_decision", "label": "审批结果", "kind": "choice", "options": ["同意", "不同意"], "required": True},
    *({"name": f"{n}_sign", "label": n, "kind": "signature"} for n in ("handler", "unit", "legal", "head", "party")),
]
SLOTS: list[dict[str, Any]] = [
    {"id": "handler", "part": "propose", "role": "handler", "label": "承办人意见", "count": 2,
     "fills": ["handler_opinion"], "signs": "handler_sign"},
    {"id": "unit", "part": "opinion", "role": "unit_head", "signs": "unit_sign"},
    {"id": "legal", "part": "review", "role": "legal_head", "signs": "legal_sign"},
    {"id": "head", "part": "approve", "role": "agency_head", "fills": ["head_decision"], "signs": "head_sign"},
    {"id": "party", "part": "receive", "role": "party", "when": "after_issue", "signs": "party_sign",
     "refusable": True},
]  # fmt: skip
KEYS = {"fields": FIELDS, "slots": SLOTS}
A, B, OTHER = (
    Signer(person_id=i, name=n, roles=frozenset({"handler"})) for i, n in (("a", "甲一"), ("b", "乙二"), ("x", "外人"))
)
UNIT = Signer(person_id="u", name="丙三", roles=frozenset({"unit_head"}))
LEGAL = Signer(person_id="l", name="丁四", roles=frozenset({"legal_head"}))
HEAD = Signer(person_id="h", name="己六", roles=frozenset({"agency_head"}))
OPINION = {"handler_opinion": "建议批准。"}


def seen(*fills: SlotFill, status: Status = Status.DRAFT, **more: Any) -> CaseView:
    return view("court_material_list", keys=KEYS, changes={"slots": fills, "status": status}, **more)


def sign(seen: CaseView, slot: str, signer: Signer, **more: Any) -> list[str]:
    return [f.message for f in approvals.against(seen, Signing(slot=slot, signer=signer, **more))]


BY_A, BY_B = (
    fill("handler", "propose", "handler", "a", "甲一", **OPINION),
    fill("handler", "propose", "handler", "b", "乙二"),
)
BY_UNIT, BY_LEGAL = fill("unit", "opinion", "unit_head", "u"), fill("legal", "review", "legal_head", "l")
PREPARED = (BY_A, BY_B, BY_UNIT, BY_LEGAL)


@pytest.mark.article("A37.1")
def test_review_waits_for_the_proposal_and_approval_for_everything() -> None:
    assert "承办人意见" in sign(seen(BY_A), "legal", LEGAL)[0]
    assert not sign(seen(BY_A, BY_B), "legal", LEGAL)
    assert sign(seen(BY_A, BY_B, BY_UNIT), "head", HEAD, values={"head_decision": "同意"})
    assert not sign(seen(*PREPARED), "head", HEAD, values={"head_decision": "同意"})


def test_an_opinion_may_stand_anywhere_before_the_approval() -> None:
    assert not sign(seen(), "unit", UNIT)
    assert not sign(seen(BY_A, BY_B, BY_LEGAL), "unit", UNIT)


def test_a_slot_is_signed_by_its_role() -> None:
    assert "没有“行政机关负责人”的职务" in sign(seen(*PREPARED), "head", UNIT, values={"head_decision": "同意"})[0]


def test_a_handler_slot_is_signed_by_officers_of_the_case() -> None:
    assert "不是本案承办人员" in sign(seen(), "handler", OTHER, values=OPINION)[0]
    assert not sign(seen(), "handler", A, values=OPINION)


@pytest.mark.parametrize(("slot_id", "fills", "opened"), [
    ("handler", (BY_A,), True), ("handler", (BY_A, BY_B), True), ("unit", (BY_UNIT,), False),
    ("party", (fill("party", "receive", "party", "", "钱样本"),), False),
])  # fmt: skip
def test_more_of_the_office_may_sign_than_must(slot_id: str, fills: tuple[SlotFill, ...], opened: bool) -> None:
    at = seen(*fills)
    slot = at.definition.slot(slot_id)
    state = SlotState(
        slot=slot,
        label="",
        who="",
        fields=(),
        fills=fills,
        is_outside=approvals.is_outside(slot.role),
        is_needed=True,
        is_complete=approvals.is_complete(at, slot),
        against=(),
    )
    assert state.is_open is opened


@pytest.mark.article("A37.1")
def test_nobody_approves_his_own_proposal() -> None:
    both = Signer(person_id="a", name="甲一", roles=frozenset({"handler", "agency_head"}))
    assert any("批准了自己" in m for m in sign(seen(*PREPARED), "head", both, values={"head_decision": "同意"}))


@pytest.mark.article("A37.1")
def test_nobody_reviews_his_own_proposal() -> None:
    both = Signer(person_id="a", name="甲一", roles=frozenset({"handler", "legal_head"}))
    assert any("审核了自己" in m for m in sign(seen(BY_A, BY_B), "legal", both))


def test_a_slot_for_two_needs_two_different_persons() -> None:
    assert not approvals.is_complete(seen(BY_A), seen().definition.slot("handler"))
    assert "已经签过" in sign(seen(BY_A), "handler", A)[0]
    assert approvals.is_complete(seen(BY_A, BY_B), seen().definition.slot("handler"))


def test_the_second_leader_sees_who_signed_and_when() -> None:
    done = fill("head", "approve", "agency_head", "h", "己六", head_decision="同意")
    other = Signer(person_id="m", name="子一", roles=frozenset({"agency_head"}))
    message = sign(seen(*PREPARED, done), "head", other, values={"head_decision": "不同意"})[0]
    assert "己六已于2026-03-10 10:00签署" in message


def test_a_slot_asks_for_the_opinion_that_it_owns() -> None:
    assert "“承办人意见”没有填写。" in sign(seen(), "handler", A)
    assert not sign(seen(BY_A), "handler", B)


def test_missing_slots_say_who_is_still_to_sign() -> None:
    found = approvals.missing(seen(BY_A, BY_UNIT))
    assert [f.path for f in found] == ["handler", "legal", "head"]
    assert "已签1人" in found[0].message
    assert found[2].who == "行政机关负责人"


def test_a_slot_after_issue_is_signed_after_issue() -> None:
    assert "制发之后" in sign(seen(), "party", A, name="钱样本")[0]
    assert not sign(seen(status=Status.ISSUED), "party", A, name="钱样本")
    assert not approvals.missing(seen(*PREPARED, fill("head", "approve", "agency_head", "h")))


@pytest.mark.parametrize("status", [Status.ISSUING, Status.ISSUED, Status.FILED, Status.VOID])
def test_nothing_is_signed_before_issue_once_issuing_began(status: Status) -> None:
    assert sign(seen(status=status), "handler", A, values=OPINION)


def test_an_outsider_signs_by_name_before_an_officer() -> None:
    stranger = Signer(person_id="f", name="某人", roles=frozenset({"supervisor"}))
    issued = seen(status=Status.ISSUED)
    assert "没有写明" in sign(issued, "party", A)[0]
    assert "在执法人员面前" in sign(issued, "party", stranger, name="钱样本")[0]


@pytest.mark.article("A13.10")
def test_a_refusal_needs_a_reason_and_a_witness_or_a_recording() -> None:
    issued = seen(status=Status.ISSUED)
    filmed = seen(status=Status.ISSUED, recordings=(recording("2026-03-10T09:00", None, "draft"),))
    assert "见证人" in sign(issued, "party", A, refused="不认可")[0]
    assert not sign(issued, "party", A, refused="不认可", witness="寅三")
    assert not sign(filmed, "party", A, refused="不认可")


def test_only_marked_signatures_may_be_refused() -> None:
    slots = [{**SLOTS[4], "refusable": False}]
    strict = view(
        "address_confirmation", keys={"fields": FIELDS[-1:], "slots": slots}, changes={"status": Status.ISSUED}
    )
    assert "不能以拒绝签名代替" in sign(strict, "party", A, refused="不认可", witness="寅三")[0]


def test_a_fill_stands_for_the_digest_that_was_signed() -> None:
    made = approvals.fill_of(seen(), Signing(slot="handler", signer=A, values=OPINION), seen().now)
    assert made.content_digest == seen().document.content_digest
    assert (made.person_id, made.part) == ("a", "propose")


def test_signatures_print_name_and_local_date() -> None:
    late = replace(BY_A, at=BY_A.at.replace(hour=23, minute=59))
    document = seen(late, BY_B).document
    values = approvals.slot_values(seen().definition, document)
    assert values["handler_opinion"] == "建议批准。"
    assert [s["name"] for s in values["handler_sign"]] == ["甲一", "乙二"]
    assert values["handler_sign"][0]["date"] == "2026-03-10"


def test_the_maker_of_a_recording_signs_its_sheet() -> None:
    slot = {"id": "handed", "part": "sign", "role": "maker", "signs": "party_sign"}
    sheet = view(
        "av_record_sheet",
        keys={"fields": FIELDS[-1:], "slots": [slot]},
        recordings=(recording("2026-03-10T09:00", None, "draft"),),
    )
    assert not sign(sheet, "handed", B)
    assert "不是该音像的制作人" in sign(sheet, "handed", A)[0]
