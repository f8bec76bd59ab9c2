"""The drawn seal: a red circle of 42 mm, the agency's name along its upper part, a star, all as outlines.

Drawn as PDF operators from glyph outlines of the prepared fonts, so that the sealed file needs no font for it and
stays PDF/A; it multiplies with what lies under it, so that the covered date can still be read.
"""

import functools
import math
from collections.abc import Iterator
from pathlib import Path

import uharfbuzz as hb

from generator.fonts import READY, Face, faces
from generator.seal_order import SEAL_MM

POINTS_MM = 72 / 25.4
RED = "0.83 0.04 0.08"
SIDE = SEAL_MM * POINTS_MM
"""Side of the square that the seal fills, in points."""

EDGE = 1.2 * POINTS_MM
STAR = 7.0 * POINTS_MM
"""Outer radius of the star."""
LETTER = 5.4 * POINTS_MM
"""Height of a character of the name; longer names have narrower ones."""
WIDEST = math.radians(250)
"""How much of the circle the name may take."""
STEP = math.radians(24)
"""From one character to the next where there is room."""
INNER = 3.2 * POINTS_MM
"""Height of a character of the line under the star."""
KINDS = {"agency": "", "permit": "行政许可专用章"}
"""What stands under the star."""


@functools.lru_cache(maxsize=64)
def drawing(fonts_dir: Path, name: str, kind: str) -> bytes:
    """Return the operators that draw a seal into a square of SIDE points."""
    pen = _Pen(fonts_dir)
    middle, radius = SIDE / 2, SIDE / 2 - EDGE / 2
    parts = [
        f"q {RED} rg {RED} RG {EDGE:.3f} w 1 0 0 1 {middle:.3f} {middle:.3f} cm",
        _circle(radius),
        "S",
        _star(),
        "f",
    ]
    parts += _round(pen, name, radius - EDGE)
    parts += _straight(pen, KINDS.get(kind, ""))
    return "\n".join([*parts, "Q"]).encode()


def _round(pen: "_Pen", name: str, radius: float) -> Iterator[str]:
    """Set the name along the circle, its middle at the top."""
    step = min(STEP, WIDEST / max(1, len(name) - 1))
    narrow = min(1.0, step * (radius - LETTER) / LETTER * 0.98)
    foot = radius - LETTER * 1.08
    for i, character in enumerate(name):
        turn = (len(name) - 1) / 2 * step - i * step
        cos, sin = math.cos(turn), math.sin(turn)
        yield f"q {cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} 0 0 cm"
        yield pen.character(character, LETTER, narrow, -LETTER * narrow / 2, foot)
        yield "f Q"


def _straight(pen: "_Pen", text: str) -> Iterator[str]:
    left = -len(text) * INNER / 2
    for i, character in enumerate(text):
        yield pen.character(character, INNER, 1.0, left + i * INNER, -STAR - INNER * 1.9)
        yield "f"


def _circle(radius: float) -> str:
    """Return a circle as four curves."""
    k = radius * 0.5522847498
    arcs = [(radius, k, k, radius, 0, radius), (-k, radius, -radius, k, -radius, 0)]
    arcs += [(-radius, -k, -k, -radius, 0, -radius), (k, -radius, radius, -k, radius, 0)]
    return f"{radius:.3f} 0 m " + " ".join(" ".join(f"{v:.3f}" for v in arc) + " c" for arc in arcs) + " h"


def _star() -> str:
    inner = STAR * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for i in range(10):
        angle, radius = math.radians(90 + 36 * i), STAR if i % 2 == 0 else inner
        points.append(f"{radius * math.cos(angle):.3f} {radius * math.sin(angle):.3f}")
    return f"{points[0]} m " + " ".join(f"{p} l" for p in points[1:]) + " h"


class _Pen:
    """Writes characters as outlines."""

    def __init__(self, fonts_dir: Path) -> None:
        chain = [face for kind in ("song", "rare") for face in faces(fonts_dir) if face.kind == kind]
        self._folder, self._chain = fonts_dir / READY, chain
        self._funcs = hb.DrawFuncs()
        self._funcs.set_move_to_func(lambda x, y, _: self._add("m", x, y))
        self._funcs.set_line_to_func(lambda x, y, _: self._add("l", x, y))
        self._funcs.set_cubic_to_func(lambda *at: self._add("c", *at[:6]))
        self._funcs.set_quadratic_to_func(lambda x1, y1, x, y, _: self._quadratic(x1, y1, x, y))
        self._funcs.set_close_path_func(lambda _: self._out.append("h"))
        self._out: list[str] = []
        self._at = (0.0, 0.0)
        self._frame = (1.0, 1.0, 0.0, 0.0)

    def character(self, character: str, size: float, narrow: float, left: float, foot: float) -> str:
        """Return the path of one character in an em of `size` points, its lower left corner at left, foot."""
        font, upem = _font(self._folder, self._face(character))
        scale = size / upem
        self._out, self._frame = [], (scale * narrow, scale, left, foot + 0.12 * size)
        font.draw_glyph(font.get_nominal_glyph(ord(character)) or 0, self._funcs)
        return " ".join(self._out)

    def _face(self, character: str) -> Face:
        code = ord(character)
        drawn = (f for f in self._chain if any(first <= code <= last for first, last in f.characters))
        return next(drawn, self._chain[0])

    def _add(self, operator: str, *numbers: float) -> None:
        wide, high, left, foot = self._frame
        xy = [v * wide + left if i % 2 == 0 else v * high + foot for i, v in enumerate(numbers)]
        self._out.append(" ".join(f"{v:.2f}" for v in xy) + f" {operator}")
        self._at = numbers[-2], numbers[-1]

    def _quadratic(self, x1: float, y1: float, x: float, y: float) -> None:
        x0, y0 = self._at
        first = x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0)
        second = x + 2 / 3 * (x1 - x), y + 2 / 3 * (y1 - y)
        self._add("c", *first, *second, x, y)


@functools.lru_cache(maxsize=8)
def _font(folder: Path, face: Face) -> tuple[hb.Font, int]:
    found = hb.Face(hb.Blob.from_file_path(str(folder / face.file)))
    return hb.Font(found), found.upem
