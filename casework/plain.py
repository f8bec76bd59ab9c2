"""Periods and rights in words that a party understands (`rules/party_words.yaml`); days are those that were computed.

Nothing is decided here: a period that the rules did not compute is not told, and no day stands in the words.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.facts import DeadlineFacts, DocumentFacts
from casework.figures import read

PARTY = "party"
OPEN, LAST, PASSED, MET = "open", "last", "passed", "met"


@dataclass(frozen=True, kw_only=True)
class PlainPeriod:
    """One period of a party."""

    text: str
    how: str
    source: str
    day: dt.date
    state: str
    """`open`, `last` (its last day is today), `passed` or `met`."""
    left: int
    """Days until its last day; below zero when it passed."""
    formula: str = ""
    """How the last day was reached; empty for a day that the paper itself sets."""
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class PlainRight:
    """One right."""

    text: str
    source: str = ""


def day_name(day: dt.date) -> str:
    """Return a day as letters write it.

    >>> day_name(dt.date(2026, 3, 20))
    '2026年3月20日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def periods_of(document: DocumentFacts, deadlines: Sequence[DeadlineFacts], today: dt.date) -> list[PlainPeriod]:
    """Return what a served paper lets its party do, and until when: what still runs first, the nearest day first."""
    own = [d for d in deadlines if d.subject_id == document.id and d.duty_of == PARTY]
    found = [p for d in own if (p := _computed(document, d, today))] + list(_set_by(document, today))
    return sorted(found, key=lambda p: (p.state not in (OPEN, LAST), p.day))


def _computed(document: DocumentFacts, deadline: DeadlineFacts, today: dt.date) -> PlainPeriod | None:
    words = read("party_words")["periods"]
    row = words.get(f"{deadline.kind}:{document.type}", words.get(deadline.kind))
    if row is None or deadline.ended_on:
        return None
    state = MET if deadline.met_on else _state(deadline.last_day, today)
    extra = {"formula": deadline.formula, "provisional": deadline.provisional}
    return _period(row, deadline.last_day, state, today, **extra)


def _set_by(document: DocumentFacts, today: dt.date) -> Iterator[PlainPeriod]:
    for name, row in read("party_words")["fields"].items():
        type_id, _, field = name.partition(".")
        value = str(document.data.get(field) or "")[:10] if type_id == document.type else ""
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            continue
        yield _period(row, day, _state(day, today), today)


def _state(day: dt.date, today: dt.date) -> str:
    if day == today:
        return LAST
    return OPEN if day > today else PASSED


def _period(row: Mapping[str, Any], day: dt.date, state: str, today: dt.date, **extra: Any) -> PlainPeriod:
    text = str(row[OPEN if state == LAST else state]).format(day=day_name(day))
    left = (day - today).days
    return PlainPeriod(text=text, how=row["how"], source=row["source"], day=day, state=state, left=left, **extra)


def rights_of(document: DocumentFacts, settings: Mapping[str, Any]) -> list[PlainRight]:
    """Return the rights that go with a served paper, with the agency's names in them; unknown names say nothing."""
    rows = read("party_words")["rights"]
    return [
        PlainRight(text=str(r["text"]).format_map(_Known(settings)), source=str(r.get("source", "")))
        for r in (*rows.get(document.type, ()), *rows["all"])
        if not r.get("needs") or settings.get(r["needs"])
    ]


class _Known(dict[str, Any]):
    """Settings by name; one that is not there reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""
