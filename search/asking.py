"""Search as pages and commands ask it: rights first, then a question to the engine, then the database once more.

Order: may the actor search at all; what may the viewer find (read now, so a revocation holds at once); which entries
are out of date (their outbox row waits: left out by id); the engine; the page's ids again in the database; snippets; a
line in the access journal. Nothing is kept from one question to the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from access.agencies import require_in_agency
from access.facts import Actor
from access.permissions import Permission
from access.predicates import Never
from access.reading import note_search
from casework.queries import viewer_of
from foundation import outbox
from foundation.context import Context
from search import facets as facet_list
from search import snippets
from search.backend import engine_of
from search.engine import Answer, Ask
from search.entries import FIELDS, Entry
from search.facts import FacetCounts, Hit, Results
from search.query import Query, parse
from search.rights import Rights, rights_of

TOPIC = "index"
MOST_SIZE = 100
LATE = "有新的改动还没有进入检索，稍后即可查到。"
ROUNDS = 3
"""How often a question is asked again because something changed while it was answered."""


def find(
    ctx: Context,
    actor: Actor,
    query: str,
    *,
    facets: Mapping[str, Sequence[str]] | None = None,
    page: int = 1,
    size: int = 20,
) -> Results:
    """Return one page of what an actor may find.

    Args:
        ctx: The floor.
        actor: Who asks.
        query: As typed (`search.query`); signs alone find nothing, and nothing at all finds everything.
        facets: Facet → chosen values, one of which a hit must have; names that are no facets are left out.
        page: From 1; a page past the end is empty, with the same total.
        size: Hits a page, 100 at most.

    Raises:
        Forbidden: The actor may not search.
        Unavailable: The engine or the database is down.
    """
    words = facet_list.words(ctx)
    asked = parse(query, words)
    chosen = _chosen(asked, facets or {})
    size, page = max(1, min(size, MOST_SIZE)), max(1, page)
    sight = _sight(ctx, actor)
    asks_nothing = bool(query.strip()) and asked.is_empty and not chosen
    question = Ask(
        where=Never() if asks_nothing else sight.rights.where,
        terms=asked.terms,
        guards=sight.rights.guards,
        chosen=chosen,
        spans=asked.spans,
        offset=(page - 1) * size,
        size=size,
    )
    answer = _answer(ctx, sight, question)
    with ctx.database.write() as session:
        note_search(session, ctx, actor, query=query, total=answer.total)
    return Results(
        query=query,
        total=answer.total,
        hits=tuple(_hit(entry, sight.rights, asked) for entry in answer.entries),
        facets=_counts(answer, words),
        chosen={name: tuple(sorted(values)) for name, values in chosen.items()},
        page=page,
        size=size,
        notice=LATE if sight.waiting else "",
    )


def suggest(ctx: Context, actor: Actor, beginning: str, *, most: int = 8) -> tuple[str, ...]:
    """Return numbers, names and titles that hold what was typed so far, from entries that the actor may find alone."""
    terms = parse(beginning).terms
    if not terms:
        return ()
    sight = _sight(ctx, actor)
    question = Ask(where=sight.rights.where, terms=terms, fields=FIELDS[:-1], size=MOST_SIZE)
    answer = _answer(ctx, sight, question)
    lines = (line for entry in answer.entries for name in question.fields for line in _lines(entry, name))
    return tuple(dict.fromkeys(line for line in lines if snippets.found(line, terms)))[:most]


@dataclass(frozen=True, kw_only=True)
class _Sight:
    """What a viewer may find, and which entries are out of date, at one moment."""

    rights: Rights
    waiting: frozenset[str]


def _sight(ctx: Context, actor: Actor) -> _Sight:
    require_in_agency(actor, Permission.SEARCH, actor.agency_id)
    with ctx.database.read() as session:
        rights = rights_of(actor, viewer_of(session, actor))
        return _Sight(rights=rights, waiting=frozenset(outbox.waiting(session, TOPIC)))


def _answer(ctx: Context, sight: _Sight, question: Ask) -> Answer:
    """Return the engine's answer without what is out of date.

    An entry that the database does not confirm was indexed wrongly: it is left out of a new question, so that totals
    and counts are without it too, and queued to be indexed again.
    """
    engine, without = engine_of(ctx), sight.waiting
    for _ in range(ROUNDS):
        answer = engine.ask(replace(question, without=sorted(without)))
        with ctx.database.read() as session:
            confirmed = sight.rights.confirmed(session, answer.entries)
        stale = [entry for entry in answer.entries if entry.id not in confirmed]
        if not stale:
            return answer
        _queue(ctx, stale)
        without |= {entry.id for entry in stale}
    return replace(answer, entries=tuple(e for e in answer.entries if e.id in confirmed))


def _queue(ctx: Context, entries: Iterable[Entry]) -> None:
    with ctx.database.write() as session:
        for entry in entries:
            outbox.add(session, topic=TOPIC, kind=entry.thing, subject=entry.id, at=ctx.clock.now())


def _chosen(asked: Query, given: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Return the facets of page and query together; both must hold."""
    chosen = dict(asked.chosen)
    for name, values in given.items():
        if name in facet_list.NAMES and values:
            chosen[name] = frozenset(values) & chosen.get(name, frozenset(values))
    return chosen


def _counts(answer: Answer, words: Mapping[str, Mapping[str, str]]) -> tuple[FacetCounts, ...]:
    found = []
    for facet in facet_list.FACETS:
        values = sorted(answer.counts.get(facet.name, {}).items(), key=lambda pair: (-pair[1], pair[0]))
        counts = tuple((value, words[facet.name].get(value, value), count) for value, count in values)
        found.append(FacetCounts(name=facet.name, label=facet.label, counts=counts))
    return tuple(found)


def _hit(entry: Entry, rights: Rights, asked: Query) -> Hit:
    seen = ["text", *rights.classes_seen(entry)]
    return Hit(
        thing=entry.thing,
        id=entry.id,
        case_id=entry.facts.get("case_id") or "",
        title=entry.texts.get("title", ""),
        number=next(iter(_lines(entry, "number")), ""),
        party="、".join(_lines(entry, "party")),
        date=entry.date,
        secrecy=entry.facts.get("secrecy") or "",
        facets=entry.facets,
        snippet=snippets.snippet([entry.texts[name] for name in seen if name in entry.texts], asked.terms),
    )


def _lines(entry: Entry, name: str) -> list[str]:
    return entry.texts.get(name, "").splitlines()
