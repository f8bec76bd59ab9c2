"""Self-review of a case file with points: what would be deducted, by which row of the standard, and what mends it.

A pure function of the self-check, the flags and the periods of a case; the standard is `rules/review.yaml`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.completeness import Gap, Row
from archive.ruling import read
from casework.facts import DeadlineFacts, FlagFacts


@dataclass(frozen=True, kw_only=True)
class Deduction:
    """Points that one row of the standard takes away."""

    title: str
    source: str
    points: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, kw_only=True)
class Review:
    """The points of a case file."""

    points: int
    full: int
    deductions: tuple[Deduction, ...]


def review(rows: Sequence[Row], flags: Sequence[FlagFacts], deadlines: Sequence[DeadlineFacts]) -> Review:
    """Return the points of a case file and each deduction with what mends it."""
    standard = read("review")
    found = list(_deductions(standard["rows"], rows, flags, deadlines))
    full = int(standard["full"])
    return Review(points=max(0, full - sum(d.points for d in found)), full=full, deductions=tuple(found))


def _deductions(
    standard: Sequence[Mapping[str, Any]],
    rows: Sequence[Row],
    flags: Sequence[FlagFacts],
    deadlines: Sequence[DeadlineFacts],
) -> Iterator[Deduction]:
    for one in standard:
        if "question" in one:
            gaps = [g for r in rows if r.title == one["question"] for g in r.gaps]
        else:
            gaps = list(_late(deadlines) if one.get("late") else _flagged(flags))
        if gaps:
            points = min(int(one["most"]), int(one["each"]) * len(gaps))
            yield Deduction(title=one["title"], source=one["source"], points=points, gaps=tuple(gaps))


def _late(deadlines: Sequence[DeadlineFacts]) -> Iterator[Gap]:
    for one in deadlines:
        if one.duty_of == "agency" and one.met_on is not None and one.met_on > one.last_day:
            days = (one.met_on - one.last_day).days
            message = f"{one.title}逾期{days}天（{one.last_day}截止，{one.met_on}完成）。"
            yield Gap(message=message, remedy="如实说明原因；已经发生的不能补救。")


def _flagged(flags: Sequence[FlagFacts]) -> Iterator[Gap]:
    for one in flags:
        yield Gap(message=one.message, remedy=f"已写明理由：{one.reason}" if one.reason else "补充说明理由。")
