"""Ids are UUIDv7, rise with time and in order of asking, never collide, and repeat with a seed."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

from hypothesis import example, given
from hypothesis import strategies as st

from foundation.clock import ManualClock
from foundation.ids import RandomIds

AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
instants = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(9999, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@given(instants, st.none() | st.text(max_size=5))
@example(AT, None)
def test_an_id_is_a_uuid7_of_the_clocks_millisecond(at: dt.datetime, seed: str | None) -> None:
    found = uuid.UUID(RandomIds(ManualClock(at), seed).new())
    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert found.int >> 80 == int(at.timestamp() * 1000)


def test_ids_rise_in_order_of_asking_even_when_the_clock_stands_still() -> None:
    clock = ManualClock(AT)
    ids = RandomIds(clock)
    given_ids = [ids.new() for _ in range(5000)]
    clock.move(AT + dt.timedelta(milliseconds=1))
    given_ids.append(ids.new())
    assert given_ids == sorted(set(given_ids))


def test_many_threads_never_get_the_same_id() -> None:
    ids = RandomIds(ManualClock(AT))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ids.new(), range(4000)))
    assert len(set(found)) == len(found)


def test_a_seeded_source_repeats_exactly_and_another_seed_differs() -> None:
    one, same, other = (RandomIds(ManualClock(AT), seed) for seed in ("case", "case", "other"))
    assert [one.new() for _ in range(50)] == [same.new() for _ in range(50)]
    assert one.new() != other.new()
