"""The body of a definition as typed blocks (docs/definitions.md, "Body"): parsed once, drawn by `generator`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.conditions import Condition, parse_condition

LAYOUTS = ("letter", "form", "record", "list", "receipt", "cover")
STYLES = ("body", "flush", "heading", "subheading", "addressee", "center", "right", "number", "note", "amount")
CELL_KINDS = ("label", "value", "text", "choice", "slot", "sign")
FORM_WIDTHS, LETTER_WIDTHS = (30.0, 55.0, 30.0, 55.0), (28.0, 50.0, 28.0, 50.0)
"""Columns, mm, of a table that gives none (forms 170 mm, letters 156 mm in all)."""


class BlockFault(ValueError):
    """A block is malformed; `where` is the innermost raw block, for its line."""

    def __init__(self, message: str, where: object) -> None:
        super().__init__(message)
        self.where = where


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell: what kind, of which field or slot, or which text."""

    kind: str
    name: str = ""
    text: str = ""
    span: int | None = None
    rows: int | None = None
    height: float | None = None
    align: str | None = None


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row; `each` repeats it for a list, `when` draws it under a condition."""

    cells: tuple[Cell, ...]
    each: str = ""
    as_: str = "item"
    when: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Head:
    """Agency line, title, number; an empty title takes the definition's."""

    title: str = ""
    agency: bool = True
    number: bool = False


@dataclass(frozen=True, kw_only=True)
class Text:
    """A paragraph."""

    text: str
    style: str = "body"


@dataclass(frozen=True, kw_only=True)
class LinePart:
    """A labelled fact."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """Labelled facts in one line."""

    parts: tuple[LinePart, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A ruled table; the first `head` rows repeat on each page."""

    rows: tuple[TableRow, ...]
    columns: tuple[float, ...] = ()
    head: int = 0


@dataclass(frozen=True, kw_only=True)
class ListTable:
    """A list field with its own head."""

    name: str
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Qa:
    """Questions and answers of a record."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """A paragraph with a rule under each line."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Blocks for each row of a list."""

    name: str
    as_: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True, kw_only=True)
class When:
    """Blocks under a condition, and the others."""

    condition: Condition
    blocks: tuple["Block", ...]
    otherwise: tuple["Block", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Photos:
    """Pictures, two a page, with captions."""

    name: str
    file: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """Signatures of slots; in a record at the foot of each page."""

    slots: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Seal:
    """Signatory, date, room for the seal."""

    seal: str
    date: str


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Rule, copies, contact."""


@dataclass(frozen=True, kw_only=True)
class Blank:
    """The closing mark."""

    text: str


@dataclass(frozen=True, kw_only=True)
class PageBreak:
    """A new page."""


Block = (
    Head
    | Text
    | Line
    | Table
    | ListTable
    | Qa
    | Ruled
    | Loop
    | When
    | Photos
    | Signatures
    | Seal
    | Tail
    | Blank
    | PageBreak
)


@dataclass(frozen=True, kw_only=True)
class Body:
    """Layout and blocks."""

    layout: str
    columns: tuple[float, ...]
    blocks: tuple[Block, ...]


def parse_body(raw: Mapping[str, Any]) -> Body:
    """Read a body.

    Raises:
        ValueError: A block is malformed; the message says which, in Chinese.
    """
    layout = raw.get("layout")
    if layout not in LAYOUTS:
        raise ValueError(f"版式“{layout}”不在 {'、'.join(LAYOUTS)} 中")
    default = LETTER_WIDTHS if layout == "letter" else FORM_WIDTHS
    return Body(
        layout=layout, columns=_widths(raw.get("columns")) or default, blocks=parse_blocks(raw.get("blocks") or [])
    )


def parse_blocks(raw: object) -> tuple[Block, ...]:
    """Read a list of blocks.

    Raises:
        BlockFault: A block is malformed; it carries the block.
    """
    if not isinstance(raw, list):
        raise BlockFault("blocks 应为列表", raw)
    return tuple(_block(item) for item in raw)


def _block(raw: object) -> Block:
    parse = _parser(raw)
    try:
        return parse(raw)  # type: ignore[arg-type]  # a mapping, since it has a parser
    except BlockFault:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"缺少 {error}" if isinstance(error, KeyError) else str(error)
        raise BlockFault(said, raw) from error


def _parser(raw: object) -> Callable[[Mapping[str, Any]], Block]:
    for key, parse in PARSERS.items():
        if isinstance(raw, Mapping) and key in raw:
            if extra := sorted(set(raw) - BLOCK_KEYS[key]):
                raise BlockFault(f"{key} 没有 {'、'.join(map(str, extra))} 这样的键", raw)
            return parse
    raise BlockFault(f"不认识的版面块 {raw}；可用：{'、'.join(PARSERS)}", raw)


def _head(raw: Mapping[str, Any]) -> Head:
    head = raw["head"] if isinstance(raw["head"], Mapping) else {}
    return Head(title=head.get("title", ""), agency=head.get("agency", True), number=head.get("number", False))


def _text(raw: Mapping[str, Any]) -> Text:
    style = raw.get("style", "body")
    if style not in STYLES:
        raise ValueError(f"段落样式“{style}”不在 {'、'.join(STYLES)} 中")
    return Text(text=str(raw["text"]), style=style)


def _line(raw: Mapping[str, Any]) -> Line:
    return Line(parts=tuple(LinePart(label=p["label"], text=str(p["text"])) for p in raw["line"]))


def _table(raw: Mapping[str, Any]) -> Table:
    return Table(
        rows=tuple(_row(r) for r in raw["table"]), columns=_widths(raw.get("columns")), head=int(raw.get("head", 0))
    )


def _row(raw: object) -> TableRow:
    if isinstance(raw, list):
        return TableRow(cells=tuple(_cell(c) for c in raw))
    if not isinstance(raw, Mapping) or "row" not in raw:
        raise ValueError(f"表格行 {raw} 应为列表，或 {{each: …, row: […]}}")
    when = parse_condition(raw["when"]) if "when" in raw else None
    cells = tuple(_cell(c) for c in raw["row"])
    return TableRow(cells=cells, each=raw.get("each", ""), as_=raw.get("as", "item"), when=when)


def _cell(raw: object) -> Cell:
    if not isinstance(raw, Mapping):
        raise TypeError(f"单元格 {raw} 应写作 {{label: …}}、{{value: …}} 等")
    kind = next((k for k in CELL_KINDS if k in raw), None)
    if kind is None:
        raise BlockFault(f"单元格 {dict(raw)} 没有 {'、'.join(CELL_KINDS)} 之一", raw)
    if unknown := sorted(set(raw) - {kind, "span", "rows", "height", "align"}):
        raise BlockFault(f"单元格 {dict(raw)} 没有 {'、'.join(unknown)} 这样的键", raw)
    word = str(raw[kind])
    name, text = ("", word) if kind in ("label", "text") else (word, "")
    shape = {k: raw[k] for k in ("span", "rows", "height", "align") if k in raw}
    return Cell(kind=kind, name=name, text=text, **shape)


def _when(raw: Mapping[str, Any]) -> When:
    return When(
        condition=parse_condition(raw["when"]),
        blocks=parse_blocks(raw.get("blocks") or []),
        otherwise=parse_blocks(raw.get("else") or []),
    )


def _widths(raw: object) -> tuple[float, ...]:
    return tuple(float(w) for w in raw) if isinstance(raw, list) else ()


PARSERS: Mapping[str, Callable[[Mapping[str, Any]], Block]] = {
    "table": _table,
    "head": _head,
    "text": _text,
    "line": _line,
    "list": lambda raw: ListTable(name=raw["list"], widths=_widths(raw.get("widths"))),
    "qa": lambda raw: Qa(name=raw["qa"]),
    "ruled": lambda raw: Ruled(text=str(raw["ruled"])),
    "loop": lambda raw: Loop(name=raw["loop"], as_=raw.get("as", "item"), blocks=parse_blocks(raw.get("blocks"))),
    "when": _when,
    "photos": lambda raw: Photos(name=raw["photos"], file=raw.get("file", "file"), caption=str(raw.get("caption", ""))),
    "signatures": lambda raw: Signatures(slots=tuple(raw["signatures"])),
    "seal": lambda raw: Seal(seal=raw["seal"], date=raw.get("date", "issue_date")),
    "tail": lambda _raw: Tail(),
    "blank": lambda raw: Blank(text=str(raw["blank"])),
    "page_break": lambda _raw: PageBreak(),
}
BLOCK_KEYS: Mapping[str, frozenset[str]] = {
    "head": frozenset(["head"]),
    "text": frozenset(["text", "style"]),
    "line": frozenset(["line"]),
    "table": frozenset(["table", "columns", "head"]),
    "list": frozenset(["list", "widths"]),
    "qa": frozenset(["qa"]),
    "ruled": frozenset(["ruled"]),
    "loop": frozenset(["loop", "as", "blocks"]),
    "when": frozenset(["when", "blocks", "else"]),
    "photos": frozenset(["photos", "file", "caption"]),
    "signatures": frozenset(["signatures"]),
    "seal": frozenset(["seal", "date"]),
    "tail": frozenset(["tail"]),
    "blank": frozenset(["blank"]),
    "page_break": frozenset(["page_break"]),
}
