"""What a paper brings into its volume: its own pages first, then its attachments as page images.

The pages are those that show the signatures: the scan of what was signed by hand, else the rendering with the
signatures given after issue (both, when some signed by hand and some on a screen), else the unsealed PDF; a PDF with a
certificate signature is never joined. Pictures that the paper itself shows come only once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.foreign import as_pages, is_drawable
from casework.facts import DocumentFacts
from casework.operations.signed_copies import RENDERING, SCAN, after_issue, all_by_hand
from casework.proofs import MAGIC, PROOF
from catalogue import body
from catalogue.definitions import DocumentType
from foundation.blobs import BlobStore
from foundation.errors import Broken

OURS = b"<pdfaid:"
"""Stands in the metadata of papers that the pipeline made."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file that a paper refers to."""

    field: str
    blob: str
    name: str
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """Pages for a volume."""

    title: str
    pdf: bytes


def enclosures(blobs: BlobStore, document: DocumentFacts, definition: DocumentType) -> Iterator[Enclosure]:
    """Yield a paper's pages and those of its attachments.

    Raises:
        Broken: The paper has no file.
        BadInput: An attachment cannot be drawn.
    """
    yield Enclosure(title=document.title, pdf=own_pages(blobs, document))
    if SCAN in document.blobs and RENDERING in document.blobs and not all_by_hand(after_issue(definition, document)):
        yield Enclosure(title=f"{document.title}（电子签名）", pdf=blobs.read(document.blobs[RENDERING]))
    shown = shown_lists(definition.body.blocks)
    for one in attachments(document.data):
        if one.field not in shown and is_drawable(one.media_type):
            pages = as_pages(blobs.read(one.blob), one.media_type, one.name)
            yield Enclosure(title=f"附件：{one.name}", pdf=pages)
    for name, blob in proofs(document).items():
        data = blobs.read(blob)
        yield Enclosure(title=name, pdf=as_pages(data, proof_type(data), name))


def proofs(document: DocumentFacts) -> dict[str, str]:
    """Return what was handed in beside a receipt (photos, vouchers, return receipts) by name, in its order: blobs."""
    numbers = [int(k.removeprefix(PROOF)) for k in document.blobs if k.startswith(PROOF)]
    return {f"送达凭证{n}": document.blobs[f"{PROOF}{n}"] for n in sorted(numbers)}


def proof_type(head: bytes) -> str:
    """Return the media type of a proof by its first bytes; only such types were let in."""
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), "application/octet-stream")


def own_blobs(document: DocumentFacts, definition: DocumentType) -> list[str]:
    """Return the files whose pages a paper brings itself, without its attachments.

    Raises:
        Broken: The paper has no file.
    """
    kinds = [k for k in (SCAN, RENDERING, "pdf") if k in document.blobs][:1]
    if SCAN in document.blobs and RENDERING in document.blobs and not all_by_hand(after_issue(definition, document)):
        kinds.append(RENDERING)
    if not kinds:
        raise Broken(f"《{document.title}》没有制成的文件。", remedy="核对该文书是否已经制发。", path=document.id)
    return [document.blobs[k] for k in kinds]


def own_pages(blobs: BlobStore, document: DocumentFacts) -> bytes:
    """Return the paper itself as a PDF that may be bound.

    Raises:
        Broken: The paper has no file.
    """
    if signed := document.blobs.get(SCAN):
        data = blobs.read(signed)
        if not data.startswith(b"%PDF"):
            return as_pages(data, "image/jpeg", document.title)
        if b"/ByteRange" not in data:
            return data if OURS in data else as_pages(data, "application/pdf", document.title)
    if RENDERING in document.blobs:
        return blobs.read(document.blobs[RENDERING])
    if "pdf" not in document.blobs:
        raise Broken(f"《{document.title}》没有制成的文件。", remedy="核对该文书是否已经制发。", path=document.id)
    return blobs.read(document.blobs["pdf"])


def attachments(data: Mapping[str, Any]) -> Iterator[Attached]:
    """Yield the files in a paper's values."""
    for name, value in data.items():
        yield from _files(name, value)


def _files(field: str, value: Any) -> Iterator[Attached]:
    if isinstance(value, Mapping):
        if value.get("blob"):
            name = str(value.get("name") or "附件")
            yield Attached(
                field=field, blob=str(value["blob"]), name=name, media_type=str(value.get("media_type") or "")
            )
        else:
            for inner in value.values():
                yield from _files(field, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _files(field, inner)


def shown_lists(blocks: Sequence[body.Block]) -> frozenset[str]:
    """Return the lists whose pictures a body draws."""
    found = set[str]()
    for block in blocks:
        if isinstance(block, body.Photos):
            found.add(block.name)
        for inner in ("blocks", "otherwise"):
            found |= shown_lists(getattr(block, inner, ()))
    return frozenset(found)
