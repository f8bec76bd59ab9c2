"""Digests that follow an upload while it comes in, so that a large file is not read for seconds at its end.

What is hashed is read from the file, behind each piece that was written, synced and verified; nothing is taken from
the line. The half-done digests live in this process alone: after a restart, or when pieces went to several processes,
the rest (or all) is read at the end. Memory: two hash states for each of a few uploads.
"""

import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from foundation.digests import PIECE, Blob

MOST = 64
"""Uploads that are followed at the same time; the one that was quiet longest is forgotten first."""


class Follower:
    """SHA-256 and SM3 of the beginning of one file."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._sha256: Any = hashlib.sha256()
        self._sm3: Any = hashlib.new("sm3")
        self._at = 0

    def follow(self, upto: int) -> None:
        """Hash what lies between the last place and `upto`."""
        piece = bytearray(PIECE)
        with self._lock, self._path.open("rb", buffering=0) as file:
            file.seek(self._at)
            while (left := upto - self._at) > 0 and (count := file.readinto(memoryview(piece)[: min(PIECE, left)])):
                part = memoryview(piece)[:count]
                self._sha256.update(part)
                self._sm3.update(part)
                self._at += count

    def blob(self, size: int) -> Blob:
        """Return the digests of the whole; what was not followed yet is read now."""
        self.follow(size)
        with self._lock:
            return Blob(sha256=self._sha256.hexdigest(), sm3=self._sm3.hexdigest(), size=self._at)


_KNOWN: OrderedDict[Path, Follower] = OrderedDict()
_GUARD = threading.Lock()
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="digests")


def follow(path: Path, start: int, upto: int) -> "Future[None] | None":
    """Let the digests of a file follow a piece, in the background; None when its first piece went elsewhere."""
    with _GUARD:
        if start == 0:
            _KNOWN[path] = Follower(path)
        follower = _KNOWN.get(path)
        if follower is None:
            return None
        _KNOWN.move_to_end(path)
        while len(_KNOWN) > MOST:
            _KNOWN.popitem(last=False)
    return _POOL.submit(_quietly, follower, upto)


def _quietly(follower: Follower, upto: int) -> None:
    try:
        follower.follow(upto)
    except OSError:  # the file was given up meanwhile, or cannot be read now: the end reads it again and says so
        return


def finished(path: Path, size: int) -> Blob:
    """Return the digests of a whole file."""
    with _GUARD:
        follower = _KNOWN.pop(path, None)
    return (follower or Follower(path)).blob(size)


def forget(path: Path) -> None:
    """Follow a file no more."""
    with _GUARD:
        _KNOWN.pop(path, None)
