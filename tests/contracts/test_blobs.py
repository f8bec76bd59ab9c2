"""One behaviour of the blob store, on a local folder and on S3."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import obstore
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obstore.store import S3Store

from foundation.blobs import PIECE, BlobStore
from foundation.context import Context
from foundation.digests import digests, pieces_of
from foundation.errors import Broken, NotFound, Unavailable

LARGE = 20 * PIECE + 123
"""More than two parts of an upload."""
ABSENT = "0" * 64


@pytest.fixture
def blobs(any_ctx: Context) -> BlobStore:
    return any_ctx.blobs


class Drip(io.RawIOBase):
    """A stream that gives a few bytes at a time, as sockets do, and may break."""

    def __init__(self, content: bytes, breaks_at: int | None = None) -> None:
        self._source, self._left = io.BytesIO(content), breaks_at

    def read(self, size: int = -1) -> bytes:
        if self._left is not None and self._source.tell() >= self._left:
            raise OSError("the line broke")
        return self._source.read(min(size, 70_001))


@pytest.mark.parametrize("size", [0, 1, PIECE, LARGE])
def test_bytes_a_file_and_a_stream_are_one_blob(blobs: BlobStore, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "文件.bin").write_bytes(content)
    drip: BinaryIO = Drip(content)  # type: ignore[assignment] # reads like one
    found = [blobs.put(content), blobs.put(tmp_path / "文件.bin"), blobs.put(io.BytesIO(content)), blobs.put(drip)]
    assert len(set(found)) == 1
    assert found[0].sha256 == hashlib.sha256(content).hexdigest()
    assert found[0].sm3 == hashlib.new("sm3", content).hexdigest()
    assert blobs.size(found[0].sha256) == found[0].size == size
    assert blobs.read(found[0].sha256) == content
    assert blobs.verify(found[0].sha256) == found[0]
    assert list(blobs.addresses()) == [found[0].sha256]


@given(start=st.integers(0, 3 * PIECE), length=st.none() | st.integers(0, 3 * PIECE))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_range_is_what_slicing_gives(blobs: BlobStore, start: int, length: int | None) -> None:
    content = hashlib.shake_256(b"range").digest(2 * PIECE + 77)
    sha256 = blobs.put(content).sha256
    end = None if length is None else start + length
    assert blobs.read(sha256, start, length) == content[start:end]


def test_a_stream_comes_in_pieces_of_at_most_one_mebibyte(blobs: BlobStore) -> None:
    sha256 = blobs.put(os.urandom(LARGE)).sha256
    sizes = [len(piece) for piece in blobs.stream(sha256, 5)]
    assert max(sizes) <= PIECE
    assert sum(sizes) == LARGE - 5


def test_an_absent_blob_is_named(blobs: BlobStore, tmp_path: Path) -> None:
    asks = (
        lambda: blobs.read(ABSENT),
        lambda: blobs.size(ABSENT),
        lambda: blobs.verify(ABSENT),
        lambda: list(blobs.stream(ABSENT, 1, 2)),
        lambda: blobs.export(ABSENT, tmp_path / "out"),
    )
    for ask in asks:
        with pytest.raises(NotFound, match=ABSENT[:12]):
            ask()
    assert list(tmp_path.glob("*out*")) == []


def test_a_broken_stream_stores_nothing(blobs: BlobStore) -> None:
    drip: BinaryIO = Drip(os.urandom(LARGE), breaks_at=12 * PIECE)  # type: ignore[assignment]
    with pytest.raises((Unavailable, OSError)):
        blobs.put(drip)
    assert list(blobs.addresses()) == []


def test_many_who_put_the_same_bytes_at_once_get_one_blob(blobs: BlobStore) -> None:
    content = os.urandom(PIECE)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(blobs.put, [content] * 16))) == 1
    assert len(list(blobs.addresses())) == 1


def test_an_export_replaces_an_older_file_and_never_writes_through_it(blobs: BlobStore, tmp_path: Path) -> None:
    one, two = blobs.put(b"one").sha256, blobs.put(b"two").sha256
    for sha256 in (one, one, two):
        blobs.export(sha256, tmp_path / "out.bin")
    assert (tmp_path / "out.bin").read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["out.bin"]
    assert blobs.read(one) == b"one"


def test_a_changed_blob_is_found(any_ctx: Context) -> None:
    sha256 = any_ctx.blobs.put(b"as it was").sha256
    spoil(any_ctx, sha256, b"as it is!")
    with pytest.raises(Broken, match=sha256[:12]):
        any_ctx.blobs.verify(sha256)


def test_a_removed_blob_is_gone_and_removing_it_again_is_no_fault(blobs: BlobStore) -> None:
    one, two = blobs.put(b"one").sha256, blobs.put(b"two").sha256
    blobs.remove(one)
    blobs.remove(one)
    assert list(blobs.addresses()) == [two]


def spoil(ctx: Context, sha256: str, content: bytes) -> None:
    """Change a blob behind the store's back."""
    name = f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    if not ctx.settings.blobs_url:
        path = ctx.settings.data_dir / "blobs" / name
        path.chmod(0o644)
        path.write_bytes(content)
        return
    bucket, prefix = ctx.settings.blobs_url.removeprefix("s3://").split("/")
    keys = {"access_key_id": ctx.settings.s3_key, "secret_access_key": ctx.settings.s3_secret}
    options = {"endpoint": ctx.settings.s3_endpoint, "client_options": {"allow_http": True}}
    store = S3Store(bucket, prefix=prefix, region="us-east-1", virtual_hosted_style_request=False, **keys, **options)
    obstore.put(store, name, content)


@pytest.mark.parametrize("size", [1, LARGE])
def test_a_file_whose_digests_are_known_is_taken_over_and_found_like_any_other(
    blobs: BlobStore, tmp_path: Path, size: int
) -> None:
    file = tmp_path / "whole.bin"
    file.write_bytes(os.urandom(size))
    known = blobs.adopt(file, digests(pieces_of(file)))
    assert blobs.adopt(file, known) == known
    assert blobs.verify(known.sha256) == known
    file.unlink()
    assert blobs.size(known.sha256) == size
