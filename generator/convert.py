"""Rendered DOCX → restricted HTML, by style names; a closed set of constructs, anything else is refused.

Promises: the HTML holds exactly the text of the DOCX; it names no address but `asset:` ids of images inside the DOCX;
no construct is passed over in silence. Paragraphs and runs carry the names of our styles (`templates/_styles`),
direct formatting from Word becomes a small set of CSS properties. Tables are in `convert_tables`, runs in
`convert_runs`, what stays together on a page in `convert_keeping`.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from lxml import etree

from generator.compile_styles import Layout
from generator.convert_css import FOOT_LINE, MOST_FOOT_LINES
from generator.convert_keeping import kept
from generator.convert_parts import POINT_MM, R, Source, W, local, relations, root, unsupported, value
from generator.convert_tables import blocks


@dataclass(frozen=True, kw_only=True)
class Converted:
    """Restricted HTML of one paper."""

    body: str
    """Inside of `<body>`."""
    classes: str
    images: Mapping[str, bytes]
    """Asset id → bytes."""


def convert(docx: bytes, layout: Layout) -> Converted:
    """Turn a rendered DOCX into restricted HTML.

    Raises:
        BadInput: The DOCX holds a construct, style or font outside the closed set.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    main = "word/document.xml"
    source = Source(parts=parts, rels=relations(parts, main), layout=layout, room=layout.width)
    body = root(parts[main]).find(f"{W}body")
    if body is None:
        raise unsupported("没有正文")
    text = kept(list(blocks(source, body)), layout.name)
    head, foot, lines = _furniture(source, body, main)
    lines = min(lines, MOST_FOOT_LINES)
    classes = f"{layout.name} foot{lines}" if lines else layout.name
    return Converted(body=head + foot + "".join(text), classes=classes, images=source.images)


def _furniture(source: Source, body: etree._Element, main: str) -> tuple[str, str, int]:
    """Convert header and footer; return draft mark, footer and how many signature lines the footer has."""
    linked, head, foot, lines = relations(source.parts, main), "", "", 0
    section = body.find(f"{W}sectPr")
    for reference in () if section is None else section:
        if local(reference) not in ("headerReference", "footerReference"):
            continue
        part = linked[reference.get(R + "id", "")]
        source.rels, source.room = relations(source.parts, part), source.layout.width
        tree = root(source.parts[part])
        if local(reference) == "headerReference":
            if any(t.text for t in tree.iter(f"{W}t")):
                head = f'<div id="draft">{escape("".join(t.text or "" for t in tree.iter(f"{W}t")))}</div>'
        else:
            foot = f'<div id="footer">{"".join(blocks(source, tree))}</div>'
            lines = _signature_lines(tree, source.layout)
    return head, foot, lines


def _signature_lines(tree: etree._Element, layout: Layout) -> int:
    """Estimate the lines that signatures take at the foot: the highest cell of each row, wrapped text counted."""
    height = 0.0
    for row in tree.iter(f"{W}tr"):
        height += max((_cell_height(cell, layout) for cell in row.iter(f"{W}tc")), default=0)
    return -int(-height // FOOT_LINE)


def _cell_height(cell: etree._Element, layout: Layout) -> float:
    room = layout.width * int(value(cell, "tcPr/gridSpan") or 1) / 2 - 4
    return sum(_paragraph_height(p, layout, room) for p in cell.iter(f"{W}p"))


def _paragraph_height(paragraph: etree._Element, layout: Layout, room: float) -> float:
    style = value(paragraph, "pPr/pStyle") or ""
    if style != "footer_sign":
        return 0.0
    text = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
    each = 12 * POINT_MM * 1.15  # names are larger than labels
    width = sum(each if ord(c) > 0x2E7F else each / 2 for c in text)  # noqa: PLR2004 - first of the full-width scripts
    lines = max(1, -int(-width // room))
    return lines * (layout.paragraphs[style].line or 24) * POINT_MM
