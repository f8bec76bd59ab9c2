"""Definitions as they stood: every form that was ever loaded is kept by its digest, so a paper keeps its own for ever.

Rows are added and never changed. `store` is called where papers are opened; it writes only digests that are new.
"""

import functools
import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite

from catalogue.building import build
from catalogue.definitions import Catalogue, DocumentType
from foundation.canonical import canonical, digest
from foundation.database import Base
from foundation.errors import Broken, NotFound


class DefinitionVersionRow(Base):
    """The canonical form of one type at one time."""

    __tablename__ = "definition_version"
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    type: orm.Mapped[str] = orm.mapped_column(sa.String(60), index=True)
    canonical: orm.Mapped[str] = orm.mapped_column(sa.Text)
    """RFC 8785 text; `digest` is its SHA-256."""


def store(session: orm.Session, catalogue: Catalogue) -> int:
    """Keep every type of a catalogue that is not kept yet; return how many were new."""
    known = set(session.scalars(sa.select(DefinitionVersionRow.digest)))
    rows = [_row(d) for d in catalogue.types.values() if d.digest not in known]
    _insert(session, rows)
    return len(rows)


def load(session: orm.Session, type_id: str, of: str) -> DocumentType:
    """Return a type as it stood under a digest.

    Raises:
        NotFound: No such version was ever kept.
        Broken: The kept form does not have its digest any more.
    """
    row = session.get(DefinitionVersionRow, of)
    if row is None or row.type != type_id:
        raise NotFound(f"没有“{type_id}”的这一版定义（{of[:12]}）。", remedy="检查数据库是否完整恢复。")
    return _parsed(row.canonical, of)


def stored(session: orm.Session, type_id: str) -> tuple[str, ...]:
    """Return the digests kept of a type."""
    query = sa.select(DefinitionVersionRow.digest).where(DefinitionVersionRow.type == type_id)
    return tuple(sorted(session.scalars(query)))


def canonical_text(session: orm.Session, of: str) -> str:
    """Return the kept canonical text of a digest (packages carry it).

    Raises:
        NotFound: No such version was ever kept.
    """
    row = session.get(DefinitionVersionRow, of)
    if row is None:
        raise NotFound(f"没有这一版定义（{of[:12]}）。", remedy="检查数据库是否完整恢复。")
    return row.canonical


@functools.lru_cache(maxsize=300)
def _parsed(text: str, of: str) -> DocumentType:
    raw: dict[str, Any] = _json(text, of)
    if digest(raw) != of:
        raise Broken(f"文书定义（{of[:12]}）的内容与摘要不符。", remedy="从备份恢复 definition_version 表。")
    return build(raw)


def _json(text: str, of: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise Broken(f"文书定义（{of[:12]}）不可读。", remedy="从备份恢复 definition_version 表。") from error
    return dict(raw)


def _row(definition: DocumentType) -> dict[str, str]:
    text = canonical(definition.canonical).decode()
    return {"digest": definition.digest, "type": definition.id, "canonical": text}


def _insert(session: orm.Session, rows: Iterable[dict[str, str]]) -> None:
    """Insert rows; another process may be storing the same ones."""
    values = list(rows)
    if not values:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(DefinitionVersionRow).values(values).on_conflict_do_nothing())
