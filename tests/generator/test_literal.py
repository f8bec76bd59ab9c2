"""Values are printed literally whatever they hold; what cannot be drawn is cleaned away; empty cells are struck."""

import pytest

from foundation.errors import BadInput
from generator.convert_text import difference
from generator.pipeline import make
from tests.generator.jobs import job, small_job, texts

HOSTILE = {
    "template": "{{ 7*7 }}{% for x in y %}{# note #}{{ aj.number }}",
    "escape of the filler": "{_{ a }_} {_% b %_}",
    "markup": "A&B <script>alert(1)</script> &amp; <w:t>",
    "quotes": "\"双\" '单' “中” `反`",
    "css": "}</style>{} url(file:///etc/passwd) expression(1)",
    "jinja words": "{%p if true %}{%tr endfor %}{{r x }}",
    "path": "asset:word/media/code.png ../../etc/passwd",
    "long word": "A" * 300,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_value_is_printed_literally(name: str) -> None:
    made = make(small_job([{"text": "{{ text }}"}], {"text": HOSTILE[name]}))
    assert "".join(HOSTILE[name].split()) in "".join(texts(made.pdf)).replace("\ufffe", "-").replace("\x02", "-")
    assert made.text.splitlines()[0] == HOSTILE[name]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_party_may_be_called_anything(name: str) -> None:
    made = make(job("penalty_decision", party_name=HOSTILE[name]))
    assert difference(made.docx, made.pdf) == ""
    assert HOSTILE[name] in made.text


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        ("前\x00\x07\x0b\x0c\x1f后", "前后"),
        ("前\ud800后\udfff", "前后"),
        ("前\u200b\u202e\u2066\ufeff后", "前后"),
        ("第一段\r\n第二段\n\n第三段", "第一段\n第二段\n第三段"),
        ("甲\t乙", "甲　乙"),
        ("☑有☐无", "□√有□无"),
    ],
)
def test_what_cannot_be_drawn_is_cleaned_away(value: str, drawn: str) -> None:
    made = make(small_job([{"text": "{{ text }}"}], {"text": value}))
    assert made.text == drawn
    assert difference(made.docx, made.pdf) == ""


def test_nothing_prints_none_or_nan() -> None:
    made = make(job("penalty_decision", "minimal"))
    assert "None" not in made.text
    assert "nan" not in made.text


def test_an_empty_cell_is_struck() -> None:
    block = {"table": [[{"label": "备注"}, {"value": "text", "span": 3}]]}
    assert make(small_job([block], layout="form")).text == "备注\n／"


def test_choices_are_shown_ticked_and_unticked() -> None:
    field = {"name": "way", "label": "方式", "kind": "choice", "options": ["直接", "留置", "邮寄"]}
    block = {"table": [[{"label": "方式"}, {"choice": "way", "span": 3}]]}
    made = make(small_job([block], {"way": "留置"}, fields=[field], layout="form"))
    assert made.text == "方式\n□直接□√留置□邮寄"


def test_a_choice_that_is_not_listed_is_shown_and_ticked() -> None:
    field = {"name": "way", "label": "方式", "kind": "choice", "options": ["直接", "留置"]}
    block = {"table": [[{"label": "方式"}, {"choice": "way", "span": 3}]]}
    made = make(small_job([block], {"way": "航空"}, fields=[field], layout="form"))
    assert made.text.endswith("□直接□留置□√航空")


@pytest.mark.parametrize(
    ("kind", "value"), [("date", "昨天"), ("money", "很多"), ("money", "NaN"), ("bool", "是"), ("datetime", "9点")]
)
def test_a_value_of_another_kind_is_refused_by_its_label(kind: str, value: str) -> None:
    field = {"name": "one", "label": "某栏", "kind": kind}
    with pytest.raises(BadInput, match="某栏"):
        make(small_job([{"text": "{{ one }}"}], {"one": value}, fields=[field]))


def test_a_name_that_the_definition_does_not_have_is_an_error() -> None:
    with pytest.raises(BadInput, match="无法填充"):
        make(small_job([{"text": "{{ nobody }}"}], {}))
