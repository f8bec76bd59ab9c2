"""A party's own papers: sign in by number and PIN, read what was served with its periods and rights, take the PDF."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from access import accounts
from access.attempts import TooSoon
from archive.copy_requests import requests_of
from casework import plain, queries, sealing
from casework.facts import DocumentFacts
from casework.operations import passes
from casework.views import office
from foundation.errors import Forbidden, NotFound
from foundation.paces import Pace, within
from web import blobs
from web.blobs import Held
from web.forms import Form
from web.lookup import Sight, file_of
from web.party.access import KEPT, PARTY_TOKEN, own_sight, party_signed_in, the_visitor
from web.party.asking import form_page
from web.security import TOKEN, local_path, the_context
from web.words import METHODS

own = Blueprint("own", __name__, url_prefix="/my")

PACE = Pace(burst=20, refill_s=6.0)
"""Tries to sign in of one address, whatever the numbers."""
BUSY = "这个网络地址的尝试太频繁，请过一分钟再试。"


@own.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the form; a paper's code leads here with its number filled in."""
    return render_template("own_sign_in.html", number=request.args.get("n", "")[:200], next=_target())


@own.post("/sign-in")
def sign_in_post() -> ResponseReturnValue:
    """Open a party's session; what this browser held before is over, a member of staff's session too."""
    number, pin = request.form.get("number", ""), request.form.get("pin", "")
    address = request.remote_addr or ""
    if not within(the_context(), "party", address, PACE):
        return _again(BUSY, 429, number)
    try:
        token = passes.sign_in(the_context(), number=number, pin=pin, address=address)
    except TooSoon as error:
        return _again(f"{error.message}{error.remedy}", 429, number, wait=error.seconds)
    except Forbidden as error:
        return _again(f"{error.message}{error.remedy}", 401, number)
    target = _target()
    if staff := session.get(TOKEN):
        accounts.sign_out(the_context(), str(staff))
    kept = _kept()
    session.clear()
    session[PARTY_TOKEN] = token
    if kept and (visitor := passes.visitor_of(the_context(), token)):
        g.visitor, g.actor = visitor, visitor.actor
        return form_page(Form(values=kept))
    return redirect(target, code=303)


def _kept() -> dict[str, Any]:
    """Return what was typed into a form before the session was over."""
    lists = {k.removeprefix(KEPT): v for k, v in request.form.lists() if k.startswith(KEPT)}
    return {k: v[0] if len(v) == 1 else v for k, v in lists.items()}


def _target() -> str:
    """Return where to go after signing in: a page of the party's own, nothing else."""
    target = local_path(request.values.get("next", ""))
    return target if target.startswith(f"{own.url_prefix}/") else url_for("own.home")


def _again(error: str, status: int, number: str, *, wait: int = 0) -> ResponseReturnValue:
    kept = [(k, one) for k, v in _kept().items() for one in (v if isinstance(v, list) else [v])]
    page = render_template("own_sign_in.html", number=number[:200], next=_target(), error=error, kept=kept)
    answer = make_response(page, status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


@own.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and on the server."""
    if token := session.pop(PARTY_TOKEN, None):
        passes.sign_out(the_context(), str(token))
    session.clear()
    return redirect(url_for("own.sign_in"), code=303)


@own.get("/")
@party_signed_in
def home() -> ResponseReturnValue:
    """Show what was served, the latest first, each with its nearest period."""
    with own_sight() as see:
        case = queries.case_facts(see.session, the_visitor().case_id)
        papers = see.seen(queries.documents_of(see.session, case.id))
        return render_template(
            "own_home.html",
            case=case,
            letters=sorted(_letters(see, papers), key=lambda one: str(one["served_on"] or ""), reverse=True),
            requests=requests_of(see.session, case.id, the_visitor().party_id),
        )


@own.get("/documents/<document_id>")
@party_signed_in
def document(document_id: str) -> ResponseReturnValue:
    """Show one paper in large type, with what its party may do and until when."""
    with own_sight() as see:
        facts = see.document(document_id)
        at = office(see.ctx, see.session)
        drawn = _drawn(facts)
        (letter,) = _letters(see, [facts])
        return render_template(
            "own_document.html",
            letter=letter,
            document=facts,
            rights=plain.rights_of(facts, at.settings_today(facts.agency_id)),
            text=blobs.read(_file(facts, "text")).decode().splitlines() if "text" in facts.blobs else [],
            pages=blobs.page_count(drawn) if drawn else 0,
            file=drawn is not None,
        )


@own.get("/documents/<document_id>/pages/<int:number>.png")
@party_signed_in
def page_image(document_id: str, number: int) -> ResponseReturnValue:
    """Answer with one page."""
    return blobs.page_image(_required(document_id), number)


@own.get("/documents/<document_id>/file")
@party_signed_in
def download(document_id: str) -> ResponseReturnValue:
    """Answer with the paper as it was served: the sealed file, which a mark of our own would break."""
    return blobs.deliver(_required(document_id), as_file=True)


def _required(document_id: str) -> Held:
    with own_sight() as see:
        drawn = _drawn(see.document(document_id))
    if drawn is None:
        raise NotFound("文书没有电子文件。", remedy="需要时向制发机关申请复制。")
    return drawn


def _drawn(facts: DocumentFacts) -> Held | None:
    kind = next((k for k in ("sealed", "pdf") if k in facts.blobs), None)
    return _file(facts, kind) if kind else None


def _file(facts: DocumentFacts, kind: str) -> Held:
    return file_of(facts, kind, blobs.size_of(facts.blobs[kind], sealing.about_file(facts, kind)))


def _letters(see: Sight, papers: list[DocumentFacts]) -> Iterator[dict[str, Any]]:
    """Yield papers with how they were served and their periods in plain words."""
    case_id, today = the_visitor().case_id, office(see.ctx, see.session).today
    services = {s.document_id: s for s in queries.services_of(see.session, case_id) if s.valid}
    deadlines = queries.deadlines_of(see.session, case_id)
    for one in papers:
        served = services.get(one.id)
        yield {
            "document": one,
            "served_on": served.served_on if served else one.issue_date,
            "method": METHODS.get(served.method, "") if served else "书面答复",
            "periods": plain.periods_of(one, deadlines, today),
        }
