"""Draw the papers of a party's copy: again, without what the party may not see; scans as painted page images."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from PIL import Image, ImageDraw, ImageOps

from archive.arranging import CaseFile
from archive.clips import Clip
from archive.enclosures import OURS, attachments, shown_lists
from archive.foreign import BLACK, Cover, as_pages, is_drawable
from archive.releasing import Applicant, masked_values
from archive.volumes import page_count
from casework.facts import DocumentFacts
from casework.operations.issuing import build_paper
from casework.views import Office
from foundation.errors import BadInput
from generator.drawing import job_of
from generator.pool import Pool


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for."""

    party_id: str
    purpose: str
    approval_id: str
    """The issued approval of the copy."""
    document_ids: Sequence[str] | None = None
    """None: all that may be released."""
    clips: Sequence[Clip] = ()
    covers: Mapping[str, Sequence[Cover]] = field(default_factory=dict)
    """Areas to be painted, by blob of the scan or picture."""
    request_id: str = ""
    """The request that is answered; one request has one copy, however often it is made."""
    withheld: Sequence[Mapping[str, str]] = ()
    """What the screening withholds: title and reason, as the certificate names them."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One paper drawn for the applicant."""

    document: DocumentFacts
    parts: tuple[tuple[str, bytes], ...]
    """Title and PDF of the paper and its attachments."""
    covered: tuple[str, ...]
    """Names of covered fields; `图像` when areas were painted."""

    @property
    def pages(self) -> int:
        """Return how many pages it has."""
        return sum(page_count(pdf) for _title, pdf in self.parts)


def draw(
    at: Office, file: CaseFile, documents: Sequence[DocumentFacts], *, applicant: Applicant, wish: Wish, pool: Pool
) -> Iterator[Drawn]:
    """Draw papers for the applicant, in order.

    Raises:
        BadInput: A scan shows what must be covered, and no area to paint is given.
    """
    for document in documents:
        definition = file.definitions[document.id]
        paper = build_paper(at.session, at.ctx, at.catalogue, document.id)
        values, covered = masked_values(definition, paper.values, document, applicant)
        scan = _scan(at, document, covered, wish)
        if scan is not None:
            parts, marks = [(document.title, scan)], ("图像",) if wish.covers.get(document.blobs["signed_copy"]) else ()
        else:
            job = job_of(at.ctx, replace(paper, values=values), definition)
            images = {asset: without_place(data, wish.covers.get(asset, ())) for asset, data in job.images.items()}
            made = pool.make(replace(job, images=images))
            parts = [(document.title, made.pdf)]
            marks = (*covered, *(("图像",) if any(wish.covers.get(a) for a in images) else ()))
        shown = shown_lists(definition.body.blocks)
        for one in attachments(document.data):
            if one.field not in shown and is_drawable(one.media_type):
                pages = as_pages(at.ctx.blobs.read(one.blob), one.media_type, one.name, wish.covers.get(one.blob, ()))
                parts.append((f"附件：{one.name}", pages))
        yield Drawn(document=document, parts=tuple(parts), covered=marks)


def scan_of(at: Office, document: DocumentFacts) -> bytes:
    """Return the signed original when it is a scan, else nothing."""
    blob = document.blobs.get("signed_copy")
    data = at.ctx.blobs.read(blob) if blob else b""
    return b"" if data.startswith(b"%PDF") and OURS in data else data


def _scan(at: Office, document: DocumentFacts, covered: Sequence[str], wish: Wish) -> bytes | None:
    """Return the signed original as page images when it is a scan, else None."""
    blob, data = document.blobs.get("signed_copy"), scan_of(at, document)
    if not data:
        return None
    covers = wish.covers.get(str(blob), ())
    if covered and not covers:
        raise BadInput(
            f"《{document.title}》的签署件是扫描件，其中有应当遮蔽的内容（{'、'.join(covered)}）。",
            remedy="在扫描件上划出遮蔽区域后再制作复制件。",
            path=document.id,
        )
    media_type = "application/pdf" if data.startswith(b"%PDF") else "image/jpeg"
    return as_pages(data, media_type, document.title, covers)


def without_place(data: bytes, covers: Sequence[Cover] = ()) -> bytes:
    """Return a picture without metadata (place, device, time of capture), areas painted before encoding."""
    with Image.open(io.BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened)
        kind = "PNG" if opened.format == "PNG" else "JPEG"
        plain = image.convert("RGBA" if image.mode in ("RGBA", "P", "LA") and kind == "PNG" else "RGB")
    draw_on = ImageDraw.Draw(plain)
    for cover in covers:
        left, upper, right, lower = cover.box
        draw_on.rectangle(
            (left * plain.width, upper * plain.height, right * plain.width, lower * plain.height), fill=BLACK
        )
    out = io.BytesIO()
    bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    bare.save(out, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return out.getvalue()
