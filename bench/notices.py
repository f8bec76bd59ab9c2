"""A batch of 200 notices, each to another party, drawn and sealed, and drawn alone: notices a second on one core.

One process does both, so that the rate is that of a core; processor time counts, for other work on the machine would
count otherwise. The profile names the functions in which most of the time is spent.
"""

import cProfile
import datetime as dt
import pstats
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalogue.loading import load_catalogue
from foundation.settings import ROOT
from generator.job import Job
from generator.pipeline import make, warm
from generator.seal_order import SealOrder
from scripts.contact_sheets import FONTS, job_of

NOTICE, COUNT = "correction_order", 200
SEALED_A_CORE, UNSEALED_A_CORE = 4, 10
PROFILED, MOST_FUNCTIONS = 20, 12
limits = {"sealed/ms_each": 1000 / SEALED_A_CORE, "unsealed/ms_each": 1000 / UNSEALED_A_CORE}


def run() -> dict[str, Any]:
    """Measure both batches."""
    warm(str(FONTS))
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        plain = _notices()
        sealed = [replace(job, seal=_order(Path(folder))) for job in plain]
        make(sealed[0])
        return {
            "unsealed": _measured(plain),
            "sealed": _measured(sealed),
            "profile_of_sealed": _profile(sealed[:PROFILED]),
        }


def _notices() -> list[Job]:
    """Return the jobs: one notice, another party in each."""
    catalogue = load_catalogue(ROOT / "templates")
    job = job_of(catalogue, catalogue.get(NOTICE), "ordinary")
    return [
        replace(
            job,
            values={**job.values, "party_name": f"清河镇第{n}号示例料场（虚构）"},
            furniture=replace(job.furniture, number=f"清政责改〔2026〕第{n}号"),
        )
        for n in range(1, COUNT + 1)
    ]


def _order(keys: Path) -> SealOrder:
    return SealOrder(
        agency_id="018f0000-0000-7000-8000-000000000001",
        agency_name="清河镇人民政府（虚构）",
        keys_dir=str(keys),
        fonts_dir=str(FONTS),
        at=dt.datetime.now(dt.UTC).replace(microsecond=0),
    )


def _measured(jobs: Sequence[Job]) -> dict[str, float]:
    began, processor = time.perf_counter(), time.process_time()
    size = sum(len(made.sealed or made.pdf) for made in map(make, jobs))
    spent = time.process_time() - processor
    return {
        "ms_each": round(spent * 1000 / len(jobs), 1),
        "a_second_a_core": round(len(jobs) / spent, 1),
        "wall_s": round(time.perf_counter() - began, 1),
        "kib_each": round(size / len(jobs) / 1024, 1),
    }


def _profile(jobs: Sequence[Job]) -> dict[str, float]:
    """Return the functions with most time of their own, ms a notice."""
    profile = cProfile.Profile()
    profile.enable()
    for job in jobs:
        make(job)
    profile.disable()
    stats: dict[Any, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    own = sorted(((line[2], key) for key, line in stats.items()), reverse=True)[:MOST_FUNCTIONS]
    return {f"{Path(file).name}:{name}": round(spent * 1000 / len(jobs), 1) for spent, (file, _, name) in own}
