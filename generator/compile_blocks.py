"""Blocks of a definition's body as WordprocessingML with docxtpl tags: one writer for each kind of block."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from catalogue import body as b
from catalogue.definitions import DocumentType, Slot
from generator.compile_cells import signature_lines
from generator.compile_conditions import expression
from generator.compile_labels import signer_label
from generator.compile_styles import Layout
from generator.compile_tables import conditional, list_table, ruled_table
from generator.compile_xml import bookmark, cell, control, paragraph, row, table, text_run

MANY = ("member", "expert")
"""Roles of whom everybody signs who was there."""


class Writer:
    """Writes the blocks of one definition."""

    def __init__(self, definition: DocumentType, layout: Layout) -> None:
        self.definition = definition
        self.layout = layout
        self.foot: list[str] = []
        """Slots whose signatures stand at the foot of each page."""

    def blocks(self, blocks: Sequence[b.Block]) -> str:
        """Write blocks in order; two tables in a row are kept apart by an empty line of no height."""
        out: list[str] = []
        for block in blocks:
            xml = WRITERS[type(block)](self, block)
            if out and out[-1].endswith("</w:tbl>") and xml.startswith("<w:tbl>"):
                out.append(paragraph("end"))
            out.append(xml)
        return "".join(out)

    def foot_rows(self) -> str:
        """Write the signature rows for the foot of each page: two signers' groups a line, one of which many sign."""
        half = self.layout.width / 2
        rows, waiting = list[str](), list[str]()
        for slot in (self.definition.slot(name) for name in self.foot):
            group = self._group(slot, "footer_sign")
            if slot.role in MANY:
                rows.append(row(cell(group, 2 * half, span=2)))
                continue
            waiting.append(cell(group, half))
            if len(waiting) == 2:  # noqa: PLR2004 - two a line
                rows.append(row("".join(waiting)))
                waiting.clear()
        if waiting:
            rows.append(row(waiting[0] + cell(paragraph("footer_sign"), half)))
        return table((half, half), "".join(rows), style="plain") if rows else ""

    def head(self, block: b.Head) -> str:
        """Agency line, spaced title, number at the right."""
        out = paragraph("agency", text_run("{{ aj.agency_name }}")) if block.agency else ""
        out += paragraph("title", text_run(block.title or self.definition.title))
        return out + (paragraph("number", text_run("{{ aj.number }}")) if block.number else "")

    def text(self, block: b.Text) -> str:
        """A paragraph of a named style."""
        return paragraph(block.style, text_run(block.text))

    def line(self, block: b.Line) -> str:
        """Labelled facts in one line."""
        runs = []
        for i, part in enumerate(block.parts):
            runs += [text_run("　　")] if i else []
            runs += [text_run(f"{part.label}：", "label_text"), text_run(part.text)]
        return paragraph("facts", *runs)

    def table(self, block: b.Table) -> str:
        """A ruled table."""
        widths = block.columns or self.definition.body.columns
        return ruled_table(self.definition, block, widths)

    def list(self, block: b.ListTable) -> str:
        """A list field as a table."""
        return list_table(self.definition, block, self.layout.width)

    def qa(self, block: b.Qa) -> str:
        """Questions and answers."""
        question = paragraph("question", text_run("问：", "label_text"), text_run("{{ qa.q }}"))
        answer = paragraph("question", text_run("答：", "label_text"), text_run("{{ qa.a }}"))
        return control(f"for qa in {block.name} or []") + question + answer + control("endfor")

    def ruled(self, block: b.Ruled) -> str:
        """A paragraph with a rule under each line."""
        return paragraph("ruled", text_run(block.text))

    def loop(self, block: b.Loop) -> str:
        """Blocks for each row of a list."""
        return control(f"for {block.as_} in {block.name} or []") + self.blocks(block.blocks) + control("endfor")

    def when(self, block: b.When) -> str:
        """One or the other."""
        return conditional(expression(block.condition), self.blocks(block.blocks), self.blocks(block.otherwise))

    def photos(self, block: b.Photos) -> str:
        """Pictures with their captions."""
        picture = paragraph("photo", text_run(f"{{{{ item.{block.file} | picture }}}}"))
        caption = paragraph("caption", text_run(block.caption))
        shown = control(f"if item.{block.file}") + picture + caption + control("endif")
        return control(f"for item in {block.name} or []") + shown + control("endfor")

    def signatures(self, block: b.Signatures) -> str:
        """Signatures: in a record at the foot of each page, elsewhere where the block stands."""
        if self.layout.name == "record":
            self.foot += [name for name in block.slots if name not in self.foot]
            return ""
        out = ""
        for name in block.slots:
            slot = self.definition.slot(name)
            out += signature_lines(slot, "signatures", f"{self._label(slot)}：")
        return out

    def seal(self, block: b.Seal) -> str:
        """Signatory and date; the date's place is where the seal goes."""
        date = text_run(f"{{{{ {block.date} }}}}")
        return paragraph("signatory", text_run("{{ aj.agency_name }}")) + paragraph("dateline", bookmark("seal", date))

    def tail(self, _block: b.Tail) -> str:
        """Rule, copies, contact and address."""
        copies = paragraph("tail_rule", text_run("{{ aj.copies }}"))
        contact = paragraph("tail", text_run("联系人及电话：{{ aj.contact }}　　地址：{{ aj.address }}"))
        return copies + conditional("aj.contact", contact)

    def blank(self, block: b.Blank) -> str:
        """The closing mark."""
        return paragraph("blank", text_run(block.text))

    def page_break(self, _block: b.PageBreak) -> str:
        """A new page."""
        return paragraph("end", page_break=True)

    def _group(self, slot: Slot, style: str) -> str:
        """Write one signer group in one paragraph: label, names, one date."""
        runs = (
            text_run(f"{self._label(slot)}："),
            text_run(f"{{%r for s in aj.sign.{slot.id} %}}"),
            text_run("{{ s.name }}", "signed_name"),
            text_run("{{ s.image }}{{ s.refused }}　"),
            text_run("{% if loop.last %}{{ s.date }}{% endif %}", "date"),
            text_run("{%r else %}"),
            text_run("{{ aj.struck }}"),
            text_run("{%r endfor %}"),
        )
        return paragraph(style, *runs)

    def _label(self, slot: Slot) -> str:
        field = self.definition.find_field(slot.signs) if slot.signs else None
        return slot.label or (signer_label(field.label) if field is not None else slot.id)


WRITERS: Mapping[type[Any], Callable[[Writer, Any], str]] = {
    b.Head: Writer.head,
    b.Text: Writer.text,
    b.Line: Writer.line,
    b.Table: Writer.table,
    b.ListTable: Writer.list,
    b.Qa: Writer.qa,
    b.Ruled: Writer.ruled,
    b.Loop: Writer.loop,
    b.When: Writer.when,
    b.Photos: Writer.photos,
    b.Signatures: Writer.signatures,
    b.Seal: Writer.seal,
    b.Tail: Writer.tail,
    b.Blank: Writer.blank,
    b.PageBreak: Writer.page_break,
}
