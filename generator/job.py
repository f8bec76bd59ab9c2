"""What a paper is made from and what comes out; both travel between processes, and know nothing of how it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogue.definitions import DocumentType
from generator.compile import Template
from generator.furniture import Furniture
from generator.seal_order import SealOrder


@dataclass(frozen=True, kw_only=True)
class Job:
    """All that one paper needs; picklable, so that it can travel to a worker."""

    definition: DocumentType
    values: Mapping[str, Any]
    """Every field by name, slot fields included; signatures as lists of name, date, image, refused, witness."""
    furniture: Furniture
    fonts_dir: str
    images: Mapping[str, bytes] = field(default_factory=dict)
    """Asset id → JPEG or PNG bytes (photos, drawn signatures)."""
    seal: SealOrder | None = None
    """Seal the finished file as well."""
    template: Template | None = None
    """An agency's own Word template (`generator.uploads`); without one the definition's body is compiled."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A made paper."""

    docx: bytes
    pdf: bytes
    """Not sealed: the same job gives the same bytes."""
    pages: int
    text: str
    """The paper's text without what surrounds it, a paragraph a line: for search."""
    seal_place: tuple[int, float, float] | None
    """Page from 0, and mm from its left and upper edge, of the centre of the printed date."""
    sealed: bytes | None = None
    """The sealed file, when one was ordered: no two are alike."""
    timestamped: bool = True
    """False when a seal was ordered and no time-stamp authority answered."""
