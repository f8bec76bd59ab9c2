"""Fill a compiled template with a paper's values: docxtpl in a sandbox, strict about names, escaping everything.

Promises: a value is printed literally, whatever it holds; a name that the definition does not know is an error, never
an empty place; the same values give the same bytes of DOCX.
"""

import functools
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2 import Template as JinjaTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from catalogue.definitions import DocumentType
from foundation.errors import BadInput
from generator.compile import Template
from generator.compile_package import CODE_PART, write_zip
from generator.furniture import Furniture, page_code
from generator.render_filters import FILTERS, TESTS, printed
from generator.render_images import Picture, picture_size
from generator.render_values import Row, signature_rows, typed_values

SIGNATURE_MM = 9
"""Height of a drawn signature."""
YOU = "你（单位）"
"""How definitions address whoever the paper goes to; printed as it is where the paper does not say who that is."""
ADDRESSED = {"公民": "你", "个体工商户": "你", "法人": "你单位", "其他组织": "你单位"}


class Environment(ImmutableSandboxedEnvironment):
    """The sandbox; each template source is compiled once a process."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=printed)
        self.filters = dict(FILTERS)
        self.tests = {name: self.tests[name] for name in ("defined", "none")} | dict(TESTS)
        self.globals = {}
        self._sources: dict[str, JinjaTemplate] = {}

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> JinjaTemplate:
        """Return the compiled template of a source."""
        if source not in self._sources:
            if len(self._sources) > 1000:  # noqa: PLR2004 - a few parts for each of the types
                self._sources.clear()
            self._sources[source] = super().from_string(source, *args, **kwargs)
        return self._sources[source]


@functools.lru_cache(maxsize=1)
def environment() -> Environment:
    """Return this process's sandbox."""
    return Environment()


class Filled(DocxTemplate):  # type: ignore[misc]  # docxtpl is untyped
    """docxtpl with its text preparation remembered, and without its escapes `{_{`, which would change a value."""

    def patch_xml(self, src_xml: str) -> str:
        """Prepare a part's tags; remembered by source."""
        return _patched(src_xml)

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Environment) -> str:
        """Fill one part."""
        self.current_rendering_part = part
        filled = jinja_env.from_string(src_xml).render(context)
        return str(self.resolve_listing(filled))


@functools.lru_cache(maxsize=1000)
def _patched(source: str) -> str:
    return str(DocxTemplate.patch_xml(DocxTemplate(""), source)).replace(YOU, "{{ aj.you }}")


def render(
    definition: DocumentType,
    template: Template,
    values: Mapping[str, Any],
    furniture: Furniture,
    images: Mapping[str, bytes],
) -> bytes:
    """Return the DOCX of a paper.

    Raises:
        BadInput: A value has the wrong kind, or the template names something the definition does not have.
    """
    filled = Filled(io.BytesIO(template.docx))
    filled.init_docx()
    context = _context(definition, values, furniture)
    pictures = _Pictures(filled, images)
    pictures.put_into(context)
    try:
        filled.render(context, environment(), autoescape=True)
    except TemplateError as error:
        raise BadInput(
            f"文书模板无法填充：{error.message}。", remedy="请检查该文书定义中的字段名。", path="template"
        ) from error
    out = io.BytesIO()
    filled.docx.save(out)
    return _normal(out.getvalue(), furniture)


class _Pictures:
    """Turns asset ids into pictures of one template."""

    def __init__(self, template: Filled, images: Mapping[str, bytes]) -> None:
        self._template = template
        self._images = images

    def put_into(self, context: dict[str, Any]) -> None:
        """Replace images of signatures, and hand the picture filter this paper's pictures."""
        for rows in vars(context["aj"].sign).values():
            for row in rows:
                if row.image:
                    row.image = self._inline(row.image, max_height=SIGNATURE_MM, max_width=40)
        context["aj"].pictures = self.picture

    def picture(self, asset: str) -> InlineImage | str:
        """Return a photo two of which fit a page."""
        return self._inline(asset, max_height=92, max_width=150)

    def _inline(self, asset: str, *, max_height: float, max_width: float) -> InlineImage:
        if asset not in self._images:
            raise BadInput(f"图片“{asset}”不在本文书的附件中。", remedy="请重新上传该图片。", path=asset)
        image: Picture = picture_size(self._images[asset], max_width=max_width, max_height=max_height)
        return InlineImage(self._template, io.BytesIO(image.data), width=Mm(image.width), height=Mm(image.height))


def _context(definition: DocumentType, values: Mapping[str, Any], furniture: Furniture) -> dict[str, Any]:
    draft = furniture.draft
    signs = {
        slot.id: signature_rows(slot, values.get(slot.signs) if slot.signs else None, draft=draft)
        for slot in definition.slots
    }
    around = Row(
        agency_name=furniture.agency_name,
        title=furniture.title,
        number="　" if draft else furniture.number,
        document_id=furniture.document_id,
        version=furniture.version,
        digest_prefix=furniture.digest_prefix,
        copies=furniture.copies or definition.copies,
        contact=furniture.contact,
        address=furniture.address,
        watermark="草稿" if draft and not furniture.for_signing else "",
        struck="／",
        you=_addressed(values),
        sign=Row(**signs),
    )
    return typed_values(definition, values, draft=draft) | {"aj": around}


def _addressed(values: Mapping[str, Any]) -> str:
    """Return how the paper speaks to its addressee: a neighbour who is told of an application is not the applicant."""
    applicant = None if values.get("addressee_kind") == "利害关系人" else values.get("applicant_type")
    return ADDRESSED.get(str(values.get("party_type") or applicant), YOU)


def _normal(docx: bytes, furniture: Furniture) -> bytes:
    """Give every part its place and date, and draw the page code."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    code = next((n for n in parts if n.startswith("word/media/") and parts[n] == page_code("anjuan")), CODE_PART)
    parts[code] = page_code(furniture.code)
    created = furniture.created_at[:19].encode() + b"Z"
    core = re.sub(rb"(<dcterms:created[^>]*>)[^<]*", rb"\g<1>" + created, parts["docProps/core.xml"])
    return write_zip((parts | {"docProps/core.xml": core}).items())
