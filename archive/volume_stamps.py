"""What is stamped on finished pages, marked as artifacts: page numbers of a volume, the mark of a copy; one font each.

Page numbers are Arabic figures at the top right; cover, contents list and file note bear none. The font is embedded
here from a prepared face: the characters needed, glyph ids kept.
"""

import math
import struct
from pathlib import Path

import pikepdf
import uharfbuzz as hb
from pikepdf import Array, Dictionary, Name, Stream

FIGURES = "0123456789"
SIZE = 12.0
"""Points."""
RIGHT, TOP = 42.0, 34.0
"""From the page's right and upper edge to the figures' end and base line, points."""
STAMP, MARK = "/AjStamp", "/AjMark"
"""Names of the fonts in a page's resources."""
MARK_SIZE, MARK_GREY, MARK_SLOPE = 15.0, 0.78, math.radians(28)
MARK_HEIGHTS = (0.2, 0.5, 0.8)
"""Where the mark of a copy stands, in shares of the page's height."""
CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{count} beginbfchar
{lines}
endbfchar
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


class Lettering:
    """Characters of one face, embedded once in a file."""

    def __init__(self, pdf: pikepdf.Pdf, face_file: Path, characters: str, name: str) -> None:
        self.name = name
        face = hb.Face(hb.Blob.from_file_path(str(face_file)))
        font = hb.Font(face)
        self._ids = {c: int(font.get_nominal_glyph(ord(c)) or 0) for c in sorted(set(characters))}
        scale = 1000 / face.upem
        self._widths = {c: font.get_glyph_h_advance(gid) * scale for c, gid in self._ids.items()}
        self.font = self._embedded(pdf, face, face_file.stem)

    def codes(self, text: str) -> str:
        """Return the glyphs of a text in hexadecimal digits."""
        return "".join(f"{self._ids[c]:04x}" for c in text)

    def width(self, text: str, size: float) -> float:
        """Return how wide a text is, points."""
        return float(sum(self._widths[c] for c in text) * size / 1000)

    def use_on(self, page: pikepdf.Page) -> None:
        """Give a page the font, and close what its own content left open."""
        _own_resources(page)["/Font"][self.name] = self.font
        page.contents_add(b"q\n", prepend=True)

    def _embedded(self, pdf: pikepdf.Pdf, face: hb.Face, name: str) -> pikepdf.Object:
        wanted = hb.SubsetInput()
        wanted.glyph_set.update([0, *self._ids.values()])
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        data = bytes(hb.subset(face, wanted).blob.data)
        base = Name("/AJSTMP+" + "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-")))
        program = pdf.make_indirect(Stream(pdf, data, Length1=len(data)))
        ascent, descent, box = _extents(data)
        descriptor = pdf.make_indirect(
            Dictionary(
                Type=Name.FontDescriptor,
                FontName=base,
                Flags=4,
                FontBBox=Array(box),
                ItalicAngle=0,
                Ascent=ascent,
                Descent=descent,
                CapHeight=ascent,
                StemV=80,
                FontFile2=program,
            )
        )
        widths = Array([one for c, gid in sorted(self._ids.items()) for one in (gid, Array([round(self._widths[c])]))])
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=base,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            CIDToGIDMap=Name.Identity,
            W=widths,
            FontDescriptor=descriptor,
        )
        lines = "\n".join(f"<{gid:04x}> <{c.encode('utf-16-be').hex()}>" for c, gid in sorted(self._ids.items()))
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=base,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_indirect(Stream(pdf, CMAP.format(count=len(self._ids), lines=lines).encode())),
            )
        )


class Stamp:
    """Page numbers of one volume."""

    def __init__(self, pdf: pikepdf.Pdf, face_file: Path) -> None:
        self._letters = Lettering(pdf, face_file, FIGURES, STAMP)

    def put(self, page: pikepdf.Page, number: int) -> None:
        """Write a number on a page, whatever its size and turn."""
        text = str(number)
        box, turn = _box(page), int(page.obj.get("/Rotate", 0)) % 360
        place = _place(box, turn, self._letters.width(text, SIZE))
        self._letters.use_on(page)
        codes = self._letters.codes(text)
        page.contents_add(f"\nQ q /Artifact BMC BT 0 g {STAMP} {SIZE} Tf {place} Tm <{codes}> Tj ET EMC Q".encode())


class Watermark:
    """One text, slanting, in light grey, three times on each page of a copy."""

    def __init__(self, pdf: pikepdf.Pdf, face_file: Path, text: str) -> None:
        self._letters = Lettering(pdf, face_file, text, MARK)
        self._text = text

    def put(self, page: pikepdf.Page) -> None:
        """Write the text over a page."""
        left, bottom, right, top = _box(page)
        width, height = right - left, top - bottom
        size = min(MARK_SIZE, MARK_SIZE * 0.95 * width / max(self._letters.width(self._text, MARK_SIZE), 1))
        length, codes = self._letters.width(self._text, size), self._letters.codes(self._text)
        cos, sin = math.cos(MARK_SLOPE), math.sin(MARK_SLOPE)
        self._letters.use_on(page)
        lines = []
        for share in MARK_HEIGHTS:
            x = left + (width - length * cos) / 2
            y = bottom + height * share - length * sin / 2
            matrix = f"{cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {x:.2f} {y:.2f}"
            lines.append(f"BT {MARK_GREY} g {MARK} {size:.2f} Tf {matrix} Tm <{codes}> Tj ET")
        _under_ink(page)
        page.contents_add(f"\nQ q /Artifact BMC {MARK} gs {' '.join(lines)} EMC Q".encode())


def _under_ink(page: pikepdf.Page) -> None:
    """Let the mark darken what is white and leave letters as they are."""
    resources = page.obj["/Resources"]
    states = Dictionary(dict((resources.get("/ExtGState") or Dictionary()).items()))
    states[MARK] = Dictionary(Type=Name.ExtGState, BM=Name.Multiply)
    resources["/ExtGState"] = states


def _box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    left, bottom, right, top = (float(n) for n in page.cropbox)
    return left, bottom, right, top


def _place(box: tuple[float, float, float, float], turn: int, width: float) -> str:
    """Return the text matrix of the upper right corner as a reader sees the page."""
    left, bottom, right, top = box
    matrices = {
        0: (1, 0, 0, 1, right - RIGHT - width, top - TOP),
        90: (0, 1, -1, 0, left + TOP, top - RIGHT - width),
        180: (-1, 0, 0, -1, left + RIGHT + width, bottom + TOP),
        270: (0, -1, 1, 0, right - TOP, bottom + RIGHT + width),
    }
    return " ".join(f"{n:.2f}" for n in matrices[turn])


def _own_resources(page: pikepdf.Page) -> pikepdf.Object:
    """Give a page resources and a font dictionary of its own, so that pages that shared them do not change."""
    shared = page.obj.get("/Resources") or Dictionary()
    own = Dictionary(dict(shared.items()))
    own["/Font"] = Dictionary(dict((shared.get("/Font") or Dictionary()).items()))
    page.obj["/Resources"] = own
    return page.obj["/Resources"]


def _extents(data: bytes) -> tuple[int, int, list[int]]:
    """Return ascent, descent and box of a font program in thousandths of the em."""
    count = struct.unpack_from(">H", data, 4)[0]
    entries = [struct.unpack_from(">4sLLL", data, 12 + 16 * i) for i in range(count)]
    at = {tag: start for tag, _sum, start, _length in entries}
    em = struct.unpack_from(">H", data, at[b"head"] + 18)[0]
    box = [round(n * 1000 / em) for n in struct.unpack_from(">4h", data, at[b"head"] + 36)]
    ascent, descent = (round(n * 1000 / em) for n in struct.unpack_from(">2h", data, at[b"hhea"] + 4))
    return ascent, descent, box
