"""Running periods by risk, one period with what a head may order, reminders, and the calendar address."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from casework import queries, reminders
from casework.facts import DeadlineFacts
from casework.operations import feeds, periods, reminding
from casework.queries.periods import Period, running
from casework.views import office
from foundation.clock import legal_date
from foundation.errors import BadInput, NotFound
from web.deadlines.ics import calendar
from web.forms import Form
from web.lookup import Sight, sight
from web.security import signed_in, the_actor, the_context

deadlines = Blueprint("deadlines", __name__)

GROUPS = ("已逾期", "3日内", "7日内", "以后", "中止", "对方的期限和窗口期")
"""How the page divides what runs."""
SOON, NEAR = 3, 7
"""Days of the groups."""
WORDS: Mapping[str, tuple[str, str]] = {
    "pause": ("中止计算", "中止之后的日数不计入期限，恢复计算时期限相应顺延。"),
    "resume": ("恢复计算", "从恢复之日起继续计算，中止的日数不计入。"),
    "lengthen": ("延长期限", "法律允许延长一次；延长后的届满日由系统计算。"),
}
"""What an order is called, and what it does."""
DONE = {"pause": "已中止计算。", "resume": "已恢复计算，届满日已顺延。", "lengthen": "期限已延长。"}
FEED = "feed"


@deadlines.get("/deadlines")
@signed_in
def index() -> ResponseReturnValue:
    """Show what runs in the viewer's own cases, or in all that they may read."""
    everything = request.args.get("scope") == "all" or "handler" not in the_actor().roles
    with sight() as see:
        member = "" if everything else see.actor.person_id
        found = running(see.session, see.where("case", queries.CASE_COLUMNS), member=member)
    today = legal_date(the_context().clock.now())
    return render_template(
        "deadlines.html", area="deadlines", groups=_groups(found, today), total=len(found), today=today, all=everything
    )


def _groups(found: Sequence[Period], today: dt.date) -> list[tuple[str, list[Period]]]:
    grouped: dict[str, list[Period]] = {name: [] for name in GROUPS}
    for one in found:
        grouped[_group(one.facts, today)].append(one)
    return [(name, rows) for name, rows in grouped.items() if rows]


def _group(facts: DeadlineFacts, today: dt.date) -> str:
    if facts.duty_of != "agency":
        return GROUPS[5]
    if facts.paused_on:
        return GROUPS[4]
    if facts.end < the_context().clock.now():
        return GROUPS[0]
    left = (facts.last_day - today).days
    return GROUPS[1] if left <= SOON else GROUPS[2] if left <= NEAR else GROUPS[3]


@deadlines.get("/deadlines/<deadline_id>")
@signed_in
def deadline(deadline_id: str) -> ResponseReturnValue:
    """Show one period: how its end was reached, what lengthens it, what a head may order."""
    return _page(deadline_id, Form())


def _page(deadline_id: str, form: Form, act: str = "") -> str:
    with sight() as see:
        at = office(see.ctx, see.session)
        facts = periods.visible(at, see.session, see.actor, deadline_id)
        types = [at.catalogue.types[t] for t in periods.extending(facts) if t in at.catalogue.types]
        return render_template(
            "deadline.html",
            area="deadlines",
            case=see.case(facts.case_id),
            period=facts,
            paper=_paper(see, facts),
            today=legal_date(see.ctx.clock.now()),
            orders=periods.orders(see.ctx, see.actor, deadline_id),
            words=WORDS,
            papers=types,
            form=form,
            act=act,
        )


def _paper(see: Sight, facts: DeadlineFacts) -> Any:
    """Return the paper that began a period, when the viewer may read it."""
    try:
        return see.document(facts.subject_id)
    except NotFound:
        return None


@deadlines.post("/deadlines/<deadline_id>/<act>")
@signed_in
def order(deadline_id: str, act: str) -> ResponseReturnValue:
    """Carry out a head's order."""
    form = Form.posted()
    with form.attempt():
        _ordering(act)(form, deadline_id)
        flash(DONE[act], "success")
        return form.done(url_for(".deadline", deadline_id=deadline_id))
    return _page(deadline_id, form, act), form.status


def _ordering(act: str) -> Callable[[Form, str], object]:
    if act not in WORDS:
        raise NotFound("没有这种办理。", remedy="返回期限页面选择。")
    return {"pause": _pause, "resume": _resume, "lengthen": _lengthen}[act]


def _pause(form: Form, deadline_id: str) -> None:
    words = {"reason": form.said("reason"), "basis": form.said("basis")}
    periods.pause(the_context(), the_actor(), deadline_id=deadline_id, on=_day(form), **words)


def _resume(form: Form, deadline_id: str) -> None:
    periods.resume(the_context(), the_actor(), deadline_id=deadline_id, reason=form.said("reason"), on=_day(form))


def _lengthen(form: Form, deadline_id: str) -> None:
    periods.lengthen(the_context(), the_actor(), deadline_id=deadline_id, reason=form.said("reason"))


def _day(form: Form) -> dt.date | None:
    words = form.said("on")
    try:
        return dt.date.fromisoformat(words) if words else None
    except ValueError:
        raise BadInput("日期写法不对。", remedy="按年-月-日填写，如2026-03-02。", path="on") from None


@deadlines.get("/reminders")
@signed_in
def reminded() -> ResponseReturnValue:
    """Show what the viewer was reminded of, and their calendar address."""
    ctx, actor = the_context(), the_actor()
    secret = session.pop(FEED, "")
    return render_template(
        "reminders.html",
        area="reminders",
        reminders=reminding.mine(ctx, actor),
        overdue=reminders.words("overdue"),
        feed=feeds.feed_of(ctx, actor),
        address=_address(secret) if secret else "",
        fresh=Form(),
    )


@deadlines.post("/reminders/seen")
@signed_in
def seen() -> ResponseReturnValue:
    """Note that all reminders were seen."""
    reminding.seen(the_context(), the_actor())
    return redirect(url_for(".reminded"), code=303)


@deadlines.post("/reminders/calendar")
@signed_in
def give_address() -> ResponseReturnValue:
    """Make the viewer's calendar address anew; the next page shows it, once."""
    form = Form.posted()
    with form.attempt():
        session[FEED] = feeds.give(the_context(), the_actor())
        return form.done(url_for(".reminded", _anchor="calendar"))
    return redirect(url_for(".reminded"), code=303)


@deadlines.post("/reminders/calendar/end")
@signed_in
def end_address() -> ResponseReturnValue:
    """Take the viewer's calendar address back."""
    feeds.end(the_context(), the_actor())
    flash("日历地址已停用，原地址不再有效。", "success")
    return redirect(url_for(".reminded", _anchor="calendar"), code=303)


@deadlines.get("/calendar/<secret>.ics")
def feed(secret: str) -> ResponseReturnValue:
    """Answer a calendar program with the periods of the account behind a secret."""
    found = feeds.periods_by(the_context(), secret)
    base = the_context().settings.public_url.rstrip("/")
    host = urlsplit(base).hostname or "anjuan"
    text = calendar(found, now=the_context().clock.now(), url=f"{base}/cases/{{}}", host=host)
    return Response(text, content_type="text/calendar; charset=utf-8")


def _address(secret: str) -> str:
    return the_context().settings.public_url.rstrip("/") + url_for(".feed", secret=secret)
