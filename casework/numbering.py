"""The one service that gives numbers: one gap-free series per agency, character and year (or day), never used twice.

A number is reserved for one holder (a paper, a case, a recording), confirmed when the act is done, given back when it
is not: the last of a series becomes free again, any other is void with its reason. Reserving again for the same holder
gives the same number. The ledger row of the agency is the lock: it is taken before the agency's journal head.
"""

import datetime as dt
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite

from casework.models import NumberHoldRow, NumberLedgerRow, NumberRow, NumberSeriesRow
from foundation import journal
from foundation.clock import ManualClock, local
from foundation.database import lock_row
from foundation.errors import BadInput, Conflict, Refused

RULES = Path(__file__).resolve().parent / "rules" / "numbers.yaml"
RESERVED, CONFIRMED, VOID = "reserved", "confirmed", "void"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
DAY = "%Y%m%d"


@dataclass(frozen=True, kw_only=True)
class Written:
    """How a series outside rules/numbers.yaml is written (archival codes): its pattern and the words in it."""

    pattern: str
    words: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class NumberFacts:
    """One number of the ledger."""

    text: str
    """As printed."""
    character: str
    period: str
    """`2026`, or `20260106` for a series of a day."""
    n: int
    holder_id: str
    status: str
    """reserved, confirmed or void."""
    reason: str
    at: dt.datetime


def reserve(
    session: orm.Session,
    agency_id: str,
    *,
    character: str,
    day: dt.date,
    holder_id: str,
    settings: Mapping[str, Any],
    at: dt.datetime,
    actor: str = "system",
    written: Written | None = None,
) -> str:
    """Give a holder the next number of a series; asked again, the same one.

    Args:
        session: A writing session.
        agency_id: The agency.
        character: The character of a document type (罚), or a series of rules/numbers.yaml (案, 回, AV).
        day: Legal date: its year, or the day itself, is what the series counts.
        holder_id: The paper, case or recording that it is for.
        settings: Agency settings in force on the day (`short_name`, patterns).
        at: The clock's instant.
        actor: Account, for the journal.
        written: Pattern and words of a series that brings its own.

    Returns:
        The number as printed.

    Raises:
        Conflict: The written form is already used by another series.
        Refused: An older backup was put back, and nobody said yet how far the series went.
    """
    _lock(session, agency_id)
    rule = _rules()["series"].get(character, _rules()["document"])
    period = day.strftime(DAY) if rule.get("period") == "day" else str(day.year)
    held = [r for r in _held(session, agency_id, holder_id) if (r.character, r.period) == (character, period)]
    if held:
        return held[0].text
    _refuse_on_hold(session, agency_id)
    series = _series(session, agency_id, character, period)
    if written is not None:
        text = write(written.pattern, {**written.words, "n": str(series.last + 1)})
    else:
        text = _written(rule, settings, character=character, day=day, n=series.last + 1)
    _refuse_taken(session, agency_id, text)
    series.last += 1
    row = NumberRow(
        agency_id=agency_id,
        character=character,
        period=period,
        n=series.last,
        text=text,
        holder_id=holder_id,
        status=RESERVED,
        reason="",
        at=at,
    )
    session.add(row)
    session.flush()
    _note(session, row, "number.reserved", at, actor)
    return text


def confirm(session: orm.Session, agency_id: str, holder_id: str) -> None:
    """Mark a holder's reserved numbers as used for good."""
    _lock(session, agency_id)
    for row in _held(session, agency_id, holder_id):
        row.status = CONFIRMED
    session.flush()


def give_back(
    session: orm.Session, agency_id: str, holder_id: str, *, reason: str, at: dt.datetime, actor: str = "system"
) -> bool:
    """Take back a holder's reserved numbers: the last of a series is free again, others are void with the reason.

    Returns:
        Whether every number became free again (False: at least one is void).
    """
    _lock(session, agency_id)
    freed = True
    for row in _held(session, agency_id, holder_id):
        if row.status != RESERVED:
            continue
        series = session.get_one(NumberSeriesRow, (agency_id, row.character, row.period))
        if row.n == series.last:
            _note(session, row, "number.freed", at, actor)
            session.delete(row)
            series.last -= 1
        else:
            freed = False
            _make_void(session, row, reason, at, actor)
    session.flush()
    return freed


def void(
    session: orm.Session, agency_id: str, holder_id: str, *, reason: str, at: dt.datetime, actor: str = "system"
) -> None:
    """Make a holder's numbers void; they stay in the ledger with the reason and are never used again.

    Raises:
        BadInput: No reason is given.
    """
    if not reason.strip():
        raise BadInput("作废文号没有写明理由。", remedy="填写作废理由。", path="reason")
    _lock(session, agency_id)
    for row in _held(session, agency_id, holder_id):
        _make_void(session, row, reason, at, actor)
    session.flush()


def number_of(session: orm.Session, agency_id: str, holder_id: str, character: str) -> str:
    """Return the number that a holder has in a series, empty when none."""
    found = [r.text for r in _held(session, agency_id, holder_id) if r.character == character]
    return found[0] if found else ""


def ledger(session: orm.Session, agency_id: str, character: str, period: str) -> list[NumberFacts]:
    """Return a series from 1 on, void numbers with their reasons."""
    query = sa.select(NumberRow).where(
        NumberRow.agency_id == agency_id, NumberRow.character == character, NumberRow.period == period
    )
    names = NumberFacts.__dataclass_fields__
    return [NumberFacts(**{n: getattr(r, n) for n in names}) for r in session.scalars(query.order_by(NumberRow.n))]


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that could not be written or would not tell numbers apart.

    Raises:
        BadInput: It lacks the running number or names something unknown.
    """
    names = [name.partition(":")[0] for name in PLACEHOLDER.findall(pattern)]
    unknown = sorted(set(names) - {"short_name", "place", "character", "year", "day", "n"})
    if unknown or "n" not in names:
        what = f"不认识 {{{unknown[0]}}}" if unknown else "缺少 {n}"
        raise BadInput(
            f"编号格式“{pattern}”{what}。",
            remedy="可用 {short_name} {place} {character} {year} {day} {n} {n:3}。",
            path="pattern",
        )


def _series(session: orm.Session, agency_id: str, character: str, period: str) -> NumberSeriesRow:
    series = session.get(NumberSeriesRow, (agency_id, character, period), populate_existing=True)
    if series is None:
        series = NumberSeriesRow(agency_id=agency_id, character=character, period=period, last=0)
        session.add(series)
        session.flush()
    return series


def _written(rule: Mapping[str, Any], settings: Mapping[str, Any], *, character: str, day: dt.date, n: int) -> str:
    short = str(settings.get("short_name") or "")
    words = {"short_name": short, "place": short.removesuffix("政"), "character": character, "n": str(n)}
    own = settings.get(rule.get("setting", ""))
    pattern = str(own or (rule.get("first") if n == 1 else None) or rule["pattern"])
    return write(pattern, {**words, "year": str(day.year), "day": day.strftime(DAY)})


def _refuse_on_hold(session: orm.Session, agency_id: str) -> None:
    hold = session.get(NumberHoldRow, agency_id)
    if hold is not None:
        raise Refused(
            f"系统从{local(hold.made_at):%Y-%m-%d %H:%M}的备份恢复，之后给出过的编号没有记录，暂停编号。",
            remedy="由系统管理员核对各序列最后一号后继续（flask numbers）。",
        )


def _refuse_taken(session: orm.Session, agency_id: str, text: str) -> None:
    taken = sa.select(NumberRow.n).where(NumberRow.agency_id == agency_id, NumberRow.text == text)
    if session.scalars(taken).first() is not None:
        raise Conflict(f"编号“{text}”已经用过。", remedy="由系统管理员检查编号格式设置，使各序列的编号互不相同。")


def write(pattern: str, words: Mapping[str, str]) -> str:
    """Fill a pattern in; `{n:3}` pads with zeros.

    Raises:
        BadInput: The pattern names something unknown.
    """

    def put(found: re.Match[str]) -> str:
        name, _, width = found[1].partition(":")
        if name not in words or (width and not width.isdigit()):
            check_pattern(pattern)
            raise BadInput(f"编号格式“{pattern}”不适用于该序列。", remedy="检查编号设置。", path="pattern")
        return words[name].zfill(int(width or 0))

    return PLACEHOLDER.sub(put, pattern)


@functools.cache
def _rules() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return content


def _lock(session: orm.Session, agency_id: str) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(NumberLedgerRow).values(agency_id=agency_id).on_conflict_do_nothing())
    lock_row(session, NumberLedgerRow, agency_id)


def _held(session: orm.Session, agency_id: str, holder_id: str) -> list[NumberRow]:
    query = sa.select(NumberRow).where(
        NumberRow.agency_id == agency_id, NumberRow.holder_id == holder_id, NumberRow.status != VOID
    )
    return list(session.scalars(query.order_by(NumberRow.character, NumberRow.period)))


def _make_void(session: orm.Session, row: NumberRow, reason: str, at: dt.datetime, actor: str) -> None:
    row.status, row.reason, row.at = VOID, reason, at
    _note(session, row, "number.voided", at, actor)


def _note(session: orm.Session, row: NumberRow, kind: str, at: dt.datetime, actor: str) -> None:
    data = {"character": row.character, "period": row.period, "n": row.n, "holder": row.holder_id}
    journal.append(session, ManualClock(at), stream=f"agency:{row.agency_id}", kind=kind, actor=actor, data=data)
