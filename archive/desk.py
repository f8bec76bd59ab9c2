"""The archivist's desk of one case: both volumes in order with pages, and how far each paper is.

Before a package is begun the order is that of the rule and of the moves by hand, with pages counted now; afterwards
what was arranged is shown. Counting is remembered by the bytes counted.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

from access.facts import Actor
from access.policy import Permission
from archive import queries, shelving
from archive.arranging import CaseFile, arrange
from archive.casefile import case_file
from archive.enclosures import attachments, own_blobs, shown_lists
from archive.facts import MAIN, SIDE, VOLUME_TITLES, Entry, PackageFacts
from archive.filing import refuse_unfinished
from archive.foreign import as_pages, is_drawable
from archive.ruling import read
from casework.facts import DocumentFacts
from casework.operations.common import require_on
from casework.operations.signed_copies import RENDERING, is_wanted
from casework.views import Office, office
from catalogue.definitions import DocumentType
from foundation.blobs import BlobStore
from foundation.context import Context
from foundation.errors import AnjuanError
from foundation.jobs import JobFacts, JobState, ask, job_facts, jobs_of, retry

KIND = "pack"
DONE, WAITING, MEND, APART = "done", "waiting", "mend", "apart"
UNDER_WAY = (JobState.WAITING, JobState.RUNNING)
MOST_COUNTS = 20_000
_COUNTS: dict[str, int] = {}
"""Pages by digest: bytes under a digest never change."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One paper in a volume."""

    entry: Entry
    seq: int
    first: int
    pages: int
    cards: int
    """Evidence cards behind it, counted as one page each until they are drawn."""
    state: str
    """done, waiting (the system will do it), mend (by hand) or apart."""
    told: str
    """What the state means, and what is to be done."""


@dataclass(frozen=True, kw_only=True)
class Volume:
    """One volume on the desk."""

    name: str
    title: str
    places: tuple[Place, ...]

    @property
    def pages(self) -> int:
        """Return how many numbered pages it has."""
        return sum(p.pages for p in self.places)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A case file as it lies before the archivist."""

    volumes: tuple[Volume, ...]
    pack: str
    """The rule pack and its source."""
    package: PackageFacts | None
    job: JobFacts | None


def desk(at: Office, file: CaseFile) -> Desk:
    """Return the desk of a case."""
    known = queries.packages_of(at.session, file.case.id, kept=False)
    package = known[0] if known else None
    jobs = jobs_of(at.session, kind=KIND, subject=file.case.id, limit=1)
    found = arrange(file)
    cards = package.data.get("cards", {}) if package else {}
    volumes = [_volume(at, file, MAIN, found.main, cards), _volume(at, file, SIDE, found.side, cards)]
    job = job_facts(at.session, jobs[0].id) if jobs else None
    pack = read("order")["packs"][found.pack]
    title = f"{pack.get('title', found.pack)}：{pack.get('source', '办法31')}"
    return Desk(volumes=tuple(v for v in volumes if v.places), pack=title, package=package, job=job)


def _volume(at: Office, file: CaseFile, name: str, entries: Sequence[Entry], cards: dict[str, Any]) -> Volume:
    places, page = list[Place](), 1
    for seq, entry in enumerate(entries, 1):
        pages, state, told = _looked_at(at, file, entry)
        drawn = sum(int(cards[r]["pages"]) if r in cards else 1 for r in entry.recording_ids)
        own = pages + drawn if state != APART else 0
        first, count = page if own else 0, len(entry.recording_ids)
        places.append(Place(entry=entry, seq=seq, first=first, pages=own, cards=count, state=state, told=told))
        page += own
    return Volume(name=name, title=VOLUME_TITLES[name], places=tuple(places))


def _looked_at(at: Office, file: CaseFile, entry: Entry) -> tuple[int, str, str]:
    """Return the pages of a paper, its state, and what that means."""
    if entry.apart:
        return 0, APART, "另行存放，不入包"
    document = next(d for d in file.documents if d.id == entry.document_id)
    definition = file.definitions[document.id]
    try:
        pages = pages_of(at.ctx.blobs, document, definition)
    except AnjuanError as error:
        return 0, MEND, f"{error.message}{error.remedy}"
    if is_wanted(definition, document) and RENDERING not in document.blobs:
        return pages, WAITING, "签署件由后台制作"
    return pages, DONE, "可以入卷"


def pages_of(blobs: BlobStore, document: DocumentFacts, definition: DocumentType) -> int:
    """Return how many pages a paper brings into its volume.

    Raises:
        Broken: It has no file.
        BadInput: An attachment cannot be drawn.
    """
    own = sum(_counted(blobs, blob, "", document.title) for blob in own_blobs(document, definition))
    shown = shown_lists(definition.body.blocks)
    beside = [a for a in attachments(document.data) if a.field not in shown and is_drawable(a.media_type)]
    return own + sum(_counted(blobs, a.blob, a.media_type, a.name) for a in beside)


def _counted(blobs: BlobStore, blob: str, media_type: str, name: str) -> int:
    known = _COUNTS.get(blob)
    if known is None:
        data = blobs.read(blob)
        if not data.startswith(b"%PDF"):
            data = as_pages(data, media_type or "image/jpeg", name)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            known = len(pdf.pages)
        if len(_COUNTS) >= MOST_COUNTS:
            _COUNTS.clear()
        _COUNTS[blob] = known
    return known


def ask_pack(ctx: Context, actor: Actor, case_id: str) -> str:
    """Ask for a case to be arranged and packed as long work; asked again, the work under way (or parked) goes on.

    Raises:
        Refused: The case is not closed, or papers are unfinished; every reason is named.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        file = case_file(at, case_id)
        require_on(at, actor, Permission.PACKAGE_MAKE, case=file.case)
        last = next(iter(jobs_of(session, kind=KIND, subject=case_id, limit=1)), None)
        if last is not None and last.state in UNDER_WAY:
            return last.id
        if shelving.open_package(session, case_id) is None:
            refuse_unfinished(file)
        if last is not None and last.state is JobState.PARKED and last.by == actor.account_id:
            retry(session, ctx, last.id)
            return last.id
        return ask(session, ctx, kind=KIND, subject=case_id, by=actor.account_id, agency_id=actor.agency_id)
