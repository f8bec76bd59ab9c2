"""A saver beside a batch: how long somebody waits for a draft to be saved while papers are made and sealed.

The batch is a whole case carried through every step by another process on the same database and the same two cores,
with its own render workers; the saver changes one draft twenty times a second. Nothing renders or signs while the
database is locked, so a save waits for short transactions alone.
"""

import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from access import accounts, agencies
from bench.ready import CASE, floor
from casework.operations import cases, documents
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.clock import ManualClock
from foundation.context import Context
from generator.press import Press

EVERY_S = 0.05
SAVES = 600
WARM_UP = 20
limits = {"beside_batch_p95_ms": 20.0}


def run() -> dict[str, Any]:
    """Measure saves alone, then beside a batch."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        ctx = floor(Path(folder))
        saver = _Saver(ctx)
        saver.save(WARM_UP)
        alone = saver.save(SAVES // 3)
        batch = multiprocessing.get_context("spawn").Process(target=_batch, args=(folder,))
        batch.start()
        while not _is_at_work(ctx):
            time.sleep(EVERY_S)
        beside = saver.save(SAVES, batch)
        batch.terminate()
        batch.join()
        ctx.database.close()
    return {
        "alone_p95_ms": _p95(alone),
        "beside_batch_p50_ms": round(statistics.median(beside) * 1000, 1),
        "beside_batch_p95_ms": _p95(beside),
        "beside_batch_max_ms": round(max(beside) * 1000, 1),
        "saves": len(beside),
    }


class _Saver:
    """Somebody who writes in one draft of a case of their own."""

    def __init__(self, ctx: Context) -> None:
        agency = agencies.create_agency(
            ctx, name="测试镇人民政府（虚构）", short_name="测政", fonds_no="QH09", settings={}
        )
        words = {"department": "执法科", "roles": ["handler"]}
        person = accounts.add_person(ctx, agency_id=agency.id, name="保存人（虚构）", **words)
        account = accounts.add_account(ctx, person_id=person.id, login="saver", password=None)
        with ctx.database.read() as session:
            self.actor = accounts.actor_of(session, account.id, ctx.clock.now())
        case = cases.open_case(
            ctx, self.actor, procedure="general", title="保存测试", party_ids=[], member_ids=[person.id]
        )
        self.ctx = ctx
        self.draft = documents.draft(ctx, self.actor, type="case_source_register", case_id=case.id, data={})

    def save(self, times: int, beside: multiprocessing.process.BaseProcess | None = None) -> list[float]:
        """Save so many times at an even pace (as long as the batch lives), and return the seconds each took."""
        taken = []
        for number in range(times):
            if beside is not None and not beside.is_alive():
                break
            began = time.perf_counter()
            self.draft = documents.revise(
                self.ctx,
                self.actor,
                document_id=self.draft.id,
                base_version=self.draft.version,
                data={"clue_summary": f"第{number}次保存的线索内容。" * 20 + f"{began}"},
            )
            taken.append(time.perf_counter() - began)
            time.sleep(max(0.0, EVERY_S - taken[-1]))
        return taken


def _batch(folder: str) -> None:
    """Carry the general case through every step on the same floor."""
    scenario = load_scenario(CASE)
    clock = ManualClock(scenario.steps[0].at)
    ctx = floor(Path(folder)).at(clock)
    with Press(ctx) as press:
        play = Replay(ctx, clock, scenario, press, alone=False)
        play.set_up()
        for step in scenario.steps:
            play.play(step)


def _is_at_work(ctx: Context) -> bool:
    """Tell whether the batch has stored its first finished paper."""
    return any((ctx.settings.data_dir / "blobs").glob("*/*/*"))


def _p95(taken: list[float]) -> float:
    return round(statistics.quantiles(taken, n=20)[-1] * 1000, 1)
