"""Rows of all tables as lines of JSON and back, the same on both databases (`foundation.backup`)."""

import base64
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation.context import Context
from foundation.database import Base

ROWS = 500
"""Rows put back by one statement."""


def tables() -> list[sa.Table]:
    """Return all tables, those that others point to first."""
    return list(Base.metadata.sorted_tables)


def file_of(folder: Path, table: sa.Table) -> Path:
    """Return the file of a table's rows."""
    return folder / "tables" / f"{table.name}.jsonl"


def one_snapshot(ctx: Context, session: orm.Session) -> None:
    """Let all reads of the session see one state (SQLite's reading transaction does so by itself)."""
    if ctx.database.is_postgresql:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def write_table(session: orm.Session, table: sa.Table, folder: Path) -> int:
    """Write a table's rows, one a line, and return how many."""
    count = 0
    with file_of(folder, table).open("w", encoding="utf-8") as out:
        for row in session.execute(sa.select(table).order_by(*table.primary_key)).mappings():
            out.write(json.dumps({k: _written(v) for k, v in row.items()}, ensure_ascii=False) + "\n")
            count += 1
    return count


def replace_rows(ctx: Context, session: orm.Session, folder: Path) -> None:
    """Take all rows away and put those of a backup in."""
    if not ctx.database.is_postgresql:
        session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
    for table in reversed(tables()):
        session.execute(sa.delete(table))
    for table in tables():
        for rows in rows_of(file_of(folder, table)):
            session.execute(sa.insert(table), rows)
        _next_number(ctx, session, table)
    session.expire_all()


def rows_of(path: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in portions of `ROWS`."""
    if not path.exists():  # a table that this version added
        return
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            rows.append({k: _read(v) for k, v in json.loads(line).items()})
            if len(rows) == ROWS:
                yield rows
                rows = []
    if rows:
        yield rows


def _next_number(ctx: Context, session: orm.Session, table: sa.Table) -> None:
    """Let a counting key go on after the rows that were put back (SQLite does so by itself)."""
    column = table.autoincrement_column
    if ctx.database.is_postgresql and column is not None:
        known = {"table": table.name, "column": column.name}
        last = session.scalar(sa.select(sa.func.max(column))) or 0
        session.execute(
            sa.text("SELECT setval(pg_get_serial_sequence(:table, :column), :last, true)"), {**known, "last": last or 1}
        )


def _written(value: Any) -> Any:
    match value:
        case dt.datetime():
            return {"$at": value.isoformat()}
        case dt.date():
            return {"$on": value.isoformat()}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case dict() | list() | None | str() | bool() | int() | float():
            return value
    return {"$text": str(value)}


def _read(value: Any) -> Any:
    match value:
        case {"$at": text, **rest} if not rest:
            return dt.datetime.fromisoformat(text)
        case {"$on": text, **rest} if not rest:
            return dt.date.fromisoformat(text)
        case {"$bytes": text, **rest} if not rest:
            return base64.b64decode(text)
        case {"$text": text, **rest} if not rest:
            return text
    return value
