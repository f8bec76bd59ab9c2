"""One page of the list of cases, with totals under the same condition (A34.1: counts reveal nothing hidden)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.facts import CaseFacts, DeadlineFacts
from casework.models import CaseMemberRow, CasePartyRow, CaseRow, DeadlineRow, PartyRow
from casework.queries.base import grouped
from casework.queries.cases import case_list


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """What a person wants to see; empty means all."""

    procedure: str = ""
    state: str = ""
    words: str = ""
    """Part of number, title or party's name."""


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Some cases of a list."""

    cases: tuple[CaseFacts, ...]
    total: int
    states: Mapping[str, int]
    """How many cases are in each state, under the viewer's rights alone."""
    procedures: Mapping[str, int]


def case_page(
    session: orm.Session, where: sa.ColumnElement[bool], wanted: CaseFilter, *, page: int, size: int
) -> CasePage:
    """Return one page of the cases that a viewer may see, latest first.

    Args:
        session: An open session.
        where: The viewer's policy predicate, compiled over `CASE_COLUMNS`.
        wanted: What the person filters by.
        page: From 1; a page past the end is empty, with the same total.
        size: Cases a page.
    """
    chosen = sa.and_(where, *case_conditions(wanted))
    query = sa.select(CaseRow).where(chosen).order_by(CaseRow.opened_at.desc(), CaseRow.id.desc())
    rows = session.scalars(query.limit(size).offset((page - 1) * size)).all()
    return CasePage(
        cases=tuple(case_list(session, rows)),
        total=session.scalar(sa.select(sa.func.count()).select_from(CaseRow).where(chosen)) or 0,
        states=_counts(session, CaseRow.state, where),
        procedures=_counts(session, CaseRow.procedure, where),
    )


def closed_cases(
    session: orm.Session, where: sa.ColumnElement[bool], *, page: int, size: int
) -> tuple[list[CaseFacts], int]:
    """Return one page of the closed cases that wait to be filed, longest closed first, and how many there are."""
    chosen = sa.and_(where, CaseRow.closed_on.is_not(None), CaseRow.archived_on.is_(None))
    query = sa.select(CaseRow).where(chosen).order_by(CaseRow.closed_on, CaseRow.id)
    rows = session.scalars(query.limit(size).offset((page - 1) * size)).all()
    total = session.scalar(sa.select(sa.func.count()).select_from(CaseRow).where(chosen)) or 0
    return case_list(session, rows), total


def cases_with_party(session: orm.Session, where: sa.ColumnElement[bool], party_id: str) -> list[CaseFacts]:
    """Return the cases of a party that a viewer may see, latest first."""
    own = CaseRow.id.in_(sa.select(CasePartyRow.case_id).where(CasePartyRow.party_id == party_id))
    query = sa.select(CaseRow).where(where, own).order_by(CaseRow.opened_at.desc(), CaseRow.id.desc())
    return case_list(session, session.scalars(query).all())


def earlier_titles(session: orm.Session, where: sa.ColumnElement[bool], most: int = 40) -> list[str]:
    """Return the titles of the cases that a viewer may see, the most frequent and latest first, each once."""
    count, last = sa.func.count(), sa.func.max(CaseRow.opened_at)
    query = sa.select(CaseRow.title).where(where).group_by(CaseRow.title).order_by(count.desc(), last.desc())
    return list(session.scalars(query.limit(most)))


def last_partners(session: orm.Session, agency_id: str, person_id: str) -> list[str]:
    """Return who handles the case that a person joined last, the person among them; nobody when there is none."""
    member = CaseMemberRow
    own = (member.agency_id == agency_id, member.left_at.is_(None))
    latest = sa.select(member.case_id).where(*own, member.person_id == person_id)
    case_id = session.scalar(latest.order_by(member.added_at.desc(), member.case_id.desc()).limit(1))
    return list(
        session.scalars(sa.select(member.person_id).where(*own, member.case_id == case_id).order_by(member.seq))
    )


def open_deadlines(session: orm.Session, case_ids: list[str], *, duty_of: str = "agency") -> dict[str, DeadlineFacts]:
    """Return each case's first period of a bearer of duty that is not met yet."""
    found = grouped(session, DeadlineRow, DeadlineRow.case_id, case_ids, DeadlineRow.end)
    names = DeadlineFacts.__dataclass_fields__
    nearest = {}
    for case_id, rows in found.items():
        waiting = [r for r in rows if r.met_on is None and r.ended_on is None and r.duty_of == duty_of]
        if waiting:
            nearest[case_id] = DeadlineFacts(**{n: getattr(waiting[0], n) for n in names})
    return nearest


def case_conditions(wanted: CaseFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what a person filters by."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.procedure:
        found.append(CaseRow.procedure == wanted.procedure)
    if wanted.state:
        found.append(CaseRow.state == wanted.state)
    if words := wanted.words.strip():
        parties = sa.select(CasePartyRow.case_id).join(PartyRow, PartyRow.id == CasePartyRow.party_id)
        named = parties.where(_has(PartyRow.name, words))
        columns = (CaseRow.number, CaseRow.working_number, CaseRow.title)
        found.append(sa.or_(*(_has(c, words) for c in columns), CaseRow.id.in_(named)))
    return found


def _has(column: Any, words: str) -> sa.ColumnElement[bool]:
    condition: sa.ColumnElement[bool] = column.contains(words, autoescape=True)
    return condition


def _counts(session: orm.Session, column: Any, where: sa.ColumnElement[bool]) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).select_from(CaseRow).where(where).group_by(column).order_by(column)
    return {str(value): int(count) for value, count in session.execute(query)}
