"""Search with facets and snippets: the engine answers under the viewer's rights, and nothing is filtered afterwards."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from search.asking import find
from search.facets import FACETS, words
from search.facts import Hit
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
    text = request.args.get("q", "")[:LONGEST].strip()
    chosen = {f.name: tuple(request.args.getlist(f.name)[:20]) for f in FACETS if f.name in request.args}
    if not text and not chosen:
        return render_template("search.html", area="search", query_text="", chosen=[])
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
        without=lambda name, value: address({"page": None}, drop=(name, value)),
        paging=Paging(page=results.page, size=results.size, total=results.total),
        page_url=page_url(),
    )


def place_of(hit: Hit) -> str:
    """Return the address of what was found; of a recording with what was asked, so that it opens at that place."""
    endpoint, name = PLACES[hit.thing]
    words: dict[str, Any] = {name: hit.id}
    if hit.thing == "recording" and (asked := request.args.get("q", "").strip()):
        words["q"] = asked[:LONGEST]
    return url_for(endpoint, **words)
