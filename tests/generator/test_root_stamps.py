"""Roots of the ledger are time-stamped by the authority, and wait while it is silent."""

import pytest
from asn1crypto import cms, tsp

from access.agencies import create_agency
from casework import chains
from foundation import ledger
from foundation.context import Context
from foundation.errors import Unavailable
from foundation.journal import append
from generator.root_stamps import stamp_roots
from tests.conftest import floor_of, move
from tests.servers import free_port


@pytest.fixture
def anchored(ctx: Context) -> ledger.Anchor:
    agency = create_agency(ctx, name="示例镇人民政府", short_name="示例镇", fonds_no="X001")
    (made,) = ledger.anchor_today(ctx)
    assert made.agency_id == agency.id
    return made


def test_the_token_is_over_the_root_and_has_the_clocks_time(ctx: Context, anchored: ledger.Anchor) -> None:
    move(ctx, "2026-01-05T20:00")
    assert (stamp_roots(ctx), stamp_roots(ctx)) == (1, 0)
    with ctx.database.read() as session:
        token = ledger.token_of(session, anchored.agency_id, anchored.day)
    signed = cms.ContentInfo.load(token or b"")["content"]
    info: tsp.TSTInfo = signed["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native.hex() == anchored.root
    assert info["gen_time"].native == ctx.clock.now()


def test_roots_wait_for_an_authority_that_is_down(ctx: Context, anchored: ledger.Anchor) -> None:
    silent = floor_of(ctx.settings.model_copy(update={"tsa_url": f"http://127.0.0.1:{free_port()}/"}))
    with pytest.raises(Unavailable, match="待补时间戳"):
        stamp_roots(silent)
    silent.database.close()
    with ctx.database.read() as session:
        assert ledger.token_of(session, anchored.agency_id, anchored.day) is None
    assert stamp_roots(ctx) == 1


def test_an_agencys_root_holds_its_own_stream_and_those_of_its_cases(ctx: Context, anchored: ledger.Anchor) -> None:
    with ctx.database.write() as session:
        append(session, ctx.clock, stream="case:of-nobody", kind="k", actor="a")
    with ctx.database.read() as session:
        named = set(chains.streams(session))
        assert named == {(anchored.agency_id, f"{kind}:{anchored.agency_id}") for kind in ("agency", "access")}
        proof = ledger.proof(session, anchored.agency_id, anchored.day, f"agency:{anchored.agency_id}")
    assert proof.leads_to(anchored.root)
