"""Prefill: every path of docs/definitions.md; a person's value stays; changed sources make drafts stale."""

from typing import Any

import pytest

from casework.facts import Status
from casework.merging import combined, refreshed, stale_fields
from casework.prefill import Sources, opening_values
from tests.casework.gate_views import TWO, case, deadline, definition, fill, paper, recording, served, view

NOTICE = paper(
    "hearing_rights_notice",
    number="清政听告〔2026〕第1号",
    data={"amount": "60000"},
    slots=(fill("head", "approve", "agency_head", "h", "己六", head_opinion="同意"),),
)


def sources(**more: Any) -> Sources:
    seen = view(
        "penalty_decision",
        others=[NOTICE],
        services=(served(NOTICE, "2026-01-23"),),
        deadlines=(deadline("hearing_request", "2026-01-30"), deadline("hearing_request", "2026-01-29")),
        recordings=(recording("2026-03-10T09:00", "2026-03-10T09:30", "draft"),),
        settings={"court": "示范县人民法院"},
        changes={"target_id": NOTICE.id, "officers": TWO, "party_id": "p1"},
    )
    return Sources(view=seen, **more)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("case.number", "清案〔2026〕001号"),
        ("case.title", "扬尘案"),
        ("party.name", "示例公司"),
        ("agency.court", "示范县人民法院"),
        ("doc.hearing_rights_notice.amount", "60000"),
        ("doc.hearing_rights_notice.number", "清政听告〔2026〕第1号"),
        ("doc.hearing_rights_notice.head_opinion", "同意"),
        ("doc.demand_letter.amount", None),
        ("target.number", "清政听告〔2026〕第1号"),
        ("target.amount", "60000"),
        ("recording.place", "料场"),
        ("recording.hash", "f" * 64),
        ("recording.within_24h", True),
        ("document.av_done", True),
        ("document.av_informed", True),
        ("nothing.at.all", None),
    ],
)
def test_each_path_gives_what_is_known(path: str, value: Any) -> None:
    assert sources().get(path) == value


def test_lists_come_as_rows() -> None:
    assert sources().get("officers")[0] == {"name": "甲一", "cert_no": "SF-a", "cert_shown": True}
    assert sources().get("recordings") == [{"av_no": "AV-20260310-01"}]


def test_dates_come_from_deadlines_and_services() -> None:
    assert sources().get("deadline.hearing_request").isoformat() == "2026-01-30"
    assert sources().get("service.hearing_rights_notice.served_on").isoformat() == "2026-01-23"


def test_a_case_without_number_shows_its_working_number() -> None:
    before = Sources(view=view("inquiry_record", of=case(number="")))
    assert before.get("case.number") == "检2026-001"


def test_sums_and_what_archive_hands_in_are_asked_elsewhere() -> None:
    given = sources(sums={"late_fine": "50000"}.get, given={"archive.pages": 86})
    assert (given.get("sum.late_fine"), given.get("archive.pages")) == ("50000", 86)


FIELDS: list[dict[str, Any]] = [
    {"name": "title", "label": "案由", "from": "case.title"},
    {"name": "amount", "label": "金额", "kind": "money", "from": "doc.hearing_rights_notice.amount"},
    {"name": "days", "label": "日", "kind": "number", "default": 60},
    {"name": "due", "label": "期限", "kind": "date", "from": "deadline.hearing_request"},
    {"name": "facts", "label": "事实"},
    {"name": "photos", "label": "照片", "kind": "list", "columns": [
        {"name": "item_no", "label": "号"}, {"name": "device", "label": "设备", "from": "recording.device_no"}]},
]  # fmt: skip
TYPE = definition("penalty_decision", fields=FIELDS)
OPENING = {"title": "扬尘案", "amount": "60000", "days": "60", "due": "2026-01-30", "photos": [{"device": "JLY-03"}]}


def test_a_draft_opens_with_all_that_is_known() -> None:
    assert opening_values(TYPE, sources()) == OPENING


def test_what_a_person_typed_goes_before_the_source() -> None:
    typed = combined(TYPE, OPENING, {"amount": "50000", "facts": "x"})
    assert (typed["amount"], typed["facts"], typed["title"]) == ("50000", "x", "扬尘案")


def test_typed_rows_are_laid_over_known_ones_and_appended() -> None:
    laid = combined(TYPE, OPENING, {"photos": [{"item_no": "Z1"}]})
    assert laid["photos"] == [{"device": "JLY-03", "item_no": "Z1"}]
    more = combined(TYPE, laid, {"photos": {"append": [{"item_no": "Z2"}]}})
    assert [r["item_no"] for r in more["photos"]] == ["Z1", "Z2"]
    by_number = combined(TYPE, laid, {"photos": [{"item_no": "Z9"}, {"item_no": "Z1", "device": "X"}]})
    assert by_number["photos"] == [{"item_no": "Z9"}, {"item_no": "Z1", "device": "X"}]


def test_a_changed_source_makes_untouched_fields_stale() -> None:
    now = {**OPENING, "title": "新案由", "amount": "70000"}
    data = {**OPENING, "amount": "50000"}
    assert stale_fields(TYPE, data, OPENING, now) == ("title",)
    assert stale_fields(TYPE, OPENING, OPENING, OPENING) == ()


def test_refreshing_keeps_what_a_person_wrote() -> None:
    now = {**OPENING, "title": "新案由", "amount": "70000"}
    fresh = refreshed(TYPE, {**OPENING, "amount": "50000", "facts": "x"}, OPENING, now)
    assert (fresh["title"], fresh["amount"], fresh["facts"]) == ("新案由", "50000", "x")


def test_a_source_that_vanished_empties_its_field() -> None:
    now = {k: v for k, v in OPENING.items() if k != "due"}
    assert "due" not in refreshed(TYPE, OPENING, OPENING, now)


@pytest.mark.article("A3.2")
def test_text_and_recordings_go_together_or_apart_unless_an_article_says_otherwise() -> None:
    for method, level in (("委托", "可以"), ("邮寄", "可以"), ("留置", "必须"), ("直接", "必须")):
        shown = Sources(view=view("service_receipt", data={"method": method}))
        assert shown.get("document.av_required") == level


@pytest.mark.article("A14.1")
def test_the_recording_duty_that_prints_is_the_one_the_gate_checks() -> None:
    assert Sources(view=view("site_inspection_record")).get("document.av_required") == "必须"
    assert Sources(view=view("inquiry_record", keys={"recording": "optional"})).get("document.av_required") == "可以"
    note = paper("av_unsuitable_note", target_id="draft", status=Status.ISSUED)
    assert Sources(view=view("site_inspection_record", others=[note])).get("document.av_required") == "豁免"
