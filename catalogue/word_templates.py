"""An agency's own Word templates: dated versions of how a type is drawn, each by the digest of its file.

Rows are added and then only move on: proposed → approved (from a day on) → retired (from a day on), or rejected. A
paper is opened with the version in force on that day and keeps its digest for ever (`document.template`); a version
that was accepted for an older definition of its type is not used for new papers until it is tried again. Who may do
what, and the trial: `generator.bench`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from catalogue.definitions import DocumentType
from foundation.database import Base, lock_row
from foundation.errors import NotFound


class TemplateState(StrEnum):
    """How far a version is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETIRED = "retired"


STATE_NAMES = {
    TemplateState.PROPOSED: "待批准",
    TemplateState.APPROVED: "已批准",
    TemplateState.REJECTED: "未采用",
    TemplateState.RETIRED: "已停用",
}


class WordTemplateRow(Base):
    """One version of an agency's template of a type."""

    __tablename__ = "word_template"
    id: orm.Mapped[str] = orm.mapped_column(sa.String(36), primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), index=True)
    type: orm.Mapped[str] = orm.mapped_column(sa.String(60), index=True)
    blob: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    """The accepted file, as the pipeline reads it."""
    definition_digest: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    note: orm.Mapped[str] = orm.mapped_column(sa.Text)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(10))
    proposed_by: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    proposed_at: orm.Mapped[dt.datetime]
    decided_by: orm.Mapped[str] = orm.mapped_column(sa.String(80), default="")
    decided_at: orm.Mapped[dt.datetime | None]
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    """Why it was rejected or retired."""
    valid_from: orm.Mapped[dt.date | None]
    retired_from: orm.Mapped[dt.date | None]
    """First day on which it is not used any more."""


@dataclass(frozen=True, kw_only=True)
class TemplateFacts:
    """One version."""

    id: str
    agency_id: str
    type: str
    blob: str
    definition_digest: str
    file_name: str
    note: str
    state: TemplateState
    proposed_by: str
    proposed_at: dt.datetime
    decided_by: str
    decided_at: dt.datetime | None
    reason: str
    valid_from: dt.date | None
    retired_from: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether it may be used on a day."""
        begun = self.valid_from is not None and self.valid_from <= day
        return begun and (self.retired_from is None or day < self.retired_from)


def insert(session: orm.Session, **fields: Any) -> TemplateFacts:
    """Write a proposed version."""
    row = WordTemplateRow(**fields, state=TemplateState.PROPOSED.value)
    session.add(row)
    session.flush()
    return _facts(row)


def change(session: orm.Session, template_id: str, **fields: Any) -> TemplateFacts:
    """Move a version on."""
    row = _row(session, template_id, lock=True)
    for name, value in fields.items():
        setattr(row, name, value)
    session.flush()
    return _facts(row)


def template_facts(session: orm.Session, agency_id: str, template_id: str) -> TemplateFacts:
    """Return one version of an agency.

    Raises:
        NotFound: The agency has none of this id.
    """
    found = _facts(_row(session, template_id))
    if found.agency_id != agency_id:
        raise _absent()
    return found


def templates_of(session: orm.Session, agency_id: str, type_id: str | None = None) -> Sequence[TemplateFacts]:
    """Return the versions of an agency, of one type or of all, latest first."""
    query = sa.select(WordTemplateRow).where(WordTemplateRow.agency_id == agency_id)
    if type_id is not None:
        query = query.where(WordTemplateRow.type == type_id)
    rows = session.scalars(query.order_by(WordTemplateRow.proposed_at.desc(), WordTemplateRow.id.desc()))
    return [_facts(row) for row in rows]


def in_force(session: orm.Session, agency_id: str, definition: DocumentType, day: dt.date) -> str:
    """Return the file with which a paper opened on a day is drawn; empty: as the definition says."""
    row = WordTemplateRow
    query = (
        sa.select(row.blob)
        .where(
            row.agency_id == agency_id,
            row.type == definition.id,
            row.definition_digest == definition.digest,
            row.valid_from <= day,
            sa.or_(row.retired_from.is_(None), row.retired_from > day),
        )
        .order_by(row.valid_from.desc(), row.decided_at.desc())
        .limit(1)
    )
    return session.scalar(query) or ""


def _row(session: orm.Session, template_id: str, *, lock: bool = False) -> WordTemplateRow:
    row = lock_row(session, WordTemplateRow, template_id) if lock else session.get(WordTemplateRow, template_id)
    if row is None:
        raise _absent()
    found: WordTemplateRow = row
    return found


def _absent() -> NotFound:
    return NotFound("没有这个模板版本。", remedy="返回文书模板页面选择。")


def _facts(row: WordTemplateRow) -> TemplateFacts:
    plain = {name: getattr(row, name) for name in TemplateFacts.__dataclass_fields__}
    return TemplateFacts(**{**plain, "state": TemplateState(row.state)})
