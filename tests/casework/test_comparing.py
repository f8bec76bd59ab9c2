"""Two versions of a draft are compared by field, by row and by paragraph; what is equal is not shown."""

import datetime as dt
from typing import Any

from casework.comparing import Change, compare
from casework.facts import VersionFacts
from catalogue.definitions import DocumentType
from catalogue.loading import parse_definition
from tests.casework.offices import LETTER

FIELDS = [
    {"name": "facts", "label": "违法事实", "kind": "long_text"},
    {"name": "amount", "label": "金额", "kind": "money"},
    {"name": "urgent", "label": "是否紧急", "kind": "bool"},
    {
        "name": "items",
        "label": "物品",
        "kind": "list",
        "columns": [{"name": "name", "label": "名称"}, {"name": "qty", "label": "数量", "kind": "number"}],
    },
]


def definition() -> DocumentType:
    common = {"purpose": "试", "stage": "decision", "form": "表格式", "volume": "main", "tier": "core"}
    return parse_definition({**LETTER, **common, "slots": [], "fields": FIELDS})


def version(number: int, **data: Any) -> VersionFacts:
    return VersionFacts(
        document_id="d",
        version=number,
        data=data,
        given={},
        definition_digest="",
        content_digest="",
        author_id="p",
        at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    )


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    found = compare(definition(), version(1, **before), version(2, **after))
    return {c.label: [(line.change.value, line.text) for line in c.lines] for c in found}


def test_equal_versions_differ_in_nothing() -> None:
    assert changes({"facts": "甲", "amount": "100"}, {"facts": "甲", "amount": "100"}) == {}


def test_a_long_text_is_compared_by_paragraph_and_shows_what_stayed() -> None:
    found = changes({"facts": "一\n二\n三"}, {"facts": "一\n二改\n三\n四"})
    assert found == {
        "违法事实": [("same", "一"), ("removed", "二"), ("added", "二改"), ("same", "三"), ("added", "四")]
    }


def test_a_value_that_is_new_or_gone_stands_alone() -> None:
    assert changes({"amount": "100"}, {"urgent": False}) == {
        "金额": [("removed", "100")],
        "是否紧急": [("added", "否")],
    }


def test_a_list_is_compared_by_rows_with_their_labels() -> None:
    stays = {"name": "台账", "qty": "1"}
    found = changes({"items": [stays]}, {"items": [stays, {"name": "票据", "qty": "3"}]})
    assert found == {"物品": [("same", "名称：台账；数量：1"), ("added", "名称：票据；数量：3")]}


def test_fields_stand_in_the_order_of_the_paper_and_unknown_ones_last() -> None:
    found = compare(definition(), version(1), version(2, zzz="1", amount="2", facts="3"))
    assert [c.field for c in found] == ["facts", "amount", "zzz"]


def test_changes_are_of_a_closed_set() -> None:
    assert {c.value for c in Change} == {"same", "removed", "added"}
