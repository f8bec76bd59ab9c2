"""What papers say of earlier ones is put together from the case, so that nobody types it again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from casework.facts import DocumentFacts
from casework.gates.api import CaseView
from casework.phrases import known
from tests.casework.gate_views import deadline, definition, paper, served, view

DECISION = paper("penalty_decision", id="d", number="清政罚〔2026〕第1号", data={"amount": "50000"})
LATE = paper("late_fine_notice", id="l", number="清政加罚〔2026〕第1号", data={"late_fine": "50000"})
DEMAND = paper("demand_letter", id="m", number="清政催〔2026〕第1号")
SERVED = (served(DECISION, "2026-03-11"), served(LATE, "2026-04-30"), served(DEMAND, "2026-09-15"))
BOTH = "罚款50000元、加处罚款50000元，合计人民币100000元"


def seen(*others: DocumentFacts, target: str | None = None, **more: Any) -> CaseView:
    return view("note", others=others, changes={"target_id": target}, services=SERVED, **more)


def test_decisions_are_named_with_the_days_on_which_they_were_served() -> None:
    at = seen(DECISION, LATE)
    assert known(at, "decisions") == "清政罚〔2026〕第1号、清政加罚〔2026〕第1号"
    assert known(at, "decisions_served") == (
        "清政罚〔2026〕第1号（2026年3月11日送达）、清政加罚〔2026〕第1号（2026年4月30日送达）"
    )


def test_what_is_due_counts_fine_and_late_fine() -> None:
    assert known(seen(DECISION), "due_text") == "罚款人民币50000元"
    assert known(seen(DECISION, LATE), "due_text") == BOTH
    assert known(seen(DECISION, LATE), "court_requests") == "依法强制执行罚款50000元及加处罚款50000元"


def test_the_course_of_a_demand_names_its_end() -> None:
    at = seen(DECISION, DEMAND, deadlines=(deadline("demand_wait", "2026-09-29"),))
    assert known(at, "demand_served") == "清政催〔2026〕第1号（2026年9月15日送达）"
    assert known(at, "demand_info") == (
        "2026年9月15日送达催告书（清政催〔2026〕第1号），至2026年9月29日催告期满，被申请人仍未履行"
    )


@pytest.mark.parametrize(
    ("papers", "said"),
    [
        ((), None),
        ((paper("defense_review_opinion", data={"points": [{"claim": "轻", "adopt": "采纳", "reason": "属实"}]}),),
         "主张轻，采纳（属实）"),
        ((paper("hearing_report", data={"suggestion": "变更", "reason": "已改正"}),), "听证后建议变更：已改正"),
        ((paper("hearing_report", data={"suggestion": "变更"}),
          paper("collective_discussion_record", data={"defense_summary": "部分采纳"})), "部分采纳"),
    ],
)  # fmt: skip
def test_the_latest_word_on_the_defence_counts(papers: tuple[DocumentFacts, ...], said: str | None) -> None:
    assert known(seen(*papers), "defense") == said


def test_a_demand_without_answer_has_no_defence() -> None:
    assert known(seen(DEMAND), "demand_defense") == "未提出陈述、申辩"
    review = paper(
        "defense_review_opinion", data={"stage": "催告阶段", "points": [{"claim": "困难", "adopt": "不采纳"}]}
    )
    assert known(seen(DEMAND, review), "demand_defense") == "主张困难，不采纳"


def test_the_discussion_goes_before_the_report() -> None:
    report = paper("investigation_report", data={"suggestion": "罚款60000元"})
    assert known(seen(report), "proposed") == "罚款60000元"
    discussed = paper("collective_discussion_record", data={"conclusion": "罚款50000元"})
    assert known(seen(report, discussed), "proposed") == "罚款50000元"


def test_a_notice_is_named_with_its_service() -> None:
    notice = paper("hearing_rights_notice", id="n", number="清政听告〔2026〕第1号")
    at = view("note", others=[notice], services=(served(notice, "2026-01-23"),))
    assert known(at, "notice_served") == "清政听告〔2026〕第1号（2026年1月23日送达）"


def test_a_hearing_is_told_in_one_sentence() -> None:
    data = {
        "start_time": "2026-02-26T09:00",
        "place": "二楼会议室",
        "public": True,
        "presider": "庚七",
        "clerk": "辛八",
    }
    said = known(seen(paper("hearing_record", data=data)), "hearing_info")
    assert said == "2026年2月26日在二楼会议室公开举行听证，由庚七主持，辛八记录"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "罚款", "amount": "100"}, "罚款100元"),
        ({"kind": "警告并处罚款", "amount": "50"}, "警告，罚款50元"),
        ({"kind": "警告"}, "警告"),
    ],
)
def test_an_on_the_spot_penalty_is_told_by_kind_and_sum(data: Mapping[str, str], said: str) -> None:
    assert known(seen(paper("summary_penalty_decision", id="s", data=data), target="s"), "penalty_of_target") == said


def test_a_receipt_lists_the_paper_that_it_serves() -> None:
    at = seen(DECISION, target="d")
    assert known(at, "served_papers") == [{"name": "penalty_decision", "doc_no": "清政罚〔2026〕第1号", "copies": "1"}]
    assert known(at, "served_names") == "《penalty_decision》（清政罚〔2026〕第1号）"


def test_papers_for_the_court_begin_with_the_application_itself() -> None:
    data = {"attachments": [{"name": "决定书", "pages": "9", "copies": "2"}]}
    rows = known(seen(paper("court_application", id="a", data=data), target="a"), "court_materials")
    assert [(r["item_no"], r["name"], r["kind"]) for r in rows] == [
        ("1", "court_application", "原件"),
        ("2", "决定书", "复印件"),
    ]


def test_papers_for_the_court_know_the_application_of_their_case() -> None:
    assert known(seen(paper("court_application", id="a")), "court_materials")[0]["name"] == "court_application"


def test_the_agency_is_told_with_address_and_head() -> None:
    at = seen(settings={"name": "清河镇人民政府", "address": "政府路1号", "head": "子一", "head_post": "镇长"})
    assert known(at, "agency_line") == "清河镇人民政府，住所地政府路1号，法定代表人子一（镇长）"


def test_an_approval_names_its_paper_by_title() -> None:
    at = seen(data={"target_doc": "hearing_notice"}, definitions={"hearing_notice": definition("hearing_notice")})
    assert known(at, "target_title") == "hearing_notice"


@pytest.mark.article("A15.1")
def test_kept_things_are_handled_within_seven_working_days() -> None:
    holidays = {dt.date(2026, 1, 10), dt.date(2026, 1, 11), dt.date(2026, 1, 17), dt.date(2026, 1, 18)}
    at = seen(data={"start_at": "2026-01-08T11:00"}, is_working_day=lambda day: day not in holidays)
    assert known(at, "preservation_end") == dt.date(2026, 1, 19)


def test_a_name_that_nobody_knows_gives_nothing() -> None:
    assert known(seen(), "phase_of_the_moon") is None
    assert known(seen(), "court_materials") is None
