"""The copy itself in the office's hands: its file, its links with their PINs (shown once), taking it back."""

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import pins
from access.policy import Permission, Record, absent
from archive import copy_delivery, copy_links, queries
from archive.copy_requests import request_facts
from archive.facts import CopyFacts
from foundation.errors import NotFound
from web import blobs
from web.blobs import Held
from web.copies.pages import request_page
from web.forms import Form
from web.lookup import Sight, sight
from web.security import signed_in, the_actor, the_context

giving = Blueprint("giving", __name__, url_prefix="/copies")


def _copy(see: Sight, request_id: str) -> CopyFacts:
    """Return the copy of a request that the viewer may make copies for."""
    facts = request_facts(see.session, request_id)
    see.require(Permission.COPY_MAKE, see.case(facts.case_id))
    found = queries.find_copy(see.session, facts.copy_id) if facts.copy_id else None
    if found is None:
        raise NotFound("还没有复制件。", remedy="批准后先制作。")
    return found


@giving.get("/<request_id>/file")
@signed_in
def file(request_id: str) -> ResponseReturnValue:
    """Answer with the copy, to be printed and handed over."""
    with sight() as see:
        copy = _copy(see, request_id)
    pieces = copy_delivery.download(the_context(), the_actor(), copy.id)
    record = Record(kind="case", agency_id=copy.agency_id, id=copy.case_id, case_id=copy.case_id)
    held = Held(record=record, name=f"{copy.number}.pdf", media_type="application/pdf", size=copy.size)
    return blobs.deliver_pieces(held, pieces, as_file=True)


@giving.get("/<request_id>/letter")
@signed_in
def letter(request_id: str) -> ResponseReturnValue:
    """Answer with the scan of the agent's authorisation."""
    with sight() as see:
        facts = request_facts(see.session, request_id)
        case = see.case(facts.case_id)
        see.require(Permission.COPY_MAKE, case)
    if not facts.letter:
        raise absent("document")
    record = Record(kind="case", agency_id=case.agency_id, id=case.id, case_id=case.id)
    words = {"name": facts.letter["name"], "media_type": facts.letter["media_type"], "size": facts.letter["size"]}
    return blobs.deliver(Held(record=record, blob=facts.letter["blob"], **words), as_file=True)


@giving.post("/<request_id>/link")
@signed_in
def give(request_id: str) -> ResponseReturnValue:
    """Give a new link and show its PIN: this once."""
    form = Form.posted()
    with form.attempt():
        with sight() as see:
            copy = _copy(see, request_id)
        ctx = the_context()
        given = copy_links.give_link(ctx, the_actor(), copy.id)
        form.done(url_for("copies.show", request_id=request_id))  # sent again, it shows the request, not the PIN
        path = url_for("fetching.page", token=copy_links.token_of(ctx.keys, given.facts.id))
        words = {"given": given.facts, "address": f"{ctx.settings.public_url.rstrip('/')}{path}", "copy": copy}
        page = render_template(
            "link_slip.html", area="copies", request_id=request_id, pin=pins.shown(given.pin), **words
        )
        return make_response(page)
    return request_page(request_id, form), form.status


@giving.post("/<request_id>/links/<link_id>/end")
@signed_in
def end(request_id: str, link_id: str) -> ResponseReturnValue:
    """Take a link back."""
    form = Form.posted()
    with form.attempt():
        copy_links.end_link(the_context(), the_actor(), link_id)
        return form.done(url_for("copies.show", request_id=request_id))
    return request_page(request_id, form), form.status


@giving.post("/<request_id>/revoke")
@signed_in
def revoke(request_id: str) -> ResponseReturnValue:
    """Take the copy itself back."""
    form = Form.posted()
    with form.attempt():
        with sight() as see:
            copy = _copy(see, request_id)
        copy_delivery.revoke(the_context(), the_actor(), copy.id, reason=request.form.get("reason", ""))
        return form.done(url_for("copies.show", request_id=request_id))
    return request_page(request_id, form), form.status
