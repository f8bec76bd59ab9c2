"""Page numbers stamped on the pages of a volume: Arabic figures, top right, one shared font, marked as artifacts.

Cover, contents list and file note are not numbered (archives.md 2.6). The font is embedded here from a prepared face:
figures only, glyph ids kept.
"""

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
RESOURCE = "/AjStamp"
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


class Stamp:
    """Figures of one face, embedded once in a volume."""

    def __init__(self, pdf: pikepdf.Pdf, face_file: Path) -> None:
        face = hb.Face(hb.Blob.from_file_path(str(face_file)))
        font = hb.Font(face)
        self._ids = {c: int(font.get_nominal_glyph(ord(c)) or 0) for c in FIGURES}
        scale = 1000 / face.upem
        self._widths = {c: font.get_glyph_h_advance(gid) * scale for c, gid in self._ids.items()}
        self._font = self._embedded(pdf, face, face_file.stem)

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
        lines = "\n".join(f"<{gid:04x}> <{ord(c):04x}>" for c, gid in sorted(self._ids.items()))
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=base,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_indirect(Stream(pdf, CMAP.format(count=len(FIGURES), lines=lines).encode())),
            )
        )

    def put(self, page: pikepdf.Page, number: int) -> None:
        """Write a number on a page, whatever its size and turn."""
        text = str(number)
        codes = "".join(f"{self._ids[c]:04x}" for c in text)
        width = sum(self._widths[c] for c in text) * SIZE / 1000
        left, bottom, right, top = (float(n) for n in page.cropbox)
        turn = int(page.obj.get("/Rotate", 0)) % 360
        place = _place((left, bottom, right, top), turn, width)
        _own_resources(page)["/Font"][RESOURCE] = self._font
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(f"\nQ q /Artifact BMC BT 0 g {RESOURCE} {SIZE} Tf {place} Tm <{codes}> Tj ET EMC Q".encode())


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
