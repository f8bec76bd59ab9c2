"""The text of a DOCX and of a PDF, and whether they agree: header and footer left out, blanks ignored."""

import io
import re
import zipfile

import pypdfium2 as pdfium
from lxml import etree

from generator.compile_styles import W_NS

W = f"{{{W_NS}}}"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
BLANKS = re.compile(r"[\s\u200b\u2060\u00ad\ufffe\x02]+")


def docx_text(docx: bytes) -> str:
    """Return the body's text, a paragraph a line."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return _paragraphs(archive.read("word/document.xml"))


def docx_furniture(docx: bytes) -> list[str]:
    """Return the texts of header and footer, page numbers left out."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        names = [n for n in sorted(archive.namelist()) if re.fullmatch(r"word/(header|footer)\d+\.xml", n)]
        return [
            line for name in names for line in _paragraphs(archive.read(name), fields=False).split("\n") if line.strip()
        ]


def pdf_text(pdf: bytes) -> list[str]:
    """Return the text of each page, as pdfium reads it."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def difference(docx: bytes, pdf: bytes) -> str:
    """Return where the texts of a DOCX and its PDF part, or nothing when they are equal."""
    pages = pdf_text(pdf)
    pieces = [_tight(piece) for piece in docx_furniture(docx)]
    drawn = ""
    heads = [_tight(head) for head in _table_heads(docx)]
    for number, page in enumerate(pages, start=1):
        text = _without_furniture(_tight(page), pieces, number, len(pages))
        repeated = next((h for h in heads if h and h in drawn and text.startswith(h)), "")
        drawn += text.removeprefix(repeated)
    written = _tight(docx_text(docx))
    if drawn == written:
        return ""
    at = next(
        (i for i, (a, b) in enumerate(zip(written, drawn, strict=False)) if a != b), min(len(written), len(drawn))
    )
    return f"DOCX …{written[max(0, at - 12) : at + 24]}… / PDF …{drawn[max(0, at - 12) : at + 24]}…"


def _without_furniture(page: str, pieces: list[str], number: int, count: int) -> str:
    for piece in pieces:
        shown = f"第{number}页共{count}页" if piece == "第页共页" else piece
        at = page.rfind(shown)
        if at >= 0:
            page = page[:at] + page[at + len(shown) :]
    return page


def _table_heads(docx: bytes) -> list[str]:
    """Return the text of each table's head, which the PDF repeats on every page the table reaches."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"), PARSER)
    heads = []
    for table in root.iter(f"{W}tbl"):
        rows = [r for r in table.iter(f"{W}tr") if r.find(f"{W}trPr/{W}tblHeader") is not None]
        heads.append("".join(t.text or "" for r in rows for t in r.iter(f"{W}t")))
    return heads


def _tight(text: str) -> str:
    return BLANKS.sub("", text)


def _paragraphs(xml: bytes, *, fields: bool = True) -> str:
    lines = []
    for paragraph in etree.fromstring(xml, PARSER).iter(f"{W}p"):
        texts = [t for t in paragraph.iter(f"{W}t") if fields or not _in_field(t)]
        lines.append("".join(t.text or "" for t in texts))
    return "\n".join(line for line in lines if line)


def _in_field(text: etree._Element) -> bool:
    return any(a.tag == f"{W}fldSimple" for a in text.iterancestors())
