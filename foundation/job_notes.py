"""What the engine notes about jobs while it runs them: begun, step by step, how far, done or parked.

One short transaction each; `foundation.workflows` calls these.
"""

from typing import Any

import sqlalchemy as sa

from foundation.context import Context
from foundation.errors import AnjuanError
from foundation.jobs import KINDS, JobFacts, JobRow, JobState, JobStepRow, facts_of, job_row


def begin(ctx: Context, job_id: str, worker: str) -> JobFacts:
    """Note that a worker begins a job; park it when it was begun too often without finishing a step."""
    with ctx.database.write() as session:
        row = job_row(session, job_id, lock=True)
        kind = KINDS.get(row.kind)
        if kind is None:
            _park(ctx, row, f"本程序没有“{row.kind}”这种任务。", "升级或恢复程序版本后重试。")
        elif row.starts >= kind.tries:
            ended = sa.select(sa.func.max(JobStepRow.seq)).where(
                JobStepRow.job_id == job_id, JobStepRow.ended_at.is_not(None)
            )
            row.resume_at = (session.scalar(ended) or 0) + 1
            _park(ctx, row, f"任务使工作进程中止{row.starts}次。", "查看日志中的原因，处理后重试。")
        else:
            row.state, row.worker, row.starts = JobState.RUNNING, worker, row.starts + 1
            row.started_at = row.started_at or ctx.clock.now()
        return facts_of(row)


def step_begins(ctx: Context, job_id: str, seq: int, name: str) -> None:
    """Note that a step begins, or begins again."""
    with ctx.database.write() as session:
        row = session.get(JobStepRow, (job_id, seq))
        if row is None:
            row = JobStepRow(job_id=job_id, seq=seq, name=name, tries=0, began_at=ctx.clock.now())
            session.add(row)
        row.name, row.tries, row.ended_at = name, row.tries + 1, None


def step_ends(ctx: Context, job_id: str, seq: int) -> None:
    """Note that a step is finished: the job got on, so its starts count anew."""
    with ctx.database.write() as session:
        session.execute(
            sa.update(JobStepRow)
            .where(JobStepRow.job_id == job_id, JobStepRow.seq == seq)
            .values(ended_at=ctx.clock.now())
        )
        session.execute(sa.update(JobRow).where(JobRow.id == job_id).values(starts=1))


def show_progress(ctx: Context, job_id: str, done: int, total: int, message: str) -> None:
    """Write how far a job is."""
    values = {"done": done, "total": total, "message": message[:400]}
    with ctx.database.write() as session:
        session.execute(sa.update(JobRow).where(JobRow.id == job_id).values(values))


def finish(ctx: Context, job_id: str, result: dict[str, Any]) -> None:
    """Note that a job is done."""
    with ctx.database.write() as session:
        row = job_row(session, job_id, lock=True)
        row.state, row.finished_at, row.result = JobState.DONE, ctx.clock.now(), result
        row.error, row.remedy = "", ""


def park(ctx: Context, job_id: str, error: Exception, resume_at: int) -> None:
    """Note that a job failed for good, why, and where a retry goes on."""
    with ctx.database.write() as session:
        row = job_row(session, job_id, lock=True)
        row.resume_at = resume_at
        if isinstance(error, AnjuanError):
            _park(ctx, row, str(error), error.remedy)
        else:
            _park(ctx, row, f"程序内部错误（{type(error).__name__}）。", "查看日志中的原因，处理后重试。")


def _park(ctx: Context, row: JobRow, error: str, remedy: str) -> None:
    row.state, row.finished_at, row.error, row.remedy = JobState.PARKED, ctx.clock.now(), error, remedy
