"""Backup and restore of a whole installation, the same on both columns: every row, every stored file, every package.

A backup is a folder: `tables/<name>.jsonl` (one row a line, in one snapshot of the database), `blobs/ab/cd/<sha256>`,
`packages/…`, and `manifest.json` with the digest of every table, the head of every journal stream and what was
counted. Keys are not in it: they go to a second file under a passphrase (`foundation.backup_keys`).

A restore checks the manifest before it changes anything, puts all rows back in one transaction, takes every blob in
under its digest and verifies every journal chain against the heads in the manifest (F16).
"""

import base64
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
from foundation.context import Context
from foundation.database import Base
from foundation.errors import BadInput, Broken, Conflict, NotFound

FORMAT = 1
DIGEST = re.compile(r'"([0-9a-f]{64})"')
"""Every digest in the rows; those that the store has are blobs."""
ROWS = 500
"""Rows put back by one statement."""

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


def back_up(ctx: Context, folder: Path, *, progress: Progress = lambda *_: None) -> Backup:
    """Write a backup into a folder that does not exist yet.

    Raises:
        Conflict: There is something in the folder already.
        Broken: A row names a file that the store does not have.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"目录 {folder} 不是空的，未写入任何内容。", remedy="换一个新目录。")
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    with ctx.database.read() as session:
        _one_snapshot(ctx, session)
        counts = {t.name: _write_table(session, t, folder) for t in _tables()}
        heads = {h.stream: [h.seq, h.hash] for h in session.scalars(sa.select(journal.HeadRow))}
    wanted = sorted(_named_digests(folder))
    sizes = [_keep_blob(ctx, sha, folder / "blobs") for sha in _counted(wanted, progress, "文件")]
    if (ctx.settings.data_dir / "packages").is_dir():
        shutil.copytree(ctx.settings.data_dir / "packages", folder / "packages", copy_function=_link_or_copy)
    made_at = dt.datetime.now(dt.UTC)
    manifest = {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "rows": counts,
        "sha256": {p.name: _digest(p) for p in sorted((folder / "tables").iterdir())},
        "heads": heads,
        "blobs": sum(s is not None for s in sizes),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return Backup(
        folder=folder,
        made_at=made_at,
        tables=counts,
        blobs=manifest["blobs"],
        size=sum(s or 0 for s in sizes),
        streams=len(heads),
    )


def restore(ctx: Context, folder: Path, *, replace: bool = False, progress: Progress = lambda *_: None) -> Backup:
    """Put a backup back into an installation whose tables exist.

    Args:
        ctx: The floor.
        folder: The backup.
        replace: Take away what is there; else only an empty installation is filled.
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
    sizes = [_take_blob(ctx, path) for path in _counted(files, progress, "文件")]
    with ctx.database.write() as session:
        if not replace and session.scalar(sa.select(sa.func.count()).select_from(journal.HeadRow)):
            raise Conflict("本机已有数据，未恢复任何内容。", remedy="在新装的环境恢复，或加 --replace。")
        _replace_rows(ctx, session, folder)
        for stream, (seq, head) in manifest["heads"].items():
            journal.verify_chain(session, stream)
            found = session.get_one(journal.HeadRow, stream)
            if [found.seq, found.hash] != [seq, head]:
                raise Broken(f"日志“{stream}”与备份清单不符，未恢复任何内容。", remedy="换另一份备份。")
    if (folder / "packages").is_dir():
        target = ctx.settings.data_dir / "packages"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder / "packages", target, copy_function=_link_or_copy)
    return Backup(
        folder=folder,
        made_at=dt.datetime.fromisoformat(manifest["made_at"]),
        tables=manifest["rows"],
        blobs=len(sizes),
        size=sum(sizes),
        streams=len(manifest["heads"]),
    )


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


def _tables() -> list[sa.Table]:
    return list(Base.metadata.sorted_tables)


def _one_snapshot(ctx: Context, session: orm.Session) -> None:
    """Let all reads of the session see one state (SQLite's reading transaction does so by itself)."""
    if ctx.database.is_postgresql:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _write_table(session: orm.Session, table: sa.Table, folder: Path) -> int:
    count = 0
    with (folder / "tables" / f"{table.name}.jsonl").open("w", encoding="utf-8") as out:
        for row in session.execute(sa.select(table).order_by(*table.primary_key)).mappings():
            out.write(json.dumps({k: _written(v) for k, v in row.items()}, ensure_ascii=False) + "\n")
            count += 1
    return count


def _written(value: Any) -> Any:
    match value:
        case dt.datetime():
            return {"$at": value.isoformat()}
        case dt.date():
            return {"$on": value.isoformat()}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case dict() | list() | None | str() | bool() | int() | float():
            return value
    return {"$text": str(value)}


def _read(value: Any) -> Any:
    match value:
        case {"$at": text, **rest} if not rest:
            return dt.datetime.fromisoformat(text)
        case {"$on": text, **rest} if not rest:
            return dt.date.fromisoformat(text)
        case {"$bytes": text, **rest} if not rest:
            return base64.b64decode(text)
        case {"$text": text, **rest} if not rest:
            return text
    return value


def _replace_rows(ctx: Context, session: orm.Session, folder: Path) -> None:
    if not ctx.database.is_postgresql:
        session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
    for table in reversed(_tables()):
        session.execute(sa.delete(table))
    for table in _tables():
        for rows in _portions(folder / "tables" / f"{table.name}.jsonl"):
            session.execute(sa.insert(table), rows)
        _next_number(ctx, session, table)
    session.expire_all()


def _portions(path: Path) -> Iterator[list[dict[str, Any]]]:
    if not path.exists():  # a table that this version added
        return
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            rows.append({k: _read(v) for k, v in json.loads(line).items()})
            if len(rows) == ROWS:
                yield rows
                rows = []
    if rows:
        yield rows


def _next_number(ctx: Context, session: orm.Session, table: sa.Table) -> None:
    """Let a counting key go on after the rows that were put back (SQLite does so by itself)."""
    column = table.autoincrement_column
    if ctx.database.is_postgresql and column is not None:
        known = {"table": table.name, "column": column.name}
        last = session.scalar(sa.select(sa.func.max(column))) or 0
        session.execute(
            sa.text("SELECT setval(pg_get_serial_sequence(:table, :column), :last, true)"), {**known, "last": last or 1}
        )


def _named_digests(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in (folder / "tables").iterdir():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                found.update(DIGEST.findall(line))
    return found


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
    with contextlib.suppress(NotFound):
        return ctx.blobs.size(path.name)
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
