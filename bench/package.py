"""What 1 GiB of video adds to packing the 90-document case: seconds against one read with both digests, and memory.

The general case is carried twice to the moment of archiving, once with its own short videos, once with 1 GiB put into
one of them; copies of both are packed in turns, each in a fresh process. The peer is one read of that GiB with SHA-256
and SM3 in the same turn. The shortest time of each counts: the rest is other work of the machine.
"""

import dataclasses
import datetime as dt
import multiprocessing
import os
import resource
import shutil
import struct
import tempfile
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from access.facts import Actor
from archive import packing
from bench.ready import CASE, floor
from cli.media import make_media
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.clock import ManualClock
from foundation.digests import digests
from generator.press import Press

GIB = 1 << 30
PIECE = 1 << 20
MIB = 1024
TURNS = 3
Carried = tuple[Actor, str, dt.datetime]
"""Who packs which case when."""
limits = {"added_s_against_one_read": 1.5, "added_peak_mib": 50.0}


def run() -> dict[str, Any]:
    """Measure both packings and the read."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as name:
        folder = Path(name)
        video = _large_video(folder)
        cases = {"small": _carried(folder / "small", None), "large": _carried(folder / "large", video)}
        turns = [_turn(folder, cases, video) for _ in range(TURNS)]
    seconds = {name: min(turn[name]["seconds"] for turn in turns) for name in turns[0]}
    peak = {name: max(turn[name]["peak_mib"] for turn in turns) for name in cases}
    return {
        "small_s": round(seconds["small"], 2),
        "large_s": round(seconds["large"], 2),
        "one_read_s": round(seconds["read"], 2),
        "added_s_against_one_read": round((seconds["large"] - seconds["small"]) / seconds["read"], 2),
        "small_peak_mib": round(peak["small"]),
        "added_peak_mib": round(peak["large"] - peak["small"], 1),
    }


def _turn(folder: Path, cases: Mapping[str, Carried], video: Path) -> dict[str, dict[str, float]]:
    """Pack a copy of each case, and read the video."""
    found = {}
    for name, carried in cases.items():
        copy = folder / "copy"
        shutil.copytree(folder / name, copy, copy_function=_copied)
        found[name] = _packed(copy, carried)
        shutil.rmtree(copy)
    began = time.perf_counter()
    with video.open("rb") as file:
        digests(iter(lambda: file.read(PIECE), b""))
    return {**found, "read": {"seconds": time.perf_counter() - began}}


def _copied(source: str, target: str) -> None:
    """Copy a file; stored bytes, which nobody changes, are linked."""
    if "/blobs/" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _large_video(folder: Path) -> Path:
    """Make a video that plays, with 1 GiB in a box that players skip."""
    video = make_media({"video": "10s"}, folder, "large", seed=7)
    with video.open("ab") as out:
        out.write(struct.pack(">I4s", GIB + 8, b"free"))
        for _ in range(GIB // PIECE):
            out.write(os.urandom(PIECE))
    return video


def _packed(folder: Path, carried: Carried) -> dict[str, float]:
    """Pack a case in a fresh process."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    work = multiprocessing.get_context("spawn").Process(target=_pack, args=(theirs, folder, *carried))
    work.start()
    found: dict[str, float] = ours.recv()
    work.join()
    return found


def _carried(folder: Path, video: Path | None) -> Carried:
    """Carry the case to the moment of archiving; return who packs which case when."""
    scenario = load_scenario(CASE)
    clock = ManualClock(scenario.steps[0].at)
    ctx = floor(folder).at(clock)
    with Press(ctx) as press:
        play = Replay(ctx, clock, scenario, press)
        play.set_up()
        for step in scenario.steps:
            if step.verb == "archive":
                clock.move(step.at)
                found = play.actor(step.actor), play.cast.case_id, step.at
                ctx.database.close()
                return found
            if video is not None and "video" in step.keys.get("media", {}):
                step = dataclasses.replace(step, keys={**step.keys, "media": {"file": str(video)}})  # noqa: PLW2901
                video = None
            play.play(step)
    message = f"{CASE.name} is never archived"
    raise ValueError(message)


def _pack(out: Connection, folder: Path, actor: Actor, case_id: str, at: dt.datetime) -> None:
    clock = ManualClock(at)
    ctx = floor(folder).at(clock)
    with Press(ctx) as press:
        began = time.perf_counter()
        packing.pack(ctx, actor, case_id, press.pool)
        seconds = time.perf_counter() - began
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    out.send({"seconds": seconds, "peak_mib": peak / MIB})
