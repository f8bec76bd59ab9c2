"""What becomes of uploaded photos, sounds and videos (`foundation.uploads`): a recording, by the one door of storing.

Two purposes. `recording`: a file of a case that nobody announced; its recording bears the upload's id, so a server that
is killed in between makes no second one. `recording_file`: the file of an announced recording. Whatever may refuse is
asked before the first byte is sent, and again at the end. A beginning that nobody gave is taken from the file when its
clock can be right, else from the server's (D13): both stay in the record.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from access.actors import actor_of
from access.facts import Actor
from access.policy import Permission
from casework import media, queries, recordings
from casework.facts import RecordingFacts
from casework.operations import announcing
from casework.operations.common import require_on
from casework.operations.storing import PHOTO, end_of, store_recording
from casework.views import office
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import BadInput, Conflict
from foundation.uploads import Arrived, Wanted, purpose

NEW, OF_ANNOUNCED = "recording", "recording_file"
OLDEST = dt.timedelta(days=366)
"""A file's own time is not believed when it lies longer back, or in the future."""


def moment_of(words: Mapping[str, str], name: str) -> dt.datetime | None:
    """Return a local time that a person typed (`2026-01-06T09:30`), None when the field is empty.

    Raises:
        BadInput: It is no time.
    """
    text = words.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_local(text)
    except ValueError:
        raise BadInput(f"时间“{text[:30]}”读不懂。", remedy="写作 2026-01-06T09:30。", path=name) from None


def is_on(words: Mapping[str, str], name: str) -> bool:
    """Tell whether a box was ticked."""
    return words.get(name, "") not in ("", "0", "false")


def documents_of(words: Mapping[str, str]) -> tuple[str, ...]:
    """Return the papers that a recording shall be linked to."""
    return tuple(d for d in words.get("documents", "").replace(",", " ").split() if d)


def announcement(case_id: str | None, words: Mapping[str, str], operator_id: str) -> dict[str, Any]:
    """Return typed words as `announce_recording` takes them, without the beginning."""
    plain = {name: words.get(name, "") for name in ("kind", "scene", "device_no", "place", "summary")}
    secrecy = words.get("secrecy", "") or "normal"
    return {"case_id": case_id, **plain, "operator_id": words.get("operator_id") or operator_id, "secrecy": secrecy}


def _begin_new(ctx: Context, wanted: Wanted) -> None:
    actor, now = _actor(ctx, wanted.by), ctx.clock.now()
    started, ended = moment_of(wanted.words, "started_at"), moment_of(wanted.words, "ended_at")
    words = announcement(wanted.subject, wanted.words, actor.person_id)
    announcing.check_announcement(ctx, actor, started_at=started or ended or now, **words)
    recordings.check_span(started or ended or now, ended, now)
    ended = ended or (started if words["kind"] == PHOTO else None)
    if ended:
        recordings.late_reason(ended, now, wanted.words.get("late_reason", ""))


@purpose(NEW, title="音像", begin=_begin_new)
def receive_new(ctx: Context, arrived: Arrived) -> str:
    """Make a recording of a file that nobody announced."""
    upload, actor = arrived.upload, _actor(ctx, arrived.upload.by)
    words = announcement(upload.subject, upload.words, actor.person_id)
    started, ended = _span(ctx, arrived, words["kind"])
    kept = store_recording(
        ctx,
        actor,
        **_file_words(arrived),
        **words,
        party_informed=is_on(upload.words, "party_informed"),
        started_at=started,
        ended_at=ended,
        announce_as=upload.id,
    )
    return f"/recordings/{kept.id}"


def _span(ctx: Context, arrived: Arrived, kind: str) -> tuple[dt.datetime, dt.datetime]:
    """Return beginning and end: as typed, else as the file says, else so that it ended when it was sent."""
    words = arrived.upload.words
    started, ended = moment_of(words, "started_at"), moment_of(words, "ended_at")
    seen = media.look_at(arrived.part.path, kind, arrived.upload.file_name)
    length = dt.timedelta(seconds=seen.duration_s or 0)
    sent = arrived.upload.begun_at
    if started is None:
        taken = seen.told.taken_at
        is_right = taken is not None and sent - OLDEST < taken <= sent - length
        started = (ended - length) if ended else (taken if is_right and taken else sent - length)
    return started, ended or (started if kind == PHOTO else min(started + length, ctx.clock.now()))


def _begin_file(ctx: Context, wanted: Wanted) -> None:
    actor = _actor(ctx, wanted.by)
    with ctx.database.read() as session:
        at = office(ctx, session)
        known = queries.recording_facts(session, wanted.subject)
        case = queries.case_facts(session, known.case_id, at.today) if known.case_id else None
        require_on(at, actor, Permission.RECORDING_ADD, case=case, recording=known)
    if known.stored_at is not None:
        raise Conflict(f"音像{known.number}已经存入系统。", remedy="已存储的原始音像不得替换；确为另一段的，另行登记。")
    end_of(ctx, known, moment_of(wanted.words, "ended_at"), wanted.words.get("late_reason", ""))


@purpose(OF_ANNOUNCED, title="音像", begin=_begin_file)
def receive_file(ctx: Context, arrived: Arrived) -> str:
    """Store the file of an announced recording."""
    upload = arrived.upload
    kept: RecordingFacts = store_recording(
        ctx,
        _actor(ctx, upload.by),
        **_file_words(arrived),
        recording_id=upload.subject,
        ended_at=moment_of(upload.words, "ended_at"),
        summary=upload.words.get("summary", ""),
    )
    return f"/recordings/{kept.id}"


def _file_words(arrived: Arrived) -> dict[str, Any]:
    words = arrived.upload.words
    return {
        "file": arrived.part.path,
        "file_name": arrived.upload.file_name,
        "taken": arrived.blob,
        "twice": is_on(words, "twice"),
        "late_reason": words.get("late_reason", ""),
        "continuous": not is_on(words, "interrupted"),
        "document_ids": documents_of(words),
    }


def _actor(ctx: Context, account_id: str) -> Actor:
    with ctx.database.read() as session:
        return actor_of(session, account_id, ctx.clock.now())
