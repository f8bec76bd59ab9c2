"""The discretion standard (裁量基准, 罚34; `catalogue/discretion.yaml`): levels, factors, and the band of each level.

`range_of` reads from a paper's citations what fine the law allows; `band_of` says which part of it a level takes.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import yaml

from catalogue.citations import Citation
from catalogue.provisions import ANY, CITIZEN, ORGANISATION, Fine, fines_of

FILE = Path(__file__).resolve().parent / "discretion.yaml"
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of the standard."""

    name: str
    """减轻, 从轻, 一般 or 从重."""
    factors: tuple[str, ...]
    basis: str
    share: tuple[Decimal, Decimal] | None
    """From and to, in shares of the law's span; None lies under the law's least."""


@dataclass(frozen=True, kw_only=True)
class Standard:
    """The standard that is applied to a provision."""

    title: str
    source: str
    levels: tuple[Level, ...]

    def level(self, name: str) -> Level | None:
        """Return a level by its name, None when it has none such."""
        return next((one for one in self.levels if one.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Band:
    """Amounts that a level allows under one range of the law."""

    level: str
    least: Decimal
    most: Decimal
    open_end: bool = False
    """The upper end itself belongs to the next level (减轻 lies under the law's least)."""

    def holds(self, amount: Decimal) -> bool:
        """Tell whether an amount lies in it."""
        return self.least <= amount < self.most if self.open_end else self.least <= amount <= self.most


@functools.cache
def _file() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def standard_of(citation: Citation | None = None) -> Standard:
    """Return the standard for a provision, the common one when it has none of its own."""
    key = f"{citation.statute}{citation.article}" if citation else ""
    return _standard(_file()["standards"].get(key) or _file()["common"])


def _standard(raw: Mapping[str, Any]) -> Standard:
    levels = tuple(
        Level(name=r["name"], factors=tuple(r["factors"]), basis=r["basis"], share=_share(r["band"]))
        for r in raw["levels"]
    )
    return Standard(title=raw["title"], source=raw["source"], levels=levels)


def _share(band: Any) -> tuple[Decimal, Decimal] | None:
    return None if band == "below" else (Decimal(str(band[0])), Decimal(str(band[1])))


def kind_of(party_kind: str) -> str:
    """Return how a fine's limits name a kind of party; a sole trader is no 单位."""
    return CITIZEN if party_kind in ("公民", "个体工商户") else ORGANISATION


def range_of(cited: Iterable[Citation], party_kind: str) -> tuple[Citation, Fine] | None:
    """Return the widest range that cited provisions give for a kind of party, and the first that gives one."""
    kinds = (kind_of(party_kind), ANY)
    found = [(c, f) for c in cited for f in fines_of(c) if f.of in kinds]
    if not found:
        return None
    least, most = min(f.least for _, f in found), max(f.most for _, f in found)
    return found[0][0], Fine(of=found[0][1].of, least=least, most=most)


def band_of(fine: Fine, level: Level) -> Band:
    """Return the amounts that a level allows within the law's range."""
    if level.share is None:
        return Band(level=level.name, least=Decimal(0), most=fine.least, open_end=True)
    span = fine.most - fine.least
    least, most = ((fine.least + span * share).quantize(CENT, ROUND_HALF_UP) for share in level.share)
    return Band(level=level.name, least=least, most=most)
