"""Photo, sound and video files for scenarios, made by ffmpeg: `{video: 20s}`, `{audio: 20s}`, `{photo: 1600x1200}`."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from foundation.errors import BadInput

FFMPEG = ("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-fflags", "+bitexact")
SUFFIX = {"video": ".mp4", "audio": ".wav", "photo": ".jpg"}
LIMIT_S = 60
"""Seconds that one file may take to make."""


def make_media(spec: Mapping[str, str], folder: Path, name: str, *, seed: int = 0, beside: Path | None = None) -> Path:
    """Make one file in a folder and return its path; the same spec and seed give the same picture.

    Raises:
        BadInput: The spec names no known kind or size.
    """
    if len(spec) != 1 or next(iter(spec)) not in {*SUFFIX, "file"}:
        raise BadInput(
            f"media {dict(spec)} 读不懂。",
            remedy="写作 {video: 20s}、{audio: 20s}、{photo: 1600x1200} 或 {file: 路径}。",
        )
    kind, value = next(iter(spec.items()))
    if kind == "file":
        return _given(beside or folder, str(value))
    target = folder / f"{name}{SUFFIX[kind]}"
    arguments = {"video": _video, "audio": _audio, "photo": _photo}[kind](str(value), seed)
    subprocess.run([*FFMPEG, *arguments, str(target)], check=True, timeout=LIMIT_S)  # noqa: S603 - our own words
    return target


def _given(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise BadInput(f"场景旁没有文件 {name}。", remedy="把文件放在场景文件旁边。", path="media.file")
    return path


def _seconds(value: str) -> str:
    if not (match := re.fullmatch(r"(\d{1,4})s", value)):
        raise BadInput(f"时长“{value}”读不懂。", remedy="写作 20s。")
    return match[1]


def _video(value: str, seed: int) -> list[str]:
    hue = f"hue=h={seed * 11 % 40 - 20}"
    colours = "nb_colors=5:c0=0x6b5a3c:c1=0x8a8f7a:c2=0x4a5648:c3=0xa08c6a:c4=0x39424e"
    moving = f"gradients=size=640x360:rate=12:duration={_seconds(value)}:seed={seed}:speed=0.03:{colours}"
    picture = f"{moving},{hue},noise=alls=6:allf=t,format=yuv420p"
    sound = f"sine=frequency={300 + seed % 7 * 40}:duration={_seconds(value)}"
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "32", "-threads", "1", "-c:a", "aac", "-b:a", "32k"]
    return ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *codec, "-movflags", "+faststart"]


def _audio(value: str, seed: int) -> list[str]:
    source = f"sine=frequency={220 + seed % 9 * 30}:duration={_seconds(value)}"
    return ["-f", "lavfi", "-i", source, "-ar", "16000", "-ac", "1"]


def _photo(value: str, seed: int) -> list[str]:
    if not re.fullmatch(r"\d{2,5}x\d{2,5}", value):
        raise BadInput(f"尺寸“{value}”读不懂。", remedy="写作 1600x1200。")
    source = f"gradients=size={value}:seed={seed}:nb_colors=6:duration=1:c0=0x8a7a5c:c1=0x5c6b4a"
    return ["-f", "lavfi", "-i", source, "-frames:v", "1", "-q:v", "3"]
