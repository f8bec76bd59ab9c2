"""A phone is let in once, for a while, in somebody's name; who loses rights loses the phone's too."""

import datetime as dt

import pytest

from access import accounts, phones
from access.facts import Actor
from foundation import journal
from foundation.context import Context
from foundation.errors import NotFound
from tests.casework.offices import Bureau
from tests.conftest import move

CASE = "0192ffff-0000-7000-8000-000000000001"


@pytest.fixture
def bureau(any_ctx: Context) -> Bureau:
    return Bureau(any_ctx)


@pytest.fixture
def clerk(bureau: Bureau) -> Actor:
    return bureau.as_("乙二")


def test_a_code_becomes_a_token_for_one_case_and_is_written_down(bureau: Bureau, clerk: Actor) -> None:
    code = phones.invite(bureau.ctx, clerk, CASE)
    token, case_id = phones.open_code(bureau.ctx, code.lower())
    guest = phones.guest_of(bureau.ctx, token)
    assert guest
    assert (guest.actor.person_id, guest.case_id, case_id) == (clerk.person_id, CASE, CASE)
    with bureau.ctx.database.read() as session:
        kinds = [e.kind for e in journal.events(session, f"agency:{bureau.agency_id}") if e.kind.startswith("phone.")]
        held = str(session.connection().exec_driver_sql("SELECT * FROM phone").all())
    assert kinds == ["phone.invited", "phone.opened"]
    assert code not in held
    assert token not in held


def test_unknown_used_and_late_codes_have_one_answer(bureau: Bureau, clerk: Actor) -> None:
    used, late = phones.invite(bureau.ctx, clerk, CASE), phones.invite(bureau.ctx, clerk, CASE[:-1] + "2")
    phones.open_code(bureau.ctx, used)
    move(bureau.ctx, bureau.ctx.clock.now() + phones.OPENS)
    told = set()
    for code in (used, late, "AAAAAAAAAAAA", ""):
        with pytest.raises(NotFound) as caught:
            phones.open_code(bureau.ctx, code)
        told.add(str(caught.value))
    assert len(told) == 1


def test_a_disabled_account_ends_the_phone_and_nobody_else_puts_it_out(bureau: Bureau, clerk: Actor) -> None:
    token, _ = phones.open_code(bureau.ctx, phones.invite(bureau.ctx, clerk, CASE))
    with bureau.ctx.database.read() as session:
        (known,) = phones.phones_of(session, clerk, CASE)
    with pytest.raises(NotFound):
        phones.end(bureau.ctx, bureau.as_("甲一"), known.id)
    assert phones.guest_of(bureau.ctx, token)
    accounts.disable_account(bureau.ctx, account_id=clerk.account_id)
    assert phones.guest_of(bureau.ctx, token) is None


def test_old_invitations_are_forgotten(bureau: Bureau, clerk: Actor) -> None:
    phones.invite(bureau.ctx, clerk, CASE)
    assert phones.forget_old(bureau.ctx) == 0
    move(bureau.ctx, bureau.ctx.clock.now() + dt.timedelta(days=30))
    assert phones.forget_old(bureau.ctx) == 1
