"""Scanned stacks as facts, and their rows: the file as it came, and of each page what became of it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models import StackPageRow, StackRow
from foundation.database import lock_row
from foundation.errors import NotFound

FILED, BLANK, WAITS, DROPPED = "filed", "blank", "waits", "dropped"
WHY: Mapping[str, tuple[str, str]] = {
    "no_code": ("没有读到二维码", "看清楚是哪份文书后归入；看不清的重新扫描这一页。"),
    "two_codes": ("一页上有两份文书的码", "选择这一页属于哪份文书。"),
    "unknown": ("没有找到码所指的文书，或您无权查看", "核对是不是本机关的文书；不是的不归入。"),
    "digest": ("码与系统中的记录不符", "核对打印件的来历；不是本系统打印的不归入。"),
    "old_version": ("这是旧版本的打印件", "用现在的版本重新打印、签名；确需保留的由承办人说明理由后归入。"),
    "not_issued": ("文书还没有制发", "登记签名并制发后，再点“重新识别”。"),
    "closed": ("文书已作废或被代替", "不归入；确需保留的由承办人说明理由。"),
    "has_copy": ("这份文书已有签署件", "确有补充或更清楚的，选择并入或替换。"),
    "may_not": ("您不能为本案归入签署件", "由本案承办人上传，或先加派到本案。"),
}
"""Why a page waits for a person, and what to do."""

CODE = re.compile(
    r"/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\?v=(?P<version>\d{1,6})&d=(?P<digest>[0-9a-f]{8,64})$"
)


@dataclass(frozen=True, kw_only=True)
class Code:
    """What the code at a page's foot says."""

    document_id: str
    version: int
    digest: str
    """First digits of the content digest."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen on one page of a stack."""

    number: int
    codes: tuple[str, ...] = ()
    turn: int = 0
    blank: bool = False


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """One page of a stack."""

    number: int
    state: str
    turn: int
    document_id: str | None
    why: str
    said: str

    @property
    def reason(self) -> str:
        """Say why it waits."""
        return WHY.get(self.why, ("", ""))[0]

    @property
    def remedy(self) -> str:
        """Say what to do."""
        return WHY.get(self.why, ("", ""))[1]


@dataclass(frozen=True, kw_only=True)
class StackFacts:
    """One stack."""

    id: str
    agency_id: str
    file_name: str
    media_type: str
    blob: str
    size: int
    by: str
    at: dt.datetime
    read_at: dt.datetime | None
    pages: int
    sheets: tuple[PageFacts, ...] = ()

    @property
    def about(self) -> str:
        """Return what its encrypted file is bound to."""
        return about(self.id)

    def of(self, state: str) -> list[PageFacts]:
        """Return the pages in a state."""
        return [p for p in self.sheets if p.state == state]


def about(stack_id: str) -> str:
    """Return what the file of a stack is bound to: nobody knows whom it names before it is read."""
    return f"scan_stack:{stack_id}"


def parse(text: str) -> Code | None:
    """Return what a code says; None when it is no code of a paper."""
    found = CODE.search(text)
    if found is None:
        return None
    return Code(document_id=found["id"], version=int(found["version"]), digest=found["digest"])


def insert(session: orm.Session, **columns: Any) -> None:
    """Write a stack."""
    session.add(StackRow(**columns, read_at=None))
    session.flush()


def known(session: orm.Session, agency_id: str, plain_digest: str) -> StackFacts | None:
    """Return the stack of an agency that has these bytes."""
    query = sa.select(StackRow).where(StackRow.agency_id == agency_id, StackRow.plain_digest == plain_digest)
    row = session.scalars(query).first()
    return _facts(session, row) if row else None


def stack_facts(session: orm.Session, stack_id: str, *, lock: bool = False) -> StackFacts:
    """Return a stack with its pages.

    Raises:
        NotFound: There is none of this id.
    """
    row = lock_row(session, StackRow, stack_id) if lock else session.get(StackRow, stack_id)
    if row is None:
        raise absent()
    return _facts(session, row)


def absent() -> NotFound:
    """Return the error for a stack that is not there, or not this person's."""
    return NotFound("没有这一叠扫描件。", remedy="返回扫描件列表选择。")


def stacks_of(session: orm.Session, account_id: str, limit: int = 50) -> list[StackFacts]:
    """Return the stacks that an account brought, the latest first."""
    query = sa.select(StackRow).where(StackRow.by == account_id).order_by(StackRow.at.desc(), StackRow.id.desc())
    return [_facts(session, row) for row in session.scalars(query.limit(limit))]


def put_pages(session: orm.Session, stack: StackFacts, pages: Sequence[PageFacts], at: dt.datetime) -> None:
    """Write what was seen; a page that was decided stays as it is."""
    row = session.get_one(StackRow, stack.id)
    row.read_at, row.pages = at, max(row.pages, len(pages))
    for page in pages:
        one = session.get(StackPageRow, (stack.id, page.number))
        if one is None:
            one = StackPageRow(stack_id=stack.id, number=page.number, agency_id=stack.agency_id, at=None)
            session.add(one)
        elif one.state in (FILED, DROPPED):
            continue
        one.state, one.turn, one.document_id, one.why = page.state, page.turn, page.document_id, page.why
    session.flush()


def decide(session: orm.Session, stack_id: str, numbers: Sequence[int], at: dt.datetime, **columns: Any) -> None:
    """Write what became of pages."""
    for number in numbers:
        row = session.get_one(StackPageRow, (stack_id, number))
        row.at = at
        for name, value in columns.items():
            setattr(row, name, value)
    session.flush()


def _facts(session: orm.Session, row: StackRow) -> StackFacts:
    query = sa.select(StackPageRow).where(StackPageRow.stack_id == row.id).order_by(StackPageRow.number)
    names = PageFacts.__dataclass_fields__
    sheets = tuple(PageFacts(**{n: getattr(one, n) for n in names}) for one in session.scalars(query))
    plain = {n: getattr(row, n) for n in StackFacts.__dataclass_fields__ if n != "sheets"}
    return StackFacts(**plain, sheets=sheets)
