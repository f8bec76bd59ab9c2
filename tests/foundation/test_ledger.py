"""The ledger fixes all chains of a day: what is recomputed, cut or removed later does not agree with a kept root."""

import datetime as dt
import hashlib
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from foundation import ledger, merkle
from foundation.context import Context
from foundation.errors import NotFound, Unavailable
from foundation.journal import GENESIS, EventRow, HeadRow, append, event_hash, verify_chain
from tests.conftest import move

STREAMS = ["agency:a", "case:1", "case:2"]
MONDAY, TUESDAY = dt.date(2026, 1, 5), dt.date(2026, 1, 6)


def write(ctx: Context, stream: str, kind: str = "case.opened") -> None:
    with ctx.database.write() as session:
        append(session, ctx.clock, stream=stream, kind=kind, actor="x", data={"n": 1})


def faults(ctx: Context, kept: dict[dt.date, str] | None = None) -> list[str]:
    with ctx.database.read() as session:
        return [f.message for f in ledger.verify(session, "a", kept)]


@pytest.fixture
def two_days(ctx: Context) -> tuple[ledger.Anchor, ledger.Anchor]:
    """Three chains on Monday; on Tuesday one of them has moved on."""
    for stream in STREAMS:
        write(ctx, stream)
    monday = ledger.anchor(ctx, "a", STREAMS)
    move(ctx, "2026-01-06T09:00")
    write(ctx, "case:2", "case.closed")
    return monday, ledger.anchor(ctx, "a", STREAMS)


@given(st.lists(st.binary(max_size=8), max_size=40), st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    root = merkle.root_of(leaves)
    if not leaves:
        assert root == hashlib.sha256().digest()
        return
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.path_of(leaves, index)
    assert merkle.root_from(leaves[index], index, len(leaves), path) == root
    assert merkle.root_from(leaves[index] + b"!", index, len(leaves), path) != root
    assert merkle.root_from(leaves[index], len(leaves), len(leaves), path) is None


def test_roots_are_those_of_the_standards_test_vectors() -> None:
    leaves = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    leaves.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
    assert merkle.root_of(leaves[:1]).hex().startswith("6e340b9cffb37a98")
    assert merkle.root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_day_has_one_root_which_holds_the_one_before(
    ctx: Context, two_days: tuple[ledger.Anchor, ledger.Anchor]
) -> None:
    monday, tuesday = two_days
    assert (monday.day, monday.size, monday.previous) == (MONDAY, 4, GENESIS)
    assert (tuesday.day, tuesday.previous) == (TUESDAY, monday.root)
    write(ctx, "case:1", "case.changed")
    assert ledger.anchor(ctx, "a", STREAMS) == tuesday
    assert tuesday.printed.replace(" ", "") == tuesday.root
    assert faults(ctx, {MONDAY: monday.root, TUESDAY: tuesday.root}) == []


def test_a_proof_shows_one_chain_under_a_printed_root_and_nothing_else(
    ctx: Context, two_days: tuple[ledger.Anchor, ledger.Anchor]
) -> None:
    monday, tuesday = two_days
    with ctx.database.read() as session:
        shown = ledger.proof(session, "a", TUESDAY, "case:1")
        assert shown.leads_to(tuesday.root)
        assert not shown.leads_to(monday.root)
        assert not replace(shown, seq=2).leads_to(tuesday.root)
        for day, stream in ((TUESDAY, "case:9"), (dt.date(2026, 1, 7), "case:1")):
            with pytest.raises(NotFound):
                ledger.proof(session, "a", day, stream)


def test_a_chain_computed_anew_is_named_though_it_is_whole(
    ctx: Context, two_days: tuple[ledger.Anchor, ledger.Anchor]
) -> None:
    recompute(ctx, "case:2")
    with ctx.database.read() as session:
        assert verify_chain(session, "case:2") == 2
    assert faults(ctx) == ["日志“case:2”第1条已被改写。", "日志“case:2”第2条已被改写。"]


def test_who_changes_the_ledger_as_well_is_caught_by_a_root_kept_elsewhere(
    ctx: Context, two_days: tuple[ledger.Anchor, ledger.Anchor]
) -> None:
    recompute(ctx, "case:2")
    with ctx.database.write() as session:
        session.execute(sa.delete(ledger.AnchoredHeadRow))
        session.execute(sa.delete(ledger.AnchorRow))
    move(ctx, "2026-01-06T23:00")
    ledger.anchor(ctx, "a", STREAMS)
    assert faults(ctx) == []
    assert len(faults(ctx, {anchor.day: anchor.root for anchor in two_days})) == 2


@pytest.mark.usefixtures("two_days")
def test_a_chain_that_was_cut_or_removed_is_named(ctx: Context) -> None:
    with ctx.database.write() as session:
        session.execute(sa.delete(EventRow).where(EventRow.stream == "case:2", EventRow.seq == 2))
        session.execute(sa.delete(EventRow).where(EventRow.stream == "case:1"))
    assert faults(ctx) == ["日志“case:1”第1条缺少。", "日志“case:2”第2条缺少。"]


@pytest.mark.usefixtures("two_days")
def test_a_changed_root_does_not_agree_with_its_leaves(ctx: Context) -> None:
    with ctx.database.write() as session:
        session.execute(sa.update(ledger.AnchorRow).where(ledger.AnchorRow.day == MONDAY).values(root="0" * 64))
    assert len(faults(ctx)) == 2


def test_roots_wait_for_a_time_stamp_authority_that_is_down(
    ctx: Context, two_days: tuple[ledger.Anchor, ledger.Anchor]
) -> None:
    def down(_digest: bytes) -> bytes:
        raise Unavailable("时间戳服务无应答。")

    with pytest.raises(Unavailable):
        ledger.stamp_missing(ctx, down)
    assert ledger.stamp_missing(ctx, lambda digest: b"token:" + digest) == 2
    assert ledger.stamp_missing(ctx, down) == 0
    with ctx.database.read() as session:
        assert ledger.token_of(session, "a", MONDAY) == b"token:" + bytes.fromhex(two_days[0].root)
        assert all(anchor.stamped_at for anchor in ledger.anchors_of(session, "a"))


def test_the_duty_makes_a_root_for_every_agency_that_a_floor_names(ctx: Context) -> None:
    before = list(ledger._SOURCES)
    ledger._SOURCES[:] = [lambda _session: [("a", "case:1"), ("b", "case:2"), ("a", "agency:a")]]
    try:
        for stream in STREAMS:
            write(ctx, stream)
        assert {(a.agency_id, a.size) for a in ledger.anchor_today(ctx)} == {("a", 3), ("b", 2)}
        assert ledger.anchor_today(ctx) == []
    finally:
        ledger._SOURCES[:] = before


def recompute(ctx: Context, stream: str) -> None:
    """Do what somebody with the database could do: change the first event and compute all hashes anew."""
    with ctx.database.write() as session:
        previous = GENESIS
        for row in session.scalars(sa.select(EventRow).where(EventRow.stream == stream).order_by(EventRow.seq)):
            row.actor, row.previous = "somebody", previous
            fields = {c.key: getattr(row, c.key) for c in sa.inspect(EventRow).column_attrs}
            row.hash = previous = event_hash(fields)
        session.get_one(HeadRow, stream).hash = previous
