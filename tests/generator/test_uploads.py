"""Word files that are handed in: an allow-list of parts, real sizes, nothing active, only fields and listed filters."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import BadInput
from foundation.settings import ROOT
from generator.compile import compile_template
from generator.compile_package import write_zip
from generator.pipeline import make
from generator.uploads import accept
from tests.generator.jobs import catalogue, job, parts

TYPES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/*/definition.yaml"))[::12]
TYPE = "penalty_decision"
BODY = b"<w:body>"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _template(type_id: str = TYPE) -> bytes:
    return compile_template(catalogue().get(type_id)).docx


def _changed(**changes: bytes | None) -> bytes:
    """Return the compiled template with parts put in, changed or (None) left out; `__` in a name stands for `/`."""
    found: dict[str, bytes] = dict(parts(_template()))
    for name, content in changes.items():
        if content is None:
            del found[name.replace("__", "/")]
        else:
            found[name.replace("__", "/")] = content
    return write_zip(found.items())


def _with(inside: str) -> bytes:
    found = parts(_template())
    found["word/document.xml"] = found["word/document.xml"].replace(BODY, BODY + inside.encode(), 1)
    return write_zip(found.items())


def _tag(text: str) -> bytes:
    return _with(f'<w:p><w:pPr><w:pStyle w:val="body"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>')


def _refusal(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        accept(data, catalogue().get(TYPE))
    return str(caught.value)


@pytest.mark.parametrize("type_id", TYPES)
def test_what_the_product_writes_is_accepted_and_draws_the_same_paper(type_id: str) -> None:
    template = accept(_template(type_id), catalogue().get(type_id))
    order = job(type_id)
    assert make(replace(order, template=template)).pdf == make(order).pdf


def test_a_changed_sentence_is_drawn() -> None:
    found = parts(_template())
    found["word/document.xml"] = found["word/document.xml"].replace("本机关予以采信".encode(), "本镇予以采信".encode())
    template = accept(write_zip(found.items()), catalogue().get(TYPE))
    assert "本镇予以采信" in make(replace(job(TYPE), template=template)).text


def test_parts_that_a_paper_does_not_need_are_left_out() -> None:
    found = parts(_template())
    found["docProps/app.xml"] = b"<Properties><Company>Example</Company></Properties>"
    found["word/theme/theme1.xml"] = b"<theme/>"
    kept = parts(accept(write_zip(found.items()), catalogue().get(TYPE)).docx)
    assert "docProps/app.xml" not in kept
    assert "word/theme/theme1.xml" not in kept


BAD_FILES = {
    "no zip": (lambda: b"%PDF-1.7", "不是可读"),
    "empty": (lambda: b"", "不是可读"),
    "a macro part": (lambda: _changed(word__vbaProject__bin=b"x"), "不允许的部件"),
    "a path that leads out": (lambda: write_zip([("../evil.xml", b"<x/>")]), "不允许的部件"),
    "no document": (lambda: _changed(**{"word__document.xml": None}), "缺少部件"),
    "a document type": (lambda: _changed(**{"word__styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "DTD"),
    "broken XML": (lambda: _changed(**{"word__settings.xml": b"<w:settings"}), "XML 不完整"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_plain_document_is_refused(name: str) -> None:
    make_file, why = BAD_FILES[name]
    assert why in _refusal(make_file())


def test_a_zip_bomb_is_counted_by_what_comes_out() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(_template()).items():
            archive.writestr(name, content)
        archive.writestr("word/media/a.png", bytes(64 << 20))
    assert "展开后过大" in _refusal(out.getvalue())


@pytest.mark.parametrize("kind", ["oleObject", "attachedTemplate", "vbaProject", "hyperlink", "aFChunk"])
def test_an_active_relation_is_refused(kind: str) -> None:
    name = "word/_rels/document.xml.rels"
    extra = f'<Relationship Id="rId9" Type="{REL}/{kind}" Target="x.bin"/></Relationships>'
    changed = parts(_template())[name].replace(b"</Relationships>", extra.encode())
    assert "宏、对象或外部模板" in _refusal(_changed(**{name.replace("/", "__"): changed}))


def test_an_address_outside_is_refused() -> None:
    name = "word/_rels/document.xml.rels"
    extra = (
        f'<Relationship Id="rId9" Type="{REL}/image" Target="http://10.0.0.1/" TargetMode="External"/></Relationships>'
    )
    changed = parts(_template())[name].replace(b"</Relationships>", extra.encode())
    assert "以外的地址" in _refusal(_changed(**{name.replace("/", "__"): changed}))


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("<w:p><w:r><w:object/></w:r></w:p>", "嵌入对象"),
        ('<w:p><w:ins w:id="1"><w:r><w:t>a</w:t></w:r></w:ins></w:p>', "修订"),
        ('<w:p><w:fldSimple w:instr=" INCLUDEPICTURE http://x "/></w:p>', "含有域"),
        ("<w:p><w:r><w:instrText>DDEAUTO c</w:instrText></w:r></w:p>", "含有域"),
        ('<w:altChunk xmlns:r="x"/>', "外部内容"),
    ],
)
def test_active_content_is_refused(inside: str, why: str) -> None:
    assert why in _refusal(_with(inside))


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("{{ 'a' * 200000000 }}", "Mul"),
        ("{{ ''.__class__ }}", "不是列表的栏"),
        ("{{ party_name.upper() }}", "Call"),
        ("{% set x = 1 %}", "Assign"),
        ("{% include 'x' %}", "Include"),
        ("{{ nobody }}", "不是本文书的字段"),
        ("{{ party_name | attr('x') }}", "不是列出的过滤器"),
        ("{{ evidence[0] }}", "Getitem"),
        ("{% for i in range(10) %}{% endfor %}", "Call"),
        ("{% for item in evidence %}{{ item.secret }}{% endfor %}", "不是列表的栏"),
        ("{{ party_name", "标记写错"),
        ("{% if party_name %}", "标记写错"),
        ("{{ aj.sign.__class__.__mro__ }}", "不是列表的栏"),
        ("{{ 9 ** 9 }}", "Pow"),
    ],
)
def test_a_tag_may_say_fields_filters_loops_and_conditions_only(tag: str, why: str) -> None:
    assert why in _refusal(_tag(tag))


@pytest.mark.parametrize(
    "tag",
    [
        "{{ amount | capital }}",
        "{% if phone %}{{ phone }}{% endif %}",
        "{% for e in evidence %}{{ e.name }}{% endfor %}",
    ],
)
def test_listed_tags_are_accepted(tag: str) -> None:
    assert accept(_tag(tag), catalogue().get(TYPE)).layout == "letter"


def test_every_fault_is_named_at_once() -> None:
    text = _refusal(_tag("{{ nobody }}{{ somebody }}"))
    assert "nobody" in text
    assert "somebody" in text


def test_nothing_is_written_while_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    accept(_template(), catalogue().get(TYPE))
    assert list(tmp_path.iterdir()) == []
