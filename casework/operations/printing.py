"""Print jobs: whose papers may be printed, keeping the job, and marking it printed in the journal of each case.

Printing asks the right to read each paper; taking the file is a download and is written down as one
(`access.reading`). A job is kept with the version of every paper, so a print can be told from a later version by its
code. Journal kind: `document.printed`, one for each paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from access.facts import Actor
from access.policy import Permission
from casework import printing, queries, shelf
from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE
from casework.operations.common import note, require_on
from casework.printing import KitFacts, Sheet
from casework.views import Office, office
from foundation.context import Context
from foundation.errors import BadInput, Finding, Refused

MOST_COPIES, MOST_PORTIONS = 20, 2000
"""Copies of one paper for one recipient; portions of one job."""
BY_HAND = (Status.DRAFT, Status.SIGNING)
"""States in which a paper that persons sign is printed for signing, with its code and without number."""


@dataclass(frozen=True, kw_only=True)
class Portion:
    """What one recipient gets of one paper."""

    document_id: str
    recipient: str = ""
    """As the contents of the job name it; the addressee of the paper when left out."""
    copies: int = 1
    receipt_id: str = ""
    """The receipt that goes with it, printed once."""


def printable(ctx: Context, actor: Actor, portions: Sequence[Portion]) -> dict[str, DocumentFacts]:
    """Return the papers of a print job, each asked about and opened.

    Raises:
        BadInput: No paper, or a number of copies that nobody prints.
        Refused: A paper is neither issued nor one to be signed by hand.
    """
    if not portions or len(portions) > MOST_PORTIONS:
        message = "没有选择要打印的文书。" if not portions else f"一次最多打印{MOST_PORTIONS}份文书。"
        raise BadInput(message, remedy="选择文书后再生成打印件。", path="portions")
    for at, one in enumerate(portions):
        if not 1 <= one.copies <= MOST_COPIES:
            raise BadInput("打印份数不对。", remedy=f"每份文书打印1至{MOST_COPIES}份。", path=f"portions[{at}].copies")
    with ctx.database.read() as session:
        stand = office(ctx, session)
        wanted = dict.fromkeys(i for p in portions for i in (p.document_id, p.receipt_id) if i)
        found = {i: _readable(stand, actor, i) for i in wanted}
        for document in found.values():
            _refuse_unprintable(stand, document)
    return found


def _readable(at: Office, actor: Actor, document_id: str) -> DocumentFacts:
    document = at.document(document_id)
    case = queries.case_facts(at.session, document.case_id) if document.case_id else None
    require_on(at, actor, Permission.DOCUMENT_READ, case=case, document=document)
    return document


def _refuse_unprintable(at: Office, document: DocumentFacts) -> None:
    signed_by_hand = document.status in BY_HAND and any(s.signs for s in at.definition_of(document).slots)
    if document.status in DONE or signed_by_hand:
        return
    message = f"《{document.title}》还没有制发，不能打印。"
    finding = Finding(code="PRINT", message=message, remedy="制发后打印；待手签的文书可以在签批中打印。", who="承办人")
    raise Refused(message, remedy=finding.remedy, findings=[finding])


def recipient_of(ctx: Context, document: DocumentFacts) -> str:
    """Return the addressee of a paper by name, empty when it has none."""
    if document.party_id is None:
        return ""
    with ctx.database.read() as session:
        return queries.party_facts(session, document.party_id).name


def keep_kit(ctx: Context, actor: Actor, kit: KitFacts) -> KitFacts:
    """Keep a print job whose file was put into the store.

    Raises:
        Refused: A paper got another version while the file was made.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        for sheet in kit.sheets:
            document = _readable(at, actor, sheet.document_id)
            if document.content_digest != sheet.digest:
                message = f"《{document.title}》刚刚改为第{document.version}版。"
                raise Refused(message, remedy="重新生成打印件。", findings=[Finding(code="VERSION", message=message)])
        printing.insert(session, kit)
        return kit


def kit(ctx: Context, actor: Actor, kit_id: str) -> KitFacts:
    """Return a print job that the actor may see: every paper in it must be theirs to read."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        facts = printing.kit_facts(session, kit_id)
        for document_id in facts.document_ids:
            _readable(at, actor, document_id)
        return facts


def mark_printed(ctx: Context, actor: Actor, kit_id: str) -> KitFacts:
    """Mark a print job as printed: once, and in the journal of every paper's case.

    Raises:
        NotFound: There is none, or it holds a paper that the actor may not know of.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        facts = printing.kit_facts(session, kit_id)
        papers = {i: _readable(at, actor, i) for i in facts.document_ids}
        for document_id in sorted(papers):
            shelf.lock_document(session, document_id)
        if printing.kit_facts(session, kit_id, lock=True).printed_at is None:
            for sheet in facts.sheets:
                _note(at, actor, papers[sheet.document_id], facts, sheet)
            printing.mark(session, kit_id, by=actor.account_id, at=ctx.clock.now())
        return printing.kit_facts(session, kit_id)


def _note(at: Office, actor: Actor, document: DocumentFacts, facts: KitFacts, sheet: Sheet) -> None:
    event = {"kit": facts.id, "version": sheet.version, "digest": sheet.digest, "copies": sheet.copies}
    note(at, actor, document, "document.printed", **event)
