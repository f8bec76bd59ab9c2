"""Batches as facts, and their rows: one set of facts for many parties, with a state for each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models import BatchItemRow, BatchRow
from foundation.database import lock_row
from foundation.errors import NotFound


class ItemState(StrEnum):
    """How far one party's paper is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


STATE_NAMES: Mapping[ItemState, str] = {
    ItemState.WAITING: "等待制作",
    ItemState.DONE: "已制发",
    ItemState.FAILED: "未成功",
}


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """One party of a batch."""

    seq: int
    line: int
    party: Mapping[str, Any]
    data: Mapping[str, Any]
    party_id: str | None
    document_id: str | None
    state: ItemState
    message: str
    remedy: str
    tries: int

    @property
    def name(self) -> str:
        """Return the party's name as it was handed in."""
        return str(self.party.get("name", ""))


@dataclass(frozen=True, kw_only=True)
class BatchFacts:
    """One batch."""

    id: str
    agency_id: str
    case_id: str
    pattern_id: str
    type: str
    shared: Mapping[str, Any]
    reasons: Mapping[str, str]
    file_name: str
    made_by: str
    made_at: dt.datetime
    job_id: str
    items: tuple[ItemFacts, ...] = ()

    def count(self, state: ItemState) -> int:
        """Return how many items are in a state."""
        return sum(item.state is state for item in self.items)


def insert(session: orm.Session, batch: BatchFacts) -> None:
    """Write a batch with its items."""
    names = set(BatchFacts.__dataclass_fields__) - {"items"}
    session.add(BatchRow(**{n: getattr(batch, n) for n in names}))
    session.flush()
    for item in batch.items:
        plain = {n: getattr(item, n) for n in ItemFacts.__dataclass_fields__}
        own = {"batch_id": batch.id, "agency_id": batch.agency_id, "changed_at": batch.made_at}
        session.add(BatchItemRow(**plain, **own))
    session.flush()


def change_item(session: orm.Session, batch_id: str, seq: int, *, at: dt.datetime, **fields: Any) -> None:
    """Change an item."""
    row = lock_row(session, BatchItemRow, (batch_id, seq))
    for name, value in {**fields, "changed_at": at}.items():
        setattr(row, name, value)
    session.flush()


def set_job(session: orm.Session, batch_id: str, job_id: str) -> None:
    """Write which job works on a batch."""
    _row(session, batch_id).job_id = job_id


def batch_facts(session: orm.Session, batch_id: str) -> BatchFacts:
    """Return a batch with its items.

    Raises:
        NotFound: There is none of this id.
    """
    query = sa.select(BatchItemRow).where(BatchItemRow.batch_id == batch_id).order_by(BatchItemRow.seq)
    return _facts(_row(session, batch_id), [_item(row) for row in session.scalars(query)])


def item_facts(session: orm.Session, batch_id: str, seq: int, *, lock: bool = False) -> ItemFacts:
    """Return one item as it is now."""
    key = (batch_id, seq)
    row = lock_row(session, BatchItemRow, key) if lock else session.get(BatchItemRow, key)
    if row is None:
        raise _absent()
    return _item(row)


def batches_of_case(session: orm.Session, case_id: str) -> list[BatchFacts]:
    """Return the batches of a case with their items, latest first."""
    query = (
        sa.select(BatchRow.id).where(BatchRow.case_id == case_id).order_by(BatchRow.made_at.desc(), BatchRow.id.desc())
    )
    return [batch_facts(session, one) for one in session.scalars(query)]


def _row(session: orm.Session, batch_id: str) -> BatchRow:
    row = session.get(BatchRow, batch_id)
    if row is None:
        raise _absent()
    return row


def _absent() -> NotFound:
    return NotFound("没有这个批次。", remedy="返回案件页面选择。")


def _facts(row: BatchRow, items: Sequence[ItemFacts]) -> BatchFacts:
    names = set(BatchFacts.__dataclass_fields__) - {"items"}
    return BatchFacts(**{n: getattr(row, n) for n in names}, items=tuple(items))


def _item(row: BatchItemRow) -> ItemFacts:
    plain = {n: getattr(row, n) for n in ItemFacts.__dataclass_fields__}
    return ItemFacts(**{**plain, "state": ItemState(row.state)})
