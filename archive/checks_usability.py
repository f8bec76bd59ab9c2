"""Checks of usability 可用性 and security 安全性: everything opens, in open formats, with nothing beside it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from archive.checks_api import Payload
from archive.facts import VOLUME_TITLES
from archive.layout import NOTE, volume_path
from archive.ruling import read


def readable_metadata(payload: Payload) -> Iterator[str]:
    """Every metadata file can be parsed."""
    if not payload.trees:
        yield "没有元数据"


def reachable(payload: Payload) -> Iterator[str]:
    """The database still has what the lists say."""
    if not payload.contents.items:
        yield "数据库中没有卷内目录"


def formats(payload: Payload) -> Iterator[str]:
    """Volumes claim PDF/A-3u, papers PDF/A."""
    for file in payload.files:
        if file.media_type == "application/pdf" and file.what.endswith(("（文书）", "（PDF/A-3u）")):
            with pikepdf.open(payload.root / file.path) as pdf:
                claim = pdf.Root.get("/Metadata")
                if claim is None or b"pdfaid" not in claim.read_bytes():
                    yield f"{file.what}不是 PDF/A"


def readable(payload: Payload) -> Iterator[str]:
    """Both volumes open and have the pages that the lists count."""
    for volume in payload.contents.package.volumes:
        with pikepdf.open(payload.root / volume_path(volume.name)) as pdf:
            if len(pdf.pages) < volume.pages:
                yield f"{VOLUME_TITLES[volume.name]}页数不足"


def lasting(payload: Payload) -> Iterator[str]:
    """Formats are those that may be kept for ever."""
    known = set(read("checks")["lasting"])
    named = {f.media_type: f for f in payload.files if f.media_type and f.media_type not in known}
    yield from (f"{f.what}的格式{kind}不在长期保存格式内" for kind, f in sorted(named.items()))


def environment(payload: Payload) -> Iterator[str]:
    """What is needed to read the package is written down in it."""
    note = next((f for f in payload.files if f.path == NOTE), None)
    if note is None or "软硬件环境：" not in (payload.root / note.path).read_text(encoding="utf-8"):
        yield "说明文件没有写明软硬件环境"


def open_formats(payload: Payload) -> Iterator[str]:
    """No PDF is encrypted, nothing is packed once more."""
    for file in payload.files:
        if Path(file.path).suffix.lower() in (".zip", ".7z", ".rar", ".gz"):
            yield f"{file.what}是压缩文件"
        if file.media_type == "application/pdf":
            with pikepdf.open(payload.root / file.path) as pdf:
                if pdf.is_encrypted:
                    yield f"{file.what}已加密"


def antivirus(_payload: Payload) -> Iterator[str]:
    """An antivirus program is installed on the machine that packs."""
    if shutil.which("clamscan") is None and shutil.which("clamdscan") is None:
        yield "本机没有安装查毒程序（clamav）"


def surplus(payload: Payload) -> Iterator[str]:
    """Nothing lies in the folder that the plan does not know."""
    known = {f.path for f in payload.files}
    for path in sorted((payload.root / "data").rglob("*")):
        if path.is_file() and path.relative_to(payload.root).as_posix() not in known:
            yield f"多余文件“{path.name}”"


def consistent(payload: Payload) -> Iterator[str]:
    """What was planned is what lies there."""
    yield from (f"{f.what}不在包内" for f in payload.files if not (payload.root / f.path).is_file())
    yield from surplus(payload)
