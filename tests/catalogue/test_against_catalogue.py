"""Definitions say what the reference catalogue says; decision 0010 lists each deviation with its reason."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogue.definitions import STAGES, DocumentType, Field
from catalogue.loading import load_catalogue
from foundation.settings import ROOT

HERE = Path(__file__).parent
DECISIONS = ROOT / "docs/decisions/0010-definitions-and-the-catalogue.md"
ROW = re.compile(r"^\| `([a-z_]+)` \| `([a-z_.]+)` \| (\S.*?) \| (\S.*?) \|$", re.MULTILINE)
VOLUMES = {"正卷": "main", "副卷": "side", "正卷、副卷各一": "both"}
KINDS = {"citations": "long_text"}
"""The catalogue calls it long text where the law is cited (decision 0010)."""
OURS = ("行政机关印章", "双方印章", "行政审批")


@functools.cache
def reference() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load((HERE / "catalogue.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return content


def listed() -> dict[tuple[str, str], str]:
    return {(type_id, where): reason for type_id, where, _what, reason in ROW.findall(DECISIONS.read_text("utf-8"))}


def deviations(definition: DocumentType, entry: dict[str, Any]) -> Iterator[str]:
    """Yield the key or field where a definition says something else than its entry."""
    for key in ("tier", "form", "visibility", "service", "copies"):
        if getattr(definition, key) != entry[key]:
            yield key
    yield from head_deviations(definition, entry)
    yield from field_deviations(definition, entry["fields"])


def head_deviations(definition: DocumentType, entry: dict[str, Any]) -> Iterator[str]:
    if STAGES[definition.stage] != entry["stage"]:
        yield "stage"
    if not entry["title"].startswith(definition.title):
        yield "title"
    if definition.volume != VOLUMES.get(entry["volume"], "supervision" if "监督" in entry["volume"] else "ledger"):
        yield "volume"
    if definition.number_character != entry["number"]:
        yield "number"
    if bool(definition.seal) != str(entry["seal"] or "").startswith(OURS):
        yield "seal"
    if [list(p) for p in definition.prerequisites] != entry["prerequisites"]:
        yield "prerequisites"


def field_deviations(definition: DocumentType, wanted: dict[str, Any]) -> Iterator[str]:
    for name in sorted(set(wanted) ^ {f.name for f in definition.fields}):
        yield name
    for name, entry in wanted.items():
        field = definition.find_field(name)
        if field is None:
            continue
        if KINDS.get(field.kind, field.kind) != entry["kind"] or list(field.options) != entry.get("options", []):
            yield name
        if _requires_less_or_more(field, required=entry.get("required", False)):
            yield name
        for column in sorted({c.name for c in field.columns} ^ set(entry.get("columns", []))):
            yield f"{name}.{column}"


def _requires_less_or_more(field: Field, *, required: bool) -> bool:
    """Tell whether a required field may be empty, or an optional one never may (a condition says what labels say)."""
    return field.required is not True if required else field.required is True


def found() -> dict[tuple[str, str], None]:
    types = load_catalogue(ROOT / "templates").types
    pairs = [(k, d) for k, entry in reference().items() if k in types for d in deviations(types[k], entry)]
    return dict.fromkeys(pairs)


def test_all_types_of_the_catalogue_have_a_definition() -> None:
    types = load_catalogue(ROOT / "templates").types
    assert sorted(set(reference()) - set(types)) == []
    others = [t.id for t in types.values() if t.id not in reference() and t.tier != "computed"]
    assert others == [], "types beyond the catalogue are those that archive draws by itself"


def test_every_deviation_is_listed_with_its_reason() -> None:
    assert sorted(set(found()) - set(listed())) == []


def test_no_deviation_is_listed_that_is_none() -> None:
    assert sorted(set(listed()) - set(found())) == []


@pytest.mark.parametrize("type_id", sorted(reference()))
def test_articles_are_requirements_of_the_regulation(type_id: str) -> None:
    known = set(re.findall(r"^\| (A\d+\.\d+) \|", (ROOT / "docs/regulation.md").read_text("utf-8"), re.MULTILINE))
    assert set(load_catalogue(ROOT / "templates").get(type_id).articles) <= known
