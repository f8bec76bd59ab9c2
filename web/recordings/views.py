"""The player of a recording, its facts and its bytes by range."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from casework import queries, sealing
from casework.facts import RecordingFacts
from casework.operations import deriving, receiving
from casework.operations import recordings as operations
from foundation import uploads
from foundation.errors import BadInput, NotFound
from web import blobs
from web.blobs import Held
from web.forms import Form
from web.lookup import Sight, sight
from web.recordings.adding import take
from web.recordings.showing import (
    against,
    found_in,
    marks,
    pointed,
    preview_state,
    seconds_text,
    storage_clock,
    told,
)
from web.security import signed_in, the_actor, the_context

recordings = Blueprint("recordings", __name__)
recordings.add_app_template_filter(storage_clock, "storage_clock")
recordings.add_app_template_filter(seconds_text, "seconds")

DERIVATIVES = {"poster": "image/jpeg", "waveform": "image/png"}
"""Kinds of what is made from an original, and what they are; a playable copy is of its original's family."""
PLAYABLE = {"image": "image/jpeg", "audio": "audio/mp4", "video": "video/mp4"}


@recordings.get("/recordings/<recording_id>")
@signed_in
def recording(recording_id: str) -> ResponseReturnValue:
    """Show one recording."""
    with sight() as see:
        return page(see, see.recording(recording_id), Form(values=dict(request.args)))


def page(see: Sight, facts: RecordingFacts, form: Form) -> str:
    """Return the page of a recording, with what was typed when something was refused."""
    papers = queries.documents_of(see.session, facts.case_id) if facts.case_id else []
    linked = see.seen(d for d in papers if d.id in facts.document_ids)
    points = pointed(see, linked)
    said = queries.transcript_of(see.session, facts.id)
    cues = sealing.opened(see.ctx.keys, said).lines if said else []
    case = see.case_of(facts.case_id)
    return render_template(
        "recording.html",
        area="cases",
        recording=facts,
        case=case,
        form=form,
        family=facts.media_type.partition("/")[0],
        documents=linked,
        others=[(d.id, d.title) for d in see.seen(papers) if d.id not in facts.document_ids],
        points=points,
        marks=list(marks(facts, points)),
        cues=cues,
        found=found_in(cues, request.args.get("q", "")),
        preview=preview_state(see, facts),
        shown=facts.media_type in blobs.INLINE,
        told=told(facts),
        may_mark=not against(see, Permission.RECORDING_MARK, facts),
        adding=against(see, Permission.RECORDING_ADD, case) if case else [],
        most=uploads.most(see.ctx),
        purpose=receiving.OF_ANNOUNCED,
    )


@recordings.post("/recordings/<recording_id>/end")
@signed_in
def end(recording_id: str) -> ResponseReturnValue:
    """Say when an announced recording ended; now when nothing was typed."""
    form = Form.posted()
    with form.attempt():
        ended = receiving.moment_of({"ended_at": form.said("ended_at")}, "ended_at") or the_context().clock.now()
        operations.end_recording(the_context(), the_actor(), recording_id=recording_id, ended_at=ended)
        return form.done(_at(recording_id))
    return _again(recording_id, form)


@recordings.post("/recordings/<recording_id>/upload")
@signed_in
def upload(recording_id: str) -> ResponseReturnValue:
    """Take the file of an announced recording with the plain form."""
    form = Form.posted()
    with form.attempt():
        file = request.files.get("file")
        if file is None or not file.filename:
            raise BadInput("没有选择文件。", remedy="选择从设备导出的原始文件。", path="file")
        words = {name: form.said(name) for name in ("ended_at", "late_reason", "summary", "interrupted", "twice")}
        return form.done(take(the_actor(), receiving.OF_ANNOUNCED, recording_id, file, words))
    return _again(recording_id, form)


@recordings.post("/recordings/<recording_id>/links")
@signed_in
def link(recording_id: str) -> ResponseReturnValue:
    """Link a recording to papers of its case."""
    form = Form.posted()
    with form.attempt():
        ids = form.all("documents")
        operations.link_recording(the_context(), the_actor(), recording_id=recording_id, document_ids=ids)
        return form.done(_at(recording_id))
    return _again(recording_id, form)


@recordings.post("/recordings/<recording_id>/previews")
@signed_in
def previews(recording_id: str) -> ResponseReturnValue:
    """Ask the worker once more for poster, waveform and copy."""
    with sight() as see:
        facts = see.recording(recording_id)
    deriving.ask_again(the_context(), the_actor(), facts)
    flash("已重新安排后台制作预览。", "success")
    return redirect(_at(recording_id), code=303)


def _at(recording_id: str) -> str:
    return url_for("recordings.recording", recording_id=recording_id)


def _again(recording_id: str, form: Form) -> ResponseReturnValue:
    with sight() as see:
        return page(see, see.recording(recording_id), form), form.status


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
        media_type=facts.media_type if kind == "original" else _made_as(facts, kind),
        size=blobs.size_of(blob, about),
        blob=blob,
        about=about,
    )


def _made_as(facts: RecordingFacts, kind: str) -> str:
    family = facts.media_type.partition("/")[0]
    return DERIVATIVES.get(kind) or PLAYABLE.get(family, "application/octet-stream")


def _name(facts: RecordingFacts, kind: str) -> str:
    return f"{facts.number} {facts.file_name}" if kind == "original" else f"{facts.number} {kind}"
