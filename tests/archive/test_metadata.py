"""XML metadata: names are data, values are safe, the same facts give the same bytes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.metadata import parse, value_of, write

FACTS: dict[str, Any] = {
    "volume": {"code": "QH01-ZY·CF·2026-Y-005", "label": "正卷", "title": "某案", "items": 2},
    "agency": {"name": "清河镇人民政府（虚构）"},
    "items": [{"seq": 1, "title": "行政处罚决定书", "sha256": "ab"}, {"seq": 2, "title": "送达回证", "note": ""}],
    "recordings": [],
}


def test_each_row_is_one_element_and_empty_values_give_none() -> None:
    tree = parse(write("items", FACTS))
    assert [e.findtext("题名") for e in tree.findall("文件/件")] == ["行政处罚决定书", "送达回证"]
    assert tree.find("文件/件/备注") is None
    assert tree.find("音像") is None


def test_a_package_description_has_the_standards_name_space() -> None:
    tree = parse(write("eep", {**FACTS, "item": FACTS["items"][0]}))
    assert etree.QName(tree).namespace == "http://www.saac.gov.cn/standards/ERM/encapsulation"
    assert etree.QName(tree).localname == "电子文件封装包"
    assert tree.find("{*}被签名对象").get("eep版本") == "2009"  # type: ignore[union-attr]


@given(st.text(max_size=200))
def test_any_text_is_written_and_read_back_as_far_as_xml_can_hold_it(text: str) -> None:
    tree = parse(write("case_file", {"volume": {"title": f"题{text}名"}}))
    found = tree.findtext("题名") or ""
    allowed = "".join(
        c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )
    assert found.split() == f"题{allowed}名".split()


def is_half(c: str) -> bool:
    """Tell whether a character is half of a pair."""
    return "\ud800" <= c <= "\udfff"


def test_markup_in_a_value_is_text() -> None:
    data = write("case_file", {"volume": {"title": "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;]]>"}})
    assert parse(data).findtext("题名") == "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;]]>"


def test_entities_of_a_foreign_file_are_not_read() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    assert not (parse(bomb).text or "").strip()


def test_the_same_facts_give_the_same_bytes() -> None:
    assert write("items", FACTS) == write("items", FACTS)


@pytest.mark.parametrize(("path", "found"), [("=正本", "正本"), ("volume.items", 2), ("volume.none.more", None)])
def test_a_path_leads_to_a_value_or_nothing(path: str, found: object) -> None:
    assert value_of(FACTS, path) == found
