"""Photo, sound and video files for scenarios, made by ffmpeg: `{video: 20s}`, `{audio: 20s}`, `{photo: 1600x1200}`.

Pictures are drawn scenes of a yard with heaps, the same for the same seed; nobody can take them for a real place.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from foundation.errors import BadInput

FFMPEG = ("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-fflags", "+bitexact")
SUFFIX = {"video": ".mp4", "audio": ".wav", "photo": ".jpg"}
HORIZON, MIDDLE = 112, 160
"""Of a drawn scene of 320 by 180."""
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
    """Look slowly along the scene."""
    seconds = _seconds(value)
    pan = f"crop=640:360:x='(iw-ow)*t/{seconds}':y='(ih-oh)/2',format=yuv420p"
    picture = f"{_scene(seed)},scale=720:404,loop=-1:1,fps=12,trim=duration={seconds},{pan}"
    sound = f"anoisesrc=colour=brown:amplitude=.08:seed={seed}:duration={seconds}"
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "32", "-threads", "1", "-c:a", "aac", "-b:a", "32k"]
    return ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *codec, "-movflags", "+faststart"]


def _audio(value: str, seed: int) -> list[str]:
    source = f"sine=frequency={220 + seed % 9 * 30}:duration={_seconds(value)}"
    return ["-f", "lavfi", "-i", source, "-ar", "16000", "-ac", "1"]


def _photo(value: str, seed: int) -> list[str]:
    if not (match := re.fullmatch(r"(\d{2,5})x(\d{2,5})", value)):
        raise BadInput(f"尺寸“{value}”读不懂。", remedy="写作 1600x1200。")
    source = f"{_scene(seed)},scale={match[1]}:{match[2]}:flags=bicubic,noise=alls=5:all_seed={seed}"
    return ["-f", "lavfi", "-i", source, "-frames:v", "1", "-q:v", "4"]


def _scene(seed: int) -> str:
    """Return ffmpeg's words for a small drawn scene: pale sky, far hills, a yard with two heaps."""
    left, width, tall = 90 + seed * 53 % 110, 58 + seed * 31 % 30, 44 + seed * 17 % 26
    second = left + (100 if left < MIDDLE else -95)
    yard = f"{HORIZON}+2*sin(X/41+{seed})"
    hills = f"{HORIZON}-10-7*sin(X/29+{seed * 1.7:.1f})-4*sin(X/11)"
    grain = "4*sin(X*1.9+Y*2.3)"
    heap = f"max({_heap(left, width, tall)},{_heap(second, width // 2, tall // 2)})"
    heap_at = f"gt(Y,{HORIZON + 14}-{heap})*lt(Y,{HORIZON + 14})*gt({heap},0)"

    def layers(on_heap: str, in_yard: str, on_hills: str, in_sky: str) -> str:
        return f"if({heap_at},{on_heap},if(gt(Y,{yard}),{in_yard},if(gt(Y,{hills}),{on_hills},{in_sky})))"

    light = layers(f"150+{grain}-clip((X-{left})*.5,-22,22)", f"104+Y/7+{grain}/2", "132", "226-Y/6")
    blue = layers(str(104 + seed % 5), "120", "124", "134")
    red = layers(str(140 + seed % 7), "132", "121", "122")
    return f"nullsrc=size=320x180:rate=1:duration=1,format=yuv444p,geq=lum='{light}':cb='{blue}':cr='{red}'"


def _heap(middle: int, width: int, tall: int) -> str:
    """Return the height of a heap above its foot at X: even slopes and a round top."""
    return f"({tall}-sqrt(60+pow((X-{middle})*{tall / width:.3f},2))+2*sin(X/4))"
