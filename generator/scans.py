"""Scanned pages: codes read from pictures of them, and single pages taken out as a PDF that holds pictures alone.

Everything becomes a PDF of one picture a page first (`as_pdf`): JPEG bytes pass through untouched, PDF pages of a
scanner keep theirs. Nothing active comes along: no notes, actions, forms or attached files.
"""

import io
from collections.abc import Iterator, Mapping, Sequence

import pikepdf
import pypdfium2 as pdfium
import zxingcpp
from pikepdf import Dictionary, Name
from PIL import Image, ImageOps, ImageSequence

from casework.proofs import MOST_PIXELS
from casework.stacks import Seen
from foundation.errors import BadInput
from generator.preview import _LOCK

DPIS = (200, 300, 120)
"""Resolutions at which a page is looked at until a code is read."""
MOST_PAGES = 3000
A4 = (595.28, 841.89)
POINTS = 72
USUAL_DPI = 200
"""Of a picture that does not say its own."""
INK, DARK = 0.0012, 128
"""A page with less of its area dark is blank."""
EDGE = 0.03
"""Share of a page's edges that is not looked at: shadows of the glass and punched holes."""
KEPT = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Type")
CODES = zxingcpp.barcode_formats_from_str("QRCode")
EXIF_TURN = {3: 180, 6: 90, 8: 270}


def as_pdf(data: bytes, media_type: str) -> bytes:
    """Return a stack as a PDF.

    Raises:
        BadInput: It has no page, or too many.
    """
    if media_type == "application/pdf":
        return data
    with pikepdf.new() as pdf, Image.open(io.BytesIO(data)) as image:
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number >= MOST_PAGES:
                raise BadInput(f"超过{MOST_PAGES}页。", remedy="分成几叠上传。", path="file")
            _append(pdf, frame, data if image.format == "JPEG" else b"")
        return _saved(pdf)


def _append(pdf: pikepdf.Pdf, frame: Image.Image, jpeg: bytes) -> None:
    """Add one picture as a page of its real size."""
    dpi = float(frame.info.get("dpi", (USUAL_DPI, 0))[0] or USUAL_DPI)
    dpi = dpi if 50 <= dpi <= 1200 else USUAL_DPI  # noqa: PLR2004 - what scanners do; phones say 72 or nothing
    width, height = frame.width * POINTS / dpi, frame.height * POINTS / dpi
    shrink = min(1.0, 2 * A4[1] / max(width, height))
    width, height = width * shrink, height * shrink
    usable = jpeg and frame.mode in ("L", "RGB")
    plain = frame if usable else frame.convert("L" if frame.mode in ("1", "L", "I;16") else "RGB")
    stream = pdf.make_stream(jpeg if usable else plain.tobytes())
    stream.update(
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=frame.width,
            Height=frame.height,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray if plain.mode == "L" else Name.DeviceRGB,
        )
    )
    if usable:
        stream.Filter = Name.DCTDecode
    page = pdf.add_blank_page(page_size=(width, height))
    page.Resources = Dictionary(XObject=Dictionary(Im=stream))
    page.Contents = pdf.make_stream(f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im Do Q".encode())
    turn = EXIF_TURN.get(frame.getexif().get(274, 1), 0)
    if turn:
        page.rotate(turn, relative=True)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def count(pdf: bytes) -> int:
    """Return how many pages a stack has.

    Raises:
        BadInput: Too many.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = len(opened.pages)
    if pages > MOST_PAGES:
        raise BadInput(f"超过{MOST_PAGES}页。", remedy="分成几叠上传。", path="file")
    return pages


def look(pdf: bytes) -> Iterator[Seen]:
    """Yield what is on each page, from page 1."""
    with _LOCK:
        pages = len(pdfium.PdfDocument(pdf))
    for number in range(1, pages + 1):
        yield _look(pdf, number)


def _look(pdf: bytes, number: int) -> Seen:
    for dpi in DPIS:
        image = picture(pdf, number, dpi).convert("L")
        if dpi == DPIS[0] and is_blank(image):
            return Seen(number=number, blank=True)
        found = _codes(image)
        if found:
            turns = {(360 - round(c.orientation / 90) * 90) % 360 for c in found}
            texts = tuple(sorted({c.text for c in found}))
            return Seen(number=number, codes=texts, turn=min(turns))
    return Seen(number=number)


def _codes(image: Image.Image) -> list[zxingcpp.Barcode]:
    """Read the codes of a page, darker and lighter prints alike."""
    for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
        found = zxingcpp.read_barcodes(image, formats=CODES, binarizer=binarizer)
        if found:
            return list(found)
    return []


def is_blank(image: Image.Image) -> bool:
    """Tell whether a grey picture of a page shows nothing but paper."""
    across, down = int(image.width * EDGE), int(image.height * EDGE)
    inner = image.crop((across, down, image.width - across, image.height - down))
    small = inner.resize((max(1, inner.width // 2), max(1, inner.height // 2)), Image.Resampling.BOX)
    dark = sum(small.histogram()[:DARK])
    return dark < INK * small.width * small.height


def picture(pdf: bytes, number: int, dpi: int, turn: int = 0) -> Image.Image:
    """Draw one page, from 1, turned clockwise.

    Raises:
        BadInput: There is no such page.
    """
    with _LOCK:
        document = pdfium.PdfDocument(pdf)
        try:
            if not 1 <= number <= len(document):
                raise BadInput(f"没有第{number}页。", remedy=f"共{len(document)}页。", path="page")
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(dpi / POINTS, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
            image: Image.Image = page.render(scale=scale).to_pil()
        finally:
            document.close()
    return image.rotate(-turn, expand=True) if turn else image


def png(pdf: bytes, number: int, dpi: int, turn: int = 0) -> bytes:
    """Return one page as PNG."""
    out = io.BytesIO()
    ImageOps.exif_transpose(picture(pdf, number, dpi, turn)).convert("L").save(out, "PNG")
    return out.getvalue()


def take(pdf: bytes, numbers: Sequence[int], turns: Mapping[int, int], before: bytes = b"") -> bytes:
    """Return some pages as a file of their own, upright.

    Args:
        pdf: The stack.
        numbers: Pages from 1, in the order in which they are to stand.
        turns: By how much a page is turned clockwise.
        before: A file whose pages stand before them.
    """
    with pikepdf.new() as made, pikepdf.open(io.BytesIO(pdf)) as source:
        if before:
            with pikepdf.open(io.BytesIO(before)) as former:
                made.pages.extend(former.pages)
                first = len(made.pages)
                _add(made, source, numbers, turns, first)
                return _saved(made)
        _add(made, source, numbers, turns, 0)
        return _saved(made)


def _add(made: pikepdf.Pdf, source: pikepdf.Pdf, numbers: Sequence[int], turns: Mapping[int, int], first: int) -> None:
    made.pages.extend(source.pages[n - 1] for n in numbers)
    for at, number in enumerate(numbers):
        page = made.pages[first + at]
        for key in [k for k in page.obj.keys() if k not in (*KEPT, "/Parent")]:  # noqa: SIM118 - a PDF dictionary
            del page.obj[key]
        if turn := turns.get(number, 0):
            page.rotate(turn, relative=True)
