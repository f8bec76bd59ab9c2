"""Reminders, running periods, scanned stacks and their candidates mean the same on both databases."""

from pathlib import Path

import sqlalchemy as sa

from casework import stacks
from casework.operations import feeds, reminding, scanning
from casework.operations.signed_copies import SCAN
from casework.queries.copies import candidates
from casework.queries.periods import running
from casework.stacks import Seen
from foundation.context import Context
from tests.casework.test_attempts import photo
from tests.casework.test_periods import Room
from tests.conftest import move


def test_periods_reminders_and_addresses(any_ctx: Context, tmp_path: Path) -> None:
    room = Room(any_ctx, tmp_path / "templates")
    room.happens("issued:case_initiation_approval", granted=True)
    room.happens("served:demand_letter", "d")
    move(room.ctx, "2026-04-09T09:00")
    actor = room.bureau.as_("甲一")
    assert (reminding.remind(room.ctx), reminding.remind(room.ctx)) == (5, 0)
    assert reminding.unread(room.ctx, actor) == 2
    assert sorted(r.step for r in reminding.mine(room.ctx, actor)) == ["overdue", "passed"]
    reminding.seen(room.ctx, actor)
    assert reminding.unread(room.ctx, actor) == 0
    with room.ctx.database.read() as session:
        kinds = [p.facts.kind for p in running(session, sa.true(), member=actor.person_id)]
    assert kinds == ["penalty_decision_90", "demand_wait"]
    assert [p.facts.kind for p in feeds.periods_by(room.ctx, feeds.give(room.ctx, actor))] == kinds


def test_stacks_and_candidates(any_ctx: Context, tmp_path: Path) -> None:
    room = Room(any_ctx, tmp_path / "templates")
    actor = room.bureau.as_("甲一")
    receipt = room.bureau.draft("service_receipt", room.case, data={"method": "直接"})
    kept, new = scanning.keep_stack(room.ctx, actor, data=photo(), name="回证.jpg")
    assert (new, scanning.keep_stack(room.ctx, actor, data=photo(), name="再次.jpg")) == (True, (kept, False))
    code = f"http://x/v/{receipt.id}?v=1&d={receipt.content_digest[:16]}"
    assert scanning.sort(room.ctx, actor, kept.id, [Seen(number=1, codes=(code,))]) == {receipt.id: [1]}
    with room.ctx.database.read() as session:
        assert [c.id for c in candidates(session, sa.true(), kind=SCAN)] == [receipt.id]
    words = {"stack_id": kept.id, "numbers": [1], "document_id": receipt.id, "blob": "0" * 64, "instead_of": ""}
    scanning.file_copy(room.ctx, actor, **words)  # type: ignore[arg-type]
    with room.ctx.database.read() as session:
        assert [p.state for p in stacks.stack_facts(session, kept.id).sheets] == ["filed"]
        assert candidates(session, sa.true(), kind=SCAN) == []
