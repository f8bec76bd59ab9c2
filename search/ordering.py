"""The order of hits, the same on both engines: best matching field, then date, then id; no corpus statistics.

A hit's tier is the first k such that every term is met in the first k fields of `FIELDS`; the weakest term decides.
Masked values count in the last tier. What other documents hold moves nothing, so hidden ones cannot show by it.
"""

from dataclasses import dataclass

from access.predicates import Always, Predicate, all_of
from search.engine import Ask
from search.entries import FIELDS


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to be a hit: by terms in these fields, for entries of which a predicate holds."""

    fields: tuple[str, ...]
    where: Predicate


def tiers(question: Ask) -> tuple[tuple[str, ...], ...]:
    """Return the fields of each tier, best first; each holds those of the tier before."""
    fields = tuple(f for f in FIELDS if not question.fields or f in question.fields)
    steps = [fields[: at + 1] for at in range(len(fields))]
    if not question.fields:
        opened = [f for g in question.guards if g.where == Always() for f in sorted(g.fields)]
        steps[-1] = (*steps[-1], *opened)
    return tuple(steps)


def by_masked(question: Ask) -> list[Way]:
    """Return the ways to be a hit of the last tier that need masked fields, for every set of guards that may hold."""
    guards = [] if question.fields else [g for g in question.guards if g.where != Always()]
    ways = []
    for mask in range(1, 1 << len(guards)):
        held = [g for at, g in enumerate(guards) if mask >> at & 1]
        fields = (*tiers(question)[-1], *sorted(f for g in held for f in g.fields))
        ways.append(Way(fields=fields, where=all_of(*(g.where for g in held))))
    return ways
