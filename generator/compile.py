"""A definition's body compiled to a DOCX template: named styles, real Word constructs, docxtpl tags.

Compiled once a process for each definition digest. What Word shows and what the PDF shows come from this one
template.
"""

from dataclasses import dataclass

from catalogue.definitions import DocumentType
from generator.compile_blocks import Writer
from generator.compile_package import package
from generator.compile_styles import layout

KEPT = 400
"""How many compiled templates a process keeps; more than there are types."""

_compiled: dict[str, "Template"] = {}


@dataclass(frozen=True, kw_only=True)
class Template:
    """A compiled template."""

    docx: bytes
    layout: str


def compile_template(definition: DocumentType) -> Template:
    """Return the template of a definition, from memory when this process has compiled it before."""
    template = _compiled.get(definition.digest)
    if template is None:
        if len(_compiled) >= KEPT:
            _compiled.pop(next(iter(_compiled)))
        template = _compiled[definition.digest] = _compile(definition)
    return template


def _compile(definition: DocumentType) -> Template:
    page = layout(definition.body.layout)
    writer = Writer(definition, page)
    body = writer.blocks(definition.body.blocks)
    return Template(docx=package(body, page, writer.foot_rows()), layout=page.name)
