"""Bytes of uploads under way, one file each under `data_dir/uploads`; how many there are is what the disk says.

A piece is written straight to the end of the file and synced; what came before a line broke or a process died stays
and counts. A piece with a checksum counts whole or not at all: where it began is marked beside the file until it is
verified, and whoever looks next cuts back to the mark. A lock of the file keeps two writers apart and falls free when
its holder dies.
"""

import base64
import binascii
import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from foundation import upload_digests
from foundation.blobs import NO_ROOM
from foundation.digests import PIECE, Blob
from foundation.errors import BadInput, Conflict, Full, Unavailable

SYNC_EVERY = 4 << 20
"""Bytes after which the disk begins to take up what came."""
_SYNCING = ThreadPoolExecutor(max_workers=4, thread_name_prefix="syncing")
ALGORITHMS = ("sha256", "sha1", "md5", "sm3")
"""Checksums of pieces that are understood."""


class Source(Protocol):
    """Where a piece comes from."""

    def read(self, size: int, /) -> bytes:
        """Return some bytes, none at the end or when the line broke."""
        ...


class Busy(Conflict):
    """Somebody else writes to this upload at the moment."""


class Mismatch(BadInput):
    """A piece, or the whole, is not what its checksum says."""


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """What a piece must be."""

    algorithm: str
    digest: bytes

    @classmethod
    def parse(cls, header: str) -> "Checksum":
        """Read `sha256 <base64>`.

        Raises:
            BadInput: It is none of `ALGORITHMS`, or no base64.
        """
        algorithm, _, text = header.partition(" ")
        try:
            digest = base64.b64decode(text, validate=True)
        except binascii.Error:
            digest = b""
        if algorithm not in ALGORITHMS or not digest:
            raise BadInput("上传分片的校验值无法识别。", remedy=f"使用{'、'.join(ALGORITHMS)}。", path="checksum")
        return cls(algorithm=algorithm, digest=digest)


@dataclass(frozen=True, kw_only=True)
class Part:
    """The file of one upload."""

    path: Path

    @property
    def _mark(self) -> Path:
        return self.path.with_suffix(".unverified")

    def make(self) -> None:
        """Make the empty file, for this user alone, unless it is there."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _plain_errors():
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))

    def remove(self) -> None:
        """Take the file and its mark away, if they are there."""
        upload_digests.forget(self.path)
        self._mark.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def size(self) -> int:
        """Return how many bytes lie on the disk and count; 0 when the file is gone."""
        try:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
                written = os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return 0
        return min(written, self._verified(written))

    def _verified(self, written: int) -> int:
        try:
            return int(self._mark.read_text() or written)
        except (FileNotFoundError, ValueError):
            return written

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from writing and finishing.

        Raises:
            Busy: Somebody else is at it.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("同一个文件正在另一个窗口上传。", remedy="关闭另一个窗口，或稍候再继续。") from None
            yield

    def append(self, source: Source, room: int, checksum: Checksum | None = None) -> int:
        """Write a piece behind what is there and return how many bytes count then; the caller holds the lock.

        Args:
            source: The piece; when it breaks off, what came stays (unless it has a checksum).
            room: Most bytes that may be added; a source that has more is refused.
            checksum: What the piece must be.

        Raises:
            Mismatch: It is another one; nothing of it counts.
            BadInput: It is longer than the upload.
            Full: The disk is full; what was written before counts.
        """
        self.make()  # after a restored backup the row is there and the bytes are not
        start = self.size()
        with _plain_errors(), self.path.open("r+b") as file:
            file.truncate(start)
            self._mark.unlink(missing_ok=True)
            if checksum:
                self._mark.write_text(str(start))
            file.seek(start)
            with _synced(file) as write:
                taken = _copied(source, write, room, checksum.algorithm if checksum else "")
        if checksum:
            self._settle(start, taken == checksum.digest)
        there = self.path.stat().st_size
        upload_digests.follow(self.path, start, there)
        return there

    def _settle(self, start: int, is_right: bool) -> None:
        if not is_right:
            os.truncate(self.path, start)
        self._mark.unlink(missing_ok=True)
        if not is_right:
            raise Mismatch("这一段与校验值不符，已丢弃，未登记任何内容。", remedy="重新发送这一段。", path="checksum")

    def digests(self) -> Blob:
        """Return SHA-256 and SM3 of the whole file."""
        return upload_digests.finished(self.path, self.path.stat().st_size)


@contextlib.contextmanager
def _synced(file: BinaryIO) -> Iterator[Callable[[bytes], object]]:
    """Give a function that writes; the disk takes up what came while more comes in: the end waits for little."""
    behind: list[Future[None]] = []
    room = [SYNC_EVERY]

    def write(piece: bytes) -> None:
        file.write(piece)
        room[0] -= len(piece)
        if room[0] <= 0 and (not behind or behind[-1].done()):
            room[0] = SYNC_EVERY
            behind.append(_SYNCING.submit(os.fdatasync, file.fileno()))

    try:
        yield write
        file.flush()
    finally:
        for one in behind:
            one.result()
        os.fsync(file.fileno())


def _copied(source: Source, write: Callable[[bytes], object], room: int, algorithm: str) -> bytes:
    """Copy a piece and return its digest, empty when no algorithm is named."""
    taken = hashlib.new(algorithm, usedforsecurity=False) if algorithm else None
    while piece := source.read(min(PIECE, room + 1)):
        if len(piece) > room:
            raise BadInput("收到的内容比登记的文件大，多出的部分未写入。", remedy="重新选择文件后上传。", path="length")
        write(piece)
        room -= len(piece)
        if taken:
            taken.update(piece)
    return taken.digest() if taken else b""


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full(
                "服务器磁盘空间不足，上传已暂停；已收到的部分都在，腾出空间后可从断点继续。",
                remedy="请系统管理员清理磁盘或扩容，然后点“继续”。",
            ) from error
        raise Unavailable("文件暂时无法写入，已收到的部分都在。", remedy="稍后从断点继续。") from error
