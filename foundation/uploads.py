"""Uploads that may break off and go on: begun for a purpose, written piece by piece, finished exactly once.

The floors register what an upload may be for; whoever needs large files from people writes one function and no
protocol. Like a job, an upload carries the account that began it, whose rights are asked again at the end.

    @purpose("scan", title="扫描件", begin=may_begin)
    def receive(ctx: Context, arrived: Arrived) -> str:
        ...                       # written to be run twice: a killed server runs it again
        return "/documents/…"     # the page that shows what became of it

Bytes are `foundation.upload_parts`; the protocol (tus 1.0) is `web/uploads`. A finisher that refuses leaves the upload
whole, with what is wrong; it may be finished again with other words, and nothing has to be sent twice. What nobody
goes on with is removed after its time by the duty `uploads`.
"""

import datetime as dt
import shutil
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy import orm

from foundation.context import Context
from foundation.database import lock_row
from foundation.digests import Blob
from foundation.errors import AnjuanError, BadInput, Conflict, Full, NotFound, Refused, Unavailable
from foundation.jobs import duty
from foundation.upload_kinds import KEPT, PURPOSES, Arrived, Purpose, UploadFacts, UploadRow, Wanted, facts_of, purpose
from foundation.upload_parts import Busy, Checksum, Mismatch, Part, Source

__all__ = [
    "KEPT",
    "PURPOSES",
    "Arrived",
    "Busy",
    "Checksum",
    "Mismatch",
    "Purpose",
    "UploadFacts",
    "Wanted",
    "append",
    "begin",
    "drop",
    "finish",
    "most",
    "offset",
    "purpose",
    "tidy",
    "unfinished",
    "upload_facts",
]
REMEMBERED = dt.timedelta(days=2)
"""How long a finished one still answers with what became of it."""
TOUCHED_EVERY = dt.timedelta(minutes=1)
"""How exactly the last piece is written down."""
LEFT_ALONE = dt.timedelta(minutes=5)
"""After which the duty finishes a whole upload whose server was killed before it could."""
MOST_OPEN = 200
"""Uploads of one account under way at the same time (a card full of photos is one each)."""
SPARE = 512 << 20
"""Bytes that an upload must leave free on the disk."""
WORDS = 40
LONGEST = 4000
"""Words that come with an upload: how many, and how long one may be."""

log = structlog.get_logger(__name__)


def part_of(ctx: Context, upload_id: str) -> Part:
    """Return the file of an upload."""
    return Part(path=ctx.settings.uploads / f"{upload_id}.part")


def most(ctx: Context) -> int:
    """Return the most bytes that one upload may have."""
    return ctx.settings.upload_gib << 30


def begin(ctx: Context, wanted: Wanted) -> UploadFacts:
    """Begin an upload.

    Raises:
        BadInput: It is empty, too large, or its words cannot be.
        Full: The disk has no room for it.
        Refused: Too many are under way.
    """
    kind = PURPOSES.get(wanted.purpose)
    if kind is None:
        raise BadInput("没有说明上传的文件用作什么。", remedy="从案件页面重新上传。", path="purpose")
    _check_size(ctx, wanted.length)
    if len(wanted.words) > WORDS or any(len(v) > LONGEST for v in wanted.words.values()):
        raise BadInput("随文件填写的内容过长。", remedy=f"每栏不超过{LONGEST}字。", path="words")
    kind.begin(ctx, wanted)
    now = ctx.clock.now()
    row = UploadRow(
        id=ctx.ids.new(),
        **{n: getattr(wanted, n) for n in ("agency_id", "by", "purpose", "subject", "length", "sha256")},
        file_name=wanted.file_name[:400],
        words=dict(wanted.words),
        begun_at=now,
        touched_at=now,
    )
    with ctx.database.write() as session:
        _refuse_many(session, wanted.by)
        session.add(row)
    part_of(ctx, row.id).make()
    return facts_of(row)


def _check_size(ctx: Context, length: int) -> None:
    if length <= 0:
        raise BadInput("文件是空的（0 字节）。", remedy="重新从设备导出后上传。", path="file")
    if length > most(ctx):
        limit = f"{ctx.settings.upload_gib}GiB"
        raise BadInput(f"文件超过{limit}。", remedy="分段导出后分别上传，或请管理员调高上限。", path="file")
    folder = ctx.settings.uploads
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < length + SPARE:
        raise Full("服务器磁盘空间不足，文件没有上传。", remedy="请系统管理员清理磁盘或扩容后重试。")


def _refuse_many(session: orm.Session, by: str) -> None:
    own = (UploadRow.by == by, UploadRow.finished_at.is_(None))
    if (session.scalar(sa.select(sa.func.count()).select_from(UploadRow).where(*own)) or 0) >= MOST_OPEN:
        raise Refused(f"您有{MOST_OPEN}个文件没有传完。", remedy="先在“未完成的上传”中接着传或删除。")


def upload_facts(session: orm.Session, upload_id: str, by: str) -> UploadFacts:
    """Return somebody's own upload.

    Raises:
        NotFound: There is none for this account.
    """
    row = session.get(UploadRow, upload_id)
    if row is None or row.by != by:
        raise NotFound("没有这个上传。", remedy="它可能已完成、已删除或已过期；重新选择文件上传。")
    return facts_of(row)


def unfinished(session: orm.Session, by: str) -> list[UploadFacts]:
    """Return what an account has begun and not finished, latest first."""
    query = sa.select(UploadRow).where(UploadRow.by == by, UploadRow.finished_at.is_(None))
    return [facts_of(r) for r in session.scalars(query.order_by(UploadRow.begun_at.desc(), UploadRow.id.desc()))]


def offset(ctx: Context, upload: UploadFacts) -> int:
    """Return how many bytes are there, as the disk says."""
    return upload.length if upload.finished_at else part_of(ctx, upload.id).size()


def append(ctx: Context, upload: UploadFacts, at: int, source: Source, checksum: Checksum | None = None) -> int:
    """Write a piece and return the new offset.

    Raises:
        Conflict: The piece does not begin where the file ends, or somebody else writes (`Busy`).
        Mismatch: It is not what its checksum says.
        Full: The disk is full; what was written counts.
    """
    part = part_of(ctx, upload.id)
    with part.held():
        there = offset(ctx, upload)
        if at != there:
            raise Conflict(f"这一段应从第{there}字节开始。", remedy="按服务器给出的位置继续。", path="offset")
        if there == upload.length:
            return there
        try:
            there = part.append(source, upload.length - there, checksum)
        finally:
            _touch(ctx, upload)
    return there


def _touch(ctx: Context, upload: UploadFacts) -> None:
    """Write down that somebody goes on with it, once in a while: pieces come many a second."""
    if ctx.clock.now() - upload.touched_at < TOUCHED_EVERY:
        return
    with ctx.database.write() as session:
        session.execute(sa.update(UploadRow).where(UploadRow.id == upload.id).values(touched_at=ctx.clock.now()))


def finish(ctx: Context, upload_id: str, words: Mapping[str, str] | None = None) -> UploadFacts:
    """Make of a whole upload what it is for; done once, however often it is asked.

    Args:
        ctx: The floor.
        upload_id: The upload; the caller looked it up for its account.
        words: Answers that replace or add to those it was begun with.

    Raises:
        Conflict: Bytes are missing, or somebody else is at it.
        AnjuanError: What its purpose refuses; the upload keeps it (`fault`) and may be finished again.
    """
    part = part_of(ctx, upload_id)
    with part.held():
        upload = _with_words(ctx, upload_id, words or {})
        if upload.finished_at:
            return upload
        if part.size() != upload.length:
            raise Conflict("文件还没有传完。", remedy="从断点继续上传。")
        try:
            target = PURPOSES[upload.purpose].finish(
                ctx, Arrived(upload=upload, part=part, blob=_checked(part, upload))
            )
        except AnjuanError as error:
            fault = {"message": error.message, "remedy": error.remedy, "path": error.path, "code": error.code}
            _change(ctx, upload_id, fault={} if isinstance(error, Unavailable) else fault)
            raise
        done = _change(ctx, upload_id, finished_at=ctx.clock.now(), target=target, fault={}, words={})
        part.remove()
        return done


def _checked(part: Part, upload: UploadFacts) -> Blob:
    blob = part.digests()
    if upload.sha256 and blob.sha256 != upload.sha256:
        raise Mismatch("收到的文件与发送时的摘要不符，未登记。", remedy="删除这次上传，重新发送文件。", path="sha256")
    return blob


def _with_words(ctx: Context, upload_id: str, words: Mapping[str, str]) -> UploadFacts:
    with ctx.database.write() as session:
        row = _row(session, upload_id)
        if words and row.finished_at is None:
            row.words = {**row.words, **words}
        return facts_of(row)


def _change(ctx: Context, upload_id: str, **values: Any) -> UploadFacts:
    with ctx.database.write() as session:
        row = _row(session, upload_id)
        for name, value in values.items():
            setattr(row, name, value)
        row.touched_at = ctx.clock.now()
        return facts_of(row)


def _row(session: orm.Session, upload_id: str) -> UploadRow:
    row: UploadRow | None = lock_row(session, UploadRow, upload_id)
    if row is None:
        raise NotFound("没有这个上传。", remedy="重新选择文件上传。")
    return row


def drop(ctx: Context, upload: UploadFacts) -> None:
    """Give an upload up: its bytes are removed; what a finished one became stays.

    Raises:
        Busy: Somebody writes to it at this moment.
    """
    part = part_of(ctx, upload.id)
    with part.held():
        with ctx.database.write() as session:
            session.execute(sa.delete(UploadRow).where(UploadRow.id == upload.id))
        part.remove()


@duty("uploads", every_s=60)
def tidy(ctx: Context) -> int:
    """Finish what a killed server left whole, and remove what is past its time; return how many were removed."""
    now = ctx.clock.now()
    with ctx.database.read() as session:
        rows = [
            facts_of(r) for r in session.scalars(sa.select(UploadRow).where(UploadRow.touched_at < now - LEFT_ALONE))
        ]
    over = [u for u in rows if now >= (u.finished_at + REMEMBERED if u.finished_at else u.expires_at)]
    for upload in (u for u in rows if u not in over and not u.finished_at and not u.fault):
        if upload.purpose in PURPOSES and part_of(ctx, upload.id).size() == upload.length:
            _finish_quietly(ctx, upload)
    return sum(_removed(ctx, u) for u in over) + _sweep_strays(ctx)


def _finish_quietly(ctx: Context, upload: UploadFacts) -> None:
    try:
        finish(ctx, upload.id)
    except AnjuanError as error:
        log.info("upload.unfinished", upload=upload.id, error=error.code)


def _removed(ctx: Context, upload: UploadFacts) -> bool:
    try:
        drop(ctx, upload)
    except Conflict:
        return False
    return True


def _sweep_strays(ctx: Context) -> int:
    """Remove files that belong to no upload (a server killed between row and file)."""
    folder = ctx.settings.uploads
    if not folder.is_dir():
        return 0
    with ctx.database.read() as session:
        known = set(session.scalars(sa.select(UploadRow.id)))
    limit = ctx.clock.now().timestamp() - KEPT.total_seconds()
    strays = [p for p in folder.iterdir() if p.stem not in known and p.stat().st_mtime < limit]
    for path in strays:
        path.unlink(missing_ok=True)
    return len([p for p in strays if p.suffix == ".part"])
