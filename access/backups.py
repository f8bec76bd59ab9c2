"""Backups asked for at a page: made, read again and tried by the worker, listed with what is known of each.

They lie in the installation's folder of backups (`ANJUAN_BACKUPS_DIR`); nobody takes them away by a page, for they hold
case files, and an administrator sees none. Restoring stays a command. Journal kind in `agency:<id>`: `backup.asked`.
"""

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access.agencies import note, require_in_agency
from access.facts import Actor
from access.permissions import Permission
from foundation import jobs
from foundation.backup import back_up, check, read_manifest
from foundation.backup_drill import drill
from foundation.clock import local
from foundation.context import Context
from foundation.errors import BadInput, NotFound
from foundation.jobs import JobFacts, Task, job

MAKE, CHECK, DRILL = "backup_make", "backup_check", "backup_drill"
NAME = re.compile(r"\d{8}-\d{6}(-[0-9a-f]{4})?")
UNFINISHED = ".part"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One backup that is whole."""

    name: str
    made_at: dt.datetime
    rows: int
    blobs: int
    missing: int
    """Files that rows name and the store did not have."""


def kept(ctx: Context, actor: Actor) -> Sequence[Kept]:
    """Return the backups, latest first.

    Raises:
        Forbidden: The actor makes no backups.
    """
    require_in_agency(actor, Permission.BACKUP_MAKE, actor.agency_id)
    root = ctx.settings.backups
    names = sorted((p.name for p in root.iterdir() if NAME.fullmatch(p.name)), reverse=True) if root.is_dir() else []
    return [_facts(root / name) for name in names if (root / name / "manifest.json").is_file()]


def _facts(folder: Path) -> Kept:
    told = read_manifest(folder)
    return Kept(
        name=folder.name,
        made_at=dt.datetime.fromisoformat(told["made_at"]),
        rows=sum(told["rows"].values()),
        blobs=told["blobs"],
        missing=len(told["missing"]),
    )


def ask(ctx: Context, actor: Actor, kind: str, name: str = "") -> str:
    """Ask for a new backup, or for the check or drill of one; return the job.

    Raises:
        Forbidden: The actor makes no backups.
        BadInput: There is no such kind.
        NotFound: There is no such backup.
    """
    require_in_agency(actor, Permission.BACKUP_MAKE, actor.agency_id)
    if kind not in (MAKE, CHECK, DRILL):
        raise BadInput("没有这种任务。", remedy="选择备份、校验或演练。", path="kind")
    subject = _new_name(ctx) if kind == MAKE else _folder(ctx, name).name
    with ctx.database.write() as session:
        note(session, ctx, actor.agency_id, "backup.asked", actor, what=kind, backup=subject)
        return jobs.ask(session, ctx, kind=kind, subject=subject, by=actor.account_id, agency_id=actor.agency_id)


def asked(ctx: Context, actor: Actor, *, most: int = 20) -> Sequence[JobFacts]:
    """Return the office's jobs of this kind, latest first.

    Raises:
        Forbidden: The actor makes no backups.
    """
    require_in_agency(actor, Permission.BACKUP_MAKE, actor.agency_id)
    with ctx.database.read() as session:
        found = [j for k in (MAKE, CHECK, DRILL) for j in jobs.jobs_of(session, agency_id=actor.agency_id, kind=k)]
    return sorted(found, key=lambda j: (j.asked_at, j.id), reverse=True)[:most]


def retry(ctx: Context, actor: Actor, job_id: str) -> None:
    """Ask for a parked job again.

    Raises:
        Forbidden: The actor makes no backups.
        NotFound: It is none of the office's.
    """
    if job_id not in {j.id for j in asked(ctx, actor, most=1000)}:
        raise NotFound("没有这个任务。", remedy="刷新页面查看。")
    with ctx.database.write() as session:
        jobs.retry(session, ctx, job_id)


def _new_name(ctx: Context) -> str:
    stamp = f"{local(ctx.clock.now()):%Y%m%d-%H%M%S}"
    return stamp if not (ctx.settings.backups / stamp).exists() else f"{stamp}-{ctx.ids.new()[-4:]}"


def _folder(ctx: Context, name: str) -> Path:
    folder = ctx.settings.backups / name
    if not NAME.fullmatch(name) or not (folder / "manifest.json").is_file():
        raise NotFound("没有这份备份。", remedy="刷新页面查看。")
    return folder


@job(MAKE, title="备份全部数据", tries=3)
def make_backup(task: Task) -> dict[str, Any]:
    """Write a backup under a temporary name and give it its own when it is whole."""
    return dict(task.step("备份", _make, task))


def _make(task: Task) -> dict[str, Any]:
    root = task.ctx.settings.backups
    target, part = root / task.subject, root / f"{task.subject}{UNFINISHED}"
    if target.exists():  # a worker died after the rename
        return {"backup": task.subject, **_counts(_facts(target))}
    shutil.rmtree(part, ignore_errors=True)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    back_up(task.ctx, part, progress=task.progress)
    part.rename(target)
    return {"backup": task.subject, **_counts(_facts(target))}


def _counts(made: Kept) -> dict[str, Any]:
    return {"rows": made.rows, "blobs": made.blobs, "missing": made.missing}


@job(CHECK, title="校验备份", tries=2)
def check_backup(task: Task) -> dict[str, Any]:
    """Read every byte of a backup again and compare it with its manifest and name."""
    folder = _folder(task.ctx, task.subject)
    return {"faults": list(task.step("逐个文件校验", check, folder, task.progress))}


@job(DRILL, title="恢复演练", tries=2)
def drill_backup(task: Task) -> dict[str, Any]:
    """Restore a backup into an empty folder, check all of it, and throw the folder away."""
    return dict(task.step("在临时目录恢复并全部校验", _drill, task))


def _drill(task: Task) -> dict[str, Any]:
    folder = _folder(task.ctx, task.subject)
    with tempfile.TemporaryDirectory(dir=task.ctx.settings.backups, prefix="drill-") as scratch:
        found = drill(folder, Path(scratch))
    return {"blobs": found.blobs, "streams": found.backup.streams, "faults": list(found.faults)}
