"""Letting somebody sign for oneself: named papers, from day to day, on a written basis; taken back at any time."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import delegations, persons
from access.facts import DelegationFacts
from access.permissions import Permission
from access.rulebook import rulebook
from casework import approvals
from casework.operations import delegating
from casework.views import office
from foundation.clock import legal_date
from foundation.errors import BadInput
from web.forms import Form
from web.lookup import Sight, require, sight
from web.security import signed_in, the_actor, the_context

handing_over = Blueprint("delegations", __name__)


@handing_over.get("/delegations")
@signed_in
def index() -> ResponseReturnValue:
    """Show what the viewer gave and was given, and a form for one more."""
    with sight() as see:
        return _page(see, Form(values=dict(request.args)))


@handing_over.post("/delegations")
@signed_in
def give() -> ResponseReturnValue:
    """Let somebody sign for the viewer."""
    require(Permission.APPROVAL_DELEGATE)
    form = Form.posted()
    with form.attempt():
        delegating.delegate(
            the_context(),
            the_actor(),
            delegate_id=form.said("delegate_id"),
            role=form.said("role"),
            types=form.all("types"),
            valid_from=_day(form, "valid_from"),
            valid_to=_day(form, "valid_to"),
            basis=form.said("basis"),
        )
        flash("授权已生效，代签的文书会写明“甲代乙”。", "success")
        return form.done(url_for(".index"))
    with sight() as see:
        return _page(see, form), form.status


def _day(form: Form, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(form.said(name))
    except ValueError as error:
        raise BadInput("没有填写日期，或日期不对。", remedy="写成 2026-03-10。", path=name) from error


@handing_over.post("/delegations/<delegation_id>/end")
@signed_in
def end(delegation_id: str) -> ResponseReturnValue:
    """Take a delegation back."""
    delegations.end(the_context(), the_actor(), delegation_id)
    flash("授权已收回，之后不能再代签。", "success")
    return redirect(url_for(".index"), code=303)


def _page(see: Sight, form: Form) -> str:
    today, me = legal_date(see.ctx.clock.now()), see.actor
    people = persons.persons_of(see.session, me.agency_id, today)
    names = {p.id: p.name for p in people}
    own = [
        d for d in delegations.delegations(see.session, me.agency_id) if me.person_id in (d.principal_id, d.delegate_id)
    ]
    types = office(see.ctx, see.session).catalogue.types
    roles = [r for r in rulebook().roles.values() if r.delegable and r.id in me.roles]
    role = form.said("role") or (roles[0].id if roles else "")
    return render_template(
        "delegations.html",
        area="work",
        form=form,
        role=role,
        roles=[(r.id, r.title) for r in roles],
        people=[(p.id, p.name) for p in people if p.id != me.person_id and p.roles - delegations.OUTSIDE],
        types=[(t.id, t.title) for t in types.values() if any(approvals.may_delegate(s, role) for s in t.slots)],
        rows=[_row(d, names, {i: t.title for i, t in types.items()}) for d in own],
        today=today,
        me=me.person_id,
    )


def _row(one: DelegationFacts, names: dict[str, str], titles: dict[str, str]) -> dict[str, Any]:
    return {
        "delegation": one,
        "principal": names.get(one.principal_id, "／"),
        "delegate": names.get(one.delegate_id, "／"),
        "role": rulebook().title(one.role),
        "types": [titles.get(t, t) for t in sorted(one.types)],
    }
