"""Renewed certificates: each day keeps the certificate that was valid on it."""

import datetime as dt

import pytest

from access import certificates
from access.facts import Actor, AppointmentFacts
from access.persons import appointments, end_appointment, person
from foundation.context import Context
from foundation.errors import BadInput, NotFound, Refused
from tests.access.office import a_person, administrator, an_agency

OLD = {"cert_no": "样001", "cert_from": dt.date(2021, 1, 1), "cert_to": dt.date(2026, 2, 28)}
NEW = {"cert_no": "样 002", "cert_from": dt.date(2026, 3, 1), "cert_to": dt.date(2031, 2, 28)}


@pytest.fixture
def admin(ctx: Context) -> Actor:
    return administrator(ctx, an_agency(ctx).id)


def held(ctx: Context, person_id: str) -> list[AppointmentFacts]:
    with ctx.database.read() as session:
        return appointments(session, person_id)


def numbers(ctx: Context, person_id: str, *days: dt.date) -> list[str | None]:
    with ctx.database.read() as session:
        return [person(session, person_id, day).cert_no for day in days]


def test_each_day_keeps_its_certificate(ctx: Context, admin: Actor) -> None:
    person_id = a_person(ctx, admin.agency_id, valid_from=dt.date(2025, 1, 1), **OLD)
    certificates.renew(ctx, admin, held(ctx, person_id)[0].id, **NEW)
    assert numbers(ctx, person_id, dt.date(2026, 2, 28), dt.date(2026, 3, 1)) == ["样001", "样002"]


def test_the_role_goes_on_without_a_gap(ctx: Context, admin: Actor) -> None:
    person_id = a_person(ctx, admin.agency_id, valid_from=dt.date(2025, 1, 1), **OLD)
    certificates.renew(ctx, admin, held(ctx, person_id)[0].id, **NEW)
    old, new = held(ctx, person_id)
    assert old.valid_to == dt.date(2026, 2, 28)
    assert (new.valid_from, new.role, new.department) == (dt.date(2026, 3, 1), old.role, old.department)


def test_a_first_certificate_on_the_first_day_takes_the_place_of_none(ctx: Context, admin: Actor) -> None:
    person_id = a_person(ctx, admin.agency_id)
    certificates.renew(ctx, admin, held(ctx, person_id)[0].id, **{**NEW, "cert_from": dt.date(2026, 1, 1)})
    today = dt.date(2026, 1, 5)
    assert numbers(ctx, person_id, today) == ["样002"]
    assert [a.ended_at is not None for a in held(ctx, person_id)].count(True) == 1


def test_an_appointment_that_is_over_gets_none(ctx: Context, admin: Actor) -> None:
    person_id = a_person(ctx, admin.agency_id)
    appointment = held(ctx, person_id)[0].id
    end_appointment(ctx, admin, appointment)
    with pytest.raises(Refused):
        certificates.renew(ctx, admin, appointment, **NEW)


@pytest.mark.parametrize(
    ("change", "path"), [({"cert_no": " "}, "cert_no"), ({"cert_to": dt.date(2025, 1, 1)}, "cert_to")]
)
def test_a_wrong_word_is_named(ctx: Context, admin: Actor, change: dict[str, object], path: str) -> None:
    appointment = held(ctx, a_person(ctx, admin.agency_id))[0].id
    with pytest.raises(BadInput) as caught:
        certificates.renew(ctx, admin, appointment, **{**NEW, **change})  # type: ignore[arg-type]
    assert caught.value.path == path


def test_another_agencys_appointment_is_not_there(ctx: Context, admin: Actor) -> None:
    other = an_agency(ctx, "山南镇人民政府（虚构）")
    appointment = held(ctx, a_person(ctx, other.id))[0].id
    with pytest.raises(NotFound):
        certificates.renew(ctx, admin, appointment, **NEW)


def test_what_ends_soon_is_called_to_mind_the_nearest_first(ctx: Context, admin: Actor) -> None:
    for name, last in [("甲", "2026-02-28"), ("乙", "2026-01-01"), ("丙", "2030-01-01")]:
        days = {"cert_from": dt.date(2021, 1, 1), "cert_to": dt.date.fromisoformat(last)}
        a_person(ctx, admin.agency_id, name=name, cert_no=name, **days)
    with ctx.database.read() as session:
        found = certificates.expiring(session, admin.agency_id, dt.date(2026, 1, 5))
    assert [(one.name, one.is_over) for one in found] == [("乙", True), ("甲", False)]
