"""From a checked canonical mapping to the frozen type: one small parser per part, no questions asked here."""

from collections.abc import Mapping
from typing import Any

from catalogue.body import parse_body
from catalogue.conditions import Condition, parse_condition
from catalogue.definitions import DocumentType, Field, Slot
from catalogue.drawing import draft_body
from foundation.canonical import digest


def build(raw: Mapping[str, Any]) -> DocumentType:
    """Build a type; its groups are already expanded.

    Raises:
        ValueError: A condition or block is malformed.
        KeyError: Something that must stand is missing.
    """
    fields = tuple(_field(f) for f in raw["fields"])
    slots = tuple(_slot(s) for s in raw["slots"])
    body = parse_body(raw["body"]) if raw.get("body") else draft_body(raw["form"], fields, slots)
    return DocumentType(
        id=raw["id"],
        title=raw["title"],
        purpose=raw.get("purpose", ""),
        articles=tuple(raw.get("articles") or ()),
        statute=raw.get("statute") or "",
        stage=raw["stage"],
        tier=raw.get("tier", "core"),
        form=raw["form"],
        visibility=raw.get("visibility", "internal"),
        volume=raw["volume"],
        service=raw.get("service", "none"),
        number_character=(raw.get("number") or {}).get("character"),
        seal=raw.get("seal"),
        copies=raw.get("copies") or "",
        copy_rule=raw.get("copy_rule") or {"release": "never"},
        recording=raw.get("recording", "none"),
        secrecy=raw.get("secrecy", "internal" if raw["volume"] == "side" else "normal"),
        powers=tuple(raw.get("powers") or ()),
        prerequisites=tuple(tuple(p) for p in raw.get("prerequisites") or ()),
        fields=fields,
        slots=slots,
        body=body,
        digest=digest(raw),
        canonical=raw,
    )


def _field(raw: Mapping[str, Any]) -> Field:
    return Field(
        name=raw["name"],
        label=raw["label"],
        kind=raw.get("kind", "text"),
        required=_required(raw.get("required", False)),
        options=tuple(raw.get("options") or ()),
        columns=tuple(_field(c) for c in raw.get("columns") or ()),
        source=raw.get("from"),
        default=raw.get("default"),
        mask=raw.get("mask", "normal"),
        checks=tuple((c, None) if isinstance(c, str) else next(iter(c.items())) for c in raw.get("checks") or ()),
        note=raw.get("note", ""),
    )


def _slot(raw: Mapping[str, Any]) -> Slot:
    return Slot(
        id=raw["id"],
        part=raw["part"],
        role=raw["role"],
        label=raw.get("label", ""),
        count=int(raw.get("count", 1)),
        when=raw.get("when", "before_issue"),
        fills=tuple(raw.get("fills") or ()),
        signs=raw.get("signs"),
        required=_required(raw.get("required", True)),
        refusable=bool(raw.get("refusable", False)),
    )


def _required(raw: object) -> bool | Condition:
    return raw if isinstance(raw, bool) else parse_condition(raw)
