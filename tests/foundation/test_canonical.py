"""The same facts give the same bytes and digest, whatever order or shape they came in; other facts give others."""

import datetime as dt
import decimal
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from foundation.canonical import canonical, digest, plain

INT = 2**53 - 1
leaves = (
    st.none() | st.booleans() | st.integers(-INT, INT) | st.floats(-1e15, 1e15)
    | st.text(st.characters(exclude_categories=["Cs"]))
)  # fmt: skip
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


def shuffled(value: Any) -> Any:
    """Return the same value with the keys of each mapping in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        items.reverse()
        return {key: shuffled(inner) for key, inner in items}
    return [shuffled(inner) for inner in value] if isinstance(value, list) else value


@given(values)
@example({"金额": "1.005", "b": [1, 2], "a": {"€": None}})
@example({"😀": 1, "￿": 2})
def test_order_of_keys_does_not_matter_and_reading_back_gives_the_same(value: Any) -> None:
    assert canonical(value) == canonical(shuffled(value))
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(values, values)
def test_digests_differ_exactly_when_facts_do(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


def test_the_standards_example_comes_out_to_the_byte() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value).decode() == expected


def test_dates_instants_decimals_and_tuples_become_plain_text_and_lists() -> None:
    at = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
    value = {"on": dt.date(2026, 1, 5), "at": at, "sum": decimal.Decimal("1000.00"), "pair": (1, 2), 3: "key"}
    assert plain(value) == {
        "on": "2026-01-05",
        "at": "2026-01-05T08:00:00+00:00",
        "sum": "1000.00",
        "pair": [1, 2],
        "3": "key",
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, object()])
def test_what_json_cannot_carry_exactly_is_refused(value: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"x": value})
