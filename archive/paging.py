"""Count and number the pages of arranged papers: each item from its first page on, cards and attachments included."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf

from archive.arranging import CaseFile
from archive.enclosures import enclosures
from archive.facts import Entry, Item
from foundation.blobs import BlobStore


def paged(
    blobs: BlobStore, file: CaseFile, entries: Sequence[Entry], cards: Mapping[str, Mapping[str, Any]]
) -> tuple[Item, ...]:
    """Return the items of a volume with their pages.

    Args:
        blobs: Where the papers lie.
        file: The case file.
        entries: The volume's papers in order.
        cards: Page count by recording, under `pages`.
    """
    items, page = list[Item](), 1
    for seq, entry in enumerate(entries, 1):
        pages = 0 if entry.apart else _pages(blobs, file, entry, cards)
        items.append(Item(seq=seq, entry=entry, pages=pages, first=page if pages else 0))
        page += pages
    return tuple(items)


def _pages(blobs: BlobStore, file: CaseFile, entry: Entry, cards: Mapping[str, Mapping[str, Any]]) -> int:
    document = next(d for d in file.documents if d.id == entry.document_id)
    own = sum(_count(e.pdf) for e in enclosures(blobs, document, file.definitions[document.id]))
    return own + sum(int(cards[r]["pages"]) for r in entry.recording_ids if r in cards)


def _count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)
