"""Which reminder a running period asks for now (`rules/reminders.yaml`); pure, and the rows of what was said."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.facts import DeadlineFacts
from casework.figures import read
from casework.models import CaseRow, DeadlineRow, ReminderRow
from casework.queries.periods import RUNNING, facts_of
from foundation.database import insert_once
from foundation.ids import Ids

SHOWN = 200
"""Reminders of a list at most."""
FEW = 500
"""Ids in one question."""


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One reminder as its reader sees it."""

    id: str
    step: str
    words: str
    period: DeadlineFacts
    number: str
    escalated: bool
    at: dt.datetime
    read_at: dt.datetime | None


def due(period: DeadlineFacts, now: dt.datetime) -> str:
    """Return the step of a period that has come, the latest of several; empty when none has."""
    if not period.is_open or period.paused_on is not None:
        return ""
    rules = read("reminders")
    if now > period.end:
        late = [rules[n] for n in ("overdue", "passed") if period.duty_of in rules[n]["bearers"]]
        return str(late[0]["key"]) if late else ""
    left = (period.end - now).total_seconds() / 3600
    come = [s for s in rules["steps"] if period.duty_of in s["bearers"] and left <= s["hours"]]
    return str(come[-1]["key"]) if come else ""


def words(step: str) -> str:
    """Return what a step says."""
    rules = read("reminders")
    known: Sequence[Mapping[str, Any]] = (*rules["steps"], rules["overdue"], rules["passed"])
    return next((str(s["words"]) for s in known if s["key"] == step), step)


def escalates(step: str) -> bool:
    """Tell whether a step goes to the head of the department too."""
    return step == str(read("reminders")["overdue"]["key"])


def horizon(now: dt.datetime) -> dt.datetime:
    """Return the instant up to which a period may ask for a reminder."""
    return now + dt.timedelta(hours=max(int(s["hours"]) for s in read("reminders")["steps"]))


def nearing(session: orm.Session, until: dt.datetime) -> list[DeadlineFacts]:
    """Return the running periods that end by an instant, of cases that are not archived."""
    query = sa.select(DeadlineRow).join(CaseRow, CaseRow.id == DeadlineRow.case_id)
    query = query.where(*RUNNING, DeadlineRow.end <= until, CaseRow.archived_on.is_(None))
    return [facts_of(row) for row in session.scalars(query.order_by(DeadlineRow.id))]


def said(session: orm.Session, deadline_ids: Iterable[str]) -> set[tuple[str, str, str, dt.date]]:
    """Return what was said already: person, period, step, last day."""
    row, found = ReminderRow, set[tuple[str, str, str, dt.date]]()
    ids = sorted(set(deadline_ids))
    for start in range(0, len(ids), FEW):
        some = row.deadline_id.in_(ids[start : start + FEW])
        query = sa.select(row.person_id, row.deadline_id, row.step, row.last_day).where(some)
        found |= {(p, d, s, day) for p, d, s, day in session.execute(query)}
    return found


def say(session: orm.Session, ids: Ids, period: DeadlineFacts, person_id: str, step: str, **more: Any) -> None:
    """Write one reminder; the same one again changes nothing."""
    insert_once(
        session,
        ReminderRow,
        id=ids.new(),
        agency_id=session.get_one(DeadlineRow, period.id).agency_id,
        person_id=person_id,
        case_id=period.case_id,
        deadline_id=period.id,
        step=step,
        last_day=period.last_day,
        read_at=None,
        **more,
    )


def reminders_of(session: orm.Session, person_id: str, where: sa.ColumnElement[bool]) -> list[Reminder]:
    """Return a person's reminders of periods that still run, the latest of each period alone, the newest first.

    Args:
        session: An open session.
        person_id: Who was reminded.
        where: The person's policy predicate of this moment, compiled over `CASE_COLUMNS`.
    """
    rows = session.execute(_own(person_id, where).limit(SHOWN * 4))
    found: dict[str, Reminder] = {}
    for row, period, number, working in rows:
        if period.id not in found and len(found) < SHOWN:
            found[period.id] = _reminder(row, facts_of(period), number or working)
    return list(found.values())


def unread(session: orm.Session, person_id: str, where: sa.ColumnElement[bool]) -> int:
    """Return how many running periods have a reminder that the person has not seen."""
    query = _own(person_id, where).where(ReminderRow.read_at.is_(None)).order_by(None)
    counted = query.with_only_columns(sa.func.count(sa.distinct(ReminderRow.deadline_id)))
    return int(session.scalar(counted) or 0)


def _own(person_id: str, where: sa.ColumnElement[bool]) -> sa.Select[ReminderRow, DeadlineRow, str, str]:
    return (
        sa.select(ReminderRow, DeadlineRow, CaseRow.number, CaseRow.working_number)
        .join(DeadlineRow, DeadlineRow.id == ReminderRow.deadline_id)
        .join(CaseRow, CaseRow.id == ReminderRow.case_id)
        .where(ReminderRow.person_id == person_id, where, *RUNNING, ReminderRow.last_day == DeadlineRow.last_day)
        .order_by(ReminderRow.at.desc(), ReminderRow.id.desc())
    )


def _reminder(row: ReminderRow, period: DeadlineFacts, number: str) -> Reminder:
    plain = {n: getattr(row, n) for n in ("id", "step", "escalated", "at", "read_at")}
    return Reminder(**plain, words=words(row.step), period=period, number=number)


def mark_read(session: orm.Session, person_id: str, at: dt.datetime) -> None:
    """Note that a person has seen all reminders."""
    row = ReminderRow
    session.execute(sa.update(row).where(row.person_id == person_id, row.read_at.is_(None)).values(read_at=at))
