"""The small tree in which the policy says which records: seven nodes over named attributes, and two ways to read it.

    Never · Always · Eq(name, value) · In(name, values) · All(parts) · AnyOf(parts) · Not(part)

`holds` reads it over one record's facts, `to_sql` compiles it over columns; search compiles the same nodes to its own
engines. All agree because the tree has two values only: an attribute that a record lacks (absent, or NULL) equals
nothing and is in nothing, so `Not` over it is true. Values are text; a part list that is empty is true in `All`, false
in `AnyOf`; `In` over no values is false.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa


@dataclass(frozen=True)
class Never:
    """No record."""


@dataclass(frozen=True)
class Always:
    """Every record."""


@dataclass(frozen=True)
class Eq:
    """Records whose attribute has this value."""

    name: str
    value: str


@dataclass(frozen=True)
class In:
    """Records whose attribute has one of these values."""

    name: str
    values: frozenset[str]


@dataclass(frozen=True)
class All:
    """Records for which every part holds."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True)
class AnyOf:
    """Records for which some part holds."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True)
class Not:
    """Records for which the part does not hold."""

    part: "Predicate"


Predicate: TypeAlias = Never | Always | Eq | In | All | AnyOf | Not


def holds(predicate: Predicate, facts: Mapping[str, Any]) -> bool:  # noqa: PLR0911 - one return a node
    """Tell whether a record with these facts is among those that the predicate names."""
    match predicate:
        case Never():
            return False
        case Always():
            return True
        case Eq(name, value):
            return facts.get(name) == value
        case In(name, values):
            return facts.get(name) in values
        case All(parts):
            return all(holds(p, facts) for p in parts)
        case AnyOf(parts):
            return any(holds(p, facts) for p in parts)
        case Not(part):
            return not holds(part, facts)


def to_sql(predicate: Predicate, columns: Mapping[str, Any]) -> sa.ColumnElement[bool]:  # noqa: PLR0911 - one return a node
    """Compile a predicate to SQL that is true for exactly the rows for which `holds` is.

    Args:
        predicate: The tree.
        columns: Attribute name → column or expression; an attribute not named is one that these rows lack.
    """
    match predicate:
        case Never():
            return sa.false()
        case Always():
            return sa.true()
        case Eq(name, value):
            return _leaf(columns, name, frozenset({value}))
        case In(name, values):
            return _leaf(columns, name, values)
        case All(parts):
            return sa.and_(sa.true(), *(to_sql(p, columns) for p in parts))
        case AnyOf(parts):
            return sa.or_(sa.false(), *(to_sql(p, columns) for p in parts))
        case Not(part):
            return sa.not_(to_sql(part, columns))


def _leaf(columns: Mapping[str, Any], name: str, values: frozenset[str]) -> sa.ColumnElement[bool]:
    column = columns.get(name)
    if column is None or not values:
        return sa.false()
    # IS NOT NULL keeps the expression two-valued: NULL IN (…) is unknown, and NOT of it would drop the row.
    return sa.and_(column.is_not(None), column.in_(sorted(values)))


def all_of(*parts: Predicate) -> Predicate:
    """Return the conjunction in its shortest form."""
    flat = [p for one in parts for p in (one.parts if isinstance(one, All) else (one,)) if p != Always()]
    if Never() in flat:
        return Never()
    kept = tuple(dict.fromkeys(flat))
    return Always() if not kept else kept[0] if len(kept) == 1 else All(kept)


def any_of(*parts: Predicate) -> Predicate:
    """Return the disjunction in its shortest form."""
    flat = [p for one in parts for p in (one.parts if isinstance(one, AnyOf) else (one,)) if p != Never()]
    if Always() in flat:
        return Always()
    kept = tuple(dict.fromkeys(flat))
    return Never() if not kept else kept[0] if len(kept) == 1 else AnyOf(kept)


def one_of(name: str, values: frozenset[str]) -> Predicate:
    """Return `In` in its shortest form."""
    if not values:
        return Never()
    return Eq(name, next(iter(values))) if len(values) == 1 else In(name, values)


def names_in(predicate: Predicate) -> frozenset[str]:
    """Return the attributes that a predicate looks at (an engine checks that it has them all)."""
    match predicate:
        case Eq(name, _) | In(name, _):
            return frozenset({name})
        case All(parts) | AnyOf(parts):
            return frozenset[str]().union(*(names_in(p) for p in parts))
        case Not(part):
            return names_in(part)
        case _:
            return frozenset()
