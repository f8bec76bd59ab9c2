"""Union fonts of a volume: all subsets of one face become one font program, so that no glyph is stored twice.

Papers carry subsets that keep the face's glyph ids; the union takes each glyph from any subset that has it. It needs no
font file: two subsets that draw the same glyph id differently come from different versions of a face, and stay apart.
No pixel changes. Only TrueType programs are united; others stay as they are.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pikepdf
from pikepdf import Dictionary, Name, Stream

SFNT = struct.Struct(">4sHHHH")
ENTRY = struct.Struct(">4sLLL")
CHECKSUM_MAGIC = 0xB1B0AFBA
NEEDED = (b"head", b"hhea", b"hmtx", b"maxp", b"loca", b"glyf")
KEPT = frozenset([*NEEDED, b"cvt ", b"fpgm", b"prep", b"OS/2", b"name", b"post", b"cmap"])
"""Tables that a font program in a PDF may keep."""
LONG_LOCA = 1
SUBSET_TAG = 7
"""Length of `ABCDEF+` before a subset's name."""


@dataclass(frozen=True, kw_only=True)
class Glyphs:
    """One subset: its tables, and outline and metrics of each glyph that it draws."""

    tables: Mapping[bytes, bytes]
    outlines: Mapping[int, bytes]
    metrics: Mapping[int, bytes]
    """Advance and left bearing, four bytes, of the drawn glyphs."""
    count: int
    em: int


def unite_fonts(pdf: pikepdf.Pdf) -> int:
    """Point every descriptor of a face to one union; return how many font programs fell away."""
    saved = 0
    for descriptors in _faces(pdf).values():
        for group in _groups(descriptors):
            programs = {d.FontFile2.objgen for d in group.descriptors}
            if len(programs) > 1:
                data = write_font(group.union())
                stream = pdf.make_indirect(Stream(pdf, data, Length1=len(data)))
                for descriptor in group.descriptors:
                    descriptor.FontFile2 = stream
                saved += len(programs) - 1
    return saved


def _faces(pdf: pikepdf.Pdf) -> dict[str, list[pikepdf.Object]]:
    found: dict[str, list[pikepdf.Object]] = {}
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get("/Subtype") == Name.CIDFontType2:
            descriptor = one.FontDescriptor
            if "/CIDSet" in descriptor:  # would have to list the union's glyphs; PDF/A-2 and 3 do not ask for it
                del descriptor["/CIDSet"]
            if "/FontFile2" in descriptor:
                name = str(one.BaseFont)[1:]
                found.setdefault(name[SUBSET_TAG:] if "+" in name else name, []).append(descriptor)
    return dict(sorted(found.items()))


class _Group:
    """Subsets that agree in every glyph they share."""

    def __init__(self, first: Glyphs) -> None:
        self.descriptors: list[pikepdf.Object] = []
        self._fonts = [first]
        self._outlines = dict(first.outlines)

    def takes(self, font: Glyphs) -> bool:
        """Tell whether a subset is of the same version of the face."""
        if font.em != self._fonts[0].em:
            return False
        known = self._outlines
        return all(known.get(gid, outline) == outline for gid, outline in font.outlines.items())

    def add(self, font: Glyphs) -> None:
        """Add a subset."""
        self._fonts.append(font)
        self._outlines.update(font.outlines)

    def union(self) -> Glyphs:
        """Return one font with the glyphs of all."""
        base = max(self._fonts, key=lambda f: (f.count, len(f.outlines)))
        metrics = {gid: m for font in self._fonts for gid, m in font.metrics.items()}
        return Glyphs(tables=base.tables, outlines=self._outlines, metrics=metrics, count=base.count, em=base.em)


def _groups(descriptors: Iterable[pikepdf.Object]) -> list[_Group]:
    groups: list[_Group] = []
    read: dict[tuple[int, int], _Group] = {}
    for descriptor in descriptors:
        key = descriptor.FontFile2.objgen
        if key not in read:
            font = read_font(descriptor.FontFile2.read_bytes())
            if font is None:
                continue
            fitting = next((g for g in groups if g.takes(font)), None)
            if fitting is None:
                fitting = _Group(font)
                groups.append(fitting)
            else:
                fitting.add(font)
            read[key] = fitting
        read[key].descriptors.append(descriptor)
    return groups


def read_font(data: bytes) -> Glyphs | None:
    """Read a TrueType program; None when it is something else."""
    count = SFNT.unpack_from(data)[1]
    entries = [ENTRY.unpack_from(data, SFNT.size + i * ENTRY.size) for i in range(count)]
    tables = {tag: data[start : start + length] for tag, _sum, start, length in entries}
    if any(tag not in tables for tag in NEEDED):
        return None
    number = struct.unpack_from(">H", tables[b"maxp"], 4)[0]
    is_long = struct.unpack_from(">h", tables[b"head"], 50)[0] == LONG_LOCA
    code, size, factor = ("L", 4, 1) if is_long else ("H", 2, 2)
    places = struct.unpack_from(f">{min(number + 1, len(tables[b'loca']) // size)}{code}", tables[b"loca"])
    glyf = tables[b"glyf"]
    outlines = {
        gid: glyf[places[gid] * factor : places[gid + 1] * factor].rstrip(b"\0")
        for gid in range(len(places) - 1)
        if places[gid + 1] > places[gid]
    }
    return Glyphs(
        tables={tag: table for tag, table in tables.items() if tag in KEPT},
        outlines=outlines,
        metrics=_metrics(tables, number, outlines),
        count=number,
        em=struct.unpack_from(">H", tables[b"head"], 18)[0],
    )


def _metrics(tables: Mapping[bytes, bytes], number: int, outlines: Mapping[int, bytes]) -> dict[int, bytes]:
    """Return the metrics of glyphs that have an outline or an advance (spaces have no outline)."""
    full = struct.unpack_from(">H", tables[b"hhea"], 34)[0]
    hmtx = tables[b"hmtx"]
    found = {}
    for gid in range(number):
        if gid < full:
            entry = hmtx[gid * 4 : gid * 4 + 4]
        else:
            at = full * 4 + (gid - full) * 2
            entry = hmtx[(full - 1) * 4 : (full - 1) * 4 + 2] + hmtx[at : at + 2]
        if len(entry) == 4 and (gid in outlines or entry != b"\0\0\0\0"):  # noqa: PLR2004 - two 16-bit figures
            found[gid] = entry
    return found


def write_font(font: Glyphs) -> bytes:
    """Write a TrueType program with these glyphs; the same glyphs give the same bytes."""
    glyf, places = bytearray(), [0]
    for gid in range(font.count):
        glyf += font.outlines.get(gid, b"")
        glyf += b"\0" * (-len(glyf) % 4)
        places.append(len(glyf))
    head, hhea = bytearray(font.tables[b"head"]), bytearray(font.tables[b"hhea"])
    struct.pack_into(">L", head, 8, 0)
    struct.pack_into(">h", head, 50, LONG_LOCA)
    struct.pack_into(">H", hhea, 34, font.count)
    tables = {
        **font.tables,
        b"head": bytes(head),
        b"hhea": bytes(hhea),
        b"hmtx": b"".join(font.metrics.get(gid, b"\0\0\0\0") for gid in range(font.count)),
        b"loca": struct.pack(f">{len(places)}L", *places),
        b"glyf": bytes(glyf),
    }
    return _sfnt(tables)


def _sfnt(tables: Mapping[bytes, bytes]) -> bytes:
    power = 1 << (len(tables).bit_length() - 1)
    header = SFNT.pack(b"\0\1\0\0", len(tables), power * 16, power.bit_length() - 1, (len(tables) - power) * 16)
    start = SFNT.size + ENTRY.size * len(tables)
    entries, body = [], bytearray()
    for tag, table in sorted(tables.items()):
        entries.append(ENTRY.pack(tag, _checksum(table), start + len(body), len(table)))
        body += table + b"\0" * (-len(table) % 4)
    data = bytearray(header + b"".join(entries) + body)
    place = next(ENTRY.unpack(e)[2] for e in entries if e.startswith(b"head"))
    struct.pack_into(">L", data, place + 8, (CHECKSUM_MAGIC - _checksum(bytes(data))) & 0xFFFFFFFF)
    return bytes(data)


def _checksum(table: bytes) -> int:
    padded = table + b"\0" * (-len(table) % 4)
    return int(sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF)
