"""Draw what archive computes and nobody signs (evidence card, report, certificate) by the pipeline of every paper."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from catalogue.loading import load_catalogue
from foundation.canonical import digest
from foundation.clock import local
from foundation.context import Context
from foundation.settings import ROOT
from generator.drawing import VERIFY
from generator.furniture import DIGEST_DIGITS, Furniture
from generator.job import Job


def computed_job(
    ctx: Context,
    type_id: str,
    values: Mapping[str, Any],
    *,
    subject_id: str,
    agency_name: str,
    created_at: dt.datetime,
    images: Mapping[str, bytes] | None = None,
    number: str = "",
) -> Job:
    """Return the job of a computed paper.

    Args:
        ctx: The floor.
        type_id: A definition of tier `computed`.
        values: Its fields.
        subject_id: Recording, package or copy that it is about: stands in the code at its foot.
        agency_name: Whose paper it is.
        created_at: The instant that it carries.
        images: Pictures by asset id.
        number: Number at the head.
    """
    definition = load_catalogue(ctx.settings.templates_dir).get(type_id)
    furniture = Furniture(
        document_id=subject_id,
        version=1,
        digest_prefix=digest(dict(values))[:DIGEST_DIGITS],
        verify_url=f"{ctx.settings.public_url.rstrip('/')}/{VERIFY}",
        title=definition.title,
        number=number,
        agency_name=agency_name,
        created_at=local(created_at).isoformat(timespec="seconds"),
    )
    fonts = ctx.settings.fonts_dir if ctx.settings.fonts_dir.is_absolute() else ROOT / ctx.settings.fonts_dir
    return Job(
        definition=definition, values=values, furniture=furniture, fonts_dir=str(fonts), images=dict(images or {})
    )
