"""Reads `access/rules/*.yaml` once a process and refuses a rule file that says something unknown."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from access.permissions import KINDS, Permission, kinds_of
from foundation.canonical import digest

FOLDER = Path(__file__).resolve().parent / "rules"

KEYS = frozenset(["may", "scope", "kinds", "classes", "types", "volumes"])
VARIABLES = frozenset(["$agency", "$agencies", "$cases", "$acted", "$served", "$person"])


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Permissions over the records that a predicate names."""

    may: frozenset[Permission]
    kinds: frozenset[str]
    """Kinds of record; empty for all kinds of each permission."""
    where: tuple[Mapping[str, Any], ...]
    """Predicates of the rule file, all of which must hold."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role and what it gives."""

    id: str
    title: str
    source: str
    grants: tuple[Grant, ...]
    alone: bool = False
    """Not to be held beside another role."""
    delegable: bool = False
    """Its holder may let somebody else sign (`access.delegations`)."""


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """The whole policy."""

    roles: Mapping[str, Role]
    classes: Mapping[str, Mapping[str, Any]]
    digest: str

    def title(self, role: str) -> str:
        """Return a role in Chinese."""
        return self.roles[role].title if role in self.roles else role


@functools.lru_cache
def rulebook() -> Rulebook:
    """Return the policy of `access/rules/roles.yaml`."""
    return read_rulebook(yaml.safe_load((FOLDER / "roles.yaml").read_text(encoding="utf-8")))


def read_rulebook(raw: Mapping[str, Any]) -> Rulebook:
    """Check and read a policy.

    Raises:
        ValueError: It names an unknown scope, class or variable, or a grant over classified records has no classes.
    """
    roles = {
        name: Role(
            id=name,
            title=role["title"],
            source=role["source"],
            alone=role.get("alone", False),
            delegable=role.get("delegable", False),
            grants=tuple(_grant(raw, name, one) for one in role["grants"]),
        )
        for name, role in raw["roles"].items()
    }
    return Rulebook(roles=roles, classes=raw["classes"], digest=digest(raw))


def _grant(raw: Mapping[str, Any], role: str, one: Mapping[str, Any]) -> Grant:
    if unknown := [str(k) for k in one if k not in KEYS]:
        raise _fault(role, f"unknown keys {unknown}")
    may = frozenset(Permission(p) for word in one["may"] for p in raw["sets"].get(word, [word]))
    where: list[Mapping[str, Any]] = [raw["scopes"][one["scope"]]]
    where += [{name: list(one[key])} for key, name in _FILTERS.items() if key in one]
    if unknown := [c for c in one.get("classes", ()) if c not in raw["classes"]]:
        raise _fault(role, f"unknown classes {unknown}")
    grant = Grant(may=may, kinds=frozenset(one.get("kinds", ())), where=tuple(where))
    _check_attributes(role, grant)
    return grant


_FILTERS = {"classes": "secrecy", "types": "type", "volumes": "volume"}
"""Keys of a grant that narrow it by an attribute."""


def _check_attributes(role: str, grant: Grant) -> None:
    """Refuse a grant that looks at what a record has not, or that gives classified records without naming classes."""
    named = {name for part in grant.where for name in part if name != "any"}
    for permission in grant.may:
        for kind in kinds_of(permission) & grant.kinds if grant.kinds else kinds_of(permission):
            if missing := named - KINDS[kind]:
                raise _fault(role, f"{permission.value} on a {kind}, which has no {sorted(missing)}")
            if "secrecy" in KINDS[kind] and "secrecy" not in named:
                raise _fault(role, f"{permission.value} on a {kind} names no classes")
    for variable in (v for part in grant.where for v in variables(part)):
        if variable not in VARIABLES:
            raise _fault(role, f"unknown variable {variable}")


def variables(part: Mapping[str, Any]) -> list[str]:
    """Return the variables that a predicate of the rule file looks at."""
    own = [v for v in part.values() if isinstance(v, str) and v.startswith("$")]
    return own + [v for one in part.get("any", ()) for v in variables(one)]


def _fault(role: str, what: str) -> ValueError:
    return ValueError(f"roles.yaml, {role}: {what}")
