"""Reading many rows at once without one query for each.

Where an operation reads a whole case, it asks for columns (`plain`) and not for entities: a plain row costs a third.
"""

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


def plain(model: type[Base], names: Iterable[str], by: str, *order: str) -> sa.Select[Any]:
    """Return a question, to be kept, for some columns of the rows whose `by` is one of the ids; `by` comes first."""
    table = model.__table__
    columns = [table.c[name] for name in dict.fromkeys((by, *names))]
    chosen = table.c[by].in_(sa.bindparam("ids", expanding=True))
    return sa.select(*columns).where(chosen).order_by(*(table.c[name] for name in order))


def plain_rows(session: orm.Session, query: sa.Select[Any], ids: Iterable[str]) -> Iterator[Any]:
    """Yield the rows of a question that `plain` made; what the session has changed is written first."""
    session.flush()
    for some in chunks(ids):
        yield from session.execute(query, {"ids": some}).all()


def plain_grouped(session: orm.Session, query: sa.Select[Any], ids: Iterable[str]) -> dict[str, list[Any]]:
    """Return the rows of a question that `plain` made, by their first column."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in plain_rows(session, query, ids):
        found[row[0]].append(row)
    return found


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
