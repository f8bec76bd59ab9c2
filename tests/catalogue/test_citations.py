"""Citations are read from a paper's words down to 条, 款 and 项, and written in the official form."""

import datetime as dt
from decimal import Decimal

import hypothesis
import hypothesis.strategies as st
import pytest

from catalogue.citations import Citation, citations, in_words, number
from catalogue.discretion import band_of, range_of, standard_of
from catalogue.provisions import fault_of, find, outlines, provisions
from catalogue.statutes import statute, statutes
from foundation.errors import NotFound

DAY = dt.date(2026, 1, 6)
AIR, WASTE, PENALTIES = (
    "中华人民共和国大气污染防治法",
    "中华人民共和国固体废物污染环境防治法",
    "中华人民共和国行政处罚法",
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (f"《{AIR}》第一百一十七条第（二）项", ["《中华人民共和国大气污染防治法》第一百一十七条第（二）项"]),
        ("大气污染防治法第117条第（二）项", ["《中华人民共和国大气污染防治法》第一百一十七条第（二）项"]),
        ("《某条例》第六条第一款第（一）项、第二款", ["《某条例》第六条第一款第（一）项", "《某条例》第六条第二款"]),
        (f"依据《{PENALTIES}》第四条、第五条的规定", [f"《{PENALTIES}》第四条", f"《{PENALTIES}》第五条"]),
        ("《某市扬尘污染防治条例》第十条之一第三款", ["《某市扬尘污染防治条例》第十条之一第三款"]),
        (f"违反《{AIR}》第72条，依据该法第117条", [f"《{AIR}》第七十二条", f"《{AIR}》第一百一十七条"]),
        ("没有引用任何条款", []),
        ("第三条", []),
    ],
)  # fmt: skip
def test_provisions_are_read_from_the_words(text: str, places: list[str]) -> None:
    assert [str(c) for c in citations(text)] == places


def test_a_rule_that_nobody_registered_has_no_key() -> None:
    assert [c.statute for c in citations(f"《某市扬尘条例》第三条、《{AIR}》第七十二条")] == ["", "大气"]


@hypothesis.given(n=st.integers(min_value=1, max_value=9999))
def test_numbers_in_words_are_read_back(n: int) -> None:
    assert number(in_words(n)) == n


@pytest.mark.parametrize(
    ("n", "words"), [(10, "十"), (12, "十二"), (105, "一百零五"), (110, "一百一十"), (1020, "一千零二十")]
)
def test_numbers_are_written_as_statutes_write_them(n: int, words: str) -> None:
    assert in_words(n) == words


@hypothesis.given(
    law=st.sampled_from(sorted(statutes())),
    article=st.integers(1, 1260),
    paragraph=st.none() | st.integers(1, 9),
    item=st.none() | st.integers(1, 20),
    point=st.none() | st.integers(1, 9),
)
def test_what_is_written_is_read_back(law: str, article: int, paragraph: int, item: int, point: int) -> None:
    name = statute(law).name
    one = Citation(statute=law, name=name, article=article, paragraph=paragraph, item=item, point=point)
    if "《" not in name:
        assert citations(f"违反了{one}的规定") == (one,)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"《{AIR}》第一百三十条", "只有129条"),
        (f"《{AIR}》第七十二条第三款", "只有2款"),
        (f"《{AIR}》第一百一十七条第（九）项", "只有8项"),
        (f"《{AIR}》第一百一十七条第（八）项", ""),
        ("《某市扬尘条例》第九百条", ""),
    ],
)
def test_a_provision_that_does_not_exist_is_named(text: str, fault: str) -> None:
    assert fault in fault_of(citations(text)[0], DAY)
    assert bool(fault) == bool(fault_of(citations(text)[0], DAY))


def test_a_law_made_after_the_act_is_named_with_its_first_day() -> None:
    (one,) = citations("《行政执法监督条例》第三条")
    assert "2026-02-01起施行" in fault_of(one, DAY)
    assert fault_of(one, dt.date(2026, 2, 1)) == ""


def test_the_picker_finds_provisions_by_all_words() -> None:
    assert [p.citation.place for p in find("不低于堆放物高度", DAY, only="大气")] == [
        "第七十二条第一款",
        "第一百一十七条第（二）项",
    ]


def test_the_picker_shows_only_laws_in_force() -> None:
    assert find("扬尘", dt.date(2018, 10, 25)) == []
    with pytest.raises(NotFound):
        provisions("大气", dt.date(2018, 10, 25))


def test_the_picker_turns_to_the_code_on_its_first_day() -> None:
    for day, key in ((dt.date(2026, 8, 14), "大气"), (dt.date(2026, 8, 15), "环典")):
        assert {p.citation.statute for p in find("不低于堆放物高度", day)} == {key}


def test_outlines_belong_to_a_registered_version() -> None:
    for key, outline in outlines().items():
        assert outline.version in {v.name for v in statute(key).versions}
        assert all(1 <= article <= outline.articles for article in (*outline.tree, *outline.fines))
        assert set(outline.fines) <= set(outline.tree)


def test_fines_differ_by_act_and_kind_of_party() -> None:
    cited = citations(f"《{WASTE}》第一百一十一条第一款第（一）项、第二款")
    ranges = [range_of(cited, kind) for kind in ("公民", "个体工商户", "法人")]
    assert [(r[1].least, r[1].most) for r in ranges if r] == [(100, 500), (100, 500), (50_000, 500_000)]
    assert range_of(citations(f"《{PENALTIES}》第二十八条"), "公民") is None


def test_levels_share_the_range_without_gaps() -> None:
    found = range_of(citations(f"《{AIR}》第一百一十七条"), "法人")
    assert found is not None
    bands = [band_of(found[1], level) for level in standard_of(found[0]).levels]
    assert [(b.level, b.least, b.most) for b in bands] == [
        ("减轻", 0, 10_000), ("从轻", 10_000, 37_000), ("一般", 37_000, 73_000), ("从重", 73_000, 100_000)]  # fmt: skip
    assert not bands[0].holds(Decimal(10_000))
    assert bands[1].holds(Decimal(10_000))
