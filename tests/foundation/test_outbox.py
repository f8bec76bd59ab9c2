"""The outbox holds one row for each thing to do, in the change's transaction, and gives it to one consumer."""

import contextlib

from foundation import outbox
from foundation.context import Context


def add(ctx: Context, *subjects: str, topic: str = "index") -> None:
    with ctx.database.write() as session:
        for subject in subjects:
            outbox.add(session, topic=topic, kind="document", subject=subject, at=ctx.clock.now())


def test_rows_come_oldest_first_and_are_gone_when_done(any_ctx: Context) -> None:
    add(any_ctx, "a", "b", "c")
    add(any_ctx, "other", topic="job")
    with any_ctx.database.write() as session:
        items = outbox.claim(session, "index", limit=2)
        assert [i.subject for i in items] == ["a", "b"]
        outbox.done(session, items)
    with any_ctx.database.read() as session:
        assert outbox.waiting(session, "index", "document") == ["c"]
        assert outbox.waiting(session, "index", "case") == []
        assert outbox.waiting(session, "job") == ["other"]


def test_a_row_of_a_consumer_that_fails_stays(any_ctx: Context) -> None:
    add(any_ctx, "a")
    with contextlib.suppress(RuntimeError), any_ctx.database.write() as session:
        outbox.done(session, outbox.claim(session, "index"))
        raise RuntimeError
    with any_ctx.database.read() as session:
        assert outbox.waiting(session, "index") == ["a"]


def test_two_consumers_at_once_get_different_rows(scaled_ctx: Context) -> None:
    add(scaled_ctx, "a", "b", "c")
    with scaled_ctx.database.write() as one, scaled_ctx.database.write() as two:
        first = outbox.claim(one, "index", limit=2)
        second = outbox.claim(two, "index", limit=2)
    assert [[i.subject for i in items] for items in (first, second)] == [["a", "b"], ["c"]]
