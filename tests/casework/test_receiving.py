"""An uploaded file becomes one recording, whatever died in between; what is wrong is said with what to do."""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from casework import queries
from casework.facts import CaseFacts, RecordingFacts
from casework.operations import cases, receiving, recordings
from cli.media import make_media
from foundation import uploads
from foundation.clock import local, parse_local
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Conflict, NotFound, Refused
from foundation.uploads import UploadFacts, Wanted
from tests.casework.offices import CERTIFICATE, Bureau, small
from tests.conftest import move

WORDS = {"kind": "录像", "scene": "现场检查", "place": "料场", "started_at": "2026-01-05T08:00", "party_informed": "1"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("media")
    specs = {"video": "2s", "photo": "320x240", "audio": "2s"}
    return {kind: make_media({kind: spec}, folder, kind) for kind, spec in specs.items()}


@pytest.fixture
def bureau(ctx: Context, tmp_path: Path) -> Bureau:
    bureau = Bureau(small(ctx, tmp_path / "types"))
    bureau.device()
    move(bureau.ctx, "2026-01-05T10:00")
    return bureau


@pytest.fixture
def case(bureau: Bureau) -> CaseFacts:
    return bureau.case(party_ids=[bureau.party().id])


def sent(bureau: Bureau, subject: str, file: Path, *, by: str = "乙二", **changes: Any) -> UploadFacts:
    """Send a whole file; it is not finished yet."""
    data, actor = file.read_bytes(), bureau.as_(by)
    words = {**WORDS, "ended_at": "2026-01-05T08:10", **changes.pop("words", {})}
    given = {"purpose": receiving.NEW, "file_name": file.name, "length": len(data), **changes}
    wanted = Wanted(agency_id=bureau.agency_id, by=actor.account_id, subject=subject, words=words, **given)
    upload = uploads.begin(bureau.ctx, wanted)
    uploads.append(bureau.ctx, upload, 0, io.BytesIO(data))
    return upload


def killed(*_args: Any, **_kwargs: Any) -> None:
    """Stand for a server that dies here."""
    raise KeyboardInterrupt


def recordings_of(bureau: Bureau, case: CaseFacts) -> list[RecordingFacts]:
    with bureau.ctx.database.read() as session:
        return queries.recordings_of(session, case.id)


@pytest.mark.article("A31.2")
def test_an_uploaded_file_becomes_a_recording_under_the_id_of_its_upload(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    upload = sent(bureau, case.id, files["video"])
    done = uploads.finish(bureau.ctx, upload.id)
    (kept,) = recordings_of(bureau, case)
    assert done.target == f"/recordings/{kept.id}"
    assert (kept.id, kept.number, kept.media_type) == (upload.id, "AV-20260105-01", "video/mp4")
    assert kept.blob == hashlib.sha256(files["video"].read_bytes()).hexdigest()
    assert (kept.party_informed, kept.late, kept.operator, kept.device_no) == (True, False, "乙二", "JLY-03")


@pytest.mark.parametrize("dies_after", ["announcing", "storing"])
def test_f1_a_server_killed_in_between_makes_no_second_recording(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path], dies_after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = sent(bureau, case.id, files["video"])

    where = "casework.operations.storing._ready" if dies_after == "announcing" else "foundation.uploads._change"
    with monkeypatch.context() as patch:
        patch.setattr(where, killed)
        with pytest.raises(KeyboardInterrupt):
            uploads.finish(bureau.ctx, upload.id)
    assert len(recordings_of(bureau, case)) == 1
    uploads.finish(bureau.ctx, upload.id)
    (kept,) = recordings_of(bureau, case)
    assert (kept.number, bool(kept.stored_at)) == ("AV-20260105-01", True)


@pytest.mark.article("A31.2")
def test_the_file_of_an_announced_recording_ends_its_clock(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    known = recordings.announce_recording(
        bureau.ctx, bureau.as_("乙二"), case_id=case.id, kind="录像", scene="检查", place="料场",
        operator_id=bureau.ids["乙二"], started_at=parse_local("2026-01-05T08:00"),
    )  # fmt: skip
    upload = sent(bureau, known.id, files["video"], purpose=receiving.OF_ANNOUNCED)
    assert uploads.finish(bureau.ctx, upload.id).target == f"/recordings/{known.id}"
    with pytest.raises(Conflict, match="已经存入"):
        sent(bureau, known.id, files["video"], purpose=receiving.OF_ANNOUNCED)


@pytest.mark.article("A31.2")
def test_d12_crossing_24_hours_while_uploading_asks_a_reason_and_nothing_is_sent_again(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    move(bureau.ctx, "2026-01-06T08:09")
    upload = sent(bureau, case.id, files["video"])
    move(bureau.ctx, "2026-01-06T08:11")
    with pytest.raises(BadInput, match="超过24小时") as caught:
        uploads.finish(bureau.ctx, upload.id)
    assert caught.value.path == "late_reason"
    assert recordings_of(bureau, case) == []
    uploads.finish(bureau.ctx, upload.id, {"late_reason": "山区没有信号"})
    (kept,) = recordings_of(bureau, case)
    assert (kept.late, kept.late_reason) == (True, "山区没有信号")


def test_what_is_late_already_is_asked_for_before_a_byte_is_sent(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    move(bureau.ctx, "2026-01-07T08:00")
    with pytest.raises(BadInput, match="超过24小时"):
        sent(bureau, case.id, files["video"])


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ({"kind": "素描"}, "kind"),
        ({"scene": ""}, "scene"),
        ({"started_at": "昨天"}, "started_at"),
        ({"started_at": "2026-01-05T12:00"}, "started_at"),
        ({"ended_at": "2026-01-05T07:00"}, "ended_at"),
        ({"secrecy": "top"}, "secrecy"),
    ],
)
def test_words_that_cannot_be_are_refused_before_a_byte_is_sent(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path], words: dict[str, str], path: str
) -> None:
    with pytest.raises(BadInput) as caught:
        sent(bureau, case.id, files["video"], words=words)
    assert caught.value.path == path


def test_a_device_of_nobody_is_refused_before_a_byte_is_sent(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    with pytest.raises(Refused, match="设备台账没有"):
        sent(bureau, case.id, files["video"], words={"device_no": "私人手机"})


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda data: data[: len(data) // 2], "不完整"),
        (lambda _data: b"MZ" + bytes(4000), "不是可以保存的"),
        (lambda _data: b"<html><script>alert(1)</script></html>", "不是可以保存的"),
        (lambda _data: b"%PDF-1.7\n" + bytes(4000), "不是可以保存的"),
    ],
)
def test_b10_cut_and_mislabelled_files_are_found_by_what_they_hold_and_nothing_is_registered(
    bureau: Bureau, case: CaseFacts, tmp_path: Path, make: Any, words: str
) -> None:
    file = tmp_path / "现场.jpg"
    file.write_bytes(make(make_media({"photo": "320x240"}, tmp_path, "p").read_bytes()))
    upload = sent(bureau, case.id, file, words={"kind": "照相", "ended_at": ""})
    with pytest.raises(BadInput, match=words) as caught:
        uploads.finish(bureau.ctx, upload.id)
    assert caught.value.remedy
    assert recordings_of(bureau, case) == []


def test_a_wrong_kind_is_mended_without_sending_the_file_again(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    upload = sent(bureau, case.id, files["audio"])
    with pytest.raises(BadInput, match="登记为“录像”"):
        uploads.finish(bureau.ctx, upload.id)
    uploads.finish(bureau.ctx, upload.id, {"kind": "录音"})
    assert [r.kind for r in recordings_of(bureau, case)] == ["录音"]


def test_d6_the_same_file_twice_in_a_case_is_said_and_of_other_cases_nothing(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    other = bureau.case("summary", title="另案")
    uploads.finish(bureau.ctx, sent(bureau, case.id, files["video"]).id)
    uploads.finish(bureau.ctx, sent(bureau, other.id, files["video"]).id)
    again = sent(bureau, case.id, files["video"])
    with pytest.raises(Conflict, match="与本案音像AV-20260105-01完全相同"):
        uploads.finish(bureau.ctx, again.id)
    assert len(recordings_of(bureau, case)) == 1
    uploads.finish(bureau.ctx, again.id, {"twice": "1"})
    assert len(recordings_of(bureau, case)) == 2


@pytest.mark.article("A34.1")
def test_a_case_of_others_is_not_found_and_rights_lost_meanwhile_hold_at_the_end(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    bureau.join("外人", roles=["handler"], cert_no="SF-9")
    with pytest.raises(AnjuanError):
        sent(bureau, case.id, files["video"], by="外人")
    with pytest.raises(NotFound):
        sent(bureau, "0192ffff-0000-7000-8000-000000000000", files["video"])
    upload = sent(bureau, case.id, files["video"])
    head, new = bureau.as_("丙三"), bureau.join("新人", roles=["handler"], cert_no="SF-5", **CERTIFICATE)
    cases.assign(bureau.ctx, head, case_id=case.id, person_ids=[new])
    cases.release(bureau.ctx, head, case_id=case.id, person_id=bureau.ids["乙二"], reason="调离")
    with pytest.raises(AnjuanError):
        uploads.finish(bureau.ctx, upload.id)
    assert recordings_of(bureau, case) == []


def photo(path: Path, *, taken: str, place: bool = True) -> Path:
    exif = Image.Exif()
    exif[271], exif[272] = "HUAWEI", "MATE 60"
    exif.get_ifd(0x8769)[36867] = taken
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 15.12), 3: "E", 4: (116.0, 24.0, 26.64)})
    Image.new("RGB", (64, 48), "grey").save(path, exif=exif)
    return path


@pytest.mark.article("A5.1")
def test_a_photo_brings_time_and_place_of_its_own_beside_the_servers(
    bureau: Bureau, case: CaseFacts, tmp_path: Path
) -> None:
    file = photo(tmp_path / "IMG_1.jpg", taken="2026:01:05 08:30:00")
    words = {"kind": "照相", "started_at": "", "ended_at": ""}
    uploads.finish(bureau.ctx, sent(bureau, case.id, file, words=words).id)
    (kept,) = recordings_of(bureau, case)
    assert local(kept.started_at).isoformat() == "2026-01-05T08:30:00+08:00"
    assert kept.told["device"] == "HUAWEI MATE 60"
    assert (kept.told["latitude"], kept.told["longitude"]) == (39.9042, 116.4074)
    assert kept.announced_at == bureau.ctx.clock.now()


@pytest.mark.parametrize("taken", ["2031:01:05 08:30:00", "1970:01:01 00:00:00", "kaputt"])
def test_d13_a_device_whose_clock_is_wrong_does_not_decide(
    bureau: Bureau, case: CaseFacts, tmp_path: Path, taken: str
) -> None:
    file = photo(tmp_path / "IMG_1.jpg", taken=taken)
    words = {"kind": "照相", "started_at": "", "ended_at": ""}
    uploads.finish(bureau.ctx, sent(bureau, case.id, file, words=words).id)
    (kept,) = recordings_of(bureau, case)
    assert kept.started_at == bureau.ctx.clock.now()
    assert ("taken_at" in kept.told) == taken.startswith("2031")


def test_a_video_without_times_ended_when_it_was_sent(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    upload = sent(bureau, case.id, files["video"], words={"started_at": "", "ended_at": ""})
    uploads.finish(bureau.ctx, upload.id)
    (kept,) = recordings_of(bureau, case)
    assert kept.ended_at
    assert (kept.ended_at - kept.started_at).total_seconds() == pytest.approx(2.0, abs=0.1)
    assert kept.ended_at == upload.begun_at


@pytest.mark.article("A10.2")
def test_an_informants_upload_lies_encrypted_and_comes_again_without_a_second(
    bureau: Bureau, case: CaseFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = photo(tmp_path / "IMG_1.jpg", taken="2026:01:05 08:30:00")
    words = {"kind": "照相", "secrecy": "informant", "ended_at": ""}
    upload = sent(bureau, case.id, file, words=words)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "_change", killed)
        with pytest.raises(KeyboardInterrupt):
            uploads.finish(bureau.ctx, upload.id)
    uploads.finish(bureau.ctx, upload.id)
    (kept,) = recordings_of(bureau, case)
    assert file.read_bytes()[:64] not in bureau.ctx.blobs.read(kept.blob)
    assert "39.9" not in str(kept.told)
    assert list(bureau.ctx.settings.uploads.glob("*.part")) == []
