"""Makes the offices, persons and actors that the tests of `access` need."""

import datetime as dt

from access import accounts, agencies
from access.facts import Actor, AgencyFacts
from foundation.context import Context

PASSWORD = "清河的水从山上来"  # noqa: S105 - of accounts that live for one test
WRONG = "猜的口令不对的"
ADDRESS = "192.0.2.7"


def an_actor(*roles: str, agency: str = "清河", person: str = "甲", **more: object) -> Actor:
    """Return an actor that stands in no database."""
    facts: dict[str, object] = {"agencies": frozenset([agency]), **more}
    return Actor(
        account_id=f"账号{person}", person_id=person, agency_id=agency, name=person, roles=frozenset(roles), **facts
    )  # type: ignore[arg-type]


def an_agency(ctx: Context, name: str = "清河镇人民政府（虚构）", **settings: object) -> AgencyFacts:
    return agencies.create_agency(ctx, name=name, short_name="清政", fonds_no="QH01", settings=settings)


def a_person(ctx: Context, agency_id: str, *roles: str, name: str = "甲一", **more: object) -> str:
    """Register a person and return the id."""
    facts = accounts.add_person(
        ctx, agency_id=agency_id, name=name, roles=roles or ("handler",), department="综合执法办公室", **more
    )  # type: ignore[arg-type]
    return facts.id


def an_account(ctx: Context, agency_id: str, *roles: str, login: str = "jiayi", password: str | None = PASSWORD) -> str:
    """Register a person with an account and return the account's id."""
    person_id = a_person(ctx, agency_id, *roles, name=login)
    return accounts.add_account(ctx, person_id=person_id, login=login, password=password).id


def actor(ctx: Context, account_id: str, at: dt.datetime | None = None) -> Actor:
    """Return who an account stands for, now or at an instant."""
    with ctx.database.read() as session:
        return accounts.actor_of(session, account_id, at or ctx.clock.now())


def administrator(ctx: Context, agency_id: str) -> Actor:
    return actor(ctx, an_account(ctx, agency_id, "sysadmin", login="admin"))


def sign_in(ctx: Context, login: str = "jiayi", password: str = PASSWORD, address: str = ADDRESS) -> str:
    return accounts.sign_in(ctx, login=login, password=password, address=address)
