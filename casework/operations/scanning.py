"""Scanned stacks: kept as they came, each page filed by its code or by a person as the paper's signed copy.

A stack is its bringer's alone: before it is read, nobody knows whom it names, so it lies encrypted. Filing asks the
right to serve in each paper's case. A printed receipt that was completed by hand shows the receipt of a later version
whose other fields are the same. Journal kinds: `scan.kept` in `agency:<id>`, `document.scan_filed` in the case.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from access.actors import actor_of
from access.facts import Actor
from access.policy import Permission, Viewer, decide, may_anywhere
from casework import proofs, queries, sealing, services, shelf, stacks
from casework.cleaning import clean
from casework.documents import changed_fields
from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE
from casework.operations.common import note
from casework.operations.services import RECEIPT
from casework.operations.signed_copies import SCAN
from casework.stacks import BLANK, DROPPED, FILED, WAITS, Code, PageFacts, Seen, StackFacts
from casework.views import Office, office
from foundation import jobs, journal
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from foundation.uploads import Arrived, Wanted, purpose

JOB = "scan_stack"
MOST_STACK = 300 << 20
"""Bytes of one stack at most."""
LONGEST = 300


def may_bring(actor: Actor) -> bool:
    """Tell whether somebody serves papers at all."""
    return may_anywhere(actor, Permission.SERVICE_RECORD)


def require_bringer(actor: Actor) -> None:
    """Ask that somebody serves papers at all.

    Raises:
        Forbidden: They do not.
    """
    if not may_bring(actor):
        raise Forbidden("您的职务不办理送达，不能上传成叠的回证。", remedy="由承办人上传。")


def keep_stack(ctx: Context, actor: Actor, *, data: bytes, name: str) -> tuple[StackFacts, bool]:
    """Keep a stack and ask for its reading; return it, and whether it is new: the same bytes come once.

    Raises:
        BadInput: It is no readable PDF or picture.
        Conflict: A colleague brought the same bytes.
        Forbidden: The actor serves no papers.
    """
    require_bringer(actor)
    media_type = proofs.look_at(data, name, most=MOST_STACK)
    digest, stack_id = hashlib.sha256(data).hexdigest(), ctx.ids.new()
    with ctx.database.read() as session:
        known = stacks.known(session, actor.agency_id, digest)
    if known is not None:
        return _again(known, actor), False
    blob = sealing.put(ctx, data, stacks.about(stack_id))
    with ctx.database.write() as session:
        if (known := stacks.known(session, actor.agency_id, digest)) is not None:
            return _again(known, actor), False
        stacks.insert(
            session,
            id=stack_id,
            agency_id=actor.agency_id,
            file_name=clean(name)[:200] or "扫描件",
            media_type=media_type,
            blob=blob.sha256,
            plain_digest=digest,
            size=len(data),
            by=actor.account_id,
            at=ctx.clock.now(),
        )
        stream, event = f"agency:{actor.agency_id}", {"stack": stack_id, "blob": blob.sha256, "digest": digest}
        journal.append(session, ctx.clock, stream=stream, kind="scan.kept", actor=actor.account_id, data=event)
        jobs.ask(session, ctx, kind=JOB, subject=stack_id, by=actor.account_id, agency_id=actor.agency_id)
        return stacks.stack_facts(session, stack_id), True


def _again(known: StackFacts, actor: Actor) -> StackFacts:
    if known.by != actor.account_id:
        raise Conflict("同一份扫描件已由同事上传，没有重复归档。", remedy="请上传人处理其中未归入的页。")
    return known


def _may_begin(ctx: Context, wanted: Wanted) -> None:
    require_bringer(_actor(ctx, wanted.by))
    if wanted.length > MOST_STACK:
        raise BadInput(f"文件超过{MOST_STACK >> 20}MB。", remedy="分成几叠扫描，或降低到200dpi灰度。", path="file")


@purpose(JOB, title="扫描件", begin=_may_begin)
def receive(ctx: Context, arrived: Arrived) -> str:
    """Make a stack of an uploaded file; run twice, the second finds the first."""
    data, name = arrived.part.path.read_bytes(), arrived.upload.file_name
    facts, _new = keep_stack(ctx, _actor(ctx, arrived.upload.by), data=data, name=name)
    return f"/scans/{facts.id}"


def _actor(ctx: Context, account_id: str) -> Actor:
    with ctx.database.read() as session:
        return actor_of(session, account_id, ctx.clock.now())


def stack(ctx: Context, actor: Actor, stack_id: str) -> StackFacts:
    """Return a stack of the actor's own.

    Raises:
        NotFound: There is none, or it is another's.
    """
    with ctx.database.read() as session:
        facts = stacks.stack_facts(session, stack_id)
    if facts.by != actor.account_id:
        raise stacks.absent()
    return facts


def read_again(ctx: Context, actor: Actor, stack_id: str) -> None:
    """Ask for another reading of the pages that wait: papers may have been issued meanwhile."""
    facts = stack(ctx, actor, stack_id)
    with ctx.database.write() as session:
        jobs.ask(session, ctx, kind=JOB, subject=facts.id, by=actor.account_id, agency_id=facts.agency_id)


def sort(ctx: Context, actor: Actor, stack_id: str, seen: Sequence[Seen]) -> dict[str, list[int]]:
    """Write what was seen on the pages, and return which of them are to be filed with which paper.

    Args:
        ctx: The floor.
        actor: Whose stack it is.
        stack_id: The stack.
        seen: Every page.
    """
    stack(ctx, actor, stack_id)
    with ctx.database.write() as session:
        at = office(ctx, session)
        facts = stacks.stack_facts(session, stack_id, lock=True)
        settled = {p.number for p in facts.sheets if p.state in (FILED, DROPPED)}
        pages = [_page(at, actor, one) for one in seen]
        stacks.put_pages(
            session, facts, [replace(p, state=WAITS) if p.state == FILED else p for p in pages], ctx.clock.now()
        )
        found: dict[str, list[int]] = {}
        for page in pages:
            if page.state == FILED and page.number not in settled and page.document_id:
                found.setdefault(page.document_id, []).append(page.number)
        return found


def _page(at: Office, actor: Actor, seen: Seen) -> PageFacts:
    codes = {c for c in (stacks.parse(text) for text in seen.codes) if c is not None}
    page = PageFacts(number=seen.number, state=WAITS, turn=seen.turn, document_id=None, why="no_code", said="")
    if not codes:
        return replace(page, state=BLANK, why="") if seen.blank else page
    if len(codes) > 1:
        return replace(page, why="two_codes")
    (code,) = codes
    document, why = against(at, actor, code)
    if document is None or why:
        return replace(page, why=why, document_id=document.id if document else None)
    return replace(page, state=FILED, why="", document_id=document.id)


def against(at: Office, actor: Actor, code: Code) -> tuple[DocumentFacts | None, str]:
    """Return the paper that a code names, and why its page cannot be filed by the code alone (key of `stacks.WHY`)."""
    document = _readable(at, actor, code.document_id)
    if document is None:
        return None, "unknown"
    if not _may_file(at, actor, document):
        return document, "may_not"
    if document.status in (Status.VOID, Status.REPLACED):
        return document, "closed"
    if why := _wrong_version(at, document, code):
        return document, why
    if document.status not in DONE and document.type != RECEIPT:
        return document, "not_issued"
    return document, "has_copy" if SCAN in document.blobs else ""


def _readable(at: Office, actor: Actor, document_id: str) -> DocumentFacts | None:
    try:
        document = queries.document_facts(at.session, document_id)
    except NotFound:
        return None
    record, viewer = queries.document_record(document), queries.viewer_of(at.session, actor)
    return document if decide(actor, Permission.DOCUMENT_READ, record, viewer).allowed else None


def _may_file(at: Office, actor: Actor, document: DocumentFacts) -> bool:
    if document.case_id is None:
        return decide(actor, Permission.DOCUMENT_SIGN, queries.document_record(document), _viewer(at, actor)).allowed
    record = queries.case_record(queries.case_facts(at.session, document.case_id))
    return decide(actor, Permission.SERVICE_RECORD, record, _viewer(at, actor)).allowed


def _viewer(at: Office, actor: Actor) -> Viewer:
    return queries.viewer_of(at.session, actor)


def _wrong_version(at: Office, document: DocumentFacts, code: Code) -> str:
    if code.version == document.version:
        return "" if document.content_digest.startswith(code.digest) else "digest"
    if code.version > document.version:
        return "digest"
    old = at.version(document.id, code.version)
    if not old.content_digest.startswith(code.digest):
        return "digest"
    differs = set(changed_fields(old.data, at.document(document.id).data))
    by_hand = document.type == RECEIPT and differs <= services.written_by_hand()
    return "" if by_hand else "old_version"


def old_copy(ctx: Context, actor: Actor, document_id: str) -> tuple[DocumentFacts, str]:
    """Return a paper with which a page may be filed, and the blob of its present signed copy, empty when it has none.

    Raises:
        NotFound: There is no such paper for this actor.
        Forbidden: The actor does not serve in its case.
    """
    with ctx.database.read() as session:
        at = office(ctx, session)
        document = _allowed(at, actor, document_id)
        return document, document.blobs.get(SCAN, "")


def _allowed(at: Office, actor: Actor, document_id: str) -> DocumentFacts:
    document = _readable(at, actor, document_id)
    if document is None:
        raise NotFound("没有这份文书。", remedy="检查文书编号。")
    if not _may_file(at, actor, document):
        words = stacks.WHY["may_not"]
        raise Forbidden(f"{words[0]}。", remedy=words[1])
    return document


def file_copy(
    ctx: Context,
    actor: Actor,
    *,
    stack_id: str,
    numbers: Sequence[int],
    document_id: str,
    blob: str,
    instead_of: str,
    said: str = "",
) -> None:
    """Make pages of a stack the signed copy of a paper.

    Args:
        ctx: The floor.
        actor: Whose stack it is.
        stack_id: The stack.
        numbers: The pages, in their order.
        document_id: The paper.
        blob: The copy that was made of them (with the former copy before them, when they are added to it).
        instead_of: Blob of the copy that was there when it was made; empty for none.
        said: What a person said about it.

    Raises:
        Conflict: The paper got another copy meanwhile, or the pages were decided meanwhile.
    """
    stack(ctx, actor, stack_id)
    with ctx.database.write() as session:
        at = office(ctx, session)
        shelf.lock_document(session, document_id)
        document = _allowed(at, actor, document_id)
        facts = stacks.stack_facts(session, stack_id, lock=True)
        _refuse_decided(facts, numbers)
        if document.blobs.get(SCAN, "") != instead_of:
            raise Conflict("文书的签署件刚刚有变动。", remedy="刷新页面后重试。")
        now = ctx.clock.now()
        shelf.put_copy(session, document, SCAN, blob, now)
        words = {"state": FILED, "document_id": document_id, "why": "", "said": said, "by": actor.account_id}
        stacks.decide(session, stack_id, numbers, now, **words)
        event = {"version": document.version, "digest": document.content_digest, "blob": blob, "stack": stack_id}
        event |= {"pages": list(numbers), "instead_of": instead_of, "reason": said}
        note(at, actor, document, "document.scan_filed", **event)


def drop_page(ctx: Context, actor: Actor, *, stack_id: str, number: int, reason: str) -> None:
    """Give a page up: it belongs to no paper; the stack keeps it.

    Raises:
        BadInput: No reason.
        Conflict: The page was decided meanwhile.
    """
    stack(ctx, actor, stack_id)
    why = clean(reason)[:LONGEST]
    if not why:
        raise BadInput("没有写明为什么不归入。", remedy="简要写明，如“空白登记表”“重复扫描”。", path="reason")
    with ctx.database.write() as session:
        facts = stacks.stack_facts(session, stack_id, lock=True)
        _refuse_decided(facts, [number])
        words = {"state": DROPPED, "why": "", "said": why, "by": actor.account_id}
        stacks.decide(session, stack_id, [number], ctx.clock.now(), **words)


def _refuse_decided(facts: StackFacts, numbers: Sequence[int]) -> None:
    known: Mapping[int, PageFacts] = {p.number: p for p in facts.sheets}
    if any(n not in known for n in numbers):
        raise stacks.absent()
    if any(known[n].state in (FILED, DROPPED) for n in numbers):
        raise Conflict("这一页已经处理过。", remedy="刷新页面查看。")


def why_filed(why: str, reason: str) -> str:
    """Return what a person said who files a page that waits; what the code spoke against needs a reason.

    Raises:
        Refused: It cannot be filed at all.
        BadInput: No reason.
    """
    said = clean(reason)[:LONGEST]
    if why in ("unknown", "digest", "may_not"):
        words = stacks.WHY[why]
        raise Refused(f"{words[0]}。", remedy=words[1])
    if why in ("old_version", "closed", "not_issued") and not said:
        raise BadInput("没有写明理由。", remedy="写明为什么归入这份文书。", path="reason")
    return said
