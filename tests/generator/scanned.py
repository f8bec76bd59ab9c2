"""What a scanner makes of printed papers: pictures of pages, turned, skewed, grey, at low resolution, in one PDF."""

import io
from collections.abc import Sequence

import pikepdf
from PIL import Image, ImageDraw, ImageFilter

from generator import scans
from tests.generator.jobs import page_image

A4_AT = {dpi: (round(8.27 * dpi), round(11.69 * dpi)) for dpi in (150, 200, 300)}


def scanned(pdf: bytes, page: int = 0, *, dpi: int = 150, turn: int = 0, skew: float = 0.0) -> Image.Image:
    """Return a page as a grey scan."""
    image = page_image(pdf, page, dpi=dpi).convert("L").filter(ImageFilter.GaussianBlur(0.4))
    if skew:
        image = image.rotate(skew, fillcolor=245, resample=Image.Resampling.BICUBIC)
    return image.rotate(-turn, expand=True) if turn else image


def blank(dpi: int = 150) -> Image.Image:
    """Return a blank back with a speck and a shadow at its edge."""
    image = Image.new("L", A4_AT[dpi], 250)
    ImageDraw.Draw(image).rectangle((0, 0, 8, image.height), fill=90)
    ImageDraw.Draw(image).ellipse((400, 400, 404, 404), fill=60)
    return image


def written(text: str = "note", dpi: int = 150) -> Image.Image:
    """Return a page without code on which something stands."""
    image = Image.new("L", A4_AT[dpi], 255)
    for line in range(12):
        ImageDraw.Draw(image).line((120, 200 + line * 40, 900, 205 + line * 40), fill=20, width=6)
    ImageDraw.Draw(image).text((120, 100), text, fill=0)
    return image


def stack_of(images: Sequence[Image.Image], dpi: int = 150) -> bytes:
    """Return pictures as the PDF of a scanner."""
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=list(images[1:]), resolution=dpi)
    return out.getvalue()


def upright(pdf: bytes) -> list[tuple[int, ...]]:
    """Return, for each page of a filed copy, the turns of the codes on it: 0 stands upright."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = len(opened.pages)
    return [tuple(round(c.orientation / 90) % 4 for c in _codes(pdf, n)) for n in range(1, pages + 1)]


def _codes(pdf: bytes, number: int) -> list[object]:
    return list(scans._codes(scans.picture(pdf, number, 200).convert("L")))
