"""Search under access control on the embedded engine: p95 at 20,000 and 100,000 papers, and what the filter costs.

`find` is the whole of what a page waits for: rights, the engine with exact totals and facets, the database's
confirmation, snippets, the line in the access journal. The ratio compares the engine alone, the same questions in the
same order, with the viewer's filter and without any.
"""

import dataclasses
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from access.facts import Actor
from access.predicates import Always
from bench.corpus import AGENCIES, Corpus, queries
from casework.queries import viewer_of
from foundation.context import Context, build_context
from foundation.database import Base
from foundation.settings import Settings
from search import backend
from search.asking import find
from search.engine import Ask
from search.entries import Entry
from search.query import parse
from search.rights import rights_of

SIZES = (20_000, 100_000)
QUESTIONS = 300
WARM_UP = 20
ROUNDS = 3
limits = {
    "20000/find_p95_ms": 25.0,
    "100000/find_p95_ms": 60.0,
    "20000/filter_ratio_p95": 1.2,
    "100000/filter_ratio_p95": 1.2,
    "20000/filter_ratio_p95_all_seen": 1.2,
    "100000/filter_ratio_p95_all_seen": 1.2,
    "20000/hidden_to_absent_ratio": 1.3,
    "100000/hidden_to_absent_ratio": 1.3,
}
ROLES = ("handler", "handler", "unit_head", "archivist", "legal_head", "supervisor", "finance")
SUPERVISOR = ROLES.index("supervisor")
"""Sees every paper: the filter costs and hides nothing."""


def run() -> dict[str, Any]:
    """Measure at each size."""
    return {str(size): _at(size) for size in SIZES}


def _at(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        ctx = build_context(Settings(_env_file=None, data_dir=Path(folder)))  # type: ignore[call-arg]
        ctx.database.create_all()
        corpus = Corpus(size)
        entries, index_s = _fill(ctx, corpus)
        asked = queries(entries, QUESTIONS + WARM_UP)
        figures = _figures(ctx, asked)
        file_mb = (Path(folder) / backend.FILE).stat().st_size / 1e6
        ctx.database.close()
    return {**figures, "papers_per_s_indexed": round(size / index_s), "index_mb": round(file_mb)}


def _figures(ctx: Context, asked: Sequence[str]) -> dict[str, Any]:
    actors = [_actor(n) for n in range(len(ROLES))]
    pairs = [(actors[n % len(actors)], text) for n, text in enumerate(asked)]
    engine = backend.engine_of(ctx)
    everything = _actor(SUPERVISOR)
    whole, with_filter, widest, without = _times(
        [functools.partial(find, ctx, actor, text) for actor, text in pairs],
        [functools.partial(engine.ask, _question(ctx, actor, text)) for actor, text in pairs],
        [functools.partial(engine.ask, _question(ctx, everything, text)) for _, text in pairs],
        [functools.partial(engine.ask, _unfiltered(text)) for _, text in pairs],
    )
    return {
        "find_p50_ms": _ms(whole, 50),
        "find_p95_ms": _ms(whole, 95),
        "find_max_ms": round(max(whole) * 1000, 1),
        "engine_p95_ms": _ms(with_filter, 95),
        "engine_unfiltered_p95_ms": _ms(without, 95),
        "filter_ratio_p95": round(_ms(with_filter, 95) / _ms(without, 95), 2),
        "filter_ratio_sum": round(sum(with_filter) / sum(without), 2),
        "filter_ratio_p95_all_seen": round(_ms(widest, 95) / _ms(without, 95), 2),
        "filter_ratio_sum_all_seen": round(sum(widest) / sum(without), 2),
        "hidden_to_absent_ratio": _hidden_to_absent(ctx),
    }


def _hidden_to_absent(ctx: Context) -> float:
    """Compare questions for names that only hidden papers hold with names that none holds (A9): medians of `find`."""
    outsider = dataclasses.replace(_actor(0), person_id="nobody")
    hidden = [f"甲子{n:03}" for n in range(40)]
    engine = backend.engine_of(ctx)
    engine.write([_named(name, number) for number, name in enumerate(hidden)])
    absent = [f"乙丑{n:03}" for n in range(40)]
    times = _times(*([functools.partial(find, ctx, outsider, name) for name in names] for names in (hidden, absent)))
    found, missed = (statistics.median(column) for column in times)
    return round(found / missed, 2)


def _named(name: str, number: int) -> Entry:
    facts = {"agency_id": AGENCIES[-1], "case_id": "elsewhere", "type": "penalty_decision", "secrecy": "normal"}
    texts = {"party": name, "title": "行政处罚决定书", "text": f"当事人{name}"}
    return Entry(id=f"hidden-{number}", thing="document", version=1, date="2026-01-05", facts=facts, texts=texts)


def _question(ctx: Context, actor: Actor, text: str) -> Ask:
    rights = _rights(ctx, actor)
    query = parse(text)
    return Ask(where=rights.where, guards=rights.guards, terms=query.terms, spans=query.spans)


def _unfiltered(text: str) -> Ask:
    query = parse(text)
    return Ask(where=Always(), terms=query.terms, spans=query.spans)


def _rights(ctx: Context, actor: Actor) -> Any:
    with ctx.database.read() as session:
        return rights_of(actor, viewer_of(session, actor))


def _times(*columns: Sequence[Callable[[], object]]) -> list[list[float]]:
    """Return the seconds of each question in each column.

    The questions of a row are asked one after the other, and the best of three rounds counts: what the neighbours on
    the machine do in the meantime is not measured.
    """
    rounds = [[[_seconds(ask) for ask in row] for row in zip(*columns, strict=True)] for _ in range(ROUNDS)]
    best = [[min(times) for times in zip(*rows, strict=True)] for rows in zip(*rounds, strict=True)]
    return [list(column)[WARM_UP:] for column in zip(*best, strict=True)]


def _seconds(ask: Callable[[], object]) -> float:
    begin = time.perf_counter()
    ask()
    return time.perf_counter() - begin


def _ms(times: Sequence[float], percent: int) -> float:
    return round(statistics.quantiles(times, n=100)[percent - 1] * 1000, 2)


def _actor(number: int) -> Actor:
    role = ROLES[number]
    agencies = frozenset(AGENCIES if role == "supervisor" else AGENCIES[:1])
    return Actor(
        account_id=f"account-{number}",
        person_id=f"person-{number:029}",
        agency_id=AGENCIES[0],
        name=role,
        roles=frozenset({role}),
        agencies=agencies,
    )


def _fill(ctx: Context, corpus: Corpus) -> tuple[list[Entry], float]:
    """Put the papers into the database and the index; return some of them, and the seconds that indexing took."""
    engine, name, spent = backend.engine_of(ctx), "", 0.0
    name = engine.begin()
    kept: list[Entry] = []
    for some in _portions(corpus.entries(), 1000):
        _rows(ctx, some)
        begin = time.perf_counter()
        engine.add(name, some)
        spent += time.perf_counter() - begin
        kept += some[::50]
    begin = time.perf_counter()
    engine.switch(name)
    return kept, spent + time.perf_counter() - begin


def _portions(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    some: list[Entry] = []
    for entry in entries:
        some.append(entry)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _rows(ctx: Context, entries: Sequence[Entry]) -> None:
    """Add the rows by which the database confirms hits, and members of cases."""
    tables = Base.metadata.tables
    known = {str(e.facts["case_id"]): e for e in entries}
    at = ctx.clock.now()
    with ctx.database.write() as session:
        there = set(session.scalars(sa.select(tables["case_"].c.id).where(tables["case_"].c.id.in_(list(known)))))
        new = {case_id: e for case_id, e in known.items() if case_id not in there}
        if new:
            session.execute(sa.insert(tables["case_"]), [_case_row(i, e, at) for i, e in new.items()])
            session.execute(sa.insert(tables["case_member"]), [_member_row(i, e, at) for i, e in new.items()])
        session.execute(sa.insert(tables["document"]), [_document_row(e, at) for e in entries])


def _case_row(case_id: str, entry: Entry, at: Any) -> dict[str, Any]:
    words = {"number": "", "working_number": "", "title": "", "procedure": "general", "state": "CLUE"}
    return {"id": case_id, "agency_id": entry.facts["agency_id"], "opened_at": at, "dispute_prone": False, **words}


def _member_row(case_id: str, entry: Entry, at: Any) -> dict[str, Any]:
    person = f"person-{int(case_id[5:]) % 25:029}"
    return {"case_id": case_id, "person_id": person, "agency_id": entry.facts["agency_id"], "seq": 0, "added_at": at}


def _document_row(entry: Entry, at: Any) -> dict[str, Any]:
    names = ("agency_id", "case_id", "type", "stage", "secrecy", "volume", "status", "author_id")
    digests = {"definition_digest": "", "content_digest": "", "number": entry.texts.get("number", "")}
    times = {"opened_at": at, "changed_at": at}
    return {
        "id": entry.id,
        "title": entry.texts["title"],
        "version": 1,
        **{n: entry.facts[n] for n in names},
        **digests,
        **times,
    }
