"""Both whole cases from the first form to the package: documents a second, memory of the process and its workers."""

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.ready import CASE, floor
from casework import queries
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.clock import ManualClock
from generator.press import Press

CASES = (CASE, CASE.with_name("case_summary.yaml"))
MIB = 1024
"""`ru_maxrss` counts KiB."""
limits = {"seconds": 150.0, "memory_mib": 1024.0}


def run() -> dict[str, Any]:
    """Carry both cases through, drawn, sealed and packed."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        ctx = floor(Path(folder))
        began, papers = time.perf_counter(), 0
        with Press(ctx) as press:
            for file in CASES:
                scenario = load_scenario(file)
                clock = ManualClock(scenario.steps[0].at)
                play = Replay(ctx.at(clock), clock, scenario, press, alone=False)
                play.set_up()
                for step in scenario.steps:
                    play.play(step)
                with ctx.database.read() as session:
                    papers += len(queries.documents_of(session, play.cast.case_id))
        seconds = time.perf_counter() - began
        ctx.database.close()
    return {
        "papers": papers,
        "seconds": round(seconds, 1),
        "papers_per_s": round(papers / seconds, 2),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MIB,
        "largest_worker_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // MIB,
    }
