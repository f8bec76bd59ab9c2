"""Acts on a case as a whole: parties, handlers, procedure, emergency start, the mark of a likely dispute."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission, decide, refusal
from casework.facts import CaseFacts, Procedure
from casework.operations import cases, parties
from casework.operations.beginning import who_may_handle
from casework.procedure import changes_of, title_of
from foundation.clock import local, parse_local
from foundation.errors import BadInput, Finding
from web.actions import Action
from web.forms import Form
from web.lookup import Sight, record_of, sight
from web.security import signed_in, the_actor, the_context

managing = Blueprint("managing", __name__)

FOUND = 12
"""Parties of the register that a search shows at most."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that may be done with a case as a whole."""

    title: str
    permission: Permission
    do: Callable[[str, Form], str]
    """Does it and returns what is then told."""


@managing.get("/cases/<case_id>/manage/<act>")
@signed_in
def page(case_id: str, act: str) -> ResponseReturnValue:
    """Show the form of one act."""
    with sight() as see:
        case = see.case(case_id)
        see.require(_act(act).permission, case)
        return _page(see, case, Form(), act)


@managing.post("/cases/<case_id>/manage/<act>")
@signed_in
def change(case_id: str, act: str) -> ResponseReturnValue:
    """Carry out one act and go back to the case."""
    with sight() as see:
        see.case(case_id)
    form = Form.posted()
    if form.said("do") != "find":
        with form.attempt():
            flash(_act(act).do(case_id, form), "success")
            return form.done(url_for("cases.case", case_id=case_id))
    with sight() as see:
        return _page(see, see.case(case_id), form, act), form.status


def _act(name: str) -> Act:
    if name not in ACTS:
        abort(404)
    return ACTS[name]


def _add_party(case_id: str, form: Form) -> str:
    if not form.said("party_id"):
        raise BadInput("没有选择当事人。", remedy="先查找，再选用；名册里没有的先登记。", path="find")
    cases.add_party(the_context(), the_actor(), case_id=case_id, party_id=form.said("party_id"))
    return "已增加当事人，没有制发的草稿如有变动会提示更新。"


def _assign(case_id: str, form: Form) -> str:
    if not form.all("member_ids"):
        raise BadInput("没有选择人员。", remedy="选择要加派的执法人员。", path="member_ids")
    cases.assign(the_context(), the_actor(), case_id=case_id, person_ids=form.all("member_ids"))
    return "已加派承办人员。"


def _release(case_id: str, form: Form) -> str:
    told = {"person_id": form.said("person_id"), "reason": form.said("reason")}
    cases.release(the_context(), the_actor(), case_id=case_id, **told)
    return "该人员已退出本案，此前的签署不变。"


def _procedure(case_id: str, form: Form) -> str:
    told = {"procedure": form.said("procedure"), "reason": form.said("reason")}
    cases.change_procedure(the_context(), the_actor(), case_id=case_id, **told)
    return "已转换程序，案号和已有的文书、音像不变。"


def _emergency(case_id: str, form: Form) -> str:
    told = {"place": form.said("place"), "reason": form.said("reason")}
    cases.start_emergency(the_context(), the_actor(), case_id=case_id, at=_instant(form.said("at")), **told)
    return "已登记紧急启动，24小时内补报审批。"


def _instant(text: str) -> dt.datetime:
    try:
        return parse_local(text)
    except ValueError:
        raise BadInput("没有写明开始的时间。", remedy="填写实际开始的时间。", path="at") from None


def _dispute(case_id: str, form: Form) -> str:
    on = form.said("on") == "1"
    cases.mark_dispute_prone(the_context(), the_actor(), case_id=case_id, on=on, reason=form.said("reason"))
    return "已标记为容易发生争议。" if on else "已取消标记。"


ACTS: Mapping[str, Act] = {
    "party": Act(title="增加当事人", permission=Permission.CASE_CHANGE, do=_add_party),
    "assign": Act(title="加派承办人员", permission=Permission.CASE_ASSIGN, do=_assign),
    "release": Act(title="承办人员退出", permission=Permission.CASE_ASSIGN, do=_release),
    "procedure": Act(title="转换程序", permission=Permission.CASE_CHANGE, do=_procedure),
    "emergency": Act(title="登记紧急启动", permission=Permission.CASE_CHANGE, do=_emergency),
    "dispute": Act(title="标记容易发生争议", permission=Permission.CASE_CHANGE, do=_dispute),
}


def managing_actions(see: Sight, case: CaseFacts) -> list[Action]:
    """Return the acts on a case that make sense now; one that the viewer may not do says why and who can."""
    return [_action(see, case, name) for name in ACTS if _makes_sense(case, name)]


def _makes_sense(case: CaseFacts, name: str) -> bool:
    if case.closed_on is not None:
        return False
    if name == "emergency":
        return case.initiated_on is None and case.emergency_started_at is None
    if name == "release":
        return bool(case.members)
    return name != "procedure" or bool(_procedures(case))


def _action(see: Sight, case: CaseFacts, name: str) -> Action:
    act = ACTS[name]
    verdict = decide(see.actor, act.permission, record_of(case), see.viewer)
    error = refusal(verdict, act.permission)
    why = Finding(code=error.code, message=error.message, remedy=error.remedy)
    url = url_for("managing.page", case_id=case.id, act=name)
    return Action(label=act.title, url=url, against=() if verdict.allowed else (why,))


def _page(see: Sight, case: CaseFacts, form: Form, act: str) -> str:
    words = form.said("find") if act == "party" else ""
    found = parties.party_page(see.ctx, see.actor, words, number=1, size=FOUND).parties if words else ()
    members = {m.person_id for m in case.members}
    people = who_may_handle(see.ctx, see.actor) if act == "assign" else ()
    return render_template(
        "case_act.html",
        area="cases",
        case=case,
        act=act,
        title=_act(act).title,
        form=form,
        found=[p for p in found if p.id not in {known.id for known in case.parties}],
        others=[o for o in people if o.person_id not in members],
        procedures=_procedures(case),
        now=f"{local(see.ctx.clock.now()):%Y-%m-%dT%H:%M}",
    )


def _procedures(case: CaseFacts) -> Sequence[tuple[str, str]]:
    return [(p.value, title_of(p)) for p in changes_of(Procedure(case.procedure), case.state)]
