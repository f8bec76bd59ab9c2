"""Associated files of a volume (PDF/A-3): signed originals and structured metadata, each with its relationship.

Files enter in order until the limit is reached; what does not fit stays beside the volume in the package. Media never
enter.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

RELATIONSHIPS = frozenset({"Source", "Data", "Alternative", "Supplement", "Unspecified"})


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that may be put into a volume."""

    name: str
    """File name, unique in the volume."""
    data: bytes
    media_type: str
    relationship: str
    """PDF/A-3 word: Source (signed original), Data (metadata), Supplement."""
    about: str
    """A sentence for readers."""


def within_limit(files: Sequence[Attachment], limit: int) -> tuple[list[Attachment], list[Attachment]]:
    """Divide files into those that fit into the limit of bytes, in order, and those that stay beside."""
    taken, beside, used = list[Attachment](), list[Attachment](), 0
    for one in files:
        if used + len(one.data) <= limit:
            taken.append(one)
            used += len(one.data)
        else:
            beside.append(one)
    return taken, beside


def attach(pdf: pikepdf.Pdf, files: Sequence[Attachment], created_at: dt.datetime) -> None:
    """Write files into a volume: names tree, `/AF` once each, size, date and digest."""
    specs = [(f.name, _spec(pdf, f, created_at)) for f in sorted(files, key=lambda f: f.name.encode("utf-16-be"))]
    if not specs:
        return
    names = [part for name, spec in specs for part in (String(name), spec)]
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(names)))
    pdf.Root.AF = Array([spec for _name, spec in specs])


def _spec(pdf: pikepdf.Pdf, file: Attachment, created_at: dt.datetime) -> pikepdf.Object:
    stamp = String(pdf_date(created_at))
    stream = Stream(pdf, file.data)
    stream["/Type"] = Name.EmbeddedFile
    stream["/Subtype"] = Name("/" + file.media_type)
    stream["/Params"] = Dictionary(
        Size=len(file.data),
        CreationDate=stamp,
        ModDate=stamp,
        CheckSum=String(hashlib.md5(file.data, usedforsecurity=False).digest()),
    )
    embedded = pdf.make_indirect(stream)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String(file.name),
            UF=String(file.name),
            Desc=String(file.about),
            AFRelationship=Name("/" + file.relationship),
            EF=Dictionary(F=embedded, UF=embedded),
        )
    )


def pdf_date(at: dt.datetime) -> str:
    """Return an instant in the form of PDF dates, UTC."""
    return at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ")
