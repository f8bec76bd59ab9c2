"""Facts of cases, parties and devices."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.policy import absent
from casework.facts import CaseFacts, DeviceFacts, EventFacts, FlagFacts, OfficerFacts, PartyFacts, Procedure
from casework.models import CaseEventRow, CaseMemberRow, CasePartyRow, CaseRow, DeviceRow, FlagRow, PartyRow
from casework.officers import officer
from casework.queries.base import grouped, rows_in
from foundation.clock import legal_date
from foundation.errors import NotFound

CASE_COLUMNS: Mapping[str, Any] = {
    "id": CaseRow.id,
    "case_id": CaseRow.id,
    "agency_id": CaseRow.agency_id,
    "procedure": CaseRow.procedure,
    "state": CaseRow.state,
    "number": CaseRow.number,
}
"""Names that a policy predicate may use over cases, for compiling it to SQL."""


def case_facts(session: orm.Session, case_id: str, day: dt.date | None = None) -> CaseFacts:
    """Return a case.

    Args:
        session: An open session.
        case_id: Its id.
        day: On which its members' roles and certificates are looked up; the day of joining when left out.

    Raises:
        NotFound: There is no such case.
    """
    row = session.get(CaseRow, case_id)
    if row is None:
        raise absent("case")
    return case_list(session, [row], day)[0]


def find_cases(session: orm.Session, where: sa.ColumnElement[bool] | None = None) -> list[CaseFacts]:
    """Return the cases that a condition over `CASE_COLUMNS` holds for, latest first.

    Args:
        session: An open session.
        where: A policy predicate compiled to SQL; None takes all (callers without a viewer: indexer, worker).
    """
    query = sa.select(CaseRow).order_by(CaseRow.opened_at.desc(), CaseRow.id.desc())
    if where is not None:
        query = query.where(where)
    return case_list(session, session.scalars(query).all())


def find_case_id(session: orm.Session, agency_id: str, number: str) -> str | None:
    """Return the case with this number or working number, None when there is none."""
    numbered = sa.or_(CaseRow.number == number, CaseRow.working_number == number)
    query = sa.select(CaseRow.id).where(CaseRow.agency_id == agency_id, numbered).order_by(CaseRow.id.desc())
    return session.scalars(query).first()


def cases_of_person(session: orm.Session, person_id: str) -> frozenset[str]:
    """Return the cases that a person handles."""
    query = sa.select(CaseMemberRow.case_id).where(
        CaseMemberRow.person_id == person_id, CaseMemberRow.left_at.is_(None)
    )
    return frozenset(session.scalars(query))


def cases_of_party(session: orm.Session, party_id: str) -> frozenset[str]:
    """Return the cases that a party is in."""
    return frozenset(session.scalars(sa.select(CasePartyRow.case_id).where(CasePartyRow.party_id == party_id)))


def case_list(session: orm.Session, rows: Sequence[CaseRow], day: dt.date | None = None) -> list[CaseFacts]:
    """Return the facts of loaded case rows, in their order."""
    ids = [r.id for r in rows]
    links = grouped(session, CasePartyRow, CasePartyRow.case_id, ids, CasePartyRow.seq)
    members = grouped(session, CaseMemberRow, CaseMemberRow.case_id, ids, CaseMemberRow.seq)
    party_ids = [link.party_id for some in links.values() for link in some]
    parties = {p.id: party_of(p) for p in rows_in(session, PartyRow, PartyRow.id, party_ids)}
    known: dict[tuple[str, dt.date], OfficerFacts] = {}
    return [
        _case(
            row,
            tuple(parties[link.party_id] for link in links[row.id]),
            tuple(_member(session, m, day, known) for m in members[row.id] if m.left_at is None),
        )
        for row in rows
    ]


def _member(
    session: orm.Session, row: CaseMemberRow, day: dt.date | None, known: dict[tuple[str, dt.date], OfficerFacts]
) -> OfficerFacts:
    on = day or legal_date(row.added_at)
    if (row.person_id, on) not in known:
        known[row.person_id, on] = officer(session, row.person_id, on)
    return known[row.person_id, on]


def _case(row: CaseRow, parties: tuple[PartyFacts, ...], members: tuple[OfficerFacts, ...]) -> CaseFacts:
    return CaseFacts(
        id=row.id,
        agency_id=row.agency_id,
        number=row.number,
        working_number=row.working_number,
        title=row.title,
        procedure=Procedure(row.procedure),
        state=row.state,
        parties=parties,
        members=members,
        opened_at=row.opened_at,
        initiated_on=row.initiated_on,
        emergency_started_at=row.emergency_started_at,
        emergency_place=row.emergency_place,
        emergency_reason=row.emergency_reason,
        closed_on=row.closed_on,
        archived_on=row.archived_on,
        dispute_prone=row.dispute_prone,
        result=row.result,
        index_version=row.index_version,
    )


def party_of(row: PartyRow) -> PartyFacts:
    """Return the facts of a party row."""
    names = PartyFacts.__dataclass_fields__
    return PartyFacts(**{name: getattr(row, name) for name in names})


def party_facts(session: orm.Session, party_id: str) -> PartyFacts:
    """Return a party.

    Raises:
        NotFound: There is no such party.
    """
    row = session.get(PartyRow, party_id)
    if row is None:
        raise NotFound("没有这个当事人。", remedy="先登记当事人。")
    return party_of(row)


def is_party_of(session: orm.Session, agency_id: str, party_id: str) -> bool:
    """Tell whether a party stands in an agency's register."""
    row = session.get(PartyRow, party_id)
    return row is not None and row.agency_id == agency_id


def find_device(session: orm.Session, agency_id: str, device_no: str) -> DeviceFacts | None:
    """Return an agency's device by its number."""
    query = sa.select(DeviceRow).where(DeviceRow.agency_id == agency_id, DeviceRow.device_no == device_no)
    row = session.scalars(query).one_or_none()
    return device_of(row) if row else None


def devices(session: orm.Session, agency_id: str) -> list[DeviceFacts]:
    """Return all devices of an agency by number."""
    query = sa.select(DeviceRow).where(DeviceRow.agency_id == agency_id).order_by(DeviceRow.device_no)
    return [device_of(r) for r in session.scalars(query)]


def device_of(row: DeviceRow) -> DeviceFacts:
    """Return the facts of a device row."""
    return DeviceFacts(**{name: getattr(row, name) for name in DeviceFacts.__dataclass_fields__})


def events_of(session: orm.Session, case_id: str) -> list[EventFacts]:
    """Return what happened in a case's procedure, in order."""
    query = sa.select(CaseEventRow).where(CaseEventRow.case_id == case_id).order_by(CaseEventRow.seq)
    return [EventFacts(**{n: getattr(r, n) for n in EventFacts.__dataclass_fields__}) for r in session.scalars(query)]


def flags_of(session: orm.Session, case_id: str) -> list[FlagFacts]:
    """Return what was late or deviated in a case."""
    query = sa.select(FlagRow).where(FlagRow.case_id == case_id).order_by(FlagRow.at, FlagRow.id)
    return [FlagFacts(**{n: getattr(r, n) for n in FlagFacts.__dataclass_fields__}) for r in session.scalars(query)]
