"""Pack a case in a process of its own that kills itself (-9) at one point: `python -m tests.archive.killed …`.

Points are `<step>:before`, `<step>:during` (the second time that the step tells its progress), `renamed` (the folder
has its name, the database does not know) and `kept` (the package is kept, the case is not archived).
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive import bagging, packing
from casework.operations import cases
from foundation.clock import parse_local
from generator.press import Press
from tests.conftest import floor_of, move, settings_for

POINTS = [
    *("检查备考:before", "装订编目:before", "装订编目:during", "写入检测:during"),
    *("复核定名:before", "复核定名:during", "renamed", "登记入库:before", "kept"),
]
PROGRESS = 2
"""The call of progress that kills."""


def main(folder: str, case_id: str, account_id: str, point: str) -> None:
    """Pack and die."""
    ctx = floor_of(settings_for(Path(folder), render_workers=1))
    move(ctx, parse_local("2026-05-20T09:00"))
    with Press(ctx) as press:
        actor = packing._actor(ctx, account_id)
        package_id = packing.begin(ctx, actor, case_id, press)
        _arm(point)
        for name, step in packing.STEPS:
            if point == f"{name}:before":
                _die()
            step(ctx, actor, package_id, press, _Progress(point == f"{name}:during"))


def _arm(point: str) -> None:
    if point == "renamed":
        bagging.rename_whole = _then_die(bagging.rename_whole)
    if point == "kept":
        cases.archive_case = _then_die(lambda *_a, **_k: None)


def _then_die(act: Callable[..., Any]) -> Any:
    def both(*arguments: Any, **named: Any) -> None:
        act(*arguments, **named)
        _die()

    return both


class _Progress:
    """Dies when it is told something for the second time, if it is meant to."""

    def __init__(self, deadly: bool) -> None:
        self.left = PROGRESS if deadly else -1

    def __call__(self, *_told: Any) -> None:
        self.left -= 1
        if self.left == 0:
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
