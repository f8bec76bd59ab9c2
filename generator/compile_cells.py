"""Table cells of a body as WordprocessingML."""

import re

from catalogue.body import Cell
from catalogue.definitions import LONG as RUNNING
from catalogue.definitions import DocumentType, Field, Slot
from generator.compile_labels import label_runs
from generator.compile_xml import TAG, control, paragraph, quoted, text_run

LONG = 40
"""A literal text longer than this is set like a paragraph."""
FEW = 12
"""A text with no more fixed characters than this is nothing without its values."""
NAME = re.compile(r"[a-z_][a-z0-9_]*")

POINT_MM = 25.4 / 72
OPINION_LINE, SIGN_LINE, PADDING = 18.5, 22.0, 5.0
ROOM = 6.0
"""Points that one line of opinion, one signature and the cell's padding take."""


def cell_content(definition: DocumentType, cell: Cell, width: float) -> str:
    """Write what stands in one cell of so many mm."""
    return WRITERS[cell.kind](definition, cell, width)


def _label(_definition: DocumentType, cell: Cell, width: float) -> str:
    return paragraph("cell_label", label_runs(cell.text, width), align=cell.align or "")


def _value(definition: DocumentType, cell: Cell, _width: float) -> str:
    return paragraph(_style(definition, cell.name, cell.align), text_run(f"{{{{ {cell.name} }}}}"))


def _text(definition: DocumentType, cell: Cell, _width: float) -> str:
    fields = [field for name in named(cell.text) if (field := definition.find_field(name)) is not None]
    fixed = len(TAG.sub("", cell.text))
    long = fixed > LONG or any(field.kind in RUNNING for field in fields)
    style = "cell_text" if long and not cell.align else _aligned(cell.align)
    return paragraph(style, text_run(cell.text if fixed > FEW else struck(cell.text)))


def named(text: str) -> list[str]:
    """Return the names in the tags of a text: of fields, and of filters."""
    return [name for tag in TAG.findall(text) for name in NAME.findall(tag)]


def struck(text: str) -> str:
    """Write a text that is struck as a whole when nothing in it has a value: `／，／` or `／日` never stands."""
    tags = TAG.findall(text)
    if not tags or text in tags or any(tag.startswith("{%") for tag in tags):
        return text
    values = dict.fromkeys(tag[2:-2].partition("|")[0].strip() for tag in tags)
    some = " or ".join(f"({value} is filled)" for value in values)
    return f"{{% if {some} %}}{text}{{% else %}}{{{{ aj.struck }}}}{{% endif %}}"


def _choice(definition: DocumentType, cell: Cell, _width: float) -> str:
    return paragraph(_aligned(cell.align), *_boxes(definition.field(cell.name)))


def _boxes(field: Field) -> list[str]:
    """Write every option with its box, and ticked whatever else was chosen."""
    options = list(field.options) if field.kind != "bool" else ["是", "否"]
    runs = [text_run(f"{{{{ {field.name} | box({quoted(option)}) }}}}", "option") for option in options]
    listed = ", ".join(quoted(option) for option in options)
    return [*runs, text_run(f"{{{{ {field.name} | unlisted([{listed}]) }}}}", "option")]


def _slot(definition: DocumentType, cell: Cell, _width: float) -> str:
    slot = definition.slot(cell.name)
    opinion = [_opinion(definition.field(name)) for name in slot.fills]
    room = max(ROOM, min(60.0, (cell.height or 0) / POINT_MM - _lines(slot)))
    return "".join(opinion) + signature_lines(slot, "cell_sign", "签名：", before=room)


def _lines(slot: Slot) -> float:
    return OPINION_LINE * max(1, len(slot.fills)) + SIGN_LINE * max(1, slot.count) + PADDING


def slot_height(slot: Slot) -> float:
    """Return the least height of a slot's cell in mm: the same whether it is open, signed or struck."""
    return (_lines(slot) + ROOM) * POINT_MM


def _opinion(field: Field) -> str:
    if field.kind in ("choice", "multi_choice") and field.options:
        return paragraph("cell_value", *_boxes(field))
    return paragraph("cell_text", text_run(f"{{{{ {field.name} }}}}"))


def _sign(definition: DocumentType, cell: Cell, _width: float) -> str:
    slot = definition.slot(cell.name)
    return signature_lines(slot, "cell_sign", "", align=cell.align or "left")


def signature_lines(slot: Slot, style: str, lead: str, *, align: str = "", before: float | None = None) -> str:
    """Write a slot's signatures, one signer a line; nothing when an issued paper needed none."""
    if not slot.signs:
        return ""
    later = "　" * len(lead) if style == "signatures" else ""  # names stand under each other
    first = f"{{% if loop.first %}}{lead}{{% else %}}{later}{{% endif %}}" if lead else ""
    gap = "　　" if lead else "　"
    runs = (
        text_run(first),
        text_run("{{ s.name }}", "signed_name"),
        text_run("{{ s.image }}{{ s.refused }}" + gap),
        text_run("{{ s.date }}", "date"),
    )
    room = paragraph(style, *runs, align=align, before=before)
    other = paragraph(style, *runs, align=align)
    inside = other if before is None else control("if loop.first") + room + control("else") + other + control("endif")
    lines = control("else") + _unsigned(slot, style, lead, align=align, before=before)
    return control(f"for s in aj.sign.{slot.id}") + inside + lines + control("endfor")


def _unsigned(slot: Slot, style: str, lead: str, *, align: str, before: float | None) -> str:
    """Write what stands where nobody had to sign: as high as the open lines of a preview, so that nothing moves."""
    words = "" if slot.fills else "{{ aj.struck }}"
    words = f"{lead}{words}" if words and style == "signatures" else words
    first = paragraph(style, *([text_run(words)] if words else []), align=align, before=before)
    return first + paragraph(style, align=align) * (slot.count - 1)


def _style(definition: DocumentType, name: str, align: str | None) -> str:
    if align:
        return _aligned(align)
    field = definition.find_field(name)
    return "cell_text" if field is not None and field.kind in RUNNING else "cell_value"


def _aligned(align: str | None) -> str:
    return {"center": "cell_center", "right": "cell_right"}.get(align or "", "cell_value")


WRITERS = {"label": _label, "value": _value, "text": _text, "choice": _choice, "slot": _slot, "sign": _sign}
