"""One behaviour of the database, on SQLite and PostgreSQL: one chain for many writers, plain errors."""

import datetime as dt
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from foundation import database as floor
from foundation.context import Context
from foundation.database import Base, Database, Json, UtcDateTime, lock_row
from foundation.errors import Unavailable
from foundation.jobs import JobRow, JobState, JobStepRow
from foundation.journal import HeadRow, append, verify_chain
from tests.databases import END_OTHERS
from tests.servers import free_port

WRITERS, EACH = 8, 25


def test_eight_writers_make_one_chain(any_ctx: Context) -> None:
    def write(writer: int) -> None:
        for _ in range(EACH):
            with any_ctx.database.write() as session:
                append(session, any_ctx.clock, stream="case:1", kind="k", actor=str(writer))

    with any_ctx.database.write() as session:
        append(session, any_ctx.clock, stream="case:1", kind="k", actor="first")
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with any_ctx.database.read() as session:
        assert verify_chain(session, "case:1") == WRITERS * EACH + 1


def test_writers_of_a_stream_that_is_not_there_yet_make_one_chain(any_ctx: Context) -> None:
    gate = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        gate.wait()
        with any_ctx.database.write() as session:
            append(session, any_ctx.clock, stream="case:new", kind="k", actor=str(writer))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with any_ctx.database.read() as session:
        assert verify_chain(session, "case:new") == WRITERS


def test_a_locked_row_is_read_as_the_last_writer_left_it(any_ctx: Context) -> None:
    with any_ctx.database.write() as session:
        session.add(HeadRow(stream="count", seq=0, hash=""))

    def count(_: int) -> None:
        with any_ctx.database.write() as session:
            row = lock_row(session, HeadRow, "count")
            row.seq += 1

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(count, range(80)))
    with any_ctx.database.read() as session:
        assert session.get_one(HeadRow, "count").seq == 80
        assert lock_row(session, HeadRow, "none") is None


def test_what_was_read_before_a_change_is_as_the_last_writer_left_it(any_ctx: Context) -> None:
    with any_ctx.database.write() as session:
        session.add(HeadRow(stream="count", seq=0, hash=""))

    def count(_: int) -> None:
        with any_ctx.database.write_with(lambda s: lock_row(s, HeadRow, "count").seq) as (session, seen):
            session.get_one(HeadRow, "count").seq = seen + 1

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(count, range(80)))
    with any_ctx.database.read() as session:
        assert session.get_one(HeadRow, "count").seq == 80


def test_sqlite_is_read_before_the_lock_and_again_only_after_another_s_change(ctx: Context) -> None:
    times = []

    def look(session: orm.Session) -> int:
        times.append(1)
        return session.scalar(sa.select(sa.func.count()).select_from(HeadRow)) or 0

    def disturbed(session: orm.Session) -> int:
        seen = look(session)
        if len(times) == 1:
            with ctx.database.write() as other:  # nobody holds the lock while this is read
                other.add(HeadRow(stream="x", seq=1, hash=""))
        return seen

    with ctx.database.write_with(disturbed) as (_session, seen):
        assert (seen, len(times)) == (1, 2)
    times.clear()
    with ctx.database.write_with(look) as (session, seen):
        session.add(HeadRow(stream="y", seq=1, hash=""))
    with ctx.database.write_with(look) as (_session, again):
        assert (seen, again, len(times)) == (1, 2, 2)


def test_a_failed_transaction_changes_nothing(any_ctx: Context) -> None:
    with pytest.raises(KeyError), any_ctx.database.write() as session:
        add_and_fail(session)
    with any_ctx.database.read() as session:
        assert session.get(HeadRow, "x") is None


def add_and_fail(session: orm.Session) -> None:
    session.add(HeadRow(stream="x", seq=1, hash=""))
    session.flush()
    raise KeyError


def test_what_is_changed_while_reading_is_not_kept(any_ctx: Context) -> None:
    with any_ctx.database.read() as session:
        session.add(HeadRow(stream="x", seq=1, hash=""))
        session.flush()
    with any_ctx.database.read() as session:
        assert session.get(HeadRow, "x") is None


def test_instants_and_json_come_back_as_they_were(any_ctx: Context) -> None:
    at = dt.datetime(2026, 3, 10, 9, 30, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    given = {"空": None, "数": [1, 2.5], "文": "𠮷·‧"}
    with any_ctx.database.write() as session:
        session.add(job_row(at, given))
    with any_ctx.database.read() as session:
        row = session.get_one(JobRow, "j")
        assert (row.asked_at, row.asked_at.tzinfo, row.given) == (at, dt.UTC, given)


def test_an_instant_without_zone_never_reaches_the_database(any_ctx: Context) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"), any_ctx.database.write() as session:
        session.add(job_row(dt.datetime(2026, 3, 10), {}))  # noqa: DTZ001 - the point


def job_row(at: dt.datetime, given: dict[str, object]) -> JobRow:
    words = {"agency_id": "a", "kind": "k", "subject": "s", "by": "b", "state": JobState.WAITING}
    return JobRow(id="j", asked_at=at, given=given, **words)


def test_a_row_that_points_nowhere_is_refused(any_ctx: Context) -> None:
    with pytest.raises(sa.exc.IntegrityError), any_ctx.database.write() as session:
        session.add(JobStepRow(job_id="none", seq=1, name="x", tries=0, began_at=any_ctx.clock.now()))


def test_a_sqlite_file_that_stays_busy_is_said_in_plain_words(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "BUSY_MS", 50)
    second = Database(ctx.settings.database)
    with ctx.database.write() as writer:
        writer.add(HeadRow(stream="x", seq=1, hash=""))
        writer.flush()
        with pytest.raises(Unavailable, match="暂时不可用"), second.write() as late:
            late.execute(sa.text("SELECT 1"))
    second.close()


def test_reading_goes_on_while_somebody_writes(any_ctx: Context) -> None:
    with any_ctx.database.write() as writer:
        writer.add(HeadRow(stream="x", seq=1, hash=""))
        writer.flush()
        with any_ctx.database.read() as session:
            assert session.get(HeadRow, "x") is None


def test_a_server_that_is_down_is_said_in_plain_words() -> None:
    database = Database(f"postgresql+psycopg://anjuan@127.0.0.1:{free_port()}/x?connect_timeout=2")
    with pytest.raises(Unavailable, match="系统健康"), database.read() as session:
        session.execute(sa.text("SELECT 1"))


def test_a_connection_that_the_server_ended_is_replaced(scaled_ctx: Context) -> None:
    with scaled_ctx.database.read() as session:
        session.execute(sa.text("SELECT 1"))
    other = Database(scaled_ctx.settings.database)
    with other.read() as session:
        session.execute(sa.text(END_OTHERS))
    other.close()
    with scaled_ctx.database.write() as session:
        assert append(session, scaled_ctx.clock, stream="case:1", kind="k", actor="a").seq == 1


def test_a_transaction_that_the_server_cuts_changes_nothing_and_says_so(scaled_ctx: Context) -> None:
    with pytest.raises(Unavailable, match="未作任何改动"), scaled_ctx.database.write() as session:
        append_and_lose(session, scaled_ctx)
    with scaled_ctx.database.read() as session:
        assert verify_chain(session, "case:1") == 0


def append_and_lose(session: orm.Session, ctx: Context) -> None:
    append(session, ctx.clock, stream="case:1", kind="k", actor="a")
    session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_many_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    def begin(number: int) -> None:
        database = Database(f"sqlite:///{tmp_path}/new.sqlite")
        with database.write() as session:
            session.execute(sa.text(f"CREATE TABLE t{number} (a)"))
        database.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, range(8)))
    with sqlite3.connect(tmp_path / "new.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (8,)
    connection.close()


def test_every_table_has_named_constraints() -> None:
    unnamed = [
        str(c) for t in Base.metadata.tables.values() for c in t.constraints if c.name is None and list(c.columns)
    ]
    assert unnamed == []
    assert {
        type(c.type) for t in Base.metadata.tables.values() for c in t.columns if isinstance(c.type, sa.DateTime)
    } == set()
    assert UtcDateTime().load_dialect_impl(sa.create_engine("sqlite://").dialect) is not None
    assert isinstance(Json, sa.JSON)
