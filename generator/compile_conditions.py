"""Conditions of definitions as Jinja expressions, so that they hold inside loops too; values compare as text."""

from typing import Any

from catalogue.conditions import All, Condition, Is, IsSet, Not
from generator.compile_xml import quoted


def expression(condition: Condition) -> str:
    """Write a condition as an expression of names, lists, `and`, `or`, `not` and two tests of ours."""
    if isinstance(condition, Is):
        return f"{condition.name} is among([{', '.join(_constant(v) for v in condition.values)}])"
    if isinstance(condition, IsSet):
        return f"{condition.name} is {'' if condition.wanted else 'not '}filled"
    if isinstance(condition, Not):
        return f"not ({expression(condition.part)})"
    word = " and " if isinstance(condition, All) else " or "
    return word.join(f"({expression(part)})" for part in condition.parts)


def _constant(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return quoted(str(value))
