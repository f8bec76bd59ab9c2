"""Make a batch in a process of its own that kills itself (-9) at one point: `python -m tests.generator.batch_killed …`.

Points: `opening` (in the transaction that opens a paper), `opened` (before it is drawn), `committing` (in the last step
of issuing), `issued` (the item does not know yet). The second item is the one that dies.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from casework import batches
from casework.operations import batching, effects
from generator import issuing
from generator.batches import make_item
from generator.press import Press
from tests.conftest import floor_of, settings_for
from tests.generator.offices import with_notice

POINTS = ("opening", "opened", "committing", "issued")


def main(folder: str, batch_id: str, account_id: str, point: str) -> None:
    """Make the first item, and die in the second."""
    root = Path(folder)
    ctx = with_notice(floor_of(settings_for(root / "var", render_workers=1)), root / "types")
    places: dict[str, tuple[Any, str]] = {
        "opening": (batches, "change_item"),
        "opened": (issuing, "issue"),
        "committing": (effects, "issued"),
        "issued": (batching, "settle"),
    }
    with Press(ctx) as press:
        make_item(ctx, account_id, batch_id, 1, press)
        setattr(*places[point], _deadly)
        make_item(ctx, account_id, batch_id, 2, press)


def _deadly(*_arguments: Any, **_named: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
