"""Hostile words on paper (hostile.md B, H): each row by the test named after it."""

import re

import pypdfium2 as pdfium
import pytest

from foundation.errors import BadInput
from generator.fonts import undrawable
from generator.pipeline import Assets, make
from tests.generator.jobs import FONTS, job, small_job, texts

MARGIN = 20
"""Points from the edge of the page that nothing of a paper's text may cross."""


@pytest.mark.parametrize("word", ["{{ 7*7 }}", "{% include '/etc/passwd' %}", "{{ ''.__class__ }}", "{# x #}"])
def test_b1_a_template_in_a_name_is_printed_literally(word: str) -> None:
    made = make(job("penalty_decision", party_name=word))
    assert word in made.text
    assert "49" not in made.text.replace(word, "").split("当事人")[0]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "https://evil.example/x.png", "file:///etc/passwd", "//evil.example/", "asset:../x"]
)
def test_b19_nothing_outside_the_paper_is_fetched(url: str) -> None:
    with pytest.raises(BadInput):
        Assets({}).fetch(url)


@pytest.mark.parametrize(
    "value", ["<img src='file:///etc/passwd'>", "<link rel=attachment href='http://127.0.0.1:1/'>"]
)
def test_b19_markup_in_a_value_fetches_nothing(value: str) -> None:
    made = make(small_job([{"text": "{{ text }}"}], {"text": value}))
    assert "root:" not in made.text
    assert value in made.text


@pytest.mark.parametrize("rare", ["\U00020bb7", "㑇", "𬱟"])
def test_h1_a_rare_character_is_printed(rare: str) -> None:
    assert undrawable(rare, FONTS) == []
    made = make(small_job([{"text": "{{ text }}"}], {"text": f"当事人{rare}某"}))
    assert rare in "".join(texts(made.pdf))


@pytest.mark.parametrize("unknown", ["\ue000", "\U000f0000", "\U0002ffff"])
def test_h1_a_character_that_cannot_be_printed_is_refused_with_a_report(unknown: str) -> None:
    (finding,) = undrawable(f"当事人{unknown}某", FONTS)
    assert finding.code == "GLYPH"
    assert f"U+{ord(unknown):04X}" in finding.message
    assert finding.remedy


@pytest.mark.parametrize(
    "values",
    [
        {"party_name": "清河镇" + "示例建材砂石料加工销售运输仓储" * 4},
        {"address": "河东村" + "沿河向北至老桥头再向东" * 9},
        {"facts": "经营范围：" + "砂石、水泥、管材、门窗、五金、建筑垃圾清运；" * 24},
        {"facts": "A" * 500},
    ],
    ids=["company name", "address without a number", "scope of 500", "word without a break"],
)
def test_h10_long_values_go_on_and_never_leave_their_box(values: dict[str, str]) -> None:
    made = make(job("penalty_decision", **values))
    printed = re.sub(r"\s", "", "".join(texts(made.pdf))).replace("\ufffe", "").replace("\x02", "")
    for value in values.values():
        assert re.sub(r"\s", "", value)[:40] in printed
    with pdfium.PdfDocument(made.pdf) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for n in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(n)
                assert left >= MARGIN
                assert right <= width - MARGIN
                assert bottom >= 0
                assert top <= height
