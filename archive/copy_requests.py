"""Requests of parties for copies (A33.1): how they are asked for, taken back and read.

A party asks in its own pages, or at the counter, where the archivist writes it down. The request is numbered, its last
day is counted at once by the rule of answers to requests, and its receipt says so. What follows stands in
`archive.copy_screening`, `archive.copy_answering` and `archive.copy_links`.

Journal kinds in `case:<id>`: `copy.requested`, `copy.withdrawn`; events name ids, never what was written.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import sqlalchemy as sa
from PIL import Image, UnidentifiedImageError
from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission, absent
from archive.casefile import case_file, office_of
from archive.copy_facts import CopyRequestFacts, CopyState
from archive.models import CopyRequestRow
from archive.releasing import applicant_of, release_of
from archive.ruling import read
from casework import deadlines, numbering, shelf
from casework.cleaning import clean, damage
from casework.facts import CaseFacts, DocumentFacts, Happening
from casework.operations import events
from casework.operations.common import require_on
from casework.views import Office
from foundation import journal
from foundation.clock import legal_date
from foundation.context import Context
from foundation.database import lock_row
from foundation.errors import BadInput, Finding, NotFound, Refused

SERIES, PATTERN = "复申", "复申{year}-{n:3}"
DEADLINE = "copy_request"
LONGEST = 1000
"""Characters of purpose and of what else is asked."""
TEXTS: Mapping[str, tuple[int, str]] = {
    "other": (LONGEST, "其他内容"),
    "purpose": (LONGEST, "用途"),
    "form": (40, "形式"),
    "contact": (200, "联系电话"),
    "agent": (200, "代理人"),
    "agent_id_no": (60, "代理人证件号码"),
}
"""Texts of a request: how long they may be, and what they are called."""
MOST_LETTER, MOST_PAGES = 10 << 20, 30
"""Bytes and pages of a letter of authorisation."""
OPEN_TO_WITHDRAW = (CopyState.ASKED, CopyState.SCREENING)

REQUEST_COLUMNS: Mapping[str, Any] = {
    "id": CopyRequestRow.case_id,
    "case_id": CopyRequestRow.case_id,
    "agency_id": CopyRequestRow.agency_id,
}
"""Names that a policy predicate over cases may use over their requests, for compiling it to SQL."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a party asks for."""

    wanted: Sequence[str] = ()
    """Ids of papers."""
    other: str = ""
    """Anything else, in own words."""
    purpose: str = ""
    form: str = ""
    contact: str = ""
    """Telephone: the PIN of the copy is told by it."""
    agent: str = ""
    agent_id_no: str = ""
    letter: bytes = b""
    """Scan of the agent's letter of authorisation."""
    letter_name: str = ""


def ask_for_copy(ctx: Context, actor: Actor, *, case_id: str, party_id: str, asked: Asked) -> CopyRequestFacts:
    """Take a party's request and number it; its last day is counted from this moment.

    Args:
        ctx: The floor.
        actor: The party itself, or who may make copies (a request at the counter).
        case_id: The case.
        party_id: The party that asks.
        asked: What for.

    Raises:
        BadInput: Something is missing or wrong; every fault is named.
        Refused: Too many requests of this party still wait for their answer.
    """
    letter = _letter(ctx, asked)
    with ctx.database.write() as session:
        at = office_of(ctx, session)
        shelf.lock_case(session, case_id)
        file = case_file(at, case_id)
        _require(at, actor, file.case, party_id)
        party = next(p for p in file.case.parties if p.id == party_id)
        applicant = applicant_of(file, party)
        allowed = {d.id for d in file.documents if release_of(file, d, applicant).allowed}
        words = _read(asked, allowed)
        _refuse_many(session, case_id, party_id)
        row = _row(at, actor, file.case, {**words, "letter": letter, "applicant": party.name, "party_id": party_id})
        data = {"request": row.id, "number": row.number, "party": party_id, "documents": list(row.wanted)}
        note(at, actor, row, "copy.requested", **data, agent=bool(row.agent), due_on=row.due_on.isoformat())
        happen(at, actor, row, "copy_asked")
        return request_of(row)


def askable(at: Office, case_id: str, party_id: str) -> list[DocumentFacts]:
    """Return the papers that a party may choose: what it may have a copy of.

    Raises:
        NotFound: The party is not in the case.
    """
    file = case_file(at, case_id)
    party = next((p for p in file.case.parties if p.id == party_id), None)
    if party is None:
        raise absent("case")
    applicant = applicant_of(file, party)
    return [d for d in file.documents if release_of(file, d, applicant).allowed]


def _require(at: Office, actor: Actor, case: CaseFacts, party_id: str) -> None:
    if actor.party_ids:
        if party_id not in actor.party_ids or party_id not in {p.id for p in case.parties}:
            raise absent("case")
        require_on(at, actor, Permission.COPY_REQUEST)
        return
    require_on(at, actor, Permission.COPY_MAKE, case=case)
    if party_id not in {p.id for p in case.parties}:
        raise BadInput("申请人不是本案当事人。", remedy="选择本案的当事人。", path="party_id")


def _read(asked: Asked, allowed: set[str]) -> dict[str, Any]:
    words = {n: clean(getattr(asked, n), lines=n in ("other", "purpose")) for n in TEXTS}
    wanted = list(dict.fromkeys(asked.wanted))
    faults = {
        "wanted": "" if wanted or words["other"] else "没有写明要查阅、复制什么。",
        "purpose": "" if words["purpose"] else "没有写明用途。",
        "form": "" if words["form"] in read("copying")["forms"] else "没有选择形式。",
        "contact": "" if words["contact"] else "没有写联系电话。",
        "agent_id_no": "没有写代理人证件号码。" if words["agent"] and not words["agent_id_no"] else "",
    }
    faults |= {n: f"“{label}”不能超过{most}字。" for n, (most, label) in TEXTS.items() if len(words[n]) > most}
    if not set(wanted) <= allowed:
        faults["wanted"] = "所选的文书中有不能选择的。"
    found = [Finding(code="COPY", article="A33.1", message=m, path=p) for p, m in faults.items() if m]
    found += [f for n, label in TEXTS.items() if (f := damage(words[n], n, label[1]))]
    if found:
        raise BadInput(f"申请有{len(found)}处需要补充。", path=found[0].path, findings=found)
    return {**words, "wanted": wanted}


def _letter(ctx: Context, asked: Asked) -> dict[str, Any]:
    """Store the scan of a letter of authorisation; what cannot be drawn is refused."""
    if not asked.letter:
        return {}
    wrong = "" if len(asked.letter) <= MOST_LETTER else f"授权委托书超过{MOST_LETTER >> 20} MB"
    kind, pages = ("", 0) if wrong else _looked_at(asked.letter)
    if wrong or not kind or pages > MOST_PAGES:
        message = wrong or ("授权委托书不是PDF、JPG或PNG图片" if not kind else f"授权委托书超过{MOST_PAGES}页")
        raise BadInput(f"{message}。", remedy="重新拍照或扫描后上传。", path="letter")
    blob = ctx.blobs.put(asked.letter)
    name = clean(asked.letter_name)[-120:] or "授权委托书"
    return {"blob": blob.sha256, "size": blob.size, "name": name, "media_type": kind, "pages": pages}


def _looked_at(data: bytes) -> tuple[str, int]:
    """Return what a file really is, whatever its name says, and how many pages it has."""
    if data.startswith(b"%PDF-"):
        try:
            with pdfium.PdfDocument(data) as pdf:
                return "application/pdf", len(pdf)
        except pdfium.PdfiumError:
            return "", 0
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.verify()
            return {"JPEG": "image/jpeg", "PNG": "image/png"}.get(str(image.format), ""), 1
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        return "", 0


def _refuse_many(session: orm.Session, case_id: str, party_id: str) -> None:
    row = CopyRequestRow
    own = (row.case_id == case_id, row.party_id == party_id, row.closed_at.is_(None))
    waiting = session.scalar(sa.select(sa.func.count()).select_from(row).where(*own)) or 0
    if waiting >= int(read("copying")["open_at_once"]):
        message = f"您已有{waiting}份申请正在办理。"
        finding = Finding(code="COPY", article="A33.1", message=message, remedy="等待答复，或撤回其中一份后再申请。")
        raise Refused(message, remedy=finding.remedy, findings=[finding])


def _row(at: Office, actor: Actor, case: CaseFacts, words: Mapping[str, Any]) -> CopyRequestRow:
    now, request_id = at.ctx.clock.now(), at.ctx.ids.new()
    due = deadlines.foreseen(events.desk(at, case.agency_id), DEADLINE, now)
    number = numbering.reserve(
        at.session,
        case.agency_id,
        character=SERIES,
        day=legal_date(now),
        holder_id=request_id,
        settings=at.settings_today(case.agency_id),
        at=now,
        actor=actor.account_id,
        written=numbering.Written(pattern=PATTERN, words={"year": str(legal_date(now).year)}),
    )
    numbering.confirm(at.session, case.agency_id, request_id)
    row = CopyRequestRow(
        id=request_id,
        agency_id=case.agency_id,
        case_id=case.id,
        number=number,
        state=CopyState.ASKED,
        asked_by=actor.account_id,
        asked_at=now,
        due_on=due.last_day,
        due_how=due.formula,
        items=[],
        **words,
    )
    at.session.add(row)
    at.session.flush()
    return row


def withdraw(ctx: Context, actor: Actor, request_id: str) -> CopyRequestFacts:
    """Take a request back, as the party that made it, while it is not before the legal head.

    Raises:
        NotFound: There is none of this party.
        Refused: It is decided, or about to be.
    """
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        if row.party_id not in actor.party_ids:
            raise missing()
        if row.state not in OPEN_TO_WITHDRAW:
            message = f"申请{request_of(row).title}，不能撤回。"
            raise Refused(message, remedy="等待答复。", findings=[Finding(code="STATE", message=message)])
        row.state, row.closed_at = CopyState.WITHDRAWN, ctx.clock.now()
        note(at, actor, row, "copy.withdrawn", request=row.id)
        happen(at, actor, row, "copy_withdrawn")
        session.flush()
        return request_of(row)


# --- reading ----------------------------------------------------------------------------------------------------------


def request_of(row: CopyRequestRow) -> CopyRequestFacts:
    """Return the facts of a row."""
    plain = {n: getattr(row, n) for n in CopyRequestFacts.__dataclass_fields__ if n != "state"}
    return CopyRequestFacts(**plain, state=CopyState(row.state))


def missing() -> NotFound:
    """Return the one error for a request that is not there and for one that the viewer may not know of."""
    return NotFound("没有这份复制申请。", remedy="检查申请编号。")


def request_facts(session: orm.Session, request_id: str) -> CopyRequestFacts:
    """Return a request.

    Raises:
        NotFound: There is none.
    """
    row = session.get(CopyRequestRow, request_id)
    if row is None:
        raise missing()
    return request_of(row)


def find_requests(session: orm.Session, where: sa.ColumnElement[bool]) -> list[CopyRequestFacts]:
    """Return requests that a condition over `REQUEST_COLUMNS` holds for: open ones by their last day, then the rest."""
    row = CopyRequestRow
    order = (row.closed_at.is_not(None), row.due_on, row.id)
    return [request_of(r) for r in session.scalars(sa.select(row).where(where).order_by(*order))]


def requests_of(session: orm.Session, case_id: str, party_id: str | None = None) -> list[CopyRequestFacts]:
    """Return the requests in a case, of one party when it is named, the latest first."""
    row = CopyRequestRow
    query = sa.select(row).where(row.case_id == case_id)
    if party_id is not None:
        query = query.where(row.party_id == party_id)
    return [request_of(r) for r in session.scalars(query.order_by(row.asked_at.desc(), row.id.desc()))]


def locked(ctx: Context, session: orm.Session, request_id: str) -> tuple[Office, CopyRequestRow]:
    """Lock a request's case, then the request.

    Raises:
        NotFound: There is none.
    """
    found = session.get(CopyRequestRow, request_id)
    if found is None:
        raise missing()
    shelf.lock_case(session, found.case_id)
    row: CopyRequestRow = lock_row(session, CopyRequestRow, request_id)
    return office_of(ctx, session), row


def note(at: Office, actor: Actor, row: CopyRequestRow, kind: str, **data: Any) -> None:
    """Write what became of a request into its case's stream."""
    stream = f"case:{row.case_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=data)


def happen(at: Office, actor: Actor, row: CopyRequestRow, kind: str) -> None:
    """Let a period of the case begin or end with what became of a request."""
    now = at.ctx.clock.now()
    events.happen(
        at, actor, Happening(kind=kind, case_id=row.case_id, agency_id=row.agency_id, subject_id=row.id, at=now)
    )
