"""Tables of a DOCX as HTML, and the walk over a container's blocks."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from generator.compile_styles import TWIPS_MM
from generator.convert_parts import Source, W, local, unsupported, value
from generator.convert_runs import paragraph

SKIPPED = {"bookmarkStart", "bookmarkEnd", "proofErr", "sectPr", "tcPr", "permStart", "permEnd", "tblPr"}
"""Elements beside paragraphs that carry no text."""

STYLES = ("grid", "joined", "plain")
"""Ruled; ruled and going on with the table above; without rules."""

PADDING = 3.2
"""Left and right padding of a cell together, mm."""
MOST_CELLS = 20_000
"""More cells than this would take longer than a job may run; long lists are split before."""


@dataclass(kw_only=True)
class Cell:
    """One cell of the drawn table; joined cells count once."""

    element: etree._Element
    column: int
    span: int
    rows: int = 1


def blocks(source: Source, container: etree._Element) -> Iterator[str]:
    """Yield the HTML of each block of a body, cell, header or footer."""
    for child in container:
        name = local(child)
        if name == "p":
            yield paragraph(source, child)
        elif name == "tbl":
            yield _table(source, child)
        elif name not in SKIPPED and name != "comment":
            raise unsupported(name)


def _table(source: Source, table: etree._Element) -> str:
    style = value(table, "tblPr/tblStyle") or "grid"
    if style not in STYLES:
        raise unsupported(f"表格样式“{style}”")
    grid = table.find(f"{W}tblGrid")
    widths = [int(c.get(W + "w", "0")) / TWIPS_MM for c in (() if grid is None else grid)]
    rows = [r for r in table if local(r) == "tr"]
    if sum(len(r) for r in rows) > MOST_CELLS:
        raise unsupported(f"超过{MOST_CELLS}格的表格")
    if not widths or not rows:
        raise unsupported("没有列宽或没有行的表格")
    drawn = _join(rows)
    head = sum(1 for r in rows if value(r, "trPr/tblHeader") not in (None, "0"))
    html = [_row(source, row, cells, widths) for row, cells in zip(rows, drawn, strict=True)]
    columns = "".join(f'<col style="width:{w:.2f}mm"/>' for w in widths)
    top = f"<thead>{''.join(html[:head])}</thead>" if head else ""
    return (
        f'<table class="{style}" style="width:{sum(widths):.2f}mm"><colgroup>{columns}</colgroup>{top}'
        f"<tbody>{''.join(html[head:])}</tbody></table>"
    )


def _join(rows: list[etree._Element]) -> list[list[Cell]]:
    """Resolve vertical merges: a cell that continues another lengthens it."""
    above: dict[int, Cell] = {}
    out = []
    for row in rows:
        column, cells = 0, []
        for element in (c for c in row if local(c) == "tc"):
            span = int(value(element, "tcPr/gridSpan") or 1)
            merge = value(element, "tcPr/vMerge", "val") if element.find(f"{W}tcPr/{W}vMerge") is not None else None
            if merge is not None and merge != "restart" and column in above:
                above[column].rows += 1
            else:
                cell = Cell(element=element, column=column, span=span)
                cells.append(cell)
                above[column] = cell
            column += span
        out.append(cells)
    return out


def _row(source: Source, row: etree._Element, cells: list[Cell], widths: list[float]) -> str:
    height = value(row, "trPr/trHeight")
    whole = value(row, "trPr/cantSplit") not in (None, "0")
    near = value(row, "tc/p/pPr/keepNext") not in (None, "0")
    names = " ".join(name for name, on in (("whole", whole), ("near", near)) if on)
    attributes = (f' class="{names}"' if names else "") + (
        f' style="height:{int(height) / TWIPS_MM:.2f}mm"' if height else ""
    )
    return f"<tr{attributes}>{''.join(_cell(source, cell, widths) for cell in cells)}</tr>"


def _cell(source: Source, cell: Cell, widths: list[float]) -> str:
    outer = source.room
    source.room = sum(widths[cell.column : cell.column + cell.span]) - PADDING
    inside = "".join(blocks(source, cell.element))
    source.room = outer
    attributes = f' colspan="{cell.span}"' if cell.span > 1 else ""
    attributes += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    align = value(cell.element, "tcPr/vAlign")
    attributes += f' class="{align}"' if align in ("center", "bottom") else ""
    return f"<td{attributes}>{inside}</td>"
