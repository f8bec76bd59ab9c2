"""The PDF's style sheet of each layout, from the same named styles as Word's."""

import functools
from dataclasses import replace

from generator.compile_styles import Layout, Style, layout, style_file

FOOT_LINE = 9.0
"""Height of one line of signatures at the foot of a page, mm."""
TIGHT = (1.0, 0.92, 0.89, 0.85)
"""Line heights of a paper and of a tightened one: 28.5 pt become 26.2, 25.4 or 24.2 pt, 24 to 26 lines instead of 22
(GB/T 9704 lets a special case be adjusted); the size of the letters never changes."""
SEAL_BELOW = 36.0
"""Room under a tightened date, points: half a seal less the line's own."""
MOST_FOOT_LINES = 12
"""More signature lines than this do not fit the foot of a page."""

PLAIN = """
html, body, p, div { display: block }
head, title, meta { display: none }
table { display: table; box-sizing: border-box; text-indent: initial }
colgroup { display: table-column-group } col { display: table-column }
thead { display: table-header-group } tbody { display: table-row-group } tr { display: table-row }
td { display: table-cell; padding: 0 }
br::before { content: "\\A"; white-space: pre-line }
"""
"""What the elements of our restricted HTML are. It stands in place of WeasyPrint's own sheet for all of HTML, whose
footnote rules alone make six styles for each element: a third of the time to lay a form out."""

COMMON = """
html { font: 12pt/1.5 AjFang, AjSong; color: #000; widows: 2; orphans: 1 }
body { margin: 0 }
p { margin: 0; overflow-wrap: break-word }
img { image-rendering: crisp-edges; max-width: 100% }
.k, .option, .date, p.facts .label_text { white-space: nowrap }
.dot { font-family: AjDot, AjSong }
.tick_box { letter-spacing: 0 }
.tick_mark { margin-left: -1em; font-family: AjSong }
.option { margin-right: .8em }
.signed_name { line-height: 1 }
p.cell_sign .signed_name, p.signatures .signed_name { display: inline-block; min-width: 22mm; text-align: left }
p.cell_sign .date { display: inline-block; min-width: 30mm; text-align: right }
.near, p.signatory, p.dateline { break-after: avoid }
p.signatory, p.dateline, p.tail_rule, p.tail { break-before: avoid }
.break { break-before: page }
table { border-collapse: collapse; width: 100%; table-layout: fixed; border-spacing: 0 }
table.grid { border: 1.2pt solid #000; margin-bottom: 2mm }
table.joined { border: 1.2pt solid #000; border-top: 0; margin: -6.27pt 0 2mm; break-before: avoid }
table.open { border-bottom: 0 }
table.grid > * > tr > td, table.joined > * > tr > td { border: .6pt solid #000; padding: .7mm 1.6mm }
table.plain { border: 0 }
table.plain td { border: 0; padding: 0 }
td { vertical-align: top } td.center { vertical-align: middle } td.bottom { vertical-align: bottom }
.whole { break-inside: avoid }
.letter table.grid { margin-top: 1.2mm }
#footer { position: running(footer); width: 100% }
#footer td { vertical-align: middle }
p.footer_code img { display: block; margin-left: -1mm }
p img { vertical-align: -2.5mm } p.photo img { vertical-align: baseline }
.page::after { content: counter(page) } .pages::after { content: counter(pages) }
#draft { position: fixed; left: 0; right: 0; top: 95mm; text-align: center; font: 96pt/1 AjHei, AjSong; color: #e4e4e4;
  letter-spacing: 40pt; transform: rotate(-35deg); z-index: -1 }
"""


@functools.lru_cache(maxsize=16)
def style_sheet(layout_name: str, tight: float = 1.0) -> str:
    """Return the CSS of a layout, without font faces; tight lines save a page that would hold a few lines only."""
    of = layout(layout_name)
    if tight < 1:
        of = replace(of, paragraphs={k: _tight(s, tight) for k, s in of.paragraphs.items()})
    paragraphs = "\n".join(_paragraph(s, of) for s in of.paragraphs.values())
    characters = "\n".join(f".{s.id} {{ {_font(s)} }}" for s in of.characters.values() if s.font)
    return f"{COMMON}\n{_pages(of)}\n{paragraphs}\n{characters}\n"


def _tight(s: Style, by: float) -> Style:
    if s.id.startswith("footer") or s.line is None:
        return s
    before = s.before / by if s.id == "signatory" else s.before * by  # the seal over both lines stays as large
    after = SEAL_BELOW if s.id == "dateline" else s.after * by
    return replace(s, line=round(s.line * by, 2), before=round(before, 2), after=after)


def foot_height(of: Layout, lines: int) -> float:
    """Return the bottom margin in mm of a page with so many lines of signatures at its foot."""
    return of.margins["bottom"] + lines * FOOT_LINE


def _pages(of: Layout) -> str:
    m = of.margins
    head = f"size: A4; margin: {m['top']}mm {m['right']}mm"
    place = f"width: 100%; vertical-align: top; text-align: left; padding-top: {of.footer_gap}mm"
    foot = f"@bottom-left {{ content: element(footer); {place} }}"
    first = f"@page {{ {head} {m['bottom']}mm {m['left']}mm; {foot} }}"
    return "\n".join([first, *(_foot_page(of, lines) for lines in range(1, MOST_FOOT_LINES + 1))])


def _foot_page(of: Layout, lines: int) -> str:
    name = f"foot{lines}"
    return f"@page {name} {{ margin-bottom: {foot_height(of, lines)}mm }} body.{name} {{ page: {name} }}"


def _paragraph(s: Style, of: Layout) -> str:
    pitch = of.pitch if s.font == "fang" and s.size and s.size >= 16 else 0  # noqa: PLR2004 - the size of a letter's text
    parts = [_font(s), f"text-align: {'justify' if s.align == 'both' else s.align}"]
    parts += [f"line-height: {s.line}pt"] if s.line else []
    parts += [f"text-indent: {s.first}em"] if s.first else []
    parts += [f"margin: {s.before}pt {s.right}mm {s.after}pt {s.left}mm"]
    parts += [f"letter-spacing: {s.spacing or pitch}pt"] if s.spacing or pitch else []
    parts += ["break-after: avoid"] if s.keep_next else []
    parts += [f"color: #{s.color}"] if s.color else []
    parts += ["border-top: .75pt solid #000; padding-top: 4pt"] if s.rule_above else []
    parts += ["border-bottom-color: #888"] if s.ruled else []
    return f"p.{s.id} {{ {'; '.join(parts)} }}"


def _font(s: Style) -> str:
    family = f"font-family: AjLatin, {style_file()['fonts'][s.font]['css']}, AjSong" if s.font else ""
    size = f"font-size: {s.size}pt" if s.size else ""
    return "; ".join(p for p in (family, size) if p)
