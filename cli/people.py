"""Whose rights a command has: the account named by `--as`, else the person of the office whose work it is."""

from access import accounts, persons
from access.facts import Actor
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import NotFound


def actor_by_login(ctx: Context, login: str) -> Actor:
    """Return the account that signs in by a name, with its roles of this moment.

    Raises:
        NotFound: There is no such account.
    """
    with ctx.database.read() as session:
        account = accounts.account_of(session, login)
        return accounts.actor_of(session, account.id, ctx.clock.now())


def actor_for(ctx: Context, agency_id: str, role: str, login: str | None) -> Actor:
    """Return the named account, or the first one of an office that holds a role.

    Raises:
        NotFound: Nobody in the office holds it.
    """
    if login:
        return actor_by_login(ctx, login)
    now = ctx.clock.now()
    with ctx.database.read() as session:
        for person in persons.persons_of(session, agency_id, legal_date(now)):
            if role in person.roles and (account := accounts.account_of_person(session, person.id)):
                return accounts.actor_of(session, account.id, now)
    raise NotFound("本机关没有可以办理此事的账号。", remedy="用 --as 指定账号。")
