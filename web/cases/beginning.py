"""A case is begun: where it comes from, whose it is, what it is about, who handles it; the first paper comes filled."""

import datetime as dt

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from casework import officers, queries
from casework.facts import OfficerFacts, PartyFacts, Procedure
from casework.operations import parties
from casework.operations.beginning import Emergency, Matter, begin, check_matter, has_enough, sources, who_may_handle
from casework.procedure import title_of
from casework.queries.lists import earlier_titles, last_partners
from foundation.clock import legal_date, local, parse_local
from foundation.errors import BadInput, NotFound, together
from web.forms import Form
from web.lookup import require, sight
from web.parties.fields import alike, party_data
from web.security import signed_in, the_actor, the_context

beginning = Blueprint("beginning", __name__)

FOUND = 12
"""Parties of the register that a search on the form shows at most."""
SOON = dt.timedelta(days=60)
"""A certificate that ends within this time is pointed at."""


@beginning.get("/cases/begin")
@signed_in
def page() -> ResponseReturnValue:
    """Show the form; who begins handles the case, and is already chosen."""
    require(Permission.CASE_OPEN)
    actor = the_actor()
    with sight() as see:
        members = last_partners(see.session, actor.agency_id, actor.person_id) or [actor.person_id]
    return _page(Form(values={"kind": "公民", "members": members, **request.args}))


@beginning.post("/cases/begin")
@signed_in
def open_case() -> ResponseReturnValue:
    """Search, take a party of the register, or begin the case with what was told."""
    require(Permission.CASE_OPEN)
    form = Form.posted()
    if form.said("use") or form.said("do") == "find":
        chosen = {"party_id": form.said("use")} if form.said("use") else {}
        return _page(Form(values={**form.values, **chosen}, token=form.token))
    if form.said("do") == "other":
        return _page(Form(values={**form.values, "party_id": ""}, token=form.token))
    with form.attempt():
        matter = _matter(form)
        together(
            lambda: check_matter(matter, _today()),
            lambda: _ask_whether_another(form, matter),
            lambda: _ask_for_two(form),
        )
        begun = begin(the_context(), the_actor(), matter)
        flash("案件已登记。" + ("第一份文书已带出已知内容，接着填写。" if begun.paper else ""), "success")
        return form.done(url_for("cases.case", case_id=begun.case.id))
    return _page(form), form.status


def _matter(form: Form) -> Matter:
    told = {} if form.said("party_id") else party_data(form)
    return Matter(
        source=form.said("source"),
        title=form.said("title"),
        procedure=form.said("procedure"),
        party_id=form.said("party_id"),
        party={"kind": form.said("kind"), **told} if told else {},
        member_ids=form.all("members"),
        dispute_prone=bool(form.said("dispute_prone")),
        emergency=_emergency(form),
    )


def _ask_whether_another(form: Form, matter: Matter) -> None:
    if matter.party and not form.said("another") and alike(form):
        message = "名册中有姓名（名称）相同或相近的当事人。"
        raise BadInput(message, remedy="是同一个的，点“用已有的”；不是的，勾选“不是同一个”后再登记。", path="name")


def _ask_for_two(form: Form) -> None:
    chosen = [o for o in who_may_handle(the_context(), the_actor()) if o.person_id in form.all("members")]
    if not form.said("fewer") and not has_enough(chosen, _today()):
        message = "持有效执法证的承办人员不足两名（行政处罚法第四十二条）。"
        raise BadInput(message, remedy="再选一名；确需以后补派的，勾选“先登记，以后补派”。", path="members")


def _emergency(form: Form) -> Emergency | None:
    if not form.said("emergency"):
        return None
    try:
        at = parse_local(form.said("emergency_at"))
    except ValueError:
        raise BadInput("没有写明紧急启动的时间。", remedy="填写实际开始的时间。", path="emergency_at") from None
    return Emergency(at=at, place=form.said("emergency_place"), reason=form.said("emergency_reason"))


def _page(form: Form) -> str:
    with sight() as see:
        titles = earlier_titles(see.session, see.where("case", queries.CASE_COLUMNS))
    words = form.said("find")
    found = parties.party_page(the_context(), the_actor(), words, number=1, size=FOUND) if words else None
    return render_template(
        "case_begin.html",
        area="work",
        form=form,
        sources=sources(),
        procedures=[(p.value, title_of(p)) for p in Procedure],
        titles=titles,
        party=_chosen(form),
        found=found,
        alike=alike(form) if not form.said("party_id") else (),
        people=[(o, _note(o)) for o in who_may_handle(the_context(), the_actor())],
        now=f"{local(the_context().clock.now()):%Y-%m-%dT%H:%M}",
    )


def _chosen(form: Form) -> PartyFacts | None:
    try:
        known = form.said("party_id")
        return parties.party_history(the_context(), the_actor(), known).party if known else None
    except NotFound:
        return None


def _today() -> dt.date:
    return legal_date(the_context().clock.now())


def _note(one: OfficerFacts) -> str:
    """Return what is to be said of somebody's certificate; empty when all is well."""
    day = _today()
    if not one.cert_no:
        return "没有登记执法证"
    if not officers.has_valid_certificate(one, day):
        return f"执法证不在有效期内（至{one.cert_to}）"
    ends = one.cert_to
    return f"执法证{ends}到期" if ends is not None and ends - day <= SOON else ""
