"""Uploads go on where the disk says, finish once, and tell what is wrong; what nobody goes on with is removed."""

import datetime as dt
import hashlib
import io
import os
import resource
import shutil
import signal
from pathlib import Path
from typing import NamedTuple

import pytest

from foundation import uploads
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Full, NotFound, Refused, Unavailable
from foundation.uploads import Arrived, Checksum, Mismatch, UploadFacts, Wanted
from tests.conftest import move

WHOLE = os.urandom(3 * (1 << 20) + 77)
ME = "0192ffff-0000-7000-8000-000000000001"


class Disk(NamedTuple):
    """What `shutil.disk_usage` tells."""

    total: int
    used: int
    free: int


class Finisher:
    """What uploads of the tests are for."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.error: Exception | None = None

    def begin(self, ctx: Context, wanted: Wanted) -> None:
        if wanted.subject == "hidden":
            raise NotFound("没有这个案件。")

    def finish(self, ctx: Context, arrived: Arrived) -> str:
        self.arrived.append(arrived.blob.sha256)
        if self.error:
            raise self.error
        if arrived.upload.words.get("kind") == "wrong":
            raise BadInput("种类不对。", remedy="改正。", path="kind")
        return f"/things/{ctx.blobs.adopt(arrived.part.path, arrived.blob).sha256}"


@pytest.fixture
def finisher(monkeypatch: pytest.MonkeyPatch) -> Finisher:
    one = Finisher()
    kind = uploads.Purpose(name="try", title="试", begin=one.begin, finish=one.finish)
    monkeypatch.setitem(uploads.PURPOSES, "try", kind)
    return one


def begun(ctx: Context, **changes: object) -> UploadFacts:
    given = {"agency_id": "a", "by": ME, "purpose": "try", "subject": "case", "length": len(WHOLE), "words": {}}
    return uploads.begin(ctx, Wanted(**{"file_name": "料场.mp4", **given, **changes}))  # type: ignore[arg-type]


def sent(ctx: Context, upload: UploadFacts, start: int, stop: int, **given: object) -> int:
    return uploads.append(ctx, upload, start, io.BytesIO(WHOLE[start:stop]), **given)  # type: ignore[arg-type]


class Broken(io.RawIOBase):
    """A line that breaks: what came is short."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def read(self, size: int = -1, /) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


def test_a_file_in_pieces_becomes_one_blob_without_a_copy(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    assert sent(ctx, upload, 0, 1000) == 1000
    assert sent(ctx, upload, 1000, len(WHOLE)) == len(WHOLE)
    inode = uploads.part_of(ctx, upload.id).path.stat().st_ino
    done = uploads.finish(ctx, upload.id)
    digest = hashlib.sha256(WHOLE).hexdigest()
    assert done.target == f"/things/{digest}"
    assert ctx.blobs.read(digest) == WHOLE
    assert (ctx.settings.data_dir / "blobs" / digest[:2] / digest[2:4] / digest).stat().st_ino == inode
    assert not uploads.part_of(ctx, upload.id).path.exists()


def test_d1_the_offset_is_what_the_disk_says_whatever_died(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    uploads.append(ctx, upload, 0, Broken(WHOLE[:700], WHOLE[700:900]))
    with uploads.part_of(ctx, upload.id).path.open("ab") as file:
        file.write(WHOLE[900:1234])  # written by a server that was killed before it answered
    again = Context(**vars(ctx))
    assert uploads.offset(again, upload) == 1234
    with pytest.raises(Conflict, match="从第1234字节开始"):
        sent(again, upload, 900, 1000)
    sent(again, upload, 1234, len(WHOLE))
    assert uploads.finish(again, upload.id).target.endswith(hashlib.sha256(WHOLE).hexdigest())


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5", "sm3"])
def test_a_piece_that_is_not_what_its_checksum_says_does_not_count(
    ctx: Context, finisher: Finisher, algorithm: str
) -> None:
    upload = begun(ctx)
    right = Checksum(algorithm=algorithm, digest=hashlib.new(algorithm, WHOLE[:5000]).digest())
    assert sent(ctx, upload, 0, 5000, checksum=right) == 5000
    with pytest.raises(Mismatch, match="已丢弃"):
        sent(ctx, upload, 5000, 6000, checksum=right)
    assert uploads.offset(ctx, upload) == 5000


def test_a_checked_piece_whose_server_was_killed_is_cut_off_again(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    sent(ctx, upload, 0, 5000)
    part = uploads.part_of(ctx, upload.id)
    part.path.with_suffix(".unverified").write_text("5000")
    with part.path.open("ab") as file:
        file.write(b"unverified")
    assert uploads.offset(ctx, upload) == 5000
    assert sent(ctx, upload, 5000, len(WHOLE)) == len(WHOLE)
    assert part.path.read_bytes() == WHOLE


def test_d3_and_d4_an_empty_or_too_large_file_is_refused_before_a_byte_is_sent(
    ctx: Context, finisher: Finisher
) -> None:
    with pytest.raises(BadInput, match="0 字节"):
        begun(ctx, length=0)
    with pytest.raises(BadInput, match="超过20GiB"):
        begun(ctx, length=(20 << 30) + 1)


def test_more_bytes_than_were_announced_are_refused(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx, length=10)
    with pytest.raises(BadInput, match="比登记的文件大"):
        uploads.append(ctx, upload, 0, io.BytesIO(b"x" * 11))


def test_a_disk_without_room_refuses_at_the_beginning(
    ctx: Context, finisher: Finisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Disk(100, 99, 1))
    with pytest.raises(Full, match="磁盘空间不足") as caught:
        begun(ctx)
    assert "清理磁盘" in caught.value.remedy


def test_a_disk_that_fills_up_keeps_what_came_and_goes_on_when_there_is_room(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    sent(ctx, upload, 0, 1 << 20)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, before[1]))
    try:
        with pytest.raises(Full, match="可从断点继续"):
            sent(ctx, upload, 1 << 20, len(WHOLE))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    there = uploads.offset(ctx, upload)
    assert 1 << 20 <= there <= 2 << 20
    sent(ctx, upload, there, len(WHOLE))
    assert uploads.finish(ctx, upload.id).finished_at


def test_d7_two_windows_on_one_upload_do_not_mix(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    with uploads.part_of(ctx, upload.id).held(), pytest.raises(uploads.Busy, match="另一个窗口"):
        sent(ctx, upload, 0, 10)


def test_d10_a_whole_that_is_not_what_the_sender_said_is_not_registered(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx, sha256=hashlib.sha256(b"other").hexdigest())
    sent(ctx, upload, 0, len(WHOLE))
    with pytest.raises(Mismatch, match="摘要不符"):
        uploads.finish(ctx, upload.id)
    assert finisher.arrived == []


def test_an_upload_finishes_once(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    with pytest.raises(Conflict, match="还没有传完"):
        uploads.finish(ctx, upload.id)
    sent(ctx, upload, 0, len(WHOLE))
    assert uploads.finish(ctx, upload.id) == uploads.finish(ctx, upload.id)
    assert len(finisher.arrived) == 1
    assert uploads.offset(ctx, uploads.finish(ctx, upload.id)) == len(WHOLE)


def test_what_is_wrong_is_kept_and_mended_with_other_words_without_sending_again(
    ctx: Context, finisher: Finisher
) -> None:
    upload = begun(ctx, words={"kind": "wrong", "place": "料场"})
    sent(ctx, upload, 0, len(WHOLE))
    with pytest.raises(BadInput, match="种类不对"):
        uploads.finish(ctx, upload.id)
    with ctx.database.read() as session:
        (waiting,) = uploads.unfinished(session, ME)
    assert waiting.fault["path"] == "kind"
    assert uploads.finish(ctx, upload.id, {"kind": "right"}).fault == {}


def test_a_service_that_is_down_leaves_no_fault_and_the_worker_tries_again(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    sent(ctx, upload, 0, len(WHOLE))
    finisher.error = Unavailable("没有。")
    with pytest.raises(Unavailable):
        uploads.finish(ctx, upload.id)
    finisher.error = None
    move(ctx, ctx.clock.now() + dt.timedelta(minutes=6))
    uploads.tidy(ctx)
    with ctx.database.read() as session:
        assert uploads.upload_facts(session, upload.id, ME).finished_at


def test_what_nobody_goes_on_with_is_removed_after_a_week(ctx: Context, finisher: Finisher) -> None:
    upload, other = begun(ctx), begun(ctx)
    sent(ctx, upload, 0, 10)
    move(ctx, ctx.clock.now() + dt.timedelta(days=6))
    sent(ctx, other, 0, 10)
    assert uploads.tidy(ctx) == 0
    move(ctx, ctx.clock.now() + dt.timedelta(days=1))
    assert uploads.tidy(ctx) == 1
    assert not uploads.part_of(ctx, upload.id).path.exists()
    with ctx.database.read() as session:
        assert [u.id for u in uploads.unfinished(session, ME)] == [other.id]


def test_uploads_are_their_beginners_alone(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    with ctx.database.read() as session, pytest.raises(NotFound):
        uploads.upload_facts(session, upload.id, "somebody")
    with pytest.raises(NotFound):
        begun(ctx, subject="hidden")


def test_nobody_begins_without_end(ctx: Context, finisher: Finisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    begun(ctx)
    begun(ctx)
    with pytest.raises(Refused, match="没有传完"):
        begun(ctx)


def test_an_upload_without_a_known_purpose_is_refused(ctx: Context) -> None:
    with pytest.raises(BadInput, match="用作什么"):
        begun(ctx, purpose="nothing")


def test_given_up_is_gone_with_its_bytes(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    sent(ctx, upload, 0, 10)
    uploads.drop(ctx, upload)
    assert list(Path(ctx.settings.uploads).glob("*.part")) == []


def test_nobody_else_reads_what_is_under_way(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    assert uploads.part_of(ctx, upload.id).path.stat().st_mode & 0o77 == 0
    assert ctx.settings.uploads.stat().st_mode & 0o77 == 0


def test_after_a_restored_backup_an_upload_begins_again_from_nothing(ctx: Context, finisher: Finisher) -> None:
    upload = begun(ctx)
    sent(ctx, upload, 0, 1000)
    shutil.rmtree(ctx.settings.uploads)
    assert uploads.offset(ctx, upload) == 0
    sent(ctx, upload, 0, len(WHOLE))
    assert uploads.finish(ctx, upload.id).target.endswith(hashlib.sha256(WHOLE).hexdigest())
