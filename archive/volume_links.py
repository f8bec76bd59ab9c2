"""Links from the rows of a contents list to the papers' first pages.

The list is drawn by the same pipeline as every paper and knows no links; its rows are found again by their titles, one
after another in drawing order, so equal titles lead to their own papers. A row that is not found stops the volume.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array, Dictionary, Name

from archive.volume_structure import Structure
from foundation.errors import Broken

MARGIN = 2.0
"""Points by which a link is larger than its text."""
SIDE = 60.0
"""A row's link spans the page between these margins, points."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one character stands: page of the list, lower and upper edge, points."""

    page: int
    bottom: float
    top: float


def link_rows(
    pdf: pikepdf.Pdf, structure: Structure, contents: bytes, span: range, targets: Sequence[tuple[str, int]]
) -> None:
    """Add a link to each row of a contents list.

    Args:
        pdf: The volume.
        structure: Its structure, which learns of the links.
        contents: The contents list by itself.
        span: Its pages in the volume.
        targets: Title of each row and index of the page it leads to, in order.

    Raises:
        Broken: A row does not stand in the list.
    """
    text, places = _characters(contents)
    at = 0
    for title, target in targets:
        wanted = _plain(title)
        found = text.find(wanted, at)
        if found < 0:
            raise Broken(f"卷内目录里没有找到“{title}”这一行。", remedy="重新制作卷内目录。")
        at = found + len(wanted)
        for page, bottom, top in _lines(places[found:at]):
            _add(pdf, structure, pdf.pages[span.start + page], (bottom, top), target)


def _characters(contents: bytes) -> tuple[str, list[Place]]:
    """Return the list's text without spaces, and where each character stands."""
    text, places = [], []
    with pdfium.PdfDocument(contents) as document:
        for number in range(len(document)):
            page = document[number]
            words = page.get_textpage()
            for index in range(words.count_chars()):
                plain = _plain(words.get_text_range(index, 1))
                if plain:
                    _left, bottom, _right, top = words.get_charbox(index)
                    text.append(plain)
                    places += [Place(page=number, bottom=bottom, top=top)] * len(plain)
            words.close()
            page.close()
    return "".join(text), places


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text)
    return "".join(c for c in kept if not c.isspace() and c.isprintable())


def _lines(places: Sequence[Place]) -> list[tuple[int, float, float]]:
    """Join the characters of one row into one band a page."""
    bands: dict[int, tuple[float, float]] = {}
    for place in places:
        bottom, top = bands.get(place.page, (place.bottom, place.top))
        bands[place.page] = (min(bottom, place.bottom), max(top, place.top))
    return [(page, bottom, top) for page, (bottom, top) in sorted(bands.items())]


def _add(pdf: pikepdf.Pdf, structure: Structure, page: pikepdf.Page, band: tuple[float, float], target: int) -> None:
    left, _bottom, right, _top = (float(n) for n in page.mediabox)
    aim = pdf.pages[target]
    rectangle = [left + SIDE, band[0] - MARGIN, right - SIDE, band[1] + MARGIN]
    annotation = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([round(n, 2) for n in rectangle]),
            Border=Array([0, 0, 0]),
            F=4,
            Dest=Array([aim.obj, Name.XYZ, 0, round(float(aim.mediabox[3])), 0]),
        )
    )
    if "/Annots" not in page.obj:
        page.obj.Annots = Array([])
    page.obj.Annots.append(annotation)
    structure.link(annotation, page)
