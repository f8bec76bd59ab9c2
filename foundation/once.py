"""A request that comes twice is done once: its key is claimed before the work, its answer kept after it.

Owners are accounts (or a sign-in of a party); keys come from a form's hidden field or an `Idempotency-Key` header. Two
requests with one key at the same time: the second is told to wait. A key whose work broke off (a killed server)
is free again after `STALE`; a key is forgotten after `KEPT`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.context import Context
from foundation.database import Base, Json, UtcDateTime
from foundation.errors import BadInput, Conflict

STALE = dt.timedelta(minutes=2)
KEPT = dt.timedelta(days=2)
LONGEST = 100
"""Characters of a key at most."""


class OnceRow(Base):
    """One key of one owner, with the answer when there is one."""

    __tablename__ = "once"
    owner: orm.Mapped[str] = orm.mapped_column(sa.String(40), primary_key=True)
    key: orm.Mapped[str] = orm.mapped_column(sa.String(LONGEST), primary_key=True)
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    """SHA-256 of the request: the same key with other words is a mistake."""
    claimed_at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime, index=True)
    answer: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(Json)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A key at hand; `answer` is what was answered before, None when the work is still to be done."""

    owner: str
    key: str
    answer: Mapping[str, Any] | None = None


def claim(ctx: Context, *, owner: str, key: str, digest: str) -> Claim:
    """Claim a key for a request.

    Raises:
        BadInput: The key is empty, too long, or was used for another request.
        Conflict: The same request is being worked on at this moment.
    """
    if not 0 < len(key) <= LONGEST:
        raise BadInput("请求标识为空或过长。", remedy=f"请用1至{LONGEST}个字符。", path="Idempotency-Key")
    now = ctx.clock.now()
    with ctx.database.write() as session:
        session.execute(sa.delete(OnceRow).where(OnceRow.claimed_at < now - KEPT))
        row = session.get(OnceRow, (owner, key), with_for_update=True)
        if row is None:
            session.add(OnceRow(owner=owner, key=key, digest=digest, claimed_at=now))
            return Claim(owner=owner, key=key)
        if row.digest != digest:
            raise BadInput("同一请求标识用于了不同的内容。", remedy="换一个标识后重试。", path="Idempotency-Key")
        if row.answer is not None:
            return Claim(owner=owner, key=key, answer=row.answer)
        if now - row.claimed_at < STALE:
            raise Conflict("同样的请求正在办理。", remedy="稍候再看结果，不必重复提交。")
        row.claimed_at = now
        return Claim(owner=owner, key=key)


def settle(ctx: Context, held: Claim, answer: Mapping[str, Any]) -> None:
    """Keep the answer of a claimed request."""
    with ctx.database.write() as session:
        where = (OnceRow.owner == held.owner, OnceRow.key == held.key)
        session.execute(sa.update(OnceRow).where(*where).values(answer=dict(answer)))


def release(ctx: Context, held: Claim) -> None:
    """Free a key whose work changed nothing: the same request may come again, corrected or not."""
    with ctx.database.write() as session:
        where = (OnceRow.owner == held.owner, OnceRow.key == held.key, OnceRow.answer.is_(None))
        session.execute(sa.delete(OnceRow).where(*where))
