"""Pictures of recordings for evidence cards: frames of a video, the waveform of a sound, a photo within bounds.

ffmpeg runs as a limited process (time, memory, local files only); the same bytes give the same picture. A recording
that cannot be read gives a card without a picture, never a failed package.
"""

import io
import itertools
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

CPU_SECONDS, WALL_SECONDS, MEMORY = 60, 120, 3 << 30
FRAME = (560, 420)
"""Largest size of one frame, pixels."""
SHARES = (0.05, 0.5, 0.95)
"""Where the frames of a video are taken."""
PHOTO = (1600, 1200)
"""About 200 dpi in the place that a card has."""
MOST_PIXELS = 60_000_000
WAVE = (1440, 260)
INK = (20, 40, 90)


@dataclass(frozen=True, kw_only=True)
class CardPicture:
    """A picture and what stands under it."""

    data: bytes
    """JPEG."""
    caption: str


def picture_of(path: Path, media_type: str, duration_s: float | None) -> CardPicture | None:
    """Return the picture of a recording; None when nothing can be shown."""
    family = media_type.partition("/")[0]
    if family == "image":
        return _photo(path)
    if family == "audio":
        return _waveform(path, duration_s)
    return _frames(path, duration_s) if family == "video" else None


def _photo(path: Path) -> CardPicture | None:
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(image).convert("RGB")
            size = f"{upright.width}×{upright.height}"
            upright.thumbnail(PHOTO)
            return CardPicture(data=_jpeg(upright), caption=f"照片（原图{size}像素，原件另存）")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _frames(path: Path, duration_s: float | None) -> CardPicture | None:
    moments = [0.0] if not duration_s else [round(duration_s * share, 2) for share in SHARES]
    frames = [(at, image) for at in moments if (image := _frame(path, at)) is not None]
    if not frames:
        return None
    height = max(image.height for _at, image in frames)
    strip = Image.new("RGB", (sum(image.width for _at, image in frames) + 8 * (len(frames) - 1), height), "white")
    left = 0
    for _at, image in frames:
        strip.paste(image, (left, 0))
        left += image.width + 8
    times = "、".join(clock_text(at) for at, _image in frames)
    return CardPicture(data=_jpeg(strip), caption=f"关键帧（{times}）")


def _frame(path: Path, at: float) -> Image.Image | None:
    data = _ffmpeg(["-ss", f"{at}", "-i", str(path), "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"])
    if not data:
        return None
    with Image.open(io.BytesIO(data)) as image:
        frame = image.convert("RGB")
    frame.thumbnail(FRAME)
    return frame


def _waveform(path: Path, duration_s: float | None) -> CardPicture | None:
    columns = _peaks(path, WAVE[0])
    if not columns:
        return None
    image = Image.new("RGB", WAVE, "white")
    draw = ImageDraw.Draw(image)
    middle = WAVE[1] // 2
    draw.line((0, middle, WAVE[0], middle), fill=(180, 180, 180))
    for at, peak in enumerate(columns):
        half = max(1, round(peak * (middle - 4)))
        draw.line((at, middle - half, at, middle + half), fill=INK)
    return CardPicture(data=_jpeg(image), caption=f"波形（全长{clock_text(duration_s or 0)}）")


def _peaks(path: Path, columns: int) -> list[float]:
    """Return the loudest sample of each column, 0 to 1; sound is read at 1000 samples a second."""
    arguments = ["-i", str(path), "-ac", "1", "-ar", "1000", "-f", "u8", "-c:a", "pcm_u8", "-"]
    samples = _ffmpeg(arguments)
    if not samples:
        return []
    edges = [len(samples) * at // columns for at in range(columns + 1)]
    peaks = [
        max((abs(value - 128) for value in samples[a : max(b, a + 1)]), default=0) for a, b in itertools.pairwise(edges)
    ]
    loudest = max(peaks) or 1
    return [peak / loudest for peak in peaks]


def _ffmpeg(arguments: Sequence[str]) -> bytes:
    command = [
        *("prlimit", f"--as={MEMORY}", f"--cpu={CPU_SECONDS}", "--core=0"),
        *("nice", "-n", "5", "ffmpeg", "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe,crypto"),
        *("-threads", "1", "-bitexact", *arguments),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def clock_text(seconds: float) -> str:
    """Return seconds as `00:01:12`."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
