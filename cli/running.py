"""`flask work` (the one kind of process that does long work) and `flask health`."""

import signal
import threading
from collections.abc import Iterator
from types import FrameType

import click

import migrations.tables  # noqa: F401 - a backup holds the rows of every floor
from access import backups as _backups  # noqa: F401
from access import phones as _phones  # noqa: F401
from archive import copy_answering as _copies  # noqa: F401
from archive import packing as _packing  # noqa: F401 - kinds of jobs are known when their modules are imported
from archive import rechecking as _rechecking  # noqa: F401
from casework import chains as _chains  # noqa: F401
from casework import health as _calendar  # noqa: F401 - floors add their probes when they are imported
from casework.operations import deriving as _deriving  # noqa: F401
from casework.operations import receiving as _receiving  # noqa: F401
from casework.operations import reminding as _reminding  # noqa: F401
from cli.common import Result, command, the_context
from cli.ready import ready_context
from foundation import paces as _paces  # noqa: F401
from foundation import workflows
from foundation.health import Check, State, checks
from generator import batches as _batches  # noqa: F401
from generator import health as _fonts  # noqa: F401
from generator import root_stamps as _stamps  # noqa: F401
from generator import signed_copies as _signed_copies  # noqa: F401
from generator import stacks as _stacks  # noqa: F401
from search import health as _index  # noqa: F401
from search import jobs as _jobs  # noqa: F401
from search import jobs as _rebuilding  # noqa: F401

SIGNS = {State.OK: "✓", State.WARN: "!", State.BAD: "✗"}


@command("处理后台任务（制作批次、组卷、检索索引），直到收到中止信号。")
def work() -> Result:
    """Do long work until a signal comes; a step in hand is finished first."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    ctx = ready_context()
    click.echo("后台已启动，按 Ctrl+C 停止。", err=True)
    workflows.run_worker(ctx, stop)
    return Result(data={"stopped": True}, lines=["后台已停止。"])


@command("检查字体、ffmpeg、数据库、磁盘、时钟、节假日、后台和索引，并给出处理办法。")
def health() -> Result:
    """Look at everything; exit code 1 when something does not work."""
    found = checks(the_context())
    fine = all(c.state is not State.BAD for c in found)
    return Result(data={"ok": fine, "checks": found}, lines=list(_lines(found)), ok=fine)


def _lines(found: list[Check]) -> Iterator[str]:
    for one in found:
        yield f"{SIGNS[one.state]} {one.title}：{one.detail}"
        if one.remedy:
            yield f"    处理办法：{one.remedy}"
