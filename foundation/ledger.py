"""The agency's ledger: each day one Merkle root over the heads of all its journal chains (RFC 6962).

A chain shows any change in its middle, but somebody with the database could compute a whole chain anew. The root of a
day, printed, sent away or time-stamped, fixes all heads of that day and, by the previous root among its leaves, all
days before. So the record is tamper-evident from the outside, not immutable. `verify` compares chains, stored roots
and roots that somebody kept elsewhere; `proof` shows one chain's head under a printed root without the other chains.

Which streams belong to an agency is told by the floors above (`@source`); a time-stamp authority may be given to
`stamp_missing`. Every worker keeps the ledger as a duty.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from foundation import merkle
from foundation.canonical import canonical
from foundation.clock import legal_date
from foundation.context import Context
from foundation.database import Base, UtcDateTime
from foundation.errors import NotFound
from foundation.jobs import duty
from foundation.journal import GENESIS, EventRow, HeadRow

EVERY_S = 600.0
"""How often workers look whether a day's root is missing."""


class AnchorRow(Base):
    """The root of one agency and day."""

    __tablename__ = "ledger_anchor"
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), primary_key=True)
    day: orm.Mapped[dt.date] = orm.mapped_column(primary_key=True)
    size: orm.Mapped[int]
    root: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    previous: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    made_at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime)
    token: orm.Mapped[bytes | None]
    stamped_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(UtcDateTime)


class AnchoredHeadRow(Base):
    """The head of one stream on a day, kept only for days on which it moved."""

    __tablename__ = "ledger_head"
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), primary_key=True)
    stream: orm.Mapped[str] = orm.mapped_column(sa.String(80), primary_key=True)
    day: orm.Mapped[dt.date] = orm.mapped_column(primary_key=True)
    seq: orm.Mapped[int]
    hash: orm.Mapped[str] = orm.mapped_column(sa.String(64))


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The root of one agency and day, as it is printed and sent away."""

    agency_id: str
    day: dt.date
    size: int
    """How many leaves: the streams, and the previous root."""
    root: str
    previous: str
    made_at: dt.datetime
    stamped_at: dt.datetime | None

    @property
    def printed(self) -> str:
        """The root in groups of eight, for paper."""
        return " ".join(self.root[i : i + 8] for i in range(0, 64, 8))


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Shows that a stream had a head on a day, to somebody who has that day's root."""

    agency_id: str
    day: dt.date
    stream: str
    seq: int
    hash: str
    index: int
    size: int
    path: tuple[str, ...]

    def leads_to(self, root: str) -> bool:
        """Whether it holds under a root."""
        leaf, path = _leaf(self.stream, self.seq, self.hash), [bytes.fromhex(p) for p in self.path]
        found = merkle.root_from(leaf, self.index, self.size, path)
        return found is not None and found.hex() == root


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that does not agree with an anchor."""

    day: dt.date
    stream: str
    """Empty when the root itself is concerned."""
    message: str


Source = Callable[[orm.Session], Iterable[tuple[str, str]]]
"""Gives (agency id, stream) of the streams that a floor writes."""
_SOURCES: list[Source] = []


def source(function: Source) -> Source:
    """Tell the ledger which streams a floor has."""
    _SOURCES.append(function)
    return function


@duty("ledger", every_s=EVERY_S)
def anchor_today(ctx: Context) -> list[Anchor]:
    """Make today's root of every agency that has none yet."""
    with ctx.database.read() as session:
        streams: dict[str, set[str]] = {}
        for agency_id, stream in (pair for ask in _SOURCES for pair in ask(session)):
            streams.setdefault(agency_id, set()).add(stream)
        day = legal_date(ctx.clock.now())
        missing = sorted(a for a in streams if session.get(AnchorRow, (a, day)) is None)
    return [anchor(ctx, agency_id, streams[agency_id]) for agency_id in missing]


def anchor(ctx: Context, agency_id: str, streams: Iterable[str]) -> Anchor:
    """Make and store the root of today over the heads of some streams; the first of a day stays."""
    try:
        with ctx.database.write() as session:
            return _anchor(session, ctx, agency_id, sorted(streams))
    except sa.exc.IntegrityError:  # another worker was first
        with ctx.database.read() as session:
            return anchors_of(session, agency_id, limit=1)[0]


def _anchor(session: orm.Session, ctx: Context, agency_id: str, streams: list[str]) -> Anchor:
    day = legal_date(ctx.clock.now())
    last = session.scalars(_anchors(agency_id).limit(1)).first()
    if last is not None and last.day >= day:
        return _facts(last)
    known = _heads_on(session, agency_id, day)
    heads = {row.stream: (row.seq, row.hash) for row in _heads(session, streams)}
    for stream, (seq, head) in heads.items():
        if known.get(stream) != (seq, head):
            session.add(AnchoredHeadRow(agency_id=agency_id, stream=stream, day=day, seq=seq, hash=head))
    previous = last.root if last else GENESIS
    leaves = _leaves(known | heads, previous)
    row = AnchorRow(agency_id=agency_id, day=day, size=len(leaves), root=merkle.root_of(leaves).hex())
    row.previous, row.made_at = previous, ctx.clock.now()
    session.add(row)
    session.flush()
    return _facts(row)


def anchors_of(session: orm.Session, agency_id: str, *, limit: int = 400) -> list[Anchor]:
    """Return an agency's roots, newest first."""
    return [_facts(row) for row in session.scalars(_anchors(agency_id).limit(limit))]


def stamp_missing(ctx: Context, authority: Callable[[bytes], bytes]) -> int:
    """Have the roots that have no time-stamp stamped; return how many were.

    Args:
        ctx: The floor.
        authority: Returns a time-stamp token over a SHA-256 digest (it may raise `Unavailable`).
    """
    with ctx.database.read() as session:
        rows = session.scalars(sa.select(AnchorRow).where(AnchorRow.stamped_at.is_(None)).order_by(AnchorRow.day))
        waiting = [(row.agency_id, row.day, row.root) for row in rows]
    for agency_id, day, root in waiting:
        token = authority(bytes.fromhex(root))  # a network call: outside any transaction
        with ctx.database.write() as session:
            row = session.get_one(AnchorRow, (agency_id, day))
            row.token, row.stamped_at = token, ctx.clock.now()
    return len(waiting)


def token_of(session: orm.Session, agency_id: str, day: dt.date) -> bytes | None:
    """Return the time-stamp token of a day's root."""
    row = session.get(AnchorRow, (agency_id, day))
    return row.token if row else None


def proof(session: orm.Session, agency_id: str, day: dt.date, stream: str) -> Proof:
    """Return the proof of a stream's head on a day.

    Raises:
        NotFound: The day has no root, or the stream was not there yet.
    """
    row, heads = session.get(AnchorRow, (agency_id, day)), _heads_on(session, agency_id, day)
    if row is None or stream not in heads:
        raise NotFound(f"{day} 的总账中没有“{stream}”。", remedy="选择有总账根的日期。")
    leaves, index = _leaves(heads, row.previous), sorted(heads).index(stream) + 1
    path = tuple(part.hex() for part in merkle.path_of(leaves, index))
    seq, head = heads[stream]
    return Proof(
        agency_id=agency_id, day=day, stream=stream, seq=seq, hash=head, index=index, size=len(leaves), path=path
    )


def verify(session: orm.Session, agency_id: str, kept: Mapping[dt.date, str] | None = None) -> list[Fault]:
    """Compare an agency's chains with its roots, and the roots with those kept elsewhere (on paper, time-stamped).

    Events inside each chain are checked by `journal.verify_chain`; this finds chains that were computed anew, cut or
    removed, and roots that were changed to fit them.
    """
    faults, previous, kept = [], GENESIS, dict(kept or {})
    moves: dict[dt.date, dict[str, tuple[int, str]]] = {}
    for head in session.scalars(sa.select(AnchoredHeadRow).where(AnchoredHeadRow.agency_id == agency_id)):
        moves.setdefault(head.day, {})[head.stream] = (head.seq, head.hash)
    heads: dict[str, tuple[int, str]] = {}
    for row in reversed(list(session.scalars(_anchors(agency_id)))):
        heads |= moves.get(row.day, {})
        leaves = _leaves(heads, row.previous)
        if row.previous != previous or merkle.root_of(leaves).hex() != row.root:
            faults.append(Fault(day=row.day, stream="", message="总账根与其所含的日志末端不符。"))
        if kept.pop(row.day, row.root) != row.root:
            faults.append(Fault(day=row.day, stream="", message="总账根与外部保存的不一致。"))
        previous = row.root
    faults += [Fault(day=day, stream="", message="外部保存了总账根，数据库中没有。") for day in kept]
    return faults + list(_moved(session, agency_id))


def _moved(session: orm.Session, agency_id: str) -> Iterable[Fault]:
    """Find anchored heads that the chains no longer have."""
    rows = session.execute(
        sa.select(AnchoredHeadRow, EventRow.hash)
        .outerjoin(EventRow, sa.and_(EventRow.stream == AnchoredHeadRow.stream, EventRow.seq == AnchoredHeadRow.seq))
        .where(AnchoredHeadRow.agency_id == agency_id)
        .order_by(AnchoredHeadRow.day, AnchoredHeadRow.stream)
    )
    for head, found in rows:
        if found != head.hash:
            what = "缺少" if found is None else "已被改写"
            yield Fault(day=head.day, stream=head.stream, message=f"日志“{head.stream}”第{head.seq}条{what}。")


def _anchors(agency_id: str) -> sa.Select[AnchorRow]:
    return sa.select(AnchorRow).where(AnchorRow.agency_id == agency_id).order_by(AnchorRow.day.desc())


def _heads(session: orm.Session, streams: list[str]) -> Iterable[HeadRow]:
    for i in range(0, len(streams), 500):  # databases limit the number of bound values
        yield from session.scalars(sa.select(HeadRow).where(HeadRow.stream.in_(streams[i : i + 500])))


def _heads_on(session: orm.Session, agency_id: str, day: dt.date) -> dict[str, tuple[int, str]]:
    """Return the anchored head of each stream as it stood on a day."""
    rows = session.scalars(
        sa.select(AnchoredHeadRow)
        .where(AnchoredHeadRow.agency_id == agency_id, AnchoredHeadRow.day <= day)
        .order_by(AnchoredHeadRow.day)
    )
    return {row.stream: (row.seq, row.hash) for row in rows}


def _leaves(heads: Mapping[str, tuple[int, str]], previous: str) -> list[bytes]:
    return [canonical({"previous": previous}), *(_leaf(s, *heads[s]) for s in sorted(heads))]


def _leaf(stream: str, seq: int, head: str) -> bytes:
    return canonical({"stream": stream, "seq": seq, "hash": head})


def _facts(row: AnchorRow) -> Anchor:
    return Anchor(**{name: getattr(row, name) for name in Anchor.__dataclass_fields__})
