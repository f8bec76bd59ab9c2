"""Is a photo, sound or video whole? Files cut on a card or a line often still open; their own structure tells.

MP4 and MOV are a row of boxes, RIFF and PNG say how long they are, a JPEG has a mark at its end. What has no such
structure is taken as it is: ffprobe has looked at it.
"""

import os
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 100_000
MARK, SCAN, END = 0xFF, 0xDA, b"\xff\xd9"
"""Of a JPEG: what begins every mark, the mark of the picture itself, the end."""


def is_whole(file: Path, media_type: str) -> bool:
    """Tell whether a file of a type ends where it says that it ends."""
    check = CHECKS.get(media_type)
    return check is None or check(file)


def _boxes(file: Path) -> bool:
    """Walk the boxes of an MP4; the last must end with the file, and the index must be there."""
    size, at, names = file.stat().st_size, 0, set()
    with file.open("rb") as source:
        for _ in range(MOST_BOXES):
            if size - at < 8:  # noqa: PLR2004 - a box's head; a few stray bytes at the end harm nobody
                break
            source.seek(at)
            length, name = struct.unpack(">I4s", source.read(8))
            if length == 1:
                (length,) = struct.unpack(">Q", source.read(8).ljust(8, b"\0"))
            names.add(name)
            if length == 0:
                break
            if length < 8 or at + length > size:  # noqa: PLR2004 - a box's head
                return not name.strip(b"\0")  # zeros behind the end are padding of a card
            at += length
    return b"moov" in names or b"meta" in names


def _riff(file: Path) -> bool:
    with file.open("rb") as source:
        head = source.read(8)
    said = int.from_bytes(head[4:8], "little")
    return said in (0, 0xFFFFFFFF) or said + 8 <= file.stat().st_size + 1


def _png(file: Path) -> bool:
    with file.open("rb") as source:
        at, size = 8, file.stat().st_size
        for _ in range(MOST_BOXES):
            source.seek(at)
            head = source.read(8)
            if len(head) < 8:  # noqa: PLR2004 - a chunk's head
                return False
            length, name = int.from_bytes(head[:4], "big"), head[4:]
            at += length + 12
            if name == b"IEND":
                return at <= size
    return False


def _jpeg(file: Path) -> bool:
    """Tell whether the mark of the end follows the picture; the small picture in the head has one of its own.

    A decoder is no judge: some libraries let it fill what is missing, for the whole process.
    """
    with file.open("rb") as source:
        source.seek(2)
        for _ in range(MOST_BOXES):
            head = source.read(4)
            if len(head) < 4 or head[0] != MARK:  # noqa: PLR2004 - a mark and its length
                return False
            if head[1] == SCAN:
                return _has(source, END)
            source.seek(int.from_bytes(head[2:], "big") - 2 if head[1] != MARK else -3, os.SEEK_CUR)
    return False


def _has(source: BinaryIO, wanted: bytes) -> bool:
    last = b""
    while piece := source.read(1 << 20):
        if wanted in last + piece:
            return True
        last = piece[-1:]
    return False


CHECKS: Mapping[str, Callable[[Path], bool]] = {
    "video/mp4": _boxes,
    "video/quicktime": _boxes,
    "audio/mp4": _boxes,
    "image/heic": _boxes,
    "audio/x-wav": _riff,
    "video/x-msvideo": _riff,
    "image/webp": _riff,
    "image/png": _png,
    "image/jpeg": _jpeg,
}
