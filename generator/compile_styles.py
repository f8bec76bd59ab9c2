"""Named styles: read once from `templates/_styles/styles.yaml`, written as Word's styles.xml.

One source for both, so a paper looks the same in Word and in the PDF. Lengths in the file are points unless its head
says otherwise. `style_sheet` returns CSS that names nothing outside this product (font faces come from
`generator.fonts`).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from xml.sax.saxutils import quoteattr

import yaml

from foundation.settings import ROOT

STYLES = ROOT / "templates/_styles/styles.yaml"
"""The style file; part of the pipeline's version, not of a definition."""

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TWIPS_MM = 1440 / 25.4
"""Word's twentieths of a point in one millimetre."""

RULES = {"grid": (12, 5), "joined": (12, 5), "plain": (0, 0)}
"""Table styles, with the widths of their outer and inner rules in eighths of a point; a joined table goes on with the
one above it."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """One named style; None where nothing is said."""

    id: str
    name: str
    font: str = ""
    size: float | None = None
    line: float | None = None
    align: str = ""
    first: float = 0
    """First-line indent in characters."""
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    keep_next: bool = False
    ruled: bool = False
    """A rule under each line of text."""
    rule_above: bool = False
    color: str = ""
    spacing: float = 0
    """Added between characters, points."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One kind of page."""

    name: str
    margins: Mapping[str, float]
    footer_gap: float
    """Room between text and footer, mm."""
    pitch: float
    """Added between characters, points."""
    paragraphs: Mapping[str, Style]
    characters: Mapping[str, Style]

    @property
    def width(self) -> float:
        """Width of the text in mm on A4."""
        return 210 - self.margins["left"] - self.margins["right"]


@functools.lru_cache(maxsize=1)
def style_file() -> Mapping[str, Any]:
    """Return the parsed style file."""
    data: Mapping[str, Any] = yaml.safe_load(STYLES.read_text(encoding="utf-8"))
    return data


@functools.lru_cache(maxsize=16)
def layout(name: str) -> Layout:
    """Return a layout by its name (letter, form, record, list, receipt, cover).

    Raises:
        KeyError: There is no such layout; the definition loader has refused it before.
    """
    data, raw = style_file(), style_file()["layouts"][name]
    known = {f.name for f in fields(Style)}
    paragraphs = {k: Style(id=k, **v) for k, v in data["paragraphs"].items()}
    for key, over in raw["styles"].items():
        paragraphs[key] = replace(paragraphs[key], **{k: v for k, v in over.items() if k in known})
    return Layout(
        name=name,
        margins=raw["margins"],
        footer_gap=raw["footer_gap"],
        pitch=raw["pitch"],
        paragraphs=paragraphs,
        characters={k: Style(id=k, **v) for k, v in data["characters"].items()},
    )


def word_fonts() -> dict[str, str]:
    """Return Word font name → our CSS family: all fonts a template may name."""
    return {f["word"]: f["css"] for f in style_file()["fonts"].values()} | {"Times New Roman": "AjLatin"}


def styles_xml(of: Layout) -> str:
    """Write styles.xml for a layout."""
    paragraphs = "".join(_word_style(s, "paragraph") for s in of.paragraphs.values())
    characters = "".join(_word_style(s, "character") for s in of.characters.values())
    tables = "".join(_table_style(name, *widths) for name, widths in RULES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="{W_NS}">'
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_word_font("fang")}<w:kern w:val="0"/><w:sz w:val="24"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:customStyle="1" w:styleId="end"><w:name w:val="表后"/><w:pPr>'
        '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr>'
        '<w:rPr><w:sz w:val="2"/></w:rPr></w:style>'
        f"{paragraphs}{characters}{tables}</w:styles>"
    )


def _word_style(s: Style, kind: str) -> str:
    p_props = f"<w:pPr>{_word_paragraph(s)}</w:pPr>" if kind == "paragraph" else ""
    based = '<w:basedOn w:val="Normal"/>' if kind == "paragraph" else ""
    size = f'<w:sz w:val="{round(s.size * 2)}"/>' if s.size else ""
    color = f'<w:color w:val="{s.color}"/>' if s.color else ""
    spacing = f'<w:spacing w:val="{_twips(s.spacing)}"/>' if s.spacing else ""
    font = _word_font(s.font) if s.font else ""
    return (
        f'<w:style w:type="{kind}" w:customStyle="1" w:styleId="{s.id}"><w:name w:val={quoteattr(s.name)}/>{based}'
        f"<w:qFormat/>{p_props}<w:rPr>{font}{color}{spacing}{size}</w:rPr></w:style>"
    )


def _word_paragraph(s: Style) -> str:
    spacing = f'w:before="{_twips(s.before)}" w:after="{_twips(s.after)}"'
    if s.line:
        spacing += f' w:line="{_twips(s.line)}" w:lineRule="exact"'
    ind = f'w:left="{round(s.left * TWIPS_MM)}" w:right="{round(s.right * TWIPS_MM)}"'
    ind += f' w:firstLineChars="{round(s.first * 100)}"'
    keep = "<w:keepNext/>" if s.keep_next else ""
    return f'{keep}<w:widowControl/>{_word_border(s)}<w:spacing {spacing}/><w:ind {ind}/><w:jc w:val="{s.align}"/>'


def _word_border(s: Style) -> str:
    rule = 'w:val="single" w:sz="4" w:space="0" w:color="808080"'
    if s.ruled:
        return f"<w:pBdr><w:bottom {rule}/><w:between {rule}/></w:pBdr>"
    return '<w:pBdr><w:top w:val="single" w:sz="6" w:space="4" w:color="000000"/></w:pBdr>' if s.rule_above else ""


def _word_font(key: str) -> str:
    east = style_file()["fonts"][key]["word"]
    return f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{east}"/>'


def _table_style(name: str, outer: int, inner: int) -> str:
    """Write a table style; widths in eighths of a point."""

    def edge(side: str, size: int) -> str:
        return f'<w:{side} w:val="{"single" if size else "nil"}" w:sz="{size}" w:space="0" w:color="000000"/>'

    edges = "".join(edge(side, outer) for side in ("top", "left", "bottom", "right"))
    edges += "".join(edge(side, inner) for side in ("insideH", "insideV"))
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{name}"><w:name w:val="anjuan {name}"/>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>"
    )


def _twips(points: float) -> int:
    return round(points * 20)
