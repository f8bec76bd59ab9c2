"""What surrounds a paper's text: number, verification code, page code; the same in DOCX and PDF.

The code at a page's foot holds the verification address with the document's id, and beside it in letters: id, version
and the first digits of the content digest. Nothing here enters the content digest.
"""

import functools
import io
from dataclasses import dataclass

import segno

DIGEST_DIGITS = 16
"""How many digits of the content digest a page shows (64 bits: enough to tell versions apart by eye)."""


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """Facts about the paper itself; only text and numbers, so that a job can travel to a worker."""

    document_id: str
    version: int
    digest_prefix: str
    """First digits of the content digest."""
    verify_url: str
    """Address of the public verify page, without the id."""
    title: str
    number: str
    """`清政罚〔2026〕第3号`; empty for papers without a number."""
    agency_name: str
    created_at: str
    """ISO instant with zone: the only date that enters PDF and DOCX metadata."""
    draft: bool = False
    """A preview: number, date, signatures and seal stay empty, 草稿 lies over each page."""
    for_signing: bool = False
    """A preview that is printed to be signed by hand: 草稿 does not lie over it."""
    contact: str = ""
    address: str = ""
    copies: str = ""
    """Copies line at the tail; empty takes the definition's."""

    @property
    def code(self) -> str:
        """Address in the page code."""
        return f"{self.verify_url.rstrip('/')}/{self.document_id}?v={self.version}&d={self.digest_prefix}"


@functools.lru_cache(maxsize=256)
def page_code(text: str) -> bytes:
    """Draw a QR code as a PNG with one pixel a module (error correction M, quiet zone of two)."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=1, border=2)
    return out.getvalue()
