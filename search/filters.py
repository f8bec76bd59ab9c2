"""Compiles a policy predicate to each engine's own filter; both keep the two-valued meaning of `access.predicates`.

An attribute that an entry lacks equals nothing, and `Not` over it is true. SQL is over the columns of the entry table,
where an attribute is the number of its value (0 when it lacks it), Elasticsearch over keyword fields of the same names.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from access.predicates import All, Always, AnyOf, Eq, In, Never, Not, Predicate, all_of, any_of
from search.entries import ATTRIBUTES

Sql = tuple[str, list[Any]]
"""A condition and its parameters, in order."""
FEW = 8
"""Values that are written out as parameters; more go in as one JSON list."""
MOST_TERMS = 60_000
"""Values in one terms query (Elasticsearch refuses more than 65,536)."""


def to_sql(predicate: Predicate, numbers: Mapping[str, int]) -> Sql:
    """Return an SQL condition over `entry e` that is 1 or 0, never NULL.

    Args:
        predicate: The tree.
        numbers: The number of each value; a value that is not named is one that no entry has.
    """
    match predicate:
        case Eq(name, value):
            return _leaf(name, frozenset({value}), numbers)
        case In(name, values):
            return _leaf(name, values, numbers)
        case All(parts):
            return _joined(" AND ", "1", [to_sql(p, numbers) for p in parts])
        case AnyOf(parts):
            return _joined(" OR ", "0", [to_sql(p, numbers) for p in parts])
        case Not(part):
            return _negated(to_sql(part, numbers))
        case _:
            return ("1" if predicate == Always() else "0"), []


def _leaf(name: str, values: frozenset[str], numbers: Mapping[str, int]) -> Sql:
    if _known(name) == "id":
        return one_of("e.id", sorted(values))
    return one_of(f"e.{name}", sorted(numbers[v] for v in values if v in numbers))


def one_of(column: str, values: Sequence[str] | Sequence[int]) -> Sql:
    """Return the condition that a column (never NULL) holds one of some values."""
    if not values:
        return "0", []
    if len(values) <= FEW:
        return f"{column} IN ({','.join('?' * len(values))})", list(values)
    listed = "(SELECT value FROM json_each(?))"
    return f"{column} IN {listed}", [json.dumps(list(values))]


def _negated(part: Sql) -> Sql:
    return f"NOT {part[0]}", part[1]


def _joined(word: str, empty: str, parts: Sequence[Sql]) -> Sql:
    if not parts:
        return empty, []
    return f"({word.join(sql for sql, _ in parts)})", [v for _, values in parts for v in values]


def values_in(predicate: Predicate) -> frozenset[str]:
    """Return the values that a predicate looks for."""
    match predicate:
        case Eq(_, value):
            return frozenset({value})
        case In(_, values):
            return values
        case All(parts) | AnyOf(parts):
            return frozenset[str]().union(*(values_in(p) for p in parts))
        case Not(part):
            return values_in(part)
        case _:
            return frozenset()


def bounds(predicate: Predicate, name: str) -> frozenset[str] | None:
    """Return values one of which an attribute must have where a predicate holds; None when it may have any."""
    match predicate:
        case Eq(attribute, value) if attribute == name:
            return frozenset({value})
        case In(attribute, values) if attribute == name:
            return values
        case All(parts):
            known = [b for b in (bounds(p, name) for p in parts) if b is not None]
            return frozenset.intersection(*known) if known else None
        case AnyOf(parts):
            each = [bounds(p, name) for p in parts]
            return frozenset[str]().union(*(b for b in each if b is not None)) if None not in each else None
        case _:
            return frozenset() if predicate == Never() else None


def to_elastic(predicate: Predicate) -> dict[str, Any]:  # noqa: PLR0911 - one return for each node of the tree
    """Return an Elasticsearch query for filter context."""
    match predicate:
        case Never():
            return {"match_none": {}}
        case Always():
            return {"match_all": {}}
        case Eq(name, value):
            return {"term": {_known(name): value}}
        case In(name, values):
            return terms(_known(name), sorted(values))
        case All(parts):
            return {"bool": {"filter": [to_elastic(p) for p in parts]}}
        case AnyOf(parts):
            return any_of_queries([to_elastic(p) for p in parts])
        case Not(part):
            return {"bool": {"must_not": [to_elastic(part)]}}


def terms(field: str, values: Sequence[str]) -> dict[str, Any]:
    """Return the query that a field holds one of any number of values."""
    portions = [list(values[at : at + MOST_TERMS]) for at in range(0, len(values), MOST_TERMS)]
    return any_of_queries([{"terms": {field: some}} for some in portions])


def any_of_queries(queries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the query that some of these match; none of none."""
    if not queries:
        return {"match_none": {}}
    return queries[0] if len(queries) == 1 else {"bool": {"should": list(queries), "minimum_should_match": 1}}


def given(predicate: Predicate, name: str, value: str) -> Predicate:
    """Return the predicate as it is for records whose attribute has this value."""
    match predicate:
        case Eq(attribute, wanted) if attribute == name:
            return Always() if wanted == value else Never()
        case In(attribute, values) if attribute == name:
            return Always() if value in values else Never()
        case All(parts):
            return all_of(*(given(p, name, value) for p in parts))
        case AnyOf(parts):
            return any_of(*(given(p, name, value) for p in parts))
        case Not(part):
            return _turned(given(part, name, value))
        case _:
            return predicate


def _turned(part: Predicate) -> Predicate:
    match part:
        case Never():
            return Always()
        case Always():
            return Never()
        case _:
            return Not(part)


def _known(name: str) -> str:
    """Return an attribute's name, which becomes part of a query.

    Raises:
        ValueError: No entry has such an attribute: the policy looks at something that is not indexed.
    """
    if name not in ATTRIBUTES:
        message = f"the index has no attribute {name!r}"
        raise ValueError(message)
    return name
