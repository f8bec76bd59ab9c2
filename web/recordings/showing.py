"""What pages of recordings show besides facts: the 24-hour clock, choices of forms, what may be done and why not."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from flask import url_for

from access.policy import Permission, decide, refusal
from casework import lines, queries
from casework.facts import CaseFacts, DeviceFacts, DocumentFacts, RecordingFacts
from casework.figures import read
from casework.media import KINDS
from casework.operations import deriving
from casework.recordings import HOURS
from casework.subtitles import Cue
from casework.views import office
from foundation import jobs
from foundation.clock import legal_date, local
from foundation.errors import Finding
from foundation.jobs import JobState
from web.actions import Action
from web.lookup import Sight, record_of
from web.security import the_context

SOON = dt.timedelta(hours=4)
"""When the clock of a file turns red."""
ARTICLE = "A31.2"
APART = dt.timedelta(minutes=5)
"""Difference between a file's own time and the announced one that is worth saying."""
SHOWN = ("照相", "录音", "录像", "视频监控")


def storage_clock(recording: RecordingFacts) -> dict[str, Any]:
    """Return how much of the 24 hours is left for a file that is not stored yet (A31.2)."""
    if recording.stored_at or recording.ended_at is None:
        return {}
    due = recording.ended_at + dt.timedelta(hours=HOURS)
    left = due - the_context().clock.now()
    minutes = abs(int(left.total_seconds())) // 60
    text = f"{minutes // 60} 小时 {minutes % 60} 分"
    is_over = left < dt.timedelta()
    words = f"已超过 24 小时 {text}" if is_over else f"还剩 {text}"
    return {"due": due, "words": words, "is_over": is_over, "is_soon": left < SOON, "left_s": int(left.total_seconds())}


def seconds_text(seconds: float | None) -> str:
    """Return seconds as `1:12` or `1:01:12`."""
    whole = int(seconds or 0)
    tail = f"{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 3600}:{tail}" if whole >= 3600 else tail.removeprefix("0")  # noqa: PLR2004 - an hour


def choices(see: Sight, case: CaseFacts | None) -> dict[str, Any]:
    """Return what a form that adds a recording lets people choose from."""
    day = legal_date(see.ctx.clock.now())
    register = [d for d in queries.devices(see.session, see.actor.agency_id) if _in_service(d, day)]
    members = [(m.person_id, m.name) for m in case.members] if case else []
    own = (see.actor.person_id, see.actor.name)
    return {
        "kinds": [k for k in SHOWN if k in KINDS],
        "scenes": read("recordings")["scenes"],
        "devices": [(d.device_no, f"{d.device_no} {d.kind}（{d.holder}）") for d in register],
        "own_devices": [d.device_no for d in register if d.holder == see.actor.name],
        "operators": members if own in members else [own, *members],
        "now": f"{local(see.ctx.clock.now()):%Y-%m-%dT%H:%M}",
    }


def _in_service(device: DeviceFacts, day: dt.date) -> bool:
    return device.in_service <= day and (device.out_of_service is None or day <= device.out_of_service)


def against(see: Sight, permission: Permission, thing: RecordingFacts | CaseFacts) -> list[Finding]:
    """Return what the policy has against an act on a thing; nothing when it is allowed."""
    verdict = decide(see.actor, permission, record_of(thing), see.viewer)
    if verdict.allowed:
        return []
    error = refusal(verdict, permission)
    return [Finding(code="POLICY", article="A34.1", message=error.message, remedy=error.remedy)]


def add_action(see: Sight, case: CaseFacts) -> Action:
    """Return the act of adding a recording to a case."""
    found = against(see, Permission.RECORDING_ADD, case)
    return Action(label="添加音像", url=url_for("adding.new", case_id=case.id), look="primary", against=found)


def pointed(see: Sight, papers: Sequence[DocumentFacts]) -> list[tuple[str, str]]:
    """Return the lines of papers that a mark may point to: value of the option, and words."""
    at = office(see.ctx, see.session)
    found: list[tuple[str, str]] = []
    for paper in papers:
        found.append((f"{paper.id}|", f"《{paper.title}》"))
        rows = lines.lines_of(at.definition_of(paper), paper)
        found += [(f"{paper.id}|{path}", f"《{paper.title}》{words}") for path, words in rows]
    return found


def marks(recording: RecordingFacts, points: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield the marks of a recording with the words of the lines that they point to, where the viewer sees these."""
    known = dict(points)
    for mark in sorted(recording.marks, key=lambda m: m.at_s):
        line = known.get(f"{mark.document_id}|{mark.path}", known.get(f"{mark.document_id}|", ""))
        shown = mark.document_id if line else None
        yield {"id": mark.id, "at_s": mark.at_s, "text": mark.text, "line": line, "document_id": shown}


def found_in(cues: Sequence[Cue], words: str) -> list[int]:
    """Return the numbers of the cues that hold any of the words asked for; whole words first."""
    asked = words.strip().strip("“”\"'").lower()
    parts = [p for p in asked.replace("“", " ").replace("”", " ").split() if p]
    whole = [n for n, c in enumerate(cues) if asked and asked in c.text.lower()]
    return whole or [n for n, c in enumerate(cues) if any(p in c.text.lower() for p in parts)]


def preview_state(see: Sight, recording: RecordingFacts) -> dict[str, Any]:
    """Return how far the worker is with poster, waveform and copy; empty when nothing is to be said."""
    known = jobs.jobs_of(see.session, subject=recording.id, kind=deriving.KIND, limit=1)
    if not recording.stored_at or not known or known[0].state == JobState.DONE:
        return {}
    job = known[0]
    share = round(100 * job.done / job.total) if job.total else 0
    return {"state": str(job.state), "message": job.message, "share": share, "error": job.error.split(" 处理办法")[0]}


def told(recording: RecordingFacts) -> dict[str, Any]:
    """Return what a file says of itself, and how far its clock is from the announced one."""
    facts = dict(recording.told)
    if not facts:
        return {}
    at = dt.datetime.fromisoformat(facts["taken_at"]) if "taken_at" in facts else None
    apart = abs(at - recording.started_at) if at else dt.timedelta()
    return {**facts, "taken_at": at, "differs": apart > APART, "minutes": int(apart.total_seconds()) // 60}
