"""A matter begins in one step, its first paper filled; what may be opened next is said with reasons."""

import datetime as dt
from typing import Any

import pytest

from casework import queries
from casework.facts import Procedure
from casework.figures import read
from casework.operations import beginning, cases, openable, parties
from casework.operations.beginning import Emergency, Matter
from casework.operations.openable import Openable
from catalogue.loading import load_catalogue
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Forbidden, Refused
from foundation.settings import ROOT
from tests.casework.offices import FIRM, Bureau


@pytest.fixture
def bureau(ctx: Context) -> Bureau:
    return Bureau(ctx)


def begin(bureau: Bureau, source: str = "patrol", by: str = "甲一", **told: Any) -> beginning.Begun:
    members = [bureau.ids["甲一"], bureau.ids["乙二"]]
    given = {"title": "涉嫌扬尘", "party": FIRM, "member_ids": members, **told}
    return beginning.begin(bureau.ctx, bureau.as_(by), Matter(source=source, **given))


def opened(bureau: Bureau, case_id: str, by: str = "甲一") -> dict[str, Openable]:
    return {o.type: o for o in openable.openable(bureau.ctx, bureau.as_(by), case_id)}


@pytest.mark.parametrize("source", beginning.sources(), ids=lambda s: s.id)
@pytest.mark.article("A2.2")
def test_every_source_begins_its_procedure_with_its_first_paper(bureau: Bureau, source: beginning.Source) -> None:
    begun = begin(bureau, source.id)
    assert begun.case.procedure is source.procedure
    assert begun.paper is not None
    assert begun.paper.type == source.first
    assert dict(source.data).items() <= begun.paper.data.items()


def test_what_is_known_of_party_and_officers_stands_in_the_first_paper(bureau: Bureau) -> None:
    begun = begin(bureau, "on_the_spot")
    assert begun.paper is not None
    assert [o["name"] for o in begun.paper.data["officers"]] == ["甲一", "乙二"]
    assert begun.case.parties[0].name == FIRM["name"]


def test_a_party_of_the_register_is_taken_and_no_second_one_made(bureau: Bureau) -> None:
    known = bureau.party()
    assert begin(bureau, party={}, party_id=known.id).case.parties[0].id == known.id
    with pytest.raises(Conflict, match="已经登记"):
        begin(bureau)


def test_a_case_may_begin_before_its_party_is_known(bureau: Bureau) -> None:
    assert begin(bureau, party={}).case.parties == ()


def test_a_fault_in_the_party_leaves_no_case_behind(bureau: Bureau) -> None:
    with pytest.raises(BadInput) as caught:
        begin(bureau, party={**FIRM, "id_no": "91110101MA0FAKE17R"})
    assert caught.value.path == "id_no"
    with bureau.ctx.database.read() as session:
        assert queries.find_cases(session) == []


@pytest.mark.parametrize(("told", "path"), [({"source": "rumour"}, "source"), ({"title": " "}, "title")])
def test_source_and_matter_are_told(bureau: Bureau, told: dict[str, str], path: str) -> None:
    with pytest.raises(BadInput) as caught:
        begin(bureau, **told)
    assert caught.value.path == path


def test_every_fault_is_told_at_once(bureau: Bureau) -> None:
    with pytest.raises(BadInput) as caught:
        begin(bureau, source="", title="", party={**FIRM, "id_no": "91110101MA0FAKE17R", "address": ""})
    assert {f.path for f in caught.value.findings} == {"source", "title", "id_no", "address"}


@pytest.mark.article("A9.2")
def test_an_emergency_starts_the_clock_and_opens_its_report(bureau: Bureau) -> None:
    at = bureau.ctx.clock.now() - dt.timedelta(minutes=30)
    begun = begin(bureau, emergency=Emergency(at=at, place="河边", reason="废液入河"))
    assert begun.paper is not None
    assert (begun.case.state, begun.paper.type) == ("EMERGENCY", "emergency_initiation_report")
    assert begun.paper.data["urgency"] == "废液入河"


def test_who_may_not_open_cases_begins_none(bureau: Bureau) -> None:
    with pytest.raises(Forbidden):
        begin(bureau, by="壬九")


def test_the_next_paper_comes_first_and_the_others_say_what_they_wait_for(bureau: Bureau) -> None:
    begun = begin(bureau)
    found = opened(bureau, begun.case.id)
    assert begun.paper is not None
    assert (found["case_source_register"].usual, found["case_source_register"].under_way) == (1, begun.paper.id)
    assert [f.code for f in found["case_initiation_approval"].against] == ["P"]
    assert {"P", "G3"} <= {f.code for f in found["penalty_decision"].against}
    assert all(f.remedy for o in found.values() for f in o.against)


def test_what_a_usual_paper_cannot_be_issued_without_comes_before_it() -> None:
    types = load_catalogue(ROOT / "templates").types
    steps = openable.usual(types, Procedure.GENERAL, "DRAFTED", {"investigation_report", "decision_drafting_record"})
    assert steps[:2] == ["matter_approval", "penalty_prior_notice"]
    done = {"investigation_report", "decision_drafting_record", "matter_approval", "hearing_rights_notice"}
    assert openable.usual(types, Procedure.GENERAL, "DRAFTED", done) == ["legal_review_submission"]


def test_every_usual_step_is_a_type_of_a_known_state() -> None:
    types, states = load_catalogue(ROOT / "templates").types, read("procedures")["states"]
    for procedure, rows in read("steps")["next"].items():
        assert Procedure(procedure)
        assert set(rows) <= set(states)
        assert {t for steps in rows.values() for step in steps for t in step.split("|")} <= set(types)


def test_papers_of_other_procedures_and_of_no_case_are_not_offered(bureau: Bureau) -> None:
    found = opened(bureau, begin(bureau, "on_the_spot").case.id)
    assert not {"permit_decision", "investigation_report", "av_device_register", "file_cover"} & set(found)


def test_a_power_that_the_agency_lacks_is_said(bureau: Bureau) -> None:
    found = opened(bureau, begin(bureau).case.id)
    assert "POWER" in {f.code for f in found["coercive_measure_decision"].against}


def test_who_may_draft_nothing_is_offered_nothing(bureau: Bureau) -> None:
    begun = begin(bureau)
    assert opened(bureau, begun.case.id, "己六") == {}


@pytest.mark.article("A22.2")
def test_a_dispute_is_marked_with_a_reason(bureau: Bureau) -> None:
    case = begin(bureau, "on_the_spot").case
    told = {"case_id": case.id, "on": True}
    with pytest.raises(BadInput):
        cases.mark_dispute_prone(bureau.ctx, bureau.as_("甲一"), reason=" ", **told)
    assert cases.mark_dispute_prone(bureau.ctx, bureau.as_("甲一"), reason="当事人不认可", **told).dispute_prone


def test_officers_are_shown_with_certificates_the_own_name_first(bureau: Bureau) -> None:
    bureau.join("新人", roles=["handler"])
    found = beginning.who_may_handle(bureau.ctx, bureau.as_("乙二"))
    assert [o.name for o in found] == ["乙二", "甲一", "新人"]
    day = dt.date(2026, 1, 5)
    assert beginning.has_enough(found[:2], day)
    assert not beginning.has_enough(found[1:], day)


def test_an_emergency_start_is_refused_twice_in_one_case(bureau: Bureau) -> None:
    at = bureau.ctx.clock.now() - dt.timedelta(minutes=30)
    case = begin(bureau, emergency=Emergency(at=at, place="河边", reason="废液入河")).case
    with pytest.raises(Refused):
        cases.start_emergency(bureau.ctx, bureau.as_("甲一"), case_id=case.id, at=at, place="河边", reason="废液")


def test_a_party_page_of_another_agency_shows_nothing(ctx: Context, bureau: Bureau) -> None:
    bureau.party()
    assert parties.party_page(ctx, Bureau(ctx, "QH02").as_("甲一"), "", number=1, size=10).total == 0
