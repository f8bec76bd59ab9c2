"""What is counted: each figure as items under keys, made of the lines of a year; one entry of `KINDS` a figure."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from casework.facts import Procedure
from casework.procedure import state_title, title_of
from casework.queries.statistics import CaseLine, PaperLine, PeriodLine

UNNAMED = "（未写明）"


@dataclass(frozen=True, kw_only=True)
class Material:
    """The lines of a year."""

    cases: Sequence[CaseLine]
    periods: Sequence[PeriodLine]
    ahead: Sequence[PeriodLine]
    papers: Sequence[PaperLine]
    names: dict[str, str]
    """Agencies by id."""
    units: dict[str, tuple[str, tuple[str, ...]]]
    """Department and officers, by case."""
    today: dt.date


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that is counted: under which bar, and whether it counts for the share."""

    key: str
    label: str
    case_id: str
    told: str
    note: str = ""
    counts: bool = True


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One figure: its items, and how its bars are read and ordered."""

    id: str
    title: str
    note: str
    items: Callable[[Material], Iterable[Item]]
    is_share: bool = False
    by_key: bool = False
    """In the order of the keys; else the largest first."""


def _of_cases(
    key: Callable[[CaseLine], str], label: Callable[[CaseLine, Material], str]
) -> Callable[..., Iterable[Item]]:
    def items(material: Material) -> Iterable[Item]:
        for case in material.cases:
            yield Item(key=key(case), label=label(case, material), case_id=case.id, told=state_title(case.state))

    return items


def _officers(material: Material) -> Iterable[Item]:
    for case in material.cases:
        for name in case.officers:
            yield Item(key=name, label=name, case_id=case.id, told=state_title(case.state))


def _timely(material: Material) -> Iterable[Item]:
    """Yield periods that are over, and whether each was met in time."""
    for one in material.periods:
        late = one.met_on > one.last_day if one.met_on else one.last_day < material.today
        if one.ended_on is None and (one.met_on or late):
            done = f"{one.met_on}完成" if one.met_on else "没有完成"
            note = f"最后一日{one.last_day}，{done}"
            yield Item(key=one.kind, label=one.title, case_id=one.case_id, told=one.title, note=note, counts=not late)


def _by_unit(items: Callable[[Material], Iterable[Item]]) -> Callable[[Material], Iterable[Item]]:
    """Return the same items under the departments of their cases."""

    def under(material: Material) -> Iterable[Item]:
        for item in items(material):
            unit = material.units.get(item.case_id, ("", ()))[0] or UNNAMED
            yield replace(item, key=unit, label=unit)

    return under


def _by_officer(items: Callable[[Material], Iterable[Item]]) -> Callable[[Material], Iterable[Item]]:
    """Return the same items under each officer of their cases."""

    def under(material: Material) -> Iterable[Item]:
        for item in items(material):
            for name in material.units.get(item.case_id, ("", ()))[1]:
                yield replace(item, key=name, label=name)

    return under


def _overdue(material: Material) -> Iterable[Item]:
    for one in material.periods:
        if one.met_on is None and one.ended_on is None and one.last_day < material.today:
            days = (material.today - one.last_day).days
            note = f"最后一日{one.last_day}，已过{days}天"
            yield Item(key=one.kind, label=one.title, case_id=one.case_id, told=one.title, note=note)


def _ahead(material: Material) -> Iterable[Item]:
    for one in material.ahead:
        if one.met_on is None and one.ended_on is None:
            week = one.last_day - dt.timedelta(days=one.last_day.weekday())
            label = f"{week:%m-%d}至{week + dt.timedelta(days=6):%m-%d}"
            note = f"最后一日{one.last_day}"
            yield Item(key=week.isoformat(), label=label, case_id=one.case_id, told=one.title, note=note)


def _recorded(material: Material) -> Iterable[Item]:
    for one in material.papers:
        note = "有音像" if one.is_recorded else "没有音像"
        told = f"《{one.title}》{one.number}"
        yield Item(key=one.type, label=one.title, case_id=one.case_id, told=told, note=note, counts=one.is_recorded)


def _archived(material: Material) -> Iterable[Item]:
    for case in material.cases:
        if case.closed_on:
            note = f"{case.closed_on}结案，{f'{case.archived_on}归档' if case.archived_on else '没有归档'}"
            unit = case.unit or UNNAMED
            counts = case.archived_on is not None
            yield Item(key=unit, label=unit, case_id=case.id, told=state_title(case.state), note=note, counts=counts)


KINDS: tuple[Kind, ...] = (
    Kind(
        id="procedure",
        title="案件数（按程序）",
        note="当年开始的案件",
        items=_of_cases(lambda c: c.procedure, lambda c, _: title_of(Procedure(c.procedure))),
    ),
    Kind(
        id="state",
        title="案件数（按阶段）",
        note="当年开始的案件现在所处的阶段",
        items=_of_cases(lambda c: c.state, lambda c, _: state_title(c.state)),
    ),
    Kind(
        id="month",
        title="案件数（按月）",
        note="按开始的月份",
        items=_of_cases(lambda c: f"{c.opened_on:%Y-%m}", lambda c, _: f"{c.opened_on.month}月"),
        by_key=True,
    ),
    Kind(
        id="agency",
        title="案件数（按单位）",
        note="当年开始的案件",
        items=_of_cases(lambda c: c.agency_id, lambda c, m: m.names.get(c.agency_id, UNNAMED)),
    ),
    Kind(
        id="unit",
        title="案件数（按部门）",
        note="第一承办人所在的部门",
        items=_of_cases(lambda c: c.unit or UNNAMED, lambda c, _: c.unit or UNNAMED),
    ),
    Kind(id="officer", title="案件数（按承办人）", note="每名承办人各计一次", items=_officers),
    Kind(
        id="result",
        title="案件结果",
        note="已经结案的",
        items=lambda m: (
            Item(key=c.result or UNNAMED, label=c.result or UNNAMED, case_id=c.id, told=state_title(c.state))
            for c in m.cases
            if c.closed_on
        ),
    ),
    Kind(id="timely", title="按时办理", note="当年到期的机关期限中按时完成的", items=_timely, is_share=True),
    Kind(
        id="timely_unit",
        title="按时办理（按部门）",
        note="第一承办人所在的部门",
        items=_by_unit(_timely),
        is_share=True,
    ),
    Kind(
        id="timely_officer",
        title="按时办理（按承办人）",
        note="每名承办人各计一次",
        items=_by_officer(_timely),
        is_share=True,
    ),
    Kind(id="overdue", title="逾期未办", note="当年到期、至今没有完成的机关期限", items=_overdue),
    Kind(id="ahead", title="即将到期", note="今后四周，按周", items=_ahead, by_key=True),
    Kind(
        id="recorded",
        title="音像记录覆盖",
        note="依法应当音像记录的文书中关联了音像的（办法11、14）",
        items=_recorded,
        is_share=True,
    ),
    Kind(
        id="recorded_unit",
        title="音像记录覆盖（按部门）",
        note="第一承办人所在的部门",
        items=_by_unit(_recorded),
        is_share=True,
    ),
    Kind(id="archived", title="归档", note="已结案的案件中已归档的，按部门", items=_archived, is_share=True),
)
"""All figures, in the order of the page."""
