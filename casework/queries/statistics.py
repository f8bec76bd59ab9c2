"""Plain lines to count from: cases, periods, papers that need a recording; a condition says which of them.

Figures and the lists behind their bars are made of the same lines (`casework.operations.figures`), so they agree.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from access.accounts import person
from access.facts import PersonFacts
from casework.models import CaseMemberRow, CaseRow, DeadlineRow, DocumentRow, RecordingLinkRow
from casework.queries.base import chunks
from foundation.clock import legal_date

OUT = ("issued", "served", "filed")
"""States of a paper that was issued and stands."""


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """As much of a case as is counted and listed."""

    id: str
    agency_id: str
    number: str
    title: str
    procedure: str
    state: str
    opened_on: dt.date
    closed_on: dt.date | None
    archived_on: dt.date | None
    result: str
    unit: str
    """Department of its first handler."""
    officers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PeriodLine:
    """A period that the office owes."""

    id: str
    case_id: str
    kind: str
    title: str
    last_day: dt.date
    met_on: dt.date | None
    ended_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """An issued paper of a type that needs a recording."""

    id: str
    case_id: str
    type: str
    title: str
    number: str
    is_recorded: bool


def case_lines(
    session: orm.Session, where: sa.ColumnElement[bool], first: dt.datetime, last: dt.datetime
) -> list[CaseLine]:
    """Return the cases opened in a span, first one first.

    Args:
        session: An open session.
        where: A condition over `CASE_COLUMNS`.
        first: From this instant.
        last: Before this one.
    """
    span = (CaseRow.opened_at >= first, CaseRow.opened_at < last)
    rows = session.scalars(sa.select(CaseRow).where(where, *span).order_by(CaseRow.opened_at, CaseRow.id)).all()
    units = units_of(session, [row.id for row in rows])
    return [_line(row, *units.get(row.id, ("", ()))) for row in rows]


def _line(row: CaseRow, unit: str, officers: tuple[str, ...]) -> CaseLine:
    return CaseLine(
        id=row.id,
        agency_id=row.agency_id,
        number=row.number or row.working_number,
        title=row.title,
        procedure=row.procedure,
        state=row.state,
        opened_on=legal_date(row.opened_at),
        closed_on=row.closed_on,
        archived_on=row.archived_on,
        result=row.result,
        unit=unit,
        officers=officers,
    )


def units_of(session: orm.Session, case_ids: Iterable[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the department of the first handler and the handlers' names, by case; cases without any are left out."""
    found: dict[str, list[PersonFacts]] = {}
    for some in chunks(case_ids):
        query = sa.select(CaseMemberRow.case_id, CaseMemberRow.person_id, CaseMemberRow.added_at)
        own = query.where(CaseMemberRow.case_id.in_(some), CaseMemberRow.left_at.is_(None))
        for case_id, person_id, added_at in session.execute(own.order_by(CaseMemberRow.case_id, CaseMemberRow.seq)):
            found.setdefault(case_id, []).append(person(session, person_id, legal_date(added_at)))
    return {i: (people[0].department, tuple(p.name for p in people)) for i, people in found.items()}


def case_names(session: orm.Session, case_ids: Iterable[str]) -> dict[str, str]:
    """Return what cases are called, by id: number and title."""
    found: dict[str, str] = {}
    for some in chunks(case_ids):
        query = sa.select(CaseRow.id, CaseRow.number, CaseRow.working_number, CaseRow.title)
        for one, number, working, title in session.execute(query.where(CaseRow.id.in_(some))):
            found[one] = f"{number or working} {title}"
    return found


def period_lines(
    session: orm.Session, where: sa.ColumnElement[bool], first: dt.date, last: dt.date
) -> list[PeriodLine]:
    """Return the office's own periods whose last day lies in a span, the earliest first."""
    span = (DeadlineRow.duty_of == "agency", DeadlineRow.last_day >= first, DeadlineRow.last_day <= last)
    query = sa.select(DeadlineRow).join(CaseRow, CaseRow.id == DeadlineRow.case_id).where(where, *span)
    names = PeriodLine.__dataclass_fields__
    rows = session.scalars(query.order_by(DeadlineRow.last_day, DeadlineRow.id))
    return [PeriodLine(**{name: getattr(row, name) for name in names}) for row in rows]


def paper_lines(
    session: orm.Session,
    where: sa.ColumnElement[bool],
    types: Iterable[str],
    first: dt.datetime,
    last: dt.datetime,
) -> list[PaperLine]:
    """Return the papers of some types issued in a span, and whether a recording belongs to each."""
    linked = sa.exists().where(RecordingLinkRow.document_id == DocumentRow.id)
    query = (
        sa.select(DocumentRow.id, DocumentRow.case_id, DocumentRow.type, DocumentRow.title, DocumentRow.number, linked)
        .join(CaseRow, CaseRow.id == DocumentRow.case_id)
        .where(where, DocumentRow.type.in_(sorted(types)), DocumentRow.status.in_(OUT))
        .where(DocumentRow.issued_at >= first, DocumentRow.issued_at < last)
        .order_by(DocumentRow.issued_at, DocumentRow.id)
    )
    return [
        PaperLine(id=i, case_id=case_id or "", type=kind, title=title, number=number, is_recorded=bool(recorded))
        for i, case_id, kind, title, number, recorded in session.execute(query)
    ]
