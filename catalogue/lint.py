"""What a body may say: known fields, columns and slots, listed filters, nothing else."""

import re
from collections.abc import Iterator, Mapping

from catalogue import body as b
from catalogue.conditions import names_in
from catalogue.definitions import DocumentType

FILTERS = frozenset(["capital", "figures", "date", "time", "day", "names", "officers", "clause", "or", "led", "count"])
TAG = re.compile(r"\{\{(.*?)\}\}", re.S)
PLAIN = re.compile(
    r"^\s*(?P<name>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)\s*(?P<filters>(\|\s*[a-z_]+(\([“\"][^”\"]*[”\"]\))?\s*)*)$"
)

Fault = tuple[str, str, str]
Loops = Mapping[str, frozenset[str]]
"""Names of loops' rows and the columns that each has."""


def lint_body(definition: DocumentType) -> Iterator[Fault]:
    """Yield word, message and remedy of each fault."""
    yield from _blocks(definition, definition.body.blocks, {})


def _blocks(definition: DocumentType, blocks: tuple[b.Block, ...], loops: Loops) -> Iterator[Fault]:
    for block in blocks:
        yield from _block(definition, block, loops)


def _block(definition: DocumentType, block: b.Block, loops: Loops) -> Iterator[Fault]:
    inner = _with(definition, loops, block.name, "item") if isinstance(block, b.Photos) else loops
    for text in _texts(block):
        yield from _text(definition, text, inner)
    for name in _names(block):
        if definition.find_field(name) is None:
            yield name, "不是本文书的字段，版面却用到它", "改正字段名"
    known = {s.id for s in definition.slots}
    for name in _slots(block):
        if name not in known:
            yield name, "不是本文书的签批位", f"可用：{'、'.join(sorted(known))}"
    yield from _inside(definition, block, loops)


def _inside(definition: DocumentType, block: b.Block, loops: Loops) -> Iterator[Fault]:
    if isinstance(block, b.Loop):
        yield from _blocks(definition, block.blocks, _with(definition, loops, block.name, block.as_))
    if isinstance(block, b.When):
        yield from _blocks(definition, block.blocks + block.otherwise, loops)
    for row in block.rows if isinstance(block, b.Table) else ():
        inner = _with(definition, loops, row.each, row.as_) if row.each else loops
        for cell in row.cells:
            yield from _text(definition, cell.text, inner)


def _with(definition: DocumentType, loops: Loops, name: str, alias: str) -> Loops:
    field = definition.find_field(name)
    columns = frozenset(c.name for c in field.columns) if field is not None else frozenset[str]()
    return {**loops, alias: columns | {"no"}}


def _text(definition: DocumentType, text: str, loops: Loops) -> Iterator[Fault]:
    if "{%" in text or "{#" in text:
        yield text[:12], "含有程序语句", "文字里只能写 {{ 字段 }}"
    for tag in TAG.findall(text):
        match = PLAIN.match(tag)
        if match is None:
            yield tag.strip(), "不是字段或列出的过滤器", f"可用过滤器：{'、'.join(sorted(FILTERS))}"
            continue
        yield from _name(definition, match["name"], loops)
        for word in re.findall(r"\|\s*([a-z_]+)", match["filters"]):
            if word not in FILTERS:
                yield word, "不是列出的过滤器", f"可用：{'、'.join(sorted(FILTERS))}"


def _name(definition: DocumentType, name: str, loops: Loops) -> Iterator[Fault]:
    head, _, column = name.partition(".")
    if head in loops:
        if column and column not in loops[head]:
            yield name, "不是该清单的栏目，文字却用到它", f"可用：{'、'.join(sorted(loops[head]))}"
    elif definition.find_field(head) is None or column:
        yield name, "不是本文书的字段，文字却用到它", "改正字段名"


def _texts(block: b.Block) -> list[str]:
    if isinstance(block, b.Text | b.Ruled):
        return [block.text]
    if isinstance(block, b.Line):
        return [t for p in block.parts for t in (p.label, p.text)]
    return [block.caption] if isinstance(block, b.Photos) else []


def _names(block: b.Block) -> list[str]:
    if isinstance(block, b.ListTable | b.Qa | b.Loop | b.Photos):
        return [block.name]
    if isinstance(block, b.When):
        return sorted(names_in(block.condition))
    if isinstance(block, b.Seal):
        return [block.date]
    return _table_names(block) if isinstance(block, b.Table) else []


def _table_names(table: b.Table) -> list[str]:
    cells = [c.name for r in table.rows for c in r.cells if c.kind in ("value", "choice") and not r.each]
    asked = [n for r in table.rows if r.when is not None for n in sorted(names_in(r.when))]
    return [*cells, *asked, *(r.each for r in table.rows if r.each)]


def _slots(block: b.Block) -> list[str]:
    if isinstance(block, b.Signatures):
        return list(block.slots)
    if isinstance(block, b.Table):
        return [c.name for r in block.rows for c in r.cells if c.kind in ("slot", "sign")]
    return []
