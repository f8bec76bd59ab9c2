"""What a body may say: known fields and slots, listed filters, nothing else."""

import re
from collections.abc import Iterator

from catalogue import body as b
from catalogue.conditions import names_in
from catalogue.definitions import DocumentType

FILTERS = frozenset(["capital", "figures", "date", "time", "day", "names", "officers", "clause", "or", "count"])
TAG = re.compile(r"\{\{(.*?)\}\}", re.S)
PLAIN = re.compile(
    r"^\s*(?P<name>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)\s*(?P<filters>(\|\s*[a-z_]+(\([“\"][^”\"]*[”\"]\))?\s*)*)$"
)

Fault = tuple[str, str, str]


def lint_body(definition: DocumentType) -> Iterator[Fault]:
    """Yield word, message and remedy of each fault."""
    yield from _blocks(definition, definition.body.blocks, frozenset())


def _blocks(definition: DocumentType, blocks: tuple[b.Block, ...], loops: frozenset[str]) -> Iterator[Fault]:
    for block in blocks:
        yield from _block(definition, block, loops)


def _block(definition: DocumentType, block: b.Block, loops: frozenset[str]) -> Iterator[Fault]:
    for text in _texts(block):
        yield from _text(definition, text, loops)
    for name in _names(block):
        if definition.find_field(name) is None:
            yield name, "不是本文书的字段，版面却用到它", "改正字段名"
    known = {s.id for s in definition.slots}
    for name in _slots(block):
        if name not in known:
            yield name, "不是本文书的签批位", f"可用：{'、'.join(sorted(known))}"
    yield from _inside(definition, block, loops)


def _inside(definition: DocumentType, block: b.Block, loops: frozenset[str]) -> Iterator[Fault]:
    if isinstance(block, b.Loop):
        yield from _blocks(definition, block.blocks, loops | {block.as_})
    if isinstance(block, b.When):
        yield from _blocks(definition, block.blocks + block.otherwise, loops)
    for row in block.rows if isinstance(block, b.Table) else ():
        for cell in row.cells:
            yield from _text(definition, cell.text, loops | ({row.as_} if row.each else set()))


def _text(definition: DocumentType, text: str, loops: frozenset[str]) -> Iterator[Fault]:
    if "{%" in text or "{#" in text:
        yield text[:12], "含有程序语句", "文字里只能写 {{ 字段 }}"
    for tag in TAG.findall(text):
        match = PLAIN.match(tag)
        if match is None:
            yield tag.strip(), "不是字段或列出的过滤器", f"可用过滤器：{'、'.join(sorted(FILTERS))}"
            continue
        head = match["name"].split(".")[0]
        if head not in loops and definition.find_field(head) is None:
            yield head, "不是本文书的字段，文字却用到它", "改正字段名"
        for word in re.findall(r"\|\s*([a-z_]+)", match["filters"]):
            if word not in FILTERS:
                yield word, "不是列出的过滤器", f"可用：{'、'.join(sorted(FILTERS))}"


def _texts(block: b.Block) -> list[str]:
    if isinstance(block, b.Text | b.Ruled):
        return [block.text]
    if isinstance(block, b.Line):
        return [p.text for p in block.parts]
    return []


def _names(block: b.Block) -> list[str]:
    if isinstance(block, b.ListTable | b.Qa | b.Loop | b.Photos):
        return [block.name]
    if isinstance(block, b.When):
        return sorted(names_in(block.condition))
    if isinstance(block, b.Seal):
        return [block.date]
    if isinstance(block, b.Table):
        cells = [c.name for r in block.rows for c in r.cells if c.kind in ("value", "choice") and not r.each]
        return cells + [r.each for r in block.rows if r.each]
    return []


def _slots(block: b.Block) -> list[str]:
    if isinstance(block, b.Signatures):
        return list(block.slots)
    if isinstance(block, b.Table):
        return [c.name for r in block.rows for c in r.cells if c.kind in ("slot", "sign")]
    return []
