"""A BagIt folder (RFC 8493) written beside, checked and renamed: a crash leaves no package or a whole one.

Stored bytes are hard-linked, or copied once where they lie elsewhere, while SHA-256 and SM3 are taken in the same read;
nothing is loaded as a whole. Before the rename every file is read again (SHA-256) and everything is flushed to disk.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.facts import FileFacts
from foundation.blobs import PIECE, Blob, BlobStore, LocalBlobs, copy_with_digests
from foundation.blobs import digests as both_digests
from foundation.errors import Broken, Unavailable

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"
TAGMANIFEST = "tagmanifest-sha256.txt"
Progress = Callable[[int, int, str], None]
"""Done and all bytes, and what is being done."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A finished folder."""

    digest: str
    """SHA-256 of the tag manifest."""
    size: int
    """Bytes of payload and tag files."""
    files: int
    """Files of the payload."""


def place(
    blobs: BlobStore, files: Sequence[FileFacts], root: Path, progress: Progress = lambda *_: None
) -> list[FileFacts]:
    """Put stored bytes at their places under a folder; return the files with both digests and sizes.

    Raises:
        Broken: Stored bytes do not agree with their digest; names the thing.
        Unavailable: The disk is full.
    """
    total, done, placed = sum(f.size for f in files), 0, list[FileFacts]()
    for one in files:
        target = root / one.path
        with disk_errors():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            blob = _linked_or_copied(blobs, one.sha256, target)
        if blob.sha256 != one.sha256:
            target.unlink()
            raise Broken(f"存储中的“{one.what}”与摘要不符。", remedy="用备份恢复该文件后再归档。", path=one.path)
        placed.append(replace(one, sm3=blob.sm3, size=blob.size))
        done += blob.size
        progress(done, max(total, done), one.what)
    return placed


def _linked_or_copied(blobs: BlobStore, sha256: str, target: Path) -> Blob:
    if isinstance(blobs, LocalBlobs):
        blobs.size(sha256)  # says in Chinese that it is missing
        try:
            os.link(blobs.path(sha256), target)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
                raise
        else:
            return both_digests(pieces(target))
    with target.open("wb") as out:
        blob = both_digests(_written(blobs.stream(sha256), out.write))
        out.flush()
        os.fsync(out.fileno())
    target.chmod(0o444)
    return blob


def _written(source: Iterable[bytes], write: Callable[[bytes], int]) -> Iterator[bytes]:
    for piece in source:
        write(piece)
        yield piece


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces."""
    with path.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")


def write_file(root: Path, file: FileFacts, data: bytes) -> FileFacts:
    """Write one small file durably; return it with digests and size."""
    target = root / file.path
    with disk_errors():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        with target.open("wb") as out:
            blob = copy_with_digests(data, out)
            out.flush()
            os.fsync(out.fileno())
        target.chmod(0o444)
    return replace(file, sha256=blob.sha256, sm3=blob.sm3, size=blob.size)


def seal(root: Path, payload: Sequence[FileFacts], info: Mapping[str, str], tags: Mapping[str, bytes]) -> Sealed:
    """Write declaration, information, manifests and further tag files of a placed payload.

    Args:
        root: The folder.
        payload: All files under `data/`.
        info: Lines of `bag-info.txt` in order.
        tags: Further files at the root by name.
    """
    ordered = sorted(payload, key=lambda f: f.path)
    oxum = f"{sum(f.size for f in ordered)}.{len(ordered)}"
    lines = "".join(f"{key}: {value}\n" for key, value in {**info, "Payload-Oxum": oxum}.items())
    texts = {
        "bagit.txt": DECLARATION.encode(),
        "bag-info.txt": lines.encode(),
        "manifest-sha256.txt": "".join(f"{f.sha256}  {f.path}\n" for f in ordered).encode(),
        "manifest-sm3.txt": "".join(f"{f.sm3}  {f.path}\n" for f in ordered).encode(),
        **tags,
    }
    written = [write_file(root, tag_file(name), data) for name, data in sorted(texts.items())]
    manifest = "".join(f"{f.sha256}  {f.path}\n" for f in written).encode()
    last = write_file(root, tag_file(TAGMANIFEST), manifest)
    size = sum(f.size for f in (*ordered, *written, last))
    return Sealed(digest=last.sha256, size=size, files=len(ordered))


def sealed_as(root: Path, payload: Sequence[FileFacts]) -> Sealed:
    """Return what `seal` returned for a folder that has its name already."""
    digest = both_digests(pieces(root / TAGMANIFEST)).sha256
    size = sum(p.stat().st_size for p in root.iterdir() if p.is_file()) + sum(f.size for f in payload)
    return Sealed(digest=digest, size=size, files=len(payload))


def tag_file(name: str) -> FileFacts:
    """Return the facts of a file at the root before it is written."""
    return FileFacts(path=name, sha256="", sm3="", size=0, what=name)


def check_again(root: Path, payload: Sequence[FileFacts], progress: Progress = lambda *_: None) -> None:
    """Read every file of the payload again and compare SHA-256; name files that do not belong there.

    Raises:
        Broken: A file changed, is missing or is surplus.
    """
    known = {f.path: f for f in payload}
    total, done = sum(f.size for f in payload), 0
    for path, file in sorted(known.items()):
        digest = hashlib.sha256()
        with disk_errors():
            for piece in pieces(root / path):
                digest.update(piece)
        if digest.hexdigest() != file.sha256:
            raise Broken(f"档案包中的“{file.what}”写入后不符。", remedy="检查磁盘后重新归档。", path=path)
        done += file.size
        progress(done, total, file.what)
    found = {p.relative_to(root).as_posix() for p in (root / PAYLOAD).rglob("*") if p.is_file()}
    if surplus := sorted(found - set(known)):
        raise Broken(f"档案包中有多余的文件“{surplus[0]}”。", remedy="删除未完成的文件夹后重新归档。", path=surplus[0])


def rename_whole(work: Path, target: Path) -> None:
    """Make a finished folder appear under its name at once, durably.

    Raises:
        Broken: The name is taken.
    """
    with disk_errors():
        for folder in sorted({p for p in work.rglob("*") if p.is_dir()} | {work}):
            flush_folder(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise Broken(f"档案包文件夹“{target.name}”已经存在。", remedy="核对该档号的档案包。", path=str(target))
        work.rename(target)
        flush_folder(target.parent)


def flush_folder(folder: Path) -> None:
    """Flush a folder's entries to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(incoming: Path, keep: Iterable[str]) -> list[str]:
    """Remove unfinished folders but those of packages still being made; return what was removed."""
    known, removed = set(keep), []
    for folder in sorted(incoming.iterdir()) if incoming.exists() else ():
        if folder.name not in known:
            shutil.rmtree(folder)
            removed.append(folder.name)
    return removed


class disk_errors:  # noqa: N801 - used as a statement
    """Say in Chinese that the disk is full or cannot be written."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Turn an error of the disk into ours.

        Raises:
            Unavailable: The disk is full or refuses.
        """
        if isinstance(error, OSError):
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            message = "磁盘空间不足，档案包没有做成，没有留下半成品。" if full else "档案包文件夹无法写入。"
            remedy = "清理或扩充磁盘后重新归档。" if full else "检查目录权限和磁盘后重新归档。"
            raise Unavailable(message, remedy=remedy, path=str(error.filename or "")) from error
