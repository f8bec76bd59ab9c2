"""Enforcement certificates (办法9): a renewed one begins a new term of the appointment, so that each day keeps its own.

Papers print the certificate that was valid on their day; nothing of an earlier day is changed. Journal kind in
`agency:<id>`: `certificate.renewed`; events hold ids and days, no number.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import orm

from access.agencies import note, require_in_agency, today
from access.facts import Actor, AppointmentFacts
from access.models import AppointmentRow
from access.permissions import Permission
from access.persons import appointments, is_valid_on, persons_of
from foundation.context import Context
from foundation.errors import BadInput, NotFound, Refused

SOON = dt.timedelta(days=60)
"""How long before its last day a certificate is called to mind."""
MOST_NUMBER = 60
KEPT = ("agency_id", "person_id", "role", "department", "post", "qualification", "party_id", "valid_to")
"""What a new term takes over."""


@dataclass(frozen=True, kw_only=True)
class Expiring:
    """A person whose certificate ends soon or has ended."""

    person_id: str
    name: str
    cert_to: dt.date
    is_over: bool


def renew(
    ctx: Context, actor: Actor, appointment_id: str, *, cert_no: str, cert_from: dt.date, cert_to: dt.date
) -> AppointmentFacts:
    """Give an appointment a renewed certificate from its first day on, today at the earliest.

    Args:
        ctx: The floor.
        actor: Who keeps the accounts.
        appointment_id: The term with the old certificate, or with none.
        cert_no: Number of the new one.
        cert_from: Its first day.
        cert_to: Its last day.

    Raises:
        BadInput: Number or days are wrong.
        NotFound: There is no such appointment.
        Refused: It is over.
        Forbidden: The policy says no.
    """
    number = "".join(cert_no.split())
    if not 0 < len(number) <= MOST_NUMBER or not number.isprintable():
        raise BadInput(f"执法证号应为1至{MOST_NUMBER}个字符。", remedy="照证件填写。", path="cert_no")
    if cert_to < cert_from:
        raise BadInput("终止日期早于起始日期。", remedy="核对两个日期。", path="cert_to")
    with ctx.database.write() as session:
        old = session.get(AppointmentRow, appointment_id, with_for_update=True)
        if old is None or old.agency_id not in actor.agencies:
            raise NotFound("没有这项任职。", remedy="刷新页面查看。")
        require_in_agency(actor, Permission.ACCOUNT_MANAGE, old.agency_id)
        begins = max(cert_from, today(ctx))
        _refuse_over(old, begins)
        event = {"appointment": old.id, "person": old.person_id, "cert_from": cert_from, "cert_to": cert_to}
        note(session, ctx, old.agency_id, "certificate.renewed", actor, **event, begins=begins)
        row = _next_term(ctx, old, begins, cert_no=number, cert_from=cert_from, cert_to=cert_to)
        _end(ctx, old, begins)
        session.add(row)
        session.flush()
        return AppointmentFacts(**{name: getattr(row, name) for name in AppointmentFacts.__dataclass_fields__})


def _refuse_over(old: AppointmentRow, begins: dt.date) -> None:
    if old.ended_at is not None or (old.valid_to is not None and old.valid_to < begins):
        raise Refused("这项任职已经结束，不能换证。", remedy="先重新任职，同时填写执法证。")


def _next_term(ctx: Context, old: AppointmentRow, begins: dt.date, **certificate: Any) -> AppointmentRow:
    kept = {name: getattr(old, name) for name in KEPT}
    return AppointmentRow(id=ctx.ids.new(), valid_from=begins, ended_at=None, **kept, **certificate)


def _end(ctx: Context, old: AppointmentRow, begins: dt.date) -> None:
    """Let the old term end on the day before; one that began on the same day ends now."""
    if old.valid_from < begins:
        old.valid_to = begins - dt.timedelta(days=1)
    else:
        old.ended_at = ctx.clock.now()


def expiring(session: orm.Session, agency_id: str, day: dt.date) -> Sequence[Expiring]:
    """Return who holds a role with a certificate that ends within two months, or has ended; the nearest first."""
    found = []
    for person in persons_of(session, agency_id, day):
        held = [a for a in appointments(session, person.id) if a.agency_id == agency_id and is_valid_on(a, day)]
        ends = [a.cert_to for a in held if a.cert_to is not None]
        if ends and max(ends) <= day + SOON:
            last = max(ends)
            found.append(Expiring(person_id=person.id, name=person.name, cert_to=last, is_over=last < day))
    return sorted(found, key=lambda one: (one.cert_to, one.person_id))
