"""One pipeline for both outputs: definition → DOCX template → DOCX → restricted HTML → PDF/A-2a.

`make` promises: DOCX and PDF hold the same text; the same job, fonts and pipeline version give the same bytes;
nothing is fetched; only fonts of the given folder are used. It may run in any process, warm after the first paper;
limits on time and memory are `generator.pool`'s.
"""

import functools
import io
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import cssselect2
from weasyprint import CSS, HTML, Document
from weasyprint.css import ColorProfile
from weasyprint.formatting_structure import boxes
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from foundation.errors import BadInput, Broken
from generator import justify
from generator.compile import compile_template
from generator.compile_styles import layout
from generator.convert import Converted, convert
from generator.convert_css import PLAIN, TIGHT, style_sheet
from generator.convert_text import docx_text
from generator.fonts import use_fonts
from generator.furniture import Furniture
from generator.job import Job, Made
from generator.pipeline_rules import rule_lines
from generator.render import render
from generator.seal import seal

PX_MM = 25.4 / 96
VARIANT, COLOURS, PROFILE = "pdf/a-2a", "anjuan", "sRGB2014.icc"
MOST_PAGES = 400
"""A single paper with more pages is a mistake or an attack."""

GAIN_TABLE = 0.15
"""What tighter lines and shorter rows save of each page of a form."""
MOST_SAVED = 0.5
"""A form's last page used more than this is worth its paper."""
TIGHT_ROWS = 0.85
ROW_HEIGHT = re.compile(r'(<tr[^>]*style="height:)([\d.]+)mm')

_LOCK = threading.Lock()
"""WeasyPrint's font configuration is not safe for two threads."""


@dataclass(frozen=True, kw_only=True)
class Warm:
    """What a process keeps warm: fonts and parsed style sheets."""

    fonts: FontConfiguration
    profile: "Srgb"
    sheets: dict[str, CSS]


def make(job: Job) -> Made:
    """Make DOCX and PDF/A of one paper.

    Raises:
        BadInput: A value or the template cannot be drawn; the message names which.
        Broken: The paper came out with more pages than any paper has, or has no place for its seal.
        Unavailable: The seal's provider is not configured.
    """
    template = job.template or compile_template(job.definition)
    docx = render(job.definition, template, job.values, job.furniture, job.images)
    page = layout(template.layout)
    converted = convert(docx, page)
    with _LOCK:
        document = _best_layout(converted, job, page.name)
        rule_lines(document)
        pdf = document.write_pdf(pdf_variant=VARIANT, uncompressed_pdf=False, output_intent=COLOURS)
    place = _seal_place(document)
    sealed = seal(pdf, job.seal, place) if job.seal is not None else None
    return Made(
        docx=docx,
        pdf=pdf,
        pages=len(document.pages),
        text=docx_text(docx),
        seal_place=place,
        sealed=sealed.pdf if sealed else None,
        timestamped=sealed.timestamped if sealed else True,
    )


def warm(fonts_dir: str) -> None:
    """Load fonts and style sheets of every layout (a worker does it once)."""
    for name in ("letter", "form", "record", "list", "receipt", "cover"):
        _sheet(fonts_dir, name)


@functools.lru_cache(maxsize=2)
def _warm(fonts_dir: str) -> Warm:
    justify.install()
    use_fonts(Path(fonts_dir))
    return Warm(fonts=FontConfiguration(), profile=Srgb(), sheets={})


def _sheet(fonts_dir: str, name: str, tight: float = 1.0) -> CSS:
    kept = _warm(fonts_dir)
    key = f"{name} {tight}"
    if key not in kept.sheets:
        kept.sheets[key] = CSS(string=style_sheet(name, tight), font_config=kept.fonts, url_fetcher=Assets({}))
    return kept.sheets[key]


def _best_layout(converted: Converted, job: Job, layout_name: str) -> Document:
    """Lay out; when tighter lines may save the last page, try them and keep them if they do."""
    document = _lay_out(converted, job, layout_name)
    pages = len(document.pages)
    if pages == 1:
        return document
    shorter = replace(converted, body=_shorter_rows(converted.body))
    for tight in TIGHT[1:]:
        if _saves(document, layout_name, tight):
            tighter = _lay_out(shorter, job, layout_name, tight)
            if len(tighter.pages) < pages:
                return tighter
    return document


def _saves(document: Document, layout_name: str, tight: float) -> bool:
    """Tell whether lines so much tighter may save the last page; only a letter's and a form's become still tighter."""
    pages = len(document.pages)
    enough = tight * sum(_used(document, at) for at in range(pages)) < pages - 1
    if layout_name == "letter" or tight < TIGHT[1]:
        return enough and layout_name in ("letter", "form")
    return enough or _used(document) < min(MOST_SAVED, GAIN_TABLE * pages)


def _used(document: Document, at: int = -1) -> float:
    """Return which part of a page's height holds text; the last page's, unless another is named."""
    page = document.pages[at]._page_box
    bodies = (child for child in page.children[0].children if child.element_tag == "body")  # 草稿 lies beside it
    top = page.content_box_y()
    last = max((_foot(child) for body in bodies for child in body.children), default=top)
    return float(last - top) / float(page.height)


def _foot(block: Any) -> Any:
    """Return where a block's last line or row ends; a block that goes on over the page is itself given as higher."""
    parts = [box for box in block.descendants() if isinstance(box, boxes.LineBox | boxes.TableRowBox)]
    rows = [box for box in parts if isinstance(box, boxes.TableRowBox)]
    last = (rows or parts)[-1:]
    if last:
        return last[0].position_y + last[0].height
    return block.position_y + block.margin_height()


def _shorter_rows(html: str) -> str:
    return ROW_HEIGHT.sub(lambda m: f"{m[1]}{float(m[2]) * TIGHT_ROWS:.2f}mm", html)


def _lay_out(converted: Converted, job: Job, layout_name: str, tight: float = 1.0) -> Document:
    sheet = _sheet(job.fonts_dir, layout_name, tight)
    kept = _warm(job.fonts_dir)
    html = Page(_page(converted, job.furniture), Assets(converted.images))
    document = html.render(font_config=kept.fonts, color_profiles={COLOURS: kept.profile}, stylesheets=[sheet])
    if len(document.pages) > MOST_PAGES:
        raise Broken(f"文书超过{MOST_PAGES}页。", remedy="请核对内容，或将长清单分成几份。")
    return document


def _page(converted: Converted, furniture: Furniture) -> str:
    about = f"{furniture.document_id} 第{furniture.version}版 {furniture.digest_prefix}"
    named = {
        "author": furniture.agency_name,
        "description": about,
        "generator": "anjuan",
        "dcterms.created": furniture.created_at,
    }
    metas = "".join(f'<meta name="{name}" content="{escape(content)}"/>' for name, content in named.items())
    return (
        f'<html lang="zh-CN"><head><title>{escape(furniture.title)}</title>{metas}</head>'
        f'<body class="{converted.classes}">{converted.body}</body></html>'
    )


def _seal_place(document: Document) -> tuple[int, float, float] | None:
    for number, page in enumerate(document.pages):
        if "seal" in page.anchors:
            x1, y1, x2, y2 = page.anchors["seal"]
            return number, (x1 + x2) / 2 * PX_MM, (y1 + y2) / 2 * PX_MM
    return None


class Srgb(ColorProfile):  # type: ignore[misc]
    """What the colours of a PDF/A file mean: the very bytes of the profile (written anew, they differ each time)."""

    def __init__(self) -> None:
        self._bytes = resources.files("weasyprint.pdf").joinpath(PROFILE).read_bytes()
        super().__init__(io.BytesIO(self._bytes), PROFILE, "relative-colorimetric", (["r"], ["g"], ["b"]))

    @property
    def content(self) -> bytes:
        """Return the profile."""
        return self._bytes


class Page(HTML):  # type: ignore[misc]
    """A paper's HTML: read as the XML that it is, and with our own sheet for what its few elements are."""

    def __init__(self, text: str, fetcher: URLFetcher) -> None:
        self.base_url, self.url_fetcher, self.media_type = "asset:", fetcher, "print"
        root = ET.fromstring(text)  # noqa: S314 - our own text, every value escaped
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: ARG002 - WeasyPrint's
        return [_plain()]


@functools.lru_cache(maxsize=1)
def _plain() -> CSS:
    return CSS(string=PLAIN, url_fetcher=Assets({}))


class Assets(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
    """The only addresses a paper has: `asset:` ids of images inside its own DOCX; anything else stops the paper."""

    def __init__(self, images: Mapping[str, bytes]) -> None:
        super().__init__(fail_on_errors=True)
        self._images = images

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint's
        """Return an image's bytes.

        Raises:
            BadInput: The address is no image of this paper.
        """
        name = url.removeprefix("asset:")
        if not url.startswith("asset:") or name not in self._images:
            raise BadInput("文书引用了文件以外的地址。", remedy="请删除模板中的外部引用。", path="template")
        return URLFetcherResponse(url, self._images[name])
