"""What a paper says of earlier ones: phrases and rows put together from a case's papers, so that nobody types them.

Pure functions of a `CaseView`, reached as `sum.<name>` in definitions beside the figures of `casework.sums`. A phrase
that cannot be put together gives None, and the field stays empty for a person.

| name | gives |
|---|---|
| `notice_served` | the notice of rights, with the day on which it was served |
| `hearing_info` | when, where and before whom the hearing was held |
| `defense` | what was made of statement, defence and hearing |
| `proposed` | what the discussion concluded, else what the investigation proposes |
| `target_title` | title of the type that an internal approval is asked for |
| `penalty_of_target` | kind and sum of an on-the-spot penalty |
| `served_papers`, `served_names` | the papers that a receipt, letter or announcement serves |
| `agency_line` | the agency with address and head |
| `decisions`, `decisions_served` | the decisions to be performed; with the days of service |
| `due_text` | fine, late fine and both together |
| `demand_served`, `demand_info`, `demand_defense` | the demand letter, its course, and what was made of the defence |
| `court_requests`, `court_materials` | what the court is asked for, and the papers handed over |
| `preservation_end` | last working day on which kept things must be handled |
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from casework.facts import DocumentFacts
from casework.figures import figure
from casework.gates.api import CaseView, day, money, rows
from casework.prefill import reference
from casework.sums import sum_of

NOTICES = ("hearing_rights_notice", "penalty_prior_notice")
DECISIONS = ("penalty_decision", "summary_penalty_decision", "correction_order")
FINES = ("penalty_decision", "summary_penalty_decision", "late_fine_notice")


def known(view: CaseView, name: str) -> Any:
    """Return a phrase or a figure by its name, None when it is not known."""
    phrase = PHRASES.get(name)
    return phrase(view) if phrase else sum_of(view, name)


def _date(on: dt.date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _yuan(amount: Decimal) -> str:
    return f"{amount:f}".rstrip("0").rstrip(".") if amount != amount.to_integral_value() else f"{amount:.0f}"


def _with_service(view: CaseView, paper: DocumentFacts) -> str:
    on = view.served_on(paper)
    return f"{reference(paper)}（{_date(on)}送达）" if on else reference(paper)


def _notice_served(view: CaseView) -> str | None:
    notice = view.latest(*NOTICES)
    return _with_service(view, notice) if notice else None


def _hearing_info(view: CaseView) -> str | None:
    record = view.latest("hearing_record")
    if record is None:
        return None
    held, place = day(record.data.get("start_time")), record.data.get("place", "")
    public = "公开" if record.data.get("public") is True else "不公开"
    when = _date(held) if held else ""
    presider, clerk = record.data.get("presider", ""), record.data.get("clerk", "")
    return f"{when}在{place}{public}举行听证，由{presider}主持，{clerk}记录"


def _defense(view: CaseView) -> str | None:
    discussed = view.latest("collective_discussion_record")
    if discussed and discussed.data.get("defense_summary"):
        return str(discussed.data["defense_summary"])
    heard = view.latest("hearing_report")
    if heard:
        return f"听证后建议{heard.data.get('suggestion', '')}：{heard.data.get('reason', '')}"
    return _reviewed(view.latest("defense_review_opinion"))


def _reviewed(review: DocumentFacts | None) -> str | None:
    points = list(rows(review.data.get("points"))) if review else []
    return "；".join(_point(p) for p in points) or None


def _point(row: Mapping[str, Any]) -> str:
    reason = f"（{row['reason']}）" if row.get("reason") else ""
    return f"主张{row.get('claim', '')}，{row.get('adopt', '')}{reason}"


def _proposed(view: CaseView) -> str | None:
    discussed, report = view.latest("collective_discussion_record"), view.latest("investigation_report")
    found = (discussed and discussed.data.get("conclusion")) or (report and report.data.get("suggestion"))
    return str(found) if found else None


def _target_title(view: CaseView) -> str | None:
    known_type = view.definitions.get(str(view.value("target_doc") or ""))
    return known_type.title if known_type else None


def _penalty_of_target(view: CaseView) -> str | None:
    target = view.target()
    kind, amount = (target.data.get("kind"), money(target.data.get("amount"))) if target else (None, None)
    if not kind:
        return None
    return f"{str(kind).replace('并处罚款', '，罚款')}{_yuan(amount)}元" if amount else str(kind)


def _served_papers(view: CaseView) -> list[dict[str, Any]] | None:
    target = view.target()
    return [{"name": target.title, "doc_no": target.number or None, "copies": "1"}] if target else None


def _served_names(view: CaseView) -> str | None:
    target = view.target()
    number = f"（{target.number}）" if target and target.number else ""
    return f"《{target.title}》{number}" if target else None


def _agency_line(view: CaseView) -> str | None:
    said = view.settings.get
    head = f"法定代表人{said('head')}" if said("head") else ""
    post = f"（{said('head_post')}）" if head and said("head_post") else ""
    parts = [str(said("name") or ""), f"住所地{said('address')}" if said("address") else "", f"{head}{post}"]
    return "，".join(p for p in parts if p) or None


def _fine_papers(view: CaseView) -> tuple[DocumentFacts, ...]:
    return view.done(*FINES) or view.done(*DECISIONS)


def _decisions(view: CaseView) -> str | None:
    return "、".join(reference(d) for d in _fine_papers(view)) or None


def _decisions_served(view: CaseView) -> str | None:
    return "、".join(_with_service(view, d) for d in _fine_papers(view)) or None


def _due(view: CaseView) -> tuple[Decimal, Decimal]:
    return sum_of(view, "principal") or Decimal(0), sum_of(view, "late_fine_due") or Decimal(0)


def _due_text(view: CaseView) -> str | None:
    fine, late = _due(view)
    if not fine:
        return None
    if not late:
        return f"罚款人民币{_yuan(fine)}元"
    return f"罚款{_yuan(fine)}元、加处罚款{_yuan(late)}元，合计人民币{_yuan(fine + late)}元"


def _court_requests(view: CaseView) -> str | None:
    fine, late = _due(view)
    more = f"及加处罚款{_yuan(late)}元" if late else ""
    return f"依法强制执行罚款{_yuan(fine)}元{more}" if fine else None


def _demand_served(view: CaseView) -> str | None:
    demand = view.latest("demand_letter")
    return _with_service(view, demand) if demand else None


def _demand_info(view: CaseView) -> str | None:
    demand = view.latest("demand_letter")
    on = view.served_on(demand) if demand else None
    if demand is None or on is None:
        return None
    ends = [d.last_day for d in view.deadlines_of("demand_wait")]
    until = f"至{_date(max(ends))}催告期满" if ends else "催告期满"
    return f"{_date(on)}送达催告书（{reference(demand)}），{until}，被申请人仍未履行"


def _demand_defense(view: CaseView) -> str | None:
    demand = view.latest("demand_letter")
    reviews = [d for d in view.done("defense_review_opinion") if d.data.get("stage") == "催告阶段"]
    if reviews:
        return _reviewed(reviews[-1])
    return "未提出陈述、申辩" if demand else None


def _court_materials(view: CaseView) -> list[dict[str, Any]] | None:
    target = view.target()
    if target is None or target.type != "court_application":
        target = view.latest("court_application")
    if target is None:
        return None
    with_it = list(rows(target.data.get("attachments")))
    handed: list[dict[str, Any]] = [{"name": target.title, "kind": "原件"}]
    handed += [{"name": r.get("name"), "pages": r.get("pages"), "kind": "复印件"} for r in with_it]
    return [{"item_no": str(n), **row} for n, row in enumerate(handed, 1)]


def _preservation_end(view: CaseView) -> dt.date | None:
    on = day(view.value("start_at"))
    left = int(figure(view.settings, "preservation_days", "other"))
    while on is not None and left > 0:
        on += dt.timedelta(days=1)
        left -= view.is_working_day(on)
    return on


PHRASES: Mapping[str, Callable[[CaseView], Any]] = {
    "notice_served": _notice_served,
    "hearing_info": _hearing_info,
    "defense": _defense,
    "proposed": _proposed,
    "target_title": _target_title,
    "penalty_of_target": _penalty_of_target,
    "served_papers": _served_papers,
    "served_names": _served_names,
    "agency_line": _agency_line,
    "decisions": _decisions,
    "decisions_served": _decisions_served,
    "due_text": _due_text,
    "demand_served": _demand_served,
    "demand_info": _demand_info,
    "demand_defense": _demand_defense,
    "court_requests": _court_requests,
    "court_materials": _court_materials,
    "preservation_end": _preservation_end,
}
