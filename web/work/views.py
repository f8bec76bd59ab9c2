"""What waits for the person who is signed in, most pressing first; and the tour that shows newcomers around."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rulebook import rulebook
from casework.operations.work import Item, my_work, title_of
from casework.queries.work import CaseHead
from web.copies.waiting import waiting_for
from web.guide.stops import stops_of
from web.lookup import sight
from web.paging import Paging, address, page_number, page_url
from web.security import signed_in, the_actor, the_context
from web.work.links import row_of

work = Blueprint("work", __name__)

SIZE = 40
"""Rows a page."""
SEEN = "tour"
"""Cookie that says that the guide was put away."""
YEAR = 365 * 86400


@work.get("/work")
@signed_in
def index() -> ResponseReturnValue:
    """Show what waits for the viewer, each with its one next act."""
    ctx, actor = the_context(), the_actor()
    found = my_work(ctx, actor)
    kind, words = request.args.get("kind", "")[:20], request.args.get("words", "").strip()[:100]
    wanted = [i for i in found.items if (not kind or i.kind == kind) and _has(i, words)]
    page = page_number()
    with sight() as see:
        copies = waiting_for(see)
    return render_template(
        "work.html",
        area="work",
        copies=copies,
        rows=[row_of(i, ctx.clock.now()) for i in wanted[(page - 1) * SIZE : page * SIZE]],
        kinds=[(k, title_of(k), n, address({"kind": k, "page": None})) for k, n in _in_order(found.items).items()],
        chosen={"kind": kind, "words": words},
        total=len(found.items),
        paging=Paging(page=page, size=SIZE, total=len(wanted)),
        page_url=page_url(),
        stops=[] if request.cookies.get(SEEN) else stops_of(actor.roles),
    )


@work.get("/tour")
@signed_in
def tour() -> ResponseReturnValue:
    """Show what there is for the roles of the viewer, step by step."""
    actor = the_actor()
    roles = [rulebook().title(r) for r in sorted(actor.roles)]
    return render_template("tour.html", area="work", stops=stops_of(actor.roles), roles=roles)


@work.post("/tour")
@signed_in
def put_away() -> ResponseReturnValue:
    """Put the guide away in this browser."""
    answer = make_response(redirect(url_for("work.index"), code=303))
    answer.set_cookie(SEEN, "1", max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def _in_order(items: tuple[Item, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in items:
        found[one.kind] = found.get(one.kind, 0) + 1
    return found


def _has(item: Item, words: str) -> bool:
    case: CaseHead | None = item.case
    texts = (item.what, *((case.number, case.title, *case.parties) if case else ()))
    return not words or any(words in text for text in texts)
