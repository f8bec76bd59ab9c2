"""Reading a DOCX for conversion: its parts, relations and images; the error for anything outside the closed set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import normpath

from lxml import etree

from foundation.errors import BadInput
from generator.compile_styles import W_NS, Layout

W = f"{{{W_NS}}}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
POINT_MM = 25.4 / 72

PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False
)


@dataclass(kw_only=True)
class Source:
    """The parts of one DOCX that the converter reads, and what it keeps in mind on the way."""

    parts: Mapping[str, bytes]
    rels: Mapping[str, str]
    """Relationship id → part, of the part being read."""
    layout: Layout
    room: float
    """Width in mm that the present text has."""
    images: dict[str, bytes] = field(default_factory=dict)

    def asset(self, rel_id: str) -> str:
        """Return the asset id of an image by its relationship, and keep its bytes."""
        part = self.rels.get(rel_id, "")
        if part not in self.parts:
            raise unsupported("图片不在文件内")
        self.images[part] = self.parts[part]
        return part


def unsupported(what: str) -> BadInput:
    """Return the error for a construct outside the closed set."""
    return BadInput(
        f"文书模板含有不支持的内容：{what}。", remedy="请在 Word 中改用已有样式和普通表格后重新上传。", path="template"
    )


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else "comment"


def value(element: etree._Element | None, path: str, attribute: str = "val") -> str | None:
    """Return an attribute of a child; `1` for an on/off child without `val`; None when absent."""
    child = None if element is None else element.find("/".join(W + step for step in path.split("/")))
    if child is None:
        return None
    return child.get(W + attribute, "1" if attribute == "val" else None)


def root(xml: bytes) -> etree._Element:
    """Parse one part; a document type or entity is refused."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise unsupported("DTD")
    return etree.fromstring(xml, PARSER)


def relations(parts: Mapping[str, bytes], part: str) -> dict[str, str]:
    """Return a part's relationships, id → part; external ones are refused."""
    folder, _, name = part.rpartition("/")
    return dict(_read_relations(parts.get(f"{folder}/_rels/{name}.rels", b""), folder))


def _read_relations(xml: bytes, folder: str) -> Iterator[tuple[str, str]]:
    for relation in root(xml) if xml else ():
        if relation.get("TargetMode") == "External":
            raise unsupported("外部链接")
        target = relation.get("Target", "")
        yield relation.get("Id", ""), target.lstrip("/") if target.startswith("/") else normpath(f"{folder}/{target}")
