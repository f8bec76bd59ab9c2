"""Long work as everybody sees it: who asked for what, how far it is, how it ended.

A job is asked for in the caller's own transaction (`ask`: a row and an outbox row), so it exists exactly when the
change does; a worker runs it as a durable workflow (`foundation.workflows`, which alone knows the engine). A job
carries the account that asked: the work checks that account's rights again when it runs. What fails for good is
*parked*: visible, with its reason, until a person asks to try again (`retry`). Rows hold ids, digests and messages, no
personal values.

    @job("pack", title="装订归档包")
    def pack(task: Task) -> dict[str, Any]:
        made = task.step("volumes", make_volumes, task.ctx, task.subject)
        ...
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation import outbox
from foundation.context import Context
from foundation.database import Base, Json, UtcDateTime, lock_row
from foundation.errors import NotFound, Refused
from foundation.job_kinds import DUTIES, KINDS, Duty, JobKind, Task, duty, job

__all__ = [
    "DUTIES",
    "KINDS",
    "Duty",
    "JobFacts",
    "JobKind",
    "JobRow",
    "JobState",
    "JobStepRow",
    "Task",
    "ask",
    "duty",
    "job",
    "job_facts",
    "jobs_of",
    "retry",
]

TOPIC = "job"
"""Outbox topic of jobs that wait for a worker."""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"


STATE_NAMES = {
    JobState.WAITING: "等待办理",
    JobState.RUNNING: "办理中",
    JobState.DONE: "已完成",
    JobState.PARKED: "已搁置",
}


class JobRow(Base):
    """One job; its id is the id of its workflow."""

    __tablename__ = "job"
    id: orm.Mapped[str] = orm.mapped_column(sa.String(36), primary_key=True)
    agency_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), index=True)
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    subject: orm.Mapped[str] = orm.mapped_column(sa.String(80), index=True)
    by: orm.Mapped[str] = orm.mapped_column("asked_by", sa.String(80))
    given: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(10), index=True)
    asked_at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime)
    started_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(UtcDateTime)
    finished_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(UtcDateTime)
    worker: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")
    starts: orm.Mapped[int] = orm.mapped_column(default=0)
    """How often it was begun since its last finished step; a job that kills its worker is parked by this."""
    resume_at: orm.Mapped[int] = orm.mapped_column(default=1)
    """The step at which a retry goes on."""
    done: orm.Mapped[int] = orm.mapped_column(default=0)
    total: orm.Mapped[int] = orm.mapped_column(default=0)
    message: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    result: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    error: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    remedy: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")


class JobStepRow(Base):
    """One step of a job, as people see it."""

    __tablename__ = "job_step"
    job_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("job.id"), primary_key=True)
    seq: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    tries: orm.Mapped[int]
    began_at: orm.Mapped[dt.datetime] = orm.mapped_column(UtcDateTime)
    ended_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(UtcDateTime)


@dataclass(frozen=True, kw_only=True)
class StepFacts:
    """One step of a job."""

    seq: int
    name: str
    tries: int
    began_at: dt.datetime
    ended_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class JobFacts:
    """One job as neighbours see it."""

    id: str
    agency_id: str
    kind: str
    title: str
    subject: str
    by: str
    given: dict[str, Any]
    state: JobState
    asked_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    worker: str
    resume_at: int
    done: int
    total: int
    message: str
    result: dict[str, Any]
    error: str
    remedy: str
    steps: tuple[StepFacts, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether it will not move by itself any more."""
        return self.state in {JobState.DONE, JobState.PARKED}


def ask(
    session: orm.Session,
    ctx: Context,
    *,
    kind: str,
    subject: str,
    by: str,
    agency_id: str = "",
    given: dict[str, Any] | None = None,
) -> str:
    """Ask for a job in the caller's transaction and return its id.

    Args:
        session: The writing session of the change that needs the work.
        ctx: The context.
        kind: A registered kind.
        subject: Id of the thing it is about.
        by: Account that asks.
        agency_id: Agency of the thing; empty for work of the whole installation.
        given: Ids, digests and options; no personal values.
    """
    row = JobRow(
        id=ctx.ids.new(),
        agency_id=agency_id,
        kind=kind,
        subject=subject,
        by=by,
        given=given or {},
        state=JobState.WAITING,
        asked_at=ctx.clock.now(),
        message="",
    )
    session.add(row)
    outbox.add(session, topic=TOPIC, kind=kind, subject=row.id, at=row.asked_at)
    session.flush()
    return row.id


def retry(session: orm.Session, ctx: Context, job_id: str) -> None:
    """Ask for a parked job again, from the step that failed.

    Raises:
        NotFound: No such job.
        Refused: It is not parked.
    """
    row = job_row(session, job_id, lock=True)
    if row.state != JobState.PARKED:
        raise Refused(f"任务{STATE_NAMES[JobState(row.state)]}，不能重试。", remedy="只有已搁置的任务可以重试。")
    row.state, row.starts, row.finished_at, row.error, row.remedy = JobState.WAITING, 0, None, "", ""
    outbox.add(session, topic=TOPIC, kind=row.kind, subject=job_id, at=ctx.clock.now())


def job_facts(session: orm.Session, job_id: str) -> JobFacts:
    """Return a job with its steps.

    Raises:
        NotFound: No such job.
    """
    row = job_row(session, job_id)
    steps = session.scalars(sa.select(JobStepRow).where(JobStepRow.job_id == job_id).order_by(JobStepRow.seq))
    names = ("seq", "name", "tries", "began_at", "ended_at")
    return facts_of(row, tuple(StepFacts(**{n: getattr(s, n) for n in names}) for s in steps))


def jobs_of(
    session: orm.Session,
    *,
    agency_id: str | None = None,
    subject: str | None = None,
    by: str | None = None,
    kind: str | None = None,
    states: Collection[JobState] = (),
    limit: int = 100,
) -> list[JobFacts]:
    """Return jobs without their steps, newest first."""
    wanted = {JobRow.agency_id: agency_id, JobRow.subject: subject, JobRow.by: by, JobRow.kind: kind}
    query = sa.select(JobRow).where(*(column == value for column, value in wanted.items() if value is not None))
    if states:
        query = query.where(JobRow.state.in_(states))
    return [
        facts_of(row) for row in session.scalars(query.order_by(JobRow.asked_at.desc(), JobRow.id.desc()).limit(limit))
    ]


def job_row(session: orm.Session, job_id: str, *, lock: bool = False) -> JobRow:
    """Return a job's row (for the engine).

    Raises:
        NotFound: No such job.
    """
    row = lock_row(session, JobRow, job_id) if lock else session.get(JobRow, job_id)
    if row is None:
        raise NotFound("没有这个任务。", remedy="刷新任务列表后重试。")
    found: JobRow = row
    return found


def facts_of(row: JobRow, steps: tuple[StepFacts, ...] = ()) -> JobFacts:
    """Copy a row into facts."""
    names = [name for name in JobFacts.__dataclass_fields__ if name not in {"state", "title", "steps"}]
    title = KINDS[row.kind].title if row.kind in KINDS else row.kind
    return JobFacts(**{n: getattr(row, n) for n in names}, state=JobState(row.state), title=title, steps=steps)
