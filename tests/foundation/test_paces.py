"""A pace holds over all processes and is forgotten when its bucket is full again."""

import datetime as dt

import pytest
import sqlalchemy as sa

from foundation.context import Context
from foundation.paces import FORGET, Pace, PaceRow, forget_full, within
from tests.conftest import move

PACE = Pace(burst=3, refill_s=2.0)


def asked(ctx: Context, times: int, who: str = "192.0.2.1") -> list[bool]:
    return [within(ctx, "verify", who, PACE) for _ in range(times)]


def later(ctx: Context, **span: float) -> None:
    move(ctx, ctx.clock.now() + dt.timedelta(**span))


def test_some_answers_at_once_then_one_every_so_many_seconds(any_ctx: Context) -> None:
    assert asked(any_ctx, 5) == [True, True, True, False, False]
    later(any_ctx, seconds=2)
    assert asked(any_ctx, 2) == [True, False]


def test_another_address_and_another_question_have_buckets_of_their_own(ctx: Context) -> None:
    asked(ctx, 4)
    assert asked(ctx, 1, who="192.0.2.2") == [True]
    assert within(ctx, "sign_in", "192.0.2.1", PACE)


def test_a_bucket_holds_no_address_and_is_forgotten(ctx: Context) -> None:
    asked(ctx, 4)
    with ctx.database.read() as session:
        (key,) = session.scalars(sa.select(PaceRow.key))
    assert "192" not in key or len(key) == 64
    later(ctx, seconds=FORGET.total_seconds() + 1)
    assert forget_full(ctx) == 1
    assert asked(ctx, 4) == [True, True, True, False]


def test_a_clock_that_is_set_back_neither_fills_nor_empties(ctx: Context) -> None:
    asked(ctx, 3)
    later(ctx, seconds=-100)
    assert asked(ctx, 1) == [False]


def test_a_pace_that_would_be_forgotten_too_early_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="full within an hour"):
        Pace(burst=1000, refill_s=10)
