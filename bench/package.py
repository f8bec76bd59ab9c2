"""What 1 GiB of video adds to packing the 90-document case: seconds against one read with both digests, and memory.

The general case is carried twice to the moment of archiving, once with its own short videos, once with 1 GiB put into
one of them; each is packed in a fresh process. The peer is one read of that GiB with SHA-256 and SM3 in the same run.
"""

import dataclasses
import multiprocessing
import os
import resource
import struct
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from access.facts import Actor
from archive import packing
from bench.ready import CASE, floor
from cli.media import make_media
from cli.replay import Replay
from cli.scenario import Step, load_scenario
from foundation.clock import ManualClock
from foundation.digests import digests
from generator.press import Press

GIB = 1 << 30
PIECE = 1 << 20
MIB = 1024
limits = {"added_s_against_one_read": 1.5, "added_peak_mib": 50.0}


def run() -> dict[str, Any]:
    """Measure both packings and the read."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        video = _large_video(Path(folder))
        small = _packed(Path(folder) / "small", None)
        large = _packed(Path(folder) / "large", video)
        began = time.perf_counter()
        with video.open("rb") as file:
            digests(iter(lambda: file.read(PIECE), b""))
        read_s = time.perf_counter() - began
    added = large["seconds"] - small["seconds"]
    return {
        "small_s": round(small["seconds"], 2),
        "large_s": round(large["seconds"], 2),
        "one_read_s": round(read_s, 2),
        "added_s_against_one_read": round(added / read_s, 2),
        "small_peak_mib": round(small["peak_mib"]),
        "added_peak_mib": round(large["peak_mib"] - small["peak_mib"], 1),
    }


def _large_video(folder: Path) -> Path:
    """Make a video that plays, with 1 GiB in a box that players skip."""
    video = make_media({"video": "10s"}, folder, "large", seed=7)
    with video.open("ab") as out:
        out.write(struct.pack(">I4s", GIB + 8, b"free"))
        for _ in range(GIB // PIECE):
            out.write(os.urandom(PIECE))
    return video


def _packed(folder: Path, video: Path | None) -> dict[str, float]:
    """Carry the case to the moment of archiving, then pack it in a fresh process."""
    actor, case_id, last = _carried(folder, video)
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    work = multiprocessing.get_context("spawn").Process(target=_pack, args=(theirs, folder, actor, case_id, last.at))
    work.start()
    found: dict[str, float] = ours.recv()
    work.join()
    return found


def _carried(folder: Path, video: Path | None) -> tuple[Actor, str, Step]:
    scenario = load_scenario(CASE)
    clock = ManualClock(scenario.steps[0].at)
    ctx = floor(folder).at(clock)
    with Press(ctx) as press:
        play = Replay(ctx, clock, scenario, press)
        play.set_up()
        for step in scenario.steps:
            if step.verb == "archive":
                clock.move(step.at)
                return play.actor(step.actor), play.cast.case_id, step
            if video is not None and "video" in step.keys.get("media", {}):
                step = dataclasses.replace(step, keys={**step.keys, "media": {"file": str(video)}})  # noqa: PLW2901
                video = None
            play.play(step)
    message = f"{CASE.name} is never archived"
    raise ValueError(message)


def _pack(out: Connection, folder: Path, actor: Actor, case_id: str, at: Any) -> None:
    clock = ManualClock(at)
    ctx = floor(folder).at(clock)
    with Press(ctx) as press:
        began = time.perf_counter()
        packing.pack(ctx, actor, case_id, press.pool)
        seconds = time.perf_counter() - began
    out.send({"seconds": seconds, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB})
