"""Backup and restore of a whole installation, the same on both columns: every row, every stored file, every package.

A backup is a folder: `tables/<name>.jsonl` (one row a line, in one snapshot of the database), `blobs/ab/cd/<sha256>`,
`packages/…`, and `manifest.json` with the digest of every table, the head of every journal stream and what was
counted. Keys are not in it: they go to a second file under a passphrase (`foundation.backup_keys`).

A restore checks the manifest before it changes anything, puts all rows back in one transaction, takes every blob in
under its digest and verifies every journal chain against the heads in the manifest. Over an installation that went on
since, it says which chains lose events (F16); what must outlive it is carried over (`foundation.backup_carrying`).
`foundation.backup_drill` tries a restore beside the installation.
"""

import contextlib
import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from foundation import journal
from foundation.backup_carrying import CARRIERS, Restored
from foundation.backup_rows import file_of, one_snapshot, replace_rows, rows_of, tables, write_table
from foundation.context import Context
from foundation.errors import BadInput, Broken, Conflict, NotFound

FORMAT = 1
DIGEST = re.compile(r'"([0-9a-f]{64})"')
"""Every digest in the rows; those that the store has are blobs."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Backup:
    """What a backup holds."""

    folder: Path
    made_at: dt.datetime
    tables: Mapping[str, int]
    """Rows by table."""
    blobs: int
    size: int
    """Bytes of the blobs."""
    streams: int
    missing: tuple[str, ...] = ()
    """Blobs that rows name and the store does not have."""
    lost: tuple[str, ...] = ()
    """What a restore takes away: one sentence for each chain that had gone on since the backup."""
    carried: tuple[str, ...] = ()
    """What outlived a restore, or waits for somebody (`foundation.backup_carrying`)."""


def back_up(ctx: Context, folder: Path, *, progress: Progress = lambda *_: None) -> Backup:
    """Write a backup into a folder that does not exist yet.

    Raises:
        Conflict: There is something in the folder already.
        Broken: The database has a table that this program does not know.
    """
    _refuse_unknown_tables(ctx)
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"目录 {folder} 不是空的，未写入任何内容。", remedy="换一个新目录。")
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    with ctx.database.read() as session:
        one_snapshot(ctx, session)
        counts = {t.name: write_table(session, t, folder) for t in tables()}
        heads = {h.stream: [h.seq, h.hash] for h in session.scalars(sa.select(journal.HeadRow))}
    wanted = sorted(_named_digests(folder))
    sizes = {sha: _keep_blob(ctx, sha, folder / "blobs") for sha in _counted(wanted, progress, "文件")}
    kept = [size for size in sizes.values() if size is not None]
    missing = sorted(sha for sha in _blobs_of_rows(folder) if sizes.get(sha) is None)
    if (ctx.settings.data_dir / "packages").is_dir():
        shutil.copytree(ctx.settings.data_dir / "packages", folder / "packages", copy_function=_link_or_copy)
    made_at = dt.datetime.now(dt.UTC)
    manifest = {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "rows": counts,
        "sha256": {p.name: _digest(p) for p in sorted((folder / "tables").iterdir())},
        "heads": heads,
        "blobs": len(kept),
        "missing": missing,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return Backup(
        folder=folder,
        made_at=made_at,
        tables=counts,
        blobs=len(kept),
        size=sum(kept),
        streams=len(heads),
        missing=tuple(missing),
    )


def restore(
    ctx: Context, folder: Path, *, replace: bool = False, carry: bool = True, progress: Progress = lambda *_: None
) -> Backup:
    """Put a backup back into an installation whose tables exist.

    Args:
        ctx: The floor.
        folder: The backup.
        replace: Take away what is there; else only an empty installation is filled.
        carry: Carry over what must outlive a restore; the demo, which begins anew, does not.
        progress: Told how far it is.

    Raises:
        BadInput: The folder is no backup.
        Broken: A table, file or chain is not what the manifest says.
        Conflict: The installation is not empty.
    """
    manifest = read_manifest(folder)
    for name, sha in manifest["sha256"].items():
        if _digest(folder / "tables" / name) != sha:
            raise Broken(f"备份中的 {name} 与清单不符，未恢复任何内容。", remedy="换另一份备份。")
    files = sorted(p for p in (folder / "blobs").rglob("*") if p.is_file())
    if len(files) != manifest["blobs"]:
        raise Broken(f"备份应有 {manifest['blobs']} 个文件，现有 {len(files)} 个。", remedy="换另一份备份。")
    sizes = [_take_blob(ctx, path) for path in _counted(files, progress, "文件")]
    with ctx.database.write() as session:
        if not replace and session.scalar(sa.select(sa.func.count()).select_from(journal.HeadRow)):
            raise Conflict("本机已有数据，未恢复任何内容。", remedy="在新装的环境恢复，或加 --replace。")
        lost = tuple(_lost(session, manifest["heads"]))
        was_empty = not session.scalar(sa.select(sa.func.count()).select_from(journal.HeadRow))
        kept = {name: one.collect(session) for name, one in CARRIERS.items()} if carry else {}
        replace_rows(ctx, session, folder)
        for stream, (seq, head) in manifest["heads"].items():
            journal.verify_chain(session, stream)
            found = session.get_one(journal.HeadRow, stream)
            if [found.seq, found.hash] != [seq, head]:
                raise Broken(f"日志“{stream}”与备份清单不符，未恢复任何内容。", remedy="换另一份备份。")
        restored = Restored(made_at=dt.datetime.fromisoformat(manifest["made_at"]), was_empty=was_empty)
        carried = tuple(told for name in kept for told in CARRIERS[name].settle(ctx, session, kept[name], restored))
    if (folder / "packages").is_dir():
        target = ctx.settings.data_dir / "packages"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder / "packages", target, copy_function=_link_or_copy)
    return Backup(
        folder=folder,
        made_at=restored.made_at,
        tables=manifest["rows"],
        blobs=len(sizes),
        size=sum(sizes),
        streams=len(manifest["heads"]),
        missing=tuple(manifest["missing"]),
        lost=lost,
        carried=carried,
    )


def check(folder: Path, progress: Progress = lambda *_: None) -> list[str]:
    """Read every byte of a backup again; return what does not agree with its manifest, one sentence each.

    Raises:
        BadInput: The folder is no backup.
    """
    manifest = read_manifest(folder)
    faults = [f"清单中的 {n} 不在备份中。" for n in manifest["sha256"] if not (folder / "tables" / n).is_file()]
    present = [n for n in manifest["sha256"] if (folder / "tables" / n).is_file()]
    faults += [f"{n} 与清单不符。" for n in present if _digest(folder / "tables" / n) != manifest["sha256"][n]]
    files = sorted(p for p in (folder / "blobs").rglob("*") if p.is_file())
    if len(files) != manifest["blobs"]:
        faults.append(f"应有 {manifest['blobs']} 个文件，现有 {len(files)} 个。")
    spoilt = [p.name for p in _counted(files, progress, "文件") if _digest(p) != p.name]
    return faults + [f"文件 {name[:12]}… 的内容已改变。" for name in spoilt]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a backup's manifest.

    Raises:
        BadInput: There is none, or it is of a later format.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput(f"{folder} 不是备份目录。", remedy="指定 flask backup 写出的目录。", path="folder") from None
    if manifest.get("format") != FORMAT:
        raise BadInput("备份的格式版本不认识。", remedy="用相同或更新的版本恢复。", path="folder")
    return manifest


def _refuse_unknown_tables(ctx: Context) -> None:
    unknown = set(sa.inspect(ctx.database.engine).get_table_names()) - {t.name for t in tables()} - {"alembic_version"}
    if unknown:
        names = "、".join(sorted(unknown))
        raise Broken(f"数据库中有程序不认识的表：{names}，备份会不完整。", remedy="用与数据库相应的程序版本备份。")


def _lost(session: orm.Session, heads: Mapping[str, list[Any]]) -> Iterator[str]:
    """Say which chains have gone on since a backup was made."""
    for head in session.scalars(sa.select(journal.HeadRow).order_by(journal.HeadRow.stream)):
        kept = heads.get(head.stream, [0, journal.GENESIS])[0]
        if head.seq > kept:
            yield f"日志“{head.stream}”少{head.seq - kept}条（备份时{kept}条，现有{head.seq}条）。"


def _named_digests(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in (folder / "tables").iterdir():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                found.update(DIGEST.findall(line))
    return found


def _blobs_of_rows(folder: Path) -> set[str]:
    """Return the digests in columns that name a blob (`blob`): these must be in the store."""
    rows = (row for t in tables() if "blob" in t.columns for part in rows_of(file_of(folder, t)) for row in part)
    return {row["blob"] for row in rows if row["blob"]}


def _keep_blob(ctx: Context, sha: str, root: Path) -> int | None:
    """Put a blob into the backup; None when the digest is not a blob's (of a chain, of a content)."""
    try:
        size = ctx.blobs.size(sha)
    except NotFound:
        return None
    target = root / sha[:2] / sha[2:4] / sha
    target.parent.mkdir(parents=True, exist_ok=True)
    ctx.blobs.export(sha, target)
    return size


def _take_blob(ctx: Context, path: Path) -> int:
    with contextlib.suppress(NotFound, Broken):
        return ctx.blobs.verify(path.name).size
    ctx.blobs.remove(path.name)  # absent, or spoilt: what we have is better
    blob = ctx.blobs.put(path)
    if blob.sha256 != path.name:
        raise Broken(f"备份中的文件 {path.name[:12]}… 已改变，未恢复任何记录。", remedy="换另一份备份。")
    return blob.size


def _link_or_copy(source: str, target: str) -> None:
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counted(items: list[Any], progress: Progress, what: str) -> Iterator[Any]:
    for number, item in enumerate(items, 1):
        yield item
        progress(number, len(items), what)
