"""A kill -9 in any step of issuing leaves the old state or the new one; the next try goes on with the same number."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import numbering, queries
from casework.facts import DocumentFacts, Status
from foundation import journal
from foundation.context import Context
from foundation.settings import ROOT
from generator import issuing as making
from generator.press import Press
from tests.casework.killed import POINTS
from tests.casework.offices import Bureau, small

LEFT = {
    "reserving": (Status.DRAFT, ""),
    "reserved": (Status.ISSUING, "第1号"),
    "made": (Status.ISSUING, "第1号"),
    "committing": (Status.ISSUING, "第1号"),
    "issued": (Status.ISSUED, "第1号"),
}
"""State and number after the kill, by its point."""


@pytest.fixture(scope="module")
def worker() -> Iterator[dict[str, Press]]:
    """Keep one press for all tests of this file; the first one opens it."""
    kept: dict[str, Press] = {}
    yield kept
    for press in kept.values():
        press.pool.close()


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_nothing_and_makes_nothing_twice(
    ctx: Context, tmp_path: Path, worker: dict[str, Press], point: str
) -> None:
    floor = small(ctx, tmp_path / "types")
    bureau = Bureau(floor)
    paper = bureau.draft("letter", bureau.case("summary"), data={"text": "试"})
    actor = bureau.as_("甲一")
    floor.database.close()
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tests.casework.killed",
        str(tmp_path),
        paper.id,
        actor.account_id,
        point,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = _present(floor, paper)
    assert (left.status, left.number[-3:]) == LEFT[point]

    press = worker.setdefault("press", Press(floor))
    issued = making.issue(floor, actor, paper.id, press)
    assert (issued.status, issued.number[-3:]) == (Status.ISSUED, "第1号")
    assert {"docx", "pdf", "text"} <= set(issued.blobs)
    assert all(floor.blobs.verify(blob) for blob in issued.blobs.values())
    _check_once(floor, bureau, issued)


def _present(ctx: Context, document: DocumentFacts) -> DocumentFacts:
    with ctx.database.read() as session:
        return queries.document_facts(session, document.id)


def _check_once(ctx: Context, bureau: Bureau, issued: DocumentFacts) -> None:
    with ctx.database.read() as session:
        ledger = numbering.ledger(session, bureau.agency_id, "函", "2026")
        assert [(f.n, f.status) for f in ledger] == [(1, numbering.CONFIRMED)]
        for stream in (f"case:{issued.case_id}", f"agency:{bureau.agency_id}"):
            journal.verify_chain(session, stream)
        kinds = [e.kind for e in journal.events(session, f"case:{issued.case_id}")]
        assert kinds.count("document.issued") == kinds.count("document.reserved") == 1
        assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
