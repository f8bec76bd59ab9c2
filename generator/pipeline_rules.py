"""Rules that CSS has not: under each line of a record, and around a table where it goes on over a page.

Both are drawn on the laid-out boxes themselves, so that they follow them on every page: a repeated background is not
drawn by every viewer, and a collapsed border is left open where a row breaks or a joined cell goes on. This uses
WeasyPrint's boxes, whose version is pinned; `tests/generator/test_rules.py` looks at the drawn pages.
"""

from collections.abc import Iterator
from typing import Any

from weasyprint import Document
from weasyprint.formatting_structure import boxes

RULE_PX = 0.6 * 96 / 72
"""Width of a rule: 0.6 pt."""


def rule_lines(document: Document) -> None:
    """Give every line of text in ruled paragraphs a rule as wide as its paragraph; close every table on its page."""
    for page in document.pages:
        for table in _tables(page._page_box):
            _close(table)
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


def _tables(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TableBox) and box.style["border_collapse"] == "collapse":
        yield box
    for child in getattr(box, "children", ()):
        yield from _tables(child)


def _close(table: Any) -> None:
    """Draw the first and the last rule of a table's part on a page, whatever row or joined cell goes on there."""
    vertical, horizontal = table.collapsed_border_grid
    rows = sum(len(group.children) for group in table.children)
    thin = next((border for row in vertical for border in row if border[1][1]), None)
    if thin is None or not rows:
        return
    head = len(table.children[0].children) if table.children[0].is_header else 0
    skipped = max(0, table.skipped_rows - head)
    horizontal = list(horizontal)
    for at in (0 if head else skipped, rows + skipped):
        horizontal[at] = [border if border[1][1] else thin for border in horizontal[at]]
    table.collapsed_border_grid = vertical, horizontal
    table.skip_cell_border_top = table.skip_cell_border_bottom = False
