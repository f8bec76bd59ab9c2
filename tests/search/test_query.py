"""What a person types is read into terms, days and facets, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import GRAMS, SINGLES, Span
from search.query import MOST_TERMS, parse

WORDS = {"stage": {"filing": "归档", "decision": "审查决定"}, "type": {"penalty_decision": "行政处罚决定书"}}


def terms(text: str) -> list[tuple[str, str]]:
    return [(t.form, " ".join(t.units)) for t in parse(text, WORDS).terms]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("砂料", [(GRAMS, "砂 料")]),
        ("砂", [(SINGLES, "砂")]),
        ("AV-20260106-01", [(SINGLES, "av-20260106-01")]),
        ("砂料 罚款", [(GRAMS, "砂 料"), (GRAMS, "罚 款")]),
        ("砂料，罚款", [(GRAMS, "砂 料"), (GRAMS, "罚 款")]),
        ("砂料 砂料", [(GRAMS, "砂 料")]),
        ("罚款5,000元", [(GRAMS, "罚 款 5000 元")]),
        ("“砂料露天”", [(GRAMS, "砂 料 露 天")]),
        ('"砂料，露天"', [(GRAMS, "砂 料"), (GRAMS, "露 天"), (SINGLES, "砂 料 露 天")]),
        ("「砂料」", [(GRAMS, "砂 料")]),
        ("a OR b*", [(SINGLES, "a"), (SINGLES, "or"), (SINGLES, "b")]),
        ('"', []),
        ("“”", []),
        ("，。", []),
    ],
)
def test_words_become_phrases_of_units(text: str, found: list[tuple[str, str]]) -> None:
    assert sorted(terms(text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("日期:2026", "2026-01-01", "2026-12-31"),
        ("日期:2026-02", "2026-02-01", "2026-02-28"),
        ("日期：2028-2", "2028-02-01", "2028-02-29"),
        ("日期:2026-03-10", "2026-03-10", "2026-03-10"),
        ("日期:2026年3月", "2026-03-01", "2026-03-31"),
        ("日期:2026.3.10", "2026-03-10", "2026-03-10"),
        ("日期:2026-01..2026-03", "2026-01-01", "2026-03-31"),
        ("日期:2026-01~2026-03-05", "2026-01-01", "2026-03-05"),
        ("日期:2026年1月至2026年3月", "2026-01-01", "2026-03-31"),
        ("日期:２０２６－０３", "2026-03-01", "2026-03-31"),
    ],
)
def test_days_are_from_and_to(text: str, first: str, last: str) -> None:
    query = parse(text)
    assert (query.spans, query.terms) == ((Span(first=first, last=last),), ())


@pytest.mark.parametrize("date", ["2026-13", "2026-02-30", "去年", "2026-03..2026-01", "", "0000"])
def test_what_is_no_day_is_looked_for_as_it_stands(date: str) -> None:
    query = parse(f"日期:{date}")
    assert query.spans == ()
    assert query.terms


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("阶段:归档", {"stage": {"filing"}}),
        ("阶段：filing", {"stage": {"filing"}}),
        ("阶段:归档 阶段:审查决定", {"stage": {"filing", "decision"}}),
        ("文书类型:行政处罚决定书", {"type": {"penalty_decision"}}),
        ("年度:2026", {"year": {"2026"}}),
    ],
)
def test_facets_by_their_chinese_names_narrow(text: str, chosen: dict[str, set[str]]) -> None:
    query = parse(text, WORDS)
    assert (dict(query.chosen), query.terms) == (chosen, ())


@pytest.mark.parametrize("text", ["阶段:没有这个", "没有:归档", "http://x", "时间12:30"])
def test_what_is_no_facet_is_looked_for_as_it_stands(text: str) -> None:
    query = parse(text, WORDS)
    assert not query.chosen
    assert query.terms


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    query = parse(text, WORDS)
    assert len(query.terms) <= MOST_TERMS
    assert all(term.units and all(term.units) for term in query.terms)
    assert query.is_empty == (not query.terms and not query.spans and not query.chosen)
