"""Personal tokens: a part of a person's rights, for a time, ended by whatever ends the person's own door."""

import datetime as dt

import pytest

from access import accounts, policy, tokens
from access.facts import Actor
from access.models import ApiTokenRow
from access.permissions import Permission
from access.policy import Record
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound
from tests.access.office import PASSWORD, actor, administrator, an_account, an_actor, an_agency
from tests.conftest import move


@pytest.fixture
def owner(ctx: Context) -> Actor:
    return actor(ctx, an_account(ctx, an_agency(ctx).id))


def made(ctx: Context, owner: Actor, *scopes: str, days: int = 30) -> str:
    return tokens.make(ctx, owner, name="统计程序", scopes=scopes or ("case:read",), days=days)[1]


def test_a_token_stands_for_its_owner_within_its_scopes(ctx: Context, owner: Actor) -> None:
    found = tokens.bearer_of(ctx, made(ctx, owner, "case:read"))
    assert found is not None
    assert (found.actor.person_id, found.actor.roles) == (owner.person_id, owner.roles)
    assert policy.may_anywhere(found.actor, Permission.CASE_READ)
    assert not policy.may_anywhere(found.actor, Permission.CASE_OPEN)


def test_what_a_scope_does_not_name_is_refused_with_its_name() -> None:
    narrow = an_actor("handler", scopes=frozenset(["case:read"]))
    verdict = policy.decide(narrow, Permission.CASE_OPEN, Record(kind="agency", agency_id="清河"))
    assert not verdict.allowed
    assert "case:open" in verdict.reason


def test_a_scope_gives_nothing_that_the_roles_do_not_give() -> None:
    wide = an_actor("handler", scopes=frozenset(["account:manage"]))
    assert not policy.may_anywhere(wide, Permission.ACCOUNT_MANAGE)


def test_without_a_scope_to_read_a_case_is_as_if_it_were_not_there() -> None:
    narrow = an_actor("unit_head", scopes=frozenset(["search:ask"]))
    assert policy.is_hidden(narrow, Record(kind="case", agency_id="清河", id="案", case_id="案"))


def test_the_secret_is_nowhere(ctx: Context, owner: Actor) -> None:
    facts, secret = tokens.make(ctx, owner, name="统计程序", scopes=["case:read"], days=30)
    with ctx.database.read() as session:
        row = session.get_one(ApiTokenRow, facts.id)
        assert secret not in [str(v) for v in vars(row).values()]
        kept = [e.data for e in journal.events(session, f"agency:{owner.agency_id}") if e.kind == "token.made"]
    assert kept == [{"token": facts.id, "scopes": ["case:read"], "days": 30}]


def test_it_ends_with_its_time(ctx: Context, owner: Actor) -> None:
    secret = made(ctx, owner, days=1)
    move(ctx, ctx.clock.now() + dt.timedelta(days=1))
    assert tokens.bearer_of(ctx, secret) is None


def test_it_ends_when_its_owner_revokes_it(ctx: Context, owner: Actor) -> None:
    facts, secret = tokens.make(ctx, owner, name="统计程序", scopes=["case:read"], days=30)
    tokens.revoke(ctx, owner, facts.id)
    assert tokens.bearer_of(ctx, secret) is None


def test_nobody_revokes_the_token_of_another(ctx: Context, owner: Actor) -> None:
    facts, secret = tokens.make(ctx, owner, name="统计程序", scopes=["case:read"], days=30)
    with pytest.raises(NotFound):
        tokens.revoke(ctx, administrator(ctx, owner.agency_id), facts.id)
    assert tokens.bearer_of(ctx, secret) is not None


def test_it_ends_with_a_new_password(ctx: Context, owner: Actor) -> None:
    secret = made(ctx, owner)
    accounts.change_password(ctx, owner, old=PASSWORD, new="另一条河的水 2026")
    assert tokens.bearer_of(ctx, secret) is None


def test_it_ends_when_the_account_is_disabled(ctx: Context, owner: Actor) -> None:
    secret = made(ctx, owner)
    accounts.disable_account(ctx, account_id=owner.account_id, by=administrator(ctx, owner.agency_id))
    accounts.enable_account(ctx, account_id=owner.account_id, by=None)
    assert tokens.bearer_of(ctx, secret) is None


def test_the_last_use_is_kept_to_the_minute(ctx: Context, owner: Actor) -> None:
    secret = made(ctx, owner)
    tokens.bearer_of(ctx, secret, "192.0.2.7")
    first = ctx.clock.now()
    move(ctx, first + dt.timedelta(seconds=30))
    tokens.bearer_of(ctx, secret, "192.0.2.8")
    with ctx.database.read() as session:
        found = tokens.tokens_of(session, owner.account_id)[0]
    assert (found.used_at, found.used_from) == (first, "192.0.2.7")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["account:manage"]}, "scopes"),
        ({"scopes": ["case:fly"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
    ],
)
def test_a_wrong_word_is_named(ctx: Context, owner: Actor, change: dict[str, object], path: str) -> None:
    given: dict[str, object] = {"name": "统计程序", "scopes": ["case:read"], "days": 30, **change}
    with pytest.raises(BadInput) as caught:
        tokens.make(ctx, owner, **given)  # type: ignore[arg-type]
    assert caught.value.path == path


def test_a_token_makes_no_tokens(ctx: Context, owner: Actor) -> None:
    found = tokens.bearer_of(ctx, made(ctx, owner))
    assert found is not None
    with pytest.raises(Forbidden):
        tokens.make(ctx, found.actor, name="又一个", scopes=["case:read"], days=1)


def test_an_account_has_twenty_valid_tokens_at_most(ctx: Context, owner: Actor) -> None:
    for _ in range(tokens.MOST):
        made(ctx, owner)
    with pytest.raises(BadInput):
        made(ctx, owner)
