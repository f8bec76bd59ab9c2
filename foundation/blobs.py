"""Bytes by their digest: put once, never changed, read by range; local folder or S3, one behaviour (contract tests).

A blob's address is the SHA-256 of its bytes; SM3 is taken in the same read. Confidential blobs are encrypted before
they come here (`foundation.keys`), so their address is the digest of the ciphertext. Large files stream in 1 MiB
pieces. S3 is in `foundation.blobs_s3`.
"""

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from foundation.blobs_s3 import S3Blobs
from foundation.digests import PIECE, Blob, copy_with_digests, digests
from foundation.errors import BadInput, Broken, Full, NotFound, Unavailable
from foundation.settings import Settings

__all__ = ["PIECE", "Blob", "BlobStore", "LocalBlobs", "copy_with_digests", "digests", "open_blobs", "refuse_empty"]


NO_ROOM = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
"""Errors of a full disk or an exhausted quota."""


class BlobStore(Protocol):
    """Where blobs lie."""

    def put(self, source: bytes | Path | BinaryIO) -> Blob:
        """Store bytes, a file or a stream; the same bytes twice are one blob.

        Raises:
            Unavailable: The store is full or down; nothing is half stored.
        """
        ...

    def adopt(self, file: Path, known: Blob) -> Blob:
        """Store a file whose digests were just taken and that nobody writes to any more; the file may stay linked.

        Raises:
            Unavailable: The store is full or down; nothing is half stored.
        """
        ...

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """Return bytes of a range; what lies beyond the end is left out.

        Raises:
            NotFound: No such blob.
            Unavailable: The store is down.
        """
        ...

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range in pieces of at most 1 MiB."""
        ...

    def size(self, sha256: str) -> int:
        """Return a blob's size in bytes.

        Raises:
            NotFound: No such blob.
            Unavailable: The store is down.
        """
        ...

    def export(self, sha256: str, target: Path) -> None:
        """Put a blob at a path, whole or not at all: hard link where the store is on the same disk, else copy."""
        ...

    def verify(self, sha256: str) -> Blob:
        """Read a blob again and compare its digest.

        Raises:
            Broken: The bytes changed.
        """
        ...

    def remove(self, sha256: str) -> None:
        """Take a blob away if it is there (destruction after its time, repair of spoilt bytes)."""
        ...

    def addresses(self) -> Iterator[str]:
        """Yield the SHA-256 of every blob, in no promised order."""
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
            with _plain_errors(), os.fdopen(handle, "wb") as out:
                blob = copy_with_digests(source, out)
                out.flush()
                os.fsync(out.fileno())
            with _plain_errors():
                self._keep(Path(name), blob)
        finally:
            Path(name).unlink(missing_ok=True)
        return blob

    def adopt(self, file: Path, known: Blob) -> Blob:
        """Link a file that lies on the same disk, without moving a byte; copy it from another one."""
        incoming = self.root / "incoming" / f"{known.sha256}.{os.getpid()}.{time.monotonic_ns()}"
        try:
            os.link(file, incoming)
        except OSError:
            return self.put(file)
        try:
            with _plain_errors():
                _sync(file)
                self._keep(incoming, known)
        finally:
            incoming.unlink(missing_ok=True)
        return known

    def _keep(self, incoming: Path, blob: Blob) -> None:
        target = self.path(blob.sha256)
        if target.exists() and target.stat().st_size == blob.size:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming.chmod(0o444)
        incoming.replace(target)
        _sync_folder(target.parent)

    def path(self, sha256: str) -> Path:
        """Return where a blob lies (for programs that need a file name, such as ffmpeg)."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """Return bytes of a range."""
        return b"".join(self.stream(sha256, start, length))

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range in pieces."""
        rest = self.size(sha256) - start
        left = rest if length is None else length
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
        """Hard-link, or copy across disks; an older file at the path is replaced, never written through."""
        self.size(sha256)
        beside = target.with_name(f".{target.name[:80]}.{os.getpid()}.{time.monotonic_ns()}")
        with _plain_errors():
            try:
                os.link(self.path(sha256), beside)
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise
                shutil.copyfile(self.path(sha256), beside)
            beside.replace(target)
            beside.unlink(missing_ok=True)  # renaming a link onto a link of the same file leaves both

    def verify(self, sha256: str) -> Blob:
        """Read again and compare."""
        blob = digests(self.stream(sha256))
        if blob.sha256 != sha256:
            raise Broken(f"文件 {sha256[:12]}… 的内容与摘要不符。", remedy="用备份恢复并上报记录毁损情况。")
        return blob

    def remove(self, sha256: str) -> None:
        """Unlink the file."""
        with _plain_errors():
            self.path(sha256).unlink(missing_ok=True)

    def addresses(self) -> Iterator[str]:
        """Yield the names of all blob files."""
        yield from (path.name for path in self.root.glob("??/??/*"))

    def sweep(self, older_than: float = 86_400) -> int:
        """Remove what killed uploads left in `incoming` for longer than a day (seconds); return how many files."""
        limit, swept = time.time() - older_than, 0
        for path in (self.root / "incoming").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    swept += 1
        return swept


def open_blobs(settings: Settings) -> BlobStore:
    """Open the store that the settings name.

    Raises:
        BadInput: `blobs_url` is neither empty nor `s3://bucket[/prefix]`.
    """
    if not settings.blobs_url:
        return LocalBlobs(settings.data_dir / "blobs")
    if not settings.blobs_url.startswith("s3://"):
        raise BadInput(
            "文件存储地址无法识别。", remedy="填 s3://桶名[/前缀]，或留空使用本机目录。", path="ANJUAN_BLOBS_URL"
        )
    return S3Blobs(settings.blobs_url, endpoint=settings.s3_endpoint, key=settings.s3_key, secret=settings.s3_secret)


def refuse_empty(size: int, path: str) -> None:
    """Refuse a file of 0 bytes.

    Raises:
        BadInput: The file is empty.
    """
    if size == 0:
        raise BadInput("文件是空的（0 字节）。", remedy="请重新选择文件。", path=path)


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = Full if error.errno in NO_ROOM else Unavailable
        raise kind("文件无法写入存储，未登记任何内容。", remedy="检查磁盘空间后重试。") from error


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
