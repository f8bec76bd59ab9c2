"""What a head orders about a running period: it stands still, goes on, or is longer; each with reason and basis.

Most periods are lengthened by papers, as `rules/deadlines.yaml` says (`extends`); here is what the law lets a head
order by hand (`by_hand`), and nothing else. Days of a pause are not counted: the day on which it begins still is, the
day on which the period goes on is again. Journal kinds: `case.period_paused`, `case.period_resumed`,
`case.period_lengthened`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission, decide
from casework import casebook, deadlines, queries, shelf
from casework.approvals import role_name
from casework.calendar import Calendar
from casework.cleaning import clean, damage
from casework.counting import Unit
from casework.deadlines import AGENCY, ByHand, rule_of
from casework.facts import DeadlineFacts
from casework.models import DeadlineRow
from casework.operations.common import require_on
from casework.operations.events import desk
from casework.queries.periods import deadline_facts
from casework.views import Office, office
from foundation import journal
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput, Finding, NotFound, Refused

PAUSE, RESUME, LENGTHEN = "pause", "resume", "lengthen"
LONGEST = 500
"""Characters of a reason at most."""


def pause(
    ctx: Context, actor: Actor, *, deadline_id: str, reason: str, on: dt.date | None = None, basis: str = ""
) -> DeadlineFacts:
    """Let a period stand still from the end of a day.

    Args:
        ctx: The floor.
        actor: The head who orders it.
        deadline_id: The period.
        reason: What happened.
        on: Last day that still counts; today when left out.
        basis: Provision that allows it; that of the rules when left out.

    Raises:
        BadInput: No reason, or a day outside the period.
        Refused: No law lets this period stand still, or it does already.
    """

    def change(at: Office, row: DeadlineRow) -> dict[str, Any]:
        day = on or at.today
        if not legal_date(row.start) <= day <= at.today:
            raise BadInput("中止日期应在期限开始之后、今天以前。", remedy="核对中止日期。", path="on")
        row.paused_on = day
        given = clean(basis)[:LONGEST] or _by_hand(row).pause_basis
        since = {"kind": deadlines.PAUSED, "from": day.isoformat(), "basis": given, "why": clean(reason, lines=True)}
        deadlines.changed(desk(at, row.agency_id), row, [*(row.changes or []), since])
        return {"on": day.isoformat(), "basis": given}

    return _ordered(ctx, actor, deadline_id, act=PAUSE, reason=reason, change=change)


def resume(ctx: Context, actor: Actor, *, deadline_id: str, reason: str, on: dt.date | None = None) -> DeadlineFacts:
    """Let a period go on: from this day its days count again, and its end moves by the days between.

    Raises:
        BadInput: No reason, or a day before the pause.
        Refused: It does not stand still.
    """

    def change(at: Office, row: DeadlineRow) -> dict[str, Any]:
        day, began = on or at.today, row.paused_on
        if began is None or not began < day <= at.today:
            raise BadInput("恢复日期应在中止日期之后、今天以前。", remedy="核对恢复日期。", path="on")
        stands = desk(at, row.agency_id)
        days = _between(stands.calendar, began, day, Unit(row.unit))
        opened = next(c for c in reversed(row.changes) if c["kind"] == deadlines.PAUSED)
        row.changes, row.paused_on = [c for c in row.changes if c is not opened], None
        last = (day - dt.timedelta(days=1)).isoformat()
        first = (began + dt.timedelta(days=1)).isoformat()
        deadlines.lengthen(stands, row, {**opened, "kind": PAUSE, "from": first, "to": last, "days": days})
        return {"on": day.isoformat(), "days": days, "last_day": row.last_day.isoformat()}

    return _ordered(ctx, actor, deadline_id, act=RESUME, reason=reason, change=change)


def lengthen(ctx: Context, actor: Actor, *, deadline_id: str, reason: str) -> DeadlineFacts:
    """Make a period longer by what the law allows, once.

    Raises:
        BadInput: No reason.
        Refused: No law allows it, it was done, or somebody else must order it.
    """

    def change(at: Office, row: DeadlineRow) -> dict[str, Any]:
        by = _by_hand(row)
        why = clean(reason, lines=True)
        given = {"kind": LENGTHEN, "days": by.longer, "basis": by.longer_basis, "why": why}
        deadlines.lengthen(desk(at, row.agency_id), row, given)
        return {"days": by.longer, "basis": by.longer_basis, "last_day": row.last_day.isoformat()}

    return _ordered(ctx, actor, deadline_id, act=LENGTHEN, reason=reason, change=change)


_KINDS = {PAUSE: "case.period_paused", RESUME: "case.period_resumed", LENGTHEN: "case.period_lengthened"}


def _ordered(
    ctx: Context,
    actor: Actor,
    deadline_id: str,
    *,
    act: str,
    reason: str,
    change: Callable[[Office, DeadlineRow], dict[str, Any]],
) -> DeadlineFacts:
    with ctx.database.write() as session:
        at = office(ctx, session)
        row = _locked(at, actor, deadline_id)
        if found := against(at, actor, deadline_facts(session, deadline_id), act):
            raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
        why = _reason(reason)
        event = {"deadline": row.id, "kind": row.kind, "reason": why, **change(at, row)}
        session.flush()
        stream = f"case:{row.case_id}"
        journal.append(session, ctx.clock, stream=stream, kind=_KINDS[act], actor=actor.account_id, data=event)
        casebook.reindex(session, "case", row.case_id, ctx.clock.now())
        return deadline_facts(session, deadline_id)


def _reason(reason: str) -> str:
    why = clean(reason, lines=True)
    if not why or len(why) > LONGEST:
        raise BadInput(f"理由应为1至{LONGEST}字。", remedy="写明事由和依据的材料。", path="reason")
    if found := damage(why, "reason", "理由"):
        raise BadInput(found.message, remedy=found.remedy, path="reason", findings=[found])
    return why


def _locked(at: Office, actor: Actor, deadline_id: str) -> DeadlineRow:
    row = at.session.get(DeadlineRow, deadline_id)
    if row is None:
        raise NotFound("没有这项期限。", remedy="返回期限列表选择。")
    shelf.lock_case(at.session, row.case_id)
    require_on(at, actor, Permission.CASE_READ, case=queries.case_facts(at.session, row.case_id, at.today))
    at.session.refresh(row)
    return row


def _by_hand(row: DeadlineRow | DeadlineFacts) -> ByHand:
    return rule_of(row.kind, row.title).by_hand


def against(at: Office, actor: Actor, period: DeadlineFacts, act: str) -> list[Finding]:
    """Return what stands against an order about a period: the law, its state, the person."""
    found = [*_law(period, act), *_state(period, act)]
    return found or list(_person(at, actor, period, act))


def _finding(period: DeadlineFacts, message: str, remedy: str, who: str = "承办机构负责人") -> Finding:
    return Finding(code="PERIOD", article=period.source, message=message, remedy=remedy, who=who)


def _law(period: DeadlineFacts, act: str) -> list[Finding]:
    by, papers = _by_hand(period), extending(period)
    way = f"可以制发{'、'.join(f'《{p}》' for p in papers)}延长。" if papers else "按期办结。"
    if period.duty_of != AGENCY:
        return [_finding(period, "这是对方的法定期限，机关不能变更。", "期限届满后再办理下一步。")]
    if act in (PAUSE, RESUME) and not by.pause_basis:
        return [_finding(period, f"法律没有规定“{period.title}”期限可以中止。", way)]
    if act == LENGTHEN and not by.longer:
        return [_finding(period, f"法律没有规定“{period.title}”期限可以由负责人直接延长。", way)]
    return []


def extending(period: DeadlineFacts) -> tuple[str, ...]:
    """Return the types of paper that lengthen a period, as the rules say."""
    triggers = rule_of(period.kind, period.title).extends
    return tuple(t.event.partition(":")[2] for t in triggers if t.event.startswith("issued:"))


def _state(period: DeadlineFacts, act: str) -> list[Finding]:
    if not period.is_open:
        return [_finding(period, "期限已经办结或终止。", "不需要再变更。")]
    if act == RESUME and period.paused_on is None:
        return [_finding(period, "期限没有中止。", "中止之后才能恢复。")]
    if act != RESUME and period.paused_on is not None:
        return [_finding(period, f"期限已于{period.paused_on}中止。", "先恢复计算。")]
    if act == LENGTHEN and any(c["kind"] == LENGTHEN for c in period.changes):
        return [_finding(period, "已经延长过一次，不能再延长。", "在现有期限内办结。")]
    return []


def _person(at: Office, actor: Actor, period: DeadlineFacts, act: str) -> list[Finding]:
    needed = _by_hand(period).longer_by if act == LENGTHEN else ""
    if needed and needed not in actor.roles:
        who = role_name(needed)
        return [_finding(period, f"延长须经{who}批准。", f"由{who}办理。", who)]
    case = queries.case_facts(at.session, period.case_id, at.today)
    viewer = queries.viewer_of(at.session, actor)
    verdict = decide(actor, Permission.CASE_ASSIGN, queries.case_record(case), viewer)
    return [] if verdict.allowed else [_finding(period, verdict.reason, "由承办机构负责人或行政机关负责人办理。")]


def orders(ctx: Context, actor: Actor, deadline_id: str) -> dict[str, list[Finding]]:
    """Return the orders that there are, with what stands against each for this actor."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        period = visible(at, session, actor, deadline_id)
        acts = (RESUME,) if period.paused_on else (PAUSE, LENGTHEN)
        return {act: against(at, actor, period, act) for act in acts}


def visible(at: Office, session: orm.Session, actor: Actor, deadline_id: str) -> DeadlineFacts:
    """Return a period of a case that the actor may read.

    Raises:
        NotFound: There is none for this actor.
    """
    period = deadline_facts(session, deadline_id)
    require_on(at, actor, Permission.CASE_READ, case=queries.case_facts(session, period.case_id, at.today))
    return period


def _between(calendar: Calendar, began: dt.date, day: dt.date, unit: Unit) -> int:
    """Return how many counted days lie after the first day and before the last."""
    days = [began + dt.timedelta(days=k) for k in range(1, (day - began).days)]
    return sum(calendar.is_working(d) for d in days) if unit is Unit.WORKING_DAY else len(days)
