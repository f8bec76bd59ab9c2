"""Places in a list: where the next page begins. A place names the last row that the viewer saw, and nothing else."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from foundation.errors import BadInput

Thing = TypeVar("Thing")


def written(*words: str) -> str:
    """Return a place as it travels."""
    return base64.urlsafe_b64encode(json.dumps(words, ensure_ascii=False).encode()).decode().rstrip("=")


def read(text: str, count: int) -> tuple[str, ...] | None:
    """Return the words of a place, None for the beginning.

    Raises:
        BadInput: It is none of ours.
    """
    if not text:
        return None
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) != count or not all(isinstance(w, str) for w in found):
        raise unknown()
    return tuple(found)


def instant(text: str) -> dt.datetime:
    """Return the instant in a place.

    Raises:
        BadInput: It is none.
    """
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise unknown() from None
    if at.utcoffset() != dt.timedelta():
        raise unknown()
    return at


def unknown() -> BadInput:
    """Return the error of a place that no answer gave."""
    return BadInput("翻页标记不认识。", remedy="使用上一页答复中的 next，或从头开始。", path="after")


def cut(found: Sequence[Thing], limit: int, place: Callable[[Thing], str]) -> tuple[list[Thing], str | None]:
    """Return the rows of a page and the place after them; `found` holds one row more when there are more."""
    rows = list(found[:limit])
    return rows, place(rows[-1]) if len(found) > limit else None
