"""How given and typed values become one: what a person typed stays, what sources know need not be typed.

`combined` opens a draft, `replaced` saves a change, `refreshed` takes changed sources into fields that nobody touched:
they still hold what their source gave when the draft was last filled (`given`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from catalogue.definitions import DocumentType, Field

EMPTY: tuple[Any, ...] = (None, "", [], (), {})


def combined(definition: DocumentType, opening: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return opening values under what a person typed.

    A list typed as `{append: rows}` adds rows; typed rows are laid over the given ones (by `item_no`, else by place),
    so that columns which the sources know need not be typed again.
    """
    out = dict(opening)
    for name, value in typed.items():
        known = definition.find_field(name)
        if known is not None and known.kind == "list":
            out[name] = _laid_over(out.get(name) or [], value)
        else:
            out[name] = value
    return out


def _laid_over(given: list[Any], typed: Any) -> Any:
    if isinstance(typed, Mapping) and set(typed) == {"append"}:
        return [*given, *typed["append"]]
    if not isinstance(typed, list | tuple):
        return typed
    by_number = {str(r["item_no"]): r for r in given if isinstance(r, Mapping) and r.get("item_no")}
    out = []
    for at, row in enumerate(typed):
        if not isinstance(row, Mapping):
            out.append(row)
            continue
        at_place = given[at] if at < len(given) else {}
        numbered = by_number.get(str(row["item_no"])) if row.get("item_no") else at_place
        out.append({**(numbered or (at_place if not by_number else {})), **row})
    return out


def completed(
    definition: DocumentType, data: Mapping[str, Any], people: Callable[[], Mapping[str, Mapping[str, Any]]]
) -> dict[str, Any]:
    """Return data with columns that a person's name decides (`person.post`) filled where they are empty.

    Args:
        definition: The type.
        data: Its values.
        people: Facts of the office's persons by name; asked only when a column needs them.
    """
    out = dict(data)
    for one in definition.data_fields:
        own = {c.name: str(c.source).removeprefix("person.") for c in one.columns if _is_of_person(c)}
        if own and isinstance(out.get(one.name), list):
            out[one.name] = [_with_person(row, own, people()) for row in out[one.name]]
    return out


def _is_of_person(column: Field) -> bool:
    return str(column.source or "").startswith("person.")


def _with_person(row: Any, own: Mapping[str, str], people: Mapping[str, Mapping[str, Any]]) -> Any:
    if not isinstance(row, Mapping):
        return row
    known = people.get(str(row.get("name")), {})
    return {**{c: known[fact] for c, fact in own.items() if known.get(fact) and not row.get(c)}, **row}


def replaced(base: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a saved version under changed fields: lists are replaced as a whole, `{append: rows}` adds."""
    out = dict(base)
    for name, value in typed.items():
        if isinstance(value, Mapping) and set(value) == {"append"}:
            out[name] = [*(out.get(name) or []), *value["append"]]
        else:
            out[name] = value
    return out


def refreshed(
    definition: DocumentType, data: Mapping[str, Any], given: Mapping[str, Any], opening: Mapping[str, Any]
) -> dict[str, Any]:
    """Return data with changed sources taken into fields that still hold what their source gave."""
    out = dict(data)
    for name in stale_fields(definition, data, given, opening):
        if opening.get(name) in EMPTY:
            out.pop(name, None)
        else:
            out[name] = opening[name]
    return out


def stale_fields(
    definition: DocumentType, data: Mapping[str, Any], given: Mapping[str, Any], opening: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the fields whose source changed since the draft was filled and that nobody overwrote."""
    names = [f.name for f in definition.data_fields if f.source or any(c.source for c in f.columns)]
    untouched = [n for n in names if data.get(n) == given.get(n)]
    return tuple(n for n in untouched if opening.get(n) != data.get(n))
