"""From a paper as `casework` holds it to what a worker draws; and its preview by the same way.

A preview differs from the issued paper in what is still open (number, date, signatures, seal) and in 草稿 over each
page; both go through `job_of`, so nothing else can differ.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import orm

from casework import sealing
from casework.facts import DocumentFacts, Paper
from casework.operations.issuing import build_paper
from casework.views import office
from catalogue.definitions import DocumentType
from foundation.clock import legal_date
from foundation.context import Context
from generator.compile import Template
from generator.furniture import DIGEST_DIGITS, Furniture
from generator.job import Job, Made
from generator.pool import Pool
from generator.seal_order import SealOrder

VERIFY = "v"
"""Path of the public page under the installation's address."""


def job_of(
    ctx: Context,
    paper: Paper,
    definition: DocumentType,
    *,
    draft: bool = False,
    for_signing: bool = False,
    sealed: bool = False,
) -> Job:
    """Return the job that draws a paper.

    Args:
        ctx: The floor: pictures are read from its blobs.
        paper: The paper with its values.
        definition: The definition that the paper was opened with.
        draft: Draw a preview.
        for_signing: Draw it to be printed and signed by hand: a preview without 草稿 over it.
        sealed: Seal the finished file, if its type has a seal.
    """
    return Job(
        definition=definition,
        values=paper.values,
        furniture=furniture_of(ctx, paper, draft=draft or for_signing, for_signing=for_signing),
        fonts_dir=str(ctx.settings.fonts_dir),
        images={asset: sealing.read(ctx, blob, paper.bound.get(asset, "")) for asset, blob in paper.images.items()},
        template=template_of(ctx, paper.document.template, definition),
        seal=_order(ctx, paper, definition) if sealed and definition.seal and not (draft or for_signing) else None,
    )


@functools.lru_cache(maxsize=64)
def _kept(docx: bytes, layout: str) -> Template:
    """Return one object for one template, so that a process compiles it once."""
    return Template(docx=docx, layout=layout)


def template_of(ctx: Context, blob: str, definition: DocumentType) -> Template | None:
    """Return the agency's own template by its file; None when a paper is drawn as its definition says."""
    return _kept(ctx.blobs.read(blob), definition.body.layout) if blob else None


def furniture_of(ctx: Context, paper: Paper, *, draft: bool = False, for_signing: bool = False) -> Furniture:
    """Return what surrounds a paper's text."""
    document, agency = paper.document, paper.agency
    return Furniture(
        document_id=document.id,
        version=document.version,
        digest_prefix=document.content_digest[:DIGEST_DIGITS],
        verify_url=f"{ctx.settings.public_url.rstrip('/')}/{VERIFY}",
        title=document.title,
        number=document.number,
        agency_name=_text(agency, "name"),
        created_at=_created(ctx, document),
        draft=draft,
        for_signing=for_signing,
        contact=_text(agency, "contact"),
        address=_text(agency, "address"),
    )


def preview(ctx: Context, session: orm.Session, document_id: str, pool: Pool) -> Made:
    """Draw a paper as it stands, with what is still open left empty.

    Raises:
        BadInput: A value cannot be drawn; the message names which.
    """
    at = office(ctx, session)
    paper = build_paper(session, ctx, at.catalogue, document_id)
    return pool.make(job_of(ctx, paper, at.definition_of(paper.document), draft=True))


def _order(ctx: Context, paper: Paper, definition: DocumentType) -> SealOrder:
    return order_of(ctx, agency_id=paper.document.agency_id, agency=paper.agency, kind=definition.seal or "agency")


def order_of(ctx: Context, *, agency_id: str, agency: Mapping[str, Any], kind: str) -> SealOrder:
    """Return what is asked of the seal provider: the agency's seal at the clock's instant."""
    return SealOrder(
        agency_id=agency_id,
        agency_name=_text(agency, "seal_name") or _text(agency, "name"),
        kind=kind,
        provider=_text(agency, "signing.seal_algorithm") or "rsa",
        keys_dir=str(ctx.keys.folder),
        fonts_dir=str(ctx.settings.fonts_dir),
        tsa_url=ctx.settings.tsa_url,
        at=ctx.clock.now().replace(microsecond=0),
    )


def _created(ctx: Context, document: DocumentFacts) -> str:
    """Return the instant in a file's metadata: the day of issue, so that a second try gives the same bytes."""
    day = document.issue_date or legal_date(ctx.clock.now())
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).isoformat()


def _text(agency: Mapping[str, Any], key: str) -> str:
    return str(agency.get(key) or "")
