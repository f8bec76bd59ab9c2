"""Correction orders: ordered, sent with the notice, answered by the unit, accepted or sent back."""

import datetime as dt
from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import accounts, agencies
from access.policy import Permission, may_anywhere
from casework.operations import correcting
from casework.orders import STATES, OrderFacts
from foundation.clock import legal_date
from foundation.errors import BadInput
from generator.issuing import issue
from web.forms import Form
from web.lookup import require, sight
from web.press import the_press
from web.security import signed_in, the_actor, the_context

corrections = Blueprint("corrections", __name__)

ROWS = 3
"""Rows for problems of a fresh form."""
USUAL = dt.timedelta(days=30)
LOOKS = {"draft": "mute", "sent": "wait", "answered": "wait", "returned": "bad", "closed": "ok"}


@corrections.get("/corrections")
@signed_in
def index() -> ResponseReturnValue:
    """Show the orders that one's body gave, and those that reached one's unit."""
    found = correcting.orders_for(the_context(), the_actor())
    today = _today()
    return render_template(
        "corrections.html",
        area="corrections",
        rows=[(o, o.is_late_on(today)) for o in found],
        names=_agency_names(found),
        states=STATES,
        looks=LOOKS,
        may_order=may_anywhere(the_actor(), Permission.RECTIFICATION_ISSUE),
    )


@corrections.get("/corrections/new")
@signed_in
def new() -> ResponseReturnValue:
    """Show the form of an order, for a unit or about one of its cases."""
    due = (_today() + USUAL).isoformat()
    agency = request.args.get("agency", "") or the_actor().agency_id
    return _form(Form(values={"due_on": due, "agency_id": agency, "case_id": request.args.get("case", "")}))


@corrections.post("/corrections/new")
@signed_in
def order() -> ResponseReturnValue:
    """Open an order with its notice."""
    form = Form.posted()
    with form.attempt():
        made = correcting.order(
            the_context(),
            the_actor(),
            agency_id=form.said("agency_id"),
            case_id=form.said("case_id") or None,
            problems=form.tree().get("problems", []),
            requirement=form.said("requirement"),
            due_on=_day(form.said("due_on")),
            contact=form.said("contact"),
        )
        return form.done(url_for("corrections.correction", order_id=made.id))
    return _form(form), form.status


def _day(said: str) -> dt.date:
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        raise BadInput("整改期限不是日期。", remedy="选择日期。", path="due_on") from None


def _form(form: Form) -> str:
    require(Permission.RECTIFICATION_ISSUE)
    given = form.tree().get("problems", [])
    count = max(ROWS, len(given) + 1 if isinstance(given, list) else ROWS)
    with sight() as see:
        case = see.case_of(form.said("case_id") or None)
        units = [(a.id, a.name) for a in agencies.agencies(see.session, _today()) if a.id in see.actor.agencies]
    if case:
        units = [(i, name) for i, name in units if i == case.agency_id]
    return render_template("correction_new.html", area="corrections", form=form, units=units, case=case, count=count)


@corrections.get("/corrections/<order_id>")
@signed_in
def correction(order_id: str) -> ResponseReturnValue:
    """Show one order with its answers."""
    return _page(order_id, Form())


def _page(order_id: str, form: Form) -> str:
    ctx, actor = the_context(), the_actor()
    facts = correcting.order_facts(ctx, actor, order_id)
    with sight() as see:
        case = see.case_of(facts.case_id)
        people = {facts.ordered_by, *(a.by for a in facts.answers), *(a.judged_by for a in facts.answers)}
        names = accounts.names_of(see.session, people - {""})
    is_unit = actor.agency_id == facts.agency_id and may_anywhere(actor, Permission.RECTIFICATION_ANSWER)
    return render_template(
        "correction.html",
        area="corrections",
        order=facts,
        form=form,
        case=case,
        people=names,
        names=_agency_names([facts]),
        state=STATES[facts.state],
        look=LOOKS[facts.state],
        is_late=facts.is_late_on(_today()),
        may_answer=is_unit and facts.state in ("sent", "returned"),
        is_body=actor.agency_id == facts.body_id and may_anywhere(actor, Permission.RECTIFICATION_ISSUE),
    )


@corrections.post("/corrections/<order_id>/send")
@signed_in
def send(order_id: str) -> ResponseReturnValue:
    """Issue the notice and let the order reach the unit; what broke off goes on."""
    ctx, actor, form = the_context(), the_actor(), Form.posted()
    with form.attempt():
        facts = correcting.order_facts(ctx, actor, order_id)
        issue(ctx, actor, facts.document_id, the_press())
        correcting.sent(ctx, actor, order_id)
        flash("整改通知书已制发，并送到被监督单位。", "success")
        return form.done(url_for("corrections.correction", order_id=order_id))
    return _page(order_id, form), form.status


@corrections.post("/corrections/<order_id>/answer")
@signed_in
def answer(order_id: str) -> ResponseReturnValue:
    """Say what the unit did."""
    form = Form.posted()
    with form.attempt():
        correcting.answer(the_context(), the_actor(), order_id, form.said("text"))
        flash("整改情况已报告。", "success")
        return form.done(url_for("corrections.correction", order_id=order_id))
    return _page(order_id, form), form.status


@corrections.post("/corrections/<order_id>/judge")
@signed_in
def judge(order_id: str) -> ResponseReturnValue:
    """Accept the answer, or send it back."""
    form = Form.posted()
    with form.attempt():
        accepted = form.said("accepted") == "1"
        correcting.judge(the_context(), the_actor(), order_id, accepted=accepted, remark=form.said("remark"))
        flash("已办结。" if accepted else "已退回继续整改。", "success")
        return form.done(url_for("corrections.correction", order_id=order_id))
    return _page(order_id, form), form.status


def _today() -> dt.date:
    return legal_date(the_context().clock.now())


def _agency_names(orders: Sequence[OrderFacts]) -> dict[str, str]:
    wanted = {i for o in orders for i in (o.agency_id, o.body_id)}
    with the_context().database.read() as session:
        return {i: agencies.agency_facts(session, i, _today()).name for i in sorted(wanted)}
