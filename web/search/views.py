"""Search with facets and snippets: the engine answers under the viewer's rights, and nothing is filtered afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from access.rulebook import rulebook
from search import saved
from search.asking import find
from search.facets import FACETS, words
from search.facts import Hit
from search.query import Query, parse, without
from web.forms import Form
from web.lookup import require
from web.paging import Paging, address, page_number, page_url
from web.security import signed_in, the_actor, the_context

search = Blueprint("search", __name__)

LONGEST = 200
"""Characters of a question."""
PLACES: Mapping[str, tuple[str, str]] = {
    "case": ("cases.case", "case_id"),
    "document": ("documents.document", "document_id"),
    "recording": ("recordings.recording", "recording_id"),
    "package": ("packages.package", "package_id"),
}
"""Kind of thing → its page and the name of its id."""


@search.get("/search")
@signed_in
def index() -> ResponseReturnValue:
    """Show the form, and what was found when something was asked."""
    require(Permission.SEARCH)
    text, chosen = _asked()
    if not text and not chosen:
        return render_template("search.html", area="search", query_text="", chosen=[], saved=_saved(), form=Form())
    return _shown(text, chosen, Form())


def _asked() -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return what the address asks for: the text and the chosen facets."""
    text = request.args.get("q", "")[:LONGEST].strip()
    return text, {f.name: tuple(request.args.getlist(f.name)[:20]) for f in FACETS if f.name in request.args}


def _shown(text: str, chosen: Mapping[str, Sequence[str]], form: Form) -> ResponseReturnValue:
    asked = parse(text, words(the_context()))
    results = find(the_context(), the_actor(), text, facets=chosen, page=page_number())
    return render_template(
        "search.html",
        area="search",
        query_text=text,
        results=results,
        chosen=[(name, value) for name, values in results.chosen.items() for value in values],
        labels=words(the_context()),
        place_of=place_of,
        with_facet=lambda name, value: address({"page": None}, add=(name, value)),
        without=lambda name, value: _without(asked, name, value),
        hints=asked.hints,
        here=address({"page": None}),
        saved=_saved(),
        roles=[(r, rulebook().title(r)) for r in sorted(the_actor().roles)],
        form=form,
        paging=Paging(page=results.page, size=results.size, total=results.total),
        page_url=page_url(),
    ), form.status


def _without(asked: Query, name: str, value: str) -> str:
    """Return the address without a choice, whether it was clicked or typed."""
    word = asked.typed.get((name, value))
    changes = {"page": None, **({"q": without(asked.text, word)} if word else {})}
    return address(changes, drop=(name, value))


def _saved() -> list[dict[str, Any]]:
    """Return the viewer's saved searches with their addresses."""
    with the_context().database.read() as session:
        found = saved.saved_for(session, the_actor())
    return [{"search": s, "mine": s.person_id == the_actor().person_id, "url": _url(s)} for s in found]


def _url(one: saved.SavedSearch) -> str:
    values: dict[str, Any] = {"q": one.query or None, **{k: list(v) for k, v in one.facets.items()}}
    return url_for("search.index", **values)


@search.post("/search")
@signed_in
def save() -> ResponseReturnValue:
    """Keep the search that the address asks for under a name, for oneself or for a role."""
    form, (text, chosen) = Form.posted(), _asked()
    with form.attempt():
        name, role = form.said("name"), form.said("role")
        saved.save(the_context(), the_actor(), name=name, query=text, facets=chosen, role=role)
        return form.done(address({}))
    return _shown(text, chosen, form)


@search.post("/searches/<search_id>/remove")
@signed_in
def remove(search_id: str) -> ResponseReturnValue:
    """Take a saved search of one's own away."""
    saved.remove(the_context(), the_actor(), search_id)
    return redirect(url_for("search.index"), code=303)


def place_of(hit: Hit) -> str:
    """Return the address of what was found; of a recording with what was asked, so that it opens at that place."""
    endpoint, name = PLACES[hit.thing]
    words: dict[str, Any] = {name: hit.id}
    if hit.thing == "recording" and (asked := request.args.get("q", "").strip()):
        words["q"] = asked[:LONGEST]
    return url_for(endpoint, **words)
