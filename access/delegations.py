"""Delegation of approval: who signs for whom, in which types of paper, from when to when, on what basis.

Never in blank and never for good: types and last day must be named. A delegate reads, signs and gives back papers of
those types as far as the role could (informants' papers never) and passes nothing on. A delegation gives something only
while it runs, the principal holds the role and the delegate works in the office; it is asked again under the lock of
every signature (hostile.md E9). Journal kinds in `agency:<id>`: `delegation.given`, `delegation.ended`.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.agencies import note, require_in_agency, today
from access.facts import Acting, Actor, DelegationFacts
from access.models import DelegationRow, PersonRow
from access.persons import appointments, is_valid_at, person
from access.policy import Permission
from access.rulebook import rulebook
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput, NotFound

LONGEST = dt.timedelta(days=366)
"""A delegation for longer is an appointment."""
OUTSIDE = frozenset(["party", "supervisor", "sysadmin"])
"""Roles that sign for nobody."""
MOST_WORDS = 500


def give(
    ctx: Context,
    actor: Actor,
    *,
    principal_id: str,
    delegate_id: str,
    role: str,
    types: Iterable[str],
    valid_from: dt.date,
    valid_to: dt.date,
    basis: str,
) -> DelegationFacts:
    """Let somebody sign for the holder of a role.

    Args:
        ctx: The floor.
        actor: The principal, or the administrator who enters a written authorisation.
        principal_id: For whom is signed.
        delegate_id: Who signs.
        role: Which of the principal's roles; one that may be delegated (`delegable` in roles.yaml).
        types: Types of paper.
        valid_from: First day.
        valid_to: Last day, within a year.
        basis: The written authorisation: number, date, or where it lies.

    Raises:
        BadInput: Nothing or nobody is named, the dates are wrong, the role cannot be delegated or is not held.
        Forbidden: It is neither the actor's own role nor does the actor keep the accounts.
    """
    scope = tuple(sorted(set(types)))
    _check(principal_id, delegate_id, role, scope, basis)
    _check_days(valid_from, valid_to, today(ctx))
    own = actor.person_id == principal_id
    require_in_agency(actor, Permission.APPROVAL_DELEGATE if own else Permission.ACCOUNT_MANAGE, actor.agency_id)
    with ctx.database.write() as session:
        _require_people(session, actor.agency_id, ctx.clock.now(), principal_id, delegate_id, role=role)
        row = DelegationRow(
            id=ctx.ids.new(),
            agency_id=actor.agency_id,
            principal_id=principal_id,
            delegate_id=delegate_id,
            role=role,
            types=list(scope),
            valid_from=valid_from,
            valid_to=valid_to,
            basis=basis.strip(),
            given_by=actor.account_id,
            given_at=ctx.clock.now(),
        )
        event: dict[str, Any] = {"delegation": row.id, "principal": principal_id, "delegate": delegate_id, "role": role}
        event |= {"types": list(scope), "valid_from": valid_from, "valid_to": valid_to}
        note(session, ctx, actor.agency_id, "delegation.given", actor, **event)
        session.add(row)
        session.flush()
        return _facts(row)


def end(ctx: Context, actor: Actor, delegation_id: str) -> None:
    """Take a delegation back; it gives nothing from this instant, what was signed under it stays.

    Raises:
        NotFound: There is no such delegation.
        Forbidden: It is neither the actor's own role nor does the actor keep the accounts.
    """
    with ctx.database.write() as session:
        row = session.get(DelegationRow, delegation_id)
        if row is None or row.agency_id != actor.agency_id:
            raise NotFound("没有这项授权。", remedy="刷新页面查看。")
        if actor.person_id not in (row.principal_id, row.delegate_id):
            require_in_agency(actor, Permission.ACCOUNT_MANAGE, row.agency_id)
        if row.ended_at is None:
            note(session, ctx, row.agency_id, "delegation.ended", actor, delegation=row.id)
            row.ended_at = ctx.clock.now()


def ran_at(session: orm.Session, delegation_id: str, at: dt.datetime) -> bool:
    """Tell whether a delegation ran at an instant (a signature under it is looked at again before it counts)."""
    row = session.get(DelegationRow, delegation_id)
    if row is None or not row.valid_from <= legal_date(at) <= row.valid_to:
        return False
    return row.given_at <= at and (row.ended_at is None or at < row.ended_at)


def delegations(session: orm.Session, agency_id: str) -> list[DelegationFacts]:
    """Return all delegations of an office, latest first, ended ones too."""
    query = sa.select(DelegationRow).where(DelegationRow.agency_id == agency_id)
    return [_facts(row) for row in session.scalars(query.order_by(DelegationRow.given_at.desc(), DelegationRow.id))]


def acting(session: orm.Session, person_id: str, agency_id: str, at: dt.datetime) -> tuple[Acting, ...]:
    """Return for whom a person may sign at an instant."""
    day, row = legal_date(at), DelegationRow
    mine = (row.agency_id == agency_id, row.delegate_id == person_id, row.valid_from <= day, row.valid_to >= day)
    still = sa.or_(row.ended_at.is_(None), row.ended_at > at)
    found = session.scalars(sa.select(row).where(*mine, still).order_by(row.given_at, row.id)).all()
    return tuple(_acting(session, one) for one in found if _holds(session, one.principal_id, agency_id, one.role, at))


def _acting(session: orm.Session, row: DelegationRow) -> Acting:
    return Acting(
        delegation_id=row.id,
        role=row.role,
        types=frozenset(row.types),
        principal_id=row.principal_id,
        principal=session.get_one(PersonRow, row.principal_id).name,
    )


def _holds(session: orm.Session, person_id: str, agency_id: str, role: str, at: dt.datetime) -> bool:
    held = appointments(session, person_id)
    return any(a.agency_id == agency_id and a.role == role and is_valid_at(a, at) for a in held)


def _check(principal_id: str, delegate_id: str, role: str, types: tuple[str, ...], basis: str) -> None:
    known = rulebook().roles
    delegable = [r.title for r in known.values() if r.delegable]
    if role not in known or not known[role].delegable:
        raise BadInput("这项职务不能授权他人代签。", remedy=f"可以授权：{'、'.join(delegable)}。", path="role")
    if principal_id == delegate_id:
        raise BadInput("不能授权给自己。", remedy="选择另一个人。", path="delegate_id")
    if not types or "" in types:
        raise BadInput("授权必须写明文书种类，不能概括授权。", remedy="选择可以代签的文书。", path="types")
    if not 0 < len(basis.strip()) <= MOST_WORDS:
        raise BadInput("没有写明授权依据。", remedy="填写授权书的日期、文号或存放处（500字以内）。", path="basis")


def _check_days(valid_from: dt.date, valid_to: dt.date, day: dt.date) -> None:
    if valid_to < valid_from:
        raise BadInput("终止日期早于起始日期。", remedy="核对两个日期。", path="valid_to")
    if valid_from < day:
        raise BadInput("授权不能从过去的日期开始。", remedy=f"起始日期不早于{day:%Y-%m-%d}。", path="valid_from")
    if valid_to - valid_from > LONGEST:
        raise BadInput("授权期限超过一年。", remedy="一年以内到期，需要时再次授权；长期的改为任职。", path="valid_to")


def _require_people(
    session: orm.Session, agency_id: str, at: dt.datetime, principal_id: str, delegate_id: str, *, role: str
) -> None:
    if not _holds(session, principal_id, agency_id, role, at):
        title = rulebook().title(role)
        raise BadInput(f"授权人现在没有“{title}”的职务。", remedy="只能授权自己担任的职务。", path="principal_id")
    other = person(session, delegate_id, legal_date(at))
    if other.agency_id != agency_id or not other.roles - OUTSIDE:
        raise BadInput("受权人不是本机关现任人员。", remedy="选择本机关的人员。", path="delegate_id")


def _facts(row: DelegationRow) -> DelegationFacts:
    names = [n for n in DelegationFacts.__dataclass_fields__ if n != "types"]
    return DelegationFacts(**{n: getattr(row, n) for n in names}, types=frozenset(row.types))
