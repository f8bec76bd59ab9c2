"""Saving a draft from a form: what can be read is kept, and two editors are merged by field."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from access.facts import Actor
from casework.documents import Difference, VersionConflict
from casework.facts import DocumentFacts
from casework.operations import documents
from foundation.context import Context
from foundation.errors import BadInput, Finding


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a save."""

    document: DocumentFacts
    at: dt.datetime
    faults: tuple[Finding, ...] = ()
    """What could not be read; these fields keep their former values."""


class BothChanged(VersionConflict):
    """Two editors changed the same fields; `differences` holds these alone."""


def save(ctx: Context, actor: Actor, *, document_id: str, base_version: int, data: Mapping[str, Any]) -> Saved:
    """Save what can be read of changed fields.

    Fields that somebody else saved meanwhile stay theirs; only a field that both changed asks for a choice.

    Raises:
        BothChanged: The same field was changed by somebody else.
        Refused: It is issued, or on its way.
    """
    faults: tuple[Finding, ...] = ()
    try:
        document = _merged(ctx, actor, document_id, base_version, data)
    except BadInput as error:
        faults = error.findings
        bad = {f.path.split("[")[0].split(".")[0] for f in faults}
        if not bad & set(data):
            raise
        document = _merged(ctx, actor, document_id, base_version, {k: v for k, v in data.items() if k not in bad})
    return Saved(document=document, at=ctx.clock.now(), faults=faults)


def _merged(ctx: Context, actor: Actor, document_id: str, base_version: int, data: Mapping[str, Any]) -> DocumentFacts:
    try:
        return documents.revise(ctx, actor, document_id=document_id, base_version=base_version, data=data)
    except VersionConflict as error:
        both = tuple(d for d in error.differences if d.field in data and _changed(d))
        if both:
            raise BothChanged(error.document, both) from error
        return _merged(ctx, actor, document_id, error.document.version, data)


def _changed(one: Difference) -> bool:
    return bool(one.theirs != one.base)
