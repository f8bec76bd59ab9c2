"""Fragments of texts: around what was asked, escaped, marked."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.query import parse
from search.snippets import BEFORE, LENGTH, found, snippet
from tests.search.corpus import SENTENCES, stands_in


def made(text: str, query: str) -> str:
    return str(snippet([text], parse(query).terms))


@pytest.mark.parametrize(
    ("text", "query", "line"),
    [
        ("堆放砂料。", "砂料", "堆放<mark>砂料</mark>。"),
        ("堆放砂料。", "砂", "堆放<mark>砂</mark>料。"),
        ("清政罚〔2026〕第3号", "清政罚2026第3号", "<mark>清政罚〔2026〕第3号</mark>"),
        ("清政罚（2026）第 3 号", "清政罚〔2026〕第3号", "<mark>清政罚（2026）第 3 号</mark>"),
        ("阿依古丽·买买提说", "阿依古丽买买提", "<mark>阿依古丽·买买提</mark>说"),
        ("罚款5,000元", "5000元", "罚款<mark>5,000元</mark>"),
        ("罚款5,000.00元", "5000.00元", "罚款<mark>5,000.00元</mark>"),
        ("第13号和第3号", "3", "第13号和第<mark>3</mark>号"),
        ("ＡＢＣ厂", "abc", "<mark>ＡＢＣ</mark>厂"),
        ("訴狀", "诉状", "<mark>訴狀</mark>"),
        ("李𠮷三", "𠮷", "李<mark>𠮷</mark>三"),
        ("㎡计", "m2", "<mark>㎡</mark>计"),
        ("葛\ufe00城", "葛城", "<mark>葛\ufe00城</mark>"),
        ("砂料，未覆盖", "“砂料未覆盖”", "<mark>砂料</mark>，<mark>未覆盖</mark>"),
        ("一行砂料\n二行", "砂料", "一行<mark>砂料</mark> 二行"),
        ("没有的", "砂料", "没有的"),
        ("", "砂料", ""),
    ],
)
def test_what_was_asked_is_marked_as_it_is_written(text: str, query: str, line: str) -> None:
    if query.startswith("“"):
        query = query.replace("砂料", "砂料，")
    out = made(text, query)
    assert out.replace("</mark>，<mark>", "，") == line.replace("</mark>，<mark>", "，")


def test_markup_in_a_text_is_escaped() -> None:
    assert made('<b onclick="x">砂料</b>&', "砂料") == "&lt;b onclick=&quot;x&quot;&gt;<mark>砂料</mark>&lt;/b&gt;&amp;"
    assert made("<script>", "script") == "&lt;<mark>script</mark>&gt;"


def test_a_long_text_is_cut_around_the_first_find() -> None:
    out = made("甲" * 500 + "砂料" + "乙" * 500, "砂料")
    assert out.startswith("…" + "甲" * BEFORE + "<mark>砂料</mark>")
    assert out.endswith("乙…")
    assert len(re.sub("<[^>]+>", "", out)) <= LENGTH + 2


def test_two_finds_far_apart_are_two_fragments() -> None:
    out = made("砂料" + "甲" * 300 + "水泥", "砂料 水泥")
    assert out.count("<mark>") == 2
    assert "…" in out


def test_the_first_text_with_a_find_is_taken() -> None:
    terms = parse("河东").terms
    assert snippet(["砂料", "河东路8号"], terms) == "<mark>河东</mark>路8号"
    assert snippet(["砂料", "别处"], terms) == "砂料"
    assert snippet([], terms) == ""


@given(st.sampled_from(SENTENCES), st.integers(0, 40), st.integers(1, 9))
@example(SENTENCES[1], 23, 9)
def test_what_the_engines_find_is_marked(text: str, start: int, size: int) -> None:
    part = re.sub('[“”"]', "", text[start : start + size])
    for term in parse(part).terms:
        assert found(text, [term]) or not stands_in(text, term)


@given(st.text(max_size=200), st.text(max_size=20))
def test_without_marks_a_snippet_is_a_part_of_the_text(text: str, query: str) -> None:
    out = html.unescape(re.sub("</?mark>", "", made(text, query)))
    whole = re.sub(r"\s*\n\s*", " ", text)
    assert all(part in whole for part in out.strip("…").split("…")) or "…" in text
