"""The register: search, a party with its history and cases, a new one, a change as a new version."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import accounts
from access.policy import Permission
from casework import queries
from casework.facts import PartyFacts
from casework.operations import cases, changing, parties
from casework.operations.changing import Stale
from casework.parties import FIELDS
from casework.queries.lists import cases_with_party
from foundation.errors import BadInput
from web.forms import Form
from web.lookup import require, sight
from web.paging import Paging, page_number, page_url
from web.parties.fields import alike, party_data
from web.security import signed_in, the_actor, the_context

register = Blueprint("parties", __name__, url_prefix="/parties")

SIZE = 30
"""Parties a page."""


@register.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show the register, or those whose name, former name, number or phone holds some words."""
    words, number = request.args.get("words", "").strip()[:100], page_number()
    found = parties.party_page(the_context(), the_actor(), words, number=number, size=SIZE)
    paging = Paging(page=number, size=SIZE, total=found.total)
    shown = {"parties": found.parties, "words": words, "paging": paging, "page_url": page_url()}
    return render_template("parties.html", area="parties", **shown)


@register.get("/alike")
@signed_in
def told_alike() -> ResponseReturnValue:
    """Show the parties that a new one may be, as a piece of the form that is being filled."""
    require(Permission.PARTY_READ)
    found = alike(Form(values=dict(request.args)), but=request.args.get("but", ""))
    return render_template("party_alike.html", found=found, form=Form(), use=request.args.get("use", ""))


@register.get("/new")
@signed_in
def new() -> ResponseReturnValue:
    """Show the form of a new party."""
    require(Permission.PARTY_REGISTER)
    return _form(Form(values={"kind": "公民", **request.args}))


@register.post("/new")
@signed_in
def add() -> ResponseReturnValue:
    """Register a party, and add it to the case from where the form was opened."""
    form = Form.posted()
    with form.attempt():
        _ask_whether_another(form)
        made = parties.register_party(the_context(), the_actor(), **{"kind": form.said("kind"), **party_data(form)})
        flash(f"已登记当事人{made.name}。", "success")
        if case_id := form.said("case"):
            cases.add_party(the_context(), the_actor(), case_id=case_id, party_id=made.id)
            return form.done(url_for("cases.case", case_id=case_id))
        return form.done(url_for("parties.party", party_id=made.id))
    return _form(form), form.status


def _ask_whether_another(form: Form) -> None:
    """Ask once whether somebody of a name that is alike is meant."""
    if not form.said("another") and alike(form):
        message = "名册中有姓名（名称）相同或相近的当事人。"
        raise BadInput(message, remedy="是同一个的，选用已有的；不是的，勾选“不是同一个”后再登记。", path="name")


@register.get("/<party_id>")
@signed_in
def party(party_id: str) -> ResponseReturnValue:
    """Show a party with its history, and the cases that the viewer may see."""
    history = parties.party_history(the_context(), the_actor(), party_id)
    with sight() as see:
        found = cases_with_party(see.session, see.where("case", queries.CASE_COLUMNS), party_id)
        names = accounts.names_of(see.session, {v.account_id for v in history.versions})
    stale = [s for c in found if c.closed_on is None for s in _stale(c.id)]
    shown = {"party": history.party, "versions": history.versions, "cases": found, "names": names, "stale": stale}
    return render_template("party.html", area="parties", labels=_labels(), **shown)


def _stale(case_id: str) -> list[Stale]:
    return changing.stale_drafts(the_context(), the_actor(), case_id=case_id)


@register.get("/<party_id>/edit")
@signed_in
def edit(party_id: str) -> ResponseReturnValue:
    """Show a party's fields to be changed."""
    require(Permission.PARTY_REGISTER)
    known = parties.party_history(the_context(), the_actor(), party_id).party
    values = {**parties.plain(known), "base_version": str(known.version)}
    return _form(Form(values=values), known)


@register.post("/<party_id>/edit")
@signed_in
def change(party_id: str) -> ResponseReturnValue:
    """Keep the changed fields as a new version."""
    form = Form.posted()
    version, told = form.said("base_version"), {"kind": form.said("kind"), **party_data(form)}
    with form.attempt():
        given = {"party_id": party_id, "reason": form.said("reason")}
        base = int(version) if version.isascii() and version.isdigit() else 0
        changed = parties.change_party(the_context(), the_actor(), base_version=base, **given, **told)
        flash(f"已保存第{changed.version}版，以前的各版仍可查看。", "success")
        return form.done(url_for("parties.party", party_id=party_id))
    known = parties.party_history(the_context(), the_actor(), party_id).party
    return _form(form, known), form.status


def _form(form: Form, known: PartyFacts | None = None) -> str:
    found = alike(form, but=known.id) if known else alike(form)
    return render_template("party_form.html", area="parties", form=form, party=known, found=found, labels=_labels())


def _labels() -> dict[str, str]:
    return {name: one.label for name, one in FIELDS.items()}
