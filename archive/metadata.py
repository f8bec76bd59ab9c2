"""XML metadata of a package, drawn from facts by `rules/metadata.yaml`: names are data that a bureau corrects."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from archive.ruling import read
from foundation.canonical import plain

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def write(name: str, facts: Mapping[str, Any]) -> bytes:
    """Return an XML file of the rules: `case_file`, `items` or `eep`; the same facts give the same bytes."""
    ((tag, spec),) = read("metadata")[name].items()
    namespace = str(spec.get("@xmlns", ""))[1:]
    spaces: dict[Any, str] = {None: namespace} if namespace else {}
    root = etree.Element(f"{{{namespace}}}{tag}" if namespace else tag, nsmap=spaces)
    _fill(root, spec, facts, namespace)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def parse(data: bytes) -> etree._Element:
    """Read XML without entities, network and huge trees."""
    return etree.fromstring(data, PARSER)


def value_of(facts: Any, path: str) -> Any:
    """Return what a path leads to; None when nothing is there."""
    if path.startswith("="):
        return path[1:]
    for step in path.split("."):
        facts = facts.get(step) if isinstance(facts, Mapping) else getattr(facts, step, None)
    return facts


def _fill(parent: etree._Element, spec: Mapping[str, Any], facts: Any, namespace: str) -> None:
    for key, inner in spec.items():
        if key == "@xmlns":
            continue
        if key.startswith("@"):
            parent.set(key[1:], _text(value_of(facts, inner)))
        elif isinstance(inner, str):
            if text := _text(value_of(facts, inner)):
                _child(parent, key, namespace).text = text
        elif "each" in inner:
            _repeat(_child(parent, key, namespace), inner, facts, namespace)
        else:
            element = _child(parent, key, namespace)
            _fill(element, inner, facts, namespace)
            if not len(element) and element.text is None:
                parent.remove(element)


def _repeat(parent: etree._Element, spec: Mapping[str, Any], facts: Any, namespace: str) -> None:
    rows: Sequence[Any] = value_of(facts, spec["each"]) or ()
    for row in rows:
        _fill(_child(parent, spec["element"], namespace), spec["of"], row, namespace)
    if not rows:
        outer = parent.getparent()
        if outer is not None:
            outer.remove(parent)


def _child(parent: etree._Element, name: str, namespace: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)


def _text(value: Any) -> str:
    """Return a value as XML can hold it: characters that XML forbids fall away."""
    text = "" if value is None else "、".join(map(str, value)) if isinstance(value, list | tuple) else str(plain(value))
    return "".join(
        c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
