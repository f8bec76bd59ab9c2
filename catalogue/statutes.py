"""Statutes by their short form: full name, rank, and the version in force on a day (`catalogue/statutes.yaml`).

A paper cites the law of the day of the act (罚37), so a version is asked for with that day.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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

    def on(self, day: dt.date) -> Version:
        """Return the version in force on a day.

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
    return Statute(key=key, name=str(entry["name"]), rank=str(entry["rank"]), versions=ordered)
