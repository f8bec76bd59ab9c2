"""A clip of a recording for a party's copy: only the approved span, encoded anew, without metadata, marked.

Nothing before or after the span is in the file, nor place, device or time of capture; the copy's number stands in the
picture.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.cards import local_file
from foundation.blobs import Blob
from foundation.context import Context
from foundation.errors import BadInput, Unavailable

CPU_SECONDS, WALL_SECONDS, MEMORY = 1800, 3600, 3 << 30
VIDEO = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k")
AUDIO = ("-vn", "-c:a", "aac", "-b:a", "96k")


@dataclass(frozen=True, kw_only=True)
class Clip:
    """An approved span of a recording."""

    recording_id: str
    start_s: float
    end_s: float
    mutes: Sequence[tuple[float, float]] = ()
    """Spans of the recording whose sound is taken out (a name that is spoken)."""


def cut_clip(ctx: Context, blob: str, media_type: str, clip: Clip, mark: str) -> Blob:
    """Cut and store a clip.

    Args:
        ctx: The floor.
        blob: The recording.
        media_type: Of the recording.
        clip: The span.
        mark: Text that stands in the picture.

    Raises:
        BadInput: The span is empty, or the recording is no sound or video.
        Unavailable: ffmpeg could not make it.
    """
    family = media_type.partition("/")[0]
    if family not in ("video", "audio") or clip.end_s <= clip.start_s or clip.start_s < 0:
        raise BadInput("音像片段的起止时间不正确。", remedy="写明批准的起止时间（秒）。", path="clips")
    with tempfile.TemporaryDirectory() as folder, local_file(ctx.blobs, blob) as source:
        out, text = Path(folder) / ("clip.mp4" if family == "video" else "clip.m4a"), Path(folder) / "mark.txt"
        text.write_text(mark, encoding="utf-8")
        _run(ctx, source, out, text if family == "video" else None, clip)
        return ctx.blobs.put(out)


def _run(ctx: Context, source: Path, out: Path, mark: Path | None, clip: Clip) -> None:
    face = (ctx.settings.fonts_dir / "ready" / "AjHei.ttf").resolve()
    look = "x=16:y=h-th-16:fontsize=h/24:fontcolor=white:box=1:boxcolor=black@0.5"
    drawn = f"drawtext=fontfile={face}:textfile={mark}:{look}"
    command = [
        *("prlimit", f"--as={MEMORY}", f"--cpu={CPU_SECONDS}", "--core=0", "nice", "-n", "5"),
        *("ffmpeg", "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file,crypto"),
        *("-ss", f"{clip.start_s}", "-t", f"{clip.end_s - clip.start_s}", "-i", str(source)),
        *_silenced(clip),
        *(("-vf", drawn, *VIDEO) if mark else AUDIO),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-bitexact", "-movflags", "+faststart", str(out)),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable("音像片段没有做成。", remedy="缩短片段后重试。", path="clips") from error
    if done.returncode or not out.exists() or not out.stat().st_size:
        raise Unavailable("音像片段没有做成。", remedy="检查起止时间是否在录制长度以内。", path="clips")


def _silenced(clip: Clip) -> tuple[str, ...]:
    """Return what takes the sound out of the named spans: the samples are zero, nothing lies under them."""
    spans = [f"between(t,{max(a - clip.start_s, 0)},{b - clip.start_s})" for a, b in clip.mutes if b > clip.start_s]
    return ("-af", f"volume=enable='{'+'.join(spans)}':volume=0") if spans else ()
