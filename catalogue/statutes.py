"""Statutes by their short form: full name, rank, and the version in force on a day (`catalogue/statutes.yaml`).

A paper cites the law of the day of the act (罚37), so a version is asked for with that day.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from foundation.errors import NotFound

FILE = Path(__file__).resolve().parent / "statutes.yaml"


@dataclass(frozen=True, kw_only=True)
class Version:
    """A statute as it stands from a day on."""

    name: str
    """2021年修订, or the number of the order."""
    first_day: dt.date


@dataclass(frozen=True, kw_only=True)
class Statute:
    """A statute that papers and rules cite."""

    key: str
    """Short form: 罚."""
    name: str
    rank: str
    """law, regulation, rule, interpretation or document."""
    versions: tuple[Version, ...]
    """Latest first."""
    last_day: dt.date | None = None
    """Last day in force of a statute that ended."""
    ended_by: str = ""
    """What ended it."""
    unread: str = ""
    """What of it could not be compared with a text (docs/laws.md)."""

    def has_ended(self, day: dt.date) -> bool:
        """Tell whether it was no longer in force on a day."""
        return self.last_day is not None and day > self.last_day

    def is_in_force(self, day: dt.date) -> bool:
        """Tell whether a version of it is in force on a day."""
        return not self.has_ended(day) and any(v.first_day <= day for v in self.versions)

    def on(self, day: dt.date) -> Version:
        """Return the version in force on a day, the last one of a statute that ended before it.

        Raises:
            NotFound: No version known here was in force then.
        """
        for version in self.versions:
            if version.first_day <= day:
                return version
        message = f"{day:%Y-%m-%d}没有已登记的《{self.name}》版本。"
        raise NotFound(message, remedy="在 catalogue/statutes.yaml 补上该版本。")


@functools.cache
def statutes() -> Mapping[str, Statute]:
    """Return every statute by its short form."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {key: _statute(key, entry) for key, entry in content.items()}


def statute(key: str) -> Statute:
    """Return a statute.

    Raises:
        NotFound: It is not listed.
    """
    try:
        return statutes()[key]
    except KeyError:
        raise NotFound(f"没有登记简称“{key}”的法律法规。", remedy="在 catalogue/statutes.yaml 补上。") from None


def _statute(key: str, entry: Mapping[str, object]) -> Statute:
    versions = [Version(name=str(v["version"]), first_day=v["from"]) for v in entry["versions"]]  # type: ignore[attr-defined]
    ordered = tuple(sorted(versions, key=lambda v: v.first_day, reverse=True))
    last_day: Any = entry.get("until")
    words = {name: str(entry.get(given, "")) for name, given in (("ended_by", "by"), ("unread", "unread"))}
    head = {"key": key, "name": str(entry["name"]), "rank": str(entry["rank"])}
    return Statute(**head, versions=ordered, last_day=last_day, **words)
