"""Addresses of our own style sheets and scripts: a mark that changes with their bytes, so that browsers keep them."""

import functools
import hashlib
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent / "static"
LENGTH = 12
"""Hexadecimal digits of a digest: enough to notice a change."""


def mark(endpoint: str, values: dict[str, Any]) -> None:
    """Add the mark to the address of a file (Flask's `url_defaults`); `security` lets what carries one be kept."""
    if endpoint == "static" and values.get("filename"):
        values.setdefault("v", _digest(str(values["filename"])))


@functools.cache
def _digest(name: str) -> str:
    file = STATIC / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:LENGTH] if file.is_file() else ""
