"""Put a volume together: papers, cards and note into one PDF/A-3u that can be read and proved by itself.

Promises: parts stand in the given order; numbered pages bear their number; the contents list links to the papers;
outline, page labels, structure, metadata and output intent are made again; no bytes of media; the same parts give the
same bytes. A signed PDF is never joined or changed: the caller gives its unsealed copy, the sealed one is an
associated file.
"""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from archive.volume_files import Attachment, attach, pdf_date
from archive.volume_fonts import unite_fonts
from archive.volume_links import link_rows
from archive.volume_stamps import Stamp
from archive.volume_structure import Structure
from foundation.errors import Broken

PRODUCER = "anjuan"
UNNUMBERED = frozenset({"cover", "contents", "note"})
"""Parts whose pages bear no number."""
LABELS = {"cover": "封面", "contents": "目录", "note": "备考"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One piece of a volume."""

    kind: str
    """cover, contents, item, annex (belongs to the item before it) or note."""
    title: str
    pdf: bytes
    """Unsigned, all fonts embedded."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the volume says about itself."""

    title: str
    author: str
    subject: str
    """Archival code."""
    created_at: dt.datetime
    stamp_face: Path
    """Font file of the page numbers."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A finished volume."""

    pages: int
    """All pages."""
    numbered: int
    """Pages that bear a number."""
    starts: tuple[int, ...]
    """Index of each part's first page, from 0."""
    fonts_saved: int


def bind(parts: Sequence[Part], sheet: Sheet, files: Sequence[Attachment], out: Path) -> Bound:
    """Write a volume.

    Args:
        parts: In order; the contents list's rows are the parts of kind `item`.
        sheet: Title, code, date.
        files: Associated files, already within the limit.
        out: Where to write.

    Raises:
        Broken: A part is no readable PDF or has no pages.
    """
    with pikepdf.new() as pdf:
        structure = Structure(pdf)
        starts = [_joined(pdf, structure, part) for part in parts]
        saved = unite_fonts(pdf)
        numbered = _stamp(pdf, parts, starts, sheet.stamp_face)
        _link(pdf, structure, parts, starts)
        _outline(pdf, parts, starts)
        _labels(pdf, parts, starts)
        attach(pdf, files, sheet.created_at)
        _describe(pdf, structure, sheet)
        pdf.remove_unreferenced_resources()
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            min_version="1.7",
        )
        return Bound(pages=len(pdf.pages), numbered=numbered, starts=tuple(starts), fonts_saved=saved)


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has.

    Raises:
        Broken: It cannot be read.
    """
    return len(_opened(pdf, "文件").pages)


def _opened(data: bytes, title: str) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(data))
    except pikepdf.PdfError as error:
        raise Broken(f"《{title}》的 PDF 无法读取。", remedy="用备份核对该文件。") from error


def _joined(pdf: pikepdf.Pdf, structure: Structure, part: Part) -> int:
    start = len(pdf.pages)
    with _opened(part.pdf, part.title) as source:
        if not len(source.pages):
            raise Broken(f"《{part.title}》没有页。", remedy="用备份核对该文件。")
        if "/OutputIntents" in source.Root and "/OutputIntents" not in pdf.Root:
            pdf.Root.OutputIntents = pdf.copy_foreign(pdf_intents(source))
        pdf.pages.extend(source.pages)
        pages = list(pdf.pages)[start:]
        structure.add(source, pages, part.title)
    return start


def pdf_intents(source: pikepdf.Pdf) -> pikepdf.Object:
    """Return a paper's output intents as an object that can be copied."""
    intents = source.Root.OutputIntents
    return intents if intents.is_indirect else source.make_indirect(intents)


def _spans(pdf: pikepdf.Pdf, starts: Sequence[int]) -> list[range]:
    ends = [*starts[1:], len(pdf.pages)]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def _stamp(pdf: pikepdf.Pdf, parts: Sequence[Part], starts: Sequence[int], face: Path) -> int:
    stamp, number = Stamp(pdf, face), 0
    for part, span in zip(parts, _spans(pdf, starts), strict=True):
        for at in span if part.kind not in UNNUMBERED else ():
            number += 1
            stamp.put(pdf.pages[at], number)
    return number


def _link(pdf: pikepdf.Pdf, structure: Structure, parts: Sequence[Part], starts: Sequence[int]) -> None:
    targets = [(p.title, start) for p, start in zip(parts, starts, strict=True) if p.kind == "item"]
    for part, span in zip(parts, _spans(pdf, starts), strict=True):
        if part.kind == "contents":
            link_rows(pdf, structure, part.pdf, span, targets)


def _outline(pdf: pikepdf.Pdf, parts: Sequence[Part], starts: Sequence[int]) -> None:
    with pdf.open_outline() as outline:
        for part, start in zip(parts, starts, strict=True):
            entry = pikepdf.OutlineItem(part.title, start)
            if part.kind == "annex" and outline.root:
                outline.root[-1].children.append(entry)
            else:
                outline.root.append(entry)
    pdf.Root.PageMode = Name.UseOutlines


def _labels(pdf: pikepdf.Pdf, parts: Sequence[Part], starts: Sequence[int]) -> None:
    nums: list[object] = []
    number, before = 1, ""
    for part, span in zip(parts, _spans(pdf, starts), strict=True):
        group = part.kind if part.kind in UNNUMBERED else "numbered"
        if group == "numbered":
            if before != group:
                nums += [span.start, Dictionary(S=Name.D, St=number)]
            number += len(span)
        else:
            nums += [span.start, Dictionary(P=String(LABELS[part.kind]), **_counted(span))]
        before = group
    pdf.Root.PageLabels = Dictionary(Nums=Array(nums))


def _counted(span: range) -> dict[str, Any]:
    """Number the pages of a cover, list or note only when there is more than one."""
    return {"S": Name.D, "St": 1} if len(span) > 1 else {}


def _describe(pdf: pikepdf.Pdf, structure: Structure, sheet: Sheet) -> None:
    pdf.Root.Lang = String("zh-CN")
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.StructTreeRoot = structure.finish()
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    stream = pikepdf.Stream(pdf, _xmp(sheet).encode())
    stream["/Type"], stream["/Subtype"] = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(stream)
    stamp = String(pdf_date(sheet.created_at))
    pdf.docinfo["/Title"] = String(sheet.title)
    pdf.docinfo["/Author"] = String(sheet.author)
    pdf.docinfo["/Subject"] = String(sheet.subject)
    pdf.docinfo["/Producer"] = String(PRODUCER)
    pdf.docinfo["/CreationDate"] = stamp
    pdf.docinfo["/ModDate"] = stamp


def _xmp(sheet: Sheet) -> str:
    at = sheet.created_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    title, author, subject = escape(sheet.title), escape(sheet.author), escape(sheet.subject)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>'
        f"<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>"
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>"
        f"<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    )
