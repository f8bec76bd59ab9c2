"""A drawn body for a type that has none of its own: label-value pairs, long values in full width, lists, slots last."""

from catalogue.body import FORM_WIDTHS, Block, Body, Cell, Head, ListTable, Seal, Signatures, Table, TableRow, Tail
from catalogue.definitions import LONG, Field, Slot

WIDE = LONG | {"multi_choice", "organisation"}
LIST_WIDTH = 170.0


def draft_body(form: str, fields: tuple[Field, ...], slots: tuple[Slot, ...]) -> Body:
    """Draw a form from fields and slots, in their order."""
    owned = {n for s in slots for n in (*s.fills, s.signs) if n}
    shown = [f for f in fields if f.name not in owned and f.kind not in ("seal", "signature")]
    blocks: list[Block] = [Head(number=any(f.name == "doc_no" for f in fields))]
    shown = [f for f in shown if f.name != "doc_no"]
    rows = _rows([f for f in shown if f.kind != "list"])
    signing = tuple(s for s in slots if s.fills)
    rows += [
        TableRow(cells=(Cell(kind="label", text=_label(s, fields)), Cell(kind="slot", name=s.id, span=3, height=30)))
        for s in signing
    ]
    if rows:
        blocks.append(Table(rows=tuple(rows)))
    blocks += [ListTable(name=f.name, widths=_widths(f)) for f in shown if f.kind == "list" and f.columns]
    if rest := tuple(s.id for s in slots if not s.fills and s.signs):
        blocks.append(Signatures(slots=rest))
    if {"agency_seal", "issue_date"} <= {f.name for f in fields}:
        blocks += [Seal(seal="agency", date="issue_date"), Tail()]
    layout = "record" if form == "叙述式" else "list" if form == "清单式" else "form"
    return Body(layout=layout, columns=FORM_WIDTHS, blocks=tuple(blocks))


def _rows(fields: list[Field]) -> list[TableRow]:
    rows, pair = list[TableRow](), list[Field]()
    for field in fields:
        wide = field.kind in WIDE or len(field.options) > 3  # noqa: PLR2004 - more do not fit half a row
        if wide:
            rows += _flush(pair)
            rows.append(TableRow(cells=(Cell(kind="label", text=_short(field.label)), _value(field, 3))))
            continue
        pair.append(field)
        if len(pair) == 2:  # noqa: PLR2004 - two pairs a row
            rows += _flush(pair)
    return rows + _flush(pair)


def _flush(pair: list[Field]) -> list[TableRow]:
    if not pair:
        return []
    cells = [c for f in pair for c in (Cell(kind="label", text=_short(f.label)), _value(f, 1 if len(pair) > 1 else 3))]
    pair.clear()
    return [TableRow(cells=tuple(cells))]


def _value(field: Field, span: int) -> Cell:
    kind = "choice" if field.options or field.kind == "bool" else "value"
    height = 18.0 if field.kind in LONG else None
    return Cell(kind=kind, name=field.name, span=span if span > 1 else None, height=height)


def _short(label: str) -> str:
    return label.split("（", maxsplit=1)[0].split("/", maxsplit=1)[0]


def _label(slot: Slot, fields: tuple[Field, ...]) -> str:
    first = next((f.label for f in fields if f.name in slot.fills), slot.id)
    return slot.label or _short(first)


def _widths(field: Field) -> tuple[float, ...]:
    weights = [
        {"item_no": 1.0, "seq": 1.0, "qty": 1.0, "copies": 1.0, "pages": 1.0}.get(c.name, 2.5) for c in field.columns
    ]
    unit = LIST_WIDTH / sum(weights)
    return tuple(round(w * unit, 1) for w in weights)
