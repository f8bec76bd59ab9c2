"""A case's journal as a file that anybody can check: its chain, the program that checks it, and the roots that fix it.

An event holds ids, digests and names of changed fields, no personal values. Who takes it is written down (`web.blobs`).
"""

import contextlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import orm

from archive.packing_view import event_line
from casework.facts import CaseFacts
from foundation import journal, ledger
from foundation.clock import local
from foundation.context import Context
from foundation.errors import NotFound

OLDEST = (1980, 1, 1, 0, 0, 0)
CHECK = Path(__file__).parent / "portable" / "verify.py"
MOST_ROOTS = 30
CHAIN, HOW = "办案日志.jsonl", "读我.txt"


def chain_export(ctx: Context, case: CaseFacts) -> bytes:
    """Return the journal of a case as a ZIP file."""
    stream = f"case:{case.id}"
    with ctx.database.read() as session:
        events = list(journal.events(session, stream))
        anchors = ledger.anchors_of(session, case.agency_id, limit=MOST_ROOTS)
        lines = list(_roots(session, case.agency_id, anchors, stream))
    head = events[-1].hash if events else journal.GENESIS
    text = _how(ctx, case, len(events), head, lines)
    files = {
        CHAIN: b"".join(event_line(e) + b"\n" for e in events),
        "verify.py": CHECK.read_bytes(),
        HOW: text.encode(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, date_time=OLDEST)
            info.external_attr = 0o644 << 16
            packed.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _roots(session: orm.Session, agency_id: str, anchors: list[ledger.Anchor], stream: str) -> Iterator[str]:
    for anchor in anchors:
        with contextlib.suppress(NotFound):
            shown = ledger.proof(session, agency_id, anchor.day, stream)
            yield f"{anchor.day}  第{shown.seq}条  {shown.hash}  总账根 {anchor.root}"


def _how(ctx: Context, case: CaseFacts, count: int, head: str, roots: list[str]) -> str:
    told = "\n".join(roots) or "（还没有总账根：每天由后台生成一次）"
    return f"""案件 {case.number or case.working_number} {case.title} 的办案日志
导出时间 {local(ctx.clock.now()):%Y-%m-%d %H:%M}，共 {count} 条，末条哈希：
{head}

怎样核验（不需要本系统，只要 Python 3.6 以上）：
  python3 verify.py --chain {CHAIN}
每一条的哈希由前一条的哈希和本条内容算出：改动、删去、插入任何一条，其后各条都对不上。

整条日志被重新计算过怎么发现：与另外保存的总账根（打印、时间戳、档案包内的日志）比较。
本案日志在各日总账中的位置：
{told}
"""
