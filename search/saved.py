"""Saved searches: a name for what was asked, kept for oneself or shared with a role that one holds.

What is kept is the question alone: whoever opens it finds what they themselves may find. A name stands once for a
person, and once for a role in an agency.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.agencies import require_in_agency
from access.facts import Actor
from access.permissions import Permission
from access.rulebook import rulebook
from foundation.context import Context
from foundation.database import Base, Json
from foundation.errors import BadInput, Conflict, NotFound
from search.facets import NAMES
from search.query import LONGEST

LONGEST_NAME = 60
MOST = 50
"""Searches that a person keeps."""


class SavedSearchRow(Base):
    """One saved search of a person; with a role, for all who hold it in the agency."""

    __tablename__ = "saved_search"
    id: orm.Mapped[str] = orm.mapped_column(sa.String(36), primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), index=True)
    person_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), index=True)
    role: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")
    """Empty: for oneself."""
    name: orm.Mapped[str] = orm.mapped_column(sa.String(LONGEST_NAME))
    query: orm.Mapped[str] = orm.mapped_column(sa.String(LONGEST))
    facets: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    at: orm.Mapped[dt.datetime]


@dataclass(frozen=True, kw_only=True)
class SavedSearch:
    """One saved search as somebody sees it."""

    id: str
    person_id: str
    role: str
    name: str
    query: str
    facets: Mapping[str, Sequence[str]]


def saved_for(session: orm.Session, actor: Actor) -> list[SavedSearch]:
    """Return the searches of an actor, and those shared with a role that the actor holds, by name."""
    row = SavedSearchRow
    mine = sa.or_(sa.and_(row.role == "", row.person_id == actor.person_id), row.role.in_(actor.roles))
    query = sa.select(row).where(row.agency_id == actor.agency_id, mine).order_by(row.role, row.name)
    names = SavedSearch.__dataclass_fields__
    return [SavedSearch(**{n: getattr(r, n) for n in names}) for r in session.scalars(query)]


def save(
    ctx: Context, actor: Actor, *, name: str, query: str, facets: Mapping[str, Sequence[str]], role: str = ""
) -> str:
    """Keep a search under a name and return its id.

    Args:
        ctx: The floor.
        actor: Whose it is.
        name: What it is called.
        query: As typed.
        facets: Facet → chosen values.
        role: A role of the actor, to share it; empty keeps it for oneself.

    Raises:
        BadInput: The name is missing or too long, nothing was asked, or the role is not held.
        Conflict: The name is taken, or there are too many.
        Forbidden: The actor may not search.
    """
    require_in_agency(actor, Permission.SEARCH, actor.agency_id)
    called = " ".join(name.split())
    kept = {k: [str(v)[:LONGEST] for v in values] for k, values in facets.items() if k in NAMES and values}
    _refuse_bad(actor, called, query, kept, role)
    with ctx.database.write() as session:
        known = saved_for(session, actor)
        if any((one.name, one.role) == (called, role) for one in known):
            raise Conflict(f"已经有名为“{called}”的检索。", remedy="换一个名称，或先删去原来的。", path="name")
        if sum(one.person_id == actor.person_id for one in known) >= MOST:
            raise Conflict(f"每人最多保存{MOST}个检索。", remedy="先删去不用的。", path="name")
        row = SavedSearchRow(
            id=ctx.ids.new(),
            agency_id=actor.agency_id,
            person_id=actor.person_id,
            role=role,
            name=called,
            query=query[:LONGEST],
            facets=kept,
            at=ctx.clock.now(),
        )
        session.add(row)
        return row.id


def remove(ctx: Context, actor: Actor, search_id: str) -> None:
    """Take a saved search of one's own away.

    Raises:
        NotFound: There is none of the actor's.
    """
    with ctx.database.write() as session:
        row = session.get(SavedSearchRow, search_id)
        if row is None or (row.agency_id, row.person_id) != (actor.agency_id, actor.person_id):
            raise NotFound("没有这个检索。", remedy="刷新页面后重试。")
        session.delete(row)


def _refuse_bad(actor: Actor, name: str, query: str, facets: Mapping[str, Sequence[str]], role: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(f"名称应为1至{LONGEST_NAME}字。", remedy="填写名称。", path="name")
    if not query.strip() and not facets:
        raise BadInput("没有检索条件可以保存。", remedy="先检索，再保存。", path="name")
    if role and role not in actor.roles:
        title = rulebook().title(role)
        raise BadInput(f"您没有“{title}”的职务，不能共享给它。", remedy="选择自己的职务，或只给自己用。", path="role")
