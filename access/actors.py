"""Who an account stands for at an instant: read anew every time, so that a revocation holds at once."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import orm

from access.agencies import given_to
from access.delegations import acting
from access.facts import Actor, AppointmentFacts
from access.models import AccountRow, PersonRow
from access.persons import appointments, is_valid_at
from foundation.clock import legal_date
from foundation.errors import Forbidden, NotFound

SUPERVISOR = "supervisor"


def actor_of(session: orm.Session, account_id: str, at: dt.datetime, *, agency_id: str | None = None) -> Actor:
    """Return an account's person with the roles that are valid at an instant.

    Args:
        session: An open session.
        account_id: The account.
        at: The instant.
        agency_id: For which agency, when the person is appointed in several; the first one when left out.

    Raises:
        NotFound: There is no such account.
        Forbidden: It is disabled.
    """
    account = session.get(AccountRow, account_id)
    if account is None:
        raise NotFound("没有这个账号。", remedy="检查账号编号。")
    if account.disabled_at is not None and account.disabled_at <= at:
        raise Forbidden("账号已停用。", remedy="联系本机关系统管理员。")
    held = [a for a in appointments(session, account.person_id) if is_valid_at(a, at)]
    office = agency_id or next((a.agency_id for a in held), "")
    own = [a for a in held if a.agency_id == office]
    return Actor(
        account_id=account.id,
        person_id=account.person_id,
        agency_id=office if own else "",
        name=_name(session, account.person_id),
        roles=frozenset(a.role for a in own),
        agencies=_agencies(session, own, at),
        departments=frozenset(a.department for a in own if a.department),
        party_ids=frozenset(a.party_id for a in own if a.party_id),
        acting=acting(session, account.person_id, office, at) if own else (),
    )


def _agencies(session: orm.Session, own: list[AppointmentFacts], at: dt.datetime) -> frozenset[str]:
    offices = frozenset(a.agency_id for a in own)
    if all(a.role != SUPERVISOR for a in own):
        return offices
    return offices.union(*(given_to(session, one, legal_date(at)) for one in offices))


def _name(session: orm.Session, person_id: str) -> str:
    row = session.get(PersonRow, person_id)
    return row.name if row else ""


def names_of(session: orm.Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of the persons behind accounts, by account id; ids that are no account are left out."""
    wanted = sorted(set(account_ids))
    query = sa.select(AccountRow.id, PersonRow.name).join(PersonRow, PersonRow.id == AccountRow.person_id)
    return {str(i): str(name) for i, name in session.execute(query.where(AccountRow.id.in_(wanted)))}
