"""A paper's fields as boxes of a form: what is shown, in which group, with which choices."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.values import LONGEST
from catalogue.definitions import BY_ISSUING, DocumentType, Field

BLANK_ROWS = 1
"""Empty rows that a list offers beyond its own; scripts add more."""

KNOWN = ("case.", "party.", "agency.", "issue.", "document.", "officers.", "members.")
"""Sources whose values are facts of the file: shown folded once they are filled."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """One input, or one list of rows."""

    name: str
    """Name in the form, the same as a finding's path: `items[0].amount`."""
    label: str
    kind: str
    value: Any = ""
    """Text; of `multi_choice` a list of texts."""
    options: tuple[str, ...] = ()
    required: bool = False
    help: str = ""
    most: int = 0
    """Characters at most; 0 says nothing."""
    is_prefilled: bool = False
    columns: tuple["Box", ...] = ()
    """Of a list: its empty cells, named `items[#].amount`."""
    rows: tuple[tuple["Box", ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """The boxes of a paper: what a person writes, and what the file knew already."""

    written: tuple[Box, ...]
    known: tuple[Box, ...]

    @property
    def names(self) -> list[str]:
        """Names of all boxes, cells of lists included."""
        own = [*self.written, *self.known]
        return [b.name for b in own] + [c.name for b in own for row in b.rows for c in row]


def boxes_of(
    definition: DocumentType, data: Mapping[str, Any], given: Mapping[str, Any], papers: Mapping[str, str] | None = None
) -> Boxes:
    """Return the boxes for a version's values.

    Args:
        definition: The paper's type.
        data: Its values as they are stored.
        given: What its sources gave: a field that still holds it is marked as prefilled.
        papers: How the case's papers are called, by id.
    """
    named = _named(data, papers or {})
    drawn = [
        (f, _box(f, f.name, named.get(f.name), given=data.get(f.name) == given.get(f.name), values=data))
        for f in definition.data_fields
    ]
    shown = [(f, b) for f, b in drawn if f.source not in BY_ISSUING]
    known = [b for f, b in shown if _is_known(f, b)]
    return Boxes(written=tuple(b for _, b in shown if b not in known), known=tuple(known))


def _is_known(field: Field, box: Box) -> bool:
    """Tell whether a field is a fact of the file that needs no writing: filled from it, or not needed."""
    of_file = str(field.source).startswith(KNOWN) and field.kind != "list"
    return of_file and (box.is_prefilled or not (box.value or box.required))


def _named(value: Any, papers: Mapping[str, str]) -> Any:
    """Return values with each link to a paper carrying what the paper is called."""
    if isinstance(value, Mapping):
        if value.get("document_id") in papers and not value.get("text"):
            return {**value, "text": papers[value["document_id"]]}
        return {k: _named(v, papers) for k, v in value.items()}
    return [_named(v, papers) for v in value] if isinstance(value, list) else value


def _box(field: Field, name: str, value: Any, *, given: bool = False, values: Mapping[str, Any] | None = None) -> Box:
    filled = value not in (None, "", [], {})
    return Box(
        name=name,
        label=field.label,
        kind=field.kind,
        value=shown(field, value),
        options=field.options,
        required=field.is_required(values or {}),
        help=field.note,
        most=LONGEST.get(field.kind, 0),
        is_prefilled=bool(field.source) and filled and given,
        columns=tuple(_box(c, f"{name}[#].{c.name}", None) for c in field.columns),
        rows=tuple(_rows(field, name, value)) if field.kind == "list" else (),
    )


def _rows(field: Field, name: str, value: Any) -> Iterable[tuple[Box, ...]]:
    rows = [r for r in value if isinstance(r, Mapping)] if isinstance(value, Sequence) else []
    for at in range(len(rows) + BLANK_ROWS):
        row = rows[at] if at < len(rows) else {}
        yield tuple(_box(c, f"{name}[{at}].{c.name}", row.get(c.name), values=row) for c in field.columns)


def shown(field: Field, value: Any) -> Any:
    """Return a stored value as the text of its input."""
    if field.kind == "list":
        return ""
    if field.kind == "multi_choice":
        return [str(v) for v in value or []]
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return str(value.get("text") or value.get("name") or "")
    if isinstance(value, list):
        return "、".join(_text(one) for one in value)
    return "" if value is None else str(value)


def typed(
    definition: DocumentType,
    tree: Mapping[str, Any],
    data: Mapping[str, Any] | None = None,
    papers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the posted values of fields that a form shows; what is empty becomes None.

    Args:
        definition: The paper's type.
        tree: What was posted (`Form.tree`).
        data: The values that the form showed: a box that still shows a file or a link to a paper keeps it.
        papers: How the case's papers are called, by id.
    """
    named = _named(data or {}, papers or {})
    out: dict[str, Any] = {}
    for field in definition.data_fields:
        if field.name in tree:
            links = dict(_links(named.get(field.name)))
            out[field.name] = _linked(_said(field, tree[field.name]), links)
    return out


def names_papers(value: Any) -> bool:
    """Tell whether a value links to a paper without saying how it is called."""
    if isinstance(value, Mapping):
        return ("document_id" in value and not value.get("text")) or any(names_papers(v) for v in value.values())
    return any(names_papers(v) for v in value) if isinstance(value, list) else False


def _links(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every file and link of a value by the text that its box shows."""
    if _is_link(value):
        yield _text(value), value
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _links(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _links(inner)


def _is_link(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_link(v) for v in value)
    return isinstance(value, Mapping) and bool({"document_id", "blob"} & set(value))


def _linked(value: Any, links: Mapping[str, Any]) -> Any:
    """Return what was posted with each file and link in place of its text."""
    if isinstance(value, Mapping):
        return {k: _linked(v, links) for k, v in value.items()}
    if isinstance(value, list):
        return [_linked(v, links) for v in value]
    return links.get(value, value) if isinstance(value, str) else value


def _said(field: Field, value: Any) -> Any:
    if field.kind == "list":
        rows = value if isinstance(value, list) else []
        return [_without_blanks(field, row) for row in rows]
    if field.kind == "multi_choice":
        return [v for v in (value if isinstance(value, list) else [value]) if v] or None
    text = value[-1] if isinstance(value, list) and value else value
    return text if not isinstance(text, str) or text.strip() else None


def _without_blanks(field: Field, row: Any) -> dict[str, Any]:
    columns = {c.name: c for c in field.columns}
    given = row if isinstance(row, Mapping) else {}
    said = {k: _said(columns[k], v) for k, v in given.items() if k in columns}
    return {k: v for k, v in said.items() if v is not None}
