"""The converter knows a closed set of constructs and refuses the rest; it names no address outside the DOCX."""

from dataclasses import replace

import pytest

from foundation.errors import BadInput
from generator.compile_package import write_zip
from generator.compile_styles import layout
from generator.convert import Converted, convert
from generator.pipeline import Assets, make
from generator.render_images import picture_size
from tests.generator.jobs import job, parts, photo, small_job

BODY = b"<w:body>"


def _with(inside: str, *, part: str = "word/document.xml", rels: str = "") -> Converted:
    """Convert a made DOCX with something put at the beginning of its body."""
    found = parts(make(job("inquiry_record")).docx)
    found[part] = found[part].replace(BODY, BODY + inside.encode(), 1)
    if rels:
        name = "word/_rels/document.xml.rels"
        found[name] = found[name].replace(b"</Relationships>", rels.encode() + b"</Relationships>")
    return convert(write_zip(found.items()), layout("record"))


def _paragraph(run: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="body"/></w:pPr><w:r>{run}</w:r></w:p>'


REFUSED = {
    "an unknown style": '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr></w:p>',
    "an unknown font": _paragraph('<w:rPr><w:rFonts w:eastAsia="Comic Sans MS"/></w:rPr><w:t>字</w:t>'),
    "another field": _paragraph('<w:t>a</w:t></w:r><w:fldSimple w:instr=" INCLUDETEXT x "/><w:r>'),
    "a complex field": _paragraph(
        '<w:fldChar w:fldCharType="begin"/><w:instrText>DDEAUTO c:\\x</w:instrText><w:fldChar w:fldCharType="end"/>'
    ),
    "a hyperlink": '<w:p><w:hyperlink w:anchor="x"><w:r><w:t>a</w:t></w:r></w:hyperlink></w:p>',
    "a tracked change": '<w:p><w:ins w:id="9"><w:r><w:t>a</w:t></w:r></w:ins></w:p>',
    "hidden text": _paragraph("<w:rPr><w:vanish/></w:rPr><w:t>a</w:t>"),
    "a floating picture": _paragraph("<w:pict/>"),
    "an embedded object": _paragraph("<w:object/>"),
    "alternate content": "<w:sdt/>",
    "a footnote": _paragraph('<w:footnoteReference w:id="1"/>'),
    "a picture that is not there": _paragraph("<w:drawing/>"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_outside_the_closed_set_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="不支持"):
        _with(REFUSED[name])


def test_a_document_type_is_refused() -> None:
    found = parts(make(job("inquiry_record")).docx)
    found["word/document.xml"] = found["word/document.xml"].replace(
        b"<w:document", b'<!DOCTYPE x [<!ENTITY e "x">]><w:document', 1
    )
    with pytest.raises(BadInput, match="DTD"):
        convert(write_zip(found.items()), layout("record"))


def test_an_external_relation_is_refused() -> None:
    outside = '<Relationship Id="rId99" Type="image" Target="http://127.0.0.1/x.png" TargetMode="External"/>'
    with pytest.raises(BadInput, match="外部链接"):
        _with("", rels=outside)


def test_word_formatting_of_the_closed_set_is_kept() -> None:
    run = '<w:rPr><w:rFonts w:eastAsia="黑体"/><w:sz w:val="30"/><w:u w:val="single"/></w:rPr><w:t>重点</w:t>'
    html = _with(_paragraph(run)).body
    assert "AjHei" in html
    assert "font-size:15pt" in html
    assert "underline" in html


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "file:///etc/passwd", "data:image/png;base64,AA", "asset:other"])
def test_nothing_but_the_papers_own_pictures_is_fetched(url: str) -> None:
    with pytest.raises(BadInput, match="以外的地址"):
        Assets({"word/media/a.png": b""}).fetch(url)


def test_a_picture_keeps_its_bytes_and_fits_its_box() -> None:
    found = picture_size(photo(), max_width=150, max_height=92)
    assert found.data == photo()
    assert (round(found.width), round(found.height)) == (123, 92)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="无法读取"):
        picture_size(data, max_width=10, max_height=10)


def test_a_paper_without_its_photo_is_refused_by_its_name() -> None:
    with pytest.raises(BadInput, match="不在本文书的附件中"):
        make(replace(job("photo_evidence_sheet"), images={}))


def test_a_condition_draws_one_or_the_other() -> None:
    fields = [{"name": "way", "label": "方式", "kind": "choice", "options": ["甲", "乙"]}]
    block = {"when": {"way": ["甲"]}, "blocks": [{"text": "用甲"}], "else": [{"text": "不用甲"}]}
    assert make(small_job([block], {"way": "甲"}, fields=fields)).text == "用甲"
    assert make(small_job([block], {"way": "乙"}, fields=fields)).text == "不用甲"


def test_the_dot_of_a_code_is_narrow_and_that_of_a_name_is_chinese() -> None:
    html = _with(_paragraph("<w:t>阿依·样例，档号QH01-ZY·CF·2026-Y-005</w:t>")).body
    assert "阿依·样例" in html
    assert 'QH01-ZY<span class="dot">·</span>CF<span class="dot">·</span>2026-Y-005' in html
