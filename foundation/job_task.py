"""A job while it runs: its steps, each tried until it succeeds or fails for good, and its progress.

The engine keeps what a step returned (`Once`); what that is made of is decided here: the result as plain data, or the
failure, so that a replay after a crash goes the same way.
"""

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from foundation import job_notes
from foundation.canonical import plain
from foundation.context import Context
from foundation.errors import AnjuanError, Unavailable, error_of
from foundation.jobs import KINDS, JobFacts

SHOW_S = 0.5
"""Least time between two writes of progress."""
PATIENCE = 600
"""Seconds that a job waits for a database that is down before it gives up."""

T = TypeVar("T")
Once = Callable[..., dict[str, Any]]
"""Runs a function under a name and keeps what it returned; after a crash returns that instead."""
log = structlog.get_logger(__name__)


class StepwiseTask:
    """What a job's function is given (`foundation.jobs.Task`)."""

    def __init__(self, ctx: Context, facts: JobFacts, once: Once) -> None:
        self.ctx, self.job_id, self.subject, self.by, self.given = ctx, facts.id, facts.subject, facts.by, facts.given
        self.next_step = 1
        """The step that a retry of this job would go on with."""
        self._once = once
        self._kind, self._shown = KINDS[facts.kind], 0.0

    def step(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """Run a function once, ever; a failure is kept like a result, so a replay goes the same way."""
        seq = self.next_step
        kept = self._once({"name": name}, self._attempt, seq, name, lambda: function(*args))
        if "error" in kept:
            raise error_of(**kept["error"])
        self.next_step += 1
        result: T = kept["result"]
        return result

    def _attempt(self, seq: int, name: str, function: Callable[[], Any]) -> dict[str, Any]:
        for pause in (*self._pauses(), None):
            try:
                patiently(lambda: job_notes.step_begins(self.ctx, self.job_id, seq, name))
                result = json.loads(json.dumps(plain(function())))
            except Exception as error:
                log.warning("job.step_failed", job=self.job_id, step=name, exc_info=not isinstance(error, AnjuanError))
                final = isinstance(error, AnjuanError) and not isinstance(error, Unavailable)
                if pause is None or final:
                    return {"error": _kept(error)}
                time.sleep(pause)
            else:
                patiently(lambda: job_notes.step_ends(self.ctx, self.job_id, seq))
                return {"result": result}
        raise AssertionError  # the last pause is None

    def _pauses(self) -> list[float]:
        return [min(60.0, self._kind.pause_s * 2**i) for i in range(self._kind.tries - 1)]

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Show how far the work is; between writes half a second passes, the last is always written."""
        if done >= total or time.monotonic() - self._shown >= SHOW_S:
            self._shown = time.monotonic()
            job_notes.show_progress(self.ctx, self.job_id, done, total, message)


def _kept(error: Exception) -> dict[str, str]:
    if isinstance(error, AnjuanError):
        return {"code": error.code, "message": str(error), "remedy": error.remedy, "path": error.path}
    message = f"程序内部错误（{type(error).__name__}）。"
    return {"code": "error", "message": message, "remedy": "查看日志中的原因，处理后重试。", "path": ""}


def patiently(note: Callable[[], T]) -> T:
    """Write a note of ours; while the database is down, wait for it (ten minutes)."""
    for _ in range(PATIENCE):
        with contextlib.suppress(Unavailable):
            return note()
        time.sleep(1)
    return note()
