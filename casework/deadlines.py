"""Periods of a case: begun, lengthened, met and ended by what happens, as `rules/deadlines.yaml` says; never typed.

`react` is told of every happening of a case, under the case's lock. A paper that loses its effect takes the periods
that it began with it. Passing a period of the office is flagged when it is met late and shown while it is not met; it
never refuses anything (gates that ask for an expired period do).
"""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework import flags
from casework.calendar import Calendar
from casework.counting import NAMES, Counted, Unit, count
from casework.facts import DeadlineFacts, FlagFacts, Happening
from casework.figures import read
from casework.models import DeadlineRow
from catalogue.conditions import Condition, parse_condition
from foundation.clock import legal_date, local, parse_local
from foundation.ids import Ids

SUBJECT, TARGET, CASE = "subject", "target", "case"
PARTY, AGENCY = "party", "agency"
RUNNING = (DeadlineRow.met_on.is_(None), DeadlineRow.ended_on.is_(None))
"""Conditions of periods that are neither met nor ended."""
PAUSED = "paused"
"""Kind of change: it stands still."""
SENTENCES: Mapping[str, str] = {
    "extend": "依文书延长{days}{unit}",
    "lengthen": "延长{days}{unit}",
    "pause": "{from}至{to}中止，{days}{unit}不计入",
    PAUSED: "{from}之后中止，恢复后顺延",
}
"""What a change says in the sentence of a period."""
LOST = ("replaced", "voided")
"""Happenings after which a paper has no effect."""


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """An event that meets or lengthens a period."""

    event: str
    of: str
    when: Condition | None
    at: str
    by: Any

    def concerns(self, happening: Happening) -> bool:
        """Tell whether this happening is the event."""
        return self.event == happening.kind and (self.when is None or self.when.holds(happening.values))


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """What a head may order besides what papers do; without a basis in law nothing."""

    pause_basis: str = ""
    """Law by which the period may stand still."""
    longer: int = 0
    """By how much it may be lengthened, once."""
    longer_basis: str = ""
    longer_by: str = ""
    """Role whose order it needs; empty: whoever may order pauses."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the file."""

    kind: str
    title: str
    begins: frozenset[str]
    after: str
    of: str
    when: Condition | None
    at: str
    n: int
    unit: Unit
    setting: str
    duty_of: str
    source: str
    article: str
    window: bool
    met: tuple[Trigger, ...]
    extends: tuple[Trigger, ...]
    by_hand: ByHand


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What counting needs: an open session under the case's lock, ids, the agency's calendar and settings."""

    session: orm.Session
    ids: Ids
    calendar: Calendar
    settings: Mapping[str, Any]
    now: dt.datetime


def react(desk: Desk, happening: Happening) -> list[str]:
    """Begin, lengthen and meet the periods that a happening concerns; return their kinds."""
    if happening.kind.partition(":")[0] in LOST:
        return _end(desk, happening)
    touched: list[str] = []
    for rule in rules():
        if happening.kind in rule.begins and (rule.when is None or rule.when.holds(happening.values)):
            touched += _begin(desk, rule, happening)
    for rule in rules():
        touched += [rule.kind for t in rule.extends if t.concerns(happening) and _extend(desk, rule, t, happening)]
        touched += [rule.kind for t in rule.met if t.concerns(happening) and _meet(desk, rule, t, happening)]
    return touched


def _begin(desk: Desk, rule: Rule, happening: Happening) -> list[str]:
    start = instant(happening.values.get(rule.at)) if rule.at else None
    n = int(desk.settings.get(rule.setting) or rule.n) if rule.setting else rule.n
    row = _row(desk, rule, happening)
    _set(desk, rule, row, start or happening.at, n)
    row.provisional = row.provisional or (bool(rule.at) and start is None)
    touched = [rule.kind]
    for following in rules():
        if following.after == rule.kind:
            _set(desk, following, _row(desk, following, happening, row.subject_id), row.end, following.n)
            touched.append(following.kind)
    return touched


def _end(desk: Desk, happening: Happening) -> list[str]:
    """End the open periods of a paper that lost its effect."""
    query = sa.select(DeadlineRow).where(
        DeadlineRow.case_id == happening.case_id, DeadlineRow.subject_id == happening.subject_id, *RUNNING
    )
    rows = list(desk.session.scalars(query.order_by(DeadlineRow.id)))
    for row in rows:
        row.ended_on = legal_date(happening.at)
    desk.session.flush()
    return [row.kind for row in rows]


def _row(desk: Desk, rule: Rule, happening: Happening, subject: str = "") -> DeadlineRow:
    """Return the period of this kind and subject, a new one when there is none."""
    subject = subject or _subject(rule.of, happening)
    query = sa.select(DeadlineRow).where(
        DeadlineRow.case_id == happening.case_id, DeadlineRow.kind == rule.kind, DeadlineRow.subject_id == subject
    )
    row = desk.session.scalars(query).one_or_none()
    return row or DeadlineRow(
        id=desk.ids.new(),
        agency_id=happening.agency_id,
        case_id=happening.case_id,
        kind=rule.kind,
        subject_id=subject,
        met_on=None,
        ended_on=None,
        paused_on=None,
        changes=[],
    )


def _set(desk: Desk, rule: Rule, row: DeadlineRow, start: dt.datetime, n: int) -> None:
    row.title, row.source, row.duty_of, row.unit = rule.title, rule.source, rule.duty_of, rule.unit
    row.start, row.n, row.changes = start, n, []
    _counted(row, count(desk.calendar, start, n, rule.unit, rolls=rule.duty_of == PARTY))
    desk.session.add(row)
    desk.session.flush()


def _counted(row: DeadlineRow, counted: Counted) -> None:
    row.end, row.last_day = counted.end, counted.last_day
    row.formula, row.provisional = counted.formula + _changes(row), counted.provisional


def _changes(row: DeadlineRow) -> str:
    """Say which lengthenings and pauses the figure holds."""
    name = NAMES[Unit(row.unit)]
    said = []
    for one in row.changes or ():
        basis = f"（{one['basis']}）" if one.get("basis") else ""
        said.append(SENTENCES[one["kind"]].format(**{"from": "", "to": "", "days": "", **one}, unit=name) + basis)
    return f"其中{'；'.join(said)}。" if said else ""


def _subject(of: str, happening: Happening) -> str:
    if of == CASE:
        return happening.case_id
    return happening.target_id or happening.subject_id if of == TARGET else happening.subject_id


def _extend(desk: Desk, rule: Rule, trigger: Trigger, happening: Happening) -> bool:
    by = happening.values.get(trigger.by) if isinstance(trigger.by, str) else trigger.by
    rows = _open(desk.session, rule, trigger, happening)
    for row in rows if by else ():
        lengthen(desk, row, {"kind": "extend", "days": int(str(by)), "document": happening.subject_id})
    return bool(rows and by)


def lengthen(desk: Desk, row: DeadlineRow, change: Mapping[str, Any]) -> None:
    """Make a period longer, and let its sentence say why."""
    row.n += int(change["days"])
    changed(desk, row, [*(row.changes or []), dict(change)])


def changed(desk: Desk, row: DeadlineRow, changes: list[Any]) -> None:
    """Take what happened to a period into its sentence, and count it again."""
    row.changes = changes
    _counted(row, count(desk.calendar, row.start, row.n, Unit(row.unit), rolls=row.duty_of == PARTY))
    desk.session.flush()


def _meet(desk: Desk, rule: Rule, trigger: Trigger, happening: Happening) -> bool:
    done = (instant(happening.values.get(trigger.at)) if trigger.at else None) or happening.at
    rows = _open(desk.session, rule, trigger, happening)
    for row in rows:
        row.met_on = legal_date(done)
        late = done > row.end if rule.unit is Unit.HOUR else row.met_on > row.last_day
        if late and rule.duty_of == AGENCY and not rule.window:
            flags.add(desk.session, row.agency_id, _late(desk, rule, row, done, happening))
    desk.session.flush()
    return bool(rows)


def _open(session: orm.Session, rule: Rule, trigger: Trigger, happening: Happening) -> list[DeadlineRow]:
    query = sa.select(DeadlineRow).where(
        DeadlineRow.case_id == happening.case_id, DeadlineRow.kind == rule.kind, *RUNNING
    )
    if trigger.of == SUBJECT:
        query = query.where(DeadlineRow.subject_id == happening.subject_id)
    elif trigger.of == TARGET and happening.target_id:
        query = query.where(DeadlineRow.subject_id == happening.target_id)
    return list(session.scalars(query.order_by(DeadlineRow.id)))


def _late(desk: Desk, rule: Rule, row: DeadlineRow, done: dt.datetime, happening: Happening) -> FlagFacts:
    end = f"{local(row.end):%Y-%m-%d %H:%M}" if rule.unit is Unit.HOUR else f"{row.last_day:%Y-%m-%d}"
    actual = f"{local(done):%Y-%m-%d %H:%M}" if rule.unit is Unit.HOUR else f"{legal_date(done):%Y-%m-%d}"
    return FlagFacts(
        id=desk.ids.new(),
        case_id=row.case_id,
        kind=f"late:{rule.kind}",
        subject_id=row.subject_id,
        article=rule.article or rule.source[:40],
        message=f"{rule.title}逾期：应于{end}前，实际于{actual}（{rule.source}）。",
        reason=str(happening.values.get("late_reason") or ""),
        at=desk.now,
    )


def foreseen(desk: Desk, kind: str, start: dt.datetime) -> Counted:
    """Return where a period of a kind ends that would begin at an instant (before its paper is made)."""
    rule = next(r for r in rules() if r.kind == kind)
    n = int(desk.settings.get(rule.setting) or rule.n) if rule.setting else rule.n
    return count(desk.calendar, start, n, rule.unit, rolls=rule.duty_of == PARTY)


def recount(desk: Desk, agency_id: str) -> list[DeadlineFacts]:
    """Count every open period of an agency again after its calendar changed; return those that moved."""
    query = sa.select(DeadlineRow).where(DeadlineRow.agency_id == agency_id, *RUNNING)
    moved = []
    for row in desk.session.scalars(query.order_by(DeadlineRow.id)):
        before = (row.last_day, row.provisional)
        _counted(row, count(desk.calendar, row.start, row.n, Unit(row.unit), rolls=row.duty_of == PARTY))
        if before != (row.last_day, row.provisional):
            names = DeadlineFacts.__dataclass_fields__
            moved.append(DeadlineFacts(**{name: getattr(row, name) for name in names}))
    desk.session.flush()
    return moved


def instant(value: Any) -> dt.datetime | None:
    """Read a value as an instant; a date is the beginning of its day, None what cannot be read."""
    if isinstance(value, dt.datetime):
        return value
    try:
        return parse_local(str(value)) if value else None
    except ValueError:
        return None


@functools.lru_cache
def rules() -> tuple[Rule, ...]:
    """Return all rows of the file."""
    return tuple(_rule(raw) for raw in read("deadlines")["rules"])


def _rule(raw: Mapping[str, Any]) -> Rule:
    return Rule(
        kind=raw["kind"],
        title=raw["title"],
        begins=frozenset(raw.get("begins", ())),
        after=str(raw.get("after", "")),
        of=str(raw.get("of", SUBJECT)),
        when=parse_condition(raw["when"]) if "when" in raw else None,
        at=str(raw.get("at", "")),
        n=int(raw["n"]),
        unit=Unit(raw["unit"]),
        setting=str(raw.get("setting", "")),
        duty_of=raw["duty_of"],
        source=raw["source"],
        article=str(raw.get("article", "")),
        window=bool(raw.get("window")),
        met=tuple(_triggers(raw.get("met", ()))),
        extends=tuple(_triggers(raw.get("extends", ()))),
        by_hand=ByHand(**raw.get("by_hand", {})),
    )


def rule_of(kind: str, title: str = "") -> Rule:
    """Return the rule of a kind of period (of several the one with this title)."""
    known = [r for r in rules() if r.kind == kind]
    return next((r for r in known if r.title == title), known[0])


def _triggers(rows: list[Mapping[str, Any]]) -> Iterator[Trigger]:
    for raw in rows:
        yield Trigger(
            event=raw["event"],
            of=raw.get("of", CASE),
            when=parse_condition(raw["when"]) if "when" in raw else None,
            at=raw.get("at", ""),
            by=raw.get("by"),
        )
