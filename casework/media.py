"""What an uploaded photo, sound or video really is: looked at, never believed by its name.

The type is read from the bytes; length, codecs and tags of sound and video by ffprobe in a subprocess with limits of
time, memory and files. What cannot be looked at, or was cut, is refused with what to do, and nothing is stored.
"""

import json
import resource
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import puremagic

from casework import media_told, media_whole
from casework.media_told import Told
from foundation.errors import BadInput, Unavailable

HEAD = 8192
"""Bytes from which a type is known."""

TIMEOUT_S = 30
CPU_S = 20
MEMORY = 1 << 30
FILES = 16
PROBE = ("ffprobe", "-hide_banner", "-v", "error", "-protocol_whitelist", "file", "-of", "json")
ASKED = (
    "-show_entries",
    "format=duration:format_tags:stream=codec_type,codec_name,pix_fmt:stream_disposition=attached_pic",
)

TYPES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    ".jpg": ("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif")),
    ".png": ("image/png", (".png",)),
    ".webp": ("image/webp", (".webp",)),
    ".heic": ("image/heic", (".heic", ".heif")),
    ".tif": ("image/tiff", (".tif", ".tiff")),
    ".mp4": ("video/mp4", (".mp4", ".m4v", ".3gp")),
    ".mov": ("video/quicktime", (".mov", ".qt")),
    ".avi": ("video/x-msvideo", (".avi",)),
    ".mkv": ("video/x-matroska", (".mkv",)),
    ".webm": ("video/webm", (".webm",)),
    ".ts": ("video/mp2t", (".ts", ".m2ts", ".mts")),
    ".wav": ("audio/x-wav", (".wav",)),
    ".mp3": ("audio/mpeg", (".mp3",)),
    ".m4a": ("audio/mp4", (".m4a",)),
    ".aac": ("audio/aac", (".aac",)),
    ".flac": ("audio/flac", (".flac",)),
    ".ogg": ("audio/ogg", (".ogg", ".oga")),
    ".amr": ("audio/amr", (".amr",)),
}
"""Types that may be kept as recordings: media type and the names that they go by."""

SOUNDS = frozenset(["录音"])
KINDS: Mapping[str, tuple[str, ...]] = {
    "照相": ("image/",),
    "录音": ("audio/",),
    "录像": ("video/",),
    "视频监控": ("video/", "image/"),
    "监控": ("video/", "image/"),
}
"""Kinds of recording and the media types they are made of."""


@dataclass(frozen=True, kw_only=True)
class Media:
    """What a file is."""

    media_type: str
    duration_s: float | None
    """Length of sound and video; None for a picture."""
    told: Told = field(default_factory=Told)
    """What the file says of its time, place and device."""


@dataclass(frozen=True, kw_only=True)
class Probed:
    """What ffprobe says of a sound or video."""

    duration_s: float
    video: str
    """Codec and pixel format of the picture (`h264 yuv420p`); empty without one."""
    audio: str
    """Codec of the sound; empty without one."""
    told: Told


def look_at(file: Path, kind: str, file_name: str) -> Media:
    """Return what a file is, when it is what its kind and name say.

    Args:
        file: The file as it was handed over.
        kind: 照相, 录音, 录像 or 视频监控.
        file_name: Its original name.

    Raises:
        BadInput: It is empty, of another type than kind or name say, or cannot be read.
    """
    if file.stat().st_size == 0:
        raise BadInput("文件是空的（0 字节）。", remedy="重新从设备导出后上传。", path="file")
    media_type, names = _without_picture(file, kind) or sniff(file)
    if not media_type.startswith(KINDS.get(kind, ("",))):
        raise BadInput(
            f"登记为“{kind}”，文件内容却是{media_type}。", remedy="核对所选的文件，或更正记录方式。", path="file"
        )
    suffix = Path(file_name).suffix.lower()
    if suffix and suffix not in names:
        raise BadInput(
            f"文件名以“{suffix}”结尾，内容却是{media_type}。",
            remedy=f"重新从设备导出；确为该类型的，改用{'、'.join(names)}结尾的文件名。",
            path="file",
        )
    if media_type.startswith("image/"):
        _refuse_cut(file, media_type)
        return Media(media_type=media_type, duration_s=None, told=media_told.of_photo(file))
    probed = probe(file, media_type)
    _refuse_cut(file, media_type)
    return Media(media_type=media_type, duration_s=probed.duration_s, told=probed.told)


def _without_picture(file: Path, kind: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the type of a sound in an MP4 (phones mark it like a video); None of everything else."""
    if kind not in SOUNDS or sniff(file)[0] != "video/mp4" or probe(file, "audio/mp4").video:
        return None
    return "audio/mp4", (".m4a", ".mp4", ".3gp", ".aac")


def _refuse_cut(file: Path, media_type: str) -> None:
    if not media_whole.is_whole(file, media_type):
        raise BadInput(
            f"文件不完整：内容在中途断开（{media_type}）。", remedy="重新从设备导出完整的原始文件。", path="file"
        )


def sniff(file: Path) -> tuple[str, tuple[str, ...]]:
    """Return media type and usual suffixes of a file by its first bytes.

    Raises:
        BadInput: It is none of the types that may be kept.
    """
    with file.open("rb") as source:
        head = source.read(HEAD)
    suffix = _suffix(head)
    if suffix not in TYPES:
        raise BadInput(
            f"文件内容不是可以保存的照片、录音或录像（{suffix or '无法识别'}）。",
            remedy="从设备导出原始文件；可用 jpg、png、mp4、mov、mkv、avi、wav、mp3、m4a 等。",
            path="file",
        )
    return TYPES[suffix]


SAME = {".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg", ".tiff": ".tif", ".heif": ".heic", ".m4v": ".mp4"} | {
    ".m2ts": ".ts",
    ".oga": ".ogg",
    ".qt": ".mov",
}
BRANDS = {b"M4A ": ".m4a", b"M4B ": ".m4a", b"qt  ": ".mov", b"heic": ".heic", b"heix": ".heic", b"mif1": ".heic"}


def _suffix(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], ".mp4")
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI ", b"WEBP"):
        return {b"WAVE": ".wav", b"AVI ": ".avi", b"WEBP": ".webp"}[head[8:12]]
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    names = [SAME.get(str(f.extension).lower(), str(f.extension).lower()) for f in found]
    return next((n for n in names if n in TYPES), names[0] if names else "")


def probe(file: Path, media_type: str) -> Probed:
    """Ask ffprobe, in a process that may do little.

    Raises:
        BadInput: It cannot be played as what it is.
        Unavailable: ffprobe is not there.
    """
    asked = [*PROBE, *ASKED, str(file)]
    try:
        done = subprocess.run(  # noqa: S603 - our own words and a path of our own
            asked, capture_output=True, timeout=TIMEOUT_S, check=False, preexec_fn=_limit, env={"PATH": "/usr/bin:/bin"}
        )
    except FileNotFoundError:
        raise Unavailable("没有安装 ffprobe，无法检查音像文件。", remedy="由系统管理员安装 ffmpeg 后重试。") from None
    except subprocess.TimeoutExpired:
        raise _unreadable(media_type) from None
    if done.returncode:
        raise _unreadable(media_type)
    return _read(done.stdout, media_type)


def _read(text: bytes, media_type: str) -> Probed:
    try:
        told = json.loads(text)
        seconds = float(told["format"]["duration"])
    except (ValueError, KeyError, TypeError):
        raise _unreadable(media_type) from None
    streams = told.get("streams", ())
    video = next((s for s in streams if s.get("codec_type") == "video" and not _is_cover(s)), None)
    audio = next((s for s in streams if s.get("codec_type") == "audio"), None)
    if seconds <= 0 or (video if media_type.startswith("video/") else audio) is None:
        raise _unreadable(media_type)
    return Probed(
        duration_s=round(seconds, 3),
        video=f"{video.get('codec_name', '')} {video.get('pix_fmt', '')}" if video else "",
        audio=str(audio.get("codec_name", "")) if audio else "",
        told=media_told.of_container(told["format"].get("tags") or {}),
    )


def _is_cover(stream: Mapping[str, Any]) -> bool:
    return bool((stream.get("disposition") or {}).get("attached_pic"))


def _unreadable(media_type: str) -> BadInput:
    return BadInput(
        f"文件的内容损坏或不完整，不能作为{media_type}播放。", remedy="重新从设备导出完整的原始文件。", path="file"
    )


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES * 4, FILES * 4))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
