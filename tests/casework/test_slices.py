"""Lists from a place on, figures, ledgers and orders: the same on both databases."""

import datetime as dt

import pytest
import sqlalchemy as sa

from access import agencies, tokens
from access.policy import NOBODY, Permission, predicate
from access.predicates import to_sql
from casework import queries
from casework.operations import calendar_days, cases, correcting, figures, keeping, parties
from casework.queries.lists import CaseFilter
from casework.queries.slices import DeadlineFilter, cases_after, deadlines_after
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden
from tests.casework.offices import FIRM, Bureau
from tests.conftest import move

EVERYTHING = sa.true()


def walked(ctx: Context, size: int) -> list[str]:
    """Return the cases of a list that is read page by page."""
    seen: list[str] = []
    place: tuple[dt.datetime, str] | None = None
    while True:
        with ctx.database.read() as session:
            found = cases_after(session, EVERYTHING, CaseFilter(), place=place, size=size)
        seen += [c.id for c in found[:size]]
        if len(found) <= size:
            return seen
        place = (found[size - 1].opened_at, found[size - 1].id)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_list_of_cases_goes_on_where_it_stopped(any_ctx: Context, size: int) -> None:
    office = Bureau(any_ctx)
    for day in (5, 6, 6, 7):  # two at one instant
        move(any_ctx, f"2026-01-{day:02}T09:30")
        office.case()
    with any_ctx.database.read() as session:
        whole = [c.id for c in queries.find_cases(session)]
    assert walked(any_ctx, size) == whole


def test_a_case_that_is_added_meanwhile_moves_nothing(any_ctx: Context) -> None:
    office = Bureau(any_ctx)
    move(any_ctx, "2026-01-05T09:30")
    first = office.case()
    with any_ctx.database.read() as session:
        place = (queries.case_facts(session, first.id).opened_at, first.id)
    move(any_ctx, "2026-01-06T09:30")
    office.case()
    with any_ctx.database.read() as session:
        assert cases_after(session, EVERYTHING, CaseFilter(), place=place, size=5) == []


def test_the_register_of_parties_goes_on_where_it_stopped(any_ctx: Context) -> None:
    office = Bureau(any_ctx)
    for n in range(3):
        office.party(name=f"示例砂石料场{n}（虚构）", id_type="其他证件", id_no=f"样{n}")
    actor, seen, place = office.as_("甲一"), [], None
    while True:
        found = parties.parties_after(any_ctx, actor, "", place=place, size=2)
        seen += [p.name for p in found[:2]]
        if len(found) <= 2:
            break
        place = (found[1].name, found[1].id)
    assert seen == [f"示例砂石料场{n}（虚构）" for n in range(3)]


def test_periods_of_all_cases_come_by_their_end(any_ctx: Context) -> None:
    office = Bureau(any_ctx)
    for day in (5, 6):
        move(any_ctx, f"2026-01-{day:02}T09:30")
        case = office.case()
        cases.start_emergency(
            any_ctx, office.as_("甲一"), case_id=case.id, at=any_ctx.clock.now(), place="工业路", reason="正在倾倒"
        )
    with any_ctx.database.read() as session:
        found = deadlines_after(session, EVERYTHING, DeadlineFilter(running=True), place=None, size=50)
        rest = deadlines_after(
            session, EVERYTHING, DeadlineFilter(running=True), place=(found[0].end, found[0].id), size=50
        )
    assert len(found) >= 2
    assert [d.end for d in found] == sorted(d.end for d in found)
    assert [d.id for d in rest] == [d.id for d in found[1:]]


# --- calendar ---


def test_a_day_off_counts_open_periods_again_and_says_so(any_ctx: Context) -> None:
    office = Bureau(any_ctx)
    office.join("管", roles=["sysadmin"])
    admin = office.as_("管")
    move(any_ctx, "2026-01-05T09:30")
    case = office.case()
    actor, place = office.as_("甲一"), {"place": "工业路", "reason": "正在倾倒"}
    cases.start_emergency(any_ctx, actor, case_id=case.id, at=any_ctx.clock.now(), **place)
    with any_ctx.database.read() as session:
        before = {d.id: d for d in queries.deadlines_of(session, case.id)}
    counted = [d for d in before.values() if d.unit == "working_day" and d.met_on is None]
    day = dt.date(2026, 1, 6)
    moved = calendar_days.set_day(any_ctx, admin, day=day, working=False, name="样例假日")
    with any_ctx.database.read() as session:
        after = {d.id: d for d in queries.deadlines_of(session, case.id)}
        kept = [e for e in journal.events(session, f"agency:{office.agency_id}") if e.kind == "calendar.day_set"]
    assert moved == sum(after[i].last_day != before[i].last_day for i in before)
    assert all(after[d.id].last_day > d.last_day for d in counted)
    assert [e.data["name"] for e in kept] == ["样例假日"]


def test_a_year_is_known_once_it_is_confirmed(ctx: Context) -> None:
    office = Bureau(ctx)
    office.join("管", roles=["sysadmin"])
    admin = office.as_("管")
    for day in range(1, 8):
        calendar_days.set_day(ctx, admin, day=dt.date(2040, 10, day), working=False, name="国庆节")
    assert not calendar_days.year_of(ctx, admin, 2040).is_known
    calendar_days.confirm_year(ctx, admin, year=2040, source="国办发明电〔2039〕样例号")
    assert calendar_days.year_of(ctx, admin, 2040).is_known


def test_only_who_keeps_the_calendar_changes_it(ctx: Context) -> None:
    office = Bureau(ctx)
    with pytest.raises(Forbidden):
        calendar_days.set_day(ctx, office.as_("甲一"), day=dt.date(2026, 1, 6), working=False, name="样例")


# --- figures, ledger, orders ---


def test_figures_and_lists_agree_on_both_databases(any_ctx: Context) -> None:
    office = Bureau(any_ctx)
    move(any_ctx, "2026-01-05T09:30")
    for procedure in ("inspection", "general", "general"):
        office.case(procedure)
    head = office.as_("丙三")
    sheet = figures.sheet(any_ctx, head, 2026)
    assert sheet.cases == 3
    shown = {f.id: {b.key: b.count for b in f.bars} for f in sheet.figures}
    assert shown["procedure"] == {"general": 2, "inspection": 1}
    assert shown["officer"] == {"甲一": 3, "乙二": 3}
    assert len(figures.behind(any_ctx, head, 2026, "procedure", "general")[2]) == 2


def test_the_ledger_has_no_gap_that_nothing_explains(any_ctx: Context) -> None:
    office = Bureau(any_ctx)
    office.join("管", roles=["sysadmin"])
    for _ in range(3):
        office.case()
    found = keeping.series(any_ctx, office.as_("管"))
    assert [(s.last, s.gaps) for s in found if s.character == "检"] == [(3, 0)]
    assert len(keeping.ledger(any_ctx, office.as_("管"), "检", "2026").numbers) == 3


def test_who_keeps_no_settings_reads_no_ledger(ctx: Context) -> None:
    office = Bureau(ctx)
    for question in (
        lambda: keeping.series(ctx, office.as_("甲一")),
        lambda: keeping.seal_log(ctx, office.as_("甲一"), number=1, size=5),
        lambda: keeping.change_setting(
            ctx, office.as_("甲一"), key="copies.days", value=9, valid_from=dt.date(2026, 1, 5)
        ),
    ):
        with pytest.raises(Forbidden):
            question()


def test_a_pattern_that_cannot_tell_numbers_apart_is_refused(ctx: Context) -> None:
    office = Bureau(ctx)
    office.join("管", roles=["sysadmin"])
    with pytest.raises(BadInput):
        keeping.change_setting(
            ctx, office.as_("管"), key="numbering.pattern", value="{year}号", valid_from=dt.date(2026, 1, 5)
        )


def test_an_order_and_its_answer_stand_on_both_databases(any_ctx: Context) -> None:
    unit, body = Bureau(any_ctx, "QH01"), Bureau(any_ctx, "QH02")
    body.join("督", roles=["supervisor"])
    today = dt.date(2026, 1, 5)
    agencies.give_oversight(any_ctx, None, agency_id=body.agency_id, given_id=unit.agency_id, valid_from=today)
    given = {"problems": [{"problem": "没有录像"}], "requirement": "补录", "due_on": dt.date(2026, 2, 1)}
    order = correcting.order(any_ctx, body.as_("督"), agency_id=unit.agency_id, **given)  # type: ignore[arg-type]
    assert order.state == "draft"
    assert correcting.orders_for(any_ctx, unit.as_("丁四")) == []
    assert [o.id for o in correcting.orders_for(any_ctx, body.as_("督"))] == [order.id]


def test_a_token_narrows_the_condition_of_a_list(any_ctx: Context) -> None:
    office = Bureau(any_ctx)
    office.party(**{**FIRM, "name": "示例（虚构）"})
    office.case()
    _, secret = tokens.make(any_ctx, office.as_("丙三"), name="样例", scopes=["party:read"], days=1)
    bearer = tokens.bearer_of(any_ctx, secret)
    assert bearer is not None
    where = to_sql(predicate(bearer.actor, Permission.CASE_READ, "case", NOBODY), queries.CASE_COLUMNS)
    with any_ctx.database.read() as session:
        assert cases_after(session, where, CaseFilter(), place=None, size=5) == []
    assert len(parties.parties_after(any_ctx, bearer.actor, "", place=None, size=5)) == 1
