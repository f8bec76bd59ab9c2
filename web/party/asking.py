"""A party asks for copies, sees how far its request is, takes it back."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import copy_links, copy_requests
from archive.casefile import office_of
from archive.copy_facts import CopyRequestFacts
from archive.copy_items import GIVES
from archive.copy_requests import OPEN_TO_WITHDRAW, Asked
from archive.ruling import read
from casework import queries
from web.forms import Form
from web.lookup import Sight
from web.party.access import own_sight, party_signed_in, the_visitor
from web.security import the_actor, the_context

asking = Blueprint("asking", __name__, url_prefix="/my/copies")

TEXTS = ("other", "purpose", "form", "contact", "agent", "agent_id_no")


def asked_in(form: Form) -> Asked:
    """Return what a form asks for (the archivist's form at the counter has the same fields)."""
    file = request.files.get("letter")
    return Asked(
        **{name: form.said(name) for name in TEXTS},
        wanted=form.all("wanted"),
        letter=file.stream.read(copy_requests.MOST_LETTER + 1) if file else b"",
        letter_name=(file.filename or "") if file else "",
    )


@asking.get("/new")
@party_signed_in
def begin() -> ResponseReturnValue:
    """Show the form."""
    return form_page(Form(values={"form": "拷贝"}))


@asking.post("/new")
@party_signed_in
def ask() -> ResponseReturnValue:
    """Take the request; its page is the receipt."""
    form, visitor = Form.posted(), the_visitor()
    with form.attempt():
        made = copy_requests.ask_for_copy(
            the_context(), the_actor(), case_id=visitor.case_id, party_id=visitor.party_id, asked=asked_in(form)
        )
        return form.done(url_for("asking.show", request_id=made.id))
    return form_page(form), form.status


def form_page(form: Form) -> str:
    """Return the page of the form, empty or with what was typed."""
    visitor = the_visitor()
    with own_sight() as see:
        papers = copy_requests.askable(office_of(see.ctx, see.session), visitor.case_id, visitor.party_id)
        case = queries.case_facts(see.session, visitor.case_id)
    options = [(d.id, f"《{d.title}》{d.number}") for d in papers]
    return render_template("own_ask.html", form=form, case=case, options=options, forms=read("copying")["forms"])


@asking.get("/<request_id>")
@party_signed_in
def show(request_id: str) -> ResponseReturnValue:
    """Show the receipt of a request, how far it is, and what came of it."""
    with own_sight() as see:
        facts = _own(see, request_id)
        titles = {d.id: f"《{d.title}》{d.number}" for d in queries.documents_of(see.session, facts.case_id)}
        links = copy_links.links_of(see.session, facts.copy_id) if facts.copy_id else []
    now = the_context().clock.now()
    link = next((one for one in links if not one.why_not(now)), None)
    return render_template(
        "own_request.html",
        request_=facts,
        wanted=[titles[w] for w in facts.wanted if w in titles],
        given=[i for i in facts.items if i.get("result") in GIVES],
        link=link,
        token=copy_links.token_of(the_context().keys, link.id) if link else "",
        may_withdraw=facts.state in OPEN_TO_WITHDRAW,
    )


@asking.post("/<request_id>/withdraw")
@party_signed_in
def withdraw(request_id: str) -> ResponseReturnValue:
    """Take a request back."""
    form = Form.posted()
    with form.attempt():
        copy_requests.withdraw(the_context(), the_actor(), request_id)
        flash("申请已经撤回。", "success")
        return form.done(url_for("asking.show", request_id=request_id))
    raise form.error or copy_requests.missing()


def _own(see: Sight, request_id: str) -> CopyRequestFacts:
    facts, visitor = copy_requests.request_facts(see.session, request_id), the_visitor()
    if (facts.case_id, facts.party_id) != (visitor.case_id, visitor.party_id):
        raise copy_requests.missing()
    return facts
