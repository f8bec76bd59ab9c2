"""The fonts of every paper: which are ready, that nothing else is seen, and which characters none of them draws.

`scripts.prepare_fonts` fills `<fonts_dir>/ready/` and lists it in `<fonts_dir>/fonts.json`. `use_fonts` shows that
folder alone to fontconfig: a face is asked by our name (AjTitle, AjFang, AjHei, AjKai, AjSong, AjLatin), the agency's
own font of that kind comes before it, AjSong after it, rare characters last. The order stands in the configuration
that is written here, so style sheets need not know it.

A missing glyph raises nothing in WeasyPrint and makes an invalid file: `undrawable` asks before.
"""

import bisect
import contextlib
import functools
import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from foundation.errors import Finding, Unavailable

READY, LIST, CONF = "ready", "fonts.json", "fonts.conf"
FACES = {"title": "AjTitle", "fang": "AjFang", "hei": "AjHei", "kai": "AjKai", "song": "AjSong", "latin": "AjLatin"}
"""Kind of face → the name by which style sheets ask for it. The kind `rare` only follows after AjSong."""

REMEDY = (
    "请把含该字的字体文件放入 var/fonts/ 后重新运行 make setup；"
    "或改用经法制机构负责人批准的替代写法（如⿰描述字形或同音字，加括号）。"
)
DRAWN_OTHERWISE = frozenset("\n\r\t\a☐☑☒")
"""Line ends, tabs and ticked boxes: the pipeline draws them by other means."""

VARIATIONS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Selectors of a variant form: no font of ours has the variants, so the plain form would be printed unasked."""
PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0x110000))


@dataclass(frozen=True, kw_only=True)
class Face:
    """One font that is ready."""

    family: str
    kind: str
    """title, fang, hei, kai, song, latin, dot (the one of codes; that of names is Chinese) or rare."""
    own: bool
    """The agency's own."""
    file: str
    """Name in the folder `ready`."""
    sha256: str
    source: str
    """File that it was made from."""
    made_from: str
    """Tells whether it must be made again."""
    characters: tuple[tuple[int, int], ...]
    """Spans of code points that it draws: first and last."""


def faces(folder: Path) -> tuple[Face, ...]:
    """Return the fonts that are ready, in the order of the chain.

    Raises:
        Unavailable: The folder has not been prepared.
    """
    return _faces(folder, _state(folder))


def _state(folder: Path) -> int:
    """Return what tells one list of fonts from a later one (to hash the list itself takes 0.3 ms, for each text)."""
    try:
        return (folder / LIST).stat().st_mtime_ns
    except FileNotFoundError:
        raise Unavailable("字体尚未准备。", remedy="请运行 make setup（准备字体）。", path=str(folder)) from None


@functools.lru_cache(maxsize=8)
def _faces(folder: Path, _state: int) -> tuple[Face, ...]:
    rows = json.loads((folder / LIST).read_text(encoding="utf-8"))["faces"]
    return tuple(Face(**row | {"characters": tuple((a, b) for a, b in row["characters"])}) for row in rows)


def write_list(folder: Path, ready: Sequence[Face]) -> None:
    """Write the list of fonts that are ready."""
    _replace(folder / LIST, json.dumps({"faces": [vars(face) for face in ready]}, ensure_ascii=False))


def use_fonts(folder: Path) -> None:
    """Show fontconfig the prepared fonts and nothing else, for this process.

    Raises:
        Unavailable: The folder has not been prepared.
    """
    path = folder.resolve() / CONF
    text = configuration(folder.resolve(), faces(folder))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        _replace(path, text)
    os.environ["FONTCONFIG_FILE"] = str(path)


def configuration(folder: Path, ready: Sequence[Face]) -> str:
    """Return the fontconfig file: one folder, and who stands before and after whom."""
    rules = []
    for kind, family in FACES.items():
        before = [f.family for f in ready if f.kind == kind and f.own]
        after = [f.family for f in ready if f.kind == kind and not f.own and f.family != family]
        after += [f.family for f in ready if f.kind == "rare" and kind == "song"]
        rules += [_rule(family, mode, names) for mode, names in (("prepend", before), ("append", after)) if names]
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        f"<dir>{folder / READY}</dir>\n<cachedir>{folder / 'cache'}</cachedir>\n{''.join(rules)}</fontconfig>\n"
    )


def _rule(family: str, mode: str, others: Iterable[str]) -> str:
    names = "".join(f"<string>{name}</string>" for name in others)
    return (
        f'<match target="pattern"><test name="family"><string>{family}</string></test>'
        f'<edit name="family" mode="{mode}" binding="strong">{names}</edit></match>\n'
    )


def undrawable(text: str, folder: Path) -> list[Finding]:
    """Return a finding for each character of a text that no font draws (once each, in order)."""
    drawn = _coverage(folder, _state(folder))
    odd = [c for c in dict.fromkeys(text) if c not in DRAWN_OTHERWISE and not drawn(ord(c)) and not _cleaned(c)]
    return [_finding(c) for c in odd]


class _Coverage:
    """Which code points any ready font draws."""

    def __init__(self, ready: Sequence[Face]) -> None:
        merged: list[list[int]] = []
        for first, last in sorted(chain.from_iterable(face.characters for face in ready)):
            if merged and first <= merged[-1][1] + 1:
                merged[-1][1] = max(last, merged[-1][1])
            else:
                merged.append([first, last])
        self._starts = [first for first, _ in merged]
        self._ends = [last for _, last in merged]

    def __call__(self, code: int) -> bool:
        at = bisect.bisect_right(self._starts, code) - 1
        return at >= 0 and code <= self._ends[at]


@functools.lru_cache(maxsize=8)
def _coverage(folder: Path, state: int) -> _Coverage:
    return _Coverage(_faces(folder, state))


def _cleaned(character: str) -> bool:
    """Tell whether cleaning takes the character away before anything is drawn."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _finding(character: str) -> Finding:
    code = ord(character)
    if any(code in span for span in VARIATIONS):
        what = f"有异体字选择符（U+{code:04X}），现有字体没有相应字形"
    elif any(code in span for span in PRIVATE):
        what = f"有自造字（U+{code:04X}），只有本机关的字体能显示"
    else:
        what = f"有现有字体无法显示的字“{character}”（U+{code:04X}）"
    return Finding(code="GLYPH", message=f"文书中{what}。", remedy=REMEDY, who="系统管理员", article="A21.1")


def damaged(folder: Path) -> list[Finding]:
    """Return a finding for each font whose file is not what was prepared (for the health page)."""
    return [
        Finding(code="FONT", message=f"字体文件 {face.file} 缺失或已改变。", remedy="请运行 make setup 重新准备字体。")
        for face in faces(folder)
        if _digest(folder / READY / face.file) != face.sha256
    ]


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def spans(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of code points as first and last."""
    ordered = sorted(codes)
    start = 0
    for i, code in enumerate(ordered):
        if i + 1 == len(ordered) or ordered[i + 1] != code + 1:
            yield ordered[start], code
            start = i + 1


def _replace(path: Path, text: str) -> None:
    """Write a small file in one step, so that another process never reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
