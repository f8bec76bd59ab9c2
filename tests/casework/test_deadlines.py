"""Periods begin, are lengthened and met by what happens, on the rows of a case; lateness is flagged, never refused."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import orm

from casework import calendar, deadlines, queries
from casework.calendar import Calendar, Day
from casework.deadlines import Desk, react, recount
from casework.facts import DeadlineFacts, Happening
from casework.figures import read
from casework.models import CaseRow
from catalogue.loading import load_catalogue
from foundation.clock import parse_local
from foundation.context import Context
from foundation.settings import ROOT

CASE, AGENCY = "c" * 36, "g" * 36


@pytest.fixture
def session(ctx: Context) -> Iterator[orm.Session]:
    with ctx.database.write() as session:
        words = dict.fromkeys(("number", "working_number", "title", "procedure", "state"), "")
        days = dict.fromkeys(("initiated_on", "emergency_started_at", "closed_on", "archived_on"))
        row = {"id": CASE, "agency_id": AGENCY, "opened_at": ctx.clock.now(), "dispute_prone": False}
        session.add(CaseRow(**row, **words, **days))
        session.flush()
        yield session


class Course:
    """What happens in one case, told in a line each."""

    def __init__(self, ctx: Context, session: orm.Session, settings: dict[str, Any] | None = None) -> None:
        days = calendar.national()
        self.session = session
        self.desk = Desk(session=session, ids=ctx.ids, calendar=days, settings=settings or {}, now=ctx.clock.now())

    def happens(self, kind: str, at: str, subject: str = "s", target: str = "", **values: Any) -> list[str]:
        return react(
            self.desk,
            Happening(
                kind=kind, case_id=CASE, agency_id=AGENCY, subject_id=subject, target_id=target, at=parse_local(at),
                values=values,
            ),
        )  # fmt: skip

    def of(self, kind: str) -> DeadlineFacts:
        return next(d for d in queries.deadlines_of(self.session, CASE) if d.kind == kind)

    def last(self, kind: str) -> str:
        return self.of(kind).last_day.isoformat()

    def flags(self) -> list[str]:
        return [f.kind for f in queries.flags_of(self.session, CASE)]


@pytest.fixture
def course(ctx: Context, session: orm.Session) -> Course:
    return Course(ctx, session)


@pytest.mark.article("A15.1")
def test_the_period_of_kept_things_begins_when_they_are_kept_and_is_met_by_their_decision(course: Course) -> None:
    course.happens("issued:preservation_notice", "2026-01-08T10:54", "notice", start_at="2026-01-08T11:00")
    assert course.last("preservation_handle") == "2026-01-19"
    course.happens("issued:preservation_disposal_decision", "2026-01-15T14:05", "decision", "other")
    assert course.of("preservation_handle").met_on is None
    course.happens("issued:preservation_disposal_decision", "2026-01-15T14:05", "decision", "notice")
    assert course.of("preservation_handle").met_on == dt.date(2026, 1, 15)
    assert course.flags() == []


def test_a_duty_met_late_is_flagged_for_ever(course: Course) -> None:
    course.happens("issued:preservation_notice", "2026-01-08T10:54", "notice", start_at="2026-01-08T11:00")
    course.happens("issued:preservation_disposal_decision", "2026-01-20T09:00", "decision", "notice")
    assert course.flags() == ["late:preservation_handle"]
    flag = queries.flags_of(course.session, CASE)[0]
    assert flag.message == "先行登记保存处理逾期：应于2026-01-19前，实际于2026-01-20（罚56、85）。"


def test_a_party_that_is_late_is_not_flagged(course: Course) -> None:
    course.happens("served:penalty_decision", "2026-03-11T15:20", amount="50000")
    course.happens("issued:court_result_register", "2026-11-16T15:10", "r", result="执行完毕")
    assert course.of("fine_payment").met_on == dt.date(2026, 11, 16)
    assert course.flags() == []


@pytest.mark.article("A30.1")
def test_the_window_to_the_court_opens_with_the_end_of_the_time_to_sue(course: Course) -> None:
    course.happens("served:penalty_decision", "2026-03-11T15:20", "decision", amount="50000")
    course.happens("served:late_fine_notice", "2026-04-30T10:00", "late")
    windows = [d for d in queries.deadlines_of(course.session, CASE) if d.kind == "court_window"]
    assert [(d.subject_id, d.last_day.isoformat()) for d in windows] == [
        ("decision", "2026-12-11"),
        ("late", "2027-01-30"),
    ]


def test_a_warning_has_no_payment_period_and_cash_none_either(course: Course) -> None:
    course.happens("served:penalty_decision", "2026-03-11T15:20")
    course.happens("served:summary_penalty_decision", "2026-05-12T08:35", amount="100", collect_way="当场收缴")
    kinds = {d.kind for d in queries.deadlines_of(course.session, CASE)}
    assert "fine_payment" not in kinds
    assert "onsite_cash_to_agency" in kinds


def test_cash_goes_to_the_agency_and_then_to_the_bank(course: Course) -> None:
    course.happens(
        "served:summary_penalty_decision", "2026-05-12T08:35", "decision", amount="100", collect_way="当场收缴"
    )
    times = {"to_agency_at": "2026-05-14T10:00", "to_bank_at": "2026-05-18T09:30"}
    course.happens("issued:onsite_fine_record", "2026-05-18T09:40", "record", "decision", **times)
    assert (course.last("onsite_cash_to_agency"), course.of("onsite_cash_to_agency").met_on) == (
        "2026-05-14", dt.date(2026, 5, 14))  # fmt: skip
    assert (course.last("onsite_cash_to_bank"), course.of("onsite_cash_to_bank").met_on) == (
        "2026-05-18", dt.date(2026, 5, 18))  # fmt: skip


@pytest.mark.article("A31.2")
def test_the_clock_of_a_recording_runs_from_its_beginning_until_its_end_is_known(course: Course) -> None:
    course.happens("announced", "2026-01-06T09:28", "r")
    first = course.of("av_upload")
    assert (first.end, first.provisional) == (parse_local("2026-01-07T09:28"), True)
    course.happens("ended", "2026-01-06T10:16", "r", ended_at=parse_local("2026-01-06T10:16"))
    ended = course.of("av_upload")
    assert (ended.end, ended.provisional) == (parse_local("2026-01-07T10:16"), False)
    spans = {
        "ended_at": parse_local("2026-01-06T10:16"),
        "stored_at": parse_local("2026-01-07T10:17"),
        "late_reason": "断网",
    }
    course.happens("stored", "2026-01-07T10:17", "r", **spans)
    assert course.flags() == ["late:av_upload"]
    assert queries.flags_of(course.session, CASE)[0].reason == "断网"


@pytest.mark.article("A9.2")
def test_an_emergency_report_within_24_hours_is_in_time_to_the_minute(course: Course) -> None:
    course.happens("emergency_started", "2026-07-04T20:10")
    course.happens("reported", "2026-07-05T20:10")
    assert course.flags() == []


def test_an_approved_extension_lengthens_the_time_to_decide(course: Course) -> None:
    course.happens("issued:case_initiation_approval", "2026-01-07T11:05", granted=True)
    course.happens("issued:time_extension_approval", "2026-04-01T09:00", "x", granted=True, extend_days="30")
    assert course.last("penalty_decision_90") == "2026-05-07"


def test_time_for_tests_is_added_to_the_time_of_a_seizure(course: Course) -> None:
    course.happens("issued:coercive_measure_decision", "2026-03-02T09:00", "m", period_start="2026-03-02")
    course.happens("issued:coercive_extension_notice", "2026-03-30T09:00", "e", "m", extend_days="30")
    course.happens("issued:test_period_notice", "2026-03-31T09:00", "t", "m", excluded_days="10")
    assert course.last("seizure_period") == "2026-05-11"


def test_a_setting_of_the_agency_decides_where_the_law_names_no_figure(ctx: Context, session: orm.Session) -> None:
    course = Course(ctx, session, {"defence.days": 3})
    course.happens("served:penalty_prior_notice", "2026-01-23T10:20")
    assert course.last("statement_defense") == "2026-01-28"


@pytest.mark.parametrize(
    ("procedure", "last"), [("普通程序", "2026-04-24"), ("简易程序", "2026-04-17"), ("", "2026-04-24")]
)
def test_the_answer_to_a_reconsideration_is_due_by_its_procedure(course: Course, procedure: str, last: str) -> None:
    """复48: ten working days from the copy; 复54: five under the simple procedure."""
    told = {"kind": "行政复议", "copy_received_at": "2026-04-10", "review_procedure": procedure}
    at = parse_local("2026-04-10T10:00")
    parts = {"case_id": CASE, "agency_id": AGENCY, "subject_id": "s", "target_id": ""}
    react(course.desk, Happening(kind="issued:remedy_register", at=at, values=told, **parts))
    assert course.last("reconsideration_reply") == last
    assert len([d for d in queries.deadlines_of(course.session, CASE) if d.kind == "reconsideration_reply"]) == 1


def test_the_same_event_again_begins_the_period_anew_and_makes_no_second_one(course: Course) -> None:
    course.happens("served:hearing_rights_notice", "2026-01-23T10:20")
    course.happens("served:hearing_rights_notice", "2026-01-26T10:20")
    assert [d.last_day.isoformat() for d in queries.deadlines_of(course.session, CASE)] == ["2026-02-02"]


def test_open_periods_are_counted_again_when_the_calendar_changes(course: Course) -> None:
    course.happens("served:demand_letter", "2026-12-25T09:00")
    assert course.of("demand_wait").provisional
    own = {dt.date(2027, 1, 1): Day(working=False, name="元旦"), dt.date(2027, 1, 4): Day(working=False, name="调休")}
    known = Calendar(
        national=course.desk.calendar.national,
        national_years=course.desk.calendar.national_years,
        own=own,
        own_years=frozenset({2027}),
    )
    desk = Desk(**{**vars(course.desk), "calendar": known})
    before = course.last("demand_wait")
    moved = recount(desk, AGENCY)
    assert [d.kind for d in moved] == ["demand_wait"]
    assert course.last("demand_wait") > before
    assert not course.of("demand_wait").provisional


def test_every_rule_names_papers_that_exist_and_has_a_source() -> None:
    types = set(load_catalogue(ROOT / "templates").types)
    for rule in deadlines.rules():
        events = [*rule.begins, *(t.event for t in (*rule.met, *rule.extends))]
        assert {e.partition(":")[2] for e in events if ":" in e} <= types, rule.kind
        assert rule.source
        assert rule.begins or rule.after
    assert {r["duty_of"] for r in read("deadlines")["rules"]} <= {"party", "agency", "court", "window"}
