"""Ruled tables of a body: fixed rows, rows for each item, rows under a condition; and list fields as tables."""

from collections.abc import Sequence

from catalogue.body import Cell, ListTable, Table, TableRow
from catalogue.definitions import LONG, DocumentType
from generator.compile_cells import cell_content, named, slot_height
from generator.compile_conditions import expression
from generator.compile_labels import label_runs
from generator.compile_xml import TAG, cell, control, paragraph, row, row_control, table, text_run

LEAST_HEIGHT = 8.0
"""Least height of a row, mm."""


def ruled_table(definition: DocumentType, block: Table, widths: Sequence[float]) -> str:
    """Write a table with joined, looped and conditional rows; a list in it is a part of its own with its head."""
    pending: dict[int, tuple[int, int]] = {}
    cuts = _cuts(block)
    parts: list[list[str]] = []
    for i, entry in enumerate(block.rows):
        if not parts or (i in cuts and not pending):
            parts.append([])
        near = not entry.each and i + 1 < len(block.rows) and _says_nothing(definition, block.rows[i + 1])
        xml = _row(definition, entry, widths, pending, head=i < block.head or _leads(block, i), near=near)
        if entry.each:
            xml = row_control(f"for {entry.as_} in {entry.each} or []") + xml + row_control("endfor")
        if entry.when is not None:
            xml = row_control(f"if {expression(entry.when)}") + xml + row_control("endif")
        parts[-1].append(xml)
    tables = [table(tuple(widths), "".join(part), style="joined" if i else "grid") for i, part in enumerate(parts)]
    return paragraph("end").join(tables)


def _cuts(block: Table) -> set[int]:
    """Return where parts of a table begin: with a list's head, and after a list; a part always has a row."""
    starts = [i + shift for i in range(len(block.rows)) if _leads(block, i) for shift in (0, 2)]
    cuts = {i for i in starts if _firm(block.rows[:i]) and _firm(block.rows[i:])}
    return {i for i in cuts if _firm(block.rows[i : min((c for c in cuts if c > i), default=None)])}


def _leads(block: Table, i: int) -> bool:
    """Tell whether a row of labels is the head of a list: it repeats on every page that the list reaches."""
    follows = i + 1 < len(block.rows) and block.rows[i + 1].each
    return bool(follows) and _firm(block.rows[i : i + 1]) and all(c.kind == "label" for c in block.rows[i].cells)


def _firm(rows: Sequence[TableRow]) -> bool:
    """Tell whether some row is always drawn."""
    return any(entry.when is None and not entry.each for entry in rows)


def _row(
    definition: DocumentType,
    entry: TableRow,
    widths: Sequence[float],
    pending: dict[int, tuple[int, int]],
    *,
    head: bool,
    near: bool,
) -> str:
    """Write one row; `pending` holds, by column, how many rows a joined cell still reaches down, and its span."""
    column, cells, out = 0, list(entry.cells), []
    height = max(_height(definition, c) for c in entry.cells) if entry.cells else LEAST_HEIGHT
    while column < len(widths):
        if column in pending:
            left, span = pending.pop(column)
            if left > 1:
                pending[column] = (left - 1, span)
            out.append(cell(paragraph("cell_value"), sum(widths[column : column + span]), span=span, merge="continue"))
        elif cells:
            this = cells.pop(0)
            span = this.span or 1
            if (this.rows or 1) > 1:
                pending[column] = ((this.rows or 1) - 1, span)
            out.append(_cell(definition, this, sum(widths[column : column + span])))
        else:
            break
        column += span
    return row("".join(out), height=height, whole=_whole(definition, entry), head=head, near=near)


def _says_nothing(definition: DocumentType, entry: TableRow) -> bool:
    """Tell whether a row holds labels and signatures alone, or room to paste: nobody would know what was signed."""
    slots = [definition.slot(c.name) for c in entry.cells if c.kind in ("slot", "sign")]
    rest = [c for c in entry.cells if c.kind not in ("slot", "sign", "label")]
    pasted = [c for c in rest if c.kind == "text" and c.height and not TAG.search(c.text)]
    return bool(slots or pasted) and rest == pasted and not any(slot.fills for slot in slots)


def _height(definition: DocumentType, this: Cell) -> float:
    least = slot_height(definition.slot(this.name)) if this.kind == "slot" else LEAST_HEIGHT
    return max(least, this.height or 0)


def _cell(definition: DocumentType, this: Cell, width: float) -> str:
    merge = "restart" if (this.rows or 1) > 1 else ""
    top = this.kind == "slot" or _is_long(definition, this)
    inside = cell_content(definition, this, width)
    return cell(inside, width, span=this.span or 1, merge=merge, align="top" if top else "center")


def _is_long(definition: DocumentType, this: Cell) -> bool:
    field = definition.find_field(this.name) if this.kind == "value" else None
    return (field is not None and field.kind in LONG and (this.height or 0) > LEAST_HEIGHT) or this.kind == "slot"


def _whole(definition: DocumentType, entry: TableRow) -> bool:
    """Tell whether a row stays on one page: rows of lists and of opinions do, others that may hold long text break."""
    if entry.each:
        return True
    names = [name for c in entry.cells for name in ([c.name] if c.kind == "value" else named(c.text))]
    return not any((f := definition.find_field(name)) is not None and f.kind in LONG for name in names)


def list_table(definition: DocumentType, block: ListTable, width: float) -> str:
    """Write a list field as a table with its own head; after the last row 以下空白."""
    columns = definition.field(block.name).columns
    widths = list(block.widths) or [width / len(columns)] * len(columns)
    pairs = list(zip(columns, widths, strict=True))
    head = row(
        "".join(cell(paragraph("cell_label", label_runs(c.label, w)), w) for c, w in pairs),
        height=LEAST_HEIGHT,
        head=True,
    )
    body = row("".join(_list_cell(c.name, c.kind, w) for c, w in pairs), height=LEAST_HEIGHT)
    blank = cell(paragraph("cell_center", text_run("以下空白")), sum(widths), span=len(widths))
    loop = row_control(f"for row in {block.name} or []") + body + row_control("endfor")
    return table(tuple(widths), head + loop + row(blank, height=LEAST_HEIGHT))


def _list_cell(name: str, kind: str, width: float) -> str:
    style = "cell_center" if kind in ("number", "date", "money", "bool", "choice") or width <= 20 else "cell_value"  # noqa: PLR2004 - narrow
    return cell(paragraph(style, text_run(f"{{{{ row.{name} }}}}")), width)


def conditional(test: str, inside: str, otherwise: str = "") -> str:
    """Put blocks under a condition."""
    middle = control("else") + otherwise if otherwise else ""
    return control(f"if {test}") + inside + middle + control("endif")
