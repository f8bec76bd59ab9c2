"""Requests of parties for copies, as the office works on them: list, counter, screening, decision, copy, links."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission, may_anywhere
from archive import copy_answering, copy_requests, copy_screening
from archive.casefile import office_of
from archive.ruling import read
from casework import queries
from foundation.errors import Forbidden
from web.copies.pages import request_page
from web.copies.waiting import WORKING, rows_of
from web.forms import Form
from web.lookup import sight
from web.party.asking import asked_in
from web.press import the_press
from web.security import signed_in, the_actor, the_context
from web.words import number_of

copies = Blueprint("copies", __name__, url_prefix="/copies")


@copies.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show requests by the day on which they must be answered."""
    if not any(may_anywhere(the_actor(), p) for p in WORKING):
        raise Forbidden("您的职务不办理复制申请。", remedy="由档案管理员、法制科负责人办理。")
    with sight() as see:
        found = rows_of(see)
        cases = {c: queries.case_facts(see.session, c) for c in {r.request.case_id for r in found}}
    rows = [{"request": r.request, "case": number_of(cases[r.request.case_id]), "left": r.left} for r in found]
    return render_template("copies.html", area="copies", rows=rows)


@copies.get("/<request_id>")
@signed_in
def show(request_id: str) -> ResponseReturnValue:
    """Show a request with what can be done next."""
    return request_page(request_id, Form())


@copies.get("/new/<case_id>/<party_id>")
@signed_in
def begin(case_id: str, party_id: str) -> ResponseReturnValue:
    """Show the form for a request at the counter."""
    return _counter_page(case_id, party_id, Form(values={"form": "复印"}))


@copies.post("/new/<case_id>/<party_id>")
@signed_in
def ask(case_id: str, party_id: str) -> ResponseReturnValue:
    """Write down a request at the counter."""
    form = Form.posted()
    with form.attempt():
        made = copy_requests.ask_for_copy(
            the_context(), the_actor(), case_id=case_id, party_id=party_id, asked=asked_in(form)
        )
        return form.done(url_for("copies.show", request_id=made.id))
    return _counter_page(case_id, party_id, form), form.status


def _counter_page(case_id: str, party_id: str, form: Form) -> str:
    with sight() as see:
        case = see.case(case_id)
        see.require(Permission.COPY_MAKE, case)
        papers = copy_requests.askable(office_of(see.ctx, see.session), case_id, party_id)
    party = next(p for p in case.parties if p.id == party_id)
    options = [(d.id, f"《{d.title}》{d.number}") for d in papers]
    words = {"case": case, "party": party, "options": options, "forms": read("copying")["forms"]}
    return render_template("copy_counter.html", area="copies", form=form, **words)


@copies.post("/<request_id>/register")
@signed_in
def register(request_id: str) -> ResponseReturnValue:
    """Make the request a paper of the case."""
    form = Form.posted()
    with form.attempt():
        copy_screening.register(the_context(), the_actor(), request_id, the_press())
        return form.done(url_for("copies.show", request_id=request_id))
    return request_page(request_id, form), form.status


@copies.post("/<request_id>/items")
@signed_in
def save(request_id: str) -> ResponseReturnValue:
    """Save the screening; handed up as well when that button was pressed."""
    form = Form.posted()
    form.token = ""  # saving twice is one saving
    with form.attempt():
        items = form.tree().get("items", [])
        items = [i for i in items if isinstance(i, dict)] if isinstance(items, list) else []
        ctx, actor = the_context(), the_actor()
        copy_screening.save_screening(ctx, actor, request_id, items, form.all("add"))
        if form.said("act") == "submit":
            copy_screening.submit(ctx, actor, request_id)
            flash("审查结果已提交法制科负责人审批。", "success")
        else:
            flash("已保存。", "success")
        return form.done(url_for("copies.show", request_id=request_id))
    return request_page(request_id, form), form.status


@copies.post("/<request_id>/decide")
@signed_in
def decide(request_id: str) -> ResponseReturnValue:
    """Sign the approval as head of legal affairs."""
    form = Form.posted()
    with form.attempt():
        said = {"decision": form.said("decision"), "opinion": form.said("opinion")}
        copy_screening.decide(the_context(), the_actor(), request_id, press=the_press(), **said)
        return form.done(url_for("copies.show", request_id=request_id))
    return request_page(request_id, form), form.status


@copies.post("/<request_id>/return")
@signed_in
def send_back(request_id: str) -> ResponseReturnValue:
    """Send the screening back."""
    form = Form.posted()
    with form.attempt():
        copy_screening.send_back(the_context(), the_actor(), request_id, remark=form.said("remark"))
        return form.done(url_for("copies.show", request_id=request_id))
    return request_page(request_id, form), form.status


@copies.post("/<request_id>/answer")
@signed_in
def answer(request_id: str) -> ResponseReturnValue:
    """Let a worker make the copy and the written answer."""
    form = Form.posted()
    with form.attempt():
        copy_answering.ask_to_answer(the_context(), the_actor(), request_id)
        return form.done(url_for("copies.show", request_id=request_id))
    return request_page(request_id, form), form.status
