"""Persons and appointments: a role over a time, read at the instant it is asked for."""

import datetime as dt

import pytest

from access import accounts, persons
from access.persons import appoint, end_appointment
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound
from tests.access.office import a_person, actor, administrator, an_account, an_agency
from tests.conftest import move

DAY = dt.date(2026, 1, 5)


def roles(ctx: Context, person_id: str, day: dt.date) -> frozenset[str]:
    with ctx.database.read() as session:
        return accounts.person(session, person_id, day).roles


def test_a_person_stands_with_roles_department_and_certificate(ctx: Context) -> None:
    agency = an_agency(ctx)
    certificate = {"cert_no": "SF-QH-0001", "cert_from": dt.date(2024, 3, 1), "cert_to": dt.date(2029, 2, 28)}
    known = a_person(ctx, agency.id, "handler", "reception", **certificate)
    with ctx.database.read() as session:
        facts = accounts.person(session, known, DAY)
    assert (facts.roles, facts.department) == ({"handler", "reception"}, "综合执法办公室")
    assert (facts.cert_no, facts.cert_from, facts.cert_to) == tuple(certificate.values())


def test_a_role_counts_from_its_first_to_its_last_day(ctx: Context) -> None:
    days = {"valid_from": dt.date(2026, 1, 5), "valid_to": dt.date(2026, 1, 31)}
    known = a_person(ctx, an_agency(ctx).id, "handler", **days)
    asked = [dt.date(2026, 1, 4), dt.date(2026, 1, 5), dt.date(2026, 1, 31), dt.date(2026, 2, 1)]
    assert [bool(roles(ctx, known, day)) for day in asked] == [False, True, True, False]


def test_an_account_acts_with_the_roles_of_that_instant(ctx: Context) -> None:
    agency = an_agency(ctx)
    account = an_account(ctx, agency.id, "handler")
    person_id = actor(ctx, account).person_id
    appoint(ctx, administrator(ctx, agency.id), person_id=person_id, role="unit_head", valid_from=dt.date(2026, 2, 1))
    assert actor(ctx, account).roles == {"handler"}
    assert actor(ctx, account, dt.datetime(2026, 1, 31, 16, tzinfo=dt.UTC)).roles == {"handler", "unit_head"}


def test_a_role_taken_away_gives_nothing_from_that_instant(ctx: Context) -> None:
    agency = an_agency(ctx)
    account = an_account(ctx, agency.id, "handler")
    before = actor(ctx, account)
    with ctx.database.read() as session:
        held = persons.appointments(session, before.person_id)[0].id
    end_appointment(ctx, administrator(ctx, agency.id), held)
    assert actor(ctx, account).roles == frozenset()
    assert actor(ctx, account).epoch != before.epoch
    assert roles(ctx, before.person_id, DAY) == {"handler"}, "what was signed that morning was signed by a handler"


def test_a_later_certificate_goes_before_one_that_ran_out(ctx: Context) -> None:
    agency = an_agency(ctx)
    old = {"cert_no": "旧证", "cert_from": dt.date(2020, 1, 1), "cert_to": dt.date(2025, 12, 31)}
    known = a_person(ctx, agency.id, "handler", **old)
    new = {"cert_no": "新证", "cert_from": dt.date(2026, 2, 1), "cert_to": dt.date(2031, 1, 31)}
    appoint(ctx, administrator(ctx, agency.id), person_id=known, role="handler", valid_from=dt.date(2026, 2, 1), **new)
    with ctx.database.read() as session:
        shown = [accounts.person(session, known, day).cert_no for day in (DAY, dt.date(2026, 2, 1))]
    assert shown == ["旧证", "新证"]


def test_roles_of_one_agency_do_not_count_in_another(ctx: Context) -> None:
    town, other = an_agency(ctx), an_agency(ctx, "邻镇人民政府（虚构）")
    account = an_account(ctx, town.id, "handler")
    person_id = actor(ctx, account).person_id
    appoint(ctx, administrator(ctx, other.id), person_id=person_id, role="agency_head", valid_from=DAY)
    here = actor(ctx, account)
    with ctx.database.read() as session:
        there = accounts.actor_of(session, account, ctx.clock.now(), agency_id=other.id)
    assert (here.roles, here.agencies) == ({"handler"}, {town.id})
    assert (there.roles, there.agencies) == ({"agency_head"}, {other.id})


def test_nobody_keeps_accounts_and_cases_in_one_hand(ctx: Context) -> None:
    agency = an_agency(ctx)
    with pytest.raises(BadInput, match="兼任"):
        a_person(ctx, agency.id, "sysadmin", "handler")
    known = a_person(ctx, agency.id, "handler")
    with pytest.raises(BadInput, match="兼任"):
        appoint(ctx, administrator(ctx, agency.id), person_id=known, role="sysadmin", valid_from=DAY)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"roles": ["king"]}, "king"),
        ({"roles": []}, "职务"),
        ({"name": " "}, "姓名"),
        ({"name": "甲\x00一"}, "控制字符"),
        ({"cert_from": dt.date(2026, 2, 1), "cert_to": dt.date(2026, 1, 1)}, "早于"),
    ],
)
def test_a_wrong_person_is_refused_with_its_remedy(ctx: Context, wrong: dict[str, object], words: str) -> None:
    given = {"agency_id": an_agency(ctx).id, "name": "甲一", "roles": ["handler"], **wrong}
    with pytest.raises(BadInput, match=words) as error:
        accounts.add_person(ctx, **given)  # type: ignore[arg-type]
    assert error.value.remedy


def test_persons_are_registered_by_their_agencys_administrator(ctx: Context) -> None:
    agency, other = an_agency(ctx), an_agency(ctx, "邻镇人民政府（虚构）")
    with pytest.raises(Forbidden):
        a_person(ctx, agency.id, "handler", by=actor(ctx, an_account(ctx, agency.id, "handler")))
    with pytest.raises(NotFound):
        a_person(ctx, agency.id, "handler", by=administrator(ctx, other.id))
    with pytest.raises(NotFound):
        a_person(ctx, "没有的单位", "handler")


def test_appointments_are_journalled_without_names(ctx: Context) -> None:
    agency = an_agency(ctx)
    known = a_person(ctx, agency.id, "handler", name="甲一")
    with ctx.database.read() as session:
        added = next(e for e in journal.events(session, f"agency:{agency.id}") if e.kind == "person.added")
    assert added.data == {"person": known, "roles": ["handler"]}
    assert "甲一" not in str(added.data)


def test_everybody_of_an_office_is_listed_as_they_stand(ctx: Context) -> None:
    agency = an_agency(ctx)
    a_person(ctx, agency.id, "handler", name="甲一", valid_to=dt.date(2026, 1, 5))
    move(ctx, "2026-01-06T09:00")
    a_person(ctx, agency.id, "archivist", name="壬九")
    with ctx.database.read() as session:
        shown = [(p.name, p.roles) for p in accounts.persons_of(session, agency.id, dt.date(2026, 1, 6))]
    assert shown == [("甲一", frozenset()), ("壬九", frozenset(["archivist"]))]
