"""Tokens: what is written differently and means the same gives the same units; nothing in a token is syntax."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search import tokens
from search.query import parse
from search.tokens import BREAK, LONGEST

TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("清政罚〔〕（）()[]第号2026-./_·•・‧， ,。\n\u3000aA１ｂ𠮷訴诉里裏\ue000\u200b\ufe0fé"),
        st.characters(),
    ),
    max_size=60,
)


def texts(text: str) -> list[str]:
    return tokens.units(text)


@pytest.mark.parametrize(
    "text",
    [
        "清政罚〔2026〕第3号",
        "清政罚2026第3号",
        "清政罚(2026)第3号",
        "清政罚（2026）第3号",
        "清政罚［2026］第３号",
        "清政罚【2026】第 3 号",
        "清政罚〔２０２６〕第３号",
        "清政罚 〔2026〕 第3号",
    ],
)
def test_a_document_number_is_one_run_however_its_brackets_are_typed(text: str) -> None:
    assert tokens.indexed(text) == ("清政 政罚 罚_2026 2026_第 第_3 3_号", "清 政 罚 2026 第 3 号")


@pytest.mark.parametrize("dot", "·•・‧∙⋅ 　.")
def test_dots_and_blanks_in_names_are_one_key(dot: str) -> None:
    assert tokens.key(f"阿依古丽{dot}买买提") == tokens.key("阿依古丽买买提")
    assert tokens.indexed(f"阿依古丽{dot}买买提") == tokens.indexed("阿依古丽买买提")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("AV-20260106-01", ["av-20260106-01"]),
        ("QH01-2026-003", ["qh01-2026-003"]),
        ("GB/T 9704-2012", ["gb/t", "9704-2012"]),
        ("3.5米", ["3.5", "米"]),
        ("5,000.00元", ["5000.00", "元"]),
        ("1,200立方米", ["1200", "立", "方", "米"]),
        ("2026.11.3", ["2026.11.3"]),
        ("A4纸", ["a4", "纸"]),
        ("ＡＢＣ", ["abc"]),
        ("100%。", ["100"]),
        ("-罚款-", ["罚", "款"]),
        ("㎡", ["m2"]),
        ("1,2", ["1", "2"]),
    ],
)
def test_numbers_and_codes_stay_whole(text: str, units: list[str]) -> None:
    assert texts(text) == units


def test_parts_of_a_code_are_found_by_number_too() -> None:
    assert tokens.indexed("AV-20260106-01", parts=True)[1] == "av-20260106-01 _ av _ 20260106 _ 01"


@pytest.mark.parametrize(("one", "other"), [("訴訟", "诉讼"), ("裏面", "里面"), ("為", "为"), ("貨物", "货物")])
def test_traditional_and_variant_characters_are_searched_as_simplified(one: str, other: str) -> None:
    assert tokens.key(one) == tokens.key(other)


@pytest.mark.parametrize("sign", ["𠮷", "𡋾", "\U0002a6d6", "\U00030000", "\ue000", "〇", "⿰"])
def test_rare_and_private_characters_are_units(sign: str) -> None:
    assert texts(f"李{sign}三") == ["李", sign, "三"]


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\ufeff", "\ufe00", "\U000e0100"])
def test_signs_that_nobody_sees_change_nothing(sign: str) -> None:
    assert texts(f"葛{sign}城") == ["葛", "城"]


def test_runs_break_at_punctuation_and_lines() -> None:
    assert tokens.indexed("扬尘，未采\n取") == ("扬尘 _ 未采", "扬 尘 未 采 _ 取")


def test_no_pair_reaches_over_a_break() -> None:
    for apart in ("，", "。", "、", "\n", "：", "《", "　　　"):
        assert "乙丙" not in tokens.indexed(f"甲乙{apart}丙丁")[0].split()


@given(TEXT)
@example("İ")
@example("ǅ")
@example("5,000,")
@example("\ud800")
def test_the_normal_form_is_stable(text: str) -> None:
    assert tokens.normal(tokens.normal(text)) == tokens.normal(text)


@given(TEXT)
def test_tokens_hold_nothing_that_an_engine_reads_as_syntax(text: str) -> None:
    for form in tokens.indexed(text, parts=True):
        for token in form.split(" ") if form else []:
            assert token == BREAK or re.fullmatch(r"(?:[^\W_]|[-./_]|[^\x00-\x7f])+", token), repr(token)
            assert token.split() == [token]
            assert not {"Z", "C"} & {
                unicodedata.category(c)[0] for c in token if unicodedata.category(c) not in ("Co", "Cn")
            }
            assert len(token) <= 2 * LONGEST + 1


@given(TEXT)
def test_width_and_case_do_not_matter(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert tokens.indexed(wide) == tokens.indexed(text)


@given(st.text(alphabet="清政罚第号甲乙丙丁", min_size=1, max_size=12), TEXT, TEXT)
def test_what_stands_in_a_text_is_found_by_its_units(part: str, before: str, after: str) -> None:
    text = f"{before}。{part}。{after}"
    grams, singles = tokens.indexed(text)
    for term in parse(part[:1] + part[1:]).terms:
        form = grams if term.form == "g" else singles
        assert f" {' '.join(term.tokens)} " in f" {form} "


@given(TEXT)
def test_grams_and_singles_tell_of_the_same_units(text: str) -> None:
    assert [t for t in tokens.indexed(text)[1].split() if t != BREAK] == tokens.units(text)
    runs = tokens.units_by_run(text)
    assert tokens.indexed(text)[0] == f" {BREAK} ".join(" ".join(tokens.pairs(r)) for r in runs if len(r) > 1)


def test_a_long_code_is_cut_the_same_way_everywhere() -> None:
    code = "a1" * 200
    assert max(map(len, texts(code))) == LONGEST
    assert "".join(texts(code)) == code
