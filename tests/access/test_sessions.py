"""Sign-in and sessions: one answer, delays without lock-out, tokens that end (hostile.md C3, C4, C6, C9)."""

import datetime as dt
import threading
import time

import pytest
import sqlalchemy as sa

from access import accounts, attempts
from access.accounts import TooSoon
from access.attempts import CROWD, FREE_TRIES, MOST_DELAY
from access.models import SessionRow, SignInAttemptRow
from access.sessions import IDLE, LONGEST
from foundation import journal
from foundation.context import Context
from foundation.errors import Forbidden
from tests.access.office import ADDRESS, PASSWORD, WRONG, an_account, an_agency, sign_in
from tests.conftest import move


def fail(ctx: Context, times: int, login: str = "jiayi", address: str = ADDRESS) -> None:
    """Fail to sign in, waiting as long as asked."""
    for _ in range(times):
        try:
            with pytest.raises(Forbidden):
                sign_in(ctx, login, WRONG, address)
        except TooSoon as wait:
            later(ctx, seconds=wait.seconds)
            with pytest.raises(Forbidden):
                sign_in(ctx, login, WRONG, address)


def later(ctx: Context, **span: float) -> None:
    move(ctx, ctx.clock.now() + dt.timedelta(**span))


def test_a_token_stands_for_its_account_until_signed_out(ctx: Context) -> None:
    account = an_account(ctx, an_agency(ctx).id)
    token = sign_in(ctx)
    actor = accounts.actor_of_session(ctx, token)
    assert actor is not None
    assert actor.account_id == account
    accounts.sign_out(ctx, token)
    accounts.sign_out(ctx, token)
    assert accounts.actor_of_session(ctx, token) is None


@pytest.mark.parametrize("token", ["", "x", "\ud800", "长" * 500])
def test_a_token_that_nobody_gave_stands_for_nobody(ctx: Context, token: str) -> None:
    assert accounts.actor_of_session(ctx, token) is None
    accounts.sign_out(ctx, token)


def test_the_token_itself_is_nowhere_in_the_database(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    token = sign_in(ctx)
    with ctx.database.read() as session:
        row = session.scalars(sa.select(SessionRow)).one()
        assert token not in {str(getattr(row, c.key)) for c in sa.inspect(SessionRow).column_attrs}


def test_a_session_ends_when_nothing_was_asked_for_long(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    token = sign_in(ctx)
    later(ctx, seconds=IDLE.total_seconds() - 1)
    assert accounts.actor_of_session(ctx, token)
    later(ctx, seconds=IDLE.total_seconds() - 1)
    assert accounts.actor_of_session(ctx, token), "the last request counted"
    later(ctx, seconds=IDLE.total_seconds())
    assert accounts.actor_of_session(ctx, token) is None


def test_a_session_ends_after_a_working_day_however_busy(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    token, end = sign_in(ctx), ctx.clock.now() + LONGEST
    while ctx.clock.now() + dt.timedelta(minutes=20) < end:
        later(ctx, minutes=20)
        assert accounts.actor_of_session(ctx, token)
    move(ctx, end)
    assert accounts.actor_of_session(ctx, token) is None


def test_c9_a_request_that_crosses_a_sign_out_does_not_open_the_session_again(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    token = sign_in(ctx)
    later(ctx, minutes=2)
    threads = [threading.Thread(target=accounts.actor_of_session, args=(ctx, token)) for _ in range(4)]
    threads.insert(2, threading.Thread(target=accounts.sign_out, args=(ctx, token)))
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert accounts.actor_of_session(ctx, token) is None


@pytest.mark.parametrize("login", ["jiayi", "nobody", "disabled", "nopassword"])
def test_c4_unknown_wrong_and_disabled_get_one_answer(ctx: Context, login: str) -> None:
    agency = an_agency(ctx)
    an_account(ctx, agency.id, login="jiayi")
    an_account(ctx, agency.id, login="nopassword", password=None)
    accounts.disable_account(ctx, account_id=an_account(ctx, agency.id, login="disabled"))
    with pytest.raises(Forbidden) as error:
        sign_in(ctx, login, PASSWORD if login == "disabled" else "不对的口令很长")
    assert str(error.value) == "账号或口令不对，或账号不能使用。 处理办法：核对后重试；忘记口令请联系本机关系统管理员。"


def test_c4_an_unknown_account_costs_as_much_as_a_wrong_password(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    taken = {"jiayi": 9.0, "nobody": 9.0}
    for turn in range(3):
        for login, least in taken.items():
            begin = time.perf_counter()
            with pytest.raises(Forbidden):
                sign_in(ctx, login, "不对的口令很长", f"192.0.2.{turn}")
            taken[login] = min(least, time.perf_counter() - begin)
    assert 0.5 < taken["nobody"] / taken["jiayi"] < 2


def test_c3_guesses_must_wait_longer_and_longer(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    waits = []
    fail(ctx, FREE_TRIES)
    for _ in range(11):
        with pytest.raises(TooSoon) as error:
            sign_in(ctx)
        waits.append(error.value.seconds)
        later(ctx, seconds=error.value.seconds)
        with pytest.raises(Forbidden):
            sign_in(ctx, password=WRONG)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert max(waits) == MOST_DELAY.total_seconds()


def test_c3_a_try_that_comes_too_soon_does_not_make_the_wait_longer(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    fail(ctx, FREE_TRIES)
    for _ in range(5):
        with pytest.raises(TooSoon):
            sign_in(ctx)
    later(ctx, seconds=1)
    assert sign_in(ctx)


def test_c3_a_stranger_does_not_lock_the_owner_out(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    fail(ctx, FREE_TRIES + 3, address="198.51.100.9")
    assert sign_in(ctx, address=ADDRESS)


def test_c3_an_account_that_does_not_exist_waits_like_one_that_does(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    waits = []
    for login in ("jiayi", "nobody"):
        fail(ctx, FREE_TRIES, login)
        with pytest.raises(TooSoon) as error:
            sign_in(ctx, login)
        waits.append(error.value.seconds)
    assert waits == [1, 1]


def test_c3_one_address_that_tries_many_accounts_must_wait(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    with ctx.database.write() as session:
        for n in range(CROWD):
            row = {"id": f"{n}", "login_digest": f"{n}", "address": ADDRESS, "at": ctx.clock.now(), "succeeded": False}
            session.add(SignInAttemptRow(**row))
    with pytest.raises(TooSoon):
        sign_in(ctx)
    assert sign_in(ctx, address="192.0.2.200")


def test_a_sign_in_forgets_the_failures_before_it(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    fail(ctx, FREE_TRIES - 1)
    later(ctx, seconds=1)
    sign_in(ctx)
    later(ctx, seconds=1)
    fail(ctx, FREE_TRIES - 1)
    assert sign_in(ctx)


def test_c3_parallel_guesses_see_each_other(any_ctx: Context) -> None:
    an_account(any_ctx, an_agency(any_ctx).id)
    outcomes: list[str] = []

    def guess() -> None:
        try:
            sign_in(any_ctx, password=WRONG)
        except TooSoon:
            outcomes.append("wait")
        except Forbidden:
            outcomes.append("wrong")

    threads = [threading.Thread(target=guess) for _ in range(FREE_TRIES + 4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["wait"] * 4 + ["wrong"] * FREE_TRIES


@pytest.mark.article("A36.2")
def test_sign_ins_are_journalled_with_address_and_without_names(ctx: Context) -> None:
    agency = an_agency(ctx)
    account = an_account(ctx, agency.id)
    fail(ctx, 1)
    fail(ctx, 1, "我的口令打错了地方")
    accounts.sign_out(ctx, sign_in(ctx))
    with ctx.database.read() as session:
        told = [e for e in journal.events(session, f"agency:{agency.id}") if e.actor == account]
        unknown = list(journal.events(session, "access:sign_in"))
        kept = session.scalars(sa.select(SignInAttemptRow.login_digest)).all()
    assert [e.kind for e in told] == ["sign_in.failed", "sign_in.succeeded", "session.ended"]
    assert told[0].data["address"] == ADDRESS
    assert [e.kind for e in unknown] == ["sign_in.failed"]
    assert "我的口令打错了地方" not in str([e.data for e in unknown]) + str(kept)


def test_tries_that_no_longer_count_are_forgotten_and_the_others_stay(ctx: Context) -> None:
    an_account(ctx, an_agency(ctx).id)
    for _ in range(3):
        with pytest.raises(Forbidden):
            sign_in(ctx, password=WRONG)
    move(ctx, ctx.clock.now() + attempts.FORGET - dt.timedelta(minutes=1))
    with pytest.raises(Forbidden):
        sign_in(ctx, password=WRONG)
    move(ctx, ctx.clock.now() + dt.timedelta(minutes=2))
    assert attempts.forget_attempts(ctx) == 3
    assert attempts.forget_attempts(ctx) == 0
    with ctx.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInAttemptRow)) == 1
