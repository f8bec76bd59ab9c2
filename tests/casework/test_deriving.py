"""Posters, waveforms and copies that play: the original is only read, and what cannot be made says why."""

import io
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from casework import media, media_making, queries
from casework.facts import CaseFacts, RecordingFacts
from casework.operations import deriving, recordings
from cli.media import make_media
from foundation import jobs
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import BadInput
from foundation.jobs import JobState
from tests.casework.offices import Bureau, small
from tests.conftest import move

KINDS = {"video": "录像", "mkv": "录像", "audio": "录音", "flac": "录音", "photo": "照相", "tiff": "照相"}


class Steps:
    """A task that runs its steps at once, and remembers their names."""

    def __init__(self, ctx: Context, subject: str) -> None:
        self.ctx, self.subject, self.job_id, self.by = ctx, subject, "job", "somebody"
        self.given: dict[str, Any] = {}
        self.names: list[str] = []
        self.shares: list[int] = []

    def step(self, name: str, function: Callable[..., Any], *args: Any) -> Any:
        self.names.append(name)
        return function(*args)

    def progress(self, done: int, total: int, message: str = "") -> None:
        self.shares.append(done)


def converted(source: Path, target: Path, *words: str) -> Path:
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), *words, str(target)]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    return target


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("media")
    specs = {"video": "3s", "audio": "2s", "photo": "1600x1200"}
    made = {kind: make_media({kind: spec}, folder, kind) for kind, spec in specs.items()}
    made["mkv"] = converted(made["video"], folder / "a.mkv", "-c:v", "mpeg4", "-c:a", "mp2")
    made["flac"] = converted(made["audio"], folder / "a.flac")
    made["tiff"] = folder / "a.tif"
    Image.open(made["photo"]).save(made["tiff"])
    return made


@pytest.fixture
def bureau(ctx: Context, tmp_path: Path) -> Bureau:
    bureau = Bureau(small(ctx, tmp_path / "types"))
    bureau.device()
    move(bureau.ctx, "2026-01-05T10:00")
    return bureau


@pytest.fixture
def case(bureau: Bureau) -> CaseFacts:
    return bureau.case()


def stored(bureau: Bureau, case: CaseFacts, file: Path, kind: str, **changes: Any) -> RecordingFacts:
    at = parse_local("2026-01-05T09:00")
    words = {"kind": kind, "scene": "检查", "place": "料场", "operator_id": bureau.ids["乙二"], **changes}
    given = {"file": file, "file_name": file.name, "started_at": at, "ended_at": at, "case_id": case.id, **words}
    return recordings.store_recording(bureau.ctx, bureau.as_("乙二"), **given)


def derived(bureau: Bureau, known: RecordingFacts) -> tuple[RecordingFacts, Steps]:
    task = Steps(bureau.ctx, known.id)
    deriving.derive(task)
    with bureau.ctx.database.read() as session:
        return queries.recording_facts(session, known.id), task


def image_of(bureau: Bureau, blob: str) -> Image.Image:
    return Image.open(io.BytesIO(bureau.ctx.blobs.read(blob)))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("video", ["poster"]),
        ("mkv", ["playable", "poster"]),
        ("audio", ["waveform"]),
        ("flac", ["playable", "waveform"]),
        ("photo", ["poster"]),
        ("tiff", ["playable", "poster"]),
    ],
)
def test_each_file_gets_what_a_browser_needs_and_the_original_stays_as_it_was(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path], name: str, wanted: list[str]
) -> None:
    known = stored(bureau, case, files[name], KINDS[name])
    kept, task = derived(bureau, known)
    assert sorted(kept.derivatives) == wanted
    assert (kept.blob, kept.sm3, kept.index_version) == (known.blob, known.sm3, known.index_version)
    assert bureau.ctx.blobs.read(kept.blob) == files[name].read_bytes()
    assert derived(bureau, kept)[1].names == ["查看原件"], "nothing is made twice"
    assert task.names[0] == "查看原件"


def test_a_copy_plays_everywhere_and_tells_nothing_of_device_and_place(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path], tmp_path: Path
) -> None:
    kept, task = derived(bureau, stored(bureau, case, files["mkv"], "录像"))
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(bureau.ctx.blobs.read(kept.derivatives["playable"]))
    probed = media.probe(copy, "video/mp4")
    assert (probed.video, probed.audio) == ("h264 yuv420p", "aac")
    assert probed.duration_s == pytest.approx(3.0, abs=0.3)
    assert probed.told == media.Told()
    assert task.shares, "how far it is can be seen"


def test_a_poster_is_upright_small_and_without_what_a_photo_tells(
    bureau: Bureau, case: CaseFacts, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[274] = 6  # turned
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 15.0), 3: "E", 4: (116.0, 24.0, 26.0)})
    photo = tmp_path / "p.jpg"
    Image.new("RGB", (2600, 1000), "grey").save(photo, exif=exif)
    kept, _ = derived(bureau, stored(bureau, case, photo, "照相"))
    poster = image_of(bureau, kept.derivatives["poster"])
    assert poster.height == media_making.WIDE
    assert poster.width < poster.height
    assert dict(poster.getexif()) == {}
    assert kept.told["latitude"] == pytest.approx(39.9042, abs=0.001)


def test_a_waveform_is_a_picture_of_its_size(bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]) -> None:
    kept, _ = derived(bureau, stored(bureau, case, files["audio"], "录音"))
    image = image_of(bureau, kept.derivatives["waveform"])
    assert f"{image.width}x{image.height}" == media_making.WAVE


def test_b12_a_picture_bomb_is_kept_and_no_small_copy_is_made(bureau: Bureau, case: CaseFacts, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    Image.new("1", (50_000, 5_000)).save(bomb, optimize=False)
    known = stored(bureau, case, bomb, "照相")
    with pytest.raises(BadInput, match="图片过大") as caught:
        derived(bureau, known)
    assert "原件已保存" in caught.value.remedy


@pytest.mark.article("A10.2")
def test_what_is_made_from_an_informants_recording_lies_encrypted(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    kept, _ = derived(bureau, stored(bureau, case, files["photo"], "照相", secrecy="informant"))
    assert not bureau.ctx.blobs.read(kept.derivatives["poster"]).startswith(b"\xff\xd8")
    assert [p.name for p in bureau.ctx.settings.data_dir.iterdir() if p.name.startswith("tmp")] == []


def test_storing_asks_the_worker_once_and_a_failed_one_can_be_asked_again(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    known = stored(bureau, case, files["video"], "录像")
    deriving.ask_again(bureau.ctx, bureau.as_("乙二"), known)
    with bureau.ctx.database.write() as session:
        (job,) = jobs.jobs_of(session, subject=known.id, kind=deriving.KIND)
        jobs.job_row(session, job.id).state = JobState.PARKED
    deriving.ask_again(bureau.ctx, bureau.as_("乙二"), known)
    with bureau.ctx.database.read() as session:
        (job,) = jobs.jobs_of(session, subject=known.id, kind=deriving.KIND)
    assert job.state == JobState.WAITING
