"""The fonts: which characters none of them draws, that ￥ is no dollar sign, that the agency's own come first."""

import functools
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import uharfbuzz as hb
from fontTools.ttLib import TTFont
from PIL import Image

from foundation.errors import Unavailable
from generator.fonts import FACES, LIST, READY, Face, configuration, damaged, faces, undrawable, write_list
from generator.pipeline import make
from scripts.font_outlines import characters_of, convert
from scripts.prepare_fonts import _kind, _prepare
from tests.generator.jobs import FONTS, lines, page_image, small_job

STYLES = {"AjFang": "body", "AjHei": "amount", "AjKai": "subheading"}
"""A paragraph style of each face that may hold money."""
DRAWABLE = [
    "清河镇人民政府",
    "堃喆𠅤䶮㛃𬎆",
    "ABCxyz0123456789",
    "，。；：“”‘’（）〔〕《》—…·",
    "①②㎡℃￥□√☑☐",
    "第一行\n第二行\t末",
]
NOT_DRAWABLE = [
    ("王\U00032000", "U+32000"),
    ("张\ue000", "U+E000"),
    ("葛\U000e0100", "U+E0100"),
    ("李\U0001fae0", "U+1FAE0"),
    ("\uac00", "U+AC00"),
]
OWN = [("FZXiaoBiaoSong-B05S", "title"), ("仿宋_GB2312", "fang"), ("SimHei", "hei"), ("本镇人名字库", "rare")]


def _drawn(style: str, text: str) -> Image.Image:
    """Return the picture of a text alone, cut out of its page."""
    made = make(small_job([{"text": "{{ text }}", "style": style}], {"text": text}))
    first = lines(made.pdf)[0]
    dots = 300 / 25.4
    box = first[0].left, first[0].top - 1, first[-1].right, first[0].bottom + 1
    return page_image(made.pdf, dpi=300).crop(tuple(round(v * dots) for v in box))


def _ink(image: Image.Image) -> bytes:
    return image.convert("L").point(lambda v: 0 if v < 128 else 255).tobytes()


@pytest.mark.parametrize("style", STYLES.values())
def test_the_sign_of_the_yuan_is_no_dollar_sign_in_any_face(style: str) -> None:
    yuan = _drawn(style, "￥")
    assert _ink(yuan) == _ink(_drawn("body", "￥"))
    rows = [
        sum(p < 128 for p in yuan.convert("L").crop((0, y, yuan.width, y + 1)).tobytes()) for y in range(yuan.height)
    ]
    bars = [n for n in rows if n > max(rows) * 0.8]
    assert len(bars) >= 4, "two level bars"
    assert sum(rows[: len(rows) // 3]) > 0


def test_only_song_draws_the_yuan_sign_and_boxes() -> None:
    for face in faces(FONTS):
        draws = {c for c in "￥□■√" if any(a <= ord(c) <= b for a, b in face.characters)}
        assert not draws or face.kind == "song", face.family


def test_the_dollar_sign_of_fandol_is_left_behind() -> None:
    fang = next(f for f in faces(FONTS) if f.family == "AjFang")
    assert 0xFFE5 not in characters_of((FONTS / READY / fang.file).read_bytes(), 0)


def test_every_face_draws_common_characters_itself() -> None:
    for kind in ("title", "fang", "hei", "kai", "song"):
        face = next(f for f in faces(FONTS) if f.family == FACES[kind])
        drawn = characters_of((FONTS / READY / face.file).read_bytes(), 0)
        assert set(map(ord, "行政处罚决定书清河镇人民政府〔〕，。")) <= drawn


def test_all_fonts_stand_on_one_line() -> None:
    edges = set()
    for face in faces(FONTS):
        with TTFont(FONTS / READY / face.file, lazy=True) as font:
            upem, table = font["head"].unitsPerEm, font["hhea"]
            edges.add((round(table.ascent / upem, 2), round(table.descent / upem, 2), table.lineGap))
    assert edges == {(0.88, -0.12, 0)}


def test_what_is_listed_is_what_lies_there() -> None:
    assert damaged(FONTS) == []


@pytest.mark.parametrize("text", DRAWABLE)
def test_what_some_font_draws_is_drawable(text: str) -> None:
    assert undrawable(text, FONTS) == []


@pytest.mark.parametrize(("text", "code"), NOT_DRAWABLE)
def test_a_character_that_no_font_draws_is_found_with_its_remedy(text: str, code: str) -> None:
    (finding,) = undrawable(text, FONTS)
    assert finding.code == "GLYPH"
    assert code in finding.message
    assert "var/fonts" in finding.remedy
    assert "替代写法" in finding.remedy


def test_each_character_is_named_once_and_in_order() -> None:
    first, second = undrawable("\ue001\ue000\ue001", FONTS)
    assert "U+E001" in first.message
    assert "U+E000" in second.message


def test_every_drawable_character_is_really_drawn() -> None:
    made = make(small_job([{"text": "{{ text }}"}], {"text": "堃喆𠅤䶮㛃𬎆①℃㎡"}))
    assert b"/Identity-H" in _unpacked(made.pdf)
    assert b".notdef" not in _unpacked(made.pdf)


def test_a_folder_that_was_not_prepared_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="字体尚未准备"):
        faces(tmp_path)


# --- the agency's own fonts ------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=2)
def _own_font(name: str) -> bytes:
    """Return a font of one private-use and two common characters, called `name`."""
    song = next(f for f in faces(FONTS) if f.family == "AjSong")
    font = TTFont(io.BytesIO(convert((FONTS / READY / song.file).read_bytes(), 0, [0x4E00, 0x4E8C], "Own", "x")))
    font["cmap"].tables[0].cmap[0xE000] = font.getBestCmap()[0x4E8C]
    for record in font["name"].names:
        record.string = name
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "kind"), OWN)
def test_an_own_font_is_known_by_its_name(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / "own.ttf"
    path.write_bytes(_own_font(name))
    assert _kind(path) == kind


def test_own_fonts_stand_before_ours_and_rare_ones_before_the_last_resort() -> None:
    def face(family: str, kind: str, own: bool) -> Face:
        return Face(family=family, kind=kind, own=own, file="", sha256="", source="", made_from="", characters=())

    ready = [face("AjOwn1", "fang", True), face("AjOwn2", "rare", True), face("AjFang", "fang", False)]
    ready += [face("AjFangMore", "fang", False), face("AjSong", "song", False), face("AjRareA", "rare", False)]
    text = configuration(Path("/x"), ready)
    assert '<string>AjFang</string></test><edit name="family" mode="prepend" binding="strong"><string>AjOwn1' in text
    assert text.index("<string>AjOwn2") < text.index("<string>AjRareA")
    assert text.count("<dir>") == 1


@pytest.fixture
def folder_with_own_font(tmp_path: Path) -> Path:
    """Give a fonts folder in which the agency's 仿宋 with a private-use character stands beside ours."""
    (tmp_path / READY).mkdir()
    for face in faces(FONTS):
        (tmp_path / READY / face.file).symlink_to(FONTS / READY / face.file)
    font = _own_font("AjOwn1")
    (tmp_path / READY / "AjOwn1.ttf").write_bytes(font)
    own = Face(
        family="AjOwn1",
        kind="fang",
        own=True,
        file="AjOwn1.ttf",
        sha256=hashlib.sha256(font).hexdigest(),
        source="",
        made_from="",
        characters=((0x4E00, 0x4E00), (0x4E8C, 0x4E8C), (0xE000, 0xE000)),
    )
    write_list(tmp_path, [own, *faces(FONTS)])
    return tmp_path


def test_a_private_use_character_of_an_own_font_is_drawn_with_it(folder_with_own_font: Path) -> None:
    assert undrawable("一二\ue000", folder_with_own_font) == []
    order = small_job([{"text": "{{ text }}"}], {"text": "一\ue000三"})
    made = make(replace(order, fonts_dir=str(folder_with_own_font)))
    used = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+(\w+)", _unpacked(made.pdf)))
    assert {b"AjOwn1", b"AjFang"} <= used, "三 is not in the agency's font"
    assert b"AjOwn1" not in _unpacked(make(order).pdf)


def test_a_damaged_font_is_named(folder_with_own_font: Path) -> None:
    (folder_with_own_font / READY / "AjOwn1.ttf").write_bytes(b"x")
    (finding,) = damaged(folder_with_own_font)
    assert "AjOwn1.ttf" in finding.message


def test_a_second_preparation_makes_nothing() -> None:
    before = (FONTS / LIST).stat().st_mtime_ns
    _prepare(FONTS)
    assert (FONTS / LIST).stat().st_mtime_ns == before


def test_a_cubic_font_becomes_a_quadratic_one_of_the_same_shape() -> None:
    source = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc").read_bytes()
    made = convert(source, 2, [ord("永")], "AjTest", "x")
    before, after = hb.Font(hb.Face(hb.Blob(source), 2)), hb.Font(hb.Face(hb.Blob(made)))
    boxes = [f.get_glyph_extents(f.get_nominal_glyph(ord("永"))) for f in (before, after)]
    assert all(abs(a - b) <= 2 for a, b in zip(boxes[0], boxes[1], strict=True))
    assert TTFont(io.BytesIO(made)).sfntVersion == "\x00\x01\x00\x00"
    assert convert(source, 2, [ord("永")], "AjTest", "x") == made


def _unpacked(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        file.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()
