"""Print jobs as facts, and their rows: which papers were printed for whom, in how many copies, from which version."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models import PrintKitRow
from casework.sealing import INFORMANT
from foundation.database import lock_row
from foundation.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One paper of a print job, for one recipient."""

    recipient: str
    document_id: str
    title: str
    number: str
    version: int
    digest: str
    """Content digest of the version that was printed; its beginning stands beside the code on each page."""
    copies: int
    pages: int
    """Pages of one copy, blank backs not counted."""
    is_receipt: bool = False


@dataclass(frozen=True, kw_only=True)
class KitFacts:
    """One print job."""

    id: str
    agency_id: str
    title: str
    sheets: tuple[Sheet, ...]
    duplex: bool
    pages: int
    leaves: int
    blob: str
    size: int
    secrecy: str
    made_by: str
    made_at: dt.datetime
    printed_by: str = ""
    printed_at: dt.datetime | None = None

    @property
    def document_ids(self) -> tuple[str, ...]:
        """Return the papers in it, each once."""
        return tuple(dict.fromkeys(s.document_id for s in self.sheets))

    @property
    def about(self) -> str:
        """Return what its encrypted file is bound to; empty when it lies plain."""
        return about_kit(self.id, self.secrecy)


def about_kit(kit_id: str, secrecy: str) -> str:
    """Return what the file of a print job is bound to, empty when it lies plain."""
    return f"print_kit:{kit_id}" if secrecy == INFORMANT else ""


def insert(session: orm.Session, kit: KitFacts) -> None:
    """Write a print job."""
    session.add(PrintKitRow(**{**_plain(kit), "sheets": [asdict(s) for s in kit.sheets]}))
    session.flush()


def _plain(kit: KitFacts) -> dict[str, Any]:
    return {name: getattr(kit, name) for name in KitFacts.__dataclass_fields__}


def mark(session: orm.Session, kit_id: str, *, by: str, at: dt.datetime) -> None:
    """Write that a print job was printed; the first time counts."""
    row = _row(session, kit_id, lock=True)
    if row.printed_at is None:
        row.printed_by, row.printed_at = by, at


def kit_facts(session: orm.Session, kit_id: str, *, lock: bool = False) -> KitFacts:
    """Return a print job.

    Raises:
        NotFound: There is none of this id.
    """
    return _facts(_row(session, kit_id, lock=lock))


def kits_of(session: orm.Session, agency_id: str, limit: int = 200) -> Sequence[KitFacts]:
    """Return the print jobs of an agency, latest first."""
    query = sa.select(PrintKitRow).where(PrintKitRow.agency_id == agency_id)
    rows = session.scalars(query.order_by(PrintKitRow.made_at.desc(), PrintKitRow.id.desc()).limit(limit))
    return [_facts(row) for row in rows]


def _row(session: orm.Session, kit_id: str, *, lock: bool = False) -> PrintKitRow:
    row = lock_row(session, PrintKitRow, kit_id) if lock else session.get(PrintKitRow, kit_id)
    if row is None:
        raise NotFound("没有这份打印件。", remedy="返回打印件列表选择。")
    found: PrintKitRow = row
    return found


def _facts(row: PrintKitRow) -> KitFacts:
    plain = {name: getattr(row, name) for name in KitFacts.__dataclass_fields__}
    return KitFacts(**{**plain, "sheets": tuple(Sheet(**one) for one in row.sheets)})
