"""While watching: marks, linked to lines of papers; subtitles, imported, shown as a track, edited; handing over.

What is marked and said stands beside the recording; its file never changes.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from casework import queries, sealing, subtitles
from casework.facts import RecordingFacts
from casework.operations import marking
from casework.queries import TranscriptFacts
from foundation.errors import BadInput, NotFound
from web.forms import Form
from web.lookup import Sight, sight
from web.recordings.showing import against
from web.recordings.views import page
from web.security import signed_in, the_actor, the_context

watching = Blueprint("watching", __name__)

REGISTER = "av_storage_register"
"""Type of the paper by which recordings are handed over."""
MOST = 4 << 20


@watching.post("/recordings/<recording_id>/marks")
@signed_in
def mark(recording_id: str) -> ResponseReturnValue:
    """Mark a place."""
    form = Form.posted()
    with form.attempt():
        document_id, _, path = form.said("line").partition("|")
        made = marking.mark_recording(
            the_context(),
            the_actor(),
            recording_id=recording_id,
            at_s=_seconds(form.said("at_s")),
            text=form.said("text"),
            document_id=document_id or None,
            path=path,
        )
        return form.done(url_for("recordings.recording", recording_id=recording_id, t=made.at_s) + "#marks")
    with sight() as see:
        return page(see, see.recording(recording_id), form), form.status


@watching.post("/recordings/<recording_id>/marks/<mark_id>/remove")
@signed_in
def unmark(recording_id: str, mark_id: str) -> ResponseReturnValue:
    """Take a mark away."""
    marking.unmark_recording(the_context(), the_actor(), recording_id=recording_id, mark_id=mark_id)
    return redirect(url_for("recordings.recording", recording_id=recording_id) + "#marks", code=303)


def _seconds(text: str) -> float:
    """Return seconds from `72.5` or `1:12`."""
    try:
        parts = [float(p) for p in text.replace("：", ":").split(":")]
    except ValueError:
        raise BadInput("标记的时间读不懂。", remedy="写作 1:12 或秒数。", path="at_s") from None
    return float(sum(value * 60**power for power, value in enumerate(reversed(parts))))


@watching.get("/recordings/<recording_id>/subtitles")
@signed_in
def transcript(recording_id: str) -> ResponseReturnValue:
    """Show the subtitles as text to edit, and the form to import them."""
    with sight() as see:
        facts = see.recording(recording_id)
        said = _said(see, facts)
        text = subtitles.as_text(said.lines) if said else ""
        form = Form(values={"text": text, "base_version": str(said.version if said else 0)})
        return _transcript_page(see, facts, form)


@watching.post("/recordings/<recording_id>/subtitles")
@signed_in
def save_transcript(recording_id: str) -> ResponseReturnValue:
    """Keep what was edited, or what a file holds."""
    form = Form.posted()
    with form.attempt():
        file = request.files.get("subtitles")
        name = file.filename or "" if file else ""
        read = subtitles.parse(file.stream.read(MOST + 1), name) if file and name else None
        cues = read if read is not None else subtitles.from_text(form.said("text"))
        marking.put_subtitles(
            the_context(),
            the_actor(),
            recording_id=recording_id,
            cues=cues,
            base_version=int(form.said("base_version") or 0),
            source=name,
        )
        return form.done(url_for("recordings.recording", recording_id=recording_id) + "#said")
    with sight() as see:
        return _transcript_page(see, see.recording(recording_id), form), form.status


def _transcript_page(see: Sight, facts: RecordingFacts, form: Form) -> str:
    found = against(see, Permission.RECORDING_MARK, facts)
    return render_template("recording_subtitles.html", area="cases", recording=facts, form=form, against=found)


@watching.get("/recordings/<recording_id>/subtitles.vtt")
@signed_in
def track(recording_id: str) -> ResponseReturnValue:
    """Answer with the subtitles as a track of the player."""
    with sight() as see:
        said = _said(see, see.recording(recording_id))
    if said is None:
        raise NotFound("没有字幕。", remedy="先导入字幕。")
    return Response(subtitles.vtt(said.lines), mimetype="text/vtt")


def _said(see: Sight, facts: RecordingFacts) -> TranscriptFacts | None:
    said = queries.transcript_of(see.session, facts.id)
    return sealing.opened(see.ctx.keys, said) if said else None


@watching.get("/recordings")
@signed_in
def own() -> ResponseReturnValue:
    """Show one's own recordings that wait for their file or to be handed over to the custodian."""
    with sight() as see:
        agency, person = see.actor.agency_id, see.actor.person_id
        awaited = see.seen(queries.awaited_recordings(see.session, agency, person))
        stored = see.seen(queries.unbatched_recordings(see.session, agency, person))
        return render_template("recordings.html", area="recordings", awaited=awaited, stored=stored, register=REGISTER)
