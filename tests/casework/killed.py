"""Issue a paper in a process of its own that kills itself (-9) at one point: `python -m tests.casework.killed …`.

Points: `reserving` (in the transaction of the first step), `reserved` (before anything is drawn), `made` (files are
stored, nothing is committed), `committing` (in the transaction of the last step), `issued` (nobody was told).
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from access import accounts
from casework.operations import effects, issuing
from generator import issuing as making
from generator.press import Press
from tests.casework.offices import small
from tests.conftest import floor_of, settings_for

POINTS = ("reserving", "reserved", "made", "committing", "issued")


def main(folder: str, document_id: str, account_id: str, point: str) -> None:
    """Issue and die."""
    root = Path(folder)
    ctx = small(floor_of(settings_for(root / "var", render_workers=1)), root / "types")
    with ctx.database.read() as session:
        actor = accounts.actor_of(session, account_id, ctx.clock.now())
    with Press(ctx) as press:
        _arm(press, point)
        making.issue(ctx, actor, document_id, press)
        _die()


def _arm(press: Press, point: str) -> None:
    places: dict[str, tuple[Any, str]] = {
        "reserving": (issuing, "paper_of"),
        "reserved": (press.pool, "make"),
        "made": (issuing, "commit"),
        "committing": (effects, "issued"),
    }
    if point in places:
        owner, name = places[point]
        setattr(owner, name, _deadly)


def _deadly(*_arguments: Any, **_named: Any) -> None:
    _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
