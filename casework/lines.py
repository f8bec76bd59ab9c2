"""Lines of a paper that something may point to: a field, or a row of one (`questions[3]`), as people read them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from casework.facts import DocumentFacts
from catalogue.definitions import DocumentType, Field

POINTED = frozenset(["long_text", "text", "list"])
OPEN = "normal"
LONGEST = 40
"""Characters of a row that are shown."""
STEP = re.compile(r"^(\w+)(?:\[(\d{1,4})\])?$")


def lines_of(definition: DocumentType, document: DocumentFacts) -> Iterator[tuple[str, str]]:
    """Yield path and words of each line of a paper; masked values are left out.

    Args:
        definition: The paper's type.
        document: The paper, as its viewer may see it.
    """
    for field in definition.fields:
        value = document.data.get(field.name)
        if is_masked(field) or not value or field.kind not in POINTED:
            continue
        if isinstance(value, list | tuple):
            yield from ((f"{field.name}[{n}]", f"{field.label} {n + 1}：{_row(row)}") for n, row in enumerate(value))
        else:
            yield field.name, f"{field.label}：{_cut(str(value))}"


def line_at(definition: DocumentType, document: DocumentFacts, path: str) -> str:
    """Return the words of the line at a path, empty when the paper has none."""
    return dict(lines_of(definition, document)).get(path, "")


def is_line(definition: DocumentType, path: str) -> bool:
    """Tell whether a path may point into papers of a type."""
    found = STEP.match(path)
    field: Field | None = definition.find_field(found[1]) if found else None
    return field is not None and not is_masked(field)


def is_masked(field: Field) -> bool:
    """Tell whether a field, or a column of it, is shown to some viewers only."""
    return field.mask != OPEN or any(c.mask != OPEN for c in field.columns)


def _row(row: Any) -> str:
    values = row.values() if isinstance(row, Mapping) else [row]
    return _cut(" ".join(str(v) for v in values if v not in (None, "", [])))


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"
