"""What a gate is: a pure function of a frozen `CaseView` that yields findings, and the data that says where it applies.

A family (`casework/gates/<family>.py`) holds gates of one stage and exports `GATES`; families do not know each other.
A gate never reads the database, the clock or a file: amounts and lists come from the agency's settings or from
`casework/rules`, whose rows cite their source. `casework.gates.registry` runs them.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from access.facts import PersonFacts
from casework.facts import CaseFacts, DeadlineFacts, DocumentFacts, RecordingFacts, ServiceFacts, SlotFill, Status
from catalogue.definitions import DocumentType
from foundation.clock import legal_date, parse_local
from foundation.errors import Finding
from foundation.keys import Keys

DONE = frozenset({Status.ISSUED, Status.SERVED, Status.FILED})
"""States in which a paper has its effect; void and replaced papers have none."""

REFUSALS = ("不同意", "不批准", "退回", "补充材料", "不予")
"""How an approver's choice or opinion begins when it does not approve."""

ISSUE, APPROVE, REVISE = "issue", "approve", "revise"
"""Acts that gates are asked for: before issuing, before an approval is signed, before a change."""

WHO = {
    "handler": "承办人",
    "unit_head": "承办机构负责人",
    "legal_reviewer": "法制审核人",
    "legal_head": "法制科负责人",
    "agency_head": "行政机关负责人",
    "presider": "听证主持人",
    "archivist": "档案管理员",
    "av_custodian": "音像管理员",
    "sysadmin": "系统管理员",
}
"""Roles as findings name them."""


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """All that a gate may look at, at one instant."""

    document: DocumentFacts
    definition: DocumentType
    act: str = ISSUE
    case: CaseFacts | None = None
    documents: tuple[DocumentFacts, ...] = ()
    """Papers of the case in the order they were opened, the one in question included."""
    recordings: tuple[RecordingFacts, ...] = ()
    services: tuple[ServiceFacts, ...] = ()
    deadlines: tuple[DeadlineFacts, ...] = ()
    definitions: Mapping[str, DocumentType] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Agency settings in force on the day, flat dotted keys."""
    now: dt.datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    """Data and slot fields of the paper together."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Written reasons for soft findings, by code."""
    keys: Keys | None = None
    """Open what other papers hold sealed, for papers that may hold it too (`casework.prefill`)."""
    author: PersonFacts | None = None
    """Who opened the paper in question."""
    is_working_day: Callable[[dt.date], bool] = lambda day: day.isoweekday() <= 5  # noqa: PLR2004 - overridden by the calendar

    @property
    def today(self) -> dt.date:
        """Return the legal date."""
        return legal_date(self.now)

    @property
    def type(self) -> str:
        """Return the type of the paper in question."""
        return self.document.type

    def value(self, name: str) -> Any:
        """Return a field of the paper in question, None when it is empty."""
        return self.values.get(name, self.document.data.get(name))

    def done(self, *types: str) -> tuple[DocumentFacts, ...]:
        """Return the other issued papers of these types, in the order of issue."""
        found = [d for d in self.documents if d.type in types and d.status in DONE and d.id != self.document.id]
        return tuple(sorted(found, key=lambda d: (d.issued_at or self.now, d.id)))

    def latest(self, *types: str) -> DocumentFacts | None:
        """Return the issued paper of these types that was issued last."""
        found = self.done(*types)
        return found[-1] if found else None

    def find(self, document_id: str | None) -> DocumentFacts | None:
        """Return a paper of the case by its id."""
        return next((d for d in self.documents if d.id == document_id), None)

    def target(self) -> DocumentFacts | None:
        """Return the paper that this one serves, approves, corrects or reviews."""
        return self.find(self.document.target_id)

    def served_on(self, document: DocumentFacts) -> dt.date | None:
        """Return the day on which a paper took effect by valid service, None when it has not."""
        days = [s.served_on for s in self.services if s.document_id == document.id and s.valid and s.served_on]
        return min(days) if days else None

    def is_served(self, document: DocumentFacts) -> bool:
        """Tell whether a paper reached its addressee in a valid way."""
        return document.status is Status.SERVED or self.served_on(document) is not None

    def deadlines_of(self, *kinds: str) -> tuple[DeadlineFacts, ...]:
        """Return the computed periods of these kinds."""
        return tuple(d for d in self.deadlines if d.kind in kinds and d.ended_on is None)

    def member_ids(self) -> frozenset[str]:
        """Return the persons who handle the case."""
        return frozenset(m.person_id for m in self.case.members) if self.case else frozenset()

    def member_names(self) -> frozenset[str]:
        """Return the names of the persons who handle the case."""
        return frozenset(m.name for m in self.case.members) if self.case else frozenset()

    def fills(self, *parts: str) -> tuple[SlotFill, ...]:
        """Return the signatures given for these parts."""
        return tuple(f for f in self.document.slots if f.part in parts)

    def party_kind(self) -> str:
        """Return the kind of the party of the paper, or of the only party of the case."""
        parties = self.case.parties if self.case else ()
        own = [p.kind for p in parties if p.id == self.document.party_id]
        return str(self.value("party_type") or (own or [p.kind for p in parties] or [""])[0])


Check = Callable[[CaseView], Iterable[Finding]]


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One rule and where it applies."""

    code: str
    title: str
    articles: tuple[str, ...]
    """Requirement ids and statutes behind it."""
    check: Check
    applies_to: frozenset[str] = frozenset()
    """Types; empty with `applies` for rules that look at the definition instead."""
    applies: Callable[[DocumentType], bool] = lambda _definition: False
    acts: frozenset[str] = frozenset({ISSUE})

    def concerns(self, definition: DocumentType, act: str) -> bool:
        """Tell whether the rule is asked for this type and act."""
        return act in self.acts and (definition.id in self.applies_to or self.applies(definition))


def gate(
    code: str,
    title: str,
    *articles: str,
    types: Iterable[str] = (),
    applies: Callable[[DocumentType], bool] | None = None,
    acts: Iterable[str] = (ISSUE,),
) -> Callable[[Check], Gate]:
    """Make a gate of the decorated function; without types and condition it applies to every paper."""
    wanted = frozenset(types)
    chosen = applies or ((lambda _definition: False) if wanted else (lambda _definition: True))

    def decorate(check: Check) -> Gate:
        return Gate(
            code=code,
            title=title,
            articles=articles,
            check=check,
            applies_to=wanted,
            applies=chosen,
            acts=frozenset(acts),
        )

    return decorate


def granted(document: DocumentFacts) -> bool:
    """Tell whether an approval says yes: no value that its approver filled begins with a refusal."""
    words = [str(v) for f in document.slots if f.part == "approve" for v in f.values.values()]
    return not any(w.strip().startswith(REFUSALS) for w in words)


def money(value: Any) -> Decimal | None:
    """Read an amount; None when there is none or it is no number (validation names that fault)."""
    try:
        return Decimal(str(value).replace(",", "")) if value not in (None, "") else None
    except InvalidOperation:
        return None


def instant(value: Any) -> dt.datetime | None:
    """Read an instant field; None when empty or unreadable."""
    try:
        return parse_local(str(value)) if value else None
    except ValueError:
        return None


def day(value: Any) -> dt.date | None:
    """Read a date field or the date of an instant; None when empty or unreadable."""
    at = instant(value)
    return legal_date(at) if at else None


def act_day(view: CaseView) -> dt.date:
    """Return the day of the act that a paper records: its start, else today."""
    return day(view.value("start_time")) or view.today


def rows(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a list field."""
    for row in value or ():
        if isinstance(row, Mapping):
            yield row


def working_days_between(view: CaseView, first: dt.date, last: dt.date) -> int:
    """Count the working days strictly between two dates."""
    days = (last - first).days
    return sum(view.is_working_day(first + dt.timedelta(days=n)) for n in range(1, days))


def name_of(view: CaseView, type_id: str) -> str:
    """Return a type's Chinese title in 《》 (its id when the folder does not exist)."""
    known = view.definitions.get(type_id)
    return f"《{known.title}》" if known else f"《{TITLES.get(type_id, type_id)}》"


TITLES = {
    "emergency_initiation_report": "紧急启动程序补报表",
    "penalty_prior_notice": "行政处罚事先告知书",
    "hearing_termination": "听证终止通知书",
    "av_unsuitable_note": "不适宜音像记录情况说明",
    "complaint_report_register": "投诉举报登记表",
    "announcement_explanation": "公告送达情况说明",
    "refusal_record": "拒绝接受调查（提供证据）情况记录",
    "evidence_list": "证据登记保存（提取）清单",
}
"""Titles of types that findings may name before their folder exists."""
