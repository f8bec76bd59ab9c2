"""Draw the signed copy of a paper that was signed after its issue: the same version again, with the signatures in it.

The issued, sealed bytes are not touched. A copy that shows every signature is not drawn again. Kind of job:
`signed_copy`.
"""

from typing import Any

from casework import sealing
from casework.operations.issuing import build_paper
from casework.operations.signed_copies import JOB, RENDERING, is_drawn, is_wanted, keep_copy
from casework.views import office
from foundation.context import Context
from foundation.errors import Conflict
from foundation.jobs import Task, job
from generator.drawing import job_of
from generator.pool import Pool
from generator.press import Press

TRIES = 3
"""How often a copy is drawn anew because somebody signed meanwhile."""


def draw(ctx: Context, document_id: str, pool: Pool, *, by: str) -> str:
    """Draw and keep the signed copy; return its digest, empty when the paper needs none.

    Raises:
        Conflict: Signatures came faster than the copy could be drawn.
        Unavailable: No worker could draw it.
    """
    for _try in range(TRIES):
        with ctx.database.read() as session:
            at = office(ctx, session)
            document = at.document(document_id)
            definition = at.definition_of(document)
            if not is_wanted(definition, document):
                return ""
            if is_drawn(at, definition, document):
                return document.blobs[RENDERING]
            paper = build_paper(session, ctx, at.catalogue, document_id)
        made = pool.make(job_of(ctx, paper, definition))
        blob = sealing.put(ctx, made.pdf, sealing.about_file(document, RENDERING)).sha256
        if keep_copy(ctx, document_id, by=by, blob=blob, signatures=len(document.slots)):
            return blob
    raise Conflict("签署件正在被更新。", remedy="稍后重试。", path=document_id)


@job(JOB, title="制作签署件")
def signed_copy_job(task: Task) -> dict[str, Any]:
    """Draw a signed copy as long work, asked for by the signature itself."""
    with Press(task.ctx) as press:
        return {"blob": task.step("绘制签署件", _drawn, task.ctx, task.subject, press, task.by)}


def _drawn(ctx: Context, document_id: str, press: Press, by: str) -> str:
    return draw(ctx, document_id, press.pool, by=by)
