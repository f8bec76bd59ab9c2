"""Check a kept package, or a package or PDF that somebody brings, as long work: by pieces, resumable, with progress.

Every piece reads some files once; a worker that dies is followed by another from the piece in hand. The report stays
with the job. What is brought lies in `<data>/tmp/brought/<job's subject>` until it is checked; nothing of it is kept.
Kinds of job: `package_check` (subject: the package), `brought_check` (subject: what was brought).
"""

import contextlib
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from access.actors import actor_of
from access.facts import Actor
from access.policy import Permission, decide, may_anywhere, refusal
from archive import queries, verifying
from archive.bagging import disk_errors
from archive.layout import folder_of
from archive.names import safe_name
from archive.portable import verify as portable
from archive.verifying import Fault
from casework import queries as casework
from foundation.blobs import refuse_empty
from foundation.context import Context
from foundation.errors import BadInput, Broken, Forbidden, NotFound
from foundation.jobs import JobState, Task, ask, job, jobs_of

PIECE_BYTES, PIECE_FILES = 256 << 20, 400
"""A piece ends at one of these: about two seconds of reading."""
MOST_BROUGHT = 64 << 30
"""Unpacked bytes of a package that is brought."""
MOST_ENTRIES = 100_000
MOST_SENT = 16 << 30
"""Bytes of a file that is brought."""
STALE_S = 86_400
"""After a day what was brought and never checked is thrown away."""
CHECK, BROUGHT = "package_check", "brought_check"
UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


def ask_check(ctx: Context, actor: Actor, package_id: str) -> str:
    """Ask for a package to be read again; while that is under way, asked again gives the same job.

    Raises:
        Forbidden: The actor may not check it.
        NotFound: There is no such package for this actor.
    """
    _root_of(ctx, package_id, actor.account_id)
    with ctx.database.write() as session:
        going = jobs_of(session, kind=CHECK, subject=package_id, states=UNDER_WAY, limit=1)
        if going:
            return going[0].id
        return ask(session, ctx, kind=CHECK, subject=package_id, by=actor.account_id, agency_id=actor.agency_id)


def ask_brought(ctx: Context, actor: Actor, subject: str, name: str) -> str:
    """Ask for something that was brought to be checked; its bytes lie in `brought_folder` already."""
    words: dict[str, Any] = {"subject": subject, "by": actor.account_id, "given": {"name": safe_name(name)}}
    with ctx.database.write() as session:
        return ask(session, ctx, kind=BROUGHT, agency_id=actor.agency_id, **words)


@job(CHECK, title="核验档案包")
def check_package(task: Task) -> dict[str, Any]:
    """Read every file of a kept package again."""
    root = task.step("取得档案包", _root_of, task.ctx, task.subject, task.by)
    return _checked(task, Path(root))


@job(BROUGHT, title="核验送来的档案包或文件")
def check_brought(task: Task) -> dict[str, Any]:
    """Check what was brought, compare it with what is kept here, and throw it away."""
    try:
        place = task.step("打开文件", _opened, task.ctx, task.subject, task.by, task.given["name"])
        if place["pdf"]:
            return task.step("核验文件", _pdf, task.ctx, place["pdf"], task.given["name"], task.by)
        return _checked(task, Path(place["root"]))
    finally:
        shutil.rmtree(brought_folder(task.ctx, task.subject), ignore_errors=True)


def brought_folder(ctx: Context, subject: str) -> Path:
    """Return where something that was brought lies until it is checked."""
    return ctx.settings.data_dir / "tmp" / "brought" / subject


def _checked(task: Task, root: Path) -> dict[str, Any]:
    plan = task.step("读取清单", _plan, str(root))
    faults, size, done = list(plan["faults"]), 0, 0
    for number, paths in enumerate(plan["pieces"], 1):
        found = task.step(f"核对文件 {number}/{len(plan['pieces'])}", _piece, str(root), paths)
        faults, size, done = [*faults, *found["faults"]], size + found["size"], done + len(paths)
        task.progress(done, plan["files"], f"已核对 {done} 个文件，共 {plan['files']} 个")
    rest = task.step("核对日志、签章和登记", _rest, task.ctx, str(root))
    names = rest["names"]
    shown = [Fault(path=f["path"], message=f["message"], what=names.get(f["path"], "")) for f in faults]
    told = [*shown, *(Fault(**f) for f in rest["faults"])]
    return {
        "ok": not told,
        "faults": [asdict(f) for f in dict.fromkeys(told)],
        "notes": [*plan["notes"], *rest["notes"]],
        "files": plan["payload"],
        "size": size,
        "events": rest["events"],
        "seals": rest["seals"],
        "registered": rest["registered"],
    }


def _root_of(ctx: Context, package_id: str, account_id: str) -> str:
    with ctx.database.read() as session:
        package = queries.package_facts(session, package_id)
        actor = actor_of(session, account_id, ctx.clock.now())
        record, viewer = queries.package_record(package), casework.viewer_of(session, actor)
        verdict = decide(actor, Permission.PACKAGE_CHECK, record, viewer)
    if not verdict.allowed:
        raise refusal(verdict, Permission.PACKAGE_CHECK)
    return str(folder_of(ctx, package))


def _plan(root: str) -> dict[str, Any]:
    faults: list[dict[str, str]] = []
    tags = portable.read_manifest(root, verifying.TAGMANIFEST, faults)
    sha256 = portable.read_manifest(root, "manifest-sha256.txt", faults)
    sm3 = portable.read_manifest(root, "manifest-sm3.txt", faults)
    faults += [portable.fault(path, "只在一份清单中") for path in sorted(set(sha256) ^ set(sm3))]
    paths = sorted({*sha256, *sm3, *tags})
    notes = [] if portable.has_sm3() else [portable.NO_SM3]
    pieces = list(_pieces(Path(root), paths))
    return {"faults": faults, "notes": notes, "pieces": pieces, "files": len(paths), "payload": len(sha256)}


def _pieces(root: Path, paths: Sequence[str]) -> Iterator[list[str]]:
    piece, size = list[str](), 0
    for path in paths:
        file = root / path
        size += file.stat().st_size if file.is_file() else 0
        piece.append(path)
        if size >= PIECE_BYTES or len(piece) >= PIECE_FILES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _piece(root: str, paths: list[str]) -> dict[str, Any]:
    faults: list[dict[str, str]] = []
    sink: list[dict[str, str]] = []
    tags = portable.read_manifest(root, verifying.TAGMANIFEST, sink)
    sha256 = portable.read_manifest(root, "manifest-sha256.txt", sink)
    sm3 = portable.read_manifest(root, "manifest-sm3.txt", sink) if portable.has_sm3() else {}
    size = 0
    for path in paths:
        wanted = {"sha256": sha256.get(path, tags.get(path)), "sm3": sm3.get(path)}
        size += portable.check_file(root, path, wanted, faults)
    return {"faults": faults, "size": size}


def _rest(ctx: Context, root: str) -> dict[str, Any]:
    faults: list[dict[str, str]] = []
    sink: list[dict[str, str]] = []
    sha256 = portable.read_manifest(root, "manifest-sha256.txt", sink)
    tags = portable.read_manifest(root, verifying.TAGMANIFEST, sink)
    portable.check_surplus(root, set(sha256), set(tags), faults)
    portable.check_oxum(root, sha256, faults)
    events, head = portable.check_chain(root, faults)
    found = [Fault(path=f["path"], message=f["message"]) for f in faults]
    seals, broken = verifying.broken_seals(Path(root))
    against = verifying.against_database(ctx, Path(root), head, sha256)
    notes = [] if against else [verifying.UNKNOWN]
    more, names = against or ([], {})
    return {
        "faults": [asdict(verifying.named(f, names)) for f in (*found, *broken, *more)],
        "names": names,
        "notes": notes,
        "events": events,
        "seals": seals,
        "registered": against is not None,
    }


# --- what is brought -------------------------------------------------------------------------------------------------


def _opened(ctx: Context, subject: str, account_id: str, name: str) -> dict[str, str]:
    with ctx.database.read() as session:
        if not may_anywhere(actor_of(session, account_id, ctx.clock.now()), Permission.PACKAGE_READ):
            raise Forbidden("您没有查看档案包的权限。", remedy="由档案管理员核验。")
    folder = brought_folder(ctx, subject)
    file = folder / "file"
    if not file.is_file():
        raise NotFound("送来的文件已经不在。", remedy="重新选择文件核验。")
    with file.open("rb") as opened:
        head = opened.read(5)
    if head.startswith(b"%PDF"):
        return {"pdf": str(file), "root": ""}
    if not zipfile.is_zipfile(file):
        raise BadInput(f"“{name}”不是 ZIP 档案包，也不是 PDF。", remedy="选择下载的档案包或 PDF。", path="file")
    return {"pdf": "", "root": str(unpack(file, folder / "unpacked", name))}


def unpack(file: Path, target: Path, name: str) -> Path:
    """Unpack a package that comes as one file; return its folder.

    An entry that is damaged is unpacked as far as it goes: the check of the manifests names it.

    Raises:
        BadInput: It is too large, or holds no package.
        Broken: It is damaged as a whole.
        Full: There is no space for it.
    """
    shutil.rmtree(target, ignore_errors=True)
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
            size = sum(e.file_size for e in entries)
            if size > MOST_BROUGHT or len(entries) > MOST_ENTRIES:
                raise BadInput(f"“{name}”解开后过大。", remedy="用档案包内的 verify.py 在本机核验。", path="file")
            for entry in entries:
                with disk_errors(), contextlib.suppress(zipfile.BadZipFile, zlib.error, EOFError):
                    packed.extract(entry, target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Broken(f"“{name}”已损坏，不能解开。", remedy="重新下载后再核验。", path="file") from error
    found = next((p.parent for p in sorted(target.rglob("bagit.txt"))), None)
    if found is None:
        raise BadInput(f"“{name}”里没有档案包。", remedy="选择档案包的 ZIP 文件。", path="file")
    return found


def _pdf(ctx: Context, path: str, name: str, account_id: str) -> dict[str, Any]:
    report = verifying.verify(Path(path))
    digest = verifying.sha256_of(Path(path))
    known = _known_as(ctx, digest, account_id)
    faults = [{**asdict(f), "path": name} for f in report.faults]
    notes = [*([] if known else report.notes), *known]
    if not known and not faults and not report.seals:
        notes.append("本系统没有登记过这样的文件：可能被改动，或不是本系统制作的。")
    return {
        "ok": not faults and bool(known or report.seals),
        "faults": faults,
        "notes": notes,
        "files": 1,
        "size": report.size,
        "events": 0,
        "seals": report.seals,
        "registered": bool(known),
    }


def _known_as(ctx: Context, digest: str, account_id: str) -> list[str]:
    """Say as what a file is kept here, as far as the viewer may know of it."""
    with ctx.database.read() as session:
        actor = actor_of(session, account_id, ctx.clock.now())
        viewer = casework.viewer_of(session, actor)
        told = []
        for package, volume in queries.volumes_with_blob(session, digest):
            record = queries.package_record(package, volume)
            if decide(actor, Permission.PACKAGE_READ, record, viewer).allowed:
                told.append(f"与档案包 {package.code} 的卷（{volume.code}）逐字节相同。")
        papers = casework.documents_with_blob(session, digest)
        may = [
            p for p in papers if decide(actor, Permission.DOCUMENT_READ, casework.document_record(p), viewer).allowed
        ]
    return [*told, *(f"与系统中的《{p.title}》{p.number}逐字节相同。" for p in may)]


def bring(ctx: Context, pieces: Iterable[bytes], name: str, expected: int | None) -> str:
    """Write what somebody brings to where it is checked, and return its subject; nothing of it stays in memory.

    Args:
        ctx: The floor.
        pieces: Its bytes.
        name: What it is called, for messages.
        expected: How many bytes were announced.

    Raises:
        BadInput: It is empty, too large, or broke off.
        Full: There is no space for it.
    """
    _sweep(ctx)
    subject = ctx.ids.new()
    folder = brought_folder(ctx, subject)
    try:
        with disk_errors():
            folder.mkdir(parents=True)
            _refuse_cut(_written(folder / "file", pieces, name), name, expected)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return subject


def _written(path: Path, pieces: Iterable[bytes], name: str) -> int:
    size = 0
    with path.open("wb") as out:
        for piece in pieces:
            size += out.write(piece)
            if size > MOST_SENT:
                message = f"“{name}”超过{MOST_SENT >> 30}GiB。"
                raise BadInput(message, remedy="解压后用档案包内的 verify.py 核验。", path="file")
    return size


def _refuse_cut(size: int, name: str, expected: int | None) -> None:
    refuse_empty(size, "file")
    if expected is not None and size != expected:
        raise BadInput(f"“{name}”没有传完（{size}/{expected}字节）。", remedy="重新上传。", path="file")


def _sweep(ctx: Context) -> None:
    """Take away what was brought and never checked."""
    folder = brought_folder(ctx, "")
    for one in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            if time.time() - one.stat().st_mtime > STALE_S:
                shutil.rmtree(one, ignore_errors=True)
