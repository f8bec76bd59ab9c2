"""Pictures on evidence cards."""

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from archive.pictures import clock_text, picture_of

VIDEO = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=320x180:d=3",
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
]
SOUND = ["-f", "lavfi", "-i", "aevalsrc=sin(2*PI*t*300)*sin(t):d=4"]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("media")
    made = {"video/mp4": (folder / "v.mp4", VIDEO), "audio/wav": (folder / "a.wav", SOUND)}
    for path, arguments in made.values():
        subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, str(path)], check=True)  # noqa: S603, S607
    photo = folder / "p.jpg"
    Image.new("RGB", (1200, 900), (10, 120, 200)).save(photo, "JPEG")
    return {kind: path for kind, (path, _arguments) in made.items()} | {"image/jpeg": photo}


@pytest.mark.parametrize(
    ("kind", "length", "word"),
    [
        ("video/mp4", 3.0, "关键帧（00:00:00、00:00:01、00:00:02）"),
        ("audio/wav", 4.0, "波形（全长00:00:04）"),
        ("image/jpeg", None, "1200×900"),
    ],
)
def test_a_recording_shows_frames_waveform_or_itself(
    media: dict[str, Path], kind: str, length: float | None, word: str
) -> None:
    found = picture_of(media[kind], kind, length)
    assert found is not None
    assert word in found.caption
    with Image.open(io.BytesIO(found.data)) as image:
        assert image.format == "JPEG"
        assert len(image.convert("L").getcolors(1 << 16) or []) > (0 if kind.startswith("image") else 5)


@pytest.mark.parametrize("kind", ["video/mp4", "audio/wav", "image/jpeg"])
def test_the_same_bytes_give_the_same_picture(media: dict[str, Path], kind: str) -> None:
    assert picture_of(media[kind], kind, 3.0) == picture_of(media[kind], kind, 3.0)


@pytest.mark.parametrize("kind", ["video/mp4", "audio/wav", "image/jpeg", "application/pdf"])
def test_what_cannot_be_read_has_no_picture_and_stops_nothing(tmp_path: Path, kind: str) -> None:
    (tmp_path / "broken").write_bytes(b"\x00" * 5000)
    assert picture_of(tmp_path / "broken", kind, 10.0) is None


def test_an_image_bomb_has_no_picture(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    assert picture_of(tmp_path / "bomb.png", "image/png", None) is None


def test_a_playlist_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n")
    assert picture_of(tmp_path / "list.m3u8", "video/mp4", 1.0) is None


def test_seconds_are_written_as_a_clock() -> None:
    assert [clock_text(s) for s in (0, 61.9, 3725)] == ["00:00:00", "00:01:01", "01:02:05"]
