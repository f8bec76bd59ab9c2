"""What hits are counted by and narrowed by; both engines read this list and nothing else.

To add a facet: one entry here. Its value is taken from an entry when that is indexed; the change of
`search.entries.SCHEMA` has every index built anew by itself.
"""

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from access.rulebook import rulebook
from catalogue.definitions import STAGES
from catalogue.loading import load_catalogue
from foundation.context import Context
from foundation.errors import AnjuanError


class Described(Protocol):
    """What a facet may look at of an entry."""

    @property
    def thing(self) -> str: ...  # noqa: D102
    @property
    def facts(self) -> Mapping[str, str | None]: ...  # noqa: D102
    @property
    def date(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One way to count and narrow."""

    name: str
    label: str
    value: Callable[[Described], str]
    """Value of an entry; empty when it has none."""
    words: Mapping[str, str] | None = None
    """Chinese of its values; None when a value is its own word."""


THINGS = {"case": "案件", "document": "文书", "recording": "音像", "package": "档案包"}
PROCEDURES = {"general": "普通程序", "summary": "简易程序", "application": "依申请", "inspection": "行政检查"}
STATUSES = {
    "draft": "草稿",
    "signing": "签批中",
    "returned": "已退回",
    "issuing": "印发中",
    "issued": "已印发",
    "served": "已送达",
    "filed": "已归档",
    "void": "作废",
    "replaced": "已更正替换",
    "announced": "待上传",
    "stored": "已入库",
    "open": "办理中",
    "closed": "已结案",
    "archived": "已归档",
}


FRESH_S = 60
"""Seconds for which titles of document types are kept: looking at all their files takes longer than a search."""


def _fact(name: str) -> Callable[[Described], str]:
    return lambda entry: entry.facts.get(name) or ""


FACETS: tuple[Facet, ...] = (
    Facet(name="thing", label="类别", value=lambda entry: entry.thing, words=THINGS),
    Facet(name="type", label="文书类型", value=_fact("type")),
    Facet(name="stage", label="阶段", value=_fact("stage"), words=STAGES),
    Facet(name="procedure", label="程序", value=_fact("procedure"), words=PROCEDURES),
    Facet(name="year", label="年度", value=lambda entry: entry.date[:4]),
    Facet(name="unit", label="承办机构", value=_fact("unit")),
    Facet(name="class", label="密级", value=_fact("secrecy")),
    Facet(name="status", label="状态", value=_fact("status"), words=STATUSES),
)
NAMES: frozenset[str] = frozenset(f.name for f in FACETS)
LABELS: Mapping[str, str] = {f.label: f.name for f in FACETS}
"""Chinese name → facet, as people type it in a query (`阶段:归档`)."""


def values_of(entry: Described) -> dict[str, str]:
    """Return an entry's value in each facet that it has one in."""
    found = {facet.name: facet.value(entry) for facet in FACETS}
    return {name: value for name, value in found.items() if value}


def words(ctx: Context) -> dict[str, dict[str, str]]:
    """Return the Chinese of the values of each facet: facet → value → word."""
    known = {f.name: dict(f.words or {}) for f in FACETS}
    known["type"] |= _titles(ctx.settings.templates_dir, int(time.monotonic()) // FRESH_S)
    known["class"] |= _classes()
    return known


@functools.lru_cache(maxsize=4)
def _titles(root: Path, _period: int) -> dict[str, str]:
    try:
        return {t.id: t.title for t in load_catalogue(root).types.values()}
    except AnjuanError:  # a folder of somebody at work on it: its ids are shown, and search goes on
        return {}


@functools.cache
def _classes() -> dict[str, str]:
    return {name: facts["title"] for name, facts in rulebook().classes.items()}
