"""Turns a question into one Elasticsearch query and its answer back; deep pages with a point in time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from search import filters
from search.engine import Answer, Ask, Term
from search.entries import loaded
from search.facets import FACETS
from search.ordering import by_masked, tiers

WINDOW = 10_000
"""Hits that can be reached by counting from the first; pages behind them are walked to."""
MOST_VALUES = 10_000
"""Values of one facet that are counted; document types, the most of any, are below 200."""
KEEP = "1m"
ORDER = [{"_score": "desc"}, {"date": "desc"}, {"id": "desc"}]


def answer(client: Elasticsearch, index: str, question: Ask) -> Answer:
    """Return total, counts and the page of a question."""
    query = query_of(question)
    within = question.offset + question.size <= WINDOW
    found = client.search(
        index=index,
        query=query,
        sort=ORDER,
        from_=question.offset if within else 0,
        size=question.size if within else 0,
        track_total_hits=True,
        aggs={f.name: {"terms": {"field": f"facets.{f.name}", "size": MOST_VALUES}} for f in FACETS},
        source_includes=["stored"],
    )
    total = int(found["hits"]["total"]["value"])
    hits = found["hits"]["hits"] if within else _deep(client, index, query, question, total)
    counts = {name: {b["key"]: b["doc_count"] for b in agg["buckets"]} for name, agg in found["aggregations"].items()}
    return Answer(
        total=total,
        entries=tuple(loaded(hit["_source"]["stored"]) for hit in hits),
        counts={name: values for name, values in counts.items() if values},
    )


def _deep(client: Elasticsearch, index: str, query: Mapping[str, Any], question: Ask, total: int) -> list[Any]:
    """Return a page behind the result window."""
    if question.offset >= total:
        return []
    hits: list[Any] = []
    for place, hit in enumerate(every(client, index, query, ["stored"], sort=ORDER)):
        if place >= question.offset + question.size:
            break
        if place >= question.offset:
            hits.append(hit)
    return hits


def every(
    client: Elasticsearch,
    index: str,
    query: Mapping[str, Any],
    fields: Sequence[str],
    sort: Sequence[Mapping[str, Any]] = ({"_shard_doc": "asc"},),
) -> Iterator[Any]:
    """Yield all hits of a query in order, from one point in time."""
    pit = client.open_point_in_time(index=index, keep_alive=KEEP)["id"]
    after: Any = None
    try:
        while True:
            found = client.search(
                query=query,
                pit={"id": pit, "keep_alive": KEEP},
                sort=list(sort),
                size=WINDOW // 10,
                search_after=after,
                track_total_hits=False,
                source_includes=list(fields),
            )
            hits = found["hits"]["hits"]
            if not hits:
                return
            yield from hits
            pit, after = found["pit_id"], hits[-1]["sort"]
    finally:
        client.close_point_in_time(id=pit)


def query_of(question: Ask) -> dict[str, Any]:
    """Return the query of a question: what is permitted filters, which tier is met scores."""
    permitted = [filters.to_elastic(question.where)]
    permitted += [filters.terms(f"facets.{name}", sorted(values)) for name, values in question.chosen.items()]
    if question.spans:
        days = [{"range": {"date": {"gte": s.first, "lte": s.last}}} for s in question.spans]
        permitted.append(filters.any_of_queries(days))
    clauses: dict[str, Any] = {"filter": permitted}
    if question.without:
        clauses["must_not"] = [filters.terms("id", list(question.without))]
    if question.terms:
        clauses["must"] = [{"dis_max": {"queries": _tiers(question)}}]
    return {"bool": clauses}


def _tiers(question: Ask) -> list[dict[str, Any]]:
    steps = tiers(question)
    queries = [_constant(question, fields, len(steps) - at) for at, fields in enumerate(steps)]
    masked = [_constant(question, w.fields, 1, [filters.to_elastic(w.where)]) for w in by_masked(question)]
    return [*queries, *masked]


def _constant(
    question: Ask, fields: Sequence[str], score: int, conditions: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    met = [_in_any(term, fields) for term in question.terms]
    return {"constant_score": {"filter": {"bool": {"filter": [*met, *conditions]}}, "boost": score}}


def _in_any(term: Term, fields: Sequence[str]) -> dict[str, Any]:
    text = " ".join(term.tokens)
    return filters.any_of_queries([_phrase(f"{f}_{term.form}", text) for f in fields])


def _phrase(field: str, text: str) -> dict[str, Any]:
    return {"match_phrase": {field: text}} if " " in text else {"term": {field: text}}
