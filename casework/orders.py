"""Correction orders as neighbours see them: what was asked of whom until when, and how far it is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models.orders import CorrectionAnswerRow, CorrectionOrderRow

STATES = {"draft": "未发出", "sent": "待整改", "answered": "待核查", "returned": "整改不到位", "closed": "已办结"}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem and the clause that it breaks."""

    problem: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class AnswerFacts:
    """One answer, and what became of it."""

    seq: int
    text: str
    by: str
    at: dt.datetime
    accepted: bool | None
    remark: str
    judged_by: str
    judged_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """One order with its answers."""

    id: str
    agency_id: str
    body_id: str
    case_id: str | None
    document_id: str
    problems: tuple[Problem, ...]
    requirement: str
    due_on: dt.date
    ordered_by: str
    ordered_at: dt.datetime
    sent_at: dt.datetime | None
    closed_at: dt.datetime | None
    answers: tuple[AnswerFacts, ...] = ()

    @property
    def state(self) -> str:
        """Return how far it is, a key of `STATES`."""
        if self.sent_at is None:
            return "draft"
        if self.closed_at is not None:
            return "closed"
        if not self.answers:
            return "sent"
        return "answered" if self.answers[-1].accepted is None else "returned"

    def is_late_on(self, day: dt.date) -> bool:
        """Tell whether the unit owes an answer on a day after the last one."""
        return self.state in ("sent", "returned") and self.due_on < day


def find(session: orm.Session, order_id: str) -> OrderFacts | None:
    """Return an order, None when there is none."""
    row = session.get(CorrectionOrderRow, order_id)
    return _facts(session, [row])[0] if row else None


def orders_of(session: orm.Session, *, bodies: Sequence[str] = (), units: Sequence[str] = ()) -> list[OrderFacts]:
    """Return orders of some bodies, and those sent to some units, the nearest last day first."""
    row = CorrectionOrderRow
    sent = sa.and_(row.agency_id.in_(units), row.sent_at.is_not(None))
    query = sa.select(row).where(sa.or_(row.body_id.in_(bodies), sent))
    return _facts(session, session.scalars(query.order_by(row.closed_at.is_not(None), row.due_on, row.id)).all())


def _facts(session: orm.Session, rows: Sequence[CorrectionOrderRow]) -> list[OrderFacts]:
    query = sa.select(CorrectionAnswerRow).where(CorrectionAnswerRow.order_id.in_([r.id for r in rows]))
    answers: dict[str, list[AnswerFacts]] = {}
    for one in session.scalars(query.order_by(CorrectionAnswerRow.order_id, CorrectionAnswerRow.seq)):
        facts = AnswerFacts(**{name: getattr(one, name) for name in AnswerFacts.__dataclass_fields__})
        answers.setdefault(one.order_id, []).append(facts)
    names = [n for n in OrderFacts.__dataclass_fields__ if n not in ("problems", "answers")]
    return [
        OrderFacts(
            **{name: getattr(row, name) for name in names},
            problems=tuple(Problem(**one) for one in row.problems),
            answers=tuple(answers.get(row.id, ())),
        )
        for row in rows
    ]
