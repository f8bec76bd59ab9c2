"""A rule under each line of a record: drawn on the laid-out lines themselves, so that it follows them on every page.

CSS has no such thing, and a repeated background is not drawn by every viewer. This uses WeasyPrint's boxes, whose
version is pinned; `tests/generator/test_pipeline_rules.py` looks at the drawn page.
"""

from collections.abc import Iterator
from typing import Any

from weasyprint import Document
from weasyprint.formatting_structure import boxes

RULE_PX = 0.6 * 96 / 72
"""Width of a rule: 0.6 pt."""


def rule_lines(document: Document) -> None:
    """Give every line of text in ruled paragraphs a rule as wide as its paragraph."""
    for page in document.pages:
        for block in _ruled(page._page_box):
            for line in block.children:
                if isinstance(line, boxes.LineBox):
                    _rule(block, line)


def _ruled(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.BlockBox) and box.element is not None and box.style["border_bottom_style"] == "none":
        names = (box.element.get("class") or "").split()
        if "ruled" in names or "question" in names:
            yield box
            return
    for child in getattr(box, "children", ()):
        yield from _ruled(child)


def _rule(block: Any, line: Any) -> None:
    style = line.style.copy()
    style["border_bottom_style"] = "solid"
    style["border_bottom_color"] = block.style["border_bottom_color"]
    line.style = style
    line.position_x, line.width = block.content_box_x(), block.width
    line.border_bottom_width = RULE_PX
    line.height = line.height - RULE_PX
