"""The player of a recording, its facts and its bytes by range."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casework import queries, sealing
from casework.facts import RecordingFacts
from foundation.errors import NotFound
from web import blobs
from web.blobs import Held
from web.lookup import sight
from web.security import signed_in

recordings = Blueprint("recordings", __name__)

DERIVATIVES = {"poster": "image/jpeg", "waveform": "image/png", "playable": "video/mp4"}
"""Kinds of what is made from an original, and what they are."""


@recordings.get("/recordings/<recording_id>")
@signed_in
def recording(recording_id: str) -> ResponseReturnValue:
    """Show one recording."""
    with sight() as see:
        facts = see.recording(recording_id)
        papers = (
            [d for d in queries.documents_of(see.session, facts.case_id) if d.id in facts.document_ids]
            if facts.case_id
            else []
        )
        return render_template(
            "recording.html",
            area="cases",
            recording=facts,
            case=see.case_of(facts.case_id),
            family=facts.media_type.partition("/")[0],
            documents=see.seen(papers),
        )


@recordings.get("/recordings/<recording_id>/media")
@signed_in
def media(recording_id: str) -> ResponseReturnValue:
    """Answer with the original, or the range that a player asks for."""
    return blobs.deliver(_held(recording_id, "original"), as_file=False)


@recordings.get("/recordings/<recording_id>/file")
@signed_in
def download(recording_id: str) -> ResponseReturnValue:
    """Answer with the original as a file."""
    return blobs.deliver(_held(recording_id, "original"), as_file=True)


@recordings.get("/recordings/<recording_id>/<kind>")
@signed_in
def derivative(recording_id: str, kind: str) -> ResponseReturnValue:
    """Answer with a poster, waveform or playable copy."""
    return blobs.deliver(_held(recording_id, kind), as_file=False)


def _held(recording_id: str, kind: str) -> Held:
    with sight() as see:
        facts = see.recording(recording_id)
    blob = facts.blob if kind == "original" else facts.derivatives.get(kind, "")
    if not blob:
        raise NotFound("文件还没有存入。", remedy="结束后 24 小时内上传。")
    about = sealing.about_recording(facts, "blob" if kind == "original" else kind)
    return Held(
        record=queries.recording_record(facts),
        name=_name(facts, kind),
        media_type=facts.media_type if kind == "original" else DERIVATIVES.get(kind, "application/octet-stream"),
        size=blobs.size_of(blob, about),
        blob=blob,
        about=about,
    )


def _name(facts: RecordingFacts, kind: str) -> str:
    return f"{facts.number} {facts.file_name}" if kind == "original" else f"{facts.number} {kind}"
