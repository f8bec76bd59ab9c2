"""A file is what its bytes say: empty, mislabelled and broken ones are refused with what to do."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from casework import media
from casework.media import Media, look_at
from cli.media import make_media
from foundation.errors import BadInput


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("media")
    specs = {"video": "2s", "audio": "2s", "photo": "320x240"}
    return {kind: make_media({kind: spec}, folder, kind) for kind, spec in specs.items()}


@pytest.mark.article("A5.1")
@pytest.mark.parametrize(
    ("file", "kind", "wanted"),
    [
        ("video", "录像", Media(media_type="video/mp4", duration_s=2.0)),
        ("audio", "录音", Media(media_type="audio/x-wav", duration_s=2.0)),
        ("photo", "照相", Media(media_type="image/jpeg", duration_s=None)),
    ],
)
def test_type_and_length_are_read_from_the_bytes(
    files: Mapping[str, Path], file: str, kind: str, wanted: Media
) -> None:
    found = look_at(files[file], kind, files[file].name)
    assert found.media_type == wanted.media_type
    assert found.duration_s == (pytest.approx(wanted.duration_s, abs=0.1) if wanted.duration_s else None)


@pytest.mark.parametrize(("file", "kind"), [("photo", "录像"), ("audio", "录像"), ("video", "录音"), ("video", "照相")])
def test_a_file_of_another_kind_than_it_is_registered_as_is_refused(
    files: Mapping[str, Path], file: str, kind: str
) -> None:
    with pytest.raises(BadInput, match=f"登记为“{kind}”，文件内容却是") as caught:
        look_at(files[file], kind, files[file].name)
    assert caught.value.remedy


def test_a_name_that_says_another_type_is_refused(files: Mapping[str, Path]) -> None:
    with pytest.raises(BadInput, match=r"文件名以“\.jpg”结尾，内容却是video/mp4"):
        look_at(files["video"], "录像", "现场.jpg")


def test_a_file_of_no_bytes_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "空.mp4"
    empty.touch()
    with pytest.raises(BadInput, match="0 字节") as caught:
        look_at(empty, "录像", "空.mp4")
    assert caught.value.path == "file"


def test_text_and_programs_are_no_recordings(tmp_path: Path) -> None:
    for content in (b"#!/bin/sh\necho\n", b"\x7fELF" + bytes(400), b"PK\x03\x04" + bytes(400)):
        file = tmp_path / "x.mp4"
        file.write_bytes(content)
        with pytest.raises(BadInput, match="不是可以保存的"):
            look_at(file, "录像", "x.mp4")


def test_a_video_that_was_cut_off_in_its_head_is_refused(files: Mapping[str, Path], tmp_path: Path) -> None:
    broken = tmp_path / "断.mp4"
    broken.write_bytes(files["video"].read_bytes()[:600])
    with pytest.raises(BadInput, match="损坏或不完整"):
        look_at(broken, "录像", "断.mp4")


def test_a_probe_that_takes_too_long_is_given_up(files: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "TIMEOUT_S", 0.001)
    with pytest.raises(BadInput, match="损坏或不完整"):
        look_at(files["video"], "录像", "慢.mp4")
