"""Figures of an office's work (办法35): each bar with the list behind it, of the same lines, under the policy.

Who may read every case of the office sees exact figures. Who may not (a hearing clerk, a handler) sees the office's
figures with small numbers covered, and behind a bar only the cases that they may read (hostile.md A18).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import orm

from access import agencies
from access.facts import Actor
from access.policy import READING, Permission, Record, decide, predicate, refusal
from access.predicates import to_sql
from casework import queries
from casework.operations.figure_kinds import KINDS, Kind, Material
from casework.queries import statistics as lines
from casework.views import Office, office
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import NotFound

SMALLEST = 5
"""Numbers under this are covered for who may not read all cases."""
AHEAD = dt.timedelta(days=28)
"""How far periods are looked at in advance."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line behind a bar."""

    case_id: str
    case: str
    """Number and title of the case."""
    told: str
    """What is counted: the case, a period, a paper."""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar; `part` of `whole`, or a mere count."""

    key: str
    label: str
    count: int | None
    """None where it is covered."""
    of: int | None = None
    """For a share: of how many."""

    @property
    def share(self) -> int | None:
        """Return the share in per cent."""
        return round(100 * self.count / self.of) if self.count is not None and self.of else None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure."""

    id: str
    title: str
    note: str
    bars: Sequence[Bar]
    is_share: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All figures of a year."""

    year: int
    figures: Sequence[Figure]
    is_exact: bool
    """Nothing is covered."""
    cases: int | None


@dataclass(frozen=True, kw_only=True)
class _Scope:
    """Which cases, and which of their papers."""

    cases: sa.ColumnElement[bool]
    papers: sa.ColumnElement[bool]


def sheet(ctx: Context, actor: Actor, year: int) -> Sheet:
    """Return the figures of a year.

    Raises:
        Forbidden: The actor reads no figures.
    """
    with ctx.database.read() as session:
        at = office(ctx, session)
        _require(actor)
        scope = _own(session, actor)
        is_exact = _count(session, _whole(actor).cases) == _count(session, scope.cases)
        counted = _material(at, actor, year, scope if is_exact else _whole(actor))
        figures = [_figure(kind, counted, is_exact=is_exact) for kind in KINDS]
        total = len(counted.cases)
        shown = total if is_exact or total >= SMALLEST else None
        return Sheet(year=year, figures=[f for f in figures if f.bars], is_exact=is_exact, cases=shown)


def behind(ctx: Context, actor: Actor, year: int, figure: str, key: str) -> tuple[Figure, Bar, Sequence[Entry]]:
    """Return a bar and the list behind it, of what the actor may read.

    Raises:
        NotFound: There is no such figure or bar.
        Forbidden: The actor reads no figures.
    """
    shown = next((f for f in sheet(ctx, actor, year).figures if f.id == figure), None)
    bar = next((b for b in shown.bars if b.key == key), None) if shown else None
    if shown is None or bar is None:
        raise NotFound("没有这项统计。", remedy="在统计页面选择。")
    kind = next(k for k in KINDS if k.id == figure)
    with ctx.database.read() as session:
        mine = _material(office(ctx, session), actor, year, _own(session, actor))
        found = [i for i in kind.items(mine) if i.key == key]
        named = lines.case_names(session, {i.case_id for i in found})
    return shown, bar, [Entry(case_id=i.case_id, case=named[i.case_id], told=i.told, note=i.note) for i in found]


def _require(actor: Actor) -> None:
    verdict = decide(actor, Permission.STATISTICS_READ, Record(kind="agency", agency_id=actor.agency_id))
    if not verdict.allowed:
        raise refusal(verdict, Permission.STATISTICS_READ)


def _whole(actor: Actor) -> _Scope:
    """Return what the figures are of: the agencies whose figures the actor may read."""
    known = {"agency_id": queries.CASE_COLUMNS["agency_id"]}
    return _Scope(cases=to_sql(predicate(actor, Permission.STATISTICS_READ, "agency"), known), papers=sa.true())


def _own(session: orm.Session, actor: Actor) -> _Scope:
    """Return what the actor may read, among that."""
    viewer = queries.viewer_of(session, actor)
    cases = to_sql(predicate(actor, READING["case"], "case", viewer), queries.CASE_COLUMNS)
    papers = to_sql(predicate(actor, READING["document"], "document", viewer), queries.DOCUMENT_COLUMNS)
    return _Scope(cases=sa.and_(_whole(actor).cases, cases), papers=papers)


def _count(session: orm.Session, where: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count(queries.CASE_COLUMNS["id"])).where(where)) or 0


def _material(at: Office, actor: Actor, year: int, scope: _Scope) -> Material:
    begin, end, where = dt.date(year, 1, 1), dt.date(year, 12, 31), scope.cases
    first, last = parse_local(f"{year}-01-01T00:00"), parse_local(f"{year + 1}-01-01T00:00")
    needing = [t.id for t in at.catalogue.types.values() if t.recording == "required"]
    periods = lines.period_lines(at.session, where, begin, end)
    papers = lines.paper_lines(at.session, sa.and_(where, scope.papers), needing, first, last)
    return Material(
        cases=lines.case_lines(at.session, where, first, last),
        periods=periods,
        ahead=lines.period_lines(at.session, where, at.today, at.today + AHEAD),
        papers=papers,
        names={a: agencies.agency_facts(at.session, a, at.today).name for a in sorted(actor.agencies)},
        units=lines.units_of(at.session, {p.case_id for p in periods} | {p.case_id for p in papers}),
        today=at.today,
    )


def _figure(kind: Kind, material: Material, *, is_exact: bool) -> Figure:
    counts: dict[str, list[int]] = {}
    labels: dict[str, str] = {}
    for item in kind.items(material):
        labels[item.key] = item.label
        pair = counts.setdefault(item.key, [0, 0])
        pair[0] += item.counts
        pair[1] += 1
    bars = [
        Bar(key=key, label=labels[key], count=part, of=whole if kind.is_share else None)
        for key, (part, whole) in counts.items()
    ]
    bars.sort(key=(lambda b: b.key) if kind.by_key else (lambda b: (-(b.of or b.count or 0), b.key)))
    return Figure(
        id=kind.id,
        title=kind.title,
        note=kind.note,
        bars=bars if is_exact else covered(bars),
        is_share=kind.is_share,
    )


def covered(bars: Sequence[Bar]) -> list[Bar]:
    """Return bars with small numbers covered; a single covered one takes the next smallest with it.

    Otherwise the difference to a total would tell it.
    """
    small = {b.key for b in bars if (b.of or b.count or 0) < SMALLEST}
    if len(small) == 1 and len(bars) > 1:
        rest = [b for b in bars if b.key not in small]
        small.add(min(rest, key=lambda b: (b.of or b.count or 0, b.key)).key)
    return [replace(b, count=None, of=None) if b.key in small else b for b in bars]
