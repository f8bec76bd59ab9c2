"""Passes of the parties of a case: given, shown once to be handed over with the paper, taken back."""

import segno
from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from access import accounts, pins
from access.policy import Permission, absent
from casework import queries
from casework.operations import passes as work
from casework.passes import passes_of
from web.forms import Form
from web.lookup import sight
from web.security import signed_in, the_actor, the_context

passes = Blueprint("passes", __name__)


@passes.get("/cases/<case_id>/passes")
@signed_in
def of_case(case_id: str) -> ResponseReturnValue:
    """Show which parties of a case hold a PIN, and since when."""
    with sight() as see:
        case = see.case(case_id)
        see.require(Permission.PARTY_ADMIT, case)
        known, now = passes_of(see.session, case_id), see.ctx.clock.now()
        names = accounts.names_of(see.session, {p.given_by for p in known})
    rows = [(p, names.get(p.given_by, ""), p.why_not(now)) for p in known]
    return render_template("passes.html", area="cases", case=case, rows=rows, form=Form())


@passes.post("/cases/<case_id>/passes")
@signed_in
def give(case_id: str) -> ResponseReturnValue:
    """Give a party a PIN and show the slip that is handed over: this once."""
    form = Form.posted()
    with form.attempt():
        given = work.give_pass(the_context(), the_actor(), case_id=case_id, party_id=form.said("party_id"))
        form.done(url_for("passes.of_case", case_id=case_id))  # sent again, it shows the list, not the PIN
        with the_context().database.read() as session:
            case = queries.case_facts(session, case_id)
        party = next(p for p in case.parties if p.id == given.facts.party_id)
        address = f"{the_context().settings.public_url.rstrip('/')}{url_for('own.sign_in')}"
        code = segno.make(address, error="m").svg_data_uri(scale=6, border=2)
        words = {"case": case, "party": party, "given": given.facts, "address": address, "code": code}
        return make_response(render_template("pass_slip.html", area="cases", pin=pins.shown(given.pin), **words))
    raise form.error or absent("case")


@passes.post("/passes/<pass_id>/end")
@signed_in
def end(pass_id: str) -> ResponseReturnValue:
    """Take a pass back."""
    form = Form.posted()
    with form.attempt():
        ended = work.end_pass(the_context(), the_actor(), pass_id)
        return form.done(url_for("passes.of_case", case_id=ended.case_id))
    raise form.error or absent("case")
