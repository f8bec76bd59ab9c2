"""What all casework tables share: the agency in every row and in every foreign key, ids as text, a search version."""

from collections.abc import Iterable
from typing import Annotated

import sqlalchemy as sa
from sqlalchemy import orm

Id = Annotated[str, orm.mapped_column(sa.String(36))]
"""A UUIDv7 (foundation.ids)."""

Digest = Annotated[str, orm.mapped_column(sa.String(64))]
"""SHA-256 or SM3, 64 hex digits; empty when there is none yet."""

Word = Annotated[str, orm.mapped_column(sa.String(40))]
"""A short word of code: state, kind, role."""


def within_agency(table: str, *columns: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to `<table>.(agency_id, id)`: no row ever points into another agency.

    Args:
        table: Table that is pointed to.
        columns: Own column that holds the other row's id.
    """
    return sa.ForeignKeyConstraint(["agency_id", *columns], [f"{table}.agency_id", f"{table}.id"])


def own_key(table: str) -> sa.UniqueConstraint:
    """Return the key that `within_agency` points to."""
    return sa.UniqueConstraint("agency_id", "id", name=f"uq_{table}_agency_id_id")


def unique_where(name: str, columns: Iterable[str], condition: str) -> sa.Index:
    """Return a unique index over the rows for which a condition holds, on both databases."""
    where = sa.text(condition)
    return sa.Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)
