"""Accounts: logins, passwords, disabling; every change ends open sessions and is journalled."""

import pytest

from access import accounts
from access.accounts import account_of, change_password, disable_account, enable_account, set_password
from access.passwords import checked_password, hash_password, is_password, login_key
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound
from tests.access.office import PASSWORD, a_person, actor, administrator, an_account, an_agency, sign_in
from tests.conftest import REAL_HASHER

NEW = "另一句够长的口令话"


def kinds(ctx: Context, agency_id: str) -> list[str]:
    with ctx.database.read() as session:
        return [e.kind for e in journal.events(session, f"agency:{agency_id}")]


@pytest.mark.parametrize("wrong", ["短", "1234567890123", "aaaaaaaaaaaa", "jiayi-的口令很长", "长" * 201])
def test_a_weak_password_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput) as error:
        checked_password(wrong, "jiayi")
    assert error.value.path == "password"


def test_a_password_is_kept_as_argon2id_only(ctx: Context) -> None:
    hashed = hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert is_password(hashed, PASSWORD)
    assert not is_password(hashed, PASSWORD + "x")
    assert not is_password("", "没有口令的账号"), "an account without a password fits none"


def test_a_hash_costs_whoever_guesses_time_and_memory() -> None:
    hashed = REAL_HASHER.hash(PASSWORD)
    assert REAL_HASHER.verify(hashed, PASSWORD)
    assert not REAL_HASHER.check_needs_rehash(hashed)
    assert REAL_HASHER.check_needs_rehash(hash_password(PASSWORD)), "weaker figures are noticed"
    assert REAL_HASHER.memory_cost >= 64 * 1024
    assert REAL_HASHER.time_cost >= 3


def test_full_width_and_case_do_not_make_another_login() -> None:
    assert login_key(" ＪｉａＹi ") == "jiayi"


def test_a_login_is_used_once(ctx: Context) -> None:
    agency = an_agency(ctx)
    an_account(ctx, agency.id, login="jiayi")
    with pytest.raises(BadInput, match="已被使用"):
        an_account(ctx, agency.id, login="ＪIAYI")


def test_accounts_without_password_may_share_a_name_and_nobody_signs_in_with_them(ctx: Context) -> None:
    for name in ("清河镇人民政府（虚构）", "邻镇人民政府（虚构）"):
        an_account(ctx, an_agency(ctx, name).id, login="甲一", password=None)
    for guess in ("", "没有口令的账号"):
        with pytest.raises(Forbidden):
            sign_in(ctx, "甲一", guess)


def test_the_account_that_signs_in_by_a_name_is_found_first(ctx: Context) -> None:
    agency = an_agency(ctx)
    an_account(ctx, agency.id, login="甲一", password=None)
    wanted = an_account(ctx, agency.id, login="甲一")
    with ctx.database.read() as session:
        assert account_of(session, "甲一").id == wanted
        with pytest.raises(NotFound):
            account_of(session, "没有")


def test_c6_a_new_password_ends_every_session_at_once(ctx: Context) -> None:
    agency = an_agency(ctx)
    account = an_account(ctx, agency.id)
    tokens = [sign_in(ctx), sign_in(ctx, address="192.0.2.8")]
    set_password(ctx, account_id=account, password=NEW, by=administrator(ctx, agency.id))
    assert [accounts.actor_of_session(ctx, t) for t in tokens] == [None, None]
    assert accounts.actor_of_session(ctx, sign_in(ctx, password=NEW))
    with pytest.raises(Forbidden):
        sign_in(ctx, password=PASSWORD)


def test_c6_a_disabled_account_ends_every_session_at_once(ctx: Context) -> None:
    agency = an_agency(ctx)
    account = an_account(ctx, agency.id)
    token = sign_in(ctx)
    disable_account(ctx, account_id=account, by=administrator(ctx, agency.id))
    assert accounts.actor_of_session(ctx, token) is None
    with pytest.raises(Forbidden, match="账号或口令不对"):
        sign_in(ctx)
    with pytest.raises(Forbidden, match="停用"):
        actor(ctx, account)


def test_an_account_that_is_enabled_again_starts_with_a_new_session(ctx: Context) -> None:
    agency = an_agency(ctx)
    account = an_account(ctx, agency.id)
    token = sign_in(ctx)
    by = administrator(ctx, agency.id)
    disable_account(ctx, account_id=account, by=by)
    enable_account(ctx, account_id=account, by=by)
    assert accounts.actor_of_session(ctx, token) is None
    assert accounts.actor_of_session(ctx, sign_in(ctx))


def test_one_changes_ones_own_password_with_the_old_one(ctx: Context) -> None:
    account = an_account(ctx, an_agency(ctx).id)
    token = sign_in(ctx)
    me = actor(ctx, account)
    with pytest.raises(BadInput, match="原口令"):
        change_password(ctx, me, old="不对的口令很长", new=NEW)
    with pytest.raises(BadInput, match="10到200"):
        change_password(ctx, me, old=PASSWORD, new="短")
    assert accounts.actor_of_session(ctx, token)
    change_password(ctx, me, old=PASSWORD, new=NEW)
    assert accounts.actor_of_session(ctx, token) is None
    assert sign_in(ctx, password=NEW)


def test_accounts_are_changed_by_their_agencys_administrator_alone(ctx: Context) -> None:
    agency, other = an_agency(ctx), an_agency(ctx, "邻镇人民政府（虚构）")
    account = an_account(ctx, agency.id)
    with pytest.raises(Forbidden):
        set_password(ctx, account_id=account, password=NEW, by=actor(ctx, account))
    with pytest.raises(NotFound):
        disable_account(ctx, account_id=account, by=administrator(ctx, other.id))


def test_every_change_of_an_account_is_journalled_without_the_password(ctx: Context) -> None:
    agency = an_agency(ctx)
    account = an_account(ctx, agency.id)
    set_password(ctx, account_id=account, password=NEW)
    disable_account(ctx, account_id=account)
    disable_account(ctx, account_id=account)
    enable_account(ctx, account_id=account)
    wanted = ["account.added", "account.password_set", "account.disabled", "account.enabled"]
    assert [k for k in kinds(ctx, agency.id) if k.startswith("account.")] == wanted
    with ctx.database.read() as session:
        told = str([e.data for e in journal.events(session, f"agency:{agency.id}")])
    assert NEW not in told
    assert "argon2" not in told


@pytest.mark.parametrize("login", ["", "  ", "长" * 81])
def test_a_login_without_a_name_is_refused(ctx: Context, login: str) -> None:
    person_id = a_person(ctx, an_agency(ctx).id)
    with pytest.raises(BadInput, match="账号应为"):
        accounts.add_account(ctx, person_id=person_id, login=login, password=PASSWORD)
