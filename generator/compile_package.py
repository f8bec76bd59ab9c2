"""The parts of a DOCX around its body: types, relations, styles, settings, header, footer; always the same bytes."""

import io
import zipfile
from collections.abc import Iterable

from generator.compile_styles import TWIPS_MM, W_NS, Layout, styles_xml
from generator.compile_xml import cell, field, paragraph, row, table, text_run
from generator.furniture import page_code

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
NAMES = (
    f'xmlns:w="{W_NS}" xmlns:r="{OFFICE}" xmlns:wp="{DRAWING}/wordprocessingDrawing" xmlns:a="{DRAWING}/main" '
    f'xmlns:pic="{DRAWING}/picture"'
)
CODE_PART = "word/media/code.png"
"""The page code: a stand-in in templates, drawn for each paper after rendering."""

CODE_MM = 14
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of every zip entry: bytes of a DOCX depend on its content alone."""


def package(body: str, layout: Layout, foot: str) -> bytes:
    """Put a template together.

    Args:
        body: Blocks of the document as XML.
        layout: Page and styles.
        foot: Signature rows for the foot of each page, or nothing.
    """
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            {"rId1": ("officeDocument", "word/document.xml"), "rId2": ("core", "docProps/core.xml")}
        ),
        "docProps/core.xml": _core(),
        "word/document.xml": _document(body, layout),
        "word/styles.xml": styles_xml(layout),
        "word/settings.xml": _settings(),
        "word/header1.xml": f"{HEAD}<w:hdr {NAMES}>{paragraph('draft', text_run('{{ aj.watermark }}'))}</w:hdr>",
        "word/footer1.xml": f"{HEAD}<w:ftr {NAMES}>{foot}{_foot_table(layout)}{paragraph('end')}</w:ftr>",
        "word/_rels/document.xml.rels": _relations(
            {
                "rId1": ("styles", "styles.xml"),
                "rId2": ("settings", "settings.xml"),
                "rId3": ("header", "header1.xml"),
                "rId4": ("footer", "footer1.xml"),
            }
        ),
        "word/_rels/footer1.xml.rels": _relations({"rId1": ("image", "media/code.png")}),
    }
    encoded: dict[str, bytes] = {name: text.encode() for name, text in parts.items()}
    return write_zip((encoded | {CODE_PART: page_code("anjuan")}).items())


def write_zip(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Write parts in one order with one date, so that the same parts are the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted(parts, key=lambda part: (part[0] != "[Content_Types].xml", part[0])):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            archive.writestr(entry, content, compresslevel=6)
    return out.getvalue()


def _document(body: str, layout: Layout) -> str:
    m = {side: round(mm * TWIPS_MM) for side, mm in layout.margins.items()}
    pitch = (
        f' w:type="linesAndChars" w:linePitch="570" w:charSpace="{round(layout.pitch * 4096)}"' if layout.pitch else ""
    )
    return (
        f"{HEAD}<w:document {NAMES}><w:body>{body}{paragraph('end')}<w:sectPr>"
        '<w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/>'
        f'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="{m["top"]}" w:right="{m["right"]}" w:bottom="{m["bottom"]}" '
        f'w:left="{m["left"]}" w:header="567" w:footer="567" w:gutter="0"/><w:docGrid{pitch}/>'
        "</w:sectPr></w:body></w:document>"
    )


def _foot_table(layout: Layout) -> str:
    """Write code, its text and the page number side by side."""
    code = _drawing(CODE_MM)
    words = (
        paragraph("footer_code", text_run("文书编号 {{ aj.document_id }}　第{{ aj.version }}版"))
        + paragraph("footer_code", text_run("内容摘要 {{ aj.digest_prefix }}"))
        + paragraph("footer_code", text_run("扫码核验真伪"))
    )
    number = text_run("第"), field("PAGE"), text_run("页　共"), field("NUMPAGES"), text_run("页")
    widths = (16.0, layout.width - 16 - 45, 45.0)
    cells = cell(paragraph("footer_code", code), widths[0]) + cell(words, widths[1])
    return table(widths, row(cells + cell(paragraph("footer_page", *number), widths[2])), style="plain")


def _drawing(mm: float) -> str:
    emu = round(mm * 36000)
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{emu}" cy="{emu}"/>'
        '<wp:docPr id="1" name="code" descr="文书核验二维码"/><a:graphic><a:graphicData '
        f'uri="{DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="code"/>'
        '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{emu}" cy="{emu}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _content_types() -> str:
    kinds = {
        "document": "document.main",
        "styles": "styles",
        "settings": "settings",
        "header1": "header",
        "footer1": "footer",
    }
    overrides = "".join(f'<Override PartName="/word/{p}.xml" ContentType="{TYPE}.{t}+xml"/>' for p, t in kinds.items())
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="jpg" ContentType="image/jpeg"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        f"{overrides}</Types>"
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_relation_type(kind)}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def _relation_type(kind: str) -> str:
    return f"{PACKAGE}/relationships/metadata/core-properties" if kind == "core" else f"{OFFICE}/{kind}"


def _core() -> str:
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<dc:title>{{ aj.title }}</dc:title><dc:creator>{{ aj.agency_name }}</dc:creator>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created></cp:coreProperties>'
    )


def _settings() -> str:
    return (
        f'{HEAD}<w:settings xmlns:w="{W_NS}"><w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat></w:settings>"
    )
