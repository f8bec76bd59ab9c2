"""Figures that a case's papers add up to (`sum.<name>` in definitions): pure functions of a `CaseView`.

Money is `Decimal` yuan. A name that cannot be computed yet gives None, and the field stays empty for a person.

| name | gives |
|---|---|
| `decided` | fine of the decision |
| `paid` | what was paid, by the records of performance, vouchers, cash and court results |
| `principal` | fine not yet paid |
| `overdue_from` | day after the last day of payment |
| `late_days` | days from then to today, both counted, without suspended ones |
| `suspended_days` | days in which a remedy stopped the late fine |
| `late_fine` | share of the principal for each late day, at most the principal |
| `late_fine_due` | late fine of the latest late-fine decision |
| `total` | principal and late fine due |
| `amount_cn` | the paper's amount in capitals |
| `penalty_amount` | fines of the paper's penalty rows together |
| `received` | what the court collected, by the paper's rows |
| `in_time` | whether a hearing was asked for within its period |
| `within_7wd` | whether kept things are handled in their period |
| `within_24h` | whether an emergency's report comes in 24 hours |
| `summary_steps` | steps of an on-the-spot penalty with the times that its papers know |
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from casework.capital import capital
from casework.figures import figure
from casework.gates.api import CaseView, day, money, rows

DECISIONS = ("penalty_decision", "summary_penalty_decision")
CENT = Decimal("0.01")
ARCHIVE_DAYS = 30
DAY_HOURS = 24


def sum_of(view: CaseView, name: str) -> Any:
    """Return a figure by its name, None when it cannot be computed yet."""
    known = SUMS.get(name)
    return known(view) if known else None


def _decided(view: CaseView) -> Decimal | None:
    decision = view.latest(*DECISIONS)
    return money(decision.data.get("amount")) if decision else None


def _paid(view: CaseView) -> Decimal:
    records = view.done("performance_record", "court_result_register")
    amounts = [
        money(row.get("amount")) for d in records for row in rows(d.data.get("items") or d.data.get("execution"))
    ]
    amounts += [money(d.data.get("amount")) for d in view.done("onsite_fine_record", "payment_voucher")]
    return _together(amounts)


def _together(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((a for a in amounts if a is not None), Decimal(0))


def _principal(view: CaseView) -> Decimal | None:
    decided = _decided(view)
    return None if decided is None else max(decided - _paid(view), Decimal(0))


def _overdue_from(view: CaseView) -> dt.date | None:
    ends = [d.last_day for d in view.deadlines_of("fine_payment")]
    return max(ends) + dt.timedelta(days=1) if ends else None


def _late_days(view: CaseView) -> int | None:
    first = _overdue_from(view)
    if first is None or first > view.today:
        return None
    return (view.today - first).days + 1 - _suspended_days(view)


def _suspended_days(view: CaseView) -> int:
    """Count the late days in which a reconsideration or suit was open (罚73(3)); overlapping ones once."""
    first = _overdue_from(view)
    if first is None:
        return 0
    late = {first + dt.timedelta(days=n) for n in range((view.today - first).days + 1)}
    open_on: set[dt.date] = set()
    for remedy in view.done("remedy_register"):
        begun, ended = day(remedy.data.get("filed_at")), day(remedy.data.get("ended_at")) or view.today
        if begun:
            open_on |= {d for d in late if begun <= d <= ended}
    return len(open_on)


def _late_fine(view: CaseView) -> Decimal | None:
    principal, days = _principal(view), _late_days(view)
    if principal is None or days is None:
        return None
    rate = figure(view.settings, "late_fine", "other")
    return min(principal, (principal * rate * days).quantize(CENT, ROUND_HALF_UP))


def _late_fine_due(view: CaseView) -> Decimal | None:
    notice = view.latest("late_fine_notice")
    return money(notice.data.get("late_fine")) if notice else None


def _total(view: CaseView) -> Decimal | None:
    principal = _principal(view)
    return None if principal is None else principal + (_late_fine_due(view) or Decimal(0))


def _amount_cn(view: CaseView) -> str | None:
    amount = money(view.value("amount"))
    return capital(amount) if amount is not None and amount >= 0 else None


def _penalty_amount(view: CaseView) -> Decimal | None:
    amounts = [money(row.get("amount")) for row in rows(view.value("penalty"))]
    return _together(amounts) if any(a is not None for a in amounts) else None


def _received(view: CaseView) -> Decimal | None:
    amounts = [money(row.get("amount")) for row in rows(view.value("execution"))]
    return _together(amounts) if any(a is not None for a in amounts) else None


def _in_time(view: CaseView) -> bool | None:
    asked = day(view.value("applied_at")) or view.today
    ends = [d.last_day for d in view.deadlines_of("hearing_request")]
    return asked <= max(ends) if ends else None


def _within_7wd(view: CaseView) -> bool | None:
    ends = [d.last_day for d in view.deadlines_of("preservation_handle")]
    return view.today <= max(ends) if ends else None


def _within_24h(view: CaseView) -> bool | None:
    started = view.case.emergency_started_at if view.case else None
    return view.now - started <= dt.timedelta(hours=DAY_HOURS) if started else None


def _summary_steps(view: CaseView) -> list[dict[str, Any]]:
    """Return the steps of article 52 with the times that papers know; the first two are the officers' to say."""
    heard, decision = view.latest("statement_defense_record"), view.latest("summary_penalty_decision")
    handed = [f.at for f in decision.slots if f.role == "party"] if decision else []
    times = {
        "表明身份": None,
        "告知": None,
        "听取": heard.data.get("start_time") if heard else None,
        "复核": heard.data.get("end_time") if heard else None,
        "填写交付": min(handed, default=None),
    }
    return [{"step": step, **({"at": at} if at else {})} for step, at in times.items()]


SUMS: Mapping[str, Callable[[CaseView], Any]] = {
    "decided": _decided,
    "paid": _paid,
    "principal": _principal,
    "overdue_from": _overdue_from,
    "late_days": _late_days,
    "suspended_days": _suspended_days,
    "late_fine": _late_fine,
    "late_fine_due": _late_fine_due,
    "total": _total,
    "amount_cn": _amount_cn,
    "penalty_amount": _penalty_amount,
    "received": _received,
    "in_time": _in_time,
    "within_7wd": _within_7wd,
    "within_24h": _within_24h,
    "summary_steps": _summary_steps,
}
