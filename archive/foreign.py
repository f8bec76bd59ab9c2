"""Pages from outside (scans, photos, foreign PDFs) as page images: safe to bind, nothing of the source but its looks.

JPEG bytes that any viewer can show pass through untouched; everything else is drawn and encoded anew. Covered areas are
painted before encoding, so nothing lies under them.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageDraw, ImageOps

from foundation.errors import BadInput

A4 = (595.28, 841.89)
MARGIN = 36.0
DPI = 150
QUALITY = 82
MOST_PIXELS = 60_000_000
MOST_PAGES = 2000
BLACK = (0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Cover:
    """An area to be painted black: page from 0, and left, upper, right, lower edge in shares of the page."""

    page: int
    box: tuple[float, float, float, float]


def as_pages(data: bytes, media_type: str, name: str, covers: Sequence[Cover] = ()) -> bytes:
    """Return a PDF of page images.

    Args:
        data: A picture or a PDF.
        media_type: What it is.
        name: For messages.
        covers: Areas to be painted.

    Raises:
        BadInput: It cannot be drawn.
    """
    pages = _pdf_pages(data, name) if media_type == "application/pdf" else _image_page(data, name)
    with pikepdf.new() as pdf:
        for number, (image, size) in enumerate(pages):
            _paint(image, [c for c in covers if c.page == number])
            _append(pdf, image, size)
        if not len(pdf.pages):
            raise BadInput(f"“{name}”没有可以显示的页。", remedy="重新扫描后上传。", path=name)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def is_drawable(media_type: str) -> bool:
    """Tell whether a file can become page images."""
    return media_type == "application/pdf" or media_type in ("image/jpeg", "image/png", "image/webp", "image/tiff")


def _pdf_pages(data: bytes, name: str) -> Iterator[tuple[Image.Image, tuple[float, float]]]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise BadInput(f"“{name}”不是可以打开的 PDF。", remedy="重新扫描后上传。", path=name) from error
    with document:
        if len(document) > MOST_PAGES:
            raise BadInput(f"“{name}”超过{MOST_PAGES}页。", remedy="分成几个文件。", path=name)
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
            yield page.render(scale=scale).to_pil().convert("RGB"), (width, height)
            page.close()


def _image_page(data: bytes, name: str) -> Iterator[tuple[Image.Image, tuple[float, float]]]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadInput(f"“{name}”像素过大。", remedy="缩小后上传。", path=name)
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput(f"“{name}”不是可以打开的图片。", remedy="换成 JPEG 或 PNG。", path=name) from error
    yield upright, A4 if upright.height >= upright.width else (A4[1], A4[0])


def _paint(image: Image.Image, covers: Sequence[Cover]) -> None:
    draw = ImageDraw.Draw(image)
    for cover in covers:
        left, upper, right, lower = cover.box
        box = (left * image.width, upper * image.height, right * image.width, lower * image.height)
        draw.rectangle(box, fill=BLACK)


def _append(pdf: pikepdf.Pdf, image: Image.Image, size: tuple[float, float]) -> None:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    picture = pdf.make_indirect(
        Stream(
            pdf,
            out.getvalue(),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=image.width,
            Height=image.height,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB,
            Filter=Name.DCTDecode,
        )
    )
    width, height = size
    room = (width, height) if _fills(image, size) else (width - 2 * MARGIN, height - 2 * MARGIN)
    scale = min(room[0] / image.width, room[1] / image.height)
    drawn = (image.width * scale, image.height * scale)
    place = ((width - drawn[0]) / 2, (height - drawn[1]) / 2)
    content = f"q {drawn[0]:.2f} 0 0 {drawn[1]:.2f} {place[0]:.2f} {place[1]:.2f} cm /I Do Q".encode()
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 2), round(height, 2)]),
        Resources=Dictionary(XObject=Dictionary(I=picture)),
        Contents=pdf.make_indirect(Stream(pdf, content)),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _fills(image: Image.Image, size: tuple[float, float]) -> bool:
    """Tell whether an image has the page's own shape: a scan or a drawn page."""
    return abs(image.width / image.height - size[0] / size[1]) < 0.02  # noqa: PLR2004 - a rounded pixel is no difference
