"""The guide for newcomers: its words stand in `tour.yaml`, by role."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from flask import url_for

PLACE = Path(__file__).with_name("tour.yaml")


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One thing to see."""

    title: str
    text: str
    url: str
    """Empty when it is no page of its own."""


def stops_of(roles: Iterable[str]) -> list[Stop]:
    """Return what persons of these roles should see first, each once, in order."""
    held = set(roles)
    return [_stop(row) for row in _rows() if held & set(row["roles"]) or "*" in row["roles"]]


def _stop(row: dict[str, Any]) -> Stop:
    page = row.get("page", "")
    return Stop(title=row["title"], text=row["text"], url=url_for(page) if page else "")


@functools.lru_cache
def _rows() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(PLACE.read_text(encoding="utf-8"))["stops"])
