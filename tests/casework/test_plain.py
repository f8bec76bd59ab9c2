"""Periods and rights in plain words: every period of a party has some, and its day is the computed one."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from casework.deadlines import rules
from casework.facts import DeadlineFacts, DocumentFacts
from casework.figures import read
from casework.plain import periods_of, rights_of
from catalogue.loading import load_catalogue
from foundation.settings import ROOT
from tests.archive.facts import paper

AT = dt.datetime(2026, 3, 13, 2, tzinfo=dt.UTC)


def period(kind: str, last: str = "2026-03-20", **changes: Any) -> DeadlineFacts:
    facts: dict[str, Any] = {
        "id": kind, "case_id": "c1", "kind": kind, "title": kind, "n": 5, "unit": "working_day", "start": AT, "end": AT,
        "last_day": dt.date.fromisoformat(last), "formula": "自送达次日起5个工作日", "source": "法",
        "duty_of": "party", "subject_id": "hearing_rights_notice-2026-03-10",
    }  # fmt: skip
    return DeadlineFacts(**{**facts, **changes})


def told(kind: str, today: str, **changes: Any) -> Any:
    document = dataclasses.replace(paper("hearing_rights_notice"), id="hearing_rights_notice-2026-03-10")
    (found,) = periods_of(document, [period(kind, **changes)], dt.date.fromisoformat(today))
    return found


def test_every_period_of_a_party_has_plain_words_with_their_source() -> None:
    words = read("party_words")["periods"]
    kinds = {r.kind for r in rules() if r.duty_of == "party"}
    assert kinds <= set(words)
    assert [k for k, w in words.items() if w and not {"open", "passed", "met", "how", "source"} <= set(w)] == []


def test_words_name_no_day_and_no_number_of_days_of_their_own() -> None:
    words = read("party_words")["periods"]
    assert [k for k, w in words.items() if w and any(c.isdigit() for c in f"{w['open']}{w['passed']}")] == []
    assert {k.partition(":")[0] for k in words} <= {r.kind for r in rules()}


def test_types_in_the_words_are_types() -> None:
    types, words = load_catalogue(ROOT / "templates").types, read("party_words")
    assert set(words["rights"]) - {"all"} <= set(types)
    assert [n for n in words["fields"] if types[n.split(".")[0]].find_field(n.split(".")[1]) is None] == []


@pytest.mark.parametrize(
    ("today", "state", "text"),
    [
        ("2026-03-13", "open", "您可以在2026年3月20日前（含当天）申请听证。"),
        ("2026-03-20", "last", "您可以在2026年3月20日前（含当天）申请听证。"),
        ("2026-03-21", "passed", "申请听证的期限已于2026年3月20日届满。"),
    ],
)
def test_a_period_is_told_as_it_stands_today(today: str, state: str, text: str) -> None:
    found = told("hearing_request", today)
    assert (found.state, found.text) == (state, text)


def test_what_was_done_is_told_as_done() -> None:
    assert told("hearing_request", "2026-03-25", met_on=dt.date(2026, 3, 18)).state == "met"


def test_duties_of_the_office_and_periods_of_other_papers_are_not_told() -> None:
    document = paper("hearing_rights_notice")
    others = [period("hearing_request", duty_of="agency"), period("hearing_request", subject_id="another")]
    assert periods_of(document, others, dt.date(2026, 3, 13)) == []


def test_what_still_runs_comes_first_and_the_nearest_day_before_others() -> None:
    document = paper("penalty_decision")
    words = {"subject_id": document.id}
    rows = [
        period("litigation", "2026-09-10", **words),
        period("fine_payment", "2026-03-10", **words),
        period("reconsideration", "2026-05-09", **words),
    ]
    found = periods_of(document, rows, dt.date(2026, 3, 13))
    assert [p.day.isoformat() for p in found] == ["2026-05-09", "2026-09-10", "2026-03-10"]


def test_a_day_that_the_paper_sets_is_told_and_nonsense_is_not() -> None:
    def found(value: str) -> list[str]:
        order: DocumentFacts = paper("correction_order", data={"correct_by": value})
        return [p.text for p in periods_of(order, [], dt.date(2026, 3, 13))]

    assert found("2026-03-18T18:00") == ["请在2026年3月18日前（含当天）改正。"]
    assert found("尽快") == []


def test_a_summary_penalty_names_reconsideration_first() -> None:
    document = paper("summary_penalty_decision")
    rows = [period(kind, subject_id=document.id) for kind in ("litigation", "reconsideration")]
    (found,) = periods_of(document, rows, dt.date(2026, 3, 13))
    assert "申请行政复议" in found.text
    rights = "".join(r.text for r in rights_of(document, {"reconsideration_body": "示范县人民政府"}))
    assert "先申请行政复议" in rights


def test_a_period_that_lost_its_ground_is_not_told() -> None:
    document = paper("penalty_decision")
    row = period("reconsideration", subject_id=document.id, ended_on=dt.date(2026, 3, 12))
    assert periods_of(document, [row], dt.date(2026, 3, 13)) == []


def test_rights_hold_the_agencys_names_and_leave_out_what_is_not_known() -> None:
    known = rights_of(paper("penalty_decision"), {"court": "示范县人民法院", "contact": "000-00000000"})
    text = "".join(r.text for r in known)
    assert "示范县人民法院" in text
    assert "000-00000000" in text
    assert "向提出" not in text
    assert [r.text for r in known if "监督电话" in r.text] == []
