"""Reading many rows at once without one query for each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.database import Base

Row = TypeVar("Row", bound=Base)
CHUNK = 500
"""Ids in one `IN`: below the limit of variables of every database."""


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield ids in portions that one statement can take."""
    known = list(dict.fromkeys(ids))
    yield from (known[i : i + CHUNK] for i in range(0, len(known), CHUNK))


def grouped(
    session: orm.Session, model: type[Row], column: Any, ids: Iterable[str], *order: Any
) -> dict[str, list[Row]]:
    """Return the rows of a table by the value of a column, each list in order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for some in chunks(ids):
        for row in session.scalars(sa.select(model).where(column.in_(some)).order_by(*order)):
            found[getattr(row, column.key)].append(row)
    return found


def rows_in(session: orm.Session, model: type[Row], column: Any, ids: Iterable[str]) -> Sequence[Row]:
    """Return the rows whose column holds one of the ids."""
    return [r for some in chunks(ids) for r in session.scalars(sa.select(model).where(column.in_(some)))]
