"""Arrange a closed case and hand it over: the filer's half of archiving (A31.1, A32.1).

Computed papers are opened with what archive computed, signed by who hands over and issued by the same operations as all
papers: recordings list, then covers and contents lists; file notes and transfer list wait for the archivist's hand
(`archive.packing`). Every step may be repeated: what exists already is taken up again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from access.facts import Actor
from access.policy import Permission
from archive import computing, queries, shelving
from archive.arranging import CaseFile, arrange
from archive.bagging import Progress
from archive.cards import draw_cards
from archive.casefile import case_file, office_of, read_case_file
from archive.codes import Code, reserve_code
from archive.computing import Filing
from archive.facts import MAIN, SIDE, VOLUME_TITLES, Item, PackageFacts
from archive.paging import paged
from archive.retention import decide
from casework import numbering, shelf
from casework import queries as casework
from casework.facts import DocumentFacts, Status
from casework.operations import documents
from casework.operations.common import require_on
from casework.operations.signed_copies import is_wanted
from casework.views import Office
from foundation import journal
from foundation.context import Context
from foundation.errors import Finding, Refused
from generator import issuing, signed_copies
from generator.press import Press

TRANSFER = "归"
"""Series of transfer numbers."""
UNFINISHED = (Status.DRAFT, Status.SIGNING, Status.RETURNED, Status.ISSUING)
COMPUTED = ("file_cover", "file_catalogue", "av_catalogue", "file_note", "archive_transfer_list")
CLASSES = ("normal", "internal", "privacy", "business_secret", "work_secret")
"""From open to closed: a volume has the highest class of its papers, a package that of its volumes."""
OWN_CLASS = {MAIN: "normal", SIDE: "internal"}
"""Class of a volume whose papers have none of their own."""


def hand_over(
    ctx: Context, actor: Actor, *, case_id: str, press: Press, progress: Progress = lambda *_: None
) -> PackageFacts:
    """Arrange a closed case into volumes with codes, pages and lists, signed by who hands over.

    Args:
        ctx: The floor.
        actor: The filer: a handler of the case, or the archivist.
        case_id: The case.
        press: Makes papers.
        progress: Told how far it is.

    Raises:
        Refused: The case is not closed, or papers are unfinished; every reason is named.
    """
    package = _opened(ctx, actor, case_id)
    _draw_signed_copies(ctx, actor, package, press, progress)
    _draw_cards(ctx, package, press, progress)
    _list_recordings(ctx, actor, package, press)
    filing = _paginate(ctx, package)
    for number, volume in enumerate(filing.codes, 1):
        progress(number, len(filing.codes) + 1, f"{VOLUME_TITLES[volume]}封面和目录")
        cover = _paper(ctx, actor, package, "file_cover", volume=volume, given=computing.cover_facts(filing, volume))
        issuing.issue(ctx, actor, cover.id, press)
        contents = _paper(
            ctx, actor, package, "file_catalogue", volume=volume, given=computing.contents_facts(filing, volume)
        )
        issuing.issue(ctx, actor, contents.id, press)
        note = _paper(ctx, actor, package, "file_note", volume=volume, given=computing.note_facts(filing, volume))
        sign(ctx, actor, note, "filer")
        _remember_papers(
            ctx, package, volume, {"file_cover": cover.id, "file_catalogue": contents.id, "file_note": note.id}
        )
    transfer = _paper(ctx, actor, package, "archive_transfer_list", volume=MAIN, given=computing.transfer_facts(filing))
    sign(ctx, actor, transfer, "handed")
    with ctx.database.write() as session:
        shelving.remember(session, package.id, transfer=transfer.id, handed_over=True)
        return queries.package_facts(session, package.id)


def _opened(ctx: Context, actor: Actor, case_id: str) -> PackageFacts:
    """Decide retention and codes, in one transaction under the case's lock."""
    with ctx.database.write() as session:
        at = office_of(ctx, session)
        shelf.lock_case(session, case_id)
        file = case_file(at, case_id, filer=actor.name)
        require_on(at, actor, Permission.PACKAGE_MAKE, case=file.case)
        known = shelving.open_package(session, case_id)
        if known is not None:
            return queries.package_facts(session, known.id)
        refuse_unfinished(file)
        return _begun(at, actor, file)


def _begun(at: Office, actor: Actor, file: CaseFile) -> PackageFacts:
    ctx, session, case = at.ctx, at.session, file.case
    closed_on = case.closed_on or at.today
    retention = decide(case, file.documents, file.settings, closed_on)
    arrangement, package_id = arrange(file), ctx.ids.new()
    volumes = [MAIN, SIDE] if arrangement.side else [MAIN]
    codes: dict[str, tuple[str, Code]] = {}
    for volume in volumes:
        volume_id = ctx.ids.new()
        code = reserve_code(
            session,
            case.agency_id,
            holder_id=volume_id,
            procedure=case.procedure,
            retention=retention,
            closed_on=closed_on,
            settings=file.settings,
            at=ctx.clock.now(),
            actor=actor.account_id,
        )
        codes[volume] = (volume_id, code)
    shelving.insert_package(
        session,
        id=package_id,
        agency_id=case.agency_id,
        case_id=case.id,
        generation=shelving.next_generation(session, case.id),
        title=computing.case_title(file),
        retention=retention,
        codes=codes,
        filer=(actor.person_id, actor.name),
        at=ctx.clock.now(),
    )
    shelving.remember(session, package_id, transfer_no=_transfer_number(at, actor, file, package_id))
    data = {"package": package_id, "codes": [c.text for _id, c in codes.values()], "retention": retention.code}
    journal.append(
        session, ctx.clock, stream=f"case:{case.id}", kind="package.arranged", actor=actor.account_id, data=data
    )
    return queries.package_facts(session, package_id)


def _transfer_number(at: Office, actor: Actor, file: CaseFile, package_id: str) -> str:
    return numbering.reserve(
        at.session,
        file.case.agency_id,
        character=TRANSFER,
        day=at.today,
        holder_id=package_id,
        settings=file.settings,
        at=at.ctx.clock.now(),
        actor=actor.account_id,
    )


def unfinished(file: CaseFile) -> list[Finding]:
    """Return why a case cannot be filed yet: it is not closed, or papers are not issued."""
    found = []
    if file.case.closed_on is None:
        message = "案件还没有结案，不能归档。"
        found.append(Finding(code="G17", article="A31.1", message=message, remedy="先制发结案审批表。", who="承办人"))
    for document in file.documents:
        if document.status in UNFINISHED and document.type not in COMPUTED:
            message, remedy = f"《{document.title}》还没有制发完毕。", "制发该文书，或作废并写明理由。"
            found.append(_unfinished(document.id, message, remedy))
    return found


def _unfinished(document_id: str, message: str, remedy: str) -> Finding:
    return Finding(code="UNFINISHED", article="A31.1", message=message, remedy=remedy, who="承办人", path=document_id)


def refuse_unfinished(file: CaseFile) -> None:
    """Refuse to file a case that is not closed or has unfinished papers.

    Raises:
        Refused: Every reason is named.
    """
    if findings := unfinished(file):
        raise Refused(f"案卷还不能归档：{findings[0].message}", remedy=findings[0].remedy, findings=findings)


def _draw_signed_copies(ctx: Context, actor: Actor, package: PackageFacts, press: Press, progress: Progress) -> None:
    """Draw what shows the signatures given after issue, where no worker did: volumes bind these pages."""
    file = read_case_file(ctx, package.case_id)
    signed = [d for d in file.documents if d.id not in file.apart and is_wanted(file.definitions[d.id], d)]
    for number, document in enumerate(signed):
        progress(number, len(signed), f"《{document.title}》签署件")
        signed_copies.draw(ctx, document.id, press.pool, by=actor.account_id)


def _draw_cards(ctx: Context, package: PackageFacts, press: Press, progress: Progress) -> None:
    if "cards" in package.data:
        return
    file = read_case_file(ctx, package.case_id)
    cards = draw_cards(ctx, file, computing.stored_recordings(file), press.pool, progress)
    with ctx.database.write() as session:
        shelving.remember(session, package.id, cards=cards)


def _list_recordings(ctx: Context, actor: Actor, package: PackageFacts, press: Press) -> None:
    filing = filing_of(ctx, package.id, items={})
    paper = _paper(ctx, actor, package, "av_catalogue", volume=MAIN, given=computing.recordings_facts(filing))
    issuing.issue(ctx, actor, paper.id, press)


def _paginate(ctx: Context, package: PackageFacts) -> Filing:
    """Arrange with the recordings list in its place, count pages, and keep the rows."""
    with ctx.database.read() as session:
        package = queries.package_facts(session, package.id)
        file = case_file(office_of(ctx, session), package.case_id, filer=queries.filer_of(session, package.id))
    arrangement = arrange(file)
    cards: Mapping[str, Any] = package.data["cards"]
    items = {MAIN: paged(ctx.blobs, file, arrangement.main, cards)}
    if arrangement.side:
        items[SIDE] = paged(ctx.blobs, file, arrangement.side, cards)
    with ctx.database.write() as session:
        for volume, rows in items.items():
            shelving.set_items(session, package.agency_id, package.id, volume, rows)
            facts = {"items": len(rows), "pages": sum(i.pages for i in rows), "secrecy": class_of(volume, rows)}
            shelving.change_volume(session, package.id, volume, **facts)
        classes = [class_of(volume, rows) for volume, rows in items.items()]
        shelving.change(session, package.id, secrecy=max(classes, key=CLASSES.index))
    return filing_of(ctx, package.id, items=items)


def class_of(volume: str, items: Sequence[Item]) -> str:
    """Return the class of a volume: the highest of its papers, those kept elsewhere left out."""
    inside = {i.entry.secrecy for i in items if not i.entry.apart} & set(CLASSES)
    return max(inside | {OWN_CLASS[volume]}, key=CLASSES.index)


def filing_of(ctx: Context, package_id: str, *, items: Mapping[str, Sequence[Item]]) -> Filing:
    """Return what the computed papers of a package are drawn from."""
    with ctx.database.read() as session:
        at = office_of(ctx, session)
        package = queries.package_facts(session, package_id)
        filer = queries.filer_of(session, package_id)
        file = case_file(at, package.case_id, filer=filer)
        closed_on = file.case.closed_on or at.today
        return Filing(
            file=file,
            retention=decide(file.case, file.documents, file.settings, closed_on),
            codes=queries.codes_of(
                session, package_id, fonds=str(file.settings.get("fonds_no", "")), year=closed_on.year
            ),
            items=items,
            filer=filer,
            filed_on=at.today,
            deadlines=casework.deadlines_of(session, package.case_id),
            flags=casework.flags_of(session, package.case_id),
            transfer_no=str(package.data.get("transfer_no", "")),
        )


def _paper(
    ctx: Context, actor: Actor, package: PackageFacts, type_id: str, *, volume: str, given: Mapping[str, Any]
) -> DocumentFacts:
    """Open a computed paper, or take up the one that is there."""
    reference = f"{package.id}:{volume}"
    with ctx.database.read() as session:
        papers = casework.documents_of(session, package.case_id)
    for paper in papers:
        if (paper.type, paper.reference) == (type_id, reference) and paper.status is not Status.VOID:
            return paper
    return documents.draft(
        ctx, actor, type=type_id, case_id=package.case_id, reference=reference, given=given, officer_ids=[]
    )


def sign(ctx: Context, actor: Actor, paper: DocumentFacts, slot: str, values: Mapping[str, Any] | None = None) -> None:
    """Sign a slot of a computed paper, unless it is signed."""
    if all(fill.slot != slot for fill in paper.slots):
        documents.fill_slot(ctx, actor, document_id=paper.id, slot=slot, values=values)


def _remember_papers(ctx: Context, package: PackageFacts, volume: str, papers: Mapping[str, str]) -> None:
    with ctx.database.write() as session:
        shelving.change_volume(session, package.id, volume, papers=dict(papers))
