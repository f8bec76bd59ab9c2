"""Announcing recordings, saying when they ended, linking them to papers.

Journal kinds: `recording.announced`, `recording.ended`, `recording.linked`; in the case's stream, or the agency's when
a recording belongs to no case.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from access.facts import Actor
from access.policy import Permission, absent
from casework import casebook, numbering, officers, queries, recordings, shelf
from casework.cleaning import clean
from casework.facts import CaseFacts, Happening, RecordingFacts
from casework.operations import events, recording_places
from casework.operations.common import require_on
from casework.sealing import INFORMANT
from casework.views import Office, office
from foundation import journal, outbox
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput, Conflict

SERIES = "AV"
CLASSES = ("normal", "internal", "privacy", "business_secret", "work_secret", INFORMANT)


def announce_recording(
    ctx: Context,
    actor: Actor,
    *,
    case_id: str | None,
    kind: str,
    scene: str,
    operator_id: str,
    started_at: dt.datetime,
    device_no: str = "",
    place: str = "",
    party_informed: bool = True,
    summary: str = "",
    document_ids: Sequence[str] = (),
    secrecy: str = "normal",
    recording_id: str | None = None,
) -> RecordingFacts:
    """Announce a recording that begins: its number is drawn, the file follows.

    Args:
        ctx: The floor.
        actor: Who announces it.
        case_id: The case; None for one of the agency (an acceptance counter).
        kind: 照相, 录音, 录像 or 视频监控.
        scene: The act that is recorded.
        operator_id: Who records.
        started_at: When it began.
        device_no: Device of the agency's register; the operator's only one when left out.
        place: Where; as `rules/recordings.yaml` says for the scene when left out.
        party_informed: The party was told of it (A11.2).
        summary: What it shows; may follow with the file.
        document_ids: Papers of the act.
        secrecy: Class.
        recording_id: Id that it shall bear; one that is announced under it already is returned as it is, so that an
            act that was broken off may come again.

    Raises:
        BadInput: Something is missing or impossible.
        Refused: The device is none of the agency's, or not in service (A4.2).
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = locked_case(at, case_id)
        require_on(at, actor, Permission.RECORDING_ADD, case=case)
        if recording_id and (known := recordings.is_known(session, recording_id, actor.agency_id, case_id)):
            return at.recording(known)
        words = {"kind": kind, "scene": scene, "place": place, "summary": summary, "secrecy": secrecy}
        given: dict[str, Any] = {"device_no": device_no, "operator_id": operator_id, "started_at": started_at, **words}
        facts = _prepared(at, actor, case, party_informed=party_informed, **given)
        facts = replace(facts, id=recording_id or ctx.ids.new())
        facts = replace(facts, number=_number(at, actor, facts.id, legal_date(started_at)))
        recordings.insert(session, facts, ctx.keys, ctx.clock.now())
        note(at, actor, facts, "recording.announced", number=facts.number, device=facts.device_id, operator=operator_id)
        happen(at, actor, facts, "announced", started_at)
        link(at, actor, facts, document_ids)
        return at.recording(facts.id)


def check_announcement(ctx: Context, actor: Actor, *, case_id: str | None, **words: Any) -> None:
    """Refuse what `announce_recording` would refuse, before a large file is sent; nothing is written.

    Raises:
        BadInput: Something is missing or impossible.
        Refused: The device is none of the agency's, or not in service (A4.2).
    """
    with ctx.database.read() as session:
        at = office(ctx, session)
        case = queries.case_facts(session, case_id, at.today) if case_id else None
        require_on(at, actor, Permission.RECORDING_ADD, case=case)
        _prepared(at, actor, case, party_informed=True, **words)


def locked_case(at: Office, case_id: str | None) -> CaseFacts | None:
    """Lock a case and return it; None for what belongs to the agency."""
    if case_id is None:
        return None
    shelf.lock_case(at.session, case_id)
    return queries.case_facts(at.session, case_id, at.today)


def _prepared(
    at: Office,
    actor: Actor,
    case: CaseFacts | None,
    *,
    device_no: str,
    operator_id: str,
    started_at: dt.datetime,
    kind: str,
    scene: str,
    place: str,
    summary: str,
    secrecy: str,
    party_informed: bool,
) -> RecordingFacts:
    """Return what would be announced, without id and number; refuse what may not."""
    if secrecy not in CLASSES:
        raise BadInput(f"没有“{secrecy}”这种密级。", remedy=f"可用：{'、'.join(CLASSES)}。", path="secrecy")
    place = clean(place) or recording_places.place_of(at, case, scene=scene, kind=kind, operator_id=operator_id)
    recordings.check_words(kind=kind, scene=clean(scene), place=place)
    recordings.check_span(started_at, None, at.ctx.clock.now())
    day = legal_date(started_at)
    operator = officers.officer(at.session, operator_id, day)
    register = queries.devices(at.session, actor.agency_id)
    device_no = device_no or recordings.own_device(register, operator.name, day)
    device = recordings.check_device(next((d for d in register if d.device_no == device_no), None), device_no, day)
    return RecordingFacts(
        id="",
        agency_id=actor.agency_id,
        case_id=case.id if case else None,
        number="",
        kind=kind,
        scene=clean(scene),
        device_id=device.id,
        device_no=device.device_no,
        operator_id=operator_id,
        operator=operator.name,
        started_at=started_at,
        ended_at=None,
        stored_at=None,
        place=place,
        summary=clean(summary, lines=True),
        party_informed=party_informed,
        secrecy=secrecy,
        **_NO_FILE,
    )


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
        known = locked_recording(at, actor, recording_id)
        if known.stored_at is not None:
            raise Conflict(f"音像{known.number}已经存入系统。", remedy="已存储的音像不得更改。")
        recordings.check_span(known.started_at, ended_at, ctx.clock.now())
        recordings.change(session, recording_id, ctx.keys, ended_at=ended_at)
        note(at, actor, known, "recording.ended", ended_at=ended_at)
        happen(at, actor, known, "ended", ended_at, ended_at=ended_at)
        return at.recording(recording_id)


def locked_recording(at: Office, actor: Actor, recording_id: str) -> RecordingFacts:
    """Lock a recording's case, ask the policy and return the recording."""
    first = queries.recording_facts(at.session, recording_id)
    case = locked_case(at, first.case_id)
    require_on(at, actor, Permission.RECORDING_ADD, case=case, recording=first)
    return at.recording(recording_id)


def link_recording(ctx: Context, actor: Actor, *, recording_id: str, document_ids: Sequence[str]) -> RecordingFacts:
    """Link a recording to papers of its case; what is linked stays linked.

    Raises:
        NotFound: A paper of another case.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = locked_recording(at, actor, recording_id)
        link(at, actor, known, document_ids)
        return at.recording(recording_id)


def link(at: Office, actor: Actor, facts: RecordingFacts, document_ids: Sequence[str]) -> None:
    """Link a recording to papers that it does not belong to yet."""
    now = at.ctx.clock.now()
    new = [d for d in dict.fromkeys(document_ids) if d not in facts.document_ids]
    for document_id in new:
        document = at.document(document_id)
        if (document.agency_id, document.case_id) != (facts.agency_id, facts.case_id):
            raise absent("document")
        shelf.link_recording(at.session, facts.id, document, now)
        casebook.reindex(at.session, "document", document_id, now)
    if new:
        note(at, actor, facts, "recording.linked", documents=new)


def happen(at: Office, actor: Actor, facts: RecordingFacts, kind: str, when: dt.datetime, **values: Any) -> None:
    """Let a recording's act happen in its case."""
    if facts.case_id is not None:
        happening = Happening(
            kind=kind, case_id=facts.case_id, agency_id=facts.agency_id, subject_id=facts.id, at=when, values=values
        )
        events.happen(at, actor, happening)


def note(at: Office, actor: Actor, facts: RecordingFacts, kind: str, **data: Any) -> None:
    """Write a journal event about a recording and ask the index to look again."""
    stream = f"case:{facts.case_id}" if facts.case_id else f"agency:{facts.agency_id}"
    event = {"recording": facts.id, **data}
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)
    outbox.add(at.session, topic="index", kind="recording", subject=facts.id, at=at.ctx.clock.now())
