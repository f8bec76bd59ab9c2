"""Groups: fields, slots, table rows and blocks that many types share, put in where a definition names them.

`groups:` brings a group's fields and slots; a type's own field or slot of the same name stands in place of the group's.
`{group: party}` in a body is replaced by the group's `blocks`, in a table by its `rows`.
"""

from collections.abc import Mapping
from typing import Any

from catalogue.positions import Placed, moved

Groups = Mapping[str, Any]


def expanded(raw: Mapping[str, Any], groups: Groups) -> dict[str, Any]:
    """Return a definition with its groups put in; names that no group has are left for the checks."""
    named = [groups[g] for g in raw.get("groups") or [] if g in groups]
    out = {k: v for k, v in raw.items() if k != "groups"}
    out["fields"] = _merged("name", [f for g in named for f in g.get("fields") or []], raw.get("fields") or [])
    out["slots"] = _merged("id", [s for g in named for s in g.get("slots") or []], raw.get("slots") or [])
    if isinstance(raw.get("body"), Mapping):
        out["body"] = _in_place(raw["body"], {"blocks": _blocks(raw["body"].get("blocks"), groups)})
    return out


def _merged(key: str, shared: list[Any], own: list[Any]) -> list[Any]:
    """Put a type's own entries in place of the group's; the rest follows."""
    mine = {e.get(key): e for e in own if isinstance(e, Mapping)}
    taken = [mine.get(e[key], e) for e in shared]
    names = {e[key] for e in shared}
    return taken + [e for e in own if not isinstance(e, Mapping) or e.get(key) not in names]


def _blocks(raw: Any, groups: Groups) -> Any:
    if not isinstance(raw, list):
        return raw
    out: list[Any] = []
    for block in raw:
        name = _group_in(block)
        if name in groups and groups[name].get("blocks"):
            out += _blocks(groups[name]["blocks"], groups)
        else:
            out.append(_inside(block, groups))
    return out


def _inside(block: Any, groups: Groups) -> Any:
    if not isinstance(block, Mapping):
        return block
    changed = {k: _blocks(block[k], groups) for k in ("blocks", "else") if k in block}
    if isinstance(block.get("table"), list):
        changed["table"] = [r for row in block["table"] for r in _rows(row, groups)]
    if not changed:
        return block
    return _in_place(block, changed)


def _in_place(block: Mapping[Any, Any], changed: Mapping[str, Any]) -> dict[Any, Any]:
    """Return a mapping with changed entries that still knows its lines."""
    return moved(block, {**block, **changed}) if isinstance(block, Placed) else {**block, **changed}


def _rows(row: Any, groups: Groups) -> list[Any]:
    name = _group_in(row)
    return list(groups[name]["rows"]) if name in groups and groups[name].get("rows") else [row]


def _group_in(block: Any) -> Any:
    return block["group"] if isinstance(block, Mapping) and set(block) == {"group"} else None
