"""Figures that papers add up to: late fine with its cap and pauses, totals, periods kept."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from casework.sums import SUMS, sum_of
from foundation.settings import ROOT
from tests.casework.gate_views import at, case, deadline, paper, view

DECISION = paper("penalty_decision", data={"amount": "50000"})
DUE = (deadline("fine_payment", "2026-03-26"),)


def on(day: str, *others: Any, **more: Any) -> Any:
    return view("late_fine_notice", others=[DECISION, *others], deadlines=DUE, now=at(f"{day}T09:00"), **more)


@pytest.mark.article("A28.1")
@pytest.mark.parametrize(
    ("day", "days", "fine"),
    [
        ("2026-03-27", 1, "1500.00"),
        ("2026-04-28", 33, "49500.00"),
        ("2026-04-29", 34, "50000"),
        ("2026-04-30", 35, "50000"),
    ],
)
def test_a_late_fine_grows_by_the_day_to_its_principal(day: str, days: int, fine: str) -> None:
    assert (sum_of(on(day), "late_days"), sum_of(on(day), "late_fine")) == (days, Decimal(fine))
    assert sum_of(on(day), "overdue_from") == dt.date(2026, 3, 27)


def test_nothing_is_late_before_the_period_is_over() -> None:
    assert sum_of(on("2026-03-26"), "late_fine") is None


def test_an_open_remedy_stops_the_late_fine_once() -> None:
    suit = paper("remedy_register", id="1", data={"filed_at": "2026-03-28", "ended_at": "2026-03-30"})
    other = paper("remedy_register", id="2", data={"filed_at": "2026-03-29", "ended_at": "2026-03-31"})
    seen = on("2026-04-05", suit, other)
    assert (sum_of(seen, "suspended_days"), sum_of(seen, "late_days")) == (4, 6)


def test_what_is_paid_lowers_the_principal_and_the_late_fine() -> None:
    part = paper("performance_record", data={"items": [{"status": "部分履行", "amount": "20000"}]})
    seen = on("2026-03-27", part)
    assert (sum_of(seen, "principal"), sum_of(seen, "late_fine")) == (Decimal(30000), Decimal(900))


def test_the_demand_adds_the_late_fine_that_was_decided() -> None:
    notice = paper("late_fine_notice", data={"late_fine": "50000"})
    demand = view("demand_letter", others=[DECISION, notice])
    assert sum_of(demand, "total") == Decimal(100000)


def test_the_court_collects_what_its_rows_say() -> None:
    data = {"execution": [{"amount": "60000"}, {"amount": "40000"}]}
    assert sum_of(view("court_result_register", data=data), "received") == Decimal(100000)


def test_an_amount_is_written_in_capitals() -> None:
    assert sum_of(view("penalty_decision", data={"amount": "50000"}), "amount_cn") == "伍万元整"


@pytest.mark.parametrize(("asked", "wanted"), [("2026-01-30T16:00", True), ("2026-01-31T09:00", False)])
def test_a_request_for_a_hearing_is_in_time_or_not(asked: str, wanted: bool) -> None:
    due = (deadline("hearing_request", "2026-01-30"),)
    assert sum_of(view("hearing_application", data={"applied_at": asked}, deadlines=due), "in_time") is wanted


@pytest.mark.article("A9.2")
@pytest.mark.parametrize(("hour", "wanted"), [("2026-03-09T10:00", True), ("2026-03-09T09:59", False)])
def test_the_24_hours_of_an_emergency_run_to_the_minute(hour: str, wanted: bool) -> None:
    started = case(emergency_started_at=at(hour))
    assert sum_of(view("emergency_initiation_report", of=started), "within_24h") is wanted


def test_every_figure_is_listed_in_its_module() -> None:
    text = (ROOT / "casework/sums.py").read_text(encoding="utf-8").split('"""')[1]
    assert all(f"`{name}`" in text for name in SUMS)


def test_unknown_figures_are_none() -> None:
    assert sum_of(view("demand_letter"), "nothing") is None
    assert sum_of(view("demand_letter"), "total") is None
