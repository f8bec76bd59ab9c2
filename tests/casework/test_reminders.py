"""Reminders before a period ends and after it, who is told, and the calendar address."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from casework import reminders
from casework.facts import DeadlineFacts
from casework.operations import cases, feeds, periods, reminding
from foundation import journal
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import NotFound
from tests.casework.test_periods import Room
from tests.conftest import move

END = parse_local("2026-04-07T23:59")
PERIOD = DeadlineFacts(
    id="p",
    case_id="c",
    kind="penalty_decision_90",
    title="作出处罚决定",
    n=90,
    unit="calendar_day",
    start=parse_local("2026-01-07T11:05"),
    end=END,
    last_day=dt.date(2026, 4, 7),
    formula="",
    source="罚60",
    duty_of="agency",
)


@pytest.mark.parametrize(
    ("at", "step"),
    [
        ("2026-03-30T09:00", ""),
        ("2026-04-01T09:00", "t7"),
        ("2026-04-05T09:00", "t3"),
        ("2026-04-07T09:00", "t1"),
        ("2026-04-08T09:00", "overdue"),
    ],
)
def test_a_period_asks_for_the_latest_step_that_has_come(at: str, step: str) -> None:
    assert reminders.due(PERIOD, parse_local(at)) == step


def test_only_what_runs_is_reminded_of_and_a_partys_period_when_it_is_over() -> None:
    late = parse_local("2026-04-08T09:00")
    assert reminders.due(replace(PERIOD, met_on=dt.date(2026, 4, 1)), late) == ""
    assert reminders.due(replace(PERIOD, ended_on=dt.date(2026, 4, 1)), late) == ""
    assert reminders.due(replace(PERIOD, paused_on=dt.date(2026, 4, 1)), late) == ""
    assert reminders.due(replace(PERIOD, duty_of="party"), late) == "passed"
    assert reminders.due(replace(PERIOD, duty_of="party"), parse_local("2026-04-07T09:00")) == ""


@pytest.fixture
def room(ctx: Context, tmp_path: Path) -> Room:
    room = Room(ctx, tmp_path / "templates")
    room.happens("issued:case_initiation_approval", granted=True)
    return room


def told(room: Room, name: str) -> list[tuple[str, bool]]:
    return [(r.step, r.escalated) for r in reminding.mine(room.ctx, room.bureau.as_(name))]


def test_officers_are_reminded_once_a_step_and_the_head_when_it_is_late(room: Room) -> None:
    move(room.ctx, "2026-04-01T09:00")
    assert (reminding.remind(room.ctx), reminding.remind(room.ctx)) == (2, 0)
    assert (told(room, "甲一"), told(room, "乙二"), told(room, "丙三")) == ([("t7", False)], [("t7", False)], [])
    move(room.ctx, "2026-04-09T09:00")
    assert reminding.remind(room.ctx) == 3
    assert (told(room, "甲一"), told(room, "丙三")) == ([("overdue", False)], [("overdue", True)])


def test_the_head_of_the_officers_own_department_is_told(room: Room) -> None:
    room.bureau.join("外科室长", roles=["unit_head"], department="社会事务办公室")
    move(room.ctx, "2026-04-09T09:00")
    reminding.remind(room.ctx)
    assert (told(room, "丙三"), told(room, "外科室长")) == ([("overdue", True)], [])


def test_reading_empties_the_bell_and_a_moved_end_is_told_anew(room: Room) -> None:
    move(room.ctx, "2026-04-05T09:00")
    reminding.remind(room.ctx)
    actor = room.bureau.as_("甲一")
    assert reminding.unread(room.ctx, actor) == 1
    reminding.seen(room.ctx, actor)
    assert reminding.unread(room.ctx, actor) == 0
    one = room.period("penalty_decision_90")
    periods.pause(room.ctx, room.bureau.as_("丙三"), deadline_id=one.id, reason="送检", on=dt.date(2026, 4, 1))
    assert reminding.remind(room.ctx) == 0
    periods.resume(room.ctx, room.bureau.as_("丙三"), deadline_id=one.id, reason="已收到报告", on=dt.date(2026, 4, 4))
    assert told(room, "甲一") == []
    assert reminding.remind(room.ctx) == 2
    assert told(room, "甲一") == [("t7", False)]


def test_who_left_the_case_sees_its_reminders_no_more(room: Room) -> None:
    room.bureau.join("庚七", roles=["finance"])
    move(room.ctx, "2026-04-05T09:00")
    reminding.remind(room.ctx)
    assert told(room, "庚七") == []
    assert reminding.unread(room.ctx, room.bureau.as_("庚七")) == 0


def test_a_calendar_address_reads_the_holders_periods_until_it_is_taken_back(room: Room) -> None:
    actor = room.bureau.as_("甲一")
    secret = feeds.give(room.ctx, actor)
    assert [p.facts.kind for p in feeds.periods_by(room.ctx, secret)] == ["penalty_decision_90"]
    again = feeds.give(room.ctx, actor)
    with pytest.raises(NotFound):
        feeds.periods_by(room.ctx, secret)
    feeds.end(room.ctx, actor)
    for dead in (again, "", "x" * 400, "喵"):
        with pytest.raises(NotFound):
            feeds.periods_by(room.ctx, dead)
    assert feeds.feed_of(room.ctx, actor) is None
    with room.ctx.database.read() as session:
        events = list(journal.events(session, f"agency:{room.bureau.agency_id}"))
    events = [e for e in events if e.kind.startswith("calendar")]
    assert [e.kind.rpartition("_")[2] for e in events] == ["given", "ended", "given", "ended"]
    assert secret not in str([e.data for e in events])


def test_a_calendar_address_gives_what_its_holder_may_read_at_that_moment(room: Room) -> None:
    secret = feeds.give(room.ctx, room.bureau.as_("乙二"))
    gone = {"case_id": room.case.id, "person_id": room.bureau.ids["乙二"], "reason": "调离"}
    cases.release(room.ctx, room.bureau.as_("丙三"), **gone)
    assert list(feeds.periods_by(room.ctx, secret)) == []
