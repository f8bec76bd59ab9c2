"""Paragraphs and runs of a DOCX as HTML: names of our styles, some direct formatting, fields PAGE and NUMPAGES."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

from lxml import etree

from generator.compile_styles import TWIPS_MM, word_fonts
from generator.convert_parts import POINT_MM, R, Source, W, local, unsupported, value

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_·]*(?:-[A-Za-z0-9./_·]+)+")
"""A number or code with hyphens: kept in one line where it fits."""
WHOLE = re.compile(rf"{CODE.pattern}|\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}时\d{{2}}分|第\d+号|\d[\d,.]*[一-鿿]")
"""In a narrow cell the parts of a date, a number and a figure with its unit are kept in one line as well."""
NARROW_CELL = 70.0
"""Room of such a cell, mm: in longer lines a break within a date is not felt."""
NARROW = 0.6
"""Width of a letter of a code against a Chinese character, on the safe side."""

EMU_MM = 36000
ALIGN = {"left": "left", "start": "left", "center": "center", "right": "right", "end": "right", "both": "justify"}
FIELDS = {"PAGE": '<span class="page"></span>', "NUMPAGES": '<span class="pages"></span>'}
LENGTHS = (
    ("ind", "firstLineChars", "text-indent", "em", 100),
    ("ind", "left", "margin-left", "mm", TWIPS_MM),
    ("ind", "right", "margin-right", "mm", TWIPS_MM),
    ("spacing", "before", "margin-top", "pt", 20),
    ("spacing", "after", "margin-bottom", "pt", 20),
)
"""Word's element and attribute, our CSS property, its unit, how many of Word's units make one."""
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/"

PARAGRAPH_PROPERTIES: Final = frozenset(
    [
        "pStyle",
        "jc",
        "ind",
        "spacing",
        "keepNext",
        "keepLines",
        "widowControl",
        "pageBreakBefore",
        "rPr",
        "pBdr",
        "snapToGrid",
        "tabs",
        "adjustRightInd",
        "autoSpaceDE",
        "autoSpaceDN",
        "overflowPunct",
        "kinsoku",
        "wordWrap",
        "contextualSpacing",
        "outlineLvl",
        "textAlignment",
    ]
)
RUN_PROPERTIES: Final = frozenset(
    [
        "rStyle",
        "rFonts",
        "b",
        "bCs",
        "sz",
        "szCs",
        "u",
        "color",
        "spacing",
        "fitText",
        "lang",
        "kern",
        "noProof",
        "w",
        "snapToGrid",
        "rtl",
        "cs",
    ]
)


@dataclass(kw_only=True)
class Line:
    """One paragraph on its way: pieces of HTML, and the field or bookmark that is open."""

    source: Source
    pieces: list[str] = field(default_factory=list)
    instruction: str | None = None
    """Text of a complex field being read; None outside fields."""
    bookmarks: list[str] = field(default_factory=list)


def paragraph(source: Source, element: etree._Element) -> str:
    """Convert one paragraph."""
    properties = element.find(f"{W}pPr")
    style = value(properties, "pStyle") or "flush"
    page_break = value(properties, "pageBreakBefore") not in (None, "0", "false")
    if style == "end":
        return '<div class="break"></div>' if page_break else ""
    if style not in source.layout.paragraphs:
        raise unsupported(f"段落样式“{style}”")
    line = Line(source=source)
    for child in element:
        _inline(line, child)
    if line.bookmarks:
        raise unsupported("跨段书签")
    css = _paragraph_css(properties)
    classes = f"{style} break" if page_break else style
    if style == "cell_text" and "".join(line.pieces) == "／":
        classes = "cell_value"  # a struck cell has no indent
    direct = f' style="{css}"' if css else ""
    return f'<p class="{classes}"{direct}>{"".join(line.pieces) or "<br/>"}</p>'


def _inline(line: Line, child: etree._Element) -> None:
    name = local(child)
    if name == "r":
        _run(line, child)
    elif name == "fldSimple":
        line.pieces.append(_field(child.get(W + "instr", "")))
    elif name == "bookmarkStart" and child.get(W + "name") == "seal":
        line.bookmarks.append(child.get(W + "id", ""))
        line.pieces.append('<span id="seal">')
    elif name == "bookmarkEnd" and child.get(W + "id") in line.bookmarks:
        line.bookmarks.remove(child.get(W + "id", ""))
        line.pieces.append("</span>")
    elif name not in ("pPr", "bookmarkStart", "bookmarkEnd", "proofErr", "comment"):
        raise unsupported(f"段落内的“{name}”")


def _run(line: Line, run: etree._Element) -> None:
    pieces: list[str] = []
    properties = run.find(f"{W}rPr")
    for child in run:
        name = local(child)
        if name == "t":
            pieces.append(_text(child.text or "", line.source) if line.instruction is None else "")
        elif name in ("instrText", "fldChar"):
            _complex_field(line, child)
        elif name in READERS:
            pieces.append(READERS[name](line.source, child))
        elif name not in ("rPr", "lastRenderedPageBreak"):
            raise unsupported(f"文字内的“{name}”")
    html = "".join(pieces)
    if html:
        line.pieces.append(_dressed(line.source, properties, html, run))


def _complex_field(line: Line, child: etree._Element) -> None:
    if local(child) == "instrText":
        line.instruction = (line.instruction or "") + (child.text or "")
        return
    kind = child.get(W + "fldCharType")
    if kind == "begin":
        line.instruction = ""
    elif kind == "end" and line.instruction is not None:
        line.pieces.append(_field(line.instruction))
        line.instruction = None


def _field(instruction: str) -> str:
    name = (instruction.split() or [""])[0].upper()
    if name not in FIELDS:
        raise unsupported(f"域“{name}”")
    return FIELDS[name]


def _text(text: str, source: Source) -> str:
    """Escape text and keep codes whole where they fit the line; the "·" in them is as narrow as their letters."""
    out, end = [], 0
    in_cell = source.room < source.layout.width
    each = (source.layout.paragraphs["cell_value"].size or 12) * POINT_MM if in_cell else 12 * POINT_MM
    for match in (WHOLE if source.room < NARROW_CELL else CODE).finditer(text):
        out.append(escape(text[end : match.start()]))
        code = escape(match.group()).replace("·", '<span class="dot">·</span>')
        width = sum(each * (NARROW if c.isascii() else 1) for c in match.group())
        out.append(f'<span class="k">{code}</span>' if width < source.room else code)
        end = match.end()
    return "".join(out) + escape(text[end:])


def _break(_source: Source, child: etree._Element) -> str:
    return '<span class="break"></span>' if child.get(W + "type") == "page" else "<br/>"


def _image(source: Source, child: etree._Element) -> str:
    inline = child.find("{*}inline")
    blip = child.find(f".//{DRAWING}main}}blip")
    if inline is None or blip is None:
        raise unsupported("浮动图形")
    extent, about = inline.find("{*}extent"), inline.find("{*}docPr")
    asset = source.asset(blip.get(R + "embed", ""))
    width, height = (int(extent.get(k, "0")) / EMU_MM if extent is not None else 0 for k in ("cx", "cy"))
    alt = escape((about.get("descr") if about is not None else "") or "图片")
    return f'<img src="asset:{asset}" alt="{alt}" style="width:{width:.2f}mm;height:{height:.2f}mm"/>'


READERS: Mapping[str, Callable[[Source, etree._Element], str]] = {
    "br": _break,
    "cr": _break,
    "tab": lambda _source, _child: "　",
    "drawing": _image,
    "noBreakHyphen": lambda _source, _child: "\N{NON-BREAKING HYPHEN}",
}


def _dressed(source: Source, properties: etree._Element | None, html: str, run: etree._Element) -> str:
    if properties is None:
        return html
    style = value(properties, "rStyle")
    if style is not None and style not in source.layout.characters:
        raise unsupported(f"字符样式“{style}”")
    if style == "option":
        style, html = ("option" if _wide(run) < source.room else None), _ticked(html)
    css = _run_css(properties)
    fit = value(properties, "fitText")
    if fit is not None:
        return _fitted(html, int(fit) / 20)
    if not style and not css:
        return html
    attributes = (f' class="{style}"' if style else "") + (f' style="{css}"' if css else "")
    return f"<span{attributes}>{html}</span>"


def _wide(run: etree._Element) -> float:
    return sum(len(t.text or "") for t in run.iter(f"{W}t")) * 12 * POINT_MM


def _fitted(text: str, width: float) -> str:
    """Spread a few characters to a width in points."""
    gap = (width - 12 * len(text)) / (len(text) - 1) if len(text) > 1 else 0
    return (
        f'<span class="k"><span style="letter-spacing:{gap:.2f}pt">{text[:-1]}</span>{text[-1:]}</span>'
        if gap > 0
        else text
    )


def _ticked(html: str) -> str:
    """Draw the tick into its box: no font has the ticked box itself."""
    return html.replace("□√", '<span class="tick_box">□</span><span class="tick_mark">√</span>')


def _run_css(properties: etree._Element) -> str:
    _closed(properties, RUN_PROPERTIES, "文字格式")
    css = []
    if family := value(properties, "rFonts", "eastAsia"):
        if family not in word_fonts():
            raise unsupported(f"字体“{family}”")
        css.append(f"font-family:AjLatin,{word_fonts()[family]},AjSong")
    if size := value(properties, "sz"):
        css.append(f"font-size:{int(size) / 2:g}pt")
    if value(properties, "b") in ("1", "true"):
        css.append("font-family:AjLatin,AjHei,AjSong")  # 仿宋 and 楷 have no bold: GB/T 9704 emphasises with 黑体
    if value(properties, "u") not in (None, "none"):
        css.append("text-decoration:underline")
    return ";".join(css)


def _paragraph_css(properties: etree._Element | None) -> str:
    if properties is None:
        return ""
    _closed(properties, PARAGRAPH_PROPERTIES, "段落格式")
    css = []
    if align := value(properties, "jc"):
        css.append(f"text-align:{ALIGN.get(align, 'justify')}")
    for element, attribute, name, unit, scale in LENGTHS:
        if length := value(properties, element, attribute):
            css.append(f"{name}:{round(int(length) / scale, 2):g}{unit}")
    if value(properties, "spacing", "lineRule") in ("exact", "atLeast"):
        css.append(f"line-height:{int(value(properties, 'spacing', 'line') or 360) / 20:g}pt")
    return ";".join(css)


def _closed(properties: etree._Element, known: frozenset[str], what: str) -> None:
    for child in properties:
        if local(child) not in known:
            raise unsupported(f"{what}“{local(child)}”")
