"""Two versions of a draft side by side: by field, by row of a list, by paragraph of a long text.

Only what differs is shown; of a long text, the paragraphs that stayed stand around what changed. Values are written as
they would be read (dates as saved, lists by their labelled columns).
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from casework.facts import VersionFacts
from catalogue.definitions import DocumentType, Field
from foundation.canonical import plain


class Change(StrEnum):
    """What became of a paragraph."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One paragraph of a value, or one row of a list."""

    change: Change
    text: str


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field that two versions hold differently."""

    field: str
    label: str
    lines: tuple[Line, ...]


def compare(definition: DocumentType, before: VersionFacts, after: VersionFacts) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order of the paper's fields; fields of no definition last."""
    return tuple(_changes(definition, before.data, after.data))


def _changes(definition: DocumentType, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    known = [f.name for f in definition.data_fields]
    others = sorted((set(before) | set(after)) - set(known))
    for name in [*known, *others]:
        old, new = plain(before.get(name)), plain(after.get(name))
        if old != new:
            field = definition.find_field(name)
            label = field.label if field else name
            yield FieldChange(field=name, label=label, lines=_lines(_paragraphs(field, old), _paragraphs(field, new)))


def _lines(old: Sequence[str], new: Sequence[str]) -> tuple[Line, ...]:
    found: list[Line] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Line(change=Change.SAME, text=text) for text in old[a:b]]
            continue
        found += [Line(change=Change.REMOVED, text=text) for text in old[a:b]]
        found += [Line(change=Change.ADDED, text=text) for text in new[c:d]]
    return tuple(found)


def _paragraphs(field: Field | None, value: Any) -> list[str]:
    if value in (None, "", []):
        return []
    if isinstance(value, list):
        columns = {c.name: c.label for c in field.columns} if field else {}
        return [_row(columns, row) for row in value]
    return _text(value).splitlines()


def _row(columns: Mapping[str, str], row: Any) -> str:
    if not isinstance(row, Mapping):
        return _text(row)
    return "；".join(
        f"{columns.get(name, name)}：{_text(cell)}" for name, cell in row.items() if cell not in (None, "")
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return str(value.get("text") or value.get("name") or "（引用）")
    return "、".join(_text(v) for v in value) if isinstance(value, list) else str(value)
