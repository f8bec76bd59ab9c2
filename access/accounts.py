"""Logins, and the one door to persons and sign-in for other floors.

Journal kinds in `agency:<id>`: `account.added`, `account.password_set`, `account.disabled`, `account.enabled`.
A new password and a disabled account end every open session and token at once.
"""

import sqlalchemy as sa
from sqlalchemy import orm

from access.actors import actor_of, names_of
from access.agencies import note, require_in_agency, today
from access.attempts import TooSoon
from access.facts import AccountFacts, Actor
from access.models import AccountRow
from access.passwords import checked_password, hash_password, is_password, login_key
from access.permissions import Permission
from access.persons import add_person, appoint, end_appointment, person, persons_of, remember
from access.sessions import actor_of_session, end_all, sign_in, sign_out
from access.tokens import end_all as end_tokens
from foundation.context import Context
from foundation.errors import BadInput, NotFound, Refused

__all__ = [
    "TooSoon",
    "account_of",
    "account_of_person",
    "actor_of",
    "actor_of_session",
    "add_account",
    "add_person",
    "appoint",
    "change_password",
    "disable_account",
    "enable_account",
    "end_appointment",
    "names_of",
    "person",
    "persons_of",
    "remember",
    "set_password",
    "sign_in",
    "sign_out",
]


def add_account(
    ctx: Context, *, person_id: str, login: str, password: str | None = None, by: Actor | None = None
) -> AccountFacts:
    """Give a person a login; without a password nobody signs in with it until one is set.

    Args:
        ctx: The floor.
        person_id: Who.
        login: Name to sign in with.
        password: First password.
        by: The administrator; None for the installation's own commands.

    Raises:
        BadInput: The login is empty or in use, or the password may not be used.
        Forbidden: The policy says no.
    """
    shown = login.strip()
    if not login_key(shown) or len(shown) > 80:  # noqa: PLR2004 - length of the column
        raise BadInput("账号应为1到80个字符。", remedy="重新填写账号。", path="login")
    hashed = hash_password(checked_password(password, shown)) if password is not None else ""
    with ctx.database.write() as session:
        agency_id = person(session, person_id, today(ctx)).agency_id
        _require(by, agency_id)
        row = AccountRow(
            id=ctx.ids.new(), person_id=person_id, login=shown, login_key=login_key(shown), created_at=ctx.clock.now()
        )
        note(session, ctx, agency_id, "account.added", by, account=row.id, person=person_id)
        session.add(row)
        session.flush()
        if hashed:
            _take(session, row, hashed)
        return _facts(row)


def set_password(ctx: Context, *, account_id: str, password: str, by: Actor | None = None) -> None:
    """Set an account's password and end all its sessions.

    Raises:
        BadInput: It may not be used, or the login is another account's.
        Forbidden: The policy says no.
    """
    with ctx.database.read() as session:
        login = _to_change(ctx, session, account_id, by)[0].login
    hashed = hash_password(checked_password(password, login))
    with ctx.database.write() as session:
        row, agency_id = _to_change(ctx, session, account_id, by)
        ended = end_all(ctx, session, row.id) + end_tokens(ctx, session, row.id)
        note(session, ctx, agency_id, "account.password_set", by, account=row.id, sessions=ended)
        _take(session, row, hashed)


def change_password(ctx: Context, actor: Actor, *, old: str, new: str) -> None:
    """Change one's own password; every session ends, this one too.

    Raises:
        BadInput: The old one is wrong, or the new one may not be used.
    """
    with ctx.database.read() as session:
        stored, login = _account_words(session, actor.account_id)
    if not is_password(stored, old):
        raise BadInput("原口令不对。", remedy="重新填写原口令。", path="old")
    hashed = hash_password(checked_password(new, login))
    with ctx.database.write() as session:
        row = session.get_one(AccountRow, actor.account_id)
        ended = end_all(ctx, session, row.id) + end_tokens(ctx, session, row.id)
        event = {"account": row.id, "sessions": ended}
        note(session, ctx, actor.agency_id, "account.password_set", actor, **event)
        _take(session, row, hashed)


def disable_account(ctx: Context, *, account_id: str, by: Actor | None = None) -> None:
    """Let nobody sign in with an account any more; its open sessions end at once.

    Raises:
        NotFound: There is no such account.
        Refused: It is the actor's own.
        Forbidden: The policy says no.
    """
    with ctx.database.write() as session:
        row, agency_id = _to_change(ctx, session, account_id, by)
        if by is not None and by.account_id == account_id:
            raise Refused("不能停用自己的账号。", remedy="由另一名系统管理员停用。")
        if row.disabled_at is not None:
            return
        ended = end_all(ctx, session, row.id) + end_tokens(ctx, session, row.id)
        note(session, ctx, agency_id, "account.disabled", by, account=row.id, sessions=ended)
        row.disabled_at = ctx.clock.now()


def enable_account(ctx: Context, *, account_id: str, by: Actor | None = None) -> None:
    """Let an account be used again; old sessions stay ended.

    Raises:
        NotFound: There is no such account.
        Forbidden: The policy says no.
    """
    with ctx.database.write() as session:
        row, agency_id = _to_change(ctx, session, account_id, by)
        note(session, ctx, agency_id, "account.enabled", by, account=row.id)
        row.disabled_at = None


def account_of(session: orm.Session, login: str) -> AccountFacts:
    """Return the account that signs in by a name; of several without password the first one made (commands, `--as`).

    Raises:
        NotFound: There is no such account.
    """
    query = sa.select(AccountRow).where(AccountRow.login_key == login_key(login))
    row = session.scalars(query.order_by(AccountRow.password_hash == "", AccountRow.created_at, AccountRow.id)).first()
    if row is None:
        raise NotFound(f"没有账号“{login}”。", remedy="检查账号。")
    return _facts(row)


def account_of_person(session: orm.Session, person_id: str) -> AccountFacts | None:
    """Return the first account of a person that is not disabled, None when there is none."""
    query = sa.select(AccountRow).where(AccountRow.person_id == person_id, AccountRow.disabled_at.is_(None))
    row = session.scalars(query.order_by(AccountRow.created_at, AccountRow.id)).first()
    return _facts(row) if row else None


def _account_words(session: orm.Session, account_id: str) -> tuple[str, str]:
    row = session.get_one(AccountRow, account_id)
    return row.password_hash, row.login


def _to_change(ctx: Context, session: orm.Session, account_id: str, by: Actor | None) -> tuple[AccountRow, str]:
    row = session.get(AccountRow, account_id)
    if row is None:
        raise NotFound("没有这个账号。", remedy="检查账号编号。")
    agency_id = person(session, row.person_id, today(ctx)).agency_id
    _require(by, agency_id)
    return row, agency_id


def _take(session: orm.Session, row: AccountRow, hashed: str) -> None:
    taken = (AccountRow.login_key == row.login_key) & (AccountRow.password_hash != "") & (AccountRow.id != row.id)
    if session.scalar(sa.select(AccountRow.id).where(taken)):
        raise BadInput("账号已被使用。", remedy="换一个账号。", path="login")
    row.password_hash = hashed


def _require(by: Actor | None, agency_id: str) -> None:
    if by is not None:
        require_in_agency(by, Permission.ACCOUNT_MANAGE, agency_id)


def _facts(row: AccountRow) -> AccountFacts:
    return AccountFacts(**{name: getattr(row, name) for name in AccountFacts.__dataclass_fields__})
