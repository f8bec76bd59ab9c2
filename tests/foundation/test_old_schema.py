"""A database whose tables are older than the program says so, and how to mend it."""

import pytest
import sqlalchemy as sa

from foundation.context import Context
from foundation.errors import Unavailable


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM table_of_tomorrow",
        "SELECT column_of_tomorrow FROM journal_head",
        "INSERT INTO journal_head (stream, column_of_tomorrow) VALUES ('a', 'b')",
    ],
)
def test_a_table_or_column_that_is_not_there_is_told_as_an_old_schema(any_ctx: Context, statement: str) -> None:
    with pytest.raises(Unavailable, match="数据库结构比程序旧") as caught, any_ctx.database.write() as session:
        session.execute(sa.text(statement))
    assert "flask upgrade" in caught.value.remedy


def test_a_slip_in_a_statement_is_no_old_schema(any_ctx: Context) -> None:
    with pytest.raises((Unavailable, sa.exc.ProgrammingError)) as caught, any_ctx.database.read() as session:
        session.execute(sa.text("SELEKT 1"))
    assert "结构" not in str(caught.value)
