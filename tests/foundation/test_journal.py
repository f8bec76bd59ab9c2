"""A stream is one chain: any changed, removed, added or reordered event is found and named."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.context import Context
from foundation.errors import Broken
from foundation.journal import GENESIS, EventRow, HeadRow, append, event_hash, events, verify_chain
from tests.conftest import move

STREAM = "case:1"


def write(ctx: Context, count: int, stream: str = STREAM) -> None:
    with ctx.database.write() as session:
        for number in range(count):
            append(
                session,
                ctx.clock,
                stream=stream,
                kind="case.changed",
                actor="a",
                data={"n": number, "on": dt.date(2026, 1, 1)},
            )


def verified(ctx: Context, stream: str = STREAM) -> int:
    with ctx.database.read() as session:
        return verify_chain(session, stream)


def test_events_are_numbered_and_chained_per_stream(ctx: Context) -> None:
    write(ctx, 3)
    write(ctx, 1, "case:2")
    with ctx.database.read() as session:
        found = list(events(session, STREAM))
    assert [e.seq for e in found] == [1, 2, 3]
    assert [e.previous for e in found] == [GENESIS, found[0].hash, found[1].hash]
    assert found[0].data == {"n": 0, "on": "2026-01-01"}
    assert (verified(ctx), verified(ctx, "case:2"), verified(ctx, "none")) == (3, 1, 0)


def test_the_clocks_instant_and_the_machines_are_both_kept(ctx: Context) -> None:
    move(ctx, "2030-01-01T08:00")
    write(ctx, 1)
    with ctx.database.read() as session:
        (event,) = events(session, STREAM)
    assert event.at.year == 2030
    assert abs(event.recorded_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def test_the_order_of_a_chain_does_not_depend_on_a_clock_that_goes_back(ctx: Context) -> None:
    write(ctx, 1)
    move(ctx, "2020-01-01T08:00")
    write(ctx, 1)
    assert verified(ctx) == 2


@pytest.mark.parametrize("column", ["at", "recorded_at", "actor", "kind", "data", "previous", "hash"])
def test_a_change_of_any_column_is_found_and_the_event_named(ctx: Context, column: str) -> None:
    write(ctx, 3)
    other: dict[str, Any] = {"at": dt.datetime(2026, 1, 4, tzinfo=dt.UTC), "data": {"n": 9}}
    other["recorded_at"] = other["at"]
    with ctx.database.write() as session:
        value = other.get(column, "0" * 64)
        session.execute(sa.update(EventRow).where(EventRow.seq == 2).values({column: value}))
    with pytest.raises(Broken, match="case:1”第2条"):
        verified(ctx)


@pytest.mark.parametrize(("seq", "says"), [(1, "第1条"), (2, "第2条"), (3, "末尾缺少")])
def test_a_removed_event_is_found(ctx: Context, seq: int, says: str) -> None:
    write(ctx, 3)
    with ctx.database.write() as session:
        session.execute(sa.delete(EventRow).where(EventRow.seq == seq))
    with pytest.raises(Broken, match=says):
        verified(ctx)


def test_an_event_added_behind_the_head_is_found(ctx: Context) -> None:
    write(ctx, 2)
    with ctx.database.write() as session:
        last = session.get_one(EventRow, (STREAM, 2))
        fields = {c.key: getattr(last, c.key) for c in sa.inspect(EventRow).column_attrs} | {
            "seq": 3,
            "previous": last.hash,
        }
        session.add(EventRow(**(fields | {"hash": event_hash(fields)})))
    with pytest.raises(Broken, match="末尾"):
        verified(ctx)


def test_an_event_of_a_change_that_failed_is_not_there(ctx: Context) -> None:
    with pytest.raises(RuntimeError), ctx.database.write() as session:
        fail_after_append(session, ctx)
    assert verified(ctx) == 0
    with ctx.database.read() as session:
        assert session.get(HeadRow, STREAM) is None


def fail_after_append(session: Any, ctx: Context) -> None:
    append(session, ctx.clock, stream=STREAM, kind="x", actor="a")
    raise RuntimeError


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@given(
    st.lists(st.tuples(texts, st.dictionaries(texts, texts | st.integers(-9, 9) | st.none(), max_size=3)), max_size=6)
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_verifies_after_it_is_read_back(
    any_ctx: Context, written: list[tuple[str, dict[str, Any]]]
) -> None:
    stream = f"case:{any_ctx.ids.new()}"
    with any_ctx.database.write() as session:
        for actor, data in written:
            append(session, any_ctx.clock, stream=stream, kind="k", actor=actor, data=data)
    assert verified(any_ctx, stream) == len(written)
