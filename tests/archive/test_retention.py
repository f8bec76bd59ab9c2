"""How long a case file is kept."""

import datetime as dt

import pytest

from archive.retention import TABLE, decide
from archive.ruling import read
from casework.facts import Procedure
from foundation.errors import BadInput
from tests.archive.facts import case, paper

CLOSED = dt.date(2026, 11, 18)


def test_an_ordinary_penalty_is_kept_thirty_years_to_the_end_of_the_year() -> None:
    found = decide(case(), [paper("penalty_decision")], {}, CLOSED)
    assert (found.title, found.code, found.until) == ("30年", "D30", dt.date(2056, 12, 31))


@pytest.mark.parametrize(
    "type_id", ["hearing_record", "collective_discussion_record", "court_application", "crime_transfer_letter"]
)
def test_an_important_penalty_is_kept_for_ever(type_id: str) -> None:
    found = decide(case(), [paper(type_id)], {}, CLOSED)
    assert (found.title, found.code, found.until) == ("永久", "Y", None)


def test_a_summary_penalty_is_kept_thirty_years() -> None:
    assert decide(case(procedure=Procedure.SUMMARY), [], {}, CLOSED).period == "30y"


def test_every_procedure_has_a_period_with_its_source() -> None:
    for procedure in Procedure:
        found = decide(case(procedure=procedure), [], {}, CLOSED)
        assert found.why
        assert found.source


def test_an_agencys_approved_table_goes_before() -> None:
    settings = {TABLE: {"summary_penalty": "10y"}}
    found = decide(case(procedure=Procedure.SUMMARY), [], settings, CLOSED)
    assert found.code == "D10"
    assert TABLE in found.source


def test_a_period_that_does_not_exist_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="permanent"):
        decide(case(), [], {TABLE: {"general_penalty": "5y"}}, CLOSED)


def test_rows_cite_their_source() -> None:
    rules = read("retention")
    assert all(row["source"] for row in [*rules["case"], *rules["recordings"].values()])
