"""Where things stand: folders of packages under the data folder, and paths inside a package.

正卷/正卷.pdf  副卷/副卷.pdf            the two volumes
文书/正卷/0001_行政处罚决定书.pdf …       each paper: unsealed PDF/A, sealed and signed files, DOCX, data
媒体/原件/<sha256 12>_<name>  媒体/利用/   original recordings and what was derived from them
元数据/…  定义/…  检测/…                 XML, the case's journal, definitions, the four-property report
"""

from pathlib import Path, PurePosixPath

from archive.facts import VOLUME_TITLES, PackageFacts
from archive.names import MOST_BYTES, cut, safe_name
from casework.facts import RecordingFacts
from foundation.context import Context
from foundation.errors import NotFound

PACKAGES, INCOMING = "packages", ".incoming"
MEDIA, DERIVED = "data/媒体/原件", "data/媒体/利用"
EVENTS = "data/元数据/events.jsonl"
NOTE, CASE = "data/元数据/说明.txt", "data/元数据/案件.json"
REPORT_JSON, REPORT_PDF = "data/检测/GD报告.json", "data/检测/GD报告.pdf"
DIGITS = 12
"""Digits of a digest before a file name."""


def packages_folder(ctx: Context) -> Path:
    """Return the folder of all packages."""
    return ctx.settings.data_dir / PACKAGES


def incoming_folder(ctx: Context) -> Path:
    """Return the folder of packages that are being made."""
    return packages_folder(ctx) / INCOMING


def relative_folder(package: PackageFacts) -> str:
    """Return a package's folder under the packages folder."""
    return f"{package.agency_id}/{package.slug}/v{package.generation}"


def folder_of(ctx: Context, package: PackageFacts) -> Path:
    """Return the folder of a kept package.

    Raises:
        NotFound: It is not kept yet, or its folder is gone.
    """
    folder = packages_folder(ctx) / package.folder
    if not package.folder or not folder.is_dir():
        raise NotFound("档案包文件夹不在本机。", remedy="重新导出该档案包，或用备份恢复。")
    return folder


def volume_path(volume: str) -> str:
    """Return the path of a volume's PDF."""
    title = VOLUME_TITLES[volume]
    return f"data/{title}/{title}.pdf"


def paper_path(volume: str, seq: int, title: str, ending: str) -> str:
    """Return the path of a file of a paper: `0001_行政处罚决定书.pdf`; `ending` begins with a dot or an underline."""
    head = f"{seq:04d}_"
    stem = cut(safe_name(title).replace(".", "_"), MOST_BYTES - len((head + ending).encode()))
    return f"data/文书/{VOLUME_TITLES[volume]}/{head}{stem}{ending}"


def beside_path(volume: str, seq: int, number: int, name: str) -> str:
    """Return the path of an attachment of a paper: `0025_附件1_台账.pdf`."""
    head = f"{seq:04d}_附件{number}_"
    return f"data/文书/{VOLUME_TITLES[volume]}/{head}{safe_name(name, room=MOST_BYTES - len(head.encode()))}"


def media_path(recording: RecordingFacts) -> str:
    """Return the path of a recording's original file."""
    head = f"{recording.blob[:DIGITS]}_"
    return f"{MEDIA}/{head}{safe_name(recording.file_name, room=MOST_BYTES - len(head))}"


def derived_path(recording: RecordingFacts, kind: str, blob: str) -> str:
    """Return the path of something made from a recording (poster, playable copy)."""
    stem = PurePosixPath(safe_name(recording.file_name)).stem
    head, tail = f"{blob[:DIGITS]}_", f"_{safe_name(kind)}"
    return f"{DERIVED}/{head}{cut(stem, MOST_BYTES - len((head + tail).encode()))}{tail}"


def metadata_path(volume: str, name: str) -> str:
    """Return the path of a volume's metadata file."""
    return f"data/元数据/{VOLUME_TITLES[volume]}/{name}"


def definition_path(type_id: str, digest: str) -> str:
    """Return the path of a definition."""
    return f"data/定义/{safe_name(type_id)}_{digest[:DIGITS]}.json"


def template_path(type_id: str, digest: str) -> str:
    """Return where an agency's own Word template of a type lies."""
    return f"data/定义/{safe_name(type_id)}_{digest[:DIGITS]}.docx"
