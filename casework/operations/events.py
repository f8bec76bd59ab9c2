"""What every happening does to its case: event, state, number, periods, journal, index; the caller holds the lock.

Journal kinds: `case.moved`, `case.started`, `case.closed`; a period that begins or is met is named by its kind.
"""

from collections.abc import Mapping
from typing import Any

from access.facts import Actor
from casework import calendar, casebook, deadlines, numbering, procedure, queries
from casework.facts import CaseFacts, Happening
from casework.procedure import Move
from casework.views import Office
from foundation import journal
from foundation.clock import legal_date

CASE_SERIES = "案"


def happen(at: Office, actor: Actor, happening: Happening) -> CaseFacts:
    """Let something happen in a case and return the case as it is then."""
    case = queries.case_facts(at.session, happening.case_id, at.today)
    move = procedure.move(case.procedure, case.state, happening)
    return apply(at, actor, case, happening, move)


def apply(at: Office, actor: Actor, case: CaseFacts, happening: Happening, move: Move) -> CaseFacts:
    """Carry out a move: event, head, number, periods, journal, index."""
    fields = _fields(at, actor, case, happening, move)
    data = {"procedure": move.procedure.value, "fields": sorted(fields)}
    casebook.record(at.session, at.ctx.ids, happening, from_state=case.state, to_state=move.to, data=data)
    if fields:
        casebook.change(at.session, case.id, **fields)
        _note(at, actor, happening, "case.moved", {"from": case.state, "to": move.to, "event": happening.kind})
    _periods(at, actor, happening)
    if move.closes:
        _note(at, actor, happening, "case.closed", {"document": happening.subject_id})
        _periods(at, actor, _closed(happening))
    _reindex(at, case, fields)
    return queries.case_facts(at.session, case.id, at.today)


def _fields(at: Office, actor: Actor, case: CaseFacts, happening: Happening, move: Move) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if move.to != case.state:
        fields["state"] = move.to
    if move.procedure != case.procedure:
        fields["procedure"] = move.procedure.value
    if move.starts and case.initiated_on is None:
        fields |= _started(at, actor, case, happening)
    if move.closes and case.closed_on is None:
        words = happening.values
        fields["closed_on"] = at.today
        fields["result"] = str(words.get("closing_ground") or words.get("performed_text") or "")
    return fields


def _started(at: Office, actor: Actor, case: CaseFacts, happening: Happening) -> dict[str, Any]:
    """Return what changes when the law starts the case: number, start date, the title that the start form gives it."""
    day = legal_date(happening.at)
    fields: dict[str, Any] = {"initiated_on": day, "number": case.number or draw_number(at, actor, case)}
    if title := happening.values.get("case_title"):
        fields["title"] = str(title)
    _note(at, actor, happening, "case.started", {"number": fields["number"]})
    return fields


def reserve_number(at: Office, actor: Actor, case: CaseFacts, series: str = CASE_SERIES) -> str:
    """Reserve a number for a case; asked again, the same one, also when a year has begun meanwhile."""
    held = numbering.number_of(at.session, case.agency_id, case.id, series)
    return held or numbering.reserve(
        at.session,
        case.agency_id,
        character=series,
        day=at.today,
        holder_id=case.id,
        settings=at.settings_today(case.agency_id),
        at=at.ctx.clock.now(),
        actor=actor.account_id,
    )


def draw_number(at: Office, actor: Actor, case: CaseFacts, series: str = CASE_SERIES) -> str:
    """Draw a number of a case and use it for good."""
    number = reserve_number(at, actor, case, series)
    numbering.confirm(at.session, case.agency_id, case.id)
    return number


def _closed(happening: Happening) -> Happening:
    return Happening(
        kind="closed",
        case_id=happening.case_id,
        agency_id=happening.agency_id,
        subject_id=happening.subject_id,
        at=happening.at,
    )


def _periods(at: Office, actor: Actor, happening: Happening) -> None:
    touched = deadlines.react(desk(at, happening.agency_id), happening)
    if touched:
        _note(at, actor, happening, "case.periods", {"event": happening.kind, "kinds": sorted(set(touched))})
        casebook.reindex(at.session, "case", happening.case_id, at.ctx.clock.now())


def desk(at: Office, agency_id: str) -> deadlines.Desk:
    """Return what counting needs."""
    return deadlines.Desk(
        session=at.session,
        ids=at.ctx.ids,
        calendar=calendar.of_agency(at.session, agency_id),
        settings=at.settings_today(agency_id),
        now=at.ctx.clock.now(),
    )


def _note(at: Office, actor: Actor, happening: Happening, kind: str, data: Mapping[str, Any]) -> None:
    stream = f"case:{happening.case_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=dict(data))


def _reindex(at: Office, case: CaseFacts, fields: Mapping[str, Any]) -> None:
    now = at.ctx.clock.now()
    if set(fields) - {"state"}:
        casebook.reindex_all(at.session, case.id, now)
    elif fields:
        casebook.reindex(at.session, "case", case.id, now)
