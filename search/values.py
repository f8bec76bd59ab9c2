"""Values of a paper as text to search, apart by the class of their field; and a drawn text without masked values."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from access.masking import COVER
from catalogue.definitions import Field
from search import tokens

OPEN = "normal"
"""Class of values that whoever reads the paper may see."""
SHORTEST = 2
"""Characters of a masked value that is looked for in a text: one sign (／, 无) would cover everything."""
SURE = 4
"""Units of a value that may not be left anywhere in a covered text."""
_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?$")
_WORDLESS = frozenset(["signature", "seal", "bool"])


def by_class(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the texts of values by the class of their field, in the order of the fields."""
    found: dict[str, list[str]] = {}
    for one in fields:
        if one.kind not in _WORDLESS:
            for name, text in _texts(one, values.get(one.name), one.mask):
                found.setdefault(name, []).append(text)
    return found


def covered(text: str, masked: Sequence[str]) -> str | None:
    """Return a text with masked values covered; None when one is still there in another spelling."""
    forms = {form for value in masked for form in _forms(value) if len(form) >= SHORTEST}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, COVER)
    left = tokens.key(text)
    keys = (tokens.key(value) for value in masked)
    return None if any(len(key) >= SURE and key in left for key in keys) else text


def _texts(one: Field, value: Any, mask: str) -> Iterator[tuple[str, str]]:
    """Yield class and text of every part of a value; a column without a class has that of its list."""
    if value in (None, ""):
        return
    if isinstance(value, list | tuple):
        for part in value:
            yield from _texts(one, part, mask)
    elif isinstance(value, Mapping):
        yield from _parts(one, value, mask)
    elif text := _printed(one, str(value)):
        yield mask, text


def _parts(one: Field, value: Mapping[str, Any], mask: str) -> Iterator[tuple[str, str]]:
    columns = {c.name: c for c in one.columns}
    if not columns:
        yield from ((mask, str(value[key])) for key in ("text", "name") if value.get(key))
    for name, column in columns.items():
        if column.kind not in _WORDLESS:
            yield from _texts(column, value.get(name), column.mask if column.mask != OPEN else mask)


def _printed(one: Field, value: str) -> str:
    """Return a value as papers print it: dates and amounts in their official form."""
    if one.kind in ("date", "datetime"):
        return _day(value)
    return value.removesuffix(".00") if one.kind == "money" else value


def _day(value: str) -> str:
    found = _DATE.match(value)
    if found is None:
        return value
    year, month, day, hour, minute = found.groups()
    return f"{year}年{int(month)}月{int(day)}日" + (f"{int(hour)}时{int(minute)}分" if hour else "")


def _forms(value: str) -> Iterator[str]:
    """Yield the spellings in which a value may stand in a drawn text."""
    yield value
    yield from (line.strip() for line in value.split("\n"))
    if found := re.match(r"^(\d{4})年(\d{1,2})月(\d{1,2})日", value):
        year, month, day = (int(n) for n in found.groups())
        yield f"{year}-{month:02}-{day:02}"
        yield f"{year}年{month:02}月{day:02}日"
