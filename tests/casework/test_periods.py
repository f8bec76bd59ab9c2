"""Orders about periods: standing still, going on, longer; and periods of papers that lost their effect."""

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import queries
from casework.facts import CaseFacts, DeadlineFacts, Happening
from casework.operations import events, periods
from casework.operations.changing import void
from casework.queries import periods as listed
from casework.views import office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, NotFound, Refused
from tests.casework.offices import Bureau, small
from tests.conftest import move


class Room:
    """An office with one general case whose time to decide runs."""

    def __init__(self, ctx: Context, folder: Path) -> None:
        self.ctx = small(ctx, folder)
        self.bureau = Bureau(self.ctx)
        move(self.ctx, "2026-01-07T11:05")
        self.case: CaseFacts = self.bureau.case("general", party_ids=[self.bureau.party().id])

    def happens(self, kind: str, subject: str = "s", **values: object) -> None:
        with self.ctx.database.write() as session:
            at = office(self.ctx, session)
            words = {"case_id": self.case.id, "agency_id": self.case.agency_id, "subject_id": subject}
            happening = Happening(kind=kind, at=self.ctx.clock.now(), values=values, **words)
            events.happen(at, self.bureau.as_("甲一"), happening)

    def period(self, kind: str) -> DeadlineFacts:
        with self.ctx.database.read() as session:
            return next(d for d in queries.deadlines_of(session, self.case.id) if d.kind == kind)

    def kinds(self) -> list[str]:
        with self.ctx.database.read() as session:
            return [p.facts.kind for p in listed.running(session, sa.true())]


@pytest.fixture
def room(ctx: Context, tmp_path: Path) -> Room:
    room = Room(ctx, tmp_path / "templates")
    room.happens("issued:case_initiation_approval", granted=True)
    return room


def test_a_pause_is_not_counted_and_the_sentence_names_it(room: Room) -> None:
    head, before = room.bureau.as_("丙三"), room.period("penalty_decision_90")
    move(room.ctx, "2026-02-02T09:00")
    still = periods.pause(room.ctx, head, deadline_id=before.id, reason="送检")
    assert still.paused_on == dt.date(2026, 2, 2)
    assert "2026-02-02之后中止" in still.formula
    move(room.ctx, "2026-02-12T09:00")
    on = periods.resume(room.ctx, head, deadline_id=before.id, reason="检验报告送达")
    assert on.last_day == before.last_day + dt.timedelta(days=9)
    assert "2026-02-03至2026-02-11中止，9日不计入" in on.formula
    assert "罚60" in on.formula
    assert on.paused_on is None
    with room.ctx.database.read() as session:
        kinds = [e.kind for e in journal.events(session, f"case:{room.case.id}")]
    assert [k for k in kinds if k.startswith("case.period_")] == ["case.period_paused", "case.period_resumed"]


def test_working_days_of_a_pause_are_counted_as_working_days(room: Room) -> None:
    room.happens("issued:complaint_report_register", "c")
    before, head = room.period("complaint_decide"), room.bureau.as_("丙三")
    move(room.ctx, "2026-01-09T09:00")
    periods.pause(room.ctx, head, deadline_id=before.id, reason="委托鉴定")
    move(room.ctx, "2026-01-13T09:00")
    on = periods.resume(room.ctx, head, deadline_id=before.id, reason="鉴定意见收到")
    assert "1个工作日不计入" in on.formula
    assert on.n == before.n + 1


def test_only_the_head_of_the_agency_lengthens_and_only_once(room: Room) -> None:
    room.happens("issued:complaint_report_register", "c")
    one = room.period("complaint_decide")
    with pytest.raises(Refused, match="须经") as found:
        periods.lengthen(room.ctx, room.bureau.as_("丙三"), deadline_id=one.id, reason="案情复杂")
    assert found.value.findings[0].who
    head = room.bureau.as_("己六")
    longer = periods.lengthen(room.ctx, head, deadline_id=one.id, reason="案情复杂")
    assert longer.n == one.n + 15
    with pytest.raises(Refused, match="已经延长过"):
        periods.lengthen(room.ctx, head, deadline_id=one.id, reason="仍然复杂")


@pytest.mark.parametrize(("who", "word"), [("甲一", "承办机构负责人"), ("丁四", "承办机构负责人")])
def test_who_may_not_order_is_told_who_can(room: Room, who: str, word: str) -> None:
    one = room.period("penalty_decision_90")
    with pytest.raises(Refused) as found:
        periods.pause(room.ctx, room.bureau.as_(who), deadline_id=one.id, reason="送检")
    assert word in found.value.findings[0].remedy


def test_a_period_that_no_law_lets_stand_still_runs_on(room: Room) -> None:
    room.happens("served:demand_letter", "d")
    room.happens("issued:penalty_decision", "p")
    head = room.bureau.as_("丙三")
    with pytest.raises(Refused, match="对方的法定期限"):
        periods.pause(room.ctx, head, deadline_id=room.period("demand_wait").id, reason="等")
    with pytest.raises(Refused, match="没有规定"):
        periods.pause(room.ctx, head, deadline_id=room.period("decision_service").id, reason="等")
    told = periods.orders(room.ctx, head, room.period("decision_service").id)
    assert set(told) == {"pause", "lengthen"}


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501, "a\x01b"])
def test_an_order_needs_a_reason_that_can_be_kept(room: Room, reason: str) -> None:
    one = room.period("penalty_decision_90")
    with pytest.raises(BadInput):
        periods.pause(room.ctx, room.bureau.as_("丙三"), deadline_id=one.id, reason=reason)
    assert room.period("penalty_decision_90").paused_on is None


def test_a_day_outside_the_period_is_no_day_of_a_pause(room: Room) -> None:
    one = room.period("penalty_decision_90")
    for day in (dt.date(2026, 1, 1), dt.date(2026, 12, 1)):
        with pytest.raises(BadInput, match="中止日期"):
            periods.pause(room.ctx, room.bureau.as_("丙三"), deadline_id=one.id, reason="送检", on=day)


def test_a_period_of_another_agency_is_not_there(room: Room) -> None:
    other = Bureau(room.ctx, fonds_no="QH02")
    with pytest.raises(NotFound):
        periods.pause(room.ctx, other.as_("丙三"), deadline_id=room.period("penalty_decision_90").id, reason="送检")


def test_periods_of_a_replaced_decision_are_no_longer_listed(room: Room) -> None:
    room.happens("served:penalty_decision", "decision", amount="50000")
    assert {"fine_payment", "litigation", "court_window"} <= set(room.kinds())
    room.happens("replaced:penalty_decision", "decision")
    assert not {"fine_payment", "litigation", "court_window", "reconsideration"} & set(room.kinds())
    assert room.period("fine_payment").ended_on == dt.date(2026, 1, 7)
    assert "penalty_decision_90" in room.kinds()


def test_a_decision_that_is_replaced_by_a_new_one_takes_its_periods_with_it(room: Room) -> None:
    first = room.bureau.issue(room.bureau.draft("stop_order", room.case))
    receipt = room.bureau.draft("service_receipt", room.case, target_id=first.id)
    assert receipt.target_id == first.id
    room.happens("served:stop_order", first.id)
    assert "litigation" in room.kinds()
    room.bureau.issue(room.bureau.draft("stop_order", room.case, target_id=first.id))
    assert "litigation" not in room.kinds()


def test_what_a_paper_began_that_is_given_up_ends(room: Room) -> None:
    draft = room.bureau.draft("letter", room.case, data={"text": "一"})
    room.happens("submitted:crime_transfer_approval", draft.id)
    assert "crime_transfer_decide" in room.kinds()
    void(room.ctx, room.bureau.as_("甲一"), document_id=draft.id, reason="不移送")
    assert "crime_transfer_decide" not in room.kinds()


def test_what_the_office_owes_stands_before_what_runs_for_others(room: Room) -> None:
    room.happens("served:demand_letter", "d")
    assert room.kinds() == ["penalty_decision_90", "demand_wait"]
