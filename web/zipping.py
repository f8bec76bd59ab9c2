"""One folder as a ZIP file that is put together while it is sent: nothing is written to disk, memory stays flat.

Part of the outlet `web.blobs`: only packages that were looked up come here.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

PIECE = 1 << 20
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The same package gives the same bytes: a package's dates stand inside it."""


class _Sink:
    """Takes what `zipfile` writes and gives it on; it cannot be sought, so sizes follow each file."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._position = 0

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        held, self._held = b"".join(self._held), []
        return held


def zipped(folder: Path, name: str) -> Iterator[bytes]:
    """Yield a ZIP file of a folder under a name, stored without compression (media and PDF are compressed already)."""
    sink = _Sink()
    with zipfile.ZipFile(
        cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED
    ) as out:  # it writes, tells and flushes, no more
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            info = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", date_time=OLDEST)
            info.external_attr = 0o644 << 16
            with path.open("rb") as source, out.open(info, "w", force_zip64=True) as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                    yield sink.taken()
            yield sink.taken()
    yield sink.taken()
