"""A clip holds the approved span alone, and nothing is heard where its sound was taken out."""

import re
import subprocess
from pathlib import Path

import pytest

from archive.clips import Clip, cut_clip
from tests.archive.conftest import Office


def source(folder: Path) -> Path:
    """Return four seconds of picture and tone."""
    path = folder / "source.mp4"
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=4", "-f", "lavfi", "-i", "color=c=red:s=160x120:d=4"]
    words = ["ffmpeg", "-v", "error", *tone, "-c:v", "libx264", "-c:a", "aac", "-shortest", str(path)]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own words
    return path


def loudness(path: Path, start: float, length: float) -> float:
    """Return the mean loudness of a span in decibel."""
    words = ["ffmpeg", "-ss", str(start), "-t", str(length), "-i", str(path), "-af", "volumedetect", "-f", "null", "-"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    found = re.search(r"mean_volume: (-?[\d.]+) dB", done.stderr)
    assert found
    return float(found[1])


@pytest.mark.article("A34.1")
def test_a_muted_span_is_silent_and_the_rest_is_heard(closed_office: Office, tmp_path: Path) -> None:
    ctx = closed_office.ctx
    original = ctx.blobs.put(source(tmp_path).read_bytes())
    clip = Clip(recording_id="x", start_s=0.5, end_s=3.5, mutes=[(1.0, 2.0)])
    path = tmp_path / "clip.mp4"
    path.write_bytes(ctx.blobs.read(cut_clip(ctx, original.sha256, "video/mp4", clip, "复2026-001").sha256))
    assert loudness(path, 0.7, 0.6) < -80
    assert loudness(path, 2.0, 0.6) > -40
    assert loudness(path, 0.05, 0.3) > -40
    assert b"".join(ctx.blobs.stream(original.sha256)) == (tmp_path / "source.mp4").read_bytes()
