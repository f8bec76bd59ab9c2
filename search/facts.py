"""Frozen answers of search: all that pages and commands see of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found."""

    thing: str
    """case, document, recording or package."""
    id: str
    case_id: str
    """Empty for a thing of the agency."""
    title: str
    number: str
    party: str
    date: str
    """ISO date."""
    secrecy: str
    """Class; empty for cases."""
    facets: Mapping[str, str]
    """Its value in each facet (`status`, `stage`, …)."""
    snippet: Markup
    """Escaped text with `<mark>` round what was asked; only what this viewer may see."""


@dataclass(frozen=True, kw_only=True)
class FacetCounts:
    """How the hits divide by one facet."""

    name: str
    label: str
    counts: tuple[tuple[str, str, int], ...]
    """Value, its Chinese word, hits; most first."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page of what was found, and figures over all of it; nothing hidden is in either."""

    query: str
    total: int
    hits: tuple[Hit, ...]
    facets: tuple[FacetCounts, ...]
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facet → chosen values, from the page's links and from the query itself (`阶段:归档`)."""
    page: int
    size: int
    notice: str = ""
    """What the reader should know: rows that still wait for the index."""

    @property
    def pages(self) -> int:
        """Return how many pages there are."""
        return -(-self.total // self.size)
