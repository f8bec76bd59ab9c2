"""Chinese lines reach both margins: WeasyPrint's justification, widened from spaces to Chinese characters.

WeasyPrint spreads a justified line at its spaces only, and Chinese has none. Two of its functions are replaced: the
one that counts where a line may be stretched, and the pattern by which it then stretches. Everything else stays. The
replacement is tied to the version it was written for; `tests/generator/test_justify.py` measures drawn lines.
"""

import re
from collections.abc import Iterator
from typing import Any

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text import line_break

from foundation.errors import Broken

VERSION = "70.0"
"""The version whose internals are known here."""

STRETCHED = (
    "[ \u00a0\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
"""Spaces, Chinese characters and punctuation; figures and Latin words keep their shape."""

PLACES = re.compile(f"{STRETCHED}(?=[ \u00a0]*[^ \u00a0\u200b])")
"""Where a line may be stretched: after such a character, never at the end of a piece of text or before its blanks."""

SPACES = " |\u00a0".encode()
"""WeasyPrint's own pattern."""


def install() -> None:
    """Replace WeasyPrint's justification in this process; a second call changes nothing.

    Raises:
        Broken: Another version is installed.
    """
    if weasyprint.__version__ != VERSION:
        raise Broken(
            f"排版引擎版本是 {weasyprint.__version__}，两端对齐只适配 {VERSION}。",
            remedy="请按 requirements.txt 重新安装。",
        )
    inline.count_expandable_spaces = places
    line_break.re = _Patterns()


def places(box: Any) -> int:
    """Count the places at which a line box may be stretched."""
    if isinstance(box, boxes.TextBox):
        return len(PLACES.findall(box.text))
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return sum(places(child) for child in box.children if child.is_in_normal_flow())
    return 0


class _Patterns:
    """The module `re` as WeasyPrint's line breaking sees it: its pattern for spaces finds our places."""

    def __getattr__(self, name: str) -> Any:
        return getattr(re, name)

    def finditer(self, pattern: Any, text: Any, *flags: Any) -> Iterator[Any]:
        if pattern != SPACES:
            return re.finditer(pattern, text, *flags)
        return _in_bytes(text.decode())


class _Place:
    """A match in UTF-8 bytes, as far as WeasyPrint asks."""

    def __init__(self, start: int, end: int) -> None:
        self._span = start, end

    def start(self) -> int:
        return self._span[0]

    def end(self) -> int:
        return self._span[1]


def _in_bytes(text: str) -> Iterator[_Place]:
    at = done = 0
    for match in PLACES.finditer(text):
        at += len(text[done : match.start()].encode())
        size = len(match.group().encode())
        yield _Place(at, at + size)
        at, done = at + size, match.end()
