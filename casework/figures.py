"""Reads `casework/rules/*.yaml`: figures and lists of the law, each row with its source. Read once a process."""

import functools
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from catalogue.conditions import Condition, parse_condition
from foundation.canonical import plain

FOLDER = Path(__file__).resolve().parent / "rules"


@functools.lru_cache
def read(name: str) -> Mapping[str, Any]:
    """Return the content of `casework/rules/<name>.yaml`."""
    content: Mapping[str, Any] = plain(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    return content


@functools.lru_cache
def condition(name: str, *path: str | int) -> Condition:
    """Return a condition that stands at a place of a rules file."""
    value: Any = read(name)
    for step in path:
        value = value[step]
    return parse_condition(value)


def figure(settings: Mapping[str, Any], name: str, key: str) -> Decimal:
    """Return a threshold for a key (such as a party kind): the agency's setting, else the law's figure."""
    row = read("thresholds")[name]
    setting = row.get("setting", {}).get(key)
    value = settings.get(setting) if setting else None
    return Decimal(str(row["figures"].get(key, row["figures"]["other"]) if value in (None, "") else value))


def source(name: str) -> str:
    """Return the statute behind a threshold."""
    return str(read("thresholds")[name]["source"])
