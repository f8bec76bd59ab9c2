"""What a viewer may find, as the engines filter by it, and the same asked again of the database.

One predicate over all kinds of things comes from the policy, with the viewer's cases and served papers read at query
time. Masked values follow `access.masking.sees`: a class of values is looked at in those papers which the viewer could
read if the whole of them had that class.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.facts import Actor
from access.masking import OWNED
from access.policy import READING, Viewer, predicate
from access.predicates import All, Always, AnyOf, Eq, In, Never, Predicate, all_of, any_of, holds, one_of, to_sql
from archive.queries import PACKAGE_COLUMNS
from casework.queries import CASE_COLUMNS, DOCUMENT_COLUMNS, RECORDING_COLUMNS
from search.engine import Guard
from search.entries import GUARDED, Entry
from search.filters import given

COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "case": CASE_COLUMNS,
    "document": DOCUMENT_COLUMNS,
    "recording": RECORDING_COLUMNS,
    "package": PACKAGE_COLUMNS,
}


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What one viewer may find now."""

    by_thing: Mapping[str, Predicate]
    guards: tuple[Guard, ...]

    @property
    def where(self) -> Predicate:
        """Return the condition on entries of any kind."""
        return any_of(*(all_of(Eq("thing", thing), p) for thing, p in self.by_thing.items()))

    def classes_seen(self, entry: Entry) -> list[str]:
        """Return the classes of masked values that the viewer may see in an entry."""
        facts = {**entry.facts, "thing": entry.thing}
        return [c for c in GUARDED if any(c in g.fields and holds(g.where, facts) for g in self.guards)]

    def confirmed(self, session: orm.Session, entries: Iterable[Entry]) -> frozenset[str]:
        """Return the ids of entries that the database, too, says the viewer may read."""
        ids: dict[str, list[str]] = {}
        for entry in entries:
            ids.setdefault(entry.thing, []).append(entry.id)
        found: set[str] = set()
        for thing, some in ids.items():
            columns = COLUMNS[thing]
            query = sa.select(columns["id"]).where(columns["id"].in_(some), to_sql(self.by_thing[thing], columns))
            found.update(session.scalars(query))
        return frozenset(found)


def rights_of(actor: Actor, viewer: Viewer) -> Rights:
    """Return what an actor may find with what the viewer has to do with things."""
    by_thing = {thing: predicate(actor, permission, thing, viewer) for thing, permission in READING.items()}
    own = None if actor.roles - {"party"} else one_of("party_id", actor.party_ids)
    return Rights(by_thing=by_thing, guards=_guards(by_thing["document"], own))


@functools.lru_cache(maxsize=256)
def _guards(reading: Predicate, own: Predicate | None) -> tuple[Guard, ...]:
    """Return the guards of a viewer.

    Args:
        reading: Which papers the viewer may read.
        own: Of whose papers alone owned classes are seen; None for people of the office.
    """
    opened: dict[Predicate, set[str]] = {}
    for name in GUARDED:
        where = given(reading, "secrecy", name)
        if name in OWNED and own is not None:
            where = all_of(where, own)
        if where != Never():
            opened.setdefault(Always() if implies(reading, where) else where, set()).add(name)
    return tuple(Guard(fields=frozenset(names), where=where) for where, names in opened.items())


def implies(one: Predicate, other: Predicate) -> bool:
    """Tell whether every record of one predicate is surely one of another; False when the form does not show it."""
    if one == other or isinstance(one, Never) or isinstance(other, Always):
        return True
    if isinstance(one, AnyOf):
        return all(implies(part, other) for part in one.parts)
    if isinstance(other, All):
        return all(implies(one, part) for part in other.parts)
    if isinstance(other, AnyOf) and any(implies(one, part) for part in other.parts):
        return True
    if isinstance(one, All):
        return any(implies(part, other) for part in one.parts)
    return _is_narrower(one, other)


def _is_narrower(one: Predicate, other: Predicate) -> bool:
    left, right = _leaf(one), _leaf(other)
    return left is not None and right is not None and left[0] == right[0] and left[1] <= right[1]


def _leaf(part: Predicate) -> tuple[str, frozenset[str]] | None:
    match part:
        case Eq(name, value):
            return name, frozenset({value})
        case In(name, values):
            return name, values
        case _:
            return None
