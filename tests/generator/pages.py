"""Measures of made pages: what one says beside signatures, and which begin with a row whose head is not repeated."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from math import hypot
from typing import Any
from xml.etree import ElementTree as ET

from catalogue import body as b
from catalogue.definitions import DocumentType
from generator.compile_styles import W_NS
from generator.pipeline import Made
from generator.seal import ABOVE_MM
from generator.seal_order import SEAL_MM
from tests.generator.jobs import Char, lines

W = f"{{{W_NS}}}"
LEAST_SAID = 12
"""A last page that says less beside signatures, dates and labels is an orphan: nobody knows what was signed there."""
FOOT = "文书编号"
UNSAID = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日(\d{1,2}时\d{2}分)?|年月日|签名：|（拒绝签名：|见证人：?|／|以下空白|（[^（）]*粘贴处）|第\d+页共\d+页"
)
BLANK = re.compile(r"\s")


def said(definition: DocumentType, values: Mapping[str, Any], page: str) -> str:
    """Return what a page's text says above its foot: without signers, their labels, dates and marks."""
    text = BLANK.sub("", page)
    known = {*_signers(definition, values), *_labels(definition, definition.body.blocks)}
    text = UNSAID.sub("", text.partition(FOOT)[0])
    for word in sorted((BLANK.sub("", word) for word in known if word), key=len, reverse=True):
        text = text.replace(word, "")
    return text


def headless(docx: bytes, pages: list[str]) -> list[str]:
    """Return the beginnings of pages that begin with a row of a list whose head is not repeated there."""
    rows = tuple(row for row in _listed(docx) if len(row) > 2)  # a short one may begin any text
    return [page[:40] for page in pages[1:] if rows and BLANK.sub("", page).startswith(rows)]


def under_seal(made: Made) -> str:
    """Return the text that the seal would cover beside the agency's name and the date."""
    if made.seal_place is None:
        return ""
    page, x, date = made.seal_place
    drawn = [c for line in lines(made.pdf, page) for c in line if not _sealed(_middle(c) - date)]
    away = [hypot((c.left + c.right) / 2 - x, _middle(c) - date + ABOVE_MM) for c in drawn]
    return "".join(c.text for c, distance in zip(drawn, away, strict=True) if distance < SEAL_MM / 2)


def _middle(char: Char) -> float:
    return (char.top + char.bottom) / 2


def _sealed(below: float) -> bool:
    """Tell whether a line stands where the date (0 mm) or the agency's name over it does."""
    return abs(below) < 2 or -13 < below < -5


def _signers(definition: DocumentType, values: Mapping[str, Any]) -> Iterator[str]:
    for slot in definition.slots:
        yield slot.label
        for row in values.get(slot.signs or "") or ():
            yield from (row[key] for key in ("name", "refused", "witness"))


def _labels(definition: DocumentType, blocks: tuple[b.Block, ...]) -> Iterator[str]:
    """Yield the labels beside signatures."""
    for block in blocks:
        if isinstance(block, b.Table):
            for row in block.rows:
                if any(c.kind in ("slot", "sign") for c in row.cells):
                    yield from (c.text for c in row.cells if c.kind == "label")
        for inner in (getattr(block, "blocks", ()), getattr(block, "otherwise", ())):
            yield from _labels(definition, inner)


def _listed(docx: bytes) -> Iterator[str]:
    """Yield the text of each row under a head."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        root = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314 - our own
    for table in root.iter(f"{W}tbl"):
        rows = list(table.iter(f"{W}tr"))
        heads = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
        if any(heads):
            yield from (_row_text(row) for row, head in zip(rows, heads, strict=True) if not head)


def _row_text(row: ET.Element) -> str:
    return BLANK.sub("", "".join(t.text or "" for t in row.iter(f"{W}t")))
