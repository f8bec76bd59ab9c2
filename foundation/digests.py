"""SHA-256 and SM3 of bytes in one pass, in pieces: memory does not grow with the file."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20
"""Bytes read at a time."""


@dataclass(frozen=True, kw_only=True)
class Blob:
    """What is known of stored bytes."""

    sha256: str
    sm3: str
    size: int


def digests(pieces: Iterable[bytes]) -> Blob:
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
        for piece in pieces_of(source):
            out.write(piece)
            yield piece

    return digests(copied())


def pieces_of(source: bytes | Path | BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a source in pieces of at most 1 MiB."""
    if isinstance(source, bytes):
        yield from (source[i : i + PIECE] for i in range(0, len(source), PIECE))
    elif isinstance(source, Path):
        with source.open("rb") as file:
            yield from iter(lambda: file.read(PIECE), b"")
    else:
        yield from iter(lambda: source.read(PIECE), b"")
