"""Bytes by their digest: put once, never changed, read by range; local folder or S3, one behaviour (contract tests).

A blob's address is the SHA-256 of its bytes; SM3 is taken in the same read. Confidential blobs are encrypted before
they come here (`foundation.keys`), so their address is the digest of the ciphertext. Large files stream in 1 MiB
pieces.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from foundation.errors import BadInput, Broken, NotFound, Unavailable
from foundation.settings import Settings

PIECE = 1 << 20
"""Bytes read at a time."""


@dataclass(frozen=True, kw_only=True)
class Blob:
    """What is known of stored bytes."""

    sha256: str
    sm3: str
    size: int


class BlobStore(Protocol):
    """Where blobs lie."""

    def put(self, source: bytes | Path | BinaryIO) -> Blob:
        """Store bytes, a file or a stream; the same bytes twice are one blob.

        Raises:
            Unavailable: The store is full or down; nothing is half stored.
        """
        ...

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """Return bytes of a range.

        Raises:
            NotFound: No such blob.
        """
        ...

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range in pieces of at most 1 MiB."""
        ...

    def size(self, sha256: str) -> int:
        """Return a blob's size in bytes.

        Raises:
            NotFound: No such blob.
        """
        ...

    def export(self, sha256: str, target: Path) -> None:
        """Put a blob at a path: hard link where the store is local and on the same disk, else copy."""
        ...

    def verify(self, sha256: str) -> Blob:
        """Read a blob again and compare its digest.

        Raises:
            Broken: The bytes changed.
        """
        ...


class LocalBlobs:
    """Blobs in a folder, `ab/cd/<sha256>`, read-only files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "incoming").mkdir(parents=True, exist_ok=True)

    def put(self, source: bytes | Path | BinaryIO) -> Blob:
        """Write beside, take both digests in the same pass, rename: a crash leaves no half blob."""
        handle, name = tempfile.mkstemp(dir=self.root / "incoming")
        try:
            with os.fdopen(handle, "wb") as out:
                blob = copy_with_digests(source, out)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(blob.sha256)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                Path(name).chmod(0o444)
                Path(name).replace(target)
        except OSError as error:
            raise Unavailable("文件无法写入存储，未登记任何内容。", remedy="检查磁盘空间后重试。") from error
        finally:
            Path(name).unlink(missing_ok=True)
        return blob

    def path(self, sha256: str) -> Path:
        """Return where a blob lies (for programs that need a file name, such as ffmpeg)."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """Return bytes of a range."""
        return b"".join(self.stream(sha256, start, length))

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range in pieces."""
        left = self.size(sha256) - start if length is None else length
        with self.path(sha256).open("rb") as file:
            file.seek(start)
            while left > 0 and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece

    def size(self, sha256: str) -> int:
        """Return a blob's size."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            raise NotFound(f"存储中没有文件 {sha256[:12]}…。", remedy="用备份恢复该文件。") from None

    def export(self, sha256: str, target: Path) -> None:
        """Hard-link, or copy across disks."""
        self.size(sha256)
        try:
            os.link(self.path(sha256), target)
        except OSError:
            shutil.copyfile(self.path(sha256), target)

    def verify(self, sha256: str) -> Blob:
        """Read again and compare."""
        blob = digests(self.stream(sha256))
        if blob.sha256 != sha256:
            raise Broken(f"文件 {sha256[:12]}… 的内容与摘要不符。", remedy="用备份恢复并上报记录毁损情况。")
        return blob


def open_blobs(settings: Settings) -> BlobStore:
    """Open the store that the settings name."""
    return LocalBlobs(settings.data_dir / "blobs")


def digests(pieces: Iterator[bytes]) -> Blob:
    """Take SHA-256, SM3 and size in one read."""
    sha256, sm3, size = hashlib.sha256(), hashlib.new("sm3"), 0
    for piece in pieces:
        sha256.update(piece)
        sm3.update(piece)
        size += len(piece)
    return Blob(sha256=sha256.hexdigest(), sm3=sm3.hexdigest(), size=size)


def copy_with_digests(source: bytes | Path | BinaryIO, out: BinaryIO) -> Blob:
    """Copy a source to an open file and take its digests on the way."""

    def copied() -> Iterator[bytes]:
        for piece in _pieces(source):
            out.write(piece)
            yield piece

    return digests(copied())


def refuse_empty(size: int, path: str) -> None:
    """Refuse a file of 0 bytes.

    Raises:
        BadInput: The file is empty.
    """
    if size == 0:
        raise BadInput("文件是空的（0 字节）。", remedy="请重新选择文件。", path=path)


def _pieces(source: bytes | Path | BinaryIO) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from (source[i : i + PIECE] for i in range(0, len(source), PIECE))
    elif isinstance(source, Path):
        with source.open("rb") as file:
            yield from iter(lambda: file.read(PIECE), b"")
    else:
        yield from iter(lambda: source.read(PIECE), b"")
