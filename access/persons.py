"""Persons of an office and their appointments: a role in a department over a time.

Journal kinds in `agency:<id>`: `person.added`, `appointment.made`, `appointment.ended`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.agencies import note, require_in_agency, today
from access.facts import Actor, AppointmentFacts, PersonFacts
from access.models import AgencyRow, AppointmentRow, PersonRow
from access.policy import Permission, absent
from access.rulebook import rulebook
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput, NotFound, Refused

MEMO = "access.persons"
"""Where a session keeps the persons that it read."""

KEEPER = "sysadmin"
"""Who keeps the accounts; nobody takes that from oneself, or the office could be left without."""

NO_PERSON = ("没有这个人员。", "检查人员编号。")


def add_person(
    ctx: Context,
    *,
    agency_id: str,
    name: str,
    roles: Iterable[str],
    department: str = "",
    cert_no: str | None = None,
    cert_from: dt.date | None = None,
    cert_to: dt.date | None = None,
    post: str = "",
    qualification: str = "",
    party_id: str = "",
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by: Actor | None = None,
) -> PersonFacts:
    """Register a person and appoint them.

    Args:
        ctx: The floor.
        agency_id: The office.
        name: Name on papers.
        roles: Keys of `access/rules/roles.yaml`.
        department: Where.
        cert_no: Number of the enforcement certificate.
        cert_from: Its first day.
        cert_to: Its last day.
        post: Title of the post.
        qualification: Number of the legal-profession qualification.
        party_id: For role `party`: for whom.
        valid_from: First day of the roles; the clock's day when left out.
        valid_to: Last day; open when left out.
        by: The administrator; None for the installation's own commands.

    Raises:
        BadInput: A role is unknown, roles exclude each other, or dates are wrong.
        Forbidden: The policy says no.
    """
    wanted = _roles(roles)
    _check_dates(cert_from, cert_to, "cert_to")
    common: dict[str, Any] = {"department": department, "post": post, "qualification": qualification}
    common |= {"valid_from": valid_from or today(ctx), "valid_to": valid_to}
    common |= {"party_id": party_id, "cert_no": cert_no or "", "cert_from": cert_from, "cert_to": cert_to}
    with ctx.database.write() as session:
        _require_manager(session, by, agency_id)
        person_id = ctx.ids.new()
        note(session, ctx, agency_id, "person.added", by, person=person_id, roles=wanted)
        session.add(PersonRow(id=person_id, name=_name(name), added_at=ctx.clock.now()))
        session.flush()
        for role in wanted:
            session.add(_appointment(ctx, agency_id, person_id, role, **common))
        session.flush()
        return person(session, person_id, max(valid_from or today(ctx), today(ctx)))


def appoint(
    ctx: Context,
    actor: Actor,
    *,
    person_id: str,
    role: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    agency_id: str | None = None,
    **details: Any,
) -> AppointmentFacts:
    """Give a person one more role over a time.

    Raises:
        BadInput: The role is unknown or may not stand beside the others, or dates are wrong.
        Forbidden: The policy says no.
    """
    office = agency_id or actor.agency_id
    _check_dates(valid_from, valid_to, "valid_to")
    with ctx.database.write() as session:
        _require_manager(session, actor, office)
        _person_row(session, person_id)
        held = {
            a.role
            for a in appointments(session, person_id)
            if a.agency_id == office and _overlaps(a, valid_from, valid_to)
        }
        _roles([*held, role])
        event = {"person": person_id, "role": role, "valid_from": valid_from, "valid_to": valid_to}
        note(session, ctx, office, "appointment.made", actor, **event)
        row = _appointment(ctx, office, person_id, role, valid_from=valid_from, valid_to=valid_to, **details)
        session.add(row)
        session.flush()
        return _facts(row)


def end_appointment(ctx: Context, actor: Actor, appointment_id: str) -> None:
    """Take a role away; it gives nothing from this instant, for open sessions too.

    Raises:
        NotFound: There is no such appointment.
        Refused: It is what lets the actor do this.
        Forbidden: The policy says no.
    """
    with ctx.database.write() as session:
        row = session.get(AppointmentRow, appointment_id)
        if row is None:
            raise NotFound("没有这项任职。", remedy="刷新页面查看。")
        _require_manager(session, actor, row.agency_id)
        if (row.person_id, row.role) == (actor.person_id, KEEPER):
            raise Refused("不能终止自己的系统管理员职务。", remedy="由另一名系统管理员终止。")
        if row.ended_at is None:
            event = {"appointment": row.id, "person": row.person_id, "role": row.role}
            note(session, ctx, row.agency_id, "appointment.ended", actor, **event)
            row.ended_at = ctx.clock.now()


def person(session: orm.Session, person_id: str, day: dt.date) -> PersonFacts:
    """Return a person as they stood on a day.

    Raises:
        NotFound: There is no such person.
    """
    name, known = _known(session, person_id)
    held = [a for a in known if is_valid_on(a, day)]
    shown = held or known[-1:]
    return PersonFacts(
        id=person_id,
        name=name,
        agency_id=shown[0].agency_id if shown else "",
        roles=frozenset(a.role for a in held),
        department=shown[0].department if shown else "",
        post=next((a.post for a in shown if a.post), ""),
        qualification=next((a.qualification for a in shown if a.qualification), ""),
        **_certificate(held or known, day),
    )


def _known(session: orm.Session, person_id: str) -> tuple[str, list[AppointmentFacts]]:
    """Return a person's name and appointments, read once a session: 90 papers ask for them on each one's day."""
    memo = session.info.setdefault(MEMO, {})
    if person_id not in memo:
        memo[person_id] = (_person_row(session, person_id).name, appointments(session, person_id))
    found: tuple[str, list[AppointmentFacts]] = memo[person_id]
    return found


def remember(session: orm.Session, person_ids: Iterable[str]) -> None:
    """Read several persons at once; `person` finds them in the session."""
    memo = session.info.setdefault(MEMO, {})
    wanted = [one for one in dict.fromkeys(person_ids) if one not in memo]
    if not wanted:
        return
    names = session.execute(sa.select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(wanted)))
    held: dict[str, tuple[str, list[AppointmentFacts]]] = {one: (name, []) for one, name in names}
    query = sa.select(AppointmentRow).where(AppointmentRow.person_id.in_(held))
    for row in session.scalars(query.order_by(AppointmentRow.valid_from, AppointmentRow.id)):
        held[row.person_id][1].append(_facts(row))
    memo.update(held)


def persons_of(session: orm.Session, agency_id: str, day: dt.date) -> list[PersonFacts]:
    """Return everybody who was ever appointed in an office, as they stood on a day, in the order of joining."""
    query = (
        sa.select(PersonRow.id)
        .join(AppointmentRow, AppointmentRow.person_id == PersonRow.id)
        .where(AppointmentRow.agency_id == agency_id)
        .group_by(PersonRow.id, PersonRow.added_at)
        .order_by(PersonRow.added_at, PersonRow.id)
    )
    found = session.scalars(query).all()
    remember(session, found)
    return [person(session, one, day) for one in found]


def appointments(session: orm.Session, person_id: str) -> list[AppointmentFacts]:
    """Return a person's appointments by their first day, ended ones too."""
    query = sa.select(AppointmentRow).where(AppointmentRow.person_id == person_id)
    return [_facts(row) for row in session.scalars(query.order_by(AppointmentRow.valid_from, AppointmentRow.id))]


def is_valid_on(one: AppointmentFacts, day: dt.date) -> bool:
    """Tell whether an appointment holds on a day (the day on which it was taken away still counts)."""
    ended = one.ended_at is not None and legal_date(one.ended_at) < day
    return one.valid_from <= day and (one.valid_to is None or day <= one.valid_to) and not ended


def is_valid_at(one: AppointmentFacts, at: dt.datetime) -> bool:
    """Tell whether an appointment holds at an instant."""
    return is_valid_on(one, legal_date(at)) and (one.ended_at is None or at < one.ended_at)


def _certificate(held: Sequence[AppointmentFacts], day: dt.date) -> dict[str, Any]:
    """Return the certificate that is valid on a day, else the one that ran out last."""
    own = [r for r in held if r.cert_no]
    if not own:
        return {}
    valid = [r for r in own if r.cert_from and r.cert_to and r.cert_from <= day <= r.cert_to]
    best = (valid or sorted(own, key=lambda r: r.cert_to or dt.date.min))[-1]
    return {"cert_no": best.cert_no, "cert_from": best.cert_from, "cert_to": best.cert_to}


def _person_row(session: orm.Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound(NO_PERSON[0], remedy=NO_PERSON[1])
    return row


def _require_manager(session: orm.Session, by: Actor | None, agency_id: str) -> None:
    if session.get(AgencyRow, agency_id) is None:
        raise absent("agency")
    if by is not None:
        require_in_agency(by, Permission.ACCOUNT_MANAGE, agency_id)


def _appointment(ctx: Context, agency_id: str, person_id: str, role: str, **details: Any) -> AppointmentRow:
    return AppointmentRow(id=ctx.ids.new(), agency_id=agency_id, person_id=person_id, role=role, **details)


def _roles(roles: Iterable[str]) -> list[str]:
    wanted, known = list(dict.fromkeys(roles)), rulebook().roles
    if not wanted or any(r not in known for r in wanted):
        raise BadInput(
            f"职务不认识：{'、'.join(r for r in wanted if r not in known) or '（空）'}。",
            remedy=f"可用：{'、'.join(known)}。",
            path="roles",
        )
    alone = [r for r in wanted if known[r].alone]
    if alone and len(wanted) > 1:
        raise BadInput(
            f"“{known[alone[0]].title}”不能由有其他职务的人兼任。", remedy="管理账号和设置的人另行指定。", path="roles"
        )
    return wanted


def _name(name: str) -> str:
    clean = name.strip()
    if not clean or len(clean) > 200 or any(ord(c) < 32 for c in clean):  # noqa: PLR2004 - control characters
        raise BadInput("姓名应为1到200个字，不含控制字符。", remedy="重新填写姓名。", path="name")
    return clean


def _check_dates(first: dt.date | None, last: dt.date | None, path: str) -> None:
    if first is not None and last is not None and last < first:
        raise BadInput("终止日期早于起始日期。", remedy="核对两个日期。", path=path)


def _overlaps(one: AppointmentFacts, first: dt.date, last: dt.date | None) -> bool:
    ends = [d for d in (one.valid_to, legal_date(one.ended_at) if one.ended_at else None) if d]
    return (not ends or min(ends) >= first) and (last is None or one.valid_from <= last)


def _facts(row: AppointmentRow) -> AppointmentFacts:
    return AppointmentFacts(**{name: getattr(row, name) for name in AppointmentFacts.__dataclass_fields__})
