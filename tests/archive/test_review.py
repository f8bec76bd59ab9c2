"""Self-review: points are deducted as the standard says, each with what mends it; the standard names real questions."""

import datetime as dt

import pytest

from archive.completeness import BAD, OK, QUESTIONS, Gap, Row
from archive.review import review
from archive.ruling import read
from casework.facts import DeadlineFacts, FlagFacts
from tests.archive.facts import AT

DAY = dt.date(2026, 3, 10)


def row(title: str, count: int) -> Row:
    gaps = tuple(Gap(message=f"缺{n}", remedy="补") for n in range(count))
    return Row(title=title, article="A31.1", light=BAD if gaps else OK, gaps=gaps)


def deadline(met_on: dt.date, duty_of: str = "agency") -> DeadlineFacts:
    return DeadlineFacts(
        id="d",
        case_id="c",
        kind="k",
        title="立案",
        n=7,
        unit="day",
        start=AT,
        end=AT,
        last_day=DAY,
        formula="",
        source="",
        duty_of=duty_of,
        met_on=met_on,
    )


FLAG = FlagFacts(
    id="f", case_id="c", kind="late", subject_id="s", article="A31.2", message="迟存", reason="断网", at=AT
)


def test_a_file_without_faults_has_all_points() -> None:
    found = review([row(q[0], 0) for q in QUESTIONS], [], [deadline(DAY)])
    assert (found.points, found.deductions) == (100, ())


@pytest.mark.article("A36.1")
def test_each_fault_takes_its_points_up_to_the_most_of_its_row() -> None:
    one = review([row("音像有登记表", 1)], [], [])
    many = review([row("音像有登记表", 50)], [], [])
    assert (one.points, many.points) == (98, 90)
    assert len(many.deductions[0].gaps) == 50


def test_late_periods_of_the_office_and_flags_count_and_those_of_the_party_do_not() -> None:
    late = DAY + dt.timedelta(days=3)
    found = review([], [FLAG], [deadline(late), deadline(late, duty_of="party")])
    assert [(d.title, d.points) for d in found.deductions] == [("办理环节逾期", 4), ("迟延和偏差记录", 2)]
    assert "逾期3天" in found.deductions[0].gaps[0].message
    assert "断网" in found.deductions[1].gaps[0].remedy


def test_points_never_fall_below_nothing() -> None:
    assert review([row(q[0], 99) for q in QUESTIONS], [FLAG] * 99, [deadline(DAY + dt.timedelta(9))] * 99).points == 0


def test_the_standard_names_questions_that_are_asked_and_its_sources() -> None:
    asked = {q[0] for q in QUESTIONS}
    for one in read("review")["rows"]:
        assert one.get("question", next(iter(asked))) in asked
        assert one["source"]
        assert 0 < one["each"] <= one["most"]
