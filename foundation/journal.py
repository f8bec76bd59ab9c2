"""Append-only events in streams, each a hash chain: what was done, by whom, when; never personal values.

Streams: `case:<id>` (acts), `agency:<id>` (accounts, settings, numbers, calendar), `access:<id>` (reads, searches,
downloads). `UNIQUE(stream, seq)` and the lock on the stream's head row keep one chain even with many writers
(A36.3: any change or deletion is detected by `verify_chain`).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.canonical import digest, plain
from foundation.clock import Clock
from foundation.database import Base, Json, UtcDateTime, insert_once, lock_row
from foundation.errors import Broken

GENESIS = "0" * 64
"""What the first event of a stream chains to."""
HELD = "journal.held"
"""Where a session keeps the heads that it holds locked."""


class EventRow(Base):
    """One event."""

    __tablename__ = "journal_event"
    stream: orm.Mapped[str] = orm.mapped_column(sa.String(80), primary_key=True)
    seq: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime)
    recorded_at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime)
    actor: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    data: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    previous: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    hash: orm.Mapped[str] = orm.mapped_column(sa.String(64))


class HeadRow(Base):
    """The last event of a stream; locking it serialises writers of a stream that has no row of its own."""

    __tablename__ = "journal_head"
    stream: orm.Mapped[str] = orm.mapped_column(sa.String(80), primary_key=True)
    seq: orm.Mapped[int]
    hash: orm.Mapped[str] = orm.mapped_column(sa.String(64))


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event as neighbours see it."""

    stream: str
    seq: int
    at: dt.datetime
    """The clock's instant (a replayed case has its own dates)."""
    recorded_at: dt.datetime
    """The machine's instant."""
    actor: str
    """Account id, or `system`."""
    kind: str
    """`<thing>.<act>`, such as `document.issued`."""
    data: dict[str, Any]
    """Ids, digests and names of changed fields; no personal values."""
    previous: str
    hash: str


def append(
    session: orm.Session, clock: Clock, *, stream: str, kind: str, actor: str, data: dict[str, Any] | None = None
) -> Event:
    """Add one event to a stream and return it; the caller's transaction commits it."""
    head = _locked_head(session, stream)
    fields = {
        "stream": stream,
        "seq": head.seq + 1,
        "at": clock.now(),
        "recorded_at": dt.datetime.now(dt.UTC),
        "actor": actor,
        "kind": kind,
        "data": plain(data or {}),
        "previous": head.hash,
    }
    event = Event(**fields, hash=event_hash(fields))
    session.add(EventRow(**asdict(event)))
    head.seq, head.hash = event.seq, event.hash
    session.flush()
    return event


def _locked_head(session: orm.Session, stream: str) -> HeadRow:
    """Return the row of a stream's last event, locked; a transaction that holds the lock keeps the row."""
    held: dict[str, HeadRow] = session.info.setdefault(HELD, {})
    if stream not in held:
        head = lock_row(session, HeadRow, stream)
        if head is None:  # the first event: whoever else writes it now waits here
            insert_once(session, HeadRow, stream=stream, seq=0, hash=GENESIS)
            head = lock_row(session, HeadRow, stream)
        held[stream] = head
    return held[stream]


def event_hash(fields: dict[str, Any]) -> str:
    """Return the SHA-256 over an event's canonical JSON without its own hash; instants to the microsecond, UTC."""
    body = {k: v for k, v in fields.items() if k != "hash"}
    for key in ("at", "recorded_at"):
        if isinstance(body[key], dt.datetime):
            body[key] = body[key].astimezone(dt.UTC).isoformat(timespec="microseconds")
    return digest(body)


def events(session: orm.Session, stream: str) -> Iterator[Event]:
    """Yield a stream's events in order."""
    rows = session.scalars(sa.select(EventRow).where(EventRow.stream == stream).order_by(EventRow.seq))
    for row in rows:
        yield Event(**{c.key: getattr(row, c.key) for c in sa.inspect(EventRow).column_attrs})


def verify_chain(session: orm.Session, stream: str) -> int:
    """Check a stream's chain and its head; return how many events it has.

    Raises:
        Broken: An event was changed, removed or put in; the message names stream and sequence number.
    """
    previous, count = GENESIS, 0
    for event in events(session, stream):
        count += 1
        if event.seq != count or event.previous != previous or event.hash != event_hash(asdict(event)):
            raise Broken(
                f"日志“{stream}”第{count}条与哈希链不符。", remedy="停止使用该记录，按记录毁损情况上报并用备份核对。"
            )
        previous = event.hash
    head = session.get(HeadRow, stream)
    if head is not None and (head.seq, head.hash) != (count, previous):
        raise Broken(f"日志“{stream}”末尾缺少记录（应有{head.seq}条，现有{count}条）。", remedy="用备份核对。")
    return count
