"""Conditions are data: a value in a list, filled or not, all, any, not."""

from typing import Any

import pytest

from catalogue.conditions import names_in, parse_condition

VALUES = {
    "kind": "公民",
    "ways": ["直接", "邮寄"],
    "amount": "100",
    "empty": "",
    "none": None,
    "rows": [],
    "flag": False,
}


@pytest.mark.parametrize(
    ("raw", "holds"),
    [
        ({"kind": ["公民", "法人"]}, True),
        ({"kind": "法人"}, False),
        ({"ways": ["邮寄"]}, True),
        ({"ways": ["公告"]}, False),
        ({"amount": "set"}, True),
        ({"empty": "set"}, False),
        ({"none": "unset"}, True),
        ({"rows": "set"}, False),
        ({"flag": [False]}, True),
        ({"flag": "set"}, True),
        ({"missing": "unset"}, True),
        ({"kind": ["公民"], "amount": "set"}, True),
        ({"all": [{"kind": ["公民"]}, {"empty": "set"}]}, False),
        ({"any": [{"kind": ["法人"]}, {"amount": "set"}]}, True),
        ({"not": {"kind": ["公民"]}}, False),
    ],
)
def test_a_condition_holds_by_its_words_alone(raw: dict[str, Any], holds: bool) -> None:
    assert parse_condition(raw).holds(VALUES) is holds


@pytest.mark.parametrize("raw", [None, {}, "amount > 3", ["kind"], {"all": []}, {"any": "x"}])
def test_anything_else_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match="条件"):
        parse_condition(raw)


def test_a_condition_knows_the_fields_that_it_looks_at() -> None:
    raw = {"any": [{"kind": ["公民"]}, {"not": {"all": [{"amount": "set"}, {"flag": [True]}]}}]}
    assert names_in(parse_condition(raw)) == {"kind", "amount", "flag"}
