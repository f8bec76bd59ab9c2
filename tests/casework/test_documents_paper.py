"""What is drawn: data, slot fields, number and date, printed references, pictures; only primitives."""

import datetime as dt
from dataclasses import replace
from typing import Any

from casework.paper import paper_of
from tests.casework.gate_views import fill, paper, view

FIELDS = [
    {"name": "doc_no", "label": "文号", "from": "document.number"},
    {"name": "issue_date", "label": "日期", "kind": "date", "from": "document.issue_date"},
    {"name": "basis", "label": "决定书", "kind": "doc_ref"},
    {"name": "photo", "label": "照片", "kind": "file"},
    {
        "name": "items",
        "label": "清单",
        "kind": "list",
        "columns": [{"name": "ref", "label": "文书", "kind": "doc_ref"}],
    },
    {"name": "opinion", "label": "意见", "kind": "long_text"},
    {"name": "sign", "label": "签名", "kind": "signature"},
    {"name": "seal", "label": "印章", "kind": "seal"},
]
SLOT = {"id": "head", "part": "approve", "role": "agency_head", "fills": ["opinion"], "signs": "sign"}
DECISION = paper("penalty_decision", number="清政罚〔2026〕第1号")
RECORD = paper("site_inspection_record", issue_date=dt.date(2026, 1, 6), title="现场检查（勘验）笔录")


def drawn(data: dict[str, Any], **changes: Any) -> Any:
    seen = view(
        "demand_letter",
        data=data,
        keys={"fields": FIELDS, "slots": [SLOT]},
        others=[DECISION, RECORD],
        changes=changes,
        settings={"name": "清河镇人民政府"},
    )
    return paper_of(seen)


def test_a_reference_prints_the_number_else_date_and_title() -> None:
    assert drawn({"basis": {"document_id": DECISION.id}}).values["basis"] == "清政罚〔2026〕第1号"
    rows = drawn({"items": [{"ref": {"document_id": RECORD.id}}]}).values["items"]
    assert rows == [{"ref": "2026年1月6日《现场检查（勘验）笔录》"}]
    assert drawn({"basis": "口头告知"}).values["basis"] == "口头告知"


def test_number_and_date_come_from_issuing() -> None:
    before = drawn({}).values
    after = drawn({}, number="清政催〔2026〕第1号", issue_date=dt.date(2026, 3, 10)).values
    assert (before["doc_no"], before["issue_date"]) == (None, None)
    assert (after["doc_no"], after["issue_date"]) == ("清政催〔2026〕第1号", "2026-03-10")


def test_pictures_are_named_by_their_digest() -> None:
    photo = {"blob": "a" * 64, "name": "z1.jpg", "media_type": "image/jpeg"}
    made = drawn({"photo": photo})
    assert made.values["photo"] == "a" * 64
    assert made.images == {"a" * 64: "a" * 64}
    assert drawn({"photo": {**photo, "media_type": "application/pdf"}}).values["photo"] == "z1.jpg"


def test_slot_fields_and_signatures_are_drawn_with_their_images() -> None:
    signed = replace(fill("head", "approve", "agency_head", "h", "己六", opinion="同意"), image="b" * 64)
    made = drawn({}, slots=(signed,))
    assert made.values["opinion"] == "同意"
    assert made.values["sign"][0] | {} == {
        "name": "己六", "date": "2026-03-10", "image": "b" * 64, "refused": "", "witness": "",
    }  # fmt: skip
    assert made.images == {"b" * 64: "b" * 64}


def test_a_refusal_is_drawn_with_reason_and_witness() -> None:
    refused = replace(fill("head", "approve", "agency_head"), refused="不认可", witness="寅三")
    row = drawn({}, slots=(refused,)).values["sign"][0]
    assert (row["refused"], row["witness"]) == ("不认可", "寅三")


def test_only_primitives_leave() -> None:
    made = drawn({"basis": {"document_id": DECISION.id}, "items": [{"ref": "x"}]})

    def plain(value: Any) -> bool:
        if isinstance(value, list):
            return all(plain(v) for v in value)
        if isinstance(value, dict):
            return all(plain(v) for v in value.values())
        return value is None or isinstance(value, str | bool | int)

    assert plain(list(made.values.values()))
