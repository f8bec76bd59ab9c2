"""What both engines promise, and the words in which they are asked.

An engine is handed terms, a predicate and numbers, never a person's text. It filters inside its own query, so totals,
counts and pages are of permitted entries alone; it orders by `search.ordering` and keeps an entry's newest version.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from access.predicates import Predicate
from search.entries import Change, Entry
from search.tokens import pairs

GRAMS, SINGLES = "g", "s"


@dataclass(frozen=True, kw_only=True)
class Term:
    """A phrase over one of the two forms of each field."""

    form: str
    """`g` (pairs) or `s` (single units)."""
    units: tuple[str, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """Return the tokens that must stand in this order."""
        return tuple(pairs(self.units)) if self.form == GRAMS else self.units


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Fields of masked values, and the entries in which the viewer may look at them."""

    fields: frozenset[str]
    where: Predicate


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days from and to, ISO, both included."""

    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question to an engine."""

    where: Predicate
    """Which entries the viewer may find."""
    terms: tuple[Term, ...] = ()
    """All must be met, each in any field that the viewer may look at; none finds every permitted entry."""
    guards: tuple[Guard, ...] = ()
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Facet → values, one of which an entry must have."""
    spans: tuple[Span, ...] = ()
    without: Sequence[str] = ()
    """Entries that are known to be out of date."""
    fields: tuple[str, ...] = ()
    """Look in these fields alone; empty for all."""
    offset: int = 0
    size: int = 20


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an engine found under one question."""

    total: int
    entries: tuple[Entry, ...]
    """The page asked for, in order."""
    counts: Mapping[str, Mapping[str, int]]
    """Facet → value → how many of all hits have it."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What an index knows of one entry besides its tokens."""

    id: str
    thing: str
    mark: str
    digest: str


class Engine(Protocol):
    """An index of entries. Every method raises `Unavailable` when the engine is down or was never built."""

    def ask(self, question: Ask) -> Answer:
        """Answer a question."""
        ...

    def is_ready(self) -> bool:
        """Tell whether there is an index and it is of the present `SCHEMA`."""
        ...

    def write(self, changes: Sequence[Change]) -> None:
        """Write to the present index and to one that is being built; visible when this returns; lower versions lose."""
        ...

    def held(self, ids: Sequence[str] | None = None) -> Iterator[Held]:
        """Yield what the present index knows of entries: of all, or of those among some ids that it has."""
        ...

    def begin(self) -> str:
        """Begin a new, empty index beside the present one (an unfinished one is dropped) and return its name."""
        ...

    def add(self, name: str, changes: Sequence[Change]) -> None:
        """Write to an index that is being built.

        Raises:
            Conflict: It is not being built any more: another rebuild began.
        """
        ...

    def switch(self, name: str) -> None:
        """Make a built index the present one, at once for all, and drop the one before.

        Raises:
            Conflict: It is not being built any more.
        """
        ...

    def sweep(self) -> None:
        """Drop what is left of indexes of other forms (an older program may still have used them)."""
        ...

    def alive(self) -> str:
        """Return a word about the engine's state."""
        ...
