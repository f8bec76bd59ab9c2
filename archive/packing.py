"""Make an archived case into one package: the archivist's half of archiving (docs/decisions/0040-the-package.md).

`pack` goes on with what `archive.filing` handed over (or hands over itself when nobody did): signs and issues the file
notes, makes volumes and metadata, places everything under a temporary name, checks it, renames it, signs the transfer
list and marks the case archived. Each step may be run twice; killed anywhere, the next call goes on, and there is no
package or a whole one. Kind of job: `pack`.
"""

import shutil
from collections.abc import Callable
from typing import Any

from access.actors import actor_of
from access.facts import Actor
from access.policy import Permission
from archive import bagging, describing, filing, queries, reporting, shelving
from archive.bagging import Progress
from archive.casefile import office_of
from archive.checks import run_checks, summary
from archive.facts import FileFacts, PackageFacts
from archive.layout import (
    CASE,
    EVENTS,
    NOTE,
    REPORT_JSON,
    REPORT_PDF,
    incoming_folder,
    relative_folder,
)
from archive.packing_view import (
    being_made,
    contents_of,
    event_line,
    events_of,
    final_folder,
    payload_of,
    planned_files,
    read_package,
    work_folder,
)
from archive.payload import Contents, stored_bytes, stored_files
from archive.volume_making import make_volume
from casework import numbering, shelf
from casework import queries as casework
from casework.operations import cases
from casework.operations.common import require_on
from foundation import journal, outbox
from foundation.canonical import canonical
from foundation.context import Context
from foundation.jobs import Task, job
from foundation.journal import Event
from generator import issuing
from generator.pool import Pool
from generator.press import Press

Step = Callable[[Context, Actor, str, Press, Progress], None]
"""One step of packing: floor, archivist, package, press, progress."""


def pack(ctx: Context, actor: Actor, case_id: str, pool: Pool, *, progress: Progress | None = None) -> PackageFacts:
    """Make a closed case into its package; a case that has one is returned as it is.

    Args:
        ctx: The floor.
        actor: The archivist (who is the filer as well when nobody handed the case over).
        case_id: The case.
        pool: Makes papers.
        progress: Told how far it is.

    Raises:
        Refused: The case is not closed, or something in it is unfinished.
        Broken: Stored bytes changed; the thing is named.
        Unavailable: The disk is full; nothing half is left.
    """
    told = progress or _silent
    press = press_of(ctx, pool)
    package_id = begin(ctx, actor, case_id, press, told)
    for _name, step in STEPS:
        step(ctx, actor, package_id, press, told)
    with ctx.database.read() as session:
        return queries.package_facts(session, package_id)


@job("pack", title="组卷归档")
def pack_job(task: Task) -> dict[str, Any]:
    """Make a package as long work: every step is seen, and taken up again by another worker."""
    with Press(task.ctx) as press:
        actor = _actor(task.ctx, task.by)
        package_id = task.step("整理移交", begin, task.ctx, actor, task.subject, press, task.progress)
        for name, step in STEPS:
            task.step(name, step, task.ctx, _actor(task.ctx, task.by), package_id, press, task.progress)
        with task.ctx.database.read() as session:
            package = queries.package_facts(session, package_id)
    return {"package": package.id, "code": package.code, "digest": package.digest, "folder": package.folder}


def press_of(ctx: Context, pool: Pool) -> Press:
    """Return a press around a pool that somebody else owns."""
    press = Press(ctx)
    press.pool = pool
    return press


def _actor(ctx: Context, account_id: str) -> Actor:
    with ctx.database.read() as session:
        return actor_of(session, account_id, ctx.clock.now())


def _silent(_done: int, _total: int, _message: str) -> None:
    """Tell nobody."""


def begin(ctx: Context, actor: Actor, case_id: str, press: Press, progress: Progress = _silent) -> str:
    """Take up a case's package, arranging it when nobody handed it over; return the package's id."""
    with ctx.database.read() as session:
        require_on(office_of(ctx, session), actor, Permission.PACKAGE_MAKE, case=casework.case_facts(session, case_id))
        known = queries.packages_of(session, case_id, kept=False)
    if not known or not known[0].data.get("handed_over"):
        known = [filing.hand_over(ctx, actor, case_id=case_id, press=press, progress=progress)]
    return known[0].id


# --- steps -----------------------------------------------------------------------------------------------------------


def check_and_note(ctx: Context, actor: Actor, package_id: str, press: Press, _progress: Progress) -> None:
    """Sign and issue the file notes; from here on the package has its instant."""
    package = read_package(ctx, package_id)
    if package.packed_at is not None:
        return
    for volume in package.volumes:
        with ctx.database.read() as session:
            note = casework.document_facts(session, volume.papers["file_note"])
        filing.sign(ctx, actor, note, "checker")
        issuing.issue(ctx, actor, note.id, press)
    with ctx.database.write() as session:
        shelf.lock_case(session, package.case_id)
        events = list(journal.events(session, f"case:{package.case_id}"))
        shelving.change(
            session,
            package_id,
            state=shelving.PACKING,
            packed_at=ctx.clock.now(),
            checker_id=actor.person_id,
            checker=actor.name,
            head_seq=events[-1].seq,
            head_hash=events[-1].hash,
        )


def make_files(ctx: Context, _actor: Actor, package_id: str, _press: Press, progress: Progress) -> None:
    """Make volumes and metadata, store them, and write down every file of the payload but the report."""
    contents = contents_of(ctx, package_id)
    if contents.package.data.get("made"):
        return
    events = events_of(ctx, contents.package)
    files = stored_files(ctx, contents)
    files += describing.metadata_files(ctx, contents, files, events)
    files += _plain_files(ctx, contents, events)
    beside: dict[str, list[str]] = {}
    for number, volume in enumerate(contents.package.volumes):
        progress(number, len(contents.package.volumes), f"装订{volume.title}")
        file, bound, left = make_volume(ctx, contents, volume, files)
        files.append(file)
        beside[volume.name] = left
        with ctx.database.write() as session:
            shelving.change_volume(session, package_id, volume.name, blob=file.sha256)
            shelving.remember(session, package_id, **{f"pages_{volume.name}": bound.pages})
    with ctx.database.write() as session:
        shelving.set_files(session, contents.package.agency_id, package_id, files)
        shelving.remember(session, package_id, beside=beside, made=True)


def _plain_files(ctx: Context, contents: Contents, events: list[Event]) -> list[FileFacts]:
    lines = b"".join(event_line(e) + b"\n" for e in events)
    data = canonical(describing.case_data(contents))
    return [
        stored_bytes(ctx.blobs, lines, EVENTS, "办案日志（哈希链）", "application/x-ndjson"),
        stored_bytes(ctx.blobs, data, CASE, "案件经过（数据）", "application/json"),
        stored_bytes(ctx.blobs, reporting.note_text(contents), NOTE, "说明文件", "text/plain"),
    ]


def place_files(ctx: Context, _actor: Actor, package_id: str, press: Press, progress: Progress) -> None:
    """Place the payload under a temporary name, check it, and add the four-property report."""
    contents, work = contents_of(ctx, package_id), work_folder(ctx, package_id)
    if final_folder(ctx, contents.package).exists() or (contents.package.data.get("placed") and work.exists()):
        return
    bagging.sweep(incoming_folder(ctx), being_made(ctx))
    shutil.rmtree(work, ignore_errors=True)
    with bagging.disk_errors():
        work.mkdir(parents=True)
    files = bagging.place(ctx.blobs, planned_files(ctx, package_id), work, progress)
    checks = run_checks(payload_of(ctx, contents, files, work))
    made = press.pool.make(reporting.report_job(ctx, contents, files, checks))
    data = reporting.report_data(contents, files, checks)
    reports = [
        stored_bytes(ctx.blobs, data, REPORT_JSON, "四性检测报告（数据）", "application/json"),
        stored_bytes(ctx.blobs, made.pdf, REPORT_PDF, "四性检测报告", "application/pdf"),
    ]
    files += bagging.place(ctx.blobs, reports, work)
    with ctx.database.write() as session:
        shelving.set_files(session, contents.package.agency_id, package_id, files)
        shelving.set_checks(session, contents.package.agency_id, package_id, checks)
        shelving.remember(session, package_id, placed=True)
        passed = all(c.result != "failed" for c in checks)
        shelving.change(session, package_id, passed=passed)


def seal_folder(ctx: Context, actor: Actor, package_id: str, press: Press, progress: Progress) -> None:
    """Write the manifests, read everything again, and rename the folder to its name."""
    contents = contents_of(ctx, package_id)
    if contents.package.state == shelving.KEPT:
        return
    work, final = work_folder(ctx, package_id), final_folder(ctx, contents.package)
    if not final.exists() and not work.exists():
        place_files(ctx, actor, package_id, press, progress)
    with ctx.database.read() as session:
        files = queries.files_of(session, package_id)
    if final.exists():  # renamed before a crash: nothing in it is written again
        bagging.check_again(final, files, progress)
        sealed = bagging.sealed_as(final, files)
    else:
        sealed = bagging.seal(work, files, reporting.bag_info(contents), reporting.tag_texts(contents))
        bagging.check_again(work, files, progress)
        bagging.rename_whole(work, final)
    with ctx.database.write() as session:
        shelving.change(
            session,
            package_id,
            digest=sealed.digest,
            size=sealed.size,
            files=sealed.files,
            folder=relative_folder(contents.package),
        )


def keep(ctx: Context, actor: Actor, package_id: str, press: Press, _progress: Progress) -> None:
    """Sign and issue the transfer list, keep the package, and mark the case archived."""
    package = read_package(ctx, package_id)
    if package.state != shelving.KEPT:
        _hand_in(ctx, actor, package, press)
        _kept(ctx, actor, package)
    with ctx.database.read() as session:
        archived = casework.case_facts(session, package.case_id).archived_on
    if archived is None:
        cases.archive_case(ctx, actor, case_id=package.case_id, package_id=package_id)
    shutil.rmtree(work_folder(ctx, package_id), ignore_errors=True)


def _hand_in(ctx: Context, actor: Actor, package: PackageFacts, press: Press) -> None:
    with ctx.database.read() as session:
        transfer = casework.document_facts(session, package.data["transfer"])
        results = summary(queries.checks_of(session, package.id))
    rows = [{"item": name, "result": result} for name, result in results.items()]
    filing.sign(ctx, actor, transfer, "received", {"checks": rows})
    issuing.issue(ctx, actor, transfer.id, press)


def _kept(ctx: Context, actor: Actor, package: PackageFacts) -> None:
    with ctx.database.write() as session:
        shelf.lock_case(session, package.case_id)
        now = ctx.clock.now()
        shelving.change(session, package.id, state=shelving.KEPT, kept_at=now)
        for holder in (package.id, *(v.id for v in package.volumes)):
            numbering.confirm(session, package.agency_id, holder)
        data = {
            "package": package.id,
            "codes": [v.code for v in package.volumes],
            "digest": package.digest,
            "head": package.head_hash,
            "passed": package.passed,
        }
        stream = f"case:{package.case_id}"
        journal.append(session, ctx.clock, stream=stream, kind="package.kept", actor=actor.account_id, data=data)
        outbox.add(session, topic="index", kind="package", subject=package.id, at=now)


STEPS: tuple[tuple[str, Step], ...] = (
    ("检查备考", check_and_note),
    ("装订编目", make_files),
    ("写入检测", place_files),
    ("复核定名", seal_folder),
    ("登记入库", keep),
)
