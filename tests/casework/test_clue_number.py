"""One matter has one clue number: the register of a case's clue carries the number that the case got with it."""

import pytest

from casework.facts import CaseFacts, DocumentFacts
from foundation.context import Context
from tests.casework.offices import Bureau

CLUE = {"source_type": "上级交办", "clue_summary": "料场扬尘", "verify_opinion": "建议立案"}


def register(bureau: Bureau, case: CaseFacts) -> DocumentFacts:
    paper = bureau.draft("case_source_register", case, data=CLUE)
    bureau.sign(paper, "handler")
    bureau.sign(paper, "unit", by="丙三", values={"unit_opinion": "同意报批。"})
    return bureau.issue(paper)


@pytest.mark.article("A10.1")
def test_the_register_of_a_clue_has_the_number_of_its_case(ctx: Context) -> None:
    bureau = Bureau(ctx)
    first, second = bureau.case("general"), bureau.case("general")
    assert (first.working_number, second.working_number) == ("线2026-001", "线2026-002")
    assert register(bureau, second).number == "线2026-002"
    assert register(bureau, first).number == "线2026-001"


def test_a_second_register_of_a_case_has_a_number_of_its_own(ctx: Context) -> None:
    bureau = Bureau(ctx)
    case = bureau.case("general")
    assert [register(bureau, case).number for _ in range(2)] == ["线2026-001", "线2026-002"]


def test_an_inspection_draws_a_clue_number_when_it_finds_something(ctx: Context) -> None:
    bureau = Bureau(ctx)
    case = bureau.case("inspection")
    assert (case.working_number, register(bureau, case).number) == ("检2026-001", "线2026-001")
