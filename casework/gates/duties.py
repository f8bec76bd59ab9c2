"""Whether an act must be recorded in sound or picture, and whether its recordings cover it (articles 11, 14, 22–29).

Shared by gate G11 and by prefill of `av_required`, `av_done`: a paper never says what the gate denies.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.facts import RecordingFacts
from casework.figures import read
from casework.gates.api import CaseView, granted, instant
from catalogue.conditions import parse_condition

REQUIRED, OPTIONAL, EXEMPT = "必须", "可以", "豁免"
BY_DEFINITION = {"required": REQUIRED, "optional": OPTIONAL, "none": ""}


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What is asked of one act."""

    level: str
    """必须, 可以, 豁免, or empty when the type knows no recording."""
    article: str
    may_be_exempt: bool = False
    """An approved note of unsuitability stands instead (article 14)."""


def recording_duty(view: CaseView) -> Duty:
    """Return the duty of the act that a paper records, by the first row of rules/recordings.yaml that holds."""
    rule = read("recordings")
    for row in rule["duties"]:
        if _holds(row, view):
            duty = Duty(level=row["level"], article=row["article"], may_be_exempt=bool(row.get("exempt")))
            break
    else:
        duty = Duty(level=BY_DEFINITION[view.definition.recording], article=rule["default_article"])
    if duty.may_be_exempt and unsuitable_note(view):
        return Duty(level=EXEMPT, article=duty.article, may_be_exempt=True)
    return duty


def _holds(row: Mapping[str, Any], view: CaseView) -> bool:
    if row["type"] != view.type:
        return False
    if "when" in row and not parse_condition(row["when"]).holds(view.values or view.document.data):
        return False
    target = view.target()
    if "target" in row and (target is None or target.type != row["target"]):
        return False
    return not row.get("dispute_prone") or bool(view.case and view.case.dispute_prone)


def unsuitable_note(view: CaseView) -> bool:
    """Tell whether an approved note says that this act could not be recorded."""
    return any(n.target_id == view.document.id and granted(n) for n in view.done("av_unsuitable_note"))


def linked(view: CaseView) -> tuple[RecordingFacts, ...]:
    """Return the recordings linked to the paper, announced ones included."""
    return tuple(r for r in view.recordings if view.document.id in r.document_ids)


def covers_act(view: CaseView) -> bool:
    """Tell whether sound or video covers the act from its start to its end (photos show a moment, never a course)."""
    running = [r for r in linked(view) if r.kind != "照相"]
    return bool(running) and all(_covered(at, running) for at in act_span(view))


def act_span(view: CaseView) -> tuple[dt.datetime, ...]:
    """Return the first and last instant of the act that a paper records, as far as it states them."""
    for names in read("recordings")["span"]:
        found = tuple(at for at in (instant(view.value(n)) for n in names) if at)
        if found:
            return found
    return ()


def _covered(at: dt.datetime, recordings: list[RecordingFacts]) -> bool:
    return any(r.started_at <= at and (r.ended_at is None or at <= r.ended_at) for r in recordings)
