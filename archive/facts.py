"""Frozen facts of the archive: what is in a case file, in which order, and what became of a package."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MAIN, SIDE = "main", "side"
VOLUME_TITLES = {MAIN: "正卷", SIDE: "副卷"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One item 件 of a volume, before its pages are counted."""

    document_id: str
    type: str
    title: str
    """As the contents list calls it."""
    number: str
    author: str
    date: dt.date
    secrecy: str
    group: str
    recording_ids: tuple[str, ...] = ()
    """Recordings whose evidence cards stand behind it."""
    apart: bool = False
    """Kept elsewhere (informants): listed, never enclosed."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item with its pages."""

    seq: int
    entry: Entry
    pages: int
    first: int
    """Number of its first page; 0 when it is kept apart."""

    @property
    def page_text(self) -> str:
        """Return the pages as the contents list prints them."""
        last = self.first + self.pages - 1
        if not self.pages:
            return ""
        return str(self.first) if last == self.first else f"{self.first}-{last}"

    @property
    def note(self) -> str:
        """Return the remark of the contents list."""
        return "另行存放" if self.entry.apart else ""


@dataclass(frozen=True, kw_only=True)
class Move:
    """One change by hand of the order in a case's volumes."""

    document_id: str
    """Empty: the order goes back to the rule's."""
    origin: str
    """Volume in which it stood."""
    volume: str
    """Volume in which it stands now."""
    before_id: str
    """Paper before which it now stands; empty at the end."""
    reason: str
    name: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """The papers of a case in two volumes."""

    main: tuple[Entry, ...]
    side: tuple[Entry, ...]
    pack: str


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long, and why."""

    rule: str
    period: str
    title: str
    code: str
    years: int | None
    why: str
    source: str
    until: dt.date | None
    """Last day; None for ever."""


@dataclass(frozen=True, kw_only=True)
class VolumeFacts:
    """One volume of a package."""

    id: str
    package_id: str
    name: str
    """main or side."""
    code: str
    catalogue_number: str
    file_number: str
    title: str
    items: int
    pages: int
    blob: str
    """SHA-256 of the volume's PDF; empty until it is made."""
    secrecy: str = "normal"
    """The highest class of its items; a side volume is internal at least."""
    papers: Mapping[str, str] = field(default_factory=dict)
    """Computed papers by type: file_cover, file_catalogue, file_note → document id."""


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """One row of a contents list as it was archived."""

    volume: str
    seq: int
    document_id: str
    type: str
    title: str
    number: str
    author: str
    date: dt.date
    secrecy: str
    first: int
    pages: int
    apart: bool
    recordings: tuple[str, ...] = ()
    """Recordings whose cards stand behind it."""


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """One file of a package: where it stands and what it must be."""

    path: str
    sha256: str
    sm3: str
    size: int
    what: str
    """A sentence for people: which thing it is."""
    original_name: str = ""
    media_type: str = ""
    document_id: str = ""
    recording_id: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckFacts:
    """One row of the four-property report."""

    code: str
    """`GD-1-7`."""
    property: str
    """真实性, 完整性, 可用性 or 安全性."""
    title: str
    result: str
    """passed, failed, manual (somebody attests it) or not_done."""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class PackageFacts:
    """An archived case: one generation of a BagIt folder."""

    id: str
    agency_id: str
    case_id: str
    generation: int
    code: str
    """Archival code of the main volume."""
    slug: str
    title: str
    retention: str
    retention_code: str
    retention_source: str
    filer: str
    """Who arranged and handed over."""
    checker: str
    """Who checked and took over; empty before."""
    kept_until: dt.date | None
    state: str
    """arranged, packing or kept."""
    created_at: dt.datetime
    packed_at: dt.datetime | None
    """The instant that the package carries."""
    kept_at: dt.datetime | None
    folder: str
    """Under the packages folder."""
    size: int
    files: int
    digest: str
    """SHA-256 of `tagmanifest-sha256.txt`: it stands for every byte."""
    head_seq: int
    head_hash: str
    """Last event of the case's chain inside."""
    passed: bool
    secrecy: str = "normal"
    volumes: tuple[VolumeFacts, ...] = ()
    index_version: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)

    def volume(self, name: str) -> VolumeFacts:
        """Return the main or side volume."""
        return next(v for v in self.volumes if v.name == name)


@dataclass(frozen=True, kw_only=True)
class CopyFacts:
    """A copy that was made."""

    id: str
    agency_id: str
    number: str
    case_id: str
    party_id: str
    applicant: str
    purpose: str
    made_at: dt.datetime
    expires_at: dt.datetime
    blob: str
    size: int
    pages: int
    items: Sequence[Mapping[str, Any]]
    refused: Sequence[Mapping[str, Any]]
    clips: Sequence[Mapping[str, Any]]
    downloads: int = 0
    revoked_at: dt.datetime | None = None
    approval_id: str = ""
    request_id: str = ""
    code_digest: str = ""
    """Digest of the certificate's values: the code at its foot shows its beginning."""
