"""Checks of authenticity 真实性: fixed by digest and seal, metadata regular, linked to what they describe."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

from archive.checks_api import Payload
from archive.facts import VOLUME_TITLES
from archive.layout import NOTE, metadata_path
from archive.payload import packed_at
from archive.ruling import read
from foundation.clock import legal_date

HEAD = 16
"""Bytes that tell what a file is."""


def fixed(payload: Payload) -> Iterator[str]:
    """Digests were taken when the files were placed; seals were asked."""
    yield from (f"{f.what}没有摘要" for f in payload.files if not (f.sha256 and f.sm3))
    yield from (f"{title}的签章无效" for title in payload.broken_seals)


def lengths(payload: Payload) -> Iterator[str]:
    """No metadata value is longer than an archive system takes."""
    longest = int(read("checks")["longest"])
    yield from (f"{name}超过{longest}字" for _path, name, text in payload.texts if len(text) > longest)


def kinds(payload: Payload) -> Iterator[str]:
    """Dates are dates, counts are numbers."""
    for _path, name, text in payload.texts:
        if name in ("件数", "页数", "顺序号", "字节数", "计算机文件大小") and not text.isdigit():
            yield f"{name}“{text}”不是数字"
        if name.endswith(("日期", "时间")) and not _is_moment(text):
            yield f"{name}“{text}”不是日期"


def _is_moment(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def domains(payload: Payload) -> Iterator[str]:
    """Values with a closed list are in it."""
    rules = read("checks")
    if payload.contents.package.retention not in rules["retention"]:
        yield f"保管期限“{payload.contents.package.retention}”不在值域内"
    yield from (
        f"《{i.title}》的密级“{i.secrecy}”不在值域内"
        for i in payload.contents.items
        if i.secrecy not in rules["secrecy"]
    )


def reasonable(payload: Payload) -> Iterator[str]:
    """Nothing is dated after the packing, nothing has no page."""
    day = legal_date(packed_at(payload.contents))
    for item in payload.contents.items:
        if item.date > day or item.date.year < 1949:  # noqa: PLR2004 - no township paper is older
            yield f"《{item.title}》的日期{item.date}不合理"
        if not item.apart and item.pages < 1:
            yield f"《{item.title}》没有页"


def characters(payload: Payload) -> Iterator[str]:
    """No metadata value holds controls or private characters."""
    for _path, name, text in payload.texts:
        if any((c < " " and c not in "\t\n") or "\ue000" <= c <= "\uf8ff" for c in text):
            yield f"{name}含有特殊字符"


def codes(payload: Payload) -> Iterator[str]:
    """Archival codes follow DA/T 13, or the agency's own pattern."""
    own = payload.contents.file.settings.get("archive.code_pattern")
    pattern = re.compile(str(read("checks")["code"]))
    for volume in payload.contents.package.volumes:
        if not own and not pattern.match(volume.code):
            yield f"档号“{volume.code}”不规范"


def duplicates(payload: Payload) -> Iterator[str]:
    """One code, one volume; one place, one file."""
    counted = Counter([v.code for v in payload.contents.package.volumes])
    counted.update(payload.codes_in_use)
    yield from (f"档号“{code}”重复" for code, n in counted.items() if n > 1)
    paths = Counter(f.path.casefold() for f in payload.files)
    yield from (f"文件名“{path}”重复" for path, n in paths.items() if n > 1)


def attributes(payload: Payload) -> Iterator[str]:
    """Size and kind of each file are what the list says."""
    magic = read("checks")["magic"]
    for file in payload.files:
        path = payload.root / file.path
        if path.stat().st_size != file.size:
            yield f"{file.what}的大小不符"
        known = [bytes.fromhex(m) for m in magic.get(file.media_type, ())]
        with path.open("rb") as opened:
            head = opened.read(HEAD)
        if known and not any(head.startswith(m) for m in known):
            yield f"{file.what}不是{file.media_type}"


def linked(payload: Payload) -> Iterator[str]:
    """Every file that the lists name is there."""
    placed = {f.path for f in payload.files}
    for _path, name, text in payload.texts:
        if name in ("电子档案名称", "计算机文件名", "当前位置") and text not in placed:
            yield f"清单所列“{text}”不在包内"


def listings(payload: Payload) -> Iterator[str]:
    """Each volume has its description and its list."""
    for volume in payload.contents.package.volumes:
        for name in ("案卷.xml", "件目录.xml"):
            if metadata_path(volume.name, name) not in payload.trees:
                yield f"缺少{VOLUME_TITLES[volume.name]}的{name}"
    if NOTE not in {f.path for f in payload.files}:
        yield "缺少说明文件"


def folders(payload: Payload) -> Iterator[str]:
    """Only the known folders, no other entry beside them."""
    known = set(read("checks")["folders"])
    found = {f.path.split("/")[1] for f in payload.files}
    yield from (f"不认识的文件夹“{name}”" for name in sorted(found - known))
