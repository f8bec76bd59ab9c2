"""Warm worker processes that make papers under limits: address space, CPU, wall clock, nice, 300 papers a process.

A paper that eats more than its share loses its worker and nothing else; a worker that died for another reason costs
its paper one retry. What comes back is a `Made` or one of our errors. One pool a process; workers start with the
first paper, as forks of a small process that has loaded what draws and nothing else: ten times as fast as loading it.
"""

import contextlib
import gc
import multiprocessing
import os
import resource
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Self

from pebble import ProcessExpired, ProcessPool

from foundation.errors import AnjuanError, BadInput, Broken, Unavailable
from foundation.settings import Settings
from generator.job import Job, Made

MEMORY = 3 << 30
"""Address space of a worker; a paper of 20 pages takes 170 MB of memory, fonts are mapped beside it."""
CPU_SECONDS = 60
WALL_SECONDS = 90
PAPERS = 300
"""A worker is replaced after so many papers."""
NICE = 5
"""Pages and savers come before papers."""


class Pool:
    """Makes papers in worker processes."""

    def __init__(self, settings: Settings) -> None:
        self._fonts_dir = str(settings.fonts_dir)
        self._workers = settings.render_workers
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        """Return the pool itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the workers."""
        self.close()

    def make(self, job: Job) -> Made:
        """Make one paper; same errors as `generator.pipeline.make`.

        Raises:
            BadInput: The paper does not keep its limits of time and memory.
            Unavailable: The worker died twice.
        """
        return self.make_all([job])[0]

    def make_all(self, jobs: Sequence[Job]) -> list[Made]:
        """Make papers side by side and return them in order; the first error ends it."""
        return list(self.stream(jobs))

    def stream(self, jobs: Sequence[Job]) -> Iterator[Made]:
        """Yield papers in order as they are made."""
        futures = [self._schedule(job) for job in jobs]
        try:
            for job, future in zip(jobs, futures, strict=True):
                yield self._result(job, future)
        finally:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        """Stop the workers; papers in hand are lost."""
        with self._lock:
            if self._pool is not None:
                self._pool.stop()  # type: ignore[no-untyped-call]  # Pebble's
                self._pool.join()
                self._pool = None

    def _schedule(self, job: Job) -> "Future[Made]":
        with self._lock:
            if self._pool is None or not self._pool.active:
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=PAPERS,
                    initializer=_start,
                    initargs=(self._fonts_dir,),
                    context=_forks(),
                )
            future: Future[Made] = self._pool.schedule(_work, args=(job,), timeout=WALL_SECONDS)
            return future

    def _result(self, job: Job, future: "Future[Made]") -> Made:
        try:
            return _outcome(job, future)
        except ProcessExpired:
            try:
                return _outcome(job, self._schedule(job))
            except ProcessExpired as error:
                raise Unavailable(
                    f"《{job.furniture.title}》两次制作时工作进程都中断了。",
                    remedy="请稍后重试；再次出现时缩短该文书内容。",
                ) from error


def _forks() -> multiprocessing.context.ForkServerContext:
    """Return the way workers come to be: without threads, open files and data of the process that asks."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["generator.pipeline"])
    return context


def _outcome(job: Job, future: "Future[Made]") -> Made:
    try:
        return future.result()
    except (AnjuanError, ProcessExpired):
        raise
    except (FutureTimeout, TimeoutError) as error:
        raise _too_heavy(job, f"超过{WALL_SECONDS}秒") from error
    except MemoryError as error:
        raise _too_heavy(job, "内存超限") from error
    except Exception as error:  # the front door of the workers: whatever failed there becomes our error
        raise Broken(
            f"《{job.furniture.title}》制作失败：{type(error).__name__}。", remedy="请把文书编号告知管理员。"
        ) from error


def _too_heavy(job: Job, why: str) -> BadInput:
    return BadInput(
        f"《{job.furniture.title}》内容过于复杂，制作{why}。", remedy="请缩短文字或拆分清单后重试。", path="document"
    )


def _start(fonts_dir: str) -> None:
    """Make a worker ready: limits first, then fonts and style sheets."""
    from generator.pipeline import warm  # noqa: PLC0415 - what draws is loaded by those who draw, not by every page

    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(AnjuanError):  # missing fonts are said with the first paper, not by a dead worker
        warm(fonts_dir)
    gc.collect()
    gc.freeze()  # what is loaded now stays: not looking at it again saves 8 % of each paper


def _work(job: Job) -> Made:
    """Make one paper within a CPU limit of its own."""
    from generator.pipeline import make  # noqa: PLC0415 - as above

    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return make(job)
