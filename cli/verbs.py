"""What each `do` of a scenario does: one small function from a step to operation calls."""

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive import filing, packing
from casework import queries
from casework.facts import DocumentFacts
from casework.operations import cases, documents, issuing, recordings, services
from cli.cast import Played, linked
from cli.media import make_media
from cli.scenario import Signing, Step
from foundation.clock import parse_local
from generator import issuing as making

if TYPE_CHECKING:
    from cli.replay import Replay


def _open_case(play: "Replay", step: Step) -> Played:
    data = step.keys["data"]
    case = cases.open_case(
        play.ctx,
        play.actor(step.actor),
        procedure=data["procedure"],
        title=data["title"],
        party_ids=[play.cast.parties[p] for p in data.get("parties", ())],
        member_ids=[play.cast.people[p] for p in data.get("members", ())],
        dispute_prone=data.get("dispute_prone", False),
    )
    play.cast.case_id = case.id
    return Played(step=step)


def _paper(play: "Replay", step: Step) -> Played:
    document = _draft(play, step).document
    assert document is not None  # noqa: S101 - _draft always gives one
    for signing in step.signs:
        document = _sign_slot(play, step, signing, document.id)
    return _issue_at(play, step, document)


def _draft(play: "Replay", step: Step) -> Played:
    keys, cast = step.keys, play.cast
    of = [cast.recordings[r] for r in keys.get("recordings", ())]
    document = documents.draft(
        play.ctx,
        play.actor(step.actor),
        type=keys["doc"],
        case_id=cast.case_id or None,
        data=linked(cast, keys.get("data") or {}),
        party_id=cast.parties[keys["party"]] if "party" in keys else None,
        officer_ids=[cast.people[o] for o in keys["officers"]] if "officers" in keys else None,
        target_id=cast.documents[keys["target"]] if "target" in keys else None,
        recording_id=cast.recordings[keys["recording"]] if "recording" in keys else None,
        recording_ids=of,
        reference=step.id or keys["doc"],
    )
    cast.documents[step.id or keys["doc"]] = document.id
    return Played(step=step, document=document)


def _revise(play: "Replay", step: Step) -> Played:
    document = _document(play, step)
    revised = documents.revise(
        play.ctx,
        play.actor(step.actor),
        document_id=document.id,
        base_version=document.version,
        data=linked(play.cast, step.keys["data"]),
    )
    return Played(step=step, document=revised)


def _sign(play: "Replay", step: Step) -> Played:
    document = _document(play, step)
    for signing in step.signs:
        document = _sign_slot(play, step, signing, document.id)
    return Played(step=step, document=document)


def _sign_slot(play: "Replay", step: Step, signing: Signing, document_id: str) -> DocumentFacts:
    play.clock.move(signing.at or play.clock.now())
    document: DocumentFacts | None = None
    for person in signing.people or ("",):
        document = documents.fill_slot(
            play.ctx,
            play.actor(person or step.actor),
            document_id=document_id,
            slot=signing.slot,
            values=linked(play.cast, signing.data) if document is None else {},
            name=signing.name,
            method=signing.method,
            refused=signing.refused,
            witness=signing.witness,
        )
    assert document is not None  # noqa: S101 - the loop runs at least once
    return document


def _return(play: "Replay", step: Step) -> Played:
    document = _document(play, step)
    remarks = step.keys.get("remarks") or {}
    returned = documents.return_document(play.ctx, play.actor(step.actor), document_id=document.id, remarks=remarks)
    return Played(step=step, document=returned)


def _issue(play: "Replay", step: Step) -> Played:
    return Played(step=step, document=_make(play, step, _document(play, step).id))


def _issue_at(play: "Replay", step: Step, document: DocumentFacts) -> Played:
    if "issue" not in step.keys:
        return Played(step=step, document=document)
    play.clock.move(step.keys["issue"])
    return Played(step=step, document=_make(play, step, document.id))


def _make(play: "Replay", step: Step, document_id: str) -> DocumentFacts:
    actor = play.actor(step.actor)
    if play.press is not None:
        return making.issue(play.ctx, actor, document_id, play.press)
    issuing.reserve(play.ctx, actor, document_id=document_id)
    return issuing.commit(play.ctx, actor, document_id=document_id, blobs={})


def _void(play: "Replay", step: Step) -> Played:
    document = documents.void(
        play.ctx, play.actor(step.actor), document_id=_document(play, step).id, reason=step.keys["reason"]
    )
    return Played(step=step, document=document)


def _announce(play: "Replay", step: Step) -> Played:
    recording = recordings.announce_recording(
        play.ctx,
        play.actor(step.actor),
        case_id=play.cast.case_id or None,
        started_at=parse_local(step.keys["data"]["start"]),
        document_ids=_of(play, step),
        **_recording_words(play, step),
    )
    play.cast.recordings[step.id] = recording.id
    return Played(step=step, recording=recording)


def _end(play: "Replay", step: Step) -> Played:
    known = play.cast.recordings[step.id]
    ended = recordings.end_recording(play.ctx, play.actor(step.actor), recording_id=known, ended_at=step.at)
    return Played(step=step, recording=ended)


def _store(play: "Replay", step: Step) -> Played:
    data = step.keys["data"]
    seed = len(play.cast.recordings) + step.number
    known = play.cast.recordings.get(step.id)
    words: dict[str, Any] = (
        {"recording_id": known} if known else {"case_id": play.cast.case_id, **_recording_words(play, step)}
    )
    if not known:
        words["started_at"] = parse_local(data["start"])
    elif "summary" in data:
        words["summary"] = data["summary"]
    with tempfile.TemporaryDirectory() as folder:
        file = make_media(step.keys["media"], Path(folder), f"{seed}", seed=seed, beside=play.scenario.path.parent)
        recording = recordings.store_recording(
            play.ctx,
            play.actor(step.actor),
            **words,
            ended_at=parse_local(data["end"]) if "end" in data else None,
            file=file,
            file_name=data.get("file_name", f"{data.get('device', step.id)}_{seed:03}{file.suffix}"),
            late_reason=data.get("late_reason", ""),
            document_ids=_of(play, step),
        )
    play.cast.recordings[step.id] = recording.id
    return Played(step=step, recording=recording)


def _recording_words(play: "Replay", step: Step) -> dict[str, Any]:
    data = step.keys["data"]
    return {
        "kind": data.get("kind", "录像"),
        "scene": data["scene"],
        "device_no": data.get("device", ""),
        "operator_id": play.cast.people[data.get("operator", step.actor)],
        "place": data.get("place", ""),
        "party_informed": data.get("informed", True),
        "summary": data.get("summary", ""),
        "secrecy": data.get("secrecy", "normal"),
    }


def _of(play: "Replay", step: Step) -> list[str]:
    of = step.keys.get("of", ())
    return [play.cast.documents[d] for d in ([of] if isinstance(of, str) else of)]


def _serve(play: "Replay", step: Step) -> Played:
    data = dict(step.keys["data"])
    for key in ("received_at", "sent_at"):
        if key in data:
            data[key] = parse_local(data[key])
    if "refuse_date" in data:
        data["refuse_date"] = dt.date.fromisoformat(data["refuse_date"])
    receipt = services.serve(
        play.ctx,
        play.actor(step.actor),
        document_ids=_of(play, step),
        recording_ids=[play.cast.recordings[r] for r in step.keys.get("recordings", ())],
        reference=step.id,
        **data,
    )
    play.cast.documents[step.id] = receipt.id
    for signing in step.signs:
        receipt = _sign_slot(play, step, signing, receipt.id)
    return _issue_at(play, step, receipt)


def _emergency(play: "Replay", step: Step) -> Played:
    data = step.keys["data"]
    cases.start_emergency(
        play.ctx,
        play.actor(step.actor),
        case_id=play.cast.case_id,
        at=play.clock.now(),
        place=data["place"],
        reason=data["reason"],
    )
    return Played(step=step)


def _hand_over(play: "Replay", step: Step) -> Played:
    if play.press is not None:
        filing.hand_over(play.ctx, play.actor(step.actor), case_id=play.cast.case_id, press=play.press)
    return Played(step=step)


def _archive(play: "Replay", step: Step) -> Played:
    if play.press is not None:
        packing.pack(play.ctx, play.actor(step.actor), play.cast.case_id, play.press.pool)
    return Played(step=step)


def _document(play: "Replay", step: Step) -> DocumentFacts:
    with play.ctx.database.read() as session:
        return queries.document_facts(session, play.cast.documents[step.keys["of"]])


VERBS: Mapping[str, Callable[["Replay", Step], Played]] = {
    "open_case": _open_case,
    "paper": _paper,
    "draft": _draft,
    "revise": _revise,
    "sign": _sign,
    "return": _return,
    "issue": _issue,
    "void": _void,
    "announce": _announce,
    "end": _end,
    "store": _store,
    "serve": _serve,
    "emergency": _emergency,
    "hand_over": _hand_over,
    "archive": _archive,
}
