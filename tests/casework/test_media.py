"""A file is what its bytes say: empty, mislabelled and broken ones are refused with what to do."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from casework import media, media_told
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


def test_a_file_cut_in_its_midst_is_refused_though_it_opens(files: Mapping[str, Path], tmp_path: Path) -> None:
    for name, kind in (("video", "录像"), ("audio", "录音"), ("photo", "照相")):
        data = files[name].read_bytes()
        cut = tmp_path / f"断{files[name].suffix}"
        cut.write_bytes(data[: len(data) * 3 // 4])
        with pytest.raises(BadInput, match="不完整"):
            look_at(cut, kind, cut.name)


@pytest.mark.parametrize("name", ["voice.3gp", "voice.mp4", "录音"])
def test_a_sound_that_a_phone_writes_as_mp4_is_a_sound(files: Mapping[str, Path], tmp_path: Path, name: str) -> None:
    voice = tmp_path / "voice.mp4"
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(files["audio"]), "-c:a", "aac", "-brand", "mp42", str(voice)]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    assert look_at(voice, "录音", name).media_type == "audio/mp4"


def test_a_cut_png_is_refused_and_a_whole_one_is_not(tmp_path: Path) -> None:
    whole = tmp_path / "a.png"
    Image.effect_noise((200, 200), 50).save(whole)
    assert look_at(whole, "照相", "a.png").media_type == "image/png"
    cut = tmp_path / "b.png"
    cut.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(BadInput, match="不完整"):
        look_at(cut, "照相", "b.png")


def test_bytes_of_a_card_behind_the_end_do_no_harm(files: Mapping[str, Path], tmp_path: Path) -> None:
    padded = tmp_path / "满.mp4"
    padded.write_bytes(files["video"].read_bytes() + bytes(5000))
    assert look_at(padded, "录像", padded.name).media_type == "video/mp4"


def test_a_video_tells_when_where_and_by_what_it_was_taken(files: Mapping[str, Path], tmp_path: Path) -> None:
    told = tmp_path / "told.mp4"
    tags = {"creation_time": "2026-01-05T00:30:00Z", "location": "+39.9042+116.4074/"}
    words = [w for name, value in tags.items() for w in ("-metadata", f"{name}={value}")]
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(files["video"]), "-c", "copy", *words, str(told)]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    found = look_at(told, "录像", "told.mp4").told.stored()
    assert found == {"taken_at": "2026-01-05T00:30:00+00:00", "latitude": 39.9042, "longitude": 116.4074}


@pytest.mark.parametrize(
    "tags",
    [
        {"creation_time": "1904-01-01T00:00:00Z"},
        {"creation_time": "yesterday", "location": "+999+999/"},
        {"location": "'; DROP TABLE", "make": "\x00", "date": "2026"},
        {},
    ],
)
def test_tags_that_cannot_be_say_nothing(tags: dict[str, str]) -> None:
    assert media_told.of_container(tags).stored() == {}
