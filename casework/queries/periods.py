"""Periods that run, over many cases, by risk; which cases is said by a policy predicate."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.policy import absent
from casework.facts import DeadlineFacts
from casework.models import CaseMemberRow, CaseRow, DeadlineRow, DocumentRow

NAMES = tuple(DeadlineFacts.__dataclass_fields__)
RUNNING = (DeadlineRow.met_on.is_(None), DeadlineRow.ended_on.is_(None))
"""Neither met nor ended."""
MOST = 1000
"""Periods of one list at most."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """A running period, with as much of its case as a list shows."""

    facts: DeadlineFacts
    number: str
    """Number of the case, else its working number."""
    case_title: str
    paper: str = ""
    """Title of the paper that began it."""
    paper_id: str = ""


def deadline_facts(session: orm.Session, deadline_id: str) -> DeadlineFacts:
    """Return a period.

    Raises:
        NotFound: There is none of this id.
    """
    row = session.get(DeadlineRow, deadline_id)
    if row is None:
        raise absent("case")
    return facts_of(row)


def facts_of(row: DeadlineRow) -> DeadlineFacts:
    """Return the facts of a row."""
    return DeadlineFacts(**{n: getattr(row, n) for n in NAMES})


def running(
    session: orm.Session, where: sa.ColumnElement[bool], *, member: str = "", until: dt.date | None = None
) -> list[Period]:
    """Return the running periods of open cases that a condition holds for, the greatest risk first.

    First what the office owes, by its last instant; then what runs for others.

    Args:
        session: An open session.
        where: The viewer's policy predicate, compiled over `CASE_COLUMNS`.
        member: Only cases that this person handles.
        until: Only periods that end up to this day.
    """
    query = (
        sa.select(DeadlineRow, CaseRow.number, CaseRow.working_number, CaseRow.title, DocumentRow.id, DocumentRow.title)
        .join(CaseRow, CaseRow.id == DeadlineRow.case_id)
        .outerjoin(DocumentRow, DocumentRow.id == DeadlineRow.subject_id)
        .where(where, *RUNNING, sa.or_(CaseRow.archived_on.is_(None), DeadlineRow.kind == "archive_to_county"))
    )
    if member:
        query = query.where(CaseRow.id.in_(_handled(member)))
    if until:
        query = query.where(DeadlineRow.last_day <= until)
    others = sa.case((DeadlineRow.duty_of == "agency", 0), else_=1)
    rows = session.execute(query.order_by(others, DeadlineRow.end, DeadlineRow.id).limit(MOST))
    return [
        Period(facts=facts_of(row), number=number or own, case_title=title, paper_id=paper_id or "", paper=paper or "")
        for row, number, own, title, paper_id, paper in rows
    ]


def _handled(person_id: str) -> sa.Select[Any]:
    row = CaseMemberRow
    return sa.select(row.case_id).where(row.person_id == person_id, row.left_at.is_(None))


def members_of(session: orm.Session, case_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return who handles each case now, in the order of joining."""
    row = CaseMemberRow
    query = sa.select(row.case_id, row.person_id).where(row.case_id.in_(sorted(set(case_ids))), row.left_at.is_(None))
    found: dict[str, list[str]] = {}
    for case_id, person_id in session.execute(query.order_by(row.seq)):
        found.setdefault(case_id, []).append(person_id)
    return found
