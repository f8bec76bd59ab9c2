"""What the tags of a handed-in template may say: fields, their columns, listed filters, loops and conditions.

The sandbox alone does not suffice: `'a' * 200000000` is allowed there and eats the machine. So the syntax tree is read
before anything is filled, and every kind of node that is not listed here is a fault.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes

from catalogue.definitions import DocumentType
from generator.render import environment

AROUND = frozenset(
    [
        "agency_name",
        "title",
        "number",
        "document_id",
        "version",
        "digest_prefix",
        "copies",
        "contact",
        "address",
        "watermark",
        "struck",
        "sign",
    ]
)
"""What surrounds a paper, under the name `aj`."""
SIGNATURE = frozenset(["name", "date", "image", "refused", "open"])
LOOP = frozenset(["index", "first", "last"])
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.List,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.For,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.EvalContextModifier,
)
MOST_NODES, LONG = 6000, 300
"""More nodes, or a longer text inside a tag, is no document."""

Fault = tuple[str, str]
"""Message and remedy."""


def faults_of_tags(xml: str, definition: DocumentType) -> Iterator[Fault]:
    """Yield what is wrong in the tags of one part."""
    try:
        tree = environment().parse(DocxTemplate.patch_xml(DocxTemplate(""), xml))
    except TemplateSyntaxError as error:
        yield f"标记写错：{error.message}", "检查 {{ }} 和 {% %} 是否成对"
        return
    found = list(tree.find_all(nodes.Node))
    if len(found) > MOST_NODES:
        yield "标记过多", "减少循环和条件"
        return
    yield from dict.fromkeys(fault for node in found for fault in _faults(node, _names(tree, definition)))


def names_used(xml: str) -> frozenset[str]:
    """Return every name that the tags of one part use; of signatures the slot's id as `sign.<slot>`."""
    try:
        tree = environment().parse(DocxTemplate.patch_xml(DocxTemplate(""), xml))
    except TemplateSyntaxError:
        return frozenset()
    slots = {f"sign.{n.attr}" for n in tree.find_all(nodes.Getattr) if _is_sign(n.node)}
    return frozenset(slots | {n.name for n in tree.find_all(nodes.Name)})


def _is_sign(owner: nodes.Node) -> bool:
    return isinstance(owner, nodes.Getattr) and _name(owner.node) == "aj" and owner.attr == "sign"


def _names(tree: nodes.Template, definition: DocumentType) -> dict[str, frozenset[str]]:
    """Return every name that a tag may use, with the attributes that it has."""
    known: dict[str, frozenset[str]] = {f.name: frozenset() for f in definition.fields}
    known |= {"aj": AROUND, "loop": LOOP}
    columns = {f.name: frozenset(c.name for c in f.columns) | {"no", "text"} for f in definition.fields if f.columns}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name):
            name = loop.target.name  # one name may go over several lists, one after the other
            known[name] = known.get(name, frozenset()) | _row(loop.iter, columns)
    return known


def _row(iterated: nodes.Node, columns: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the attributes of what a loop goes over: a list's columns, or a signature's parts."""
    if any(n.name == "aj" for n in iterated.find_all(nodes.Name)) or _name(iterated) == "aj":
        return SIGNATURE
    names = [_name(iterated), *(n.name for n in iterated.find_all(nodes.Name))]
    return next((columns[name] for name in names if name in columns), frozenset())


def _name(node: nodes.Node) -> str:
    return node.name if isinstance(node, nodes.Name) else ""


def _faults(node: nodes.Node, known: Mapping[str, frozenset[str]]) -> Iterator[Fault]:
    if not isinstance(node, ALLOWED):
        yield f"标记里有不允许的写法（{type(node).__name__}）", "只能写字段、列出的过滤器、if 和 for"
    elif isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        yield f"“{node.name}”不是本文书的字段", "改正字段名"
    elif isinstance(node, nodes.Getattr):
        yield from _attribute(node, known)
    elif isinstance(node, nodes.Filter | nodes.Test):
        listed: Any = environment().filters if isinstance(node, nodes.Filter) else environment().tests
        if node.name not in listed:
            yield f"“{node.name}”不是列出的过滤器或判断", f"可用：{'、'.join(sorted(listed))}"
    elif isinstance(node, nodes.Const) and len(str(node.value)) > LONG:
        yield "标记里的文字过长", "把文字写在标记外面"


def _attribute(node: nodes.Getattr, known: Mapping[str, frozenset[str]]) -> Iterator[Fault]:
    owner = node.node
    if _is_sign(owner):
        return  # aj.sign.<slot>: an unknown slot raises when it is filled
    if node.attr not in known.get(_name(owner), frozenset()):
        yield f"“{_name(owner) or '…'}.{node.attr}”不是列表的栏", "改正栏名"
