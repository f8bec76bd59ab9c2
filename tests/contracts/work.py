"""Long work for tests, and a worker process to run it: what was done stands in `effects` of the data folder.

python -m tests.contracts.work      a worker with the settings of its environment, until SIGTERM
"""

import os
import signal
import threading
import time
from pathlib import Path

from foundation.context import Context, build_context
from foundation.errors import Refused, Unavailable
from foundation.jobs import Task, job
from foundation.workflows import run_worker

TAKE_OVER_S = 0.3
VERSION = os.environ.get("WORK_VERSION", "")
"""Another version of the program does the third step in another way."""


def note(ctx: Context, line: str) -> str:
    """Add a line to the effects; lines of many processes do not mix."""
    handle = os.open(ctx.settings.data_dir / "effects", os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)
    return line


def effects(ctx: Context) -> list[str]:
    path = ctx.settings.data_dir / "effects"
    return path.read_text().split() if path.exists() else []


def flag(ctx: Context, name: str) -> Path:
    """Return a file by which a test tells work something."""
    return ctx.settings.data_dir / name


@job("three", title="三步", tries=3, pause_s=0.05)
def three(task: Task) -> dict[str, str]:
    """Do three steps; the second waits as long as `hold` is there."""
    task.progress(0, 3, "开始")
    first = task.step("first", note, task.ctx, f"{task.subject}:first")
    task.progress(1, 3, "第二步")
    task.step("second", _second, task.ctx, task.subject)
    third = task.step("third", note, task.ctx, f"{task.subject}:third{VERSION}")
    task.progress(3, 3, "完成")
    return {"first": first, "third": third, "by": task.by}


def _second(ctx: Context, subject: str) -> None:
    note(ctx, f"{subject}:second-begins")
    while flag(ctx, "hold").exists():
        time.sleep(0.02)
    note(ctx, f"{subject}:second")


@job("failing", tries=3, pause_s=0.05)
def failing(task: Task) -> None:
    """Fail in the second step in the way that the subject names, as long as `broken` is there."""
    task.step("first", note, task.ctx, "first")
    task.step("second", _fail, task.ctx, task.subject)


def _fail(ctx: Context, way: str) -> None:
    note(ctx, "second")
    if not flag(ctx, "broken").exists():
        return
    if way == "refused":
        raise Refused("案件已归档。", remedy="先撤销归档。")
    if way == "down":
        raise Unavailable("对象存储不可用。", remedy="检查对象存储。")
    if way == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    raise KeyError(way)


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(build_context(), stop, take_over_s=TAKE_OVER_S, grace_s=5)


if __name__ == "__main__":
    main()
