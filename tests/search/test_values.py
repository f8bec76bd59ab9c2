"""Values as text, apart by class; drawn texts without masked values."""

import pytest

from access.masking import COVER
from catalogue.loading import parse_definition
from search.values import by_class, covered
from tests.search.office import RAW

FORM = parse_definition(RAW)


def test_values_stand_apart_by_the_class_of_their_field() -> None:
    values = {"facts": "砂料露天堆放", "address": "河东路8号", "secret": "配方", "informant": "寅三"}
    assert by_class(FORM.fields, values) == {
        "normal": ["砂料露天堆放"],
        "privacy": ["河东路8号"],
        "business_secret": ["配方"],
        "informant": ["寅三"],
    }


def test_a_column_has_its_own_class() -> None:
    rows = [{"name": "砂料", "owner": "甲某"}, {"name": "水泥"}]
    assert by_class(FORM.fields, {"goods": rows}) == {"normal": ["砂料", "水泥"], "privacy": ["甲某"]}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("found_on", "2026-01-06", "2026年1月6日"),
        ("found_on", "2026-01-06T09:05", "2026年1月6日9时5分"),
        ("found_on", "去年冬天", "去年冬天"),
        ("amount", "5000.00", "5000"),
        ("amount", "5000.50", "5000.50"),
    ],
)
def test_dates_and_amounts_are_as_papers_print_them(name: str, value: str, text: str) -> None:
    assert by_class(FORM.fields, {name: value})["normal"] == [text]


@pytest.mark.parametrize("value", [None, "", [], {}, [None, ""]])
def test_empty_values_have_no_text(value: object) -> None:
    assert by_class(FORM.fields, {"facts": value, "goods": value}) == {}


def test_references_and_files_have_their_words() -> None:
    values = {
        "facts": {"document_id": "x", "text": "清政检〔2026〕第1号"},
        "secret": {"blob": "ab", "name": "图纸.pdf"},
    }
    assert by_class(FORM.fields, values) == {"normal": ["清政检〔2026〕第1号"], "business_secret": ["图纸.pdf"]}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("住址：河东路8号，电话", "河东路8号"),
        ("生于1990年2月3日", "1990年2月3日"),
        ("生于1990年02月03日", "1990年2月3日"),
        ("生于1990-02-03", "1990年2月3日"),
        ("一行\n另一行", "一行\n另一行"),
    ],
)
def test_a_masked_value_is_covered_in_every_spelling_of_papers(text: str, masked: str) -> None:
    found = covered(text, [masked])
    assert found is not None
    assert COVER in found
    assert masked not in found


def test_a_text_that_still_tells_the_value_is_not_used() -> None:
    assert covered("住址：河东（示例）路８号", ["河东路8号"]) is not None
    assert covered("住址：河东路８号", ["河东路8号"]) is None


def test_a_value_of_one_sign_covers_nothing() -> None:
    assert covered("住址：／；其他／", ["／"]) == "住址：／；其他／"
