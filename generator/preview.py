"""Pages of a PDF as PNG images, for previews and the viewer."""

import io
import threading

import pypdfium2 as pdfium

from foundation.errors import BadInput

MOST_DPI = 300
"""A page at 300 dpi has 8.7 million pixels; more serves nobody on a screen."""

_LOCK = threading.Lock()
"""pdfium is not safe for two threads."""


def count(pdf: bytes) -> int:
    """Return how many pages a PDF has.

    Raises:
        BadInput: The bytes are no PDF.
    """
    with _LOCK:
        document = _open(pdf)
        try:
            return len(document)
        finally:
            document.close()


def pages(pdf: bytes, dpi: int = 96, *, only: int | None = None) -> list[bytes]:
    """Draw the pages of a PDF.

    Args:
        pdf: The file.
        dpi: Pixels an inch, 300 at most.
        only: Draw this page alone (from 0).

    Raises:
        BadInput: The bytes are no PDF, or it has no such page.
    """
    with _LOCK:
        document = _open(pdf)
        try:
            if only is not None and not 0 <= only < len(document):
                raise BadInput(f"该文件没有第{only + 1}页。", remedy=f"共{len(document)}页。", path="page")
            document.init_forms()  # a seal is drawn with the form fields
            wanted = range(len(document)) if only is None else (only,)
            return [_png(document, number, min(dpi, MOST_DPI)) for number in wanted]
        finally:
            document.close()


def _open(pdf: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as error:
        raise BadInput("文件不是可读的 PDF。", remedy="请换一个文件。", path="file") from error


def _png(document: pdfium.PdfDocument, number: int, dpi: int) -> bytes:
    out = io.BytesIO()
    document[number].render(scale=dpi / 72).to_pil().save(out, "PNG")
    return out.getvalue()
