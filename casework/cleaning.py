"""Text as it may be kept: pasted marks that nobody sees are taken out, what would lose meaning is refused.

Zero-width and direction marks, byte order marks and odd line breaks come with text pasted from chats and web pages;
taking them out changes no word. Other control characters and lone surrogates mean that something was damaged on its
way: those are refused, naming the field, for guessing would falsify a record.
"""

import re

from foundation.errors import Finding

INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85]")
DAMAGED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str, *, lines: bool = False) -> str:
    """Return text without invisible marks; line breaks stay only in fields of several lines, tabs become spaces."""
    text = INVISIBLE.sub("", BREAKS.sub("\n", text)).replace("\t", "　")
    return text.strip() if lines else " ".join(text.split("\n")).strip()


def damage(text: str, path: str, label: str) -> Finding | None:
    """Return what cannot be kept in a text: control characters and lone surrogates."""
    found = DAMAGED.search(text)
    if found is None:
        return None
    return Finding(
        code="CHARACTER",
        path=path,
        message=f"“{label}”第{found.start() + 1}个字符（U+{ord(found.group()):04X}）是控制符或残缺的字符。",
        remedy="删去该字符后重新输入。",
    )
