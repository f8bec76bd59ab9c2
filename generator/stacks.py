"""Read a scanned stack and file its pages: long work, once a page however often it runs. Kind of job: `scan_stack`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from access.actors import actor_of
from access.facts import Actor
from casework import sealing
from casework.facts import DocumentFacts
from casework.operations import scanning
from casework.operations.scanning import JOB
from casework.operations.signed_copies import SCAN
from casework.stacks import DROPPED, FILED, Seen, StackFacts
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Forbidden, NotFound
from foundation.jobs import Task, job
from generator import scans

ADD, REPLACE = "add", "replace"


@job(JOB, title="识别扫描件")
def read_stack(task: Task) -> dict[str, Any]:
    """Look at every page, then file those whose code says where."""
    seen = task.step("识别二维码", _look, task)
    wanted = task.step("核对文书", _sort, task, seen)
    filed = task.step("归入文书", _file_all, task, wanted)
    return {"pages": len(seen), "filed": filed}


def _actor(ctx: Context, account_id: str) -> Actor:
    with ctx.database.read() as session:
        return actor_of(session, account_id, ctx.clock.now())


def pdf_of(ctx: Context, facts: StackFacts) -> bytes:
    """Return a stack as PDF."""
    return scans.as_pdf(sealing.read(ctx, facts.blob, facts.about), facts.media_type)


def _look(task: Task) -> list[dict[str, Any]]:
    facts = scanning.stack(task.ctx, _actor(task.ctx, task.by), task.subject)
    pdf, found = pdf_of(task.ctx, facts), []
    total = scans.count(pdf)
    for seen in scans.look(pdf):
        found.append(asdict(seen))
        task.progress(seen.number, total, f"第{seen.number}页 共{total}页")
    return found


def _sort(task: Task, seen: Sequence[dict[str, Any]]) -> dict[str, list[int]]:
    pages = [Seen(**{**one, "codes": tuple(one["codes"])}) for one in seen]
    return scanning.sort(task.ctx, _actor(task.ctx, task.by), task.subject, pages)


@dataclass(frozen=True, kw_only=True)
class _Open:
    """A stack at hand."""

    ctx: Context
    actor: Actor
    facts: StackFacts
    pdf: bytes

    def put(self, numbers: Sequence[int], document: DocumentFacts, before: bytes = b"") -> str:
        """Store pages as the signed copy of a paper and return its blob."""
        turns = {p.number: p.turn for p in self.facts.sheets}
        made = scans.take(self.pdf, numbers, turns, before)
        return sealing.put(self.ctx, made, sealing.about_file(document, SCAN)).sha256

    def file(self, numbers: Sequence[int], document_id: str, **words: str) -> None:
        """File pages by the one door."""
        given = {"stack_id": self.facts.id, "document_id": document_id, **words}
        scanning.file_copy(self.ctx, self.actor, numbers=numbers, **given)


def _opened(ctx: Context, actor: Actor, stack_id: str) -> _Open:
    facts = scanning.stack(ctx, actor, stack_id)
    return _Open(ctx=ctx, actor=actor, facts=facts, pdf=pdf_of(ctx, facts))


def _file_all(task: Task, wanted: dict[str, list[int]]) -> int:
    at_hand, done = _opened(task.ctx, _actor(task.ctx, task.by), task.subject), 0
    settled = {p.number for p in at_hand.facts.sheets if p.state in (FILED, DROPPED)}
    for at, (document_id, numbers) in enumerate(sorted(wanted.items(), key=lambda w: w[1])):
        task.progress(at, len(wanted), f"第{numbers[0]}页")
        fresh = [n for n in numbers if n not in settled]
        done += _filed(at_hand, fresh, document_id) if fresh else 0
    return done


def _filed(at_hand: _Open, numbers: Sequence[int], document_id: str) -> int:
    """File the pages of one paper; what stands against it meanwhile leaves them waiting."""
    try:
        document, present = scanning.old_copy(at_hand.ctx, at_hand.actor, document_id)
        if present:
            return 0
        said = _lacks(at_hand.ctx, document, len(numbers))
        at_hand.file(numbers, document_id, blob=at_hand.put(numbers, document), instead_of="", said=said)
    except (BadInput, Conflict, Forbidden, NotFound):
        return 0
    return len(numbers)


def _lacks(ctx: Context, document: DocumentFacts, scanned: int) -> str:
    """Say how many pages of an issued paper the scan lacks, empty when it is whole."""
    blob = document.blobs.get("pdf", "")
    if not blob:
        return ""
    whole = scans.count(sealing.read(ctx, blob, sealing.about_file(document, "pdf")))
    return f"文书共{whole}页，扫描到{scanned}页" if scanned < whole else ""


def file_by_hand(
    ctx: Context, actor: Actor, *, stack_id: str, number: int, document_id: str, way: str = ADD, reason: str = ""
) -> None:
    """File one page that waits with the paper that a person names.

    Args:
        ctx: The floor.
        actor: Whose stack it is.
        stack_id: The stack.
        number: The page.
        document_id: The paper.
        way: `add` it to the signed copy that there may be, or `replace` that.
        reason: Why, where the code speaks against it.

    Raises:
        BadInput: No such way, or no reason.
        Refused: The page cannot be filed.
        Conflict: It was decided meanwhile.
    """
    if way not in (ADD, REPLACE):
        raise BadInput("没有选择并入还是替换。", remedy="选择一种。", path="way")
    at_hand = _opened(ctx, actor, stack_id)
    page = next((p for p in at_hand.facts.sheets if p.number == number), None)
    said = scanning.why_filed(page.why if page else "", reason)
    document, present = scanning.old_copy(ctx, actor, document_id)
    before = b""
    if present and way == ADD:
        before = sealing.read(ctx, present, sealing.about_file(document, SCAN))
    blob = at_hand.put([number], document, before)
    at_hand.file([number], document_id, blob=blob, instead_of=present, said=said)
