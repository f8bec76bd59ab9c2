"""Jobs for tests: any type with one of its samples, or a small type made on the spot."""

import functools
import io
import re
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2 as pdfium
from PIL import Image

from catalogue.definitions import Catalogue, DocumentType
from catalogue.loading import load_catalogue, parse_definition
from catalogue.samples import sample
from foundation.settings import ROOT
from generator.furniture import Furniture
from generator.job import Job

FONTS = ROOT / "var/fonts"
"""Prepared by set-up."""

FURNITURE = Furniture(
    document_id="01976f3e-7c0a-7d2e-8b1f-3a5c9e7d1b42",
    version=3,
    digest_prefix="5f0c91ab3d7e2246",
    verify_url="http://127.0.0.1:8000/verify",
    title="文书",
    number="清政罚〔2026〕第3号",
    agency_name="清河镇人民政府（虚构）",
    created_at="2026-03-10T00:00:00+00:00",
    contact="甲一 000-00000009",
    address="清河镇政府路1号（虚构）",
)


def catalogue() -> Catalogue:
    """Return the product's types."""
    return load_catalogue(ROOT / "templates")


def job(type_id: str, kind: str = "ordinary", *, draft: bool = False, **values: Any) -> Job:
    """Return the job of a type's sample, with some values changed."""
    definition = catalogue().get(type_id)
    data = sample(catalogue(), type_id, kind) | values
    furniture = replace(FURNITURE, title=definition.title, draft=draft)
    return Job(
        definition=definition,
        values=data,
        furniture=furniture,
        fonts_dir=str(FONTS),
        images=_pictures(definition, data),
    )


def small_job(
    blocks: list[Any],
    values: Mapping[str, Any] | None = None,
    *,
    fields: list[Any] | None = None,
    slots: list[Any] | None = None,
    layout: str = "letter",
    draft: bool = False,
) -> Job:
    """Return the job of a type made on the spot; a field `text` (long) is there when none are given."""
    raw = {
        "id": "small",
        "title": "试样",
        "purpose": "试验",
        "articles": ["A21.1"],
        "stage": "decision",
        "tier": "core",
        "form": "叙述式",
        "visibility": "external",
        "volume": "main",
        "service": "none",
        "number": None,
        "seal": None,
        "copies": "一份，存卷",
        "copy_rule": {"release": "served"},
        "recording": "none",
        "prerequisites": [],
        "fields": fields or [{"name": "text", "label": "文字", "kind": "long_text"}],
        "slots": slots or [],
        "body": {"layout": layout, "blocks": blocks},
    }
    furniture = replace(FURNITURE, title="试样", draft=draft)
    return Job(definition=parse_definition(raw), values=values or {}, furniture=furniture, fonts_dir=str(FONTS))


SAME_LINE = 1.5
"""Characters whose feet differ by less stand on one line, mm."""


@dataclass(frozen=True, kw_only=True)
class Char:
    """One drawn character: its place in mm from the page's left and upper edge."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


def characters(pdf: bytes, page: int = 0) -> list[Char]:
    """Return the characters of a page with the boxes that their advances fill."""
    with pdfium.PdfDocument(pdf) as document:
        text, height = document[page].get_textpage(), document[page].get_height()
        found = []
        for i in range(text.count_chars()):
            left, low, right, high = (v * 25.4 / 72 for v in text.get_charbox(i, loose=True))
            whole = height * 25.4 / 72
            found.append(
                Char(text=text.get_text_range(i, 1), left=left, right=right, top=whole - high, bottom=whole - low)
            )
        return found


def lines(pdf: bytes, page: int = 0) -> list[list[Char]]:
    """Return the characters of a page by the line on which they stand, from the top."""
    found: list[list[Char]] = []
    for char in sorted((c for c in characters(pdf, page) if c.text.strip()), key=lambda c: c.bottom):
        if found and char.bottom - found[-1][0].bottom < SAME_LINE:
            found[-1].append(char)
        else:
            found.append([char])
    return [sorted(line, key=lambda c: c.left) for line in found]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One drawn line as poppler measures it, mm from the page's left and upper edge."""

    text: str
    left: float
    right: float
    bottom: float


def measured_lines(pdf: bytes) -> list[Line]:
    """Return the lines of the first page. (pdfium rounds the steps between characters; poppler does not.)"""
    program = ["pdftotext", "-bbox-layout", "-l", "1", "-", "-"]
    xml = subprocess.run(program, input=pdf, capture_output=True, check=True).stdout  # noqa: S603 - fixed words
    point = 25.4 / 72
    found: list[Line] = []
    for element in ET.fromstring(xml).iter("{http://www.w3.org/1999/xhtml}word"):  # noqa: S314 - poppler's own
        left, right, bottom = (float(element.get(k, "0")) * point for k in ("xMin", "xMax", "yMax"))
        found.append(Line(text=element.text or "", left=left, right=right, bottom=bottom))
    lines: list[Line] = []
    for word in sorted(found, key=lambda w: (round(w.bottom / SAME_LINE), w.left)):
        if lines and abs(word.bottom - lines[-1].bottom) < SAME_LINE:
            lines[-1] = replace(lines[-1], text=lines[-1].text + word.text, right=max(lines[-1].right, word.right))
        else:
            lines.append(word)
    return lines


def words(line: list[Char]) -> str:
    """Return a line's text."""
    return "".join(c.text for c in line)


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page without blanks."""
    with pdfium.PdfDocument(pdf) as document:
        return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]


def page_image(pdf: bytes, page: int = 0, dpi: int = 100) -> Image.Image:
    """Return a page as a picture, seals included."""
    with pdfium.PdfDocument(pdf) as document:
        document.init_forms()
        return document[page].render(scale=dpi / 72).to_pil().convert("RGB")


def parts(docx: bytes) -> dict[str, bytes]:
    """Return the parts of a DOCX."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@functools.lru_cache(maxsize=1)
def photo() -> bytes:
    """Return a small photo."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#8aa0b4").save(out, "JPEG")
    return out.getvalue()


def _pictures(definition: DocumentType, values: Mapping[str, Any]) -> dict[str, bytes]:
    names = {f.name for f in definition.fields if f.kind == "file"}
    columns = {(f.name, c.name) for f in definition.fields for c in f.columns if c.kind == "file"}
    assets = [values.get(name) for name in names]
    assets += [row.get(column) for name, column in columns for row in values.get(name) or ()]
    return {asset: photo() for asset in assets if isinstance(asset, str) and asset}
