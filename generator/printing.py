"""One print job for many recipients: n copies of each paper, its receipt, blank backs, contents in the outline.

`make_kit` promises: what is printed is the issued file itself (sealed where there is a seal), a paper to be signed by
hand is drawn as it stands with its code and without number; every copy begins on a front page; the seal is drawn into
the page, for a printer shows no signature fields. The job is one PDF in the store; the same papers give the same pages.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pikepdf

from access import reading
from access.facts import Actor
from casework import queries, sealing
from casework.facts import DocumentFacts
from casework.gates.api import DONE
from casework.operations import printing
from casework.operations.issuing import build_paper
from casework.operations.printing import Portion
from casework.printing import KitFacts, Sheet, about_kit
from casework.sealing import INFORMANT
from casework.views import office
from foundation.context import Context
from foundation.errors import BadInput, Broken
from generator.compile_styles import layout
from generator.drawing import job_of
from generator.pool import Pool

MM = 72 / 25.4
MOST_PAGES = 20_000
"""A job of more pages is a mistake."""
LONGEST_TITLE = 60

Progress = Callable[[int, int, str], None]
"""Told how many portions are done, of how many, and whose."""


def silent(_done: int, _total: int, _message: str) -> None:
    """Tell nobody."""


@dataclass(kw_only=True)
class _Binder:
    """Puts copies one behind the other."""

    ctx: Context
    pool: Pool
    pdf: pikepdf.Pdf
    duplex: bool
    mirrored: bool
    marks: list[tuple[str, int]] = field(default_factory=list)
    """Title and first page (from 0) of every copy, for the outline."""
    leaves: int = 0

    def put(self, source: pikepdf.Pdf, copies: int, title: str, shift: float) -> None:
        """Add copies of a paper, each beginning on a front page."""
        if len(self.pdf.pages) + copies * len(source.pages) > MOST_PAGES:
            raise BadInput(f"打印件超过{MOST_PAGES}页。", remedy="分几次打印。", path="portions")
        for number in range(1, copies + 1):
            start = len(self.pdf.pages)
            self.marks.append((f"{title}（第{number}份 共{copies}份）" if copies > 1 else title, start))
            self.pdf.pages.extend(source.pages)
            if self.mirrored and self.duplex:
                for back in range(start + 1, len(self.pdf.pages), 2):
                    _moved(self.pdf.pages[back], shift)
            if self.duplex and len(source.pages) % 2:
                self.pdf.add_blank_page(page_size=_size(source))
            pages = len(self.pdf.pages) - start
            self.leaves += pages // 2 if self.duplex else pages

    def finish(self, title: str) -> bytes:
        """Return the file."""
        with self.pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(name, page) for name, page in self.marks)
        self.pdf.Root.PageMode = pikepdf.Name.UseOutlines
        duplex = pikepdf.Name.DuplexFlipLongEdge if self.duplex else pikepdf.Name.Simplex
        self.pdf.Root.ViewerPreferences = pikepdf.Dictionary(Duplex=duplex, PrintScaling=pikepdf.Name("/None"))
        self.pdf.docinfo["/Title"] = pikepdf.String(title)
        self.pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        self.pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


@dataclass(frozen=True, kw_only=True)
class _Source:
    """A paper ready to be copied."""

    pdf: pikepdf.Pdf
    shift: float
    """How far a back page moves so that its inner margin is as wide as a front page's, points."""


def make_kit(
    ctx: Context,
    actor: Actor,
    portions: Sequence[Portion],
    pool: Pool,
    *,
    title: str = "",
    duplex: bool = True,
    mirrored: bool = False,
    progress: Progress = silent,
) -> KitFacts:
    """Make one print job and keep it.

    Args:
        ctx: The floor.
        actor: Who prints.
        portions: For each recipient: paper, copies, and the receipt that goes with it, in the order of printing.
        pool: Draws papers that are to be signed by hand.
        title: What the job is called; made of its papers when left out.
        duplex: Both sides: a copy of odd pages gets a blank back.
        mirrored: Back pages move so that both sides have the same inner margin.
        progress: Told how far it is.

    Raises:
        BadInput: Nothing to print, or too much.
        Refused: A paper is neither issued nor to be signed by hand.
    """
    papers = printing.printable(ctx, actor, portions)
    name = title or _title(papers, portions)
    kit_id, sheets = ctx.ids.new(), list[Sheet]()
    binder = _Binder(ctx=ctx, pool=pool, pdf=pikepdf.new(), duplex=duplex, mirrored=mirrored)
    with binder.pdf:
        for done, portion in enumerate(portions):
            progress(done, len(portions), portion.recipient)
            sheets += _put(binder, portion, papers)
        data, pages = binder.finish(name), len(binder.pdf.pages)
    progress(len(portions), len(portions), "")
    secrecy = INFORMANT if any(d.secrecy == INFORMANT for d in papers.values()) else "normal"
    blob = sealing.put(ctx, data, about_kit(kit_id, secrecy))
    facts = KitFacts(
        id=kit_id,
        agency_id=actor.agency_id,
        title=name,
        sheets=tuple(sheets),
        duplex=duplex,
        pages=pages,
        leaves=binder.leaves,
        blob=blob.sha256,
        size=len(data),
        secrecy=secrecy,
        made_by=actor.account_id,
        made_at=ctx.clock.now(),
    )
    return printing.keep_kit(ctx, actor, facts)


def take(ctx: Context, actor: Actor, kit_id: str) -> Iterator[bytes]:
    """Yield the file of a print job; taking it is a download of every paper in it, and journalled as such."""
    facts = printing.kit(ctx, actor, kit_id)
    with ctx.database.write() as session:
        for document_id in sorted(facts.document_ids):
            record = queries.document_record(queries.document_facts(session, document_id))
            reading.note_read(session, ctx, actor, record, act=reading.DOWNLOADED, digest=facts.blob)
    return sealing.stream(ctx, facts.blob, facts.about)


def _title(papers: Mapping[str, DocumentFacts], portions: Sequence[Portion]) -> str:
    titles = dict.fromkeys(papers[p.document_id].title for p in portions)
    return f"{'、'.join(titles)}"[:LONGEST_TITLE] + f"打印件（{len(portions)}份文书）"


def _put(binder: _Binder, portion: Portion, papers: Mapping[str, DocumentFacts]) -> Iterator[Sheet]:
    document = papers[portion.document_id]
    recipient = portion.recipient or printing.recipient_of(binder.ctx, document)
    yield _placed(binder, document, recipient, copies=portion.copies)
    if portion.receipt_id:
        yield _placed(binder, papers[portion.receipt_id], recipient, copies=1, is_receipt=True)


def _placed(
    binder: _Binder, document: DocumentFacts, recipient: str, *, copies: int, is_receipt: bool = False
) -> Sheet:
    source = _source(binder.ctx, binder.pool, document)
    with source.pdf:
        pages = len(source.pdf.pages)
        words = " ".join(w for w in (recipient, document.title, document.number) if w)
        binder.put(source.pdf, copies, words, source.shift)
    return Sheet(
        recipient=recipient,
        document_id=document.id,
        title=document.title,
        number=document.number,
        version=document.version,
        digest=document.content_digest,
        copies=copies,
        pages=pages,
        is_receipt=is_receipt,
    )


def _source(ctx: Context, pool: Pool, document: DocumentFacts) -> _Source:
    """Open a paper's file, its seal drawn into the page."""
    with ctx.database.read() as session:
        definition = office(ctx, session).definition_of(document)
    kind = next((k for k in ("sealed", "pdf") if k in document.blobs), None)
    if document.status in DONE and kind is not None:
        data = sealing.read(ctx, document.blobs[kind], sealing.about_file(document, kind))
    else:
        data = _drawn(ctx, pool, document)
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PdfError as error:
        raise Broken(f"《{document.title}》的 PDF 无法读取。", remedy="用备份核对该文件。") from error
    pdf.flatten_annotations("print")
    margins = layout(definition.body.layout).margins
    return _Source(pdf=pdf, shift=(margins["right"] - margins["left"]) * MM)


def _drawn(ctx: Context, pool: Pool, document: DocumentFacts) -> bytes:
    with ctx.database.read() as session:
        at = office(ctx, session)
        paper = build_paper(session, ctx, at.catalogue, document.id)
        job = job_of(ctx, paper, at.definition_of(document), for_signing=document.status not in DONE)
    return pool.make(job).pdf


def _size(source: pikepdf.Pdf) -> tuple[float, float]:
    box = source.pages[-1].mediabox
    return float(box[2]) - float(box[0]), float(box[3]) - float(box[1])


def _moved(page: pikepdf.Page, by: float) -> None:
    page.contents_add(f"q 1 0 0 1 {by:.3f} 0 cm\n".encode(), prepend=True)
    page.contents_add(b"\nQ")
