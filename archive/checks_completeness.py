"""Checks of completeness 完整性: counts agree, nothing is missing, numbers run without gaps."""

from collections.abc import Iterator
from pathlib import Path

from archive.checks_api import Payload
from archive.checks_authenticity import listings
from archive.facts import VOLUME_TITLES
from archive.layout import EVENTS, MEDIA, metadata_path
from archive.ruling import read
from casework.gates.api import DONE


def item_count(payload: Payload) -> Iterator[str]:
    """Items of lists and volumes agree."""
    for volume in payload.contents.package.volumes:
        listed = payload.trees.get(metadata_path(volume.name, "件目录.xml"))
        count = len(listed.findall("文件/件")) if listed is not None else 0
        if not len(payload.contents.of(volume.name)) == volume.items == count:
            yield f"{VOLUME_TITLES[volume.name]}件数不符"


def byte_count(payload: Payload) -> Iterator[str]:
    """The bytes of all files are what was placed."""
    found = sum((payload.root / f.path).stat().st_size for f in payload.files)
    if found != sum(f.size for f in payload.files):
        yield "字节数不符"


def elements(payload: Payload) -> Iterator[str]:
    """Each item has its package description."""
    for item in payload.contents.items:
        if not item.apart and metadata_path(item.volume, f"eep/{item.seq:04d}.xml") not in payload.trees:
            yield f"《{item.title}》没有封装信息"


def obligatory(payload: Payload) -> Iterator[str]:
    """Obligatory elements of each volume are filled."""
    for volume in payload.contents.package.volumes:
        tree = payload.trees.get(metadata_path(volume.name, "案卷.xml"))
        for name in read("checks")["obligatory"]:
            if tree is None or not (tree.findtext(name) or "").strip():
                yield f"{VOLUME_TITLES[volume.name]}缺少{name}"


def process(payload: Payload) -> Iterator[str]:
    """The journal tells how each paper was made."""
    issued = {str(e.data.get("document")) for e in payload.events if e.kind == "document.issued"}
    for item in payload.contents.items:
        document = payload.contents.document(item.document_id)
        if document.status in DONE and item.document_id not in issued:
            yield f"《{item.title}》没有制发记录"


def continuous(payload: Payload) -> Iterator[str]:
    """Items and pages run without gaps."""
    for volume in payload.contents.package.volumes:
        items, page = payload.contents.of(volume.name), 1
        if [i.seq for i in items] != list(range(1, len(items) + 1)):
            yield f"{VOLUME_TITLES[volume.name]}件号不连续"
        for item in items:
            if item.pages and item.first != page:
                yield f"《{item.title}》的页号不连续"
            page += item.pages


def content(payload: Payload) -> Iterator[str]:
    """Each enclosed paper has its PDF, its DOCX and its data."""
    found: dict[str, set[str]] = {}
    for file in payload.files:
        found.setdefault(file.document_id, set()).add(Path(file.path).suffix)
    for item in payload.contents.items:
        missing = {".pdf", ".docx", ".json"} - found.get(item.document_id, set())
        if not item.apart and missing:
            yield f"《{item.title}》缺少{'、'.join(sorted(missing))}"


def enclosed(payload: Payload) -> Iterator[str]:
    """Each recording whose card stands in a volume is there."""
    placed = {f.recording_id for f in payload.files if f.path.startswith(f"{MEDIA}/")}
    for item in payload.contents.items:
        yield from (f"《{item.title}》的音像原件不在包内" for r in item.recordings if r not in placed)


def scope(payload: Payload) -> Iterator[str]:
    """Each paper's type is known to the order of case files."""
    known = payload.contents.file.definitions
    yield from (f"《{i.title}》不属于归档范围" for i in payload.contents.items if i.document_id not in known)


def package_metadata(payload: Payload) -> Iterator[str]:
    """Journal, lists and descriptions are enclosed."""
    if EVENTS not in {f.path for f in payload.files}:
        yield "缺少办案日志"
    yield from listings(payload)
