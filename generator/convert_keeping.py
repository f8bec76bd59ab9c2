"""What stays together on the PDF's pages: text by its seal, signatures by what they sign, words by what they announce.

Works on the finished blocks of restricted HTML, so that an agency's own Word template is held together as well. Page
breaks in Word may differ: the PDF is the record.
"""

import re

SHORT = 26
"""A last paragraph of so many characters may be one line: then the paragraph before it stays with it and the seal."""
KEPT_ROWS = 2
"""So many rows of a table stay with the seal or the table of signatures after it: 以下空白 alone says nothing."""
FEW_ROWS, SIGNED_TABLE, FEW_CHARACTERS = 7, 5, 320
"""Rows and characters of a letter's table, and rows of a table of signatures, that stays whole."""
ANNOUNCING = ("：", "此致")
"""What ends a paragraph that announces the next block."""

TAG = re.compile(r"<[^>]*>")
ROW = re.compile(r"<tr(?: class=\"([^\"]*)\")?")
CLASS = re.compile(r'class="([^"]*)"')
SIGNATURE = '<p class="cell_sign"'
OTHER = re.compile(r'<p class="(?!cell_label|cell_sign)')
"""A paragraph of a cell that is neither label nor signature."""


def kept(blocks: list[str], layout_name: str) -> list[str]:
    """Return a paper's blocks with marks for what stays together."""
    blocks = [block for block in blocks if block]
    for i, block in enumerate(blocks):
        before = blocks[i - 1] if i else ""
        if block.startswith('<p class="signatory"') and i > 1 and len(plain(before)) <= SHORT:
            blocks[i - 2] = _marked(blocks[i - 2], "near")
        if block.startswith("<p") and plain(block).endswith(ANNOUNCING):
            blocks[i] = _marked(block, "near")
        if block.startswith("<table"):
            blocks[i] = _whole(block, layout_name)
        if before.startswith("<table"):
            blocks[i - 1] = _before(before, block)
    return blocks


def plain(block: str) -> str:
    """Return a block's text."""
    return TAG.sub("", block)


def _before(table: str, block: str) -> str:
    """Return a table as the next block asks: open where it goes on, its last rows held by a seal or by signatures."""
    if block.startswith('<table class="joined'):
        table = _marked(table, "open")
    return _near_rows(table) if block.startswith('<p class="signatory"') or _begins_signed(block) else table


def _whole(table: str, layout_name: str) -> str:
    """Keep a letter's short table on one page, and elsewhere a short one of signatures."""
    signed = SIGNATURE in table and table.startswith('<table class="grid"')
    most = FEW_ROWS if layout_name == "letter" else SIGNED_TABLE if signed else 0
    few = table.count("<tr") <= most and len(plain(table)) <= FEW_CHARACTERS
    return _marked(table, "whole") if few else table


def _begins_signed(block: str) -> bool:
    first = block.partition("<tbody>")[2].partition("</tr>")[0]
    return SIGNATURE in first and not OTHER.search(first)


def _near_rows(table: str) -> str:
    """Keep the last rows of a table with what follows it; its head is kept anyway."""
    head, body, rows = table.rpartition("<tbody>")
    last = [match.start() for match in ROW.finditer(rows)][-KEPT_ROWS:]
    for at in reversed(last):
        rows = rows[:at] + ROW.sub(_near_row, rows[at:], count=1)
    return head + body + rows


def _near_row(match: re.Match[str]) -> str:
    return f'<tr class="{match[1]} near"' if match[1] else '<tr class="near"'


def _marked(block: str, name: str) -> str:
    return CLASS.sub(rf'class="\1 {name}"', block, count=1)
