"""Names of files inside a package: at most 120 bytes, legal on Windows; originals stand in the metadata."""

import re
import unicodedata

MOST_BYTES = 120
"""Of one name, in UTF-8."""
FORBIDDEN = re.compile(r'[<>:"/\\|?*%~]')
"""Refused by Windows, or read as an escape by BagIt (%) and shells (~)."""
RESERVED = frozenset(["CON", "PRN", "AUX", "NUL", *(f"COM{n}" for n in range(10)), *(f"LPT{n}" for n in range(10))])
DOTS = {"·": ".", "•": ".", "・": ".", "‧": ".", "･": "."}
"""The dots of names and archival codes, which file systems and shells spell differently."""
FALLBACK = "未命名"
MOST_EXTENSION = 12


def safe_name(name: str, *, room: int = MOST_BYTES) -> str:
    """Return a file name that every system takes; the extension stays.

    Args:
        name: Any text.
        room: Bytes at most.
    """
    plain = unicodedata.normalize("NFC", name)
    plain = "".join(DOTS.get(c, c) for c in plain if _is_shown(c))
    plain = FORBIDDEN.sub("_", plain).replace("..", "_").strip(" .")
    stem, dot, extension = plain.rpartition(".")
    if not stem or len(extension.encode()) > MOST_EXTENSION:
        stem, dot, extension = plain, "", ""
    stem = stem.strip(" .") or FALLBACK
    if stem.split(".")[0].strip().upper() in RESERVED:
        stem = f"_{stem}"
    return cut(stem, room - len((dot + extension).encode())) + dot + extension


def cut(text: str, room: int) -> str:
    """Cut a text to so many bytes of UTF-8, never inside a character."""
    return text.encode()[: max(room, 1)].decode(errors="ignore").rstrip(" .") or "_"


def slug(code: str) -> str:
    """Return an archival code as a folder name: `QH01-ZY·CF·2026-Y-005` becomes `QH01-ZY.CF.2026-Y-005`."""
    return safe_name(code)


def _is_shown(c: str) -> bool:
    """Tell whether a character is drawn: no controls, no direction marks, no unpaired halves."""
    return unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
