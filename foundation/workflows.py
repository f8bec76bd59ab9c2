"""The engine of long work: DBOS, known here alone. What jobs are and how to ask for one: `foundation.jobs`.

`flask work` runs `run_worker`: it holds a slot, starts jobs that wait in the outbox as workflows with the job's id, and
takes over the work of dead workers (their slot's lock is free). A finished step is never run again; the step in hand
is. Commands that find no worker alive run their one job themselves (`run_in_process`). The engine's own database
(`data_dir/dbos.sqlite`, or schema `dbos` on PostgreSQL) can be lost: jobs that were under way start anew from our
rows.
"""

import contextlib
import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, WorkflowStatus, WorkflowStatusString

from foundation import job_notes, outbox, slots
from foundation.blobs import LocalBlobs
from foundation.canonical import plain
from foundation.context import Context
from foundation.errors import AnjuanError
from foundation.job_task import StepwiseTask, patiently
from foundation.jobs import (
    DUTIES,
    KINDS,
    TOPIC,
    Duty,
    JobFacts,
    JobRow,
    JobState,
    Task,
    ask,
    duty,
    job,
    job_facts,
    jobs_of,
    retry,
)

__all__ = [
    "JobFacts",
    "JobState",
    "Task",
    "ask",
    "duty",
    "job",
    "job_facts",
    "jobs_of",
    "retry",
    "run_in_process",
    "run_worker",
    "workers_alive",
]

QUEUE = "jobs"
POLL_S = 0.2
"""How often queue and outbox are looked at."""
TAKE_OVER_S = 30.0
"""How often a worker looks for dead ones."""
GRACE_S = 20.0
"""How long a worker that is stopped waits for its jobs."""
LEFT_BEHIND = 75
"""Exit code of a worker that was stopped in the middle of a job (others go on with it)."""
BATCH = 10
"""Jobs started in one transaction."""
APPLICATION_VERSION = "anjuan"
"""A constant: by default it is a hash of sources, and an edit would strand the queue."""

ACTIVE = (WorkflowStatusString.ENQUEUED.value, WorkflowStatusString.PENDING.value)

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass
class _Engine:
    """The one engine of this process while it is launched."""

    ctx: Context
    slot: str
    running: set[str] = field(default_factory=set)


_engine: _Engine | None = None


def run_worker(
    ctx: Context,
    stop: threading.Event,
    *,
    jobs_at_once: int = 2,
    take_over_s: float = TAKE_OVER_S,
    grace_s: float = GRACE_S,
) -> None:
    """Work until `stop` is set: run jobs and duties, take over what dead workers began.

    A job that is not finished `grace_s` after the stop ends with the process (exit code 75): another worker goes on
    with it. So does a worker whose slot was taken while it could not reach the database.

    Raises:
        Unavailable: All slots are taken.
    """
    with slots.hold(ctx, slots.WORKERS) as slot, _launched(ctx, slot.name, QUEUE, grace_s):
        DBOS.register_queue(QUEUE, worker_concurrency=jobs_at_once, polling_interval_sec=POLL_S)
        log.info("worker.began", slot=slot.name)
        for duty_ in DUTIES.values():
            threading.Thread(target=_do_duty, args=(ctx, duty_, stop), name=duty_.name, daemon=True).start()
        looked = -take_over_s
        while not stop.wait(POLL_S):
            if not slot.is_held():
                log.error("worker.slot_lost", slot=slot.name)
                os._exit(LEFT_BEHIND)
            with _shown("worker.round_failed"):
                _start_waiting(ctx)
                if time.monotonic() - looked >= take_over_s:
                    looked = time.monotonic()
                    _look_after(ctx, slot.name)
    log.info("worker.ended", slot=slot.name)


def run_in_process(ctx: Context, job_id: str) -> JobFacts:
    """Run one job in this process, in a slot of its own, and return how it ended (done or parked).

    When a worker that lives is already at it, wait for that.

    Raises:
        Unavailable: No slot is free, or the database is down.
    """
    with ThreadPoolExecutor(1) as own:  # the engine refuses a thread in which a loop runs, and the caller's may
        return own.submit(_run_here, ctx, job_id).result()


def _run_here(ctx: Context, job_id: str) -> JobFacts:
    with slots.hold(ctx, slots.DIRECT) as slot, _launched(ctx, slot.name, slot.name, GRACE_S):
        DBOS.register_queue(slot.name, polling_interval_sec=POLL_S / 4)
        while not (facts := _facts(ctx, job_id)).is_over:
            _bring(ctx, facts, slot.name)
            time.sleep(POLL_S / 2)
    with ctx.database.write() as session:
        rows = outbox.OutboxRow
        session.execute(sa.delete(rows).where(rows.topic == TOPIC, rows.subject == job_id))
    return facts


def workers_alive(ctx: Context) -> int:
    """Return how many workers hold a slot now."""
    return len(slots.held(ctx))


@contextlib.contextmanager
def _launched(ctx: Context, slot: str, queue: str, grace_s: float) -> Iterator[None]:
    """Launch the engine under a slot's name, listening to one queue."""
    global _engine  # noqa: PLW0603 - the engine library is one per process
    logging.getLogger("dbos").addHandler(logging.NullHandler())  # else it writes to the console
    _engine = _Engine(ctx=ctx, slot=slot)
    DBOS(config=_config(ctx, slot))
    DBOS.listen_queues([queue])
    try:
        DBOS.launch()
        yield
    finally:
        engine, wait = _engine, int(grace_s) if _engine.running else 0
        DBOS.destroy(workflow_completion_timeout_sec=wait)
        if engine.running:
            log.warning("worker.left_behind", jobs=sorted(engine.running))
            os._exit(LEFT_BEHIND)  # its threads would hold the process, and work on beside the next worker
        _engine = None


def _config(ctx: Context, slot: str) -> DBOSConfig:
    url = ctx.database.url.render_as_string(hide_password=False)
    if not ctx.database.is_postgresql:
        path = ctx.settings.data_dir / "dbos.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        url = f"sqlite:///{path}"
    return {
        "name": "anjuan",
        "system_database_url": url,
        "executor_id": slot,
        "application_version": APPLICATION_VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "enable_otlp": False,
    }


def _start_waiting(ctx: Context) -> None:
    """Start the jobs that wait in the outbox; each is started once, whoever else looks."""
    with ctx.database.read() as session:
        if not outbox.waiting(session, TOPIC):
            return
    with ctx.database.write() as session:
        items = outbox.claim(session, TOPIC, limit=BATCH)
        for item in items:
            row = session.get(JobRow, item.subject)
            if row is not None and row.state == JobState.WAITING:
                _start(row.id, row.resume_at, QUEUE)
        outbox.done(session, items)


def _start(job_id: str, resume_at: int, queue: str) -> None:
    """Enqueue a job, or rewind it to the step that failed; nothing when it is under way."""
    status = DBOS.get_workflow_status(job_id)
    if status is None:
        with SetWorkflowID(job_id):
            DBOS.enqueue_workflow(queue, _run, job_id)
    elif status.status not in ACTIVE:
        DBOS.rewind_workflow(job_id, start_step=resume_at, queue_name=queue)


def _bring(ctx: Context, facts: JobFacts, queue: str) -> None:
    """Bring a job to our queue, wherever it is, unless it is there or somebody alive is at it."""
    status = DBOS.get_workflow_status(facts.id)
    if status is None or status.status not in ACTIVE:
        if not _facts(ctx, facts.id).is_over:
            _start(facts.id, facts.resume_at, queue)
    elif _place(status) == QUEUE:
        if not workers_alive(ctx):
            DBOS.resume_workflow(facts.id, queue_name=queue)
    else:
        _take_over(ctx, _place(status), queue)


def _look_after(ctx: Context, own: str) -> None:
    """Take over what dead workers left, and mend jobs whose workflow was lost or broke off."""
    found = DBOS.list_workflows(status=list(ACTIVE), load_input=False, load_output=False)
    for place in {_place(status) for status in found} - {own, QUEUE}:
        _take_over(ctx, place, QUEUE)
    with ctx.database.read() as session:
        open_jobs = jobs_of(session, states=(JobState.WAITING, JobState.RUNNING), limit=10_000)
    known = {status.workflow_id for status in found}
    for facts in open_jobs:
        if facts.id not in known and not _facts(ctx, facts.id).is_over:
            _start(facts.id, facts.resume_at, QUEUE)
    if isinstance(ctx.blobs, LocalBlobs):
        ctx.blobs.sweep()


def _place(status: WorkflowStatus) -> str:
    """Return the slot that has a workflow (running there, or queued for it alone), or the common queue."""
    return str(status.executor_id if status.status == WorkflowStatusString.PENDING.value else status.queue_name)


def _take_over(ctx: Context, place: str, queue: str) -> None:
    """Queue again what a slot had, while we hold its lock: nobody else can be at it."""
    slot = slots.try_take(ctx, place)
    if slot is None:
        return
    try:
        for status in DBOS.list_workflows(status=list(ACTIVE), load_input=False, load_output=False):
            if _place(status) == place:
                log.info("job.taken_over", job=status.workflow_id, place=place)
                DBOS.resume_workflow(status.workflow_id, queue_name=queue)
    finally:
        slot.release()


def _facts(ctx: Context, job_id: str) -> JobFacts:
    with ctx.database.read() as session:
        return job_facts(session, job_id)


@DBOS.workflow(name="job", max_recovery_attempts=None)
def _run(job_id: str) -> None:
    """Run one job: the only workflow that the engine knows."""
    engine = _engine
    if engine is None:
        message = "no engine is launched in this process"
        raise RuntimeError(message)
    engine.running.add(job_id)
    try:
        _carry_out(engine.ctx, job_id, engine.slot)
    finally:
        engine.running.discard(job_id)


def _carry_out(ctx: Context, job_id: str, slot: str) -> None:
    facts = patiently(lambda: job_notes.begin(ctx, job_id, slot))
    if facts.is_over:
        return
    task = StepwiseTask(ctx, facts, DBOS.run_step)
    try:
        result = json.loads(json.dumps(plain(KINDS[facts.kind].run(task) or {})))
    except Exception as error:  # noqa: BLE001 - the front door of long work; the engine's own signals are not `Exception`
        log.warning("job.parked", job=job_id, kind=facts.kind, error=type(error).__name__)
        failure = error
        patiently(lambda: job_notes.park(ctx, job_id, failure, task.next_step))
    else:
        patiently(lambda: job_notes.finish(ctx, job_id, result))


def _do_duty(ctx: Context, what: Duty, stop: threading.Event) -> None:
    while not stop.wait(what.every_s):
        with _shown("duty.failed", duty=what.name):
            what.run(ctx)


@contextlib.contextmanager
def _shown(event: str, **facts: str) -> Iterator[None]:
    """Log what failed and go on: the next round comes soon."""
    try:
        yield
    except Exception as error:
        log.warning(event, error=type(error).__name__, exc_info=not isinstance(error, AnjuanError), **facts)
