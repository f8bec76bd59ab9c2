"""Persons, their appointments and certificates, their accounts and open sessions."""

import secrets
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from access import accounts, certificates, watching
from access.persons import appointments, is_valid_on
from access.rulebook import rulebook
from foundation.errors import BadInput
from web.admin.blueprint import admin, day_of, day_or_none, show, today
from web.forms import Form
from web.security import signed_in, the_actor, the_context

OUTSIDE = frozenset(["party"])
"""Roles that are given elsewhere: a party gets a pass with a served paper."""
SIGNS = 12
"""Random bytes of a first password."""


@admin.get("/people")
@signed_in
def people() -> ResponseReturnValue:
    """Show everybody of the office."""
    ctx, actor = the_context(), the_actor()
    found = watching.members(ctx, actor)
    with ctx.database.read() as session:
        soon = certificates.expiring(session, actor.agency_id, today())
    return show("admin_people.html", "people", members=found, expiring=soon, title=rulebook().title)


@admin.get("/people/new")
@signed_in
def new_person() -> ResponseReturnValue:
    """Show the form for a new person."""
    watching.members(the_context(), the_actor())
    return _new_page(Form(values={"valid_from": today().isoformat(), "cert_from": ""}))


@admin.post("/people/new")
@signed_in
def add_person() -> ResponseReturnValue:
    """Register a person with the first role, and a login when one is named."""
    form = Form.posted()
    with form.attempt():
        person = accounts.add_person(
            the_context(),
            agency_id=the_actor().agency_id,
            name=form.said("name"),
            roles=form.all("roles"),
            by=the_actor(),
            **_term(form),
        )
        form.done(url_for("admin.person", person_id=person.id))
        return redirect(url_for("admin.person", person_id=person.id), code=303)
    return _new_page(form), form.status


def _term(form: Form) -> dict[str, Any]:
    """Return what a form says of a term: department, post, days, certificate."""
    words: dict[str, Any] = {n: form.said(n) for n in ("department", "post", "qualification", "cert_no")}
    words |= {"valid_from": day_of(form, "valid_from", "任职起始日期")}
    words |= {"valid_to": day_or_none(form, "valid_to", "任职终止日期")}
    words |= {"cert_from": day_or_none(form, "cert_from", "执法证起始日期")}
    words |= {"cert_to": day_or_none(form, "cert_to", "执法证终止日期")}
    if words["cert_no"] and not (words["cert_from"] and words["cert_to"]):
        raise BadInput("执法证没有写明有效期。", remedy="照证件填写起止日期。", path="cert_to")
    return words


def _new_page(form: Form) -> str:
    return show("admin_person_new.html", "people", form=form, roles=_role_options())


def _role_options() -> list[tuple[str, str]]:
    return [(r.id, r.title) for r in rulebook().roles.values() if r.id not in OUTSIDE]


@admin.get("/people/<person_id>")
@signed_in
def person(person_id: str) -> ResponseReturnValue:
    """Show one person."""
    return _person_page(person_id, Form(values={"valid_from": today().isoformat()}))


def _person_page(person_id: str, form: Form, secret: str = "", doing: str = "") -> str:
    ctx, actor = the_context(), the_actor()
    found = watching.member(ctx, actor, person_id)
    with ctx.database.read() as session:
        held = [a for a in appointments(session, person_id) if a.agency_id == actor.agency_id]
    rows = [(a, is_valid_on(a, today()) and a.ended_at is None) for a in reversed(held)]
    sessions = [s for s in watching.open_sessions(ctx, actor) if s.account_id in {a.id for a in found.accounts}]
    known = {"member": found, "rows": rows, "sessions": sessions, "secret": secret, "doing": doing}
    return show(
        "admin_person.html", "people", form=form, roles=_role_options(), title=rulebook().title, soon=_soon, **known
    )


def _soon(ends: Any) -> bool:
    """Tell whether a certificate ends within two months."""
    return ends is not None and ends <= today() + certificates.SOON


@admin.post("/people/<person_id>/appointments")
@signed_in
def appoint(person_id: str) -> ResponseReturnValue:
    """Give a person one more role."""
    form = Form.posted()
    with form.attempt():
        watching.member(the_context(), the_actor(), person_id)
        accounts.appoint(the_context(), the_actor(), person_id=person_id, role=form.said("role"), **_term(form))
        flash("任职已登记。", "success")
        return form.done(url_for("admin.person", person_id=person_id))
    return _person_page(person_id, form, doing="appoint"), form.status


@admin.post("/people/<person_id>/appointments/<appointment_id>/end")
@signed_in
def end_appointment(person_id: str, appointment_id: str) -> ResponseReturnValue:
    """Take a role away at once."""
    accounts.end_appointment(the_context(), the_actor(), appointment_id)
    flash("任职已终止，立即生效。", "success")
    return redirect(url_for("admin.person", person_id=person_id), code=303)


@admin.post("/people/<person_id>/appointments/<appointment_id>/certificate")
@signed_in
def renew_certificate(person_id: str, appointment_id: str) -> ResponseReturnValue:
    """Write a renewed certificate."""
    form = Form.posted()
    with form.attempt():
        days = {"cert_from": day_of(form, "cert_from", "起始日期"), "cert_to": day_of(form, "cert_to", "终止日期")}
        certificates.renew(the_context(), the_actor(), appointment_id, cert_no=form.said("cert_no"), **days)
        flash("执法证已换新。以前制发的文书仍载明当时的证件。", "success")
        return form.done(url_for("admin.person", person_id=person_id))
    return _person_page(person_id, form, doing=appointment_id), form.status


@admin.post("/people/<person_id>/accounts")
@signed_in
def add_account(person_id: str) -> ResponseReturnValue:
    """Give a person a login, with a password that is shown this once."""
    form, secret = Form.posted(), secrets.token_urlsafe(SIGNS)
    with form.attempt():
        watching.member(the_context(), the_actor(), person_id)
        login = form.said("login")
        accounts.add_account(the_context(), person_id=person_id, login=login, password=secret, by=the_actor())
        form.done(url_for("admin.person", person_id=person_id))
        return _person_page(person_id, Form(), secret, login)
    return _person_page(person_id, form, doing="account"), form.status


@admin.post("/people/<person_id>/accounts/<account_id>/password")
@signed_in
def reset_password(person_id: str, account_id: str) -> ResponseReturnValue:
    """Set a new password, shown this once; every session of the account ends."""
    secret, found = secrets.token_urlsafe(SIGNS), watching.member(the_context(), the_actor(), person_id)
    login = next((a.login for a in found.accounts if a.id == account_id), "")
    accounts.set_password(the_context(), account_id=account_id, password=secret, by=the_actor())
    return _person_page(person_id, Form(), secret, login)


@admin.post("/people/<person_id>/accounts/<account_id>/lock")
@signed_in
def lock(person_id: str, account_id: str) -> ResponseReturnValue:
    """Let nobody sign in with an account."""
    accounts.disable_account(the_context(), account_id=account_id, by=the_actor())
    flash("账号已停用，已登录的立即退出。", "success")
    return redirect(url_for("admin.person", person_id=person_id), code=303)


@admin.post("/people/<person_id>/accounts/<account_id>/unlock")
@signed_in
def unlock(person_id: str, account_id: str) -> ResponseReturnValue:
    """Let an account be used again."""
    accounts.enable_account(the_context(), account_id=account_id, by=the_actor())
    flash("账号已恢复。", "success")
    return redirect(url_for("admin.person", person_id=person_id), code=303)


@admin.get("/sessions")
@signed_in
def sessions() -> ResponseReturnValue:
    """Show who is signed in."""
    return show("admin_sessions.html", "sessions", rows=watching.open_sessions(the_context(), the_actor()))


@admin.post("/sessions/<account_id>/end")
@signed_in
def end_sessions(account_id: str) -> ResponseReturnValue:
    """End all sessions of an account."""
    ended = watching.end_sessions(the_context(), the_actor(), account_id)
    flash(f"已结束{ended}个登录。", "success")
    return redirect(url_for("admin.sessions"), code=303)
