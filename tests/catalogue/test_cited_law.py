"""What templates, rules and gates cite exists: a registered statute, its article, and the paragraph and item in it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from casework.gates.registry import GATES
from catalogue.citations import Citation, citations
from catalogue.provisions import fault_of, outlines
from catalogue.statutes import statutes
from foundation.settings import ROOT
from tests.catalogue.cited import MEASURES, Short, shorts

RULES = ("casework/rules", "access/rules", "archive/rules")
SOURCES = ("source", "statute", "basis", "pause_basis", "longer_basis")
"""Keys of rules and definitions whose value says where something stands."""
PARAGRAPHS = {3: 3, 4: 2, 9: 2, 10: 2, 13: 3, 22: 2, 28: 2, 29: 2, 31: 3}
ITEMS = {13: 8, 15: 3, 22: 7, 36: 5}
"""Paragraphs and items of the regulation, which has 38 articles; of those not named one and none."""
NO_CITATIONS = ("司法部", "市场监管", "国家档案局令第", "办法附件", "较低的", "较高的")
"""What stands before a figure in these values and is no short form."""
LOCAL = "某"
"""Samples cite invented local rules."""


def walk(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every string of a file with the key that it stands under."""
    if isinstance(node, Mapping):
        for name, inner in node.items():
            yield from walk(inner, str(name))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for inner in node:
            yield from walk(inner, key)
    elif isinstance(node, str):
        yield key, node


def strings(path: Path) -> Iterator[tuple[str, str]]:
    yield from walk(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def rule_files() -> list[Path]:
    found = [p for folder in RULES for p in sorted((ROOT / folder).glob("*.yaml"))]
    return [*found, ROOT / "catalogue/discretion.yaml"]


def definition_files() -> list[Path]:
    folder = ROOT / "templates"
    return [*sorted(folder.glob("*/*/definition.yaml")), *sorted(folder.glob("_groups/*.yaml"))]


def said_short() -> Iterator[tuple[str, str]]:
    """Yield where something is cited in the short form, and how."""
    for path in (*rule_files(), *definition_files()):
        yield from ((str(path.relative_to(ROOT)), text) for key, text in strings(path) if key in SOURCES)
    head_only = yaml.safe_load((ROOT / "casework/rules/thresholds.yaml").read_text(encoding="utf-8"))["head_only"]
    yield from (("head_only", text) for part in ("types", "targets") for text in head_only[part].values())
    yield from ((gate.title, a) for gate in GATES for a in gate.articles if not re.fullmatch(r"A\d+\.\d+", a))


def said_in_full() -> Iterator[tuple[str, str]]:
    for path in (*rule_files(), *definition_files()):
        yield from ((str(path.relative_to(ROOT)), text) for _, text in strings(path) if "条" in text)


def short_faults(one: Short) -> Iterator[str]:
    if one.key == MEASURES:
        yield from measures_faults(one)
    elif one.key not in statutes():
        if not one.key.endswith(NO_CITATIONS):
            yield f"没有登记的简称“{one.key}”"
    else:
        latest = statutes()[one.key].versions[0].first_day
        yield from (fault for c in one.citations() if (fault := fault_of(c, latest)))


def measures_faults(one: Short) -> Iterator[str]:
    paragraphs, items = PARAGRAPHS.get(one.article, 1), ITEMS.get(one.article, 0)
    for paragraph, item in one.places or ((None, None),):
        if not 1 <= one.article <= 38 or (paragraph or 1) > paragraphs or (item or 0) > items:
            yield f"办法第{one.article}条没有第{paragraph}款第{item}项"


def test_short_citations_name_what_the_statute_has() -> None:
    faults = [f"{w}：{text}：{f}" for w, text in said_short() for one in shorts(text) for f in short_faults(one)]
    assert faults == []


def test_full_citations_name_what_the_statute_has() -> None:
    faults = []
    for where, text in said_in_full():
        for one in citations(text):
            if one.statute:
                fault = fault_of(one, statutes()[one.statute].versions[0].first_day)
            else:
                fault = "" if one.name == "执法全过程记录办法" else f"没有登记的《{one.name}》"
            faults += [f"{where}：{one}：{fault}"] if fault else []
    assert faults == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/*/sample.yaml")), ids=lambda p: p.parent.name)
def test_samples_cite_the_law_of_their_day(path: Path) -> None:
    for _, text in strings(path):
        for one in citations(text):
            assert one.statute or LOCAL in one.name, one
            if one.statute:
                assert fault_of(one, statutes()[one.statute].versions[0].first_day) == ""


def cited() -> Iterator[Citation]:
    for _, text in said_short():
        for one in shorts(text):
            yield from one.citations() if one.key in statutes() else ()
    for _, text in said_in_full():
        yield from (one for one in citations(text) if one.statute)


def test_what_is_cited_can_be_chosen() -> None:
    missing = {
        f"{c.statute}{c.article}"
        for c in cited()
        if not statutes()[c.statute].unread and c.article not in outlines()[c.statute].tree
    }
    assert sorted(missing) == []


def test_every_statute_is_outlined_or_says_what_was_not_read() -> None:
    for key, law in statutes().items():
        assert law.unread or (key in outlines() and outlines()[key].tree), key
    page = (ROOT / "docs/laws.md").read_text(encoding="utf-8")
    for law in statutes().values():
        assert f"《{law.name}》" in page, law.name
        assert law.unread in page, law.name


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("罚57(1)(四)、85", [("罚", 57, ((1, 4),)), ("罚", 85, ())]),
        ("许32(1款1、2项、2款),38", [("许", 32, ((1, None), (1, 1), (1, 2), (2, None))), ("许", 38, ())]),
        ("强18(7-9项)", [("强", 18, ((None, 7), (None, 8), (None, 9)))]),
        ("民92—94", [("民", 92, ()), ("民", 93, ()), ("民", 94, ())]),
        ("复47(参照)", [("复", 47, ())]),
        ("罚63(1)(二)—(四)", [("罚", 63, ((1, 2),))]),
        ("参照市场监管15日", []),
    ],
)  # fmt: skip
def test_short_citations_are_read_to_paragraph_and_item(text: str, places: list[object]) -> None:
    assert [(s.key, s.article, s.places) for s in shorts(text)] == places


def test_a_wrong_short_citation_is_told() -> None:
    for text in ("罚87", "罚64(2)", "罚63(1)(七)", "办法39", "办法31(4)", "乡建65"):
        assert [f for one in shorts(text) for f in short_faults(one)], text
