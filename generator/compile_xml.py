"""Small builders of WordprocessingML: text may hold `{{ }}` and `{% %}` tags, which stay; the rest is escaped."""

import re
from xml.sax.saxutils import escape, quoteattr

from generator.compile_styles import TWIPS_MM

TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
"""A Jinja tag in a text of a definition."""
STYLED = re.compile(r"(<w:pStyle [^>]*/>)")


def text_run(text: str, style: str = "", *, fit: float = 0) -> str:
    """Write one run; `fit` spreads it to a width in points (调整宽度)."""
    body = "".join(part if i % 2 else escape(part) for i, part in enumerate(TAG.split(text)))
    properties = f'<w:rStyle w:val="{style}"/>' if style else ""
    properties += f'<w:fitText w:val="{round(fit * 20)}"/>' if fit else ""
    dressed = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{dressed}<w:t xml:space="preserve">{body}</w:t></w:r>'


def paragraph(style: str, *runs: str, align: str = "", before: float | None = None, page_break: bool = False) -> str:
    """Write one paragraph of a named style."""
    properties = f'<w:pStyle w:val="{style}"/>'
    properties += "<w:pageBreakBefore/>" if page_break else ""
    properties += f'<w:spacing w:before="{round(before * 20)}"/>' if before is not None else ""
    properties += f'<w:jc w:val="{align}"/>' if align else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def control(tag: str) -> str:
    """Write a paragraph that docxtpl takes away and leaves its tag (`if …`, `for …`, `endif`)."""
    return f"<w:p><w:r><w:t>{{%p {escape(tag)} %}}</w:t></w:r></w:p>"


def row_control(tag: str) -> str:
    """Write a table row that docxtpl takes away and leaves its tag."""
    return f"<w:tr><w:tc><w:p><w:r><w:t>{{%tr {escape(tag)} %}}</w:t></w:r></w:p></w:tc></w:tr>"


def field(instruction: str) -> str:
    """Write a PAGE or NUMPAGES field."""
    return f'<w:fldSimple w:instr=" {instruction} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def bookmark(name: str, inside: str) -> str:
    """Put a bookmark around runs."""
    return f'<w:bookmarkStart w:id="1" w:name={quoteattr(name)}/>{inside}<w:bookmarkEnd w:id="1"/>'


def table(widths: list[float] | tuple[float, ...], rows: str, *, style: str = "grid") -> str:
    """Write a table of fixed column widths in mm."""
    total = round(sum(widths) * TWIPS_MM)
    grid = "".join(f'<w:gridCol w:w="{round(w * TWIPS_MM)}"/>' for w in widths)
    margins = "".join(f'<w:{side} w:w="91" w:type="dxa"/>' for side in ("left", "right")) if style != "plain" else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{total}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def row(cells: str, *, height: float = 0, whole: bool = True, head: bool = False, near: bool = False) -> str:
    """Write a table row: a whole one is not split, a head repeats on each page, a near one stays by the next."""
    cells = STYLED.sub(r"\1<w:keepNext/>", cells) if near else cells
    properties = "<w:cantSplit/>" if whole else ""
    properties += f'<w:trHeight w:val="{round(height * TWIPS_MM)}" w:hRule="atLeast"/>' if height else ""
    properties += "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"


def cell(inside: str, width: float, *, span: int = 1, merge: str = "", align: str = "center") -> str:
    """Write a table cell; `merge` is `restart` or `continue` for cells joined downwards."""
    properties = f'<w:tcW w:w="{round(width * TWIPS_MM)}" w:type="dxa"/>'
    properties += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties += f'<w:vMerge w:val="{merge}"/>' if merge else ""
    properties += f'<w:vAlign w:val="{align}"/>' if align != "top" else ""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def quoted(text: str) -> str:
    """Write a Jinja string; signs that docxtpl or Jinja would read are escaped."""
    special = {c: f"\\x{ord(c):02x}" for c in "\"'\\{}%<>&"} | {c: f"\\u{ord(c):04x}" for c in "“”‘’"}
    return '"' + "".join(special.get(c, c) for c in text) + '"'
