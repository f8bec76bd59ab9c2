"""The work of a batch: each paper opened, signed where its maker may, drawn and issued; then one print job of all.

A batch may be killed anywhere: an item's paper is opened in the transaction that ties it to its row, issuing goes on
with the number that it has, and what is done is not done again. A row that fails says why and holds up nobody. Kinds of
job: `batch`, `batch-print`.
"""

import contextlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from access.actors import actor_of
from access.facts import Actor
from casework import batches, queries
from casework.approvals import missing
from casework.batches import BatchFacts, ItemState
from casework.facts import DocumentFacts, ServiceMethod, Status
from casework.gates.api import DONE
from casework.operations import batching, documents, services
from casework.operations.printing import Portion
from casework.operations.services import RECEIPT
from casework.printing import KitFacts
from casework.views import office, view_of
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Conflict, Forbidden, Refused, Unavailable
from foundation.jobs import Task, job
from generator import issuing, printing
from generator.pool import Pool
from generator.press import Press

DIRECT = ServiceMethod.DIRECT.value
OPEN = (Status.DRAFT, Status.RETURNED, Status.SIGNING)
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


@job(batching.PRINT_JOB, title="制作批量打印件")
def print_job(task: Task) -> dict[str, Any]:
    """Make one print job of a batch, opening each paper's receipt first when receipts go with them."""
    issued = task.step("读取批次", _issued_of, task.ctx, task.subject)
    receipts: dict[str, str] = {}
    for done, document_id in enumerate(issued if task.given["receipts"] else (), 1):
        receipts[document_id] = task.step(f"第{done}份回证", receipt_of, task.ctx, task.by, document_id)
        task.progress(done, len(issued), f"开具送达回证{done}/{len(issued)}")
    return {"kit": task.step("制作打印文件", _printed, task, receipts)}


def _issued_of(ctx: Context, batch_id: str) -> list[str]:
    with ctx.database.read() as session:
        items = batches.batch_facts(session, batch_id).items
    return [str(i.document_id) for i in items if i.state is ItemState.DONE and i.document_id]


def receipt_of(ctx: Context, account_id: str, document_id: str) -> str:
    """Return the receipt that goes with a paper: the one that is open, else a new one of direct service."""
    with ctx.database.read() as session:
        actor = actor_of(session, account_id, ctx.clock.now())
        case_id = queries.document_facts(session, document_id).case_id
        papers = queries.documents_of(session, str(case_id))
    known = [d.id for d in papers if d.type == RECEIPT and d.target_id == document_id and d.status in OPEN]
    return known[-1] if known else services.serve(ctx, actor, document_ids=[document_id], method=DIRECT).id


def _printed(task: Task, receipts: Mapping[str, str]) -> str:
    with task.ctx.database.read() as session:
        actor = actor_of(session, task.by, task.ctx.clock.now())
        facts = batches.batch_facts(session, task.subject)
    with Press(task.ctx) as press:
        given = {"copies": task.given["copies"], "duplex": task.given["duplex"], "progress": task.progress}
        return kit_of(task.ctx, actor, facts, press.pool, receipts=receipts, **given).id


def kit_of(
    ctx: Context,
    actor: Actor,
    batch: BatchFacts,
    pool: Pool,
    *,
    copies: int = 2,
    duplex: bool = True,
    receipts: Mapping[str, str] | None = None,
    progress: printing.Progress = printing.silent,
) -> KitFacts:
    """Make one print job of all issued papers of a batch, each with its receipt where there is one.

    Raises:
        BadInput: None is issued yet.
    """
    done = [(str(i.document_id), i.name) for i in batch.items if i.state is ItemState.DONE and i.document_id]
    if not done:
        raise BadInput("这个批次还没有制发的文书。", remedy="制作完成后再打印。", path="batch")
    with_each = receipts or {}
    portions = [
        Portion(document_id=paper, recipient=name, copies=copies, receipt_id=with_each.get(paper, ""))
        for paper, name in done
    ]
    title = f"{batch.file_name}批量打印件"
    return printing.make_kit(ctx, actor, portions, pool, title=title, duplex=duplex, progress=progress)
