"""What works, what does not, and what to do: one probe a thing, each with its remedy (page, `flask health`, `/readyz`).

Floors above add probes of their own (`generator.health`, `casework.health`, `search.health`) with `@probe`. A probe
takes little time, changes nothing and never raises past `checks`. No personal data in what it says.
"""

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from foundation import slots
from foundation.context import Context
from foundation.errors import AnjuanError
from foundation.journal import EventRow
from foundation.outbox import OutboxRow

LITTLE_SPACE = 2 << 30
"""Bytes free below which work should not go on: one long video."""
WARN_SPACE = 10 << 30
PROBE_S = 5
"""Seconds that a program may take to say its version."""
BEHIND = dt.timedelta(minutes=5)
"""How long a row may wait in the outbox before somebody should look."""
SQLITE = (3, 37)
"""FTS5 and strict tables as the search engine uses them."""


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a probe found."""

    name: str
    title: str
    state: State
    detail: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A probe's answer; its name and title are added by `checks`."""

    state: State
    detail: str
    remedy: str = ""


Probe = Callable[[Context], Found]
_PROBES: dict[str, tuple[str, Probe]] = {}


def probe(name: str, title: str) -> Callable[[Probe], Probe]:
    """Add a probe to what is looked at."""

    def add(function: Probe) -> Probe:
        _PROBES[name] = (title, function)
        return function

    return add


def checks(ctx: Context, *, only: frozenset[str] = frozenset()) -> list[Check]:
    """Look at everything, or at the named things, and say how it is."""
    return [_asked(ctx, name, title, ask) for name, (title, ask) in _PROBES.items() if not only or name in only]


def _asked(ctx: Context, name: str, title: str, ask: Probe) -> Check:
    try:
        found = ask(ctx)
    except AnjuanError as error:
        found = Found(state=State.BAD, detail=error.message, remedy=error.remedy)
    except (OSError, sa.exc.SQLAlchemyError) as error:
        found = Found(state=State.BAD, detail=f"检查没有做成：{type(error).__name__}。", remedy="查看日志后重试。")
    return Check(name=name, title=title, state=found.state, detail=found.detail, remedy=found.remedy)


def good(detail: str) -> Found:
    """Return an answer that all is well."""
    return Found(state=State.OK, detail=detail)


def warn(detail: str, remedy: str) -> Found:
    """Return an answer that somebody should look at."""
    return Found(state=State.WARN, detail=detail, remedy=remedy)


def bad(detail: str, remedy: str) -> Found:
    """Return an answer that something does not work."""
    return Found(state=State.BAD, detail=detail, remedy=remedy)


@probe("database", "数据库")
def database(ctx: Context) -> Found:
    """Ask the database's version, and whether SQLite keeps its write-ahead log."""
    with ctx.database.read() as session:
        if ctx.database.is_postgresql:
            return good(f"PostgreSQL {session.scalar(sa.text('show server_version'))}")
        version = str(session.scalar(sa.text("select sqlite_version()")))
        journal = str(session.scalar(sa.text("pragma journal_mode")))
    if tuple(int(n) for n in version.split(".")[:2]) < SQLITE:
        return bad(f"SQLite {version} 过旧。", "升级操作系统，或改用 PostgreSQL（ANJUAN_DATABASE_URL）。")
    if journal != "wal":
        return warn(f"SQLite {version}，日志方式 {journal}。", "把数据目录放在本地磁盘（不要放在网络共享上）。")
    return good(f"SQLite {version}，WAL")


@probe("blobs", "文件存储")
def blobs(ctx: Context) -> Found:
    """Put a small file and read it back."""
    blob = ctx.blobs.put(b"anjuan health\n")
    ctx.blobs.verify(blob.sha256)
    return good(ctx.settings.blobs_url or "本地目录，写入和读回一致")


@probe("disk", "磁盘空间")
def disk(ctx: Context) -> Found:
    """Look at the space left beside the data."""
    free = shutil.disk_usage(ctx.settings.data_dir).free
    detail = f"数据目录剩余 {free / (1 << 30):.1f} GiB"
    if free < LITTLE_SPACE:
        return bad(f"{detail}。", "清理磁盘或扩容；空间不足时停止上传音像。")
    return warn(f"{detail}。", "尽快扩容。") if free < WARN_SPACE else good(detail)


@probe("clock", "系统时钟")
def clock(ctx: Context) -> Found:
    """Compare the machine's clock with the last event it recorded: it must not have gone back."""
    with ctx.database.read() as session:
        last = session.scalar(sa.select(sa.func.max(EventRow.recorded_at)))
    now = dt.datetime.now(dt.UTC)
    if last is not None and last > now + dt.timedelta(seconds=5):
        return bad(f"系统时钟比最后一条日志早 {last - now}。", "核对时间和时区，启用网络对时（systemd-timesyncd）。")
    return good(f"{now.astimezone(dt.timezone(dt.timedelta(hours=8))):%Y-%m-%d %H:%M} 北京时间")


@probe("keys", "密钥")
def keys(ctx: Context) -> Found:
    """Look whether the keys can be read by their owner alone."""
    folder = ctx.settings.keys
    loose = [p.name for p in folder.glob("*") if p.is_file() and p.stat().st_mode & 0o077] if folder.exists() else []
    if loose:
        return bad(f"密钥文件权限过宽：{'、'.join(loose)}。", f"执行 chmod 600 {folder}/*")
    return good("仅所有者可读")


@probe("ffmpeg", "音像工具 ffmpeg")
def ffmpeg(ctx: Context) -> Found:  # noqa: ARG001 - every probe is asked alike
    """Look for ffmpeg and ffprobe."""
    missing = [name for name in ("ffmpeg", "ffprobe") if shutil.which(name) is None]
    if missing:
        return bad(f"没有找到 {'、'.join(missing)}。", "安装 Debian 软件包 ffmpeg。")
    first = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, timeout=PROBE_S, check=False)  # noqa: S607 - found on PATH above
    return good(" ".join(first.stdout.split()[:3]))


@probe("outbox", "待办队列")
def outbox(ctx: Context) -> Found:
    """Look how long the oldest row of the outbox has waited."""
    with ctx.database.read() as session:
        count, oldest = session.execute(sa.select(sa.func.count(), sa.func.min(OutboxRow.added_at))).one()
    waited = ctx.clock.now() - oldest if oldest else dt.timedelta()
    if waited > BEHIND:
        minutes = int(waited.total_seconds() // 60)
        return warn(f"{count} 项等待处理，最早一项已等 {minutes} 分钟。", "启动后台：flask work")
    return good(f"{count} 项等待处理" if count else "没有积压")


@probe("worker", "后台")
def worker(ctx: Context) -> Found:
    """Count the workers that are alive."""
    count = len(slots.held(ctx))
    if not count:
        return warn("没有后台进程，归档、批量制作和检索更新不会进行。", "启动后台：flask work")
    return good(f"{count} 个后台进程在运行")


@probe("limits", "进程")
def process(ctx: Context) -> Found:  # noqa: ARG001 - every probe is asked alike
    """Say how many processors this process may use."""
    return good(f"{len(os.sched_getaffinity(0))} 个处理器可用")
