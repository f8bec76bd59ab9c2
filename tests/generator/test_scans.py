"""Codes read from scans of real papers, and pages taken out of a stack, upright and with nothing active."""

import io
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from foundation.errors import BadInput
from generator import scans
from generator.pipeline import make
from tests.generator.jobs import FURNITURE, job
from tests.generator.scanned import blank, scanned, stack_of, upright, written


@pytest.fixture(scope="module")
def paper() -> bytes:
    """Give a real decision of several pages."""
    return make(job("penalty_decision")).pdf


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize(("dpi", "skew"), [(150, 0.0), (150, 1.5), (200, -2.5), (300, 0.7)])
def test_a_page_is_read_however_it_lay_on_the_glass(paper: bytes, turn: int, dpi: int, skew: float) -> None:
    stack = stack_of([scanned(paper, dpi=dpi, turn=turn, skew=skew)], dpi)
    (seen,) = scans.look(stack)
    assert seen.codes == (FURNITURE.code,)
    taken = scans.take(stack, [1], {1: seen.turn})
    assert upright(taken) == [(0,)]


def test_blank_backs_and_pages_without_code_are_told_apart(paper: bytes) -> None:
    found = list(scans.look(stack_of([scanned(paper), blank(), written()])))
    assert [(bool(s.codes), s.blank) for s in found] == [(True, False), (False, True), (False, False)]


def test_two_codes_on_one_page_are_both_seen(paper: bytes) -> None:
    second = job("inquiry_record")
    furniture = replace(second.furniture, document_id="01976f3e-7c0a-7d2e-8b1f-3a5c9e7d1b99")
    both, code = scanned(paper), scanned(make(replace(second, furniture=furniture)).pdf)
    both.paste(code.crop((0, code.height // 2, code.width, code.height)), (0, 0))
    (seen,) = scans.look(stack_of([both]))
    assert len(seen.codes) == 2


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGB"), ("PNG", "1"), ("TIFF", "L")]
)
def test_pictures_become_pages_that_are_read(paper: bytes, kind: str, mode: str) -> None:
    out = io.BytesIO()
    image = scanned(paper, dpi=200)
    image = image.point(lambda v: 255 * (v > 128), "1") if mode == "1" else image.convert(mode)
    image.save(out, kind, dpi=(200, 200))
    pdf = scans.as_pdf(out.getvalue(), f"image/{kind.lower()}")
    (seen,) = scans.look(pdf)
    assert seen.codes == (FURNITURE.code,)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        box = opened.pages[0].mediabox
    assert (round(float(box[2])), round(float(box[3]))) == (595, 842)


def test_a_tiff_of_many_pages_is_a_stack(paper: bytes) -> None:
    out = io.BytesIO()
    scanned(paper).save(out, "TIFF", save_all=True, append_images=[blank(), written()])
    assert scans.count(scans.as_pdf(out.getvalue(), "image/tiff")) == 3


def test_a_photo_that_a_phone_turned_stands_upright(paper: bytes) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[274] = 6
    scanned(paper, dpi=200, turn=270).convert("RGB").save(out, "JPEG", exif=exif)
    pdf = scans.as_pdf(out.getvalue(), "image/jpeg")
    (seen,) = scans.look(pdf)
    assert (seen.turn, seen.codes) == (0, (FURNITURE.code,))


def test_nothing_active_comes_along(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(stack_of([scanned(paper)]))) as pdf:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.pages[0].AA = pikepdf.Dictionary(O=script)
        pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=script)])
        pdf.Root.OpenAction = script
        out = io.BytesIO()
        pdf.save(out)
    taken = scans.take(out.getvalue(), [1], {})
    assert b"JavaScript" not in taken
    with pikepdf.open(io.BytesIO(taken)) as made:
        assert "/OpenAction" not in made.Root
        assert "/Annots" not in made.pages[0].obj


def test_the_same_pages_make_the_same_bytes_and_stand_behind_those_before(paper: bytes) -> None:
    stack = stack_of([scanned(paper), written()])
    assert scans.take(stack, [2, 1], {}) == scans.take(stack, [2, 1], {})
    assert scans.count(scans.take(stack, [2], {}, scans.take(stack, [1], {}))) == 2


def test_a_page_that_is_not_there_is_refused(paper: bytes) -> None:
    with pytest.raises(BadInput, match="没有第9页"):
        scans.picture(stack_of([scanned(paper)]), 9, 100)
