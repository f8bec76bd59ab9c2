"""Blobs in S3-compatible storage, `<prefix>/ab/cd/<sha256>`; behaves like the local folder (contract tests).

A blob's name is known only when all its bytes were read, so a stream is spooled to a temporary file first (on disk
beyond 8 MiB) and a file is read twice. Small blobs are put create-only; large ones in parts, which the store shows only
when the last has come, and the digest is taken again on the way: a file that changed between the two reads is never
stored. Reads are ranges of at most 8 MiB, each with its own time limit and retries, so a slow line does not cut a long
video. Parts of uploads that were killed are removed by the bucket's lifecycle rule (docs/settings.md).
"""

import contextlib
import datetime as dt
import hashlib
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, GenericError
from obstore.exceptions import NotFoundError as ObjectNotFound
from obstore.store import S3Store

from foundation.digests import PIECE, Blob, copy_with_digests, digests, pieces_of
from foundation.errors import Broken, NotFound, Unavailable

PART = 8 << 20
"""Bytes of one part of an upload, of one ranged read, and of a spooled stream kept in memory."""

T = TypeVar("T")

AT_ONCE = 3
"""Parts under way at the same time: memory stays at some 32 MiB."""


class S3Blobs:
    """Blobs in one bucket, under an optional prefix."""

    def __init__(self, url: str, *, endpoint: str = "", key: str = "", secret: str = "") -> None:
        bucket, _, prefix = url.removeprefix("s3://").strip("/").partition("/")
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=endpoint or None,
            access_key_id=key or None,
            secret_access_key=secret or None,
            region="us-east-1",
            virtual_hosted_style_request=False,
            client_options={"allow_http": endpoint.startswith("http://"), "connect_timeout": "5s", "timeout": "60s"},
            retry_config={"max_retries": 3, "retry_timeout": dt.timedelta(seconds=90)},
        )

    def put(self, source: bytes | Path | BinaryIO) -> Blob:
        """Take the digests, then store under them unless it is there already."""
        if isinstance(source, bytes | Path):
            return self._keep(source, digests(pieces_of(source)))
        with tempfile.SpooledTemporaryFile(max_size=PART) as file:
            spool = cast(BinaryIO, file)
            return self._keep(spool, copy_with_digests(source, spool))

    def adopt(self, file: Path, known: Blob) -> Blob:
        """Send a file; its digest is taken once more on the way."""
        return self._keep(file, known)

    def _keep(self, source: bytes | Path | BinaryIO, blob: Blob) -> Blob:
        with _plain_errors("写入"):
            _again(lambda: self._send(source, blob))
        return blob

    def _send(self, source: bytes | Path | BinaryIO, blob: Blob) -> None:
        if self._has(blob):
            return
        if blob.size <= PART:
            with contextlib.suppress(AlreadyExistsError):
                obstore.put(self._store, _name(blob.sha256), _whole(source), mode="create", use_multipart=False)
        else:
            parts = _unchanged(source, blob)
            obstore.put(self._store, _name(blob.sha256), parts, chunk_size=PART, max_concurrency=AT_ONCE)

    def _has(self, blob: Blob) -> bool:
        try:
            return obstore.head(self._store, _name(blob.sha256))["size"] == blob.size
        except (ObjectNotFound, FileNotFoundError):
            return False

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """Return bytes of a range."""
        return b"".join(self.stream(sha256, start, length))

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range in pieces."""
        size = self.size(sha256)
        end = size if length is None else min(size, start + length)
        for at in range(start, end, PART):
            part = self._range(sha256, at, min(at + PART, end))
            yield from (bytes(part[i : i + PIECE]) for i in range(0, len(part), PIECE))

    def _range(self, sha256: str, start: int, end: int) -> memoryview:
        with _plain_errors("读取", sha256):
            return memoryview(_again(lambda: obstore.get_range(self._store, _name(sha256), start=start, end=end)))

    def size(self, sha256: str) -> int:
        """Return a blob's size."""
        with _plain_errors("读取", sha256):
            return obstore.head(self._store, _name(sha256))["size"]

    def export(self, sha256: str, target: Path) -> None:
        """Copy beside the path, then rename."""
        beside = target.with_name(f".{target.name[:80]}.{uuid.uuid4().hex}")
        try:
            with _plain_errors("取出", sha256), beside.open("xb") as out:
                for piece in self.stream(sha256):
                    out.write(piece)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def verify(self, sha256: str) -> Blob:
        """Read again and compare."""
        blob = digests(self.stream(sha256))
        if blob.sha256 != sha256:
            raise Broken(f"文件 {sha256[:12]}… 的内容与摘要不符。", remedy="用备份恢复并上报记录毁损情况。")
        return blob

    def remove(self, sha256: str) -> None:
        """Delete the object."""
        with _plain_errors("删除"), contextlib.suppress(ObjectNotFound, FileNotFoundError):
            obstore.delete(self._store, _name(sha256))

    def addresses(self) -> Iterator[str]:
        """List the bucket under the prefix."""
        with _plain_errors("读取"):
            for page in obstore.list(self._store):
                yield from (found["path"].rpartition("/")[2] for found in page)


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _again(ask: Callable[[], T]) -> T:
    """Ask up to three times when an answer breaks off (the client itself retries what failed before an answer)."""
    for _ in range(2):
        with contextlib.suppress(GenericError):
            return ask()
    return ask()


def _whole(source: bytes | Path | BinaryIO) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, Path):
        return source.read_bytes()
    source.seek(0)
    return source.read()


def _unchanged(source: bytes | Path | BinaryIO, blob: Blob) -> Iterator[bytes]:
    """Yield the pieces again; fail at the end, before the store shows anything, if they are not the same bytes."""
    if not isinstance(source, bytes | Path):
        source.seek(0)
    again = hashlib.sha256()
    for piece in pieces_of(source):
        again.update(piece)
        yield piece
    if again.hexdigest() != blob.sha256:
        raise OSError("the file changed while it was stored")


@contextlib.contextmanager
def _plain_errors(doing: str, sha256: str = "") -> Iterator[None]:
    """Turn the store's and the disk's errors into ours."""
    try:
        yield
    except (ObjectNotFound, FileNotFoundError) as error:
        if not sha256:
            raise Unavailable(f"文件存储{doing}失败。", remedy="检查存储桶是否存在。") from error
        raise NotFound(f"存储中没有文件 {sha256[:12]}…。", remedy="用备份恢复该文件。") from None
    except (BaseError, OSError) as error:
        raise Unavailable(f"文件存储暂时无法{doing}，未登记任何内容。", remedy="检查对象存储服务后重试。") from error
