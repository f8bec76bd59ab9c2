"""What stores do when disks are full, servers fail and files change under their hands."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.blobs import PIECE, LocalBlobs, open_blobs, refuse_empty
from foundation.blobs_s3 import S3Blobs
from foundation.errors import BadInput, Unavailable
from tests.conftest import settings_for
from tests.faults import Fault, answer_500, cut, proxy
from tests.servers import free_port

MANY = 10**6


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Let no file of this process grow beyond 3 MiB for the time of a test."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 * PIECE, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_stores_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    with pytest.raises(Unavailable, match="磁盘空间"):
        blobs.put(bytes(4 * PIECE))
    assert list(blobs.addresses()) == list((tmp_path / "incoming").iterdir()) == []


def test_what_killed_uploads_left_is_swept_after_a_day(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    for name, age in (("old", 90_000), ("young", 10)):
        path = tmp_path / "incoming" / name
        path.write_bytes(b"half")
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    assert blobs.sweep() == 1
    assert [p.name for p in (tmp_path / "incoming").iterdir()] == ["young"]


@pytest.mark.parametrize("fault", [answer_500(2), cut(2)], ids=["500", "cut"])
@pytest.mark.parametrize("size", [10, 20 * PIECE], ids=["whole", "parts"])
def test_a_request_that_fails_twice_is_tried_again(s3_settings: dict[str, str], fault: Fault, size: int) -> None:
    content = os.urandom(size)
    with proxy(s3_settings["s3_endpoint"], fault) as endpoint:
        blobs = store(s3_settings, endpoint)
        assert blobs.read(blobs.put(content).sha256) == content


def test_a_store_that_fails_all_the_time_holds_nothing_and_says_so(s3_settings: dict[str, str]) -> None:
    with proxy(s3_settings["s3_endpoint"], answer_500(MANY)) as endpoint, pytest.raises(Unavailable, match="对象存储"):
        store(s3_settings, endpoint).put(b"x")
    assert list(store(s3_settings, s3_settings["s3_endpoint"]).addresses()) == []


def test_a_store_that_is_down_says_so(s3_settings: dict[str, str], tmp_path: Path) -> None:
    blobs = store(s3_settings, f"http://127.0.0.1:{free_port()}")
    for ask in (lambda: blobs.put(b"x"), lambda: blobs.read("0" * 64), lambda: blobs.export("0" * 64, tmp_path / "o")):
        with pytest.raises(Unavailable, match="对象存储"):
            ask()


def test_a_bucket_that_does_not_exist_is_named_as_the_cause(s3_settings: dict[str, str]) -> None:
    blobs = store(s3_settings | {"blobs_url": "s3://nowhere"}, s3_settings["s3_endpoint"])
    with pytest.raises(Unavailable, match="存储桶"):
        blobs.put(b"x")


def test_a_file_that_changes_while_it_is_stored_is_not_stored(s3_settings: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "growing.bin"
    path.write_bytes(os.urandom(20 * PIECE))

    def change(_request: object, number: int) -> bool:
        if number == 1:  # the look whether it is there, between the two reads
            path.write_bytes(os.urandom(20 * PIECE))
        return False

    with proxy(s3_settings["s3_endpoint"], change) as endpoint:
        blobs = store(s3_settings, endpoint)
        with pytest.raises(Unavailable):
            blobs.put(path)
        assert list(blobs.addresses()) == []


def test_an_address_of_another_kind_is_refused_with_the_variable_to_mend(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="ANJUAN_BLOBS_URL"):
        open_blobs(settings_for(tmp_path, blobs_url="ftp://x"))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BadInput, match="0 字节"):
        refuse_empty(0, "recordings[0].file")


def store(s3: dict[str, str], endpoint: str) -> S3Blobs:
    return S3Blobs(s3["blobs_url"], endpoint=endpoint, key=s3["s3_key"], secret=s3["s3_secret"])
