"""A case moves by events: rows of rules/procedures.yaml, read by pure functions."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import procedure
from casework.facts import Happening, Procedure
from casework.figures import read
from casework.procedure import Move, beginning, changed, has_ended, move
from catalogue.loading import load_catalogue
from foundation.errors import BadInput
from foundation.settings import ROOT

GENERAL, SUMMARY = Procedure.GENERAL, Procedure.SUMMARY
STATES = sorted(read("procedures")["states"])
KINDS = sorted({row["event"] for row in read("procedures")["events"]})


def happening(kind: str, **values: Any) -> Happening:
    return Happening(kind=kind, case_id="c", agency_id="g", at=dt.datetime(2026, 1, 7, tzinfo=dt.UTC), values=values)


def after(state: str, kind: str, *, of: Procedure = GENERAL, **values: Any) -> Move:
    return move(of, state, happening(kind, **values))


@pytest.mark.article("A9.1")
def test_an_approved_start_form_makes_an_inspection_a_numbered_general_case() -> None:
    found = after("CLUE_REVIEW", "issued:case_initiation_approval", of=Procedure.INSPECTION, granted=True)
    assert found == Move(to="INVESTIGATING", procedure=GENERAL, starts=True)


def test_a_refused_start_form_moves_nothing_unless_action_was_taken() -> None:
    assert after("CLUE_REVIEW", "issued:case_initiation_approval", granted=False).to == "CLUE_REVIEW"
    assert after("EMERGENCY", "issued:case_initiation_approval", granted=False).to == "CLOSED_NOT_STARTED"


@pytest.mark.article("A9.2")
def test_an_emergency_waits_for_its_report() -> None:
    assert after("CLUE", "emergency_started").to == "EMERGENCY"
    assert after("EMERGENCY", "submitted:emergency_initiation_report").to == "REPORTED"


def test_a_summary_case_is_numbered_at_once_and_others_are_not() -> None:
    assert [p for p in Procedure if beginning(p).numbered] == [SUMMARY]


def test_facts_that_turn_out_unclear_make_a_summary_case_a_general_one() -> None:
    assert changed(SUMMARY, GENERAL, "HEARD") == Move(to="CLUE_REVIEW", procedure=GENERAL)


@pytest.mark.parametrize(("of", "to", "state"), [(GENERAL, SUMMARY, "CLUE"), (SUMMARY, GENERAL, "CLOSED")])
def test_other_changes_of_procedure_are_refused(of: Procedure, to: Procedure, state: str) -> None:
    with pytest.raises(BadInput, match="不能转为"):
        changed(of, to, state)


def test_a_review_that_does_not_agree_leads_back() -> None:
    assert after("REVIEW", "issued:legal_review_opinion", suggestion="补充调查").to == "INVESTIGATING"
    assert after("REVIEW", "issued:legal_review_opinion", suggestion="纠正").to == "DRAFTED"


def test_performance_decides_between_done_and_overdue() -> None:
    assert after("SERVED", "issued:performance_record", performed=True).to == "PERFORMED"
    assert after("SERVED", "issued:performance_record", performed=False).to == "OVERDUE"


@pytest.mark.article("A31.1")
def test_a_granted_closing_form_closes_whatever_is_open() -> None:
    assert after("PERFORMED", "issued:case_closing_report", granted=True) == Move(
        to="CLOSED", procedure=GENERAL, closes=True
    )
    assert after("CLOSED_CRIME", "issued:case_closing_report", granted=True).to == "CLOSED_CRIME"


def test_an_unknown_procedure_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="没有“fast”这种程序") as caught:
        procedure.procedure_of("fast")
    assert "summary（简易程序）" in caught.value.remedy


@given(st.sampled_from(STATES), st.sampled_from([*KINDS, "issued:nothing_known"]), st.sampled_from(list(Procedure)))
def test_an_event_leads_to_a_known_state_and_never_out_of_an_ended_case(state: str, kind: str, of: Procedure) -> None:
    found = move(of, state, happening(kind, granted=True))
    assert found.to in STATES
    if has_ended(state):
        assert has_ended(found.to)


def test_every_event_is_about_a_type_that_exists_and_every_state_is_used() -> None:
    types = load_catalogue(ROOT / "templates").types
    papers = {k.partition(":")[2] for k in KINDS if ":" in k}
    reached = {row.get("to") for row in read("procedures")["events"]} | {
        row["state"] for row in read("procedures")["begin"].values()
    }
    assert papers <= set(types)
    assert reached - {None} == set(STATES)
