"""A bound volume: order, links, numbers, labels, structure, fonts, files."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest

from archive.volume_files import within_limit
from archive.volume_fonts import read_font, unite_fonts
from archive.volumes import Part, bind, page_count
from foundation.errors import Broken
from tests.archive.papers import attachment, contents, items, paper, sheet, volume, write


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    return volume()


def texts(path: Path) -> list[str]:
    """Return the text of each page without white space."""
    with pdfium.PdfDocument(path) as document:
        return ["".join(document[n].get_textpage().get_text_bounded().split()) for n in range(len(document))]


def first_pages(parts: list[Part]) -> list[int]:
    found, at = [], 0
    for part in parts:
        found.append(at)
        at += page_count(part.pdf)
    return found


def test_a_volume_is_pdf_a_3u_with_and_without_files(
    parts: list[Part], tmp_path: Path, verapdf: Callable[..., Any]
) -> None:
    plain = write(tmp_path, parts, name="plain.pdf")
    filled = write(tmp_path, parts, [attachment("0001_数据.json", 900), attachment("0002_数据.json", 50)], "filled.pdf")
    for path, verdict in verapdf([plain, filled], "3u").items():
        assert verdict.compliant, (path, verdict.faults)


def test_the_same_parts_give_the_same_bytes(parts: list[Part], tmp_path: Path) -> None:
    files = [attachment("a.json", 10)]
    assert write(tmp_path, parts, files, "a.pdf").read_bytes() == write(tmp_path, parts, files, "b.pdf").read_bytes()


def test_each_row_of_the_contents_list_leads_to_its_own_paper(parts: list[Part], tmp_path: Path) -> None:
    path = write(tmp_path, parts)
    starts = [s for p, s in zip(parts, first_pages(parts), strict=True) if p.kind == "item"]
    with pikepdf.open(path) as pdf:
        pages = [p.obj.objgen for p in pdf.pages]
        links = [a for p in pdf.pages for a in p.obj.get("/Annots", []) if a.Subtype == "/Link"]
        assert [pages.index(link.Dest[0].objgen) for link in links] == starts
        assert all(0 < link.Rect[3] - link.Rect[1] < 60 for link in links)


def test_a_list_without_a_row_for_a_paper_stops_the_volume(parts: list[Part], tmp_path: Path) -> None:
    short = [p if p.kind != "contents" else Part(kind="contents", title=p.title, pdf=paper("空目录")) for p in parts]
    with pytest.raises(Broken, match="第1号文书"):
        write(tmp_path, short)


def test_papers_and_cards_are_numbered_and_nothing_else(parts: list[Part], tmp_path: Path) -> None:
    number, wanted = 0, []
    for part in parts:
        for _page in range(page_count(part.pdf)):
            if part.kind in ("item", "annex"):
                number += 1
                wanted.append(str(number))
            else:
                wanted.append("")
    with pdfium.PdfDocument(write(tmp_path, parts)) as document:
        found = []
        for n in range(len(document)):
            width, height = document[n].get_size()
            box = {"left": width - 90, "bottom": height - 50, "right": width - 20, "top": height - 15}
            found.append(document[n].get_textpage().get_text_bounded(**box).strip())
    assert found == wanted


def test_page_labels_count_like_the_stamps(parts: list[Part], tmp_path: Path) -> None:
    with pdfium.PdfDocument(write(tmp_path, parts)) as document:
        labels = [document.get_page_label(n) for n in range(len(document))]
    assert labels[0] == "封面"
    assert labels[1] == "目录"
    assert labels[-1] == "备考"
    assert labels[2:-1] == [str(n) for n in range(1, len(labels) - 2)]


def test_the_outline_names_every_part_and_cards_hang_under_their_paper(parts: list[Part], tmp_path: Path) -> None:
    with pikepdf.open(write(tmp_path, parts)) as pdf, pdf.open_outline() as outline:
        assert [e.title for e in outline.root] == [p.title for p in parts if p.kind != "annex"]
        assert [c.title for c in outline.root[-2].children] == ["证据卡 AV-1"]


def test_the_text_of_every_page_is_that_of_the_paper(parts: list[Part], tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    found, at = texts(write(tmp_path, parts)), 0
    for number, part in enumerate(parts):
        alone = tmp_path / "one" / f"{number}.pdf"
        alone.write_bytes(part.pdf)
        for page in texts(alone):
            assert page in found[at]
            at += 1


def test_union_fonts_change_no_pixel_and_save_most_of_the_size(parts: list[Part], tmp_path: Path) -> None:
    path = write(tmp_path, parts)
    assert path.stat().st_size < 0.6 * sum(len(p.pdf) for p in parts)
    with pdfium.PdfDocument(path) as joined, pdfium.PdfDocument(parts[3].pdf) as alone:
        start = first_pages(parts)[3]
        for n in range(len(alone)):
            one = alone[n].render(scale=1.5, crop=(0, 0, 0, 60)).to_pil().tobytes()
            assert joined[start + n].render(scale=1.5, crop=(0, 0, 0, 60)).to_pil().tobytes() == one


def test_subsets_that_draw_a_glyph_differently_stay_apart(parts: list[Part]) -> None:
    with pikepdf.new() as pdf:
        for part in parts[2:5]:
            with pikepdf.open(io.BytesIO(part.pdf)) as source:
                pdf.pages.extend(source.pages)
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/FontFile2" in o]
        same = [f for f in fonts if str(f.FontName) == str(fonts[0].FontName)]
        own, others = outlines(same[0]), [outlines(f) for f in same]
        shared = next(g for g in own if sum(g in o for o in others) > 1)
        data = bytearray(same[0].FontFile2.read_bytes())
        data[bytes(data).find(own[shared]) + len(own[shared]) // 2] ^= 0xFF
        same[0].FontFile2.write(bytes(data))
        changed = outlines(same[0])[shared]
        unite_fonts(pdf)
        assert outlines(same[0])[shared] == changed
        assert {outlines(f)[shared] for f, o in zip(same[1:], others[1:], strict=True) if shared in o} == {own[shared]}


def outlines(descriptor: pikepdf.Object) -> Mapping[int, bytes]:
    """Return what each glyph of a font looks like."""
    font = read_font(descriptor.FontFile2.read_bytes())
    assert font is not None
    return font.outlines


def test_the_structure_of_all_papers_is_kept(parts: list[Part], tmp_path: Path) -> None:
    with pikepdf.open(write(tmp_path, parts)) as pdf:
        document = pdf.Root.StructTreeRoot.K[0]
        assert [str(k.T) for k in document.K if k.S == "/Part"] == [p.title for p in parts]
        keys = [int(n) for n in list(pdf.Root.StructTreeRoot.ParentTree.Nums)[::2]]
        assert keys == sorted(set(keys))
        for page in pdf.pages:
            assert int(page.obj.StructParents) in keys


def test_files_enter_up_to_the_limit_and_the_rest_stays_beside() -> None:
    files = [attachment(f"{n}.json", size) for n, size in enumerate([600, 500, 300, 100])]
    taken, beside = within_limit(files, 1000)
    assert [f.name for f in taken] == ["0.json", "2.json", "3.json"]
    assert [f.name for f in beside] == ["1.json"]


def test_associated_files_stand_once_with_relationship_size_and_bytes(parts: list[Part], tmp_path: Path) -> None:
    with pikepdf.open(write(tmp_path, parts, [attachment("b.json", 40), attachment("a.json", 30)])) as pdf:
        assert [str(f.UF) for f in pdf.Root.AF] == ["a.json", "b.json"]
        assert {str(f.AFRelationship) for f in pdf.Root.AF} == {"/Data"}
        assert [int(f.EF.F.Params.Size) for f in pdf.Root.AF] == [30, 40]
        assert pdf.attachments["a.json"].get_file().read_bytes() == attachment("a.json", 30).data


def test_a_turned_page_bears_its_number_at_the_readers_upper_right(tmp_path: Path) -> None:
    turned = Part(kind="item", title="第1号文书", pdf=items(1)[0].pdf)
    with pikepdf.open(io.BytesIO(turned.pdf)) as pdf:
        pdf.pages[0].obj.Rotate = 90
        pdf.save(tmp_path / "turned.pdf")
    turned = Part(kind="item", title=turned.title, pdf=(tmp_path / "turned.pdf").read_bytes())
    parts = [Part(kind="contents", title="目录", pdf=contents([turned])), turned]
    with pikepdf.open(write(tmp_path, parts)) as pdf:
        drawn = pdf.pages[1].obj.Contents[-1].read_bytes().decode()
        width, height = (float(n) for n in list(pdf.pages[1].mediabox)[2:])
    matrix = [float(n) for n in drawn[drawn.index(" Tf ") + 4 : drawn.index(" Tm")].split()]
    assert matrix[:4] == [0, 1, -1, 0]
    assert matrix[4] < 60  # the left edge of the sheet is the reader's upper edge
    assert height - 70 < matrix[5] < height
    assert width > 0


def test_a_file_that_is_no_pdf_is_named(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="坏件"):
        bind([Part(kind="item", title="坏件", pdf=b"%PDF-1.7 nothing")], sheet(), [], tmp_path / "v.pdf")
