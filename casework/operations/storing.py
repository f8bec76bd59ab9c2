"""Storing the file of a recording: looked at, put into the store, within 24 hours of its end (A31.2).

Lateness asks a reason and is flagged; what is stored is never replaced (G18). Files of class `informant` are encrypted
before they are put. The file is looked at before anything is announced, so a bad one leaves nothing behind. What makes
it pleasant to look at (`casework.operations.deriving`) is asked for in the same transaction. Journal kind:
`recording.stored`.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission
from casework import flags, media, queries, recordings, sealing
from casework.cleaning import clean
from casework.facts import FlagFacts, RecordingFacts
from casework.operations import deriving
from casework.operations.announcing import announce_recording, happen, link, locked_recording, note
from casework.operations.common import require_on
from casework.views import Office, office
from foundation.context import Context
from foundation.digests import PIECE, Blob
from foundation.errors import BadInput, Conflict

PHOTO = "照相"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file that lies in the store: what it is and where."""

    blob: Blob
    plain_digest: str
    media: media.Media


def store_recording(
    ctx: Context,
    actor: Actor,
    *,
    file: Path,
    file_name: str,
    ended_at: dt.datetime | None = None,
    recording_id: str | None = None,
    late_reason: str = "",
    summary: str = "",
    continuous: bool = True,
    document_ids: Sequence[str] = (),
    taken: Blob | None = None,
    twice: bool = True,
    announce_as: str | None = None,
    **announcement: Any,
) -> RecordingFacts:
    """Store the file of a recording; without `recording_id` it is announced in the same act.

    Args:
        ctx: The floor.
        actor: Who stores it.
        file: The file as the device gave it; its type and length are looked at.
        file_name: Its original name.
        ended_at: When the recording ended; of a photo left out, or where `end_recording` said so.
        recording_id: The announced recording.
        late_reason: Why it comes later than 24 hours after its end (A31.2).
        summary: What it shows.
        continuous: It was not interrupted.
        document_ids: Papers that it belongs to.
        taken: Its digests, when they were just taken: the file is then linked into the store instead of copied.
        twice: The same bytes may be another recording of the case too.
        announce_as: Id that an unannounced one shall bear, so that storing it again after a crash makes no second one.
        announcement: What `announce_recording` asks, when it was not announced.

    Raises:
        BadInput: The file is empty, mislabelled or broken, the span impossible, or lateness has no reason.
        Conflict: Another file is stored for this recording, or this one is stored already for another.
    """
    seen = None
    if recording_id is None:
        seen = media.look_at(file, str(announcement["kind"]), file_name)
        _end(ctx, str(announcement["kind"]), announcement["started_at"], ended_at, late_reason)
        if not twice and taken:
            with ctx.database.read() as session:
                _refuse_twice(session, announcement["case_id"], taken.sha256, announce_as or "")
        recording_id = announce_recording(ctx, actor, summary=summary, recording_id=announce_as, **announcement).id
    known, ended_at = _ready(ctx, actor, recording_id, ended_at, late_reason)
    stored = _put(ctx, known, file, seen or media.look_at(file, known.kind, file_name), taken)
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = locked_recording(at, actor, recording_id)
        if known.stored_at is not None:
            return _again(at, known, stored)
        if not twice:
            _refuse_twice(session, known.case_id, stored.plain_digest, known.id)
        facts = _kept(at, known, stored, ended_at=ended_at, late_reason=late_reason, summary=summary)
        name = recordings.display_name(file_name)
        recordings.change(session, recording_id, ctx.keys, **facts, file_name=name, continuous=continuous)
        _after_storing(at, actor, recording_id, plain_digest=stored.plain_digest)
        link(at, actor, at.recording(recording_id), document_ids)
        return at.recording(recording_id)


def _ready(
    ctx: Context, actor: Actor, recording_id: str, ended_at: dt.datetime | None, late_reason: str
) -> tuple[RecordingFacts, dt.datetime]:
    """Ask everything that may refuse before bytes are moved; it is asked again under the lock."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        known = queries.recording_facts(session, recording_id)
        case = queries.case_facts(session, known.case_id, at.today) if known.case_id else None
        require_on(at, actor, Permission.RECORDING_ADD, case=case, recording=known)
    return known, end_of(ctx, known, ended_at, late_reason)


def end_of(ctx: Context, known: RecordingFacts, ended_at: dt.datetime | None, late_reason: str) -> dt.datetime:
    """Return when an announced recording ended.

    Raises:
        BadInput: It is not said, impossible, or longer ago than 24 hours without a reason.
    """
    return _end(ctx, known.kind, known.started_at, ended_at or known.ended_at, late_reason)


def _end(
    ctx: Context, kind: str, started_at: dt.datetime, ended_at: dt.datetime | None, late_reason: str
) -> dt.datetime:
    """Return when a recording ended; a photo ends when it begins."""
    ended = ended_at or (started_at if kind == PHOTO else None)
    if ended is None:
        raise BadInput("没有写明结束时间。", remedy="填写录制结束的时间。", path="ended_at")
    recordings.check_span(started_at, ended, ctx.clock.now())
    recordings.late_reason(ended, ctx.clock.now(), late_reason)
    return ended


def _put(ctx: Context, known: RecordingFacts, file: Path, seen: media.Media, taken: Blob | None) -> Stored:
    """Put the file into the store, encrypted when it could tell who an informant is."""
    if about := sealing.about_recording(known):
        plain_digest = taken.sha256 if taken else _digest(file)
        return Stored(blob=sealing.put(ctx, file, about), plain_digest=plain_digest, media=seen)
    blob = ctx.blobs.adopt(file, taken) if taken else ctx.blobs.put(file)
    return Stored(blob=blob, plain_digest=blob.sha256, media=seen)


def _digest(file: Path) -> str:
    taken = hashlib.sha256()
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            taken.update(piece)
    return taken.hexdigest()


def _refuse_twice(session: orm.Session, case_id: str | None, digest: str, besides: str) -> None:
    if number := recordings.same_file(session, case_id, digest, besides):
        raise Conflict(
            f"这个文件与本案音像{number}完全相同。",
            remedy="不必重复存入；确为另一次记录的，勾选“仍然另存一份”。",
            path="twice",
        )


def _again(at: Office, known: RecordingFacts, stored: Stored) -> RecordingFacts:
    if recordings.plain_digest_of(at.session, known.id) == stored.plain_digest:
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
        "told": stored.media.told.stored(),
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
    note(at, actor, facts, "recording.stored", **data, late=facts.late)
    if facts.late:
        flags.add(at.session, facts.agency_id, _late_flag(at, facts, ended_at, stored_at))
    deriving.ask(at, actor, facts)
    spans = {"ended_at": ended_at, "stored_at": stored_at, "late_reason": facts.late_reason}
    happen(at, actor, facts, "stored", stored_at, **spans)


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
