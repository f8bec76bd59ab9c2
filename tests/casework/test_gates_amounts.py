"""A fine lies within the law's range and within the band of the level that was chosen."""

import datetime as dt

import pytest

from casework.facts import DocumentFacts
from casework.gates.api import CaseView
from foundation.errors import Finding
from tests.casework.gate_views import case, findings, paper, view

AIR = "《中华人民共和国大气污染防治法》第一百一十七条第（二）项"
WASTE = "《中华人民共和国固体废物污染环境防治法》第一百一十一条第一款第（一）项、第二款"
LEVELS = pytest.mark.parametrize(
    ("level", "amount", "fine"),
    [
        ("从轻", "37000", True),
        ("从轻", "37001", False),
        ("一般", "60000", True),
        ("从重", "60000", False),
        ("减轻", "9999", True),
    ],
)


def report(level: str) -> DocumentFacts:
    return paper("investigation_report", data={"discretion_level": level})


def decided(amount: str, basis: str = AIR, *, level: str = "", reviewed: bool = True, **given: object) -> CaseView:
    others = [report(level)] + ([paper("legal_review_opinion")] if reviewed else [])
    return view("penalty_decision", data={"amount": amount, "penalty_basis": basis}, others=others, **given)


def told(seen: CaseView) -> list[Finding]:
    return findings(seen, "G21")


@pytest.mark.parametrize(("amount", "article"), [("100001", "罚5"), ("9999.99", "罚32")])
def test_a_fine_outside_the_law_is_refused_with_the_limit(amount: str, article: str) -> None:
    (finding,) = told(decided(amount))
    assert (finding.article, finding.path, finding.soft) == (article, "amount", False)
    assert "第一百一十七条第（二）项" in finding.message


@pytest.mark.parametrize("amount", ["10000", "100000", "55000"])
def test_a_fine_within_the_law_passes(amount: str) -> None:
    assert told(decided(amount)) == []


@LEVELS
def test_a_level_takes_its_part_of_the_range(level: str, amount: str, fine: bool) -> None:
    assert bool(told(decided(amount, level=level))) is not fine


def test_outside_the_band_a_written_reason_passes_once_legal_affairs_has_looked() -> None:
    (finding,) = told(decided("60000", level="从轻"))
    assert finding.soft
    assert told(decided("60000", level="从轻", reasons={"G21": "当事人拒不改正"})) == []
    (finding,) = told(decided("60000", level="从轻", reviewed=False, reasons={"G21": "当事人拒不改正"}))
    assert (finding.soft, finding.who) == (False, "法制审核人")


def test_the_kind_of_party_decides_the_range() -> None:
    data = {"amount": "200", "penalty_basis": WASTE, "party_type": "公民"}
    assert told(view("summary_penalty_decision", data=data)) == []
    assert "下限50,000元" in told(view("summary_penalty_decision", data={**data, "party_type": "法人"}))[0].message


def test_an_unregistered_rule_says_nothing_about_the_amount() -> None:
    assert told(decided("1", "《某市扬尘污染防治条例》第三十条")) == []


CODE = "《中华人民共和国生态环境法典》第一千一百三十条第（三）项"


@pytest.mark.parametrize(("day", "basis", "ended"), [(14, AIR, False), (15, AIR, True), (15, CODE, False)])
def test_a_law_that_ended_before_the_case_asks_a_written_reason(day: int, basis: str, ended: bool) -> None:
    began = dt.date(2026, 8, day)
    seen = decided("20000", basis, of=case(initiated_on=began))
    assert [(f.path, f.soft) for f in findings(seen, "G22")] == ([("penalty_basis", True)] if ended else [])
    said = decided("20000", basis, of=case(initiated_on=began), reasons={"G22": "行为发生在2026年7月"})
    assert findings(said, "G22") == []


def test_a_penalty_on_the_spot_looks_at_the_time_of_the_act() -> None:
    data = {"amount": "200", "violated": AIR, "illegal_time": "2026-08-14T09:00"}
    later = case(initiated_on=dt.date(2026, 8, 20))
    assert findings(view("summary_penalty_decision", data=data, of=later), "G22") == []
    after = {**data, "illegal_time": "2026-08-16T09:00"}
    assert findings(view("summary_penalty_decision", data=after, of=later), "G22")[0].path == "violated"


def test_a_law_made_after_the_act_is_applied_where_a_reason_says_that_it_is_milder() -> None:
    seen = decided("20000", CODE, of=case(initiated_on=dt.date(2026, 7, 1)))
    (finding,) = findings(seen, "G22")
    assert finding.soft
    assert "2026-08-15起才施行" in finding.message


def test_the_code_keeps_the_range_of_the_law_before_it() -> None:
    assert "上限100,000元" in told(decided("100001", CODE))[0].message
