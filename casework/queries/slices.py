"""Lists from a place on: the rows after the last one that was seen, however many were added before it meanwhile.

Every list asks for one row more than wanted, so that its reader knows whether there are more.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from casework.facts import CaseFacts, DeadlineFacts
from casework.models import CaseRow, DeadlineRow
from casework.queries.cases import case_list
from casework.queries.lists import CaseFilter, case_conditions


@dataclass(frozen=True, kw_only=True)
class DeadlineFilter:
    """Which periods; None and empty mean all."""

    until: dt.date | None = None
    since: dt.date | None = None
    duty_of: str = ""
    running: bool | None = None
    """Neither met nor ended."""


def cases_after(
    session: orm.Session,
    where: sa.ColumnElement[bool],
    wanted: CaseFilter,
    *,
    place: tuple[dt.datetime, str] | None,
    size: int,
) -> list[CaseFacts]:
    """Return cases that a viewer may see, latest first.

    Args:
        session: An open session.
        where: The viewer's policy predicate, compiled over `CASE_COLUMNS`.
        wanted: What the person filters by.
        place: `opened_at` and id of the last case seen.
        size: Cases of a page.
    """
    key = sa.tuple_(CaseRow.opened_at, CaseRow.id)
    query = sa.select(CaseRow).where(where, *case_conditions(wanted))
    if place is not None:
        query = query.where(key < sa.tuple_(sa.literal(place[0], CaseRow.opened_at.type), sa.literal(place[1])))
    rows = session.scalars(query.order_by(CaseRow.opened_at.desc(), CaseRow.id.desc()).limit(size + 1)).all()
    return case_list(session, rows)


def deadlines_after(
    session: orm.Session,
    where: sa.ColumnElement[bool],
    wanted: DeadlineFilter,
    *,
    place: tuple[dt.datetime, str] | None,
    size: int,
) -> list[DeadlineFacts]:
    """Return periods of the cases that a viewer may see by their end; `place` is end and id of the last one seen."""
    query = sa.select(DeadlineRow).join(CaseRow, CaseRow.id == DeadlineRow.case_id).where(where, *_periods(wanted))
    if place is not None:
        end = sa.literal(place[0], DeadlineRow.end.type)
        query = query.where(sa.tuple_(DeadlineRow.end, DeadlineRow.id) > sa.tuple_(end, sa.literal(place[1])))
    rows = session.scalars(query.order_by(DeadlineRow.end, DeadlineRow.id).limit(size + 1))
    return [DeadlineFacts(**{n: getattr(r, n) for n in DeadlineFacts.__dataclass_fields__}) for r in rows]


def _periods(wanted: DeadlineFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.until is not None:
        found.append(DeadlineRow.last_day <= wanted.until)
    if wanted.since is not None:
        found.append(DeadlineRow.last_day >= wanted.since)
    if wanted.duty_of:
        found.append(DeadlineRow.duty_of == wanted.duty_of)
    if wanted.running is not None:
        over = sa.or_(DeadlineRow.met_on.is_not(None), DeadlineRow.ended_on.is_not(None))
        found.append(sa.not_(over) if wanted.running else over)
    return found
