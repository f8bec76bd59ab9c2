"""What the law asks of a paper stands on the paper: every required field is drawn, so is every slot."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from catalogue.definitions import DocumentType
from catalogue.loading import load_catalogue
from foundation.settings import ROOT

CATALOGUE = load_catalogue(ROOT / "templates")
BY_FURNITURE = frozenset(["doc_no", "agency", "issue_date", "receipt_no", "agency_contact", "agency_address"])
"""Head, seal and tail draw these."""
OTHERWISE = {
    ("supplement_notice", "one_time"): "现一次告知 stands in the text",
    ("summary_penalty_decision", "told"): "已当场告知 stands in the text",
    ("penalty_decision", "amount_cn"): "the amount is drawn in capitals by its filter",
    ("correction_order", "immediate"): "chooses between 立即改正 and 于…前改正",
    ("oral_application_record", "read_back"): "chooses between 已宣读 and 没有宣读",
    ("preservation_disposal_decision", "within_7wd"): "a late decision says so",
    ("decision_revocation", "redo"): "says so when it is",
    ("decision_revocation", "withdraw_disclosure"): "says so when it is",
}
"""Required fields that are drawn as words of their own."""


def strings(value: Any) -> Iterator[str]:
    """Yield every text of a body, keys of conditions included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    else:
        yield str(value)


def drawn(definition: DocumentType) -> frozenset[str]:
    """Return the words of a body, and the fields of slots that it draws."""
    words = {w for s in strings(definition.canonical["body"]) for w in re.findall("[a-z_][a-z0-9_]*", s)}
    slots = [s for s in definition.slots if s.id in words]
    return frozenset(words | {n for s in slots for n in (*s.fills, s.signs) if n})


@pytest.mark.article("A21.1")
@pytest.mark.parametrize("type_id", sorted(CATALOGUE.types))
def test_every_required_field_is_drawn(type_id: str) -> None:
    definition = CATALOGUE.get(type_id)
    seen = drawn(definition) | BY_FURNITURE
    asked = [f.name for f in definition.fields if f.required is not False and f.kind != "seal"]
    assert [n for n in asked if n not in seen and (type_id, n) not in OTHERWISE] == []


@pytest.mark.parametrize("type_id", sorted(CATALOGUE.types))
def test_every_slot_is_drawn(type_id: str) -> None:
    definition = CATALOGUE.get(type_id)
    words = drawn(definition)
    missing = [s.id for s in definition.slots if s.id not in words and not set(s.fills) & words]
    assert missing == []


@pytest.mark.parametrize("type_id", sorted(CATALOGUE.types))
def test_every_type_has_a_body_of_its_own(type_id: str) -> None:
    assert CATALOGUE.get(type_id).canonical.get("body")


def test_a_paper_that_is_sealed_has_a_place_for_the_seal() -> None:
    for definition in CATALOGUE.types.values():
        blocks = definition.canonical["body"]["blocks"]
        assert any("seal" in b for b in blocks) == (definition.seal is not None), definition.id
