"""A Word file that an agency hands back as template: opened with suspicion before anything reads it.

`accept` promises: only the parts that a plain document has, their real size counted while unpacking, no document type,
no macro, no embedded object, no address outside the file, no field but page numbers, and in its tags nothing but
fields of the definition and listed filters. What comes back is a template that the pipeline renders like a compiled
one; whether the converter knows every construct of it, a trial with samples shows. Nothing is run or fetched.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from lxml import etree

from catalogue.definitions import DocumentType
from foundation.errors import BadInput, Finding
from generator.compile import Template
from generator.compile_package import write_zip
from generator.convert_parts import PARSER, local
from generator.uploads_tags import faults_of_tags

MOST_BYTES, MOST_UNPACKED, MOST_PART, MOST_PARTS = 10 << 20, 40 << 20, 15 << 20, 200

PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(core|app|custom)\.xml|docProps/thumbnail\.(jpeg|png)"
    r"|customXml/[\w./-]+\.(xml|rels)"
    r"|word/(document|styles|settings|webSettings|fontTable|numbering|footnotes|endnotes|theme/theme\d+"
    r"|stylesWithEffects|header\d+|footer\d+)\.xml|word/_rels/[\w.]+\.rels|word/media/[\w.-]+\.(png|jpe?g)"
)
"""Parts that a plain document has."""
NEEDED = ("[Content_Types].xml", "word/document.xml", "word/styles.xml")
DROPPED = re.compile(r"docProps/(app|custom)\.xml|docProps/thumbnail.*|customXml/.*|word/(webSettings|theme/.*)\.xml")
"""Parts that a paper does not need; who edited the file on which machine is nobody's business."""

ACTIVE = re.compile(r"(oleObject|package|attachedTemplate|frame|aFChunk|vbaProject|control|subDocument|hyperlink)$")
"""Kinds of relations that run, embed or lead out."""
FORBIDDEN = {
    "altChunk": "外部内容",
    "object": "嵌入对象",
    "control": "控件",
    "pict": "旧式图形",
    "hyperlink": "超链接",
    "ins": "未接受的修订",
    "del": "未接受的修订",
    "moveFrom": "未接受的修订",
    "moveTo": "未接受的修订",
    "txbxContent": "文本框",
}
FIELD = re.compile(r"^\s*(PAGE|NUMPAGES)\b")
TAG = re.compile(r"\{[{%].*?(?:[}%]\}|$)", re.S)
ODD = re.compile(r"\{[{%][^}%]*[()*+\[\]][^}%]*[}%]\}")
"""A tag that calls, counts or indexes."""
QUOTED = re.compile("“([^”]+)”")
SHOWN = 30
"""Characters of a paragraph that a finding shows."""
TAGGED = re.compile(r"word/(document|header\d+|footer\d+)\.xml")


def accept(data: bytes, definition: DocumentType) -> Template:
    """Return a handed-in Word file as a template.

    Args:
        data: The file.
        definition: The type that it is to draw.

    Raises:
        BadInput: It is not acceptable; every fault is a finding with its part.
    """
    parts = _unpacked(data)
    found = [*_faults_of_parts(parts), *_faults_of_text(parts, definition)]
    if found:
        raise BadInput(
            f"上传的 Word 模板有{len(found)}处不能接受。",
            remedy="按下列各项修改后重新上传。",
            path="file",
            findings=found,
        )
    kept = {name: content for name, content in parts.items() if not DROPPED.fullmatch(name)}
    kept["[Content_Types].xml"] = _without_types(kept["[Content_Types].xml"])
    for name in ("_rels/.rels", "word/_rels/document.xml.rels"):
        if name in kept:
            kept[name] = _without_relations(kept[name], name, kept)
    return Template(docx=write_zip(kept.items()), layout=definition.body.layout)


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Unpack with limits; the sizes that a zip file states are not believed."""
    if len(data) > MOST_BYTES:
        raise _refused(f"文件超过{MOST_BYTES >> 20} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or len({e.filename for e in entries}) != len(entries):
                raise _refused("压缩包内的部件过多或重名")
            return _read(archive, entries)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _refused("不是可读的 .docx 文件") from error


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    for entry in entries:
        if not PARTS.fullmatch(entry.filename):
            raise _refused(f"含有不允许的部件“{entry.filename[:80]}”")
        with archive.open(entry) as file:
            parts[entry.filename] = file.read(MOST_PART + 1)
        if len(parts[entry.filename]) > MOST_PART or sum(map(len, parts.values())) > MOST_UNPACKED:
            raise _refused("展开后过大")
    missing = [name for name in NEEDED if name not in parts]
    if missing:
        raise _refused(f"缺少部件“{missing[0]}”")
    return parts


def _refused(why: str) -> BadInput:
    return BadInput(
        f"上传的 Word 模板不能接受：{why}。", remedy="请在 Word 中另存为普通的 .docx 文件后重试。", path="file"
    )


def _finding(part: str, message: str, remedy: str) -> Finding:
    return Finding(code="TEMPLATE", path=part, message=f"{message}。", remedy=f"{remedy}。")


def _faults_of_parts(parts: Mapping[str, bytes]) -> Iterator[Finding]:
    for name, content in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            yield _finding(name, "含有 DTD 或实体", "删除后另存")
            continue
        try:
            tree = etree.fromstring(content, PARSER)
        except etree.XMLSyntaxError:
            yield _finding(name, "XML 不完整", "在 Word 中重新保存")
            continue
        yield from _faults_of_relations(name, tree) if name.endswith(".rels") else _faults_of_elements(name, tree)


def _faults_of_relations(name: str, tree: etree._Element) -> Iterator[Finding]:
    for relation in tree:
        if relation.get("TargetMode") == "External":
            yield _finding(name, f"引用了文件以外的地址“{relation.get('Target', '')[:60]}”", "删除该引用")
        elif ACTIVE.search(relation.get("Type", "")):
            yield _finding(name, "含有宏、对象或外部模板", "删除后另存为 .docx")


def _faults_of_elements(name: str, tree: etree._Element) -> Iterator[Finding]:
    if name == "[Content_Types].xml":
        types = etree.tostring(tree)
        if b"macroEnabled" in types or b"vbaProject" in types or b"oleObject" in types:
            yield _finding(name, "是启用宏的文件", "另存为 .docx")
        return
    for element in tree.iter():
        kind = local(element)
        if kind in FORBIDDEN:
            yield _finding(name, f"含有{FORBIDDEN[kind]}", "删除或接受修订后重新上传")
        elif kind in ("instrText", "fldSimple"):
            text = str(element.text or "") if kind == "instrText" else "".join(map(str, element.attrib.values()))
            if text.strip() and not FIELD.match(text):
                yield _finding(name, f"含有域“{text.strip()[:40]}”", "只能使用页码域 PAGE 和 NUMPAGES")


def _faults_of_text(parts: Mapping[str, bytes], definition: DocumentType) -> Iterator[Finding]:
    for name, content in parts.items():
        if TAGGED.fullmatch(name):
            lines = paragraphs(content)
            for message, remedy in faults_of_tags(content.decode("utf-8", "replace"), definition):
                yield _finding(_place(name, lines, message), message, remedy)


def paragraphs(part: bytes) -> list[str]:
    """Return the text of each paragraph of a part, tags as they are written; none of a part that is no XML."""
    try:
        tree = etree.fromstring(part, PARSER)
    except etree.XMLSyntaxError:
        return []
    found = (p for p in tree.iter() if local(p) == "p")
    return ["".join(str(t.text or "") for t in p.iter() if local(t) == "t") for p in found]


def _place(part: str, lines: list[str], message: str) -> str:
    """Return the part, and the paragraph whose tag holds the word that a fault names."""
    named = QUOTED.search(message)
    word = named[1].rpartition(".")[2].rpartition("…")[2] if named else ""
    for number, line in enumerate(lines, 1):
        tags = "".join(TAG.findall(line))
        if tags and (word in tags if word else _is_odd(line)):
            return f"{part} 第{number}段“{line.strip()[:SHOWN]}”"
    return part


def _is_odd(line: str) -> bool:
    return line.count("{{") != line.count("}}") or line.count("{%") != line.count("%}") or bool(ODD.search(line))


def _without_types(types: bytes) -> bytes:
    tree = etree.fromstring(types, PARSER)
    for entry in list(tree):
        if DROPPED.fullmatch(entry.get("PartName", "").lstrip("/")):
            tree.remove(entry)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _without_relations(relations: bytes, name: str, parts: Mapping[str, bytes]) -> bytes:
    """Leave out relations to parts that are left out."""
    folder = "" if name == "_rels/.rels" else "word/"
    tree = etree.fromstring(relations, PARSER)
    for relation in list(tree):
        target = relation.get("Target", "")
        part = target.lstrip("/") if target.startswith("/") else f"{folder}{target}"
        if part not in parts:
            tree.remove(relation)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
