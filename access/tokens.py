"""Personal tokens: a program acts for a person, with a part of the person's rights, for a time.

A token is shown once; its digest alone is stored. It gives what its scopes name **and** the person's roles give at the
moment of each request, so a revoked appointment holds for it at once. A new password, a disabled account or the owner's
own word ends it. Journal kinds in `agency:<id>`: `token.made`, `token.revoked`.
"""

import contextlib
import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import orm

from access.actors import actor_of
from access.agencies import note
from access.facts import Actor, TokenFacts
from access.models import ApiTokenRow
from access.permissions import Permission
from access.policy import may_anywhere
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound, Unavailable

PREFIX = "anjuan_"
"""How a token begins: scanners for leaked secrets know it by this."""
SHOWN = 12
"""Signs that a list shows."""
LONGEST = 366
"""Days that a token may live."""
MOST = 20
"""Valid tokens of one account."""
MOST_NAME = 100
USED_EVERY = dt.timedelta(minutes=1)
"""How exactly the last use is written down."""


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """Who a token stands for now."""

    actor: Actor
    token: TokenFacts


def make(ctx: Context, actor: Actor, *, name: str, scopes: Iterable[str], days: int) -> tuple[TokenFacts, str]:
    """Make a token for one's own programs; return it with its secret, which is nowhere else.

    Args:
        ctx: The floor.
        actor: The owner, at a page (a token makes no tokens).
        name: What it is for.
        scopes: Permissions, each held by the owner on something.
        days: How long it lives.

    Raises:
        BadInput: Name, scopes or days are wrong, or there are too many tokens.
        Forbidden: The actor itself comes by a token.
    """
    _require_person(actor)
    wanted, now = _scopes(actor, scopes), ctx.clock.now()
    shown, secret = _name(name), PREFIX + secrets.token_urlsafe(32)
    if not 1 <= days <= LONGEST:
        raise BadInput(f"有效天数应为1至{LONGEST}。", remedy="到期后可以再建。", path="days")
    with ctx.database.write() as session:
        if sum(t.is_valid_at(now) for t in tokens_of(session, actor.account_id)) >= MOST:
            raise BadInput(f"有效的访问令牌已有{MOST}个。", remedy="先撤销不用的令牌。", path="name")
        row = ApiTokenRow(
            id=ctx.ids.new(),
            account_id=actor.account_id,
            agency_id=actor.agency_id,
            name=shown,
            beginning=secret[:SHOWN],
            token_digest=_digest(secret),
            scopes=wanted,
            made_at=now,
            expires_at=now + dt.timedelta(days=days),
        )
        note(session, ctx, actor.agency_id, "token.made", actor, token=row.id, scopes=wanted, days=days)
        session.add(row)
        session.flush()
        return _facts(row), secret


def revoke(ctx: Context, actor: Actor, token_id: str) -> None:
    """End one's own token; it opens nothing from this instant.

    Raises:
        NotFound: It is none of the actor's.
        Forbidden: The actor itself comes by a token.
    """
    _require_person(actor)
    with ctx.database.write() as session:
        row = session.get(ApiTokenRow, token_id, with_for_update=True)
        if row is None or row.account_id != actor.account_id:
            raise NotFound("没有这个访问令牌。", remedy="刷新页面查看。")
        if row.revoked_at is None:
            note(session, ctx, row.agency_id, "token.revoked", actor, token=row.id)
            row.revoked_at = ctx.clock.now()


def tokens_of(session: orm.Session, account_id: str) -> list[TokenFacts]:
    """Return an account's tokens, latest first, ended ones too."""
    query = sa.select(ApiTokenRow).where(ApiTokenRow.account_id == account_id)
    return [_facts(r) for r in session.scalars(query.order_by(ApiTokenRow.made_at.desc(), ApiTokenRow.id.desc()))]


def offered(actor: Actor) -> list[Permission]:
    """Return the permissions that the actor may give to a token: those held on something."""
    return [p for p in Permission if may_anywhere(actor, p)]


def bearer_of(ctx: Context, secret: str, address: str = "") -> Bearer | None:
    """Return who a token stands for now; None when it is unknown or ended, or its account is disabled."""
    now = ctx.clock.now()
    with ctx.database.read() as session:
        row = session.scalar(sa.select(ApiTokenRow).where(ApiTokenRow.token_digest == _digest(secret)))
        if row is None or not (token := _facts(row)).is_valid_at(now):
            return None
        try:
            actor = actor_of(session, token.account_id, now, agency_id=token.agency_id)
        except (NotFound, Forbidden):
            return None
    if token.used_at is None or now >= token.used_at + USED_EVERY:
        _used(ctx, token.id, now, address)
    return Bearer(actor=replace(actor, scopes=token.scopes), token=token)


def _used(ctx: Context, token_id: str, now: dt.datetime, address: str) -> None:
    # A busy database does not close the door; the next request writes it down.
    with contextlib.suppress(Unavailable), ctx.database.write() as session:
        values = {"used_at": now, "used_from": address[:60]}
        session.execute(sa.update(ApiTokenRow).where(ApiTokenRow.id == token_id).values(values))


def end_all(ctx: Context, session: orm.Session, account_id: str) -> int:
    """End every token of an account, in the caller's transaction; return how many."""
    own = (ApiTokenRow.account_id == account_id) & ApiTokenRow.revoked_at.is_(None)
    ids = session.scalars(sa.select(ApiTokenRow.id).where(own)).all()
    session.execute(sa.update(ApiTokenRow).where(ApiTokenRow.id.in_(ids)).values(revoked_at=ctx.clock.now()))
    return len(ids)


def _require_person(actor: Actor) -> None:
    if actor.scopes is not None:
        raise Forbidden("访问令牌不能用来管理访问令牌。", remedy="请本人登录后在“我的账号”页办理。")


def _scopes(actor: Actor, scopes: Iterable[str]) -> list[str]:
    held = {p.value for p in offered(actor)}
    wanted = sorted(set(scopes))
    if not wanted:
        raise BadInput("没有选择令牌的权限。", remedy="至少选择一项。", path="scopes")
    if more := [s for s in wanted if s not in held]:
        raise BadInput(f"您没有这些权限：{'、'.join(more)}。", remedy="只能选择自己有的权限。", path="scopes")
    return wanted


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not 0 < len(clean) <= MOST_NAME or not clean.isprintable():
        raise BadInput(f"名称应为1至{MOST_NAME}字。", remedy="写明用在哪个程序。", path="name")
    return clean


def _facts(row: ApiTokenRow) -> TokenFacts:
    names = [n for n in TokenFacts.__dataclass_fields__ if n != "scopes"]
    return TokenFacts(**{n: getattr(row, n) for n in names}, scopes=frozenset(row.scopes))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
