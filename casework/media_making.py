"""What is made from a photo, sound or video so that people can look at it: a poster, a waveform, a copy that plays.

The original is only read. ffmpeg runs as a limited process of low priority (time, memory, local files, one thread);
pictures are drawn within bounds and without what they tell of place and device. What cannot be made says why.
"""

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageOps

from casework.media import Probed
from foundation.errors import BadInput, Unavailable

POSTER, WAVEFORM, PLAYABLE = "poster", "waveform", "playable"
WIDE = 1280
"""Pixels of the longer side of a poster."""
MOST_PIXELS = 150_000_000
"""A larger picture is not drawn (a picture bomb); it is kept as it is."""
WAVE = "1440x220"
INK = "0x1d4e7e"
MEMORY = 3 << 30
LEAST_S, TIMES = 600, 12
"""Seconds that ffmpeg may take: so many at least, and so many times the length."""
SHOWN_PHOTOS = frozenset(["image/jpeg", "image/png", "image/webp"])
SHOWN: frozenset[tuple[str, str]] = frozenset(
    {("video/mp4", "h264 yuv420p"), ("video/mp4", "h264 yuvj420p"), ("video/webm", "vp8 yuv420p")}
    | {("video/webm", "vp9 yuv420p"), ("video/webm", "av1 yuv420p")}
)
"""Containers and codecs of pictures that every browser plays."""
HEARD: frozenset[tuple[str, str]] = frozenset(
    {("video/mp4", "aac"), ("video/mp4", "mp3"), ("video/mp4", ""), ("video/webm", "opus"), ("video/webm", "vorbis")}
    | {("video/webm", ""), ("audio/x-wav", "pcm_s16le"), ("audio/x-wav", "pcm_u8"), ("audio/mpeg", "mp3")}
    | {("audio/mp4", "aac"), ("audio/ogg", "opus"), ("audio/ogg", "vorbis")}
)
"""Containers and codecs of sounds that every browser plays."""
VIDEO = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p")
EVEN = "scale='min(1920,iw)':-2:force_original_aspect_ratio=decrease,scale=trunc(iw/2)*2:trunc(ih/2)*2"
SOUND = ("-c:a", "aac", "-b:a", "96k", "-ac", "2")
PLAIN = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")

Report = Callable[[float], None]
"""Told how far it is, 0 to 1."""


def wanted(media_type: str, probed: Probed | None) -> list[str]:
    """Return the kinds that a file needs.

    Args:
        media_type: What it is.
        probed: What ffprobe says of a sound or video; None of a photo.
    """
    family = media_type.partition("/")[0]
    if family == "image":
        return [POSTER] if media_type in SHOWN_PHOTOS else [POSTER, PLAYABLE]
    kinds = [POSTER] if family == "video" else [WAVEFORM]
    return kinds if probed and _plays(media_type, probed) else [*kinds, PLAYABLE]


def _plays(media_type: str, probed: Probed) -> bool:
    seen = not media_type.startswith("video/") or (media_type, probed.video) in SHOWN
    return seen and (media_type, probed.audio) in HEARD


def make(kind: str, source: Path, target: Path, *, media_type: str, seconds: float, report: Report) -> None:
    """Make one kind from a file at a path.

    Args:
        kind: `poster`, `waveform` or `playable`.
        source: The original.
        target: Where to.
        media_type: What the original is.
        seconds: Its length; 0 of a photo.
        report: Told how far it is.

    Raises:
        BadInput: It cannot be made from this file.
        Unavailable: ffmpeg is not there, or took too long.
    """
    family = media_type.partition("/")[0]
    if family == "image":
        _photo(source, media_type, target, WIDE if kind == POSTER else 4096)
        return
    done = {
        POSTER: lambda: _frame(source, seconds, target),
        WAVEFORM: lambda: _run(_wave(source), target, seconds, report),
        PLAYABLE: lambda: _run(_copy(source, family), target, seconds, report),
    }
    done[kind]()


def _photo(source: Path, media_type: str, target: Path, side: int) -> None:
    if media_type == "image/heic":  # Pillow does not read it; newer releases of ffmpeg do
        _run(["-i", str(source), "-frames:v", "1", "-vf", _fit(side), "-f", "mjpeg"], target, 0, lambda _share: None)
        return
    try:
        with Image.open(source) as image:
            if image.width * image.height > MOST_PIXELS:
                size = f"{image.width}×{image.height}"
                raise BadInput(
                    f"图片过大（{size}像素），不制作预览图。", remedy="原件已保存，可下载查看。", path="file"
                )
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((side, side))
        upright.save(target, "JPEG", quality=85)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _cannot() from error


def _fit(side: int) -> str:
    return f"scale='min({side},iw)':'min({side},ih)':force_original_aspect_ratio=decrease"


def _frame(source: Path, seconds: float, target: Path) -> None:
    """Take a frame a little behind the beginning (the first is often black), else the first."""
    rest = ["-i", str(source), "-frames:v", "1", "-vf", _fit(WIDE), "-q:v", "4", "-f", "mjpeg"]
    for at in (min(seconds / 10, 3.0), 0.0):
        _run(["-ss", f"{at:.2f}", *rest], target, 0, lambda _share: None, must=at == 0)
        if target.exists() and target.stat().st_size:
            return


def _wave(source: Path) -> list[str]:
    drawn = f"[0:a:0]aformat=channel_layouts=mono,showwavespic=s={WAVE}:colors={INK}:scale=sqrt"
    return ["-i", str(source), "-filter_complex", drawn, "-frames:v", "1", "-c:v", "png", "-f", "image2pipe"]


def _copy(source: Path, family: str) -> list[str]:
    picture = (
        ["-map", "0:v:0", "-map", "0:a:0?", "-vf", EVEN, *VIDEO] if family == "video" else ["-map", "0:a:0", "-vn"]
    )
    return ["-i", str(source), *picture, *SOUND, *PLAIN, "-movflags", "+faststart", "-f", "mp4"]


def _run(arguments: Sequence[str], target: Path, seconds: float, report: Report, *, must: bool = True) -> None:
    limit = int(LEAST_S + TIMES * seconds)
    command = [
        *("prlimit", f"--as={MEMORY}", f"--cpu={limit}", "--core=0", "nice", "-n", "10"),
        *("timeout", "-k", "5", str(2 * limit)),
        *("ffmpeg", "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file,pipe", "-threads", "1"),
        *("-progress", "pipe:1", "-nostats", *arguments, "-threads", "1", str(target)),
    ]
    try:
        with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as child:  # noqa: S603 - no shell
            for line in child.stdout or ():
                _tell(line, seconds, report)
    except OSError as error:
        raise Unavailable("没有安装 ffmpeg，不能制作预览。", remedy="由系统管理员安装 ffmpeg 后重试。") from error
    if must and (child.returncode or not target.exists() or not target.stat().st_size):
        raise _cannot()


def _tell(line: bytes, seconds: float, report: Report) -> None:
    name, _, value = line.partition(b"=")
    if seconds and name == b"out_time_us" and value.strip().isdigit():
        report(min(1.0, int(value) / 1_000_000 / seconds))


def _too_large() -> BadInput:
    return BadInput("图片过大，不制作预览图。", remedy="原件已保存，可下载查看。", path="file")


def _cannot() -> BadInput:
    return BadInput("不能从这个文件制作预览。", remedy="原件已完整保存，可下载后用专用软件播放。", path="file")
