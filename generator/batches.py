"""The work of a batch: each paper opened, signed where its maker may, drawn and issued; then one print job of all.

A batch may be killed anywhere: an item's paper is opened in the transaction that ties it to its row, issuing goes on
with the number that it has, and what is done is not done again. A row that fails says why and holds up nobody. Kind of
job: `batch`.
"""

import contextlib
from collections import Counter
from typing import Any

from access.actors import actor_of
from access.facts import Actor
from casework import batches, queries
from casework.approvals import missing
from casework.batches import BatchFacts, ItemState
from casework.facts import DocumentFacts
from casework.gates.api import DONE
from casework.operations import batching, documents
from casework.operations.printing import Portion
from casework.printing import KitFacts
from casework.views import office, view_of
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Conflict, Forbidden, Refused, Unavailable
from foundation.jobs import Task, job
from generator import issuing, printing
from generator.pool import Pool
from generator.press import Press

MAKER = "handler"
"""Role whose slots the maker of a batch signs on each paper."""


@job(batching.JOB, title="按名单批量制作文书")
def batch_job(task: Task) -> dict[str, Any]:
    """Make every waiting item of a batch; each is a step of its own."""
    waiting = task.step("读取名单", _waiting, task.ctx, task.subject)
    ended: Counter[str] = Counter()
    with Press(task.ctx) as press:
        for done, seq in enumerate(waiting, 1):
            ended[task.step(f"第{seq}项", make_item, task.ctx, task.by, task.subject, seq, press)] += 1
            failed = ended[ItemState.FAILED.value]
            task.progress(done, len(waiting), f"{done}/{len(waiting)}，未成功{failed}项")
    return {"items": len(waiting), **ended}


def _waiting(ctx: Context, batch_id: str) -> list[int]:
    with ctx.database.read() as session:
        return [i.seq for i in batches.batch_facts(session, batch_id).items if i.state is ItemState.WAITING]


def make_item(ctx: Context, account_id: str, batch_id: str, seq: int, press: Press) -> str:
    """Make one item's paper and return its state; run twice it goes on where it was.

    Raises:
        Unavailable: A service is down; the item waits.
    """
    try:
        document_id = batching.open_item(ctx, account_id, batch_id, seq)
        _issued(ctx, account_id, batch_id, document_id, press)
    except Unavailable:
        raise
    except AnjuanError as error:
        return batching.settle(ctx, batch_id, seq, error)
    return batching.settle(ctx, batch_id, seq)


def _issued(ctx: Context, account_id: str, batch_id: str, document_id: str, press: Press) -> None:
    with ctx.database.read() as session:
        actor = actor_of(session, account_id, ctx.clock.now())
        reasons = batches.batch_facts(session, batch_id).reasons
        document = queries.document_facts(session, document_id)
    if document.status not in DONE:
        _sign(ctx, actor, document)
        issuing.issue(ctx, actor, document_id, press, reasons=reasons)


def _sign(ctx: Context, actor: Actor, document: DocumentFacts) -> None:
    """Sign the slots that the maker may sign; what others must sign, issuing names."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        view = view_of(at, document)
        open_slots = {f.path or "" for f in missing(view)}
        slots = [s.id for s in at.definition_of(document).slots if s.role == MAKER and s.when == "before_issue"]
    for slot in slots if open_slots else ():
        with contextlib.suppress(Refused, Forbidden, BadInput, Conflict):
            documents.fill_slot(ctx, actor, document_id=document.id, slot=slot)


def kit_of(
    ctx: Context, actor: Actor, batch: BatchFacts, pool: Pool, *, copies: int = 2, duplex: bool = True
) -> KitFacts:
    """Make one print job of all issued papers of a batch.

    Raises:
        BadInput: None is issued yet.
    """
    done = [i for i in batch.items if i.state is ItemState.DONE and i.document_id]
    if not done:
        raise BadInput("这个批次还没有制发的文书。", remedy="制作完成后再打印。", path="batch")
    portions = [Portion(document_id=str(i.document_id), recipient=i.name, copies=copies) for i in done]
    return printing.make_kit(ctx, actor, portions, pool, title=f"{batch.file_name}批量打印件", duplex=duplex)
