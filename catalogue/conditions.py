"""Conditions as data: `{party_type: [公民]}`, `{amount: set}`, `all`, `any`, `not`; never an expression."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Is:
    """A value stands in a list; of a multiple choice, any one does."""

    name: str
    values: tuple[Any, ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds for these values."""
        value = values.get(self.name)
        return any(v in self.values for v in value) if isinstance(value, list | tuple) else value in self.values


@dataclass(frozen=True)
class IsSet:
    """A value is filled in (or is not)."""

    name: str
    wanted: bool = True

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds for these values."""
        return (values.get(self.name) not in (None, "", [], ())) == self.wanted


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple["Condition", ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds for these values."""
        return all(p.holds(values) for p in self.parts)


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds for these values."""
        return any(p.holds(values) for p in self.parts)


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds for these values."""
        return not self.part.holds(values)


Condition = Is | IsSet | All | AnyOf | Not


def parse_condition(raw: object) -> Condition:
    """Read a condition.

    Raises:
        ValueError: It is malformed; the message says how, in Chinese.
    """
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError(f"条件“{raw}”应写作 {{字段: [值]}}、{{字段: set}}、all、any 或 not")
    parts = tuple(_one(str(key), value) for key, value in raw.items())
    return parts[0] if len(parts) == 1 else All(parts)


def _one(key: str, value: object) -> Condition:
    if key in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"条件 {key} 后应为列表")
        parts = tuple(parse_condition(v) for v in value)
        return All(parts) if key == "all" else AnyOf(parts)
    if key == "not":
        return Not(parse_condition(value))
    if value in ("set", "unset"):
        return IsSet(key, value == "set")
    return Is(key, tuple(value) if isinstance(value, list) else (value,))


def names_in(condition: Condition) -> frozenset[str]:
    """Return the fields that a condition looks at."""
    if isinstance(condition, Is | IsSet):
        return frozenset({condition.name})
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return frozenset().union(*(names_in(p) for p in parts))
