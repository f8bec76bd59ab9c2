"""Filters, tests and printing of values in templates; nothing else may be called there.

A value prints by its type: dates and instants in official form, money with separators and 元, booleans 是 or 否,
lists joined by 、, marks as they are. Filters pass marks through, so an empty amount in capitals is still ／.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from docxtpl import InlineImage
from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from generator import wording
from generator.render_values import BOX, TICKED, Mark, Row


def printed(value: Any) -> Any:
    """Return how a value prints; undefined names stay, so that they raise."""
    if isinstance(value, Undefined | InlineImage | str):
        return value
    for kind, show in PRINTERS.items():
        if isinstance(value, kind):
            return show(value)
    return str(value)


def _joined(value: list[Any]) -> str:
    return "、".join(str(printed(_first(item))) for item in value)


def _first(item: Any) -> Any:
    """Return what a row is called by: its first column."""
    if not isinstance(item, Row):
        return item
    return next((v for k, v in vars(item).items() if k != "no"), "")


PRINTERS: Mapping[type, Callable[[Any], str]] = {
    Mark: str,
    bool: lambda value: "是" if value else "否",
    dt.datetime: wording.time,
    dt.date: wording.date,
    Decimal: wording.money,
    list: _joined,
}


def _passing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let marks through a filter."""

    def filtered(value: Any, *args: Any) -> Any:
        return value if isinstance(value, Mark) else function(value, *args)

    return filtered


def _or(value: Any, text: str) -> Any:
    return text if isinstance(value, Mark) or value in (None, "") else value


def _led(value: Any, words: str) -> str:
    """Return a value after words that stand only with it; nothing when it is empty."""
    return "" if isinstance(value, Mark) or value in (None, "") else f"{words}{printed(value)}"


def _clause(value: Any) -> str:
    """Return a value without its final stop, for use inside a sentence."""
    return str(printed(value)).rstrip("。；，、. \a")


def _box(value: Any, option: str) -> str:
    chosen = value if isinstance(value, list) else [printed(value)]
    return (TICKED if option in chosen else BOX) + option


def _unlisted(value: Any, options: list[str]) -> str:
    """Return chosen values that are not among the options, ticked: nothing chosen is lost."""
    chosen = value if isinstance(value, list) else [] if isinstance(value, Mark) else [printed(value)]
    return "".join(TICKED + str(c) for c in chosen if c not in options)


def _people(value: Any) -> list[Mapping[str, Any]]:
    return [vars(row) if isinstance(row, Row) else {"name": row} for row in value]


@pass_context
def _picture(context: Context, asset: Any) -> Any:
    return asset if isinstance(asset, Mark) else context["aj"].pictures(asset)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "capital": _passing(wording.capital),
    "figures": _passing(wording.figures),
    "date": _passing(wording.date),
    "time": _passing(wording.time),
    "day": _passing(wording.day),
    "names": _passing(lambda value: wording.names([str(printed(_first(v))) for v in value])),
    "officers": _passing(lambda value: wording.officers(_people(value))),
    "clause": _passing(_clause),
    "or": _or,
    "led": _led,
    "count": lambda value: 0 if isinstance(value, Mark) else len(value),
    "box": _box,
    "unlisted": _unlisted,
    "picture": _picture,
}
"""The listed filters, and three that only compiled templates use (box, unlisted, picture)."""


def _plain(value: Any) -> Any:
    """Return a value as conditions compare it: nothing, yes or no, or text."""
    if value is None or isinstance(value, Mark | Undefined):
        return None
    return value if isinstance(value, bool) else str(value)


def _among(value: Any, values: list[Any]) -> bool:
    given = value if isinstance(value, list) else [value]
    return any(_plain(g) in [_plain(v) for v in values] for g in given)


TESTS: Mapping[str, Callable[..., bool]] = {
    "filled": lambda value: _plain(value) not in (None, "", "[]"),
    "among": _among,
}
"""What conditions are compiled to."""
