"""A font file becomes a static TrueType font of our own: chosen characters, own family name, common characters first.

Why not as they come: PDF/A viewers take the character id for the glyph id, so CFF fonts whose ids differ show boxes;
by its public name fontconfig may choose a bold or Japanese face; and a paper carries room for every glyph up to the
last one that it uses, so common characters stand first. HarfBuzz reads the outlines; cubic curves are approximated
within 0.1 % of an em. The same source gives the same bytes.
"""

import io
import struct
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

import uharfbuzz as hb
from fontTools.cu2qu import curve_to_quadratic
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.sfnt import SFNTWriter

ERROR = 0.001
"""Greatest distance of a quadratic outline from the cubic one, in em."""
SHORT = 256
"""Steps shorter than this take one byte."""
REGULAR, PLAIN = 400, 0x40
"""Weight, and the mark of a face that is neither bold nor italic."""
UPPER = 0.88
"""Height of the em above the base line, the same in every font: then mixed fonts do not push lines apart."""
ZONES = 2
"""Zones for hints, which every font must name though it has none."""
SIGNS, LEVEL_1, LEVEL_2 = range(0xA1, 0xAA), range(0xB0, 0xD8), range(0xD8, 0xF8)
"""First bytes in GBK of signs, and of the common and the less common characters of GB 2312."""
SECOND = 0xA1
"""Least second byte of a character of GB 2312."""
RARE = 3
"""Rank of everything else."""
DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "JSTF", "gasp", "FFTM")
"""Layout for vertical and other settings, and signatures."""

Point = tuple[float, float, bool]
"""x, y, and whether it lies on the curve."""


def convert(source: bytes, number: int, characters: Collection[int], family: str, mark: str) -> bytes:
    """Return a TrueType font of some characters of a font file.

    Args:
        source: The file: TrueType, OpenType or a collection.
        number: Which font of a collection.
        characters: Code points to keep; all of them are in the font.
        family: Name of the new font, as style sheets call it.
        mark: Text that tells this version from others (goes into its unique name).
    """
    face = hb.Face(hb.Blob(source), number)
    if "glyf" in face.table_tags and all(rank(code) == RARE for code in characters):
        tables = _subset(face, characters)
    else:
        tables = _drawn(face, characters)
    return _font(tables | _named(tables, family, mark))


def _subset(face: hb.Face, characters: Collection[int]) -> dict[str, bytes]:
    """Return the tables of a TrueType font's rare characters as they are: much faster, and their order is no matter."""
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(characters)
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode()) for tag in DROPPED)
    wanted.flags = hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    found = hb.subset(face, wanted)
    return {tag: bytes(found.reference_table(tag).data) for tag in found.table_tags}


def _drawn(face: hb.Face, characters: Collection[int]) -> dict[str, bytes]:
    """Return the tables of a font drawn anew, common characters first."""
    font = hb.Font(face)
    glyphs = {0: 0}
    """Glyph of the source → ours."""
    places: dict[int, int] = {}
    for code in sorted(characters, key=lambda c: (rank(c), c)):
        glyph = font.get_nominal_glyph(code) or 0
        places[code] = glyphs.setdefault(glyph, len(glyphs))
    kept = {tag: bytes(face.reference_table(tag).data) for tag in ("head", "hhea", "OS/2", "post")}
    kept["head"] = kept["head"][:50] + struct.pack(">hh", 1, 0)
    return kept | _outlines(font, list(glyphs), kept) | {"cmap": _cmap(places)}


def characters_of(source: bytes, number: int) -> frozenset[int]:
    """Return the code points that a font file can draw."""
    return frozenset(hb.Face(hb.Blob(source), number).unicodes)


def rank(code: int) -> int:
    """Return 0 for ASCII and signs, 1 and 2 for the levels of GB 2312, RARE for the rest."""
    try:
        first, *more = chr(code).encode("gbk")
    except UnicodeEncodeError:
        return RARE
    if not more or first in SIGNS:
        return 0
    if more[0] < SECOND:
        return RARE
    return 1 if first in LEVEL_1 else 2 if first in LEVEL_2 else RARE


def _outlines(font: hb.Font, order: list[int], kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the tables of outlines and widths."""
    pen = _Pen(ERROR * font.face.upem)
    glyphs, offsets, metrics, points, parts = bytearray(), [0], bytearray(), 0, 0
    for glyph in order:
        contours = pen.contours(font, glyph)
        data, left = _glyph(contours)
        glyphs += data
        offsets.append(len(glyphs))
        metrics += struct.pack(">Hh", font.get_glyph_h_advance(glyph), left)
        points, parts = max(points, sum(map(len, contours))), max(parts, len(contours))
    return {
        "glyf": bytes(glyphs),
        "loca": struct.pack(f">{len(offsets)}L", *offsets),
        "hmtx": bytes(metrics),
        "hhea": kept["hhea"][:34] + struct.pack(">H", len(order)),
        "maxp": struct.pack(">L14H", 0x00010000, len(order), points, parts, 0, 0, ZONES, *(0,) * 8),
    }


class _Pen:
    """Collects the contours of one glyph as points of quadratic splines."""

    def __init__(self, error: float) -> None:
        self._error = error
        self._contours: list[list[Point]] = []
        self._funcs = hb.DrawFuncs()
        self._funcs.set_move_to_func(lambda x, y, _: self._contours.append([(x, y, True)]))
        self._funcs.set_line_to_func(lambda x, y, _: self._contours[-1].append((x, y, True)))
        self._funcs.set_quadratic_to_func(self._quadratic)
        self._funcs.set_cubic_to_func(self._cubic)
        self._funcs.set_close_path_func(lambda _: None)

    def contours(self, font: hb.Font, glyph: int) -> list[list[Point]]:
        """Return the closed contours of a glyph."""
        self._contours = []
        font.draw_glyph(glyph, self._funcs)
        clockwise = -1 if "CFF " in font.face.table_tags else 1
        closed = (_closed(contour)[::clockwise] for contour in self._contours)
        return [contour for contour in closed if len(contour) > 2]  # noqa: PLR2004 - it encloses something

    def _quadratic(self, x1: float, y1: float, x: float, y: float, _data: object) -> None:
        self._contours[-1] += [(x1, y1, False), (x, y, True)]

    def _cubic(self, *numbers: float) -> None:
        x1, y1, x2, y2, x3, y3 = numbers[:6]
        contour = self._contours[-1]
        start = contour[-1][:2]
        *between, end = curve_to_quadratic((start, (x1, y1), (x2, y2), (x3, y3)), self._error)[1:]
        contour += [(x, y, False) for x, y in between]
        contour.append((*end, True))


def _closed(contour: list[Point]) -> list[Point]:
    points: list[Point] = [(round(x), round(y), on) for x, y, on in contour]
    points = [points[0], *(b for a, b in pairwise(points) if a != b)]
    if len(points) > 1 and points[0][:2] == points[-1][:2]:
        points.pop()
    return points


def _glyph(contours: list[list[Point]]) -> tuple[bytes, int]:
    """Return a glyph's record and its left edge."""
    points = [p for contour in contours for p in contour]
    if not points:
        return b"", 0
    xs, ys = [int(p[0]) for p in points], [int(p[1]) for p in points]
    ends, last = [], -1
    for contour in contours:
        last += len(contour)
        ends.append(last)
    flags, steps = bytearray(int(p[2]) for p in points), bytearray()
    _deltas(xs, flags, steps, short=0x02, same=0x10)
    _deltas(ys, flags, steps, short=0x04, same=0x20)
    head = struct.pack(f">5h{len(ends)}HH", len(ends), min(xs), min(ys), max(xs), max(ys), *ends, 0)
    data = head + bytes(_repeated(flags)) + bytes(steps)
    return data + b"\0" * (-len(data) % 4), min(xs)


def _deltas(values: list[int], flags: bytearray, out: bytearray, *, short: int, same: int) -> None:
    """Write one coordinate of every point as its distance from the point before."""
    before = 0
    for i, value in enumerate(values):
        step, before = value - before, value
        if step == 0:
            flags[i] |= same
        elif -SHORT < step < SHORT:
            flags[i] |= short | (same if step > 0 else 0)
            out.append(abs(step))
        else:
            out += struct.pack(">h", step)


def _repeated(flags: bytearray) -> Iterator[int]:
    """Shorten runs of equal flags."""
    i = 0
    while i < len(flags):
        run = 1
        while i + run < len(flags) and flags[i + run] == flags[i] and run < SHORT:
            run += 1
        yield from (flags[i],) if run == 1 else (flags[i] | 0x08, run - 1)
        i += run


def _cmap(places: Mapping[int, int]) -> bytes:
    """Return a table from code point to glyph: one subtable for all of Unicode (format 12)."""
    groups: list[list[int]] = []
    for code, glyph in sorted(places.items()):
        if groups and code == groups[-1][1] + 1 and glyph - groups[-1][2] == code - groups[-1][0]:
            groups[-1][1] = code
        else:
            groups.append([code, code, glyph])
    body = b"".join(struct.pack(">3L", *group) for group in groups)
    return struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(">HHLLL", 12, 0, 16 + len(body), 0, len(groups)) + body


def _named(kept: Mapping[str, bytes], family: str, mark: str) -> dict[str, bytes]:
    """Give the font our name and edges, regular weight, leave to embed, and a unique name that tells its version."""
    names = newTable("name")
    names.names = []
    for name_id, text in {1: family, 2: "Regular", 3: f"{family}-{mark}", 4: family, 6: family}.items():
        names.setName(text, name_id, 3, 1, 0x409)
    head, os2, hhea = kept["head"], kept["OS/2"], kept["hhea"]
    up, down = _edges(head)
    return {
        "name": names.compile(TTFont()),
        "head": head[:28] + head[20:28] + head[36:44] + b"\0\0" + head[46:],
        "hhea": hhea[:4] + struct.pack(">3h", up, -down, 0) + hhea[10:],
        "OS/2": os2[:4]
        + struct.pack(">HHH", REGULAR, int.from_bytes(os2[6:8]), 0)
        + os2[10:62]
        + struct.pack(">H", PLAIN)
        + os2[64:68]
        + struct.pack(">3h2H", up, -down, 0, up, down)
        + os2[78:],
        "post": struct.pack(">L", 0x00030000) + bytes(4) + kept["post"][8:12] + bytes(20),
    }


def _edges(head: bytes) -> tuple[int, int]:
    """Return upper and lower edge in the font's units."""
    upem = int.from_bytes(head[18:20])
    return round(UPPER * upem), round((1 - UPPER) * upem)


def _font(tables: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    writer = SFNTWriter(out, len(tables), "\x00\x01\x00\x00")
    for tag in sorted(tables):
        writer[tag] = tables[tag]
    writer.close()
    return out.getvalue()
