"""A party's copy (A33.1): papers drawn again without what the party may not see, marked, certified, sealed, expiring.

The text of a covered value is not in the file at all. Scans and photos become page images whose covered areas are
painted before encoding and which keep no place of capture; recordings leave only as approved clips. Each copy has a
number; its digest stands in its row and in the case's journal. Giving it out: `archive.copy_delivery`.
"""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission
from archive.arranging import CaseFile
from archive.casefile import case_file, office_of
from archive.clips import cut_clip
from archive.copy_drawing import Drawn, Wish, draw
from archive.drawing import computed_job
from archive.facts import CopyFacts
from archive.models import CopyRow
from archive.queries import copy_facts, copy_of_request
from archive.releasing import Applicant, Release, applicant_of, release_of
from archive.ruling import setting
from archive.volume_stamps import Watermark
from archive.volumes import Part, Sheet, bind
from casework import numbering
from casework.facts import DocumentFacts
from casework.gates.api import DONE
from casework.operations.common import require_on
from foundation import journal
from foundation.canonical import digest
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput, Finding, Refused
from generator.drawing import order_of
from generator.fonts import FACES, faces
from generator.job import Made
from generator.pool import Pool
from generator.seal import seal

SERIES, PATTERN = "副本", "复{year}-{n:3}"
APPROVAL, CONSENTS = "record_copy_approval", ("同意", "部分同意")
DAYS = 7
SHOWN = 16
"""Digits of a digest on the certificate."""
LONGEST_MARK = 24
"""Characters of name and of purpose in the mark."""


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """All that the making of one copy looks at."""

    ctx: Context
    actor: Actor
    file: CaseFile
    applicant: Applicant
    approval: DocumentFacts
    wish: Wish
    id: str
    number: str
    at: dt.datetime

    @property
    def expires_at(self) -> dt.datetime:
        """Return until when it may be fetched."""
        return self.at + dt.timedelta(days=int(setting(self.file.settings, "copies.link_days", DAYS)))

    @property
    def mark(self) -> str:
        """Return what stands on each page."""
        name, purpose = self.applicant.party.name[:LONGEST_MARK], self.wish.purpose[:LONGEST_MARK]
        return f"{self.number} 仅供{name}{purpose}使用 {legal_date(self.at):%Y-%m-%d}"


def make_copy(ctx: Context, actor: Actor, *, case_id: str, wish: Wish, pool: Pool) -> CopyFacts:
    """Make a party's copy.

    Args:
        ctx: The floor.
        actor: The archivist.
        case_id: The case.
        wish: For whom, for what, what of it, by which approval.
        pool: Draws papers.

    Raises:
        Refused: There is no approval, or nothing of what was asked may be released; reasons are named.
        BadInput: Purpose, party or covers are missing.
    """
    if (known := _made_before(ctx, wish)) is not None:
        return known
    desk = _begun(ctx, actor, case_id, wish)
    releases = _asked(desk)
    with ctx.database.read() as session:
        allowed = [r.document for r in releases if r.allowed]
        drawn = list(draw(office_of(ctx, session), desk.file, allowed, applicant=desk.applicant, wish=wish, pool=pool))
    clips = [_clip(desk, clip) for clip in wish.clips]
    items, pages = _items(drawn)
    withheld = [*_withheld(releases), *(dict(w) for w in wish.withheld)]
    job = _certificate(desk, items, clips, withheld, pages)
    data = _bound(desk, pool.make(job), drawn)
    blob = ctx.blobs.put(data)
    fields = {"blob": blob.sha256, "size": blob.size, "code_digest": digest(dict(job.values))}
    return _registered(desk, **fields, pages=pages, items=items, refused=withheld, clips=clips)


def _made_before(ctx: Context, wish: Wish) -> CopyFacts | None:
    """Return the copy that answers the request already: a step that ran before it was killed is not run again."""
    if not wish.request_id:
        return None
    with ctx.database.read() as session:
        return copy_of_request(session, wish.request_id)


def _begun(ctx: Context, actor: Actor, case_id: str, wish: Wish) -> _Desk:
    """Ask permission and approval, and draw the copy's number."""
    if not wish.purpose.strip():
        raise BadInput("没有写明复制用途。", remedy="填写用途，例如“申请行政复议”。", path="purpose")
    with ctx.database.write() as session:
        file = case_file(office_of(ctx, session), case_id)
        require_on(office_of(ctx, session), actor, Permission.COPY_MAKE, case=file.case)
        party = next((p for p in file.case.parties if p.id == wish.party_id), None)
        if party is None:
            raise BadInput("申请人不是本案当事人。", remedy="选择本案的当事人。", path="party_id")
        copy_id, now = ctx.ids.new(), ctx.clock.now()
        return _Desk(
            ctx=ctx,
            actor=actor,
            file=file,
            applicant=applicant_of(file, party),
            approval=_approval(file, wish),
            wish=wish,
            id=copy_id,
            number=_number(session, file, copy_id, now, actor),
            at=now,
        )


def _approval(file: CaseFile, wish: Wish) -> DocumentFacts:
    found = file.document(wish.approval_id)
    values = {k: v for fill in found.slots for k, v in fill.values.items()} if found else {}
    if (
        found is None
        or found.type != APPROVAL
        or found.status not in DONE
        or values.get("legal_decision") not in CONSENTS
    ):
        message = "复制须经法制机构负责人同意（第三十三条）。"
        finding = Finding(
            code="COPY", article="A33.1", message=message, remedy="先制发查阅复制审批表。", who="法制科负责人"
        )
        raise Refused(message, remedy=finding.remedy, findings=[finding])
    return found


def _number(session: orm.Session, file: CaseFile, holder: str, at: dt.datetime, actor: Actor) -> str:
    day = legal_date(at)
    number = numbering.reserve(
        session,
        file.case.agency_id,
        character=SERIES,
        day=day,
        holder_id=holder,
        settings=file.settings,
        at=at,
        actor=actor.account_id,
        written=numbering.Written(pattern=PATTERN, words={"year": str(day.year)}),
    )
    numbering.confirm(session, file.case.agency_id, holder)
    return number


def _asked(desk: _Desk) -> list[Release]:
    """Decide about every paper that was asked for; asked for one that is hidden, the answer is that there is none."""
    wanted = desk.wish.document_ids
    papers = [d for d in desk.file.documents if wanted is None or d.id in wanted]
    releases = [release_of(desk.file, d, desk.applicant) for d in papers]
    if wanted is None:
        releases = [r for r in releases if r.allowed]
    if not any(r.allowed for r in releases) and not desk.wish.clips:
        message = "所申请的内容没有可以提供的。"
        findings = [
            Finding(code="COPY", article="A33.1", message=f"《{r.document.title}》：{r.reason}") for r in releases
        ]
        raise Refused(message, remedy="制发查阅复制申请答复书，写明理由。", findings=findings)
    return releases


def _items(drawn: Sequence[Drawn]) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of the certificate and how many pages there are."""
    rows, page = [], 1
    for one in drawn:
        document, last = one.document, page + one.pages - 1
        rows.append(
            {
                "document_id": document.id,
                "title": document.title,
                "number": document.number,
                "date": document.issue_date.isoformat() if document.issue_date else None,
                "pages": str(page) if last == page else f"{page}-{last}",
                "covered": list(one.covered),
                "content_digest": document.content_digest,
            }
        )
        page = last + 1
    return rows, page - 1


def _withheld(releases: Sequence[Release]) -> list[dict[str, Any]]:
    return [{"title": r.document.title, "reason": r.reason} for r in releases if not r.allowed]


def _clip(desk: _Desk, clip: Any) -> dict[str, Any]:
    recording = desk.file.recording(clip.recording_id)
    if recording is None or not recording.blob or recording.id in desk.file.apart or recording.secrecy != "normal":
        raise BadInput("没有可以提供的这条音像记录。", remedy="选择批准提供的音像。", path="clips")
    blob = cut_clip(desk.ctx, recording.blob, recording.media_type, clip, desk.mark)
    return {
        "recording_id": recording.id,
        "title": f"{recording.number} {recording.summary or recording.scene}",
        "start_s": clip.start_s,
        "end_s": clip.end_s,
        "blob": blob.sha256,
        "size": blob.size,
        "media_type": "audio/mp4" if recording.media_type.startswith("audio/") else "video/mp4",
        "muted": [list(span) for span in clip.mutes],
    }


def _certificate(
    desk: _Desk,
    items: Sequence[Mapping[str, Any]],
    clips: Sequence[Mapping[str, Any]],
    withheld: Sequence[Any],
    pages: int,
) -> Any:
    case = desk.file.case
    rows = [
        {
            "title": i["title"],
            "number": i["number"] or None,
            "date": i["date"],
            "pages": i["pages"],
            "covered": f"{len(i['covered'])}处" if i["covered"] else "无",
            "sha256": i["content_digest"][:SHOWN],
        }
        for i in items
    ]
    rows += [
        {
            "title": c["title"],
            "pages": "另附",
            "covered": f"{c['start_s']:g}—{c['end_s']:g}秒",
            "sha256": c["blob"][:SHOWN],
        }
        for c in clips
    ]
    values = {
        "copy_no": desk.number,
        "agency": desk.file.settings.get("name"),
        "applicant": desk.applicant.party.name,
        "purpose": desk.wish.purpose,
        "case_no": case.number or case.working_number,
        "case_title": case.title,
        "approval_no": desk.approval.number,
        "made_on": legal_date(desk.at).isoformat(),
        "expires_on": legal_date(desk.expires_at).isoformat(),
        "pages": pages,
        "items": rows,
        "withheld": list(withheld),
    }
    return computed_job(
        desk.ctx,
        "copy_certificate",
        values,
        subject_id=desk.id,
        agency_name=str(desk.file.settings.get("name", "")),
        created_at=desk.at,
    )


def _bound(desk: _Desk, certificate: Made, drawn: Sequence[Drawn]) -> bytes:
    """Bind certificate and papers, mark each page, and seal the whole over the certificate's date."""
    parts = [Part(kind="cover", title="复制件证明", pdf=certificate.pdf)]
    for one in drawn:
        parts += [Part(kind="annex" if n else "item", title=title, pdf=pdf) for n, (title, pdf) in enumerate(one.parts)]
    sheet = Sheet(
        title=f"执法记录复制件 {desk.number}",
        author=str(desk.file.settings.get("name", "")),
        subject=desk.number,
        created_at=desk.at,
        stamp_face=_face(desk.ctx, "latin"),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "copy.pdf"
        bind(parts, sheet, [], path)
        with pikepdf.open(path) as pdf:
            mark = Watermark(pdf, _face(desk.ctx, "hei"), desk.mark)
            for page in pdf.pages:
                mark.put(page)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    order = order_of(desk.ctx, agency_id=desk.file.case.agency_id, agency=desk.file.settings, kind="agency")
    return seal(out.getvalue(), order, certificate.seal_place).pdf


def _face(ctx: Context, kind: str) -> Path:
    found = next(f for f in faces(ctx.settings.fonts_dir) if f.family == FACES[kind])
    return ctx.settings.fonts_dir / "ready" / found.file


def _registered(desk: _Desk, **fields: Any) -> CopyFacts:
    ctx, case = desk.ctx, desk.file.case
    with ctx.database.write() as session:
        row = CopyRow(
            id=desk.id,
            agency_id=case.agency_id,
            case_id=case.id,
            number=desk.number,
            party_id=desk.applicant.party.id,
            applicant=desk.applicant.party.name,
            purpose=desk.wish.purpose,
            approval_id=desk.approval.id,
            request_id=desk.wish.request_id,
            made_at=desk.at,
            expires_at=desk.expires_at,
            made_by=desk.actor.account_id,
            revoked_at=None,
            **fields,
        )
        session.add(row)
        data = {
            "copy": desk.id,
            "number": desk.number,
            "approval": desk.approval.id,
            "blob": row.blob,
            "documents": [i["document_id"] for i in row.items],
            "covered": {i["document_id"]: i["covered"] for i in row.items if i["covered"]},
        }
        stream = f"case:{case.id}"
        journal.append(session, ctx.clock, stream=stream, kind="copy.made", actor=desk.actor.account_id, data=data)
        session.flush()
        return copy_facts(row)
