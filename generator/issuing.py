"""Issuing a paper from end to end: reserve, make, commit; nothing renders or signs while the database is locked.

A step that failed or was killed leaves the paper `issuing` with its number; the next call goes on with it: the number
is the same, the content is the same, unsealed files come out with the same bytes. A paper that is issued already is
returned as it is.
"""

from collections.abc import Mapping

from access.facts import Actor
from casework import sealing
from casework.facts import DocumentFacts, Paper
from casework.gates.api import DONE
from casework.operations import issuing
from casework.views import office
from catalogue.definitions import DocumentType
from foundation.canonical import canonical
from foundation.context import Context
from generator.drawing import job_of
from generator.job import Made
from generator.press import Press


def issue(
    ctx: Context, actor: Actor, document_id: str, press: Press, *, reasons: Mapping[str, str] | None = None
) -> DocumentFacts:
    """Issue a paper and return it.

    Args:
        ctx: The floor.
        actor: Who issues.
        document_id: The paper.
        press: Makes it.
        reasons: Written reasons for soft findings, by code.

    Raises:
        Refused: Something stands against it; every reason is named.
        BadInput: A value cannot be drawn.
        Unavailable: No worker could make it, or no seal could be set; the paper keeps its number and waits.
    """
    press.undrawable("")  # the first look at the fonts takes long, and the case would be locked meanwhile
    paper = issuing.reserve(ctx, actor, document_id=document_id, reasons=reasons, drawable=press.undrawable)
    if paper.document.status in DONE:
        return paper.document
    made = press.pool.make(job_of(ctx, paper, _definition(ctx, paper), sealed=True))
    return issuing.commit(
        ctx,
        actor,
        document_id=document_id,
        blobs=_stored(ctx, made, paper),
        sealed_without_timestamp=not made.timestamped,
    )


def _definition(ctx: Context, paper: Paper) -> DocumentType:
    with ctx.database.read() as session:
        return office(ctx, session).definition_of(paper.document)


def _stored(ctx: Context, made: Made, paper: Paper) -> dict[str, str]:
    """Store the files, of an informant's paper encrypted, and return their digests by kind.

    Kind `data` lets a later check name the field that was changed.
    """
    data = canonical(dict(paper.document.data))
    files = {"docx": made.docx, "pdf": made.pdf, "text": made.text.encode(), "data": data}
    if made.sealed is not None:
        files["sealed"] = made.sealed
    return {k: sealing.put(ctx, content, sealing.about_file(paper.document, k)).sha256 for k, content in files.items()}
