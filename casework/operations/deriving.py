"""Posters, waveforms and copies that play: made by the worker after a recording is stored; the original is only read.

Each kind is kept as soon as it is made, so a job that goes on does not make it again; a kind that cannot be made from
this file does not keep the others from being made, and parks the job with its reason. What is made from an informant's
recording lies encrypted like itself. No journal event: nothing of the record changes.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import orm

from access.facts import Actor
from casework import media, media_making, queries, recordings, sealing
from casework.facts import RecordingFacts
from casework.media_making import PLAYABLE, POSTER, WAVEFORM
from casework.views import Office
from foundation import jobs
from foundation.blobs import LocalBlobs
from foundation.context import Context
from foundation.errors import BadInput
from foundation.jobs import JobState, Task, job

KIND = "recording.derive"
TITLES = {POSTER: "封面图", WAVEFORM: "波形图", PLAYABLE: "可播放的副本"}


def ask(at: Office, actor: Actor, recording: RecordingFacts) -> None:
    """Ask the worker for what a stored recording needs, in the caller's transaction."""
    ctx = at.ctx.at(at.ctx.clock, seed=recording.id)  # an id of its own: those of a replayed case stay as they were
    _ask(at.session, ctx, actor, recording)


def _ask(session: orm.Session, ctx: Context, actor: Actor, recording: RecordingFacts) -> None:
    jobs.ask(session, ctx, kind=KIND, subject=recording.id, by=actor.account_id, agency_id=recording.agency_id)


def ask_again(ctx: Context, actor: Actor, recording: RecordingFacts) -> None:
    """Ask once more for what failed or was never made; the caller looked the recording up for its viewer."""
    with ctx.database.write() as session:
        known = jobs.jobs_of(session, subject=recording.id, kind=KIND)
        if any(not j.is_over for j in known):
            return
        if known and known[0].state == JobState.PARKED:
            jobs.retry(session, ctx, known[0].id)
            return
        _ask(session, ctx, actor, recording)


@job(KIND, title="制作音像预览", tries=3)
def derive(task: Task) -> dict[str, Any]:
    """Make what a recording still lacks."""
    kinds: list[str] = task.step("查看原件", _lacking, task.ctx, task.subject)
    faults: list[BadInput] = []
    for number, kind in enumerate(kinds):

        def report(share: float, number: int = number, kind: str = kind) -> None:
            task.progress(int((number + share) * 100), len(kinds) * 100, TITLES[kind])

        try:
            task.step(f"制作{TITLES[kind]}", _made, task.ctx, task.subject, kind, report)
        except BadInput as error:
            faults.append(error)
    if faults:
        raise faults[0]
    return {"made": kinds}


def _lacking(ctx: Context, recording_id: str) -> list[str]:
    recording = _recording(ctx, recording_id)
    with original(ctx, recording) as file:
        is_photo = recording.media_type.startswith("image/")
        probed = None if is_photo else media.probe(file, recording.media_type)
    return [k for k in media_making.wanted(recording.media_type, probed) if k not in recording.derivatives]


def _made(ctx: Context, recording_id: str, kind: str, report: media_making.Report) -> str:
    recording = _recording(ctx, recording_id)
    with original(ctx, recording) as file, tempfile.TemporaryDirectory(dir=ctx.settings.data_dir) as folder:
        target = Path(folder) / kind
        seconds = recording.duration_s or 0.0
        media_making.make(kind, file, target, media_type=recording.media_type, seconds=seconds, report=report)
        blob = sealing.put(ctx, target, sealing.about_recording(recording, kind)).sha256
    with ctx.database.write() as session:
        recordings.set_derivatives(session, recording_id, {kind: blob})
    return blob


def _recording(ctx: Context, recording_id: str) -> RecordingFacts:
    with ctx.database.read() as session:
        return queries.recording_facts(session, recording_id)


@contextlib.contextmanager
def original(ctx: Context, recording: RecordingFacts) -> Iterator[Path]:
    """Give a path at which a recording can be read by another program; a copy that is made for it is taken away."""
    about = sealing.about_recording(recording)
    if isinstance(ctx.blobs, LocalBlobs) and not about:
        ctx.blobs.size(recording.blob)
        yield ctx.blobs.path(recording.blob)
        return
    with tempfile.TemporaryDirectory(dir=ctx.settings.data_dir) as folder:
        path = Path(folder) / "original"
        with path.open("wb") as out:
            for piece in sealing.stream(ctx, recording.blob, about):
                out.write(piece)
        yield path
