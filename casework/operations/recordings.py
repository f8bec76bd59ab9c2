"""Recordings: announced when the device starts, ended, stored within 24 hours (A31.2), linked to papers.

Journal kinds: `recording.announced`, `recording.ended`, `recording.stored`, `recording.linked`; in the case's stream,
or the agency's when a recording belongs to no case.
"""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access.facts import Actor
from access.policy import Permission
from casework import casebook, flags, media, numbering, officers, queries, recordings, shelf
from casework.cleaning import clean
from casework.facts import CaseFacts, FlagFacts, Happening, RecordingFacts
from casework.operations import events
from casework.operations.common import require_on
from casework.views import Office, office
from foundation import journal, outbox
from foundation.clock import legal_date
from foundation.context import Context
from foundation.digests import PIECE, Blob
from foundation.errors import BadInput, Conflict

SERIES = "AV"
INFORMANT = "informant"
CLASSES = ("normal", "internal", "privacy", "business_secret", "work_secret", INFORMANT)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file that lies in the store: what it is and where."""

    blob: Blob
    plain_digest: str
    media: media.Media


def announce_recording(
    ctx: Context,
    actor: Actor,
    *,
    case_id: str | None,
    kind: str,
    scene: str,
    device_no: str,
    operator_id: str,
    started_at: dt.datetime,
    place: str,
    party_informed: bool = True,
    summary: str = "",
    document_ids: Sequence[str] = (),
    secrecy: str = "normal",
) -> RecordingFacts:
    """Announce a recording that begins: its number is drawn, the file follows.

    Args:
        ctx: The floor.
        actor: Who announces it.
        case_id: The case; None for one of the agency (an acceptance counter).
        kind: 照相, 录音, 录像 or 视频监控.
        scene: The act that is recorded.
        device_no: Device of the agency's register.
        operator_id: Who records.
        started_at: When it began.
        place: Where.
        party_informed: The party was told of it (A11.2).
        summary: What it shows; may follow with the file.
        document_ids: Papers of the act.
        secrecy: Class.

    Raises:
        BadInput: Something is missing or impossible.
        Refused: The device is none of the agency's, or not in service (A4.2).
    """
    recordings.check_words(kind=kind, scene=scene, place=place)
    if secrecy not in CLASSES:
        raise BadInput(f"没有“{secrecy}”这种密级。", remedy=f"可用：{'、'.join(CLASSES)}。", path="secrecy")
    words = {"kind": kind, "scene": clean(scene), "place": clean(place), "summary": clean(summary, lines=True)}
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = _locked_case(at, case_id)
        require_on(at, actor, Permission.RECORDING_ADD, case=case)
        facts = _announced(
            at,
            actor,
            case,
            device_no=device_no,
            operator_id=operator_id,
            started_at=started_at,
            party_informed=party_informed,
            secrecy=secrecy,
            **words,
        )
        _link(at, actor, facts, document_ids)
        return queries.recording_facts(session, facts.id)


def _locked_case(at: Office, case_id: str | None) -> CaseFacts | None:
    if case_id is None:
        return None
    shelf.lock_case(at.session, case_id)
    return queries.case_facts(at.session, case_id, at.today)


def _announced(
    at: Office,
    actor: Actor,
    case: CaseFacts | None,
    *,
    device_no: str,
    operator_id: str,
    started_at: dt.datetime,
    **words: Any,
) -> RecordingFacts:
    now, day = at.ctx.clock.now(), legal_date(started_at)
    recordings.check_span(started_at, None, now)
    found = queries.find_device(at.session, actor.agency_id, device_no)
    device = recordings.check_device(found, device_no, day)
    operator = officers.officer(at.session, operator_id, day)
    recording_id = at.ctx.ids.new()
    facts = RecordingFacts(
        id=recording_id,
        agency_id=actor.agency_id,
        case_id=case.id if case else None,
        number=_number(at, actor, recording_id, day),
        device_id=device.id,
        device_no=device.device_no,
        operator_id=operator_id,
        operator=operator.name,
        started_at=started_at,
        ended_at=None,
        stored_at=None,
        **_NO_FILE,
        **words,
    )
    recordings.insert(at.session, facts, now)
    _note(at, actor, facts, "recording.announced", number=facts.number, device=device.id, operator=operator_id)
    _happen(at, actor, facts, "announced", started_at)
    return facts


_NO_FILE: dict[str, Any] = {
    "file_name": "",
    "media_type": "",
    "blob": "",
    "sm3": "",
    "size": 0,
    "continuous": True,
    "late": False,
}


def _number(at: Office, actor: Actor, holder_id: str, day: dt.date) -> str:
    text = numbering.reserve(
        at.session,
        actor.agency_id,
        character=SERIES,
        day=day,
        holder_id=holder_id,
        settings=at.settings_today(actor.agency_id),
        at=at.ctx.clock.now(),
        actor=actor.account_id,
    )
    numbering.confirm(at.session, actor.agency_id, holder_id)
    return text


def end_recording(ctx: Context, actor: Actor, *, recording_id: str, ended_at: dt.datetime) -> RecordingFacts:
    """Say when a recording ended: from then 24 hours run for its file.

    Raises:
        BadInput: The end is impossible.
        Conflict: The file is stored already.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = _locked_recording(at, actor, recording_id)
        if known.stored_at is not None:
            raise Conflict(f"音像{known.number}已经存入系统。", remedy="已存储的音像不得更改。")
        recordings.check_span(known.started_at, ended_at, ctx.clock.now())
        recordings.change(session, recording_id, ended_at=ended_at)
        _note(at, actor, known, "recording.ended", ended_at=ended_at)
        _happen(at, actor, known, "ended", ended_at, ended_at=ended_at)
        return queries.recording_facts(session, recording_id)


def _locked_recording(at: Office, actor: Actor, recording_id: str) -> RecordingFacts:
    first = queries.recording_facts(at.session, recording_id)
    case = _locked_case(at, first.case_id)
    require_on(at, actor, Permission.RECORDING_ADD, case=case, recording=first)
    return queries.recording_facts(at.session, recording_id)


def store_recording(
    ctx: Context,
    actor: Actor,
    *,
    file: Path,
    file_name: str,
    ended_at: dt.datetime,
    recording_id: str | None = None,
    late_reason: str = "",
    summary: str = "",
    continuous: bool = True,
    document_ids: Sequence[str] = (),
    **announcement: Any,
) -> RecordingFacts:
    """Store the file of a recording; without `recording_id` it is announced in the same act.

    Args:
        ctx: The floor.
        actor: Who stores it.
        file: The file as the device gave it; its type and length are looked at.
        file_name: Its original name.
        ended_at: When the recording ended.
        recording_id: The announced recording.
        late_reason: Why it comes later than 24 hours after its end (A31.2).
        summary: What it shows.
        continuous: It was not interrupted.
        document_ids: Papers that it belongs to.
        announcement: What `announce_recording` asks, when it was not announced.

    Raises:
        BadInput: The file is empty, mislabelled or broken, the span impossible, or lateness has no reason.
        Conflict: Another file is stored for this recording.
    """
    if recording_id is None:
        recording_id = announce_recording(ctx, actor, summary=summary, **announcement).id
    known = _ready(ctx, actor, recording_id, ended_at, late_reason)
    seen = media.look_at(file, known.kind, file_name)
    stored = _put(ctx, known, file, seen)
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = _locked_recording(at, actor, recording_id)
        if known.stored_at is not None:
            return _again(known, stored)
        facts = _kept(at, known, stored, ended_at=ended_at, late_reason=late_reason, summary=summary)
        name = recordings.display_name(file_name)
        recordings.change(session, recording_id, **facts, file_name=name, continuous=continuous)
        _after_storing(at, actor, recording_id, plain_digest=stored.plain_digest)
        _link(at, actor, queries.recording_facts(session, recording_id), document_ids)
        return queries.recording_facts(session, recording_id)


def _ready(ctx: Context, actor: Actor, recording_id: str, ended_at: dt.datetime, late_reason: str) -> RecordingFacts:
    """Ask everything that may refuse before bytes are moved; it is asked again under the lock."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        known = queries.recording_facts(session, recording_id)
        case = queries.case_facts(session, known.case_id, at.today) if known.case_id else None
        require_on(at, actor, Permission.RECORDING_ADD, case=case, recording=known)
    recordings.check_span(known.started_at, ended_at, ctx.clock.now())
    recordings.late_reason(ended_at, ctx.clock.now(), late_reason)
    return known


def _put(ctx: Context, known: RecordingFacts, file: Path, seen: media.Media) -> Stored:
    """Put the file into the store, encrypted when it could tell who an informant is."""
    if known.secrecy != INFORMANT:
        blob = ctx.blobs.put(file)
        return Stored(blob=blob, plain_digest=blob.sha256, media=seen)
    with tempfile.TemporaryFile(dir=ctx.settings.data_dir) as sealed, file.open("rb") as plain:
        ctx.keys.encrypt_stream(plain, sealed, about_blob(known.id))
        sealed.seek(0)
        return Stored(blob=ctx.blobs.put(sealed), plain_digest=_digest(file), media=seen)


def about_blob(recording_id: str) -> str:
    """Return what an encrypted recording is bound to (`foundation.keys`)."""
    return f"recording:{recording_id}:blob"


def _digest(file: Path) -> str:
    taken = hashlib.sha256()
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            taken.update(piece)
    return taken.hexdigest()


def _again(known: RecordingFacts, stored: Stored) -> RecordingFacts:
    if known.blob == stored.blob.sha256:
        return known
    raise Conflict(
        f"音像{known.number}已经存入另一个文件。",
        remedy="已存储的原始音像不得替换；确为另一段的，另行登记。",
        path="file",
    )


def _kept(
    at: Office, known: RecordingFacts, stored: Stored, *, ended_at: dt.datetime, late_reason: str, summary: str
) -> dict[str, Any]:
    now = at.ctx.clock.now()
    recordings.check_span(known.started_at, ended_at, now)
    reason = recordings.late_reason(ended_at, now, late_reason)
    return {
        "ended_at": ended_at,
        "stored_at": now,
        "late": bool(reason),
        "late_reason": reason,
        "summary": clean(summary, lines=True) or known.summary,
        "media_type": stored.media.media_type,
        "duration_s": stored.media.duration_s,
        "blob": stored.blob.sha256,
        "plain_digest": stored.plain_digest,
        "sm3": stored.blob.sm3,
        "size": stored.blob.size,
    }


def _after_storing(at: Office, actor: Actor, recording_id: str, *, plain_digest: str) -> None:
    facts = queries.recording_facts(at.session, recording_id)
    ended_at, stored_at = facts.ended_at, facts.stored_at
    if ended_at is None or stored_at is None:
        return
    data = {"number": facts.number, "blob": facts.blob, "sm3": facts.sm3, "plain": plain_digest, "size": facts.size}
    _note(at, actor, facts, "recording.stored", **data, late=facts.late)
    if facts.late:
        flags.add(at.session, facts.agency_id, _late_flag(at, facts, ended_at, stored_at))
    spans = {"ended_at": ended_at, "stored_at": stored_at, "late_reason": facts.late_reason}
    _happen(at, actor, facts, "stored", stored_at, **spans)


def _late_flag(at: Office, facts: RecordingFacts, ended_at: dt.datetime, stored_at: dt.datetime) -> FlagFacts:
    return FlagFacts(
        id=at.ctx.ids.new(),
        case_id=facts.case_id,
        kind="late:av_upload",
        subject_id=facts.id,
        article="A31.2",
        message=recordings.late_flag_message(facts.number, ended_at, stored_at),
        reason=facts.late_reason,
        at=stored_at,
    )


def link_recording(ctx: Context, actor: Actor, *, recording_id: str, document_ids: Sequence[str]) -> RecordingFacts:
    """Link a recording to papers of its case; what is linked stays linked.

    Raises:
        NotFound: A paper of another case.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = _locked_recording(at, actor, recording_id)
        _link(at, actor, known, document_ids)
        return queries.recording_facts(session, recording_id)


def _link(at: Office, actor: Actor, facts: RecordingFacts, document_ids: Sequence[str]) -> None:
    now = at.ctx.clock.now()
    new = [d for d in dict.fromkeys(document_ids) if d not in facts.document_ids]
    for document_id in new:
        shelf.link_recording(at.session, facts.id, at.document(document_id), now)
        casebook.reindex(at.session, "document", document_id, now)
    if new:
        _note(at, actor, facts, "recording.linked", documents=new)


def _happen(at: Office, actor: Actor, facts: RecordingFacts, kind: str, when: dt.datetime, **values: Any) -> None:
    if facts.case_id is not None:
        happening = Happening(
            kind=kind, case_id=facts.case_id, agency_id=facts.agency_id, subject_id=facts.id, at=when, values=values
        )
        events.happen(at, actor, happening)


def _note(at: Office, actor: Actor, facts: RecordingFacts, kind: str, **data: Any) -> None:
    stream = f"case:{facts.case_id}" if facts.case_id else f"agency:{facts.agency_id}"
    event = {"recording": facts.id, **data}
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)
    outbox.add(at.session, topic="index", kind="recording", subject=facts.id, at=at.ctx.clock.now())
