"""Figures of an office's work (办法35): each bar with the list behind it, of the same lines, under the policy.

Who may read every case of the office sees exact figures. Who may not (a hearing clerk, a handler) sees the office's
figures with small numbers covered, and behind a bar only the cases that they may read (hostile.md A18).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import orm

from access import agencies
from access.facts import Actor
from access.policy import READING, Permission, Record, decide, predicate, refusal
from access.predicates import to_sql
from casework import queries
from casework.facts import Procedure
from casework.procedure import state_title, title_of
from casework.queries import statistics as lines
from casework.queries.statistics import CaseLine, PaperLine, PeriodLine
from casework.views import Office, office
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import NotFound

SMALLEST = 5
"""Numbers under this are covered for who may not read all cases."""
AHEAD = dt.timedelta(days=28)
"""How far periods are looked at in advance."""
UNNAMED = "（未写明）"


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


@dataclass(frozen=True, kw_only=True)
class _Material:
    """The lines of a year."""

    cases: Sequence[CaseLine]
    periods: Sequence[PeriodLine]
    ahead: Sequence[PeriodLine]
    papers: Sequence[PaperLine]
    names: dict[str, str]
    """Agencies by id."""
    today: dt.date


@dataclass(frozen=True, kw_only=True)
class _Item:
    """One thing that is counted: under which bar, and whether it counts for the share."""

    key: str
    label: str
    case_id: str
    told: str
    note: str = ""
    counts: bool = True


@dataclass(frozen=True, kw_only=True)
class _Kind:
    id: str
    title: str
    note: str
    items: Callable[[_Material], Iterable[_Item]]
    is_share: bool = False
    by_key: bool = False
    """In the order of the keys; else the largest first."""


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


def _material(at: Office, actor: Actor, year: int, scope: _Scope) -> _Material:
    begin, end, where = dt.date(year, 1, 1), dt.date(year, 12, 31), scope.cases
    first, last = parse_local(f"{year}-01-01T00:00"), parse_local(f"{year + 1}-01-01T00:00")
    needing = [t.id for t in at.catalogue.types.values() if t.recording == "required"]
    return _Material(
        cases=lines.case_lines(at.session, where, first, last),
        periods=lines.period_lines(at.session, where, begin, end),
        ahead=lines.period_lines(at.session, where, at.today, at.today + AHEAD),
        papers=lines.paper_lines(at.session, sa.and_(where, scope.papers), needing, first, last),
        names={a: agencies.agency_facts(at.session, a, at.today).name for a in sorted(actor.agencies)},
        today=at.today,
    )


def _figure(kind: _Kind, material: _Material, *, is_exact: bool) -> Figure:
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


# --- what is counted ---


def _of_cases(
    key: Callable[[CaseLine], str], label: Callable[[CaseLine, _Material], str]
) -> Callable[..., Iterable[_Item]]:
    def items(material: _Material) -> Iterable[_Item]:
        for case in material.cases:
            yield _Item(key=key(case), label=label(case, material), case_id=case.id, told=state_title(case.state))

    return items


def _officers(material: _Material) -> Iterable[_Item]:
    for case in material.cases:
        for name in case.officers:
            yield _Item(key=name, label=name, case_id=case.id, told=state_title(case.state))


def _timely(material: _Material) -> Iterable[_Item]:
    """Yield periods that are over, and whether each was met in time."""
    for one in material.periods:
        late = one.met_on > one.last_day if one.met_on else one.last_day < material.today
        if one.ended_on is None and (one.met_on or late):
            done = f"{one.met_on}完成" if one.met_on else "没有完成"
            note = f"最后一日{one.last_day}，{done}"
            yield _Item(key=one.kind, label=one.title, case_id=one.case_id, told=one.title, note=note, counts=not late)


def _overdue(material: _Material) -> Iterable[_Item]:
    for one in material.periods:
        if one.met_on is None and one.ended_on is None and one.last_day < material.today:
            days = (material.today - one.last_day).days
            note = f"最后一日{one.last_day}，已过{days}天"
            yield _Item(key=one.kind, label=one.title, case_id=one.case_id, told=one.title, note=note)


def _ahead(material: _Material) -> Iterable[_Item]:
    for one in material.ahead:
        if one.met_on is None and one.ended_on is None:
            week = one.last_day - dt.timedelta(days=one.last_day.weekday())
            label = f"{week:%m-%d}至{week + dt.timedelta(days=6):%m-%d}"
            note = f"最后一日{one.last_day}"
            yield _Item(key=week.isoformat(), label=label, case_id=one.case_id, told=one.title, note=note)


def _recorded(material: _Material) -> Iterable[_Item]:
    for one in material.papers:
        note = "有音像" if one.is_recorded else "没有音像"
        told = f"《{one.title}》{one.number}"
        yield _Item(key=one.type, label=one.title, case_id=one.case_id, told=told, note=note, counts=one.is_recorded)


def _archived(material: _Material) -> Iterable[_Item]:
    for case in material.cases:
        if case.closed_on:
            note = f"{case.closed_on}结案，{f'{case.archived_on}归档' if case.archived_on else '没有归档'}"
            unit = case.unit or UNNAMED
            counts = case.archived_on is not None
            yield _Item(key=unit, label=unit, case_id=case.id, told=state_title(case.state), note=note, counts=counts)


KINDS: tuple[_Kind, ...] = (
    _Kind(
        id="procedure",
        title="案件数（按程序）",
        note="当年开始的案件",
        items=_of_cases(lambda c: c.procedure, lambda c, _: title_of(Procedure(c.procedure))),
    ),
    _Kind(
        id="state",
        title="案件数（按阶段）",
        note="当年开始的案件现在所处的阶段",
        items=_of_cases(lambda c: c.state, lambda c, _: state_title(c.state)),
    ),
    _Kind(
        id="month",
        title="案件数（按月）",
        note="按开始的月份",
        items=_of_cases(lambda c: f"{c.opened_on:%Y-%m}", lambda c, _: f"{c.opened_on.month}月"),
        by_key=True,
    ),
    _Kind(
        id="agency",
        title="案件数（按单位）",
        note="当年开始的案件",
        items=_of_cases(lambda c: c.agency_id, lambda c, m: m.names.get(c.agency_id, UNNAMED)),
    ),
    _Kind(
        id="unit",
        title="案件数（按部门）",
        note="第一承办人所在的部门",
        items=_of_cases(lambda c: c.unit or UNNAMED, lambda c, _: c.unit or UNNAMED),
    ),
    _Kind(id="officer", title="案件数（按承办人）", note="每名承办人各计一次", items=_officers),
    _Kind(
        id="result",
        title="案件结果",
        note="已经结案的",
        items=lambda m: (
            _Item(key=c.result or UNNAMED, label=c.result or UNNAMED, case_id=c.id, told=state_title(c.state))
            for c in m.cases
            if c.closed_on
        ),
    ),
    _Kind(id="timely", title="按时办理", note="当年到期的机关期限中按时完成的", items=_timely, is_share=True),
    _Kind(id="overdue", title="逾期未办", note="当年到期、至今没有完成的机关期限", items=_overdue),
    _Kind(id="ahead", title="即将到期", note="今后四周，按周", items=_ahead, by_key=True),
    _Kind(
        id="recorded",
        title="音像记录覆盖",
        note="依法应当音像记录的文书中关联了音像的（办法11、14）",
        items=_recorded,
        is_share=True,
    ),
    _Kind(id="archived", title="归档", note="已结案的案件中已归档的，按部门", items=_archived, is_share=True),
)
"""All figures, in the order of the page."""
