"""Many papers of one type from one set of facts: tried first without leaving anything, then opened one by one.

`try_out` opens every row's paper in a transaction that is taken back and tells what would stand against issuing it, by
row and column. `begin` keeps the batch and asks for the job; `open_item` opens one paper and ties it to its row in the
same transaction, so that a killed job opens nothing twice. Drawing, signing and issuing: `generator.batches`.

Journal kinds: `batch.begun`, `batch.retried`.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import orm

from access.actors import actor_of
from access.facts import Actor
from access.policy import Permission
from casework import batches, queries, register, shelf
from casework.approvals import label
from casework.batches import BatchFacts, ItemFacts, ItemState
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.operations import cases, issuing, parties
from casework.operations.common import require_on
from casework.operations.opening import Opening, open_paper
from casework.operations.printing import MOST_COPIES
from casework.parties import read_party
from casework.sealing import INFORMANT
from casework.tables import Line, Table, party_of, read_table
from casework.views import Office, office, view_of
from catalogue.definitions import DocumentType
from foundation import jobs, journal
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Finding, Refused, Unavailable

JOB, PRINT_JOB = "batch", "batch-print"
OWN = ("party.", "document.", "batch.")
"""Sources of what each paper has for itself."""
ALIVE = frozenset(Status) - {Status.VOID, Status.REPLACED}
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a row of the table would come to."""

    line: int
    name: str
    is_new: bool = False
    """The party is not in the register yet."""
    faults: tuple[Finding, ...] = ()
    """What stands against it; `path` is the head of the column."""
    asks: tuple[Finding, ...] = ()
    """What a written reason would pass."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A dry run: nothing was kept."""

    pattern: DocumentFacts
    rows: tuple[Tried, ...]
    signers: tuple[str, ...]
    """Slots that must be signed on each paper before it is issued."""

    @property
    def good(self) -> int:
        """Return how many rows can be made."""
        return sum(not row.faults for row in self.rows)

    @property
    def asks(self) -> tuple[Finding, ...]:
        """Return soft findings of all rows, each code once."""
        return tuple({f.code: f for row in self.rows for f in row.asks}.values())


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What the trial of each row looks at."""

    ctx: Context
    actor: Actor
    pattern: DocumentFacts
    shared: Mapping[str, Any]
    table: Table
    twice: Mapping[str, int]


class _Undo(Exception):
    """Takes a trial's transaction back."""


def try_out(ctx: Context, actor: Actor, *, pattern_id: str, content: bytes) -> Trial:
    """Try a table on a draft's facts without keeping anything.

    Args:
        ctx: The floor.
        actor: Who makes the batch.
        pattern_id: A draft of the case: what stands in it and does not come from its party is shared.
        content: The table.

    Raises:
        BadInput: The table cannot be read, or its head is wrong.
        Refused: Papers of this type are not made in batches, or the draft is issued.
    """
    pattern, definition, shared = _pattern(ctx, actor, pattern_id)
    table = read_table(content, definition)
    desk = _Desk(ctx=ctx, actor=actor, pattern=pattern, shared=shared, table=table, twice=_twice(table))
    rows = tuple(_tried(desk, line) for line in table.lines)
    needed = [label(s) for s in definition.slots if s.when == "before_issue" and s.required is True]
    return Trial(pattern=pattern, rows=rows, signers=tuple(needed))


def begin(
    ctx: Context,
    actor: Actor,
    *,
    pattern_id: str,
    content: bytes,
    file_name: str,
    reasons: Mapping[str, str] | None = None,
) -> BatchFacts:
    """Keep a batch and ask for the work; every row must be without faults.

    Raises:
        Refused: A row has a fault; each is named with row and column.
    """
    trial = try_out(ctx, actor, pattern_id=pattern_id, content=content)
    given = {k: v.strip() for k, v in (reasons or {}).items() if v.strip()}
    found = [f for row in trial.rows for f in _named(row, row.faults)]
    found += [f for f in trial.asks if f.code not in given]
    if found:
        message = f"名单有{len(found)}处需要处理，没有开始制作。"
        raise Refused(message, remedy="按各行提示更正，或写明理由后重新试算。", path="table", findings=found)
    pattern, definition, shared = _pattern(ctx, actor, pattern_id)
    table, now = read_table(content, definition), ctx.clock.now()
    batch = BatchFacts(
        id=ctx.ids.new(),
        agency_id=pattern.agency_id,
        case_id=str(pattern.case_id),
        pattern_id=pattern.id,
        type=pattern.type,
        shared=shared,
        reasons=given,
        file_name=file_name[:LONGEST_NAME],
        made_by=actor.account_id,
        made_at=now,
        job_id="",
        items=tuple(_item(seq, line) for seq, line in enumerate(table.lines, 1)),
    )
    with ctx.database.write() as session:
        shelf.lock_case(session, batch.case_id)
        _note(office(ctx, session), actor, batch, "batch.begun", count=len(batch.items))
        batches.insert(session, batch)
        return _asked(office(ctx, session), batch, actor.account_id)


def retry(ctx: Context, actor: Actor, batch_id: str) -> BatchFacts:
    """Ask for the items that did not succeed once more; those that were made stay as they are.

    Raises:
        Refused: The job still runs, or nothing is left to do.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        facts = batches.batch_facts(session, batch_id)
        shelf.lock_case(session, facts.case_id)
        _require(at, actor, facts)
        if not jobs.job_facts(session, facts.job_id).is_over:
            raise Refused("这个批次还在办理。", remedy="等它办完再重试。")
        left = [item for item in facts.items if item.state is not ItemState.DONE]
        if not left:
            raise Refused("这个批次已经全部制发。", remedy="在批次页面下载或打印。")
        for item in left:
            words = {"state": ItemState.WAITING.value, "message": "", "remedy": ""}
            batches.change_item(session, batch_id, item.seq, at=ctx.clock.now(), **words)
        _note(at, actor, facts, "batch.retried", count=len(left))
        return _asked(at, facts, actor.account_id)


def ask_print(
    ctx: Context, actor: Actor, batch_id: str, *, copies: int, duplex: bool = True, receipts: bool = False
) -> str:
    """Ask for one print job of all issued papers of a batch, each with its receipt when wanted; return the job's id.

    A print job that is still being made is returned instead of a second one.

    Raises:
        BadInput: None is issued yet, or the number of copies is wrong.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise BadInput("打印份数不对。", remedy=f"每份文书打印1至{MOST_COPIES}份。", path="copies")
    with ctx.database.write() as session:
        at = office(ctx, session)
        facts = batches.batch_facts(session, batch_id)
        shelf.lock_case(session, facts.case_id)
        _require(at, actor, facts)
        if not facts.count(ItemState.DONE):
            raise BadInput("这个批次还没有制发的文书。", remedy="制作完成后再打印。", path="batch")
        running = [j.id for j in jobs.jobs_of(session, subject=batch_id, kind=PRINT_JOB, limit=1) if not j.is_over]
        given = {"copies": copies, "duplex": duplex, "receipts": receipts}
        asked = {"kind": PRINT_JOB, "subject": batch_id, "by": actor.account_id, "agency_id": facts.agency_id}
        return running[0] if running else jobs.ask(session, ctx, **asked, given=given)


def batch(ctx: Context, actor: Actor, batch_id: str) -> BatchFacts:
    """Return a batch of a case that the actor may read."""
    with ctx.database.read() as session:
        facts = batches.batch_facts(session, batch_id)
        _require(office(ctx, session), actor, facts, Permission.CASE_READ)
        return facts


def last_of_case(session: orm.Session, case_id: str) -> str | None:
    """Return the last batch of a case; the caller has asked whether the case may be read."""
    found = batches.batches_of_case(session, case_id)
    return found[0].id if found else None


def open_item(ctx: Context, account_id: str, batch_id: str, seq: int) -> str:
    """Open the paper of one item, once; return its id.

    Raises:
        BadInput: Party or values are wrong.
        Refused: The paper may not be opened.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        facts = batches.batch_facts(session, batch_id)
        shelf.lock_case(session, facts.case_id)
        item = batches.item_facts(session, batch_id, seq, lock=True)
        if item.document_id:
            return item.document_id
        actor = actor_of(session, account_id, ctx.clock.now())
        pattern = at.document(facts.pattern_id)
        line = Line(number=item.line, party=item.party, data=item.data)
        document, party_id, _ = _opened(at, actor, pattern, facts.shared, line)
        own = {"document_id": document.id, "party_id": party_id}
        batches.change_item(session, batch_id, seq, at=ctx.clock.now(), **own)
        return document.id


def settle(ctx: Context, batch_id: str, seq: int, error: AnjuanError | None = None) -> str:
    """Write how an item ended and return its state."""
    state = ItemState.DONE if error is None else ItemState.FAILED
    found = error.findings[0] if error and error.findings else None
    words = {
        "message": (found.message if found else error.message) if error else "",
        "remedy": (found.remedy if found else error.remedy) if error else "",
    }
    with ctx.database.write() as session:
        tries = batches.item_facts(session, batch_id, seq, lock=True).tries + 1
        batches.change_item(session, batch_id, seq, at=ctx.clock.now(), state=state.value, tries=tries, **words)
    return state.value


def _pattern(ctx: Context, actor: Actor, pattern_id: str) -> tuple[DocumentFacts, DocumentType, dict[str, Any]]:
    """Return the draft, its type, and what all papers share."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        pattern = at.document(pattern_id)
        case = queries.case_facts(session, pattern.case_id) if pattern.case_id else None
        require_on(at, actor, Permission.DOCUMENT_DRAFT, case=case, document=pattern)
        definition = at.catalogue.get(pattern.type)
        _refuse_unfit(pattern, definition, case)
        shared = {
            f.name: pattern.data[f.name] for f in definition.data_fields if f.name in pattern.data and _is_shared(f)
        }
        return pattern, definition, shared


def _is_shared(field: Any) -> bool:
    return not str(field.source or "").startswith(OWN)


def _refuse_unfit(pattern: DocumentFacts, definition: DocumentType, case: CaseFacts | None) -> None:
    secret = INFORMANT in (pattern.secrecy, definition.secrecy, *(f.mask for f in definition.fields))
    if secret or case is None or definition.visibility != "external":
        message = f"《{definition.title}》不按名单批量制作。"
        finding = Finding(
            code="BATCH", message=message, remedy="只有案件中发给当事人的文书可以批量制作。", who="承办人"
        )
        raise Refused(message, remedy=finding.remedy, findings=[finding])


def _opened(
    at: Office, actor: Actor, pattern: DocumentFacts, shared: Mapping[str, Any], line: Line
) -> tuple[DocumentFacts, str, bool]:
    """Register the party where it is new, take it into the case, and open its paper, in the caller's transaction."""
    given = party_of(line)
    known = _known(at, actor, given)
    party_id = known or parties.registered(at, actor, given).id
    case = queries.case_facts(at.session, str(pattern.case_id), at.today)
    if party_id not in {p.id for p in case.parties}:
        case = cases.joined(at, actor, case_id=case.id, party_id=party_id)
    _refuse_second(at, pattern, party_id)
    opening = Opening(
        type=pattern.type,
        case_id=case.id,
        data={**shared, **line.data},
        party_id=party_id,
        officer_ids=[o.person_id for o in pattern.officers],
        target_id=pattern.target_id,
    )
    return open_paper(at, actor, opening), party_id, known is None


def _known(at: Office, actor: Actor, given: Mapping[str, Any]) -> str | None:
    """Return the party of the register with this number, whatever certificate the table calls it by."""
    stated = read_party(given, at.today)
    return register.with_number(at.session, actor.agency_id, stated["id_type"], stated["id_no"])


def _refuse_second(at: Office, pattern: DocumentFacts, party_id: str) -> None:
    papers = [d for d in at.papers(pattern.case_id) if d.type == pattern.type and d.status in ALIVE]
    if any(d.party_id == party_id and d.id != pattern.id for d in papers):
        raise BadInput("该当事人在本案已有这种文书。", remedy="从名单中删去这一行，或先作废原来的文书。", path="name")


def _tried(desk: _Desk, line: Line) -> Tried:
    name = line.party.get("name", "")
    first, table = desk.twice.get(line.party.get("id_no", "")), desk.table
    if first is not None and first != line.number:
        message = f"证件号码与第{first}行相同。"
        fault = Finding(code="TABLE", path=table.label("id_no"), message=message, remedy="删去重复的行。")
        return Tried(line=line.number, name=name, faults=(fault,))
    try:
        found, is_new = _against(desk, line)
    except Unavailable:
        raise
    except AnjuanError as error:
        found, is_new = list(error.findings) or [_finding(error)], False
    named = [replace(f, path=table.label(f.path) if f.path else "") for f in found]
    hard, soft = [f for f in named if not f.soft], [f for f in named if f.soft]
    return Tried(line=line.number, name=name, is_new=is_new, faults=tuple(hard), asks=tuple(soft))


def _finding(error: AnjuanError) -> Finding:
    return Finding(code=error.code, message=error.message, remedy=error.remedy, path=error.path)


def _against(desk: _Desk, line: Line) -> tuple[list[Finding], bool]:
    """Open a row's paper, see what stands against issuing it, and take everything back."""
    found: list[Finding] = []
    is_new = False
    with contextlib.suppress(_Undo), desk.ctx.database.write() as session:
        at = office(desk.ctx, session)
        shelf.lock_case(session, str(desk.pattern.case_id))
        document, _, is_new = _opened(at, desk.actor, desk.pattern, desk.shared, line)
        view = view_of(at, document)
        require_on(at, desk.actor, Permission.DOCUMENT_ISSUE, case=view.case, document=document)
        found = [f for f in issuing.against(view) if f.code != "SLOT"]
        raise _Undo
    return found, is_new


def _twice(table: Table) -> dict[str, int]:
    """Return the first row of each certificate number."""
    found: dict[str, int] = {}
    for line in table.lines:
        if number := line.party.get("id_no"):
            found.setdefault(number, line.number)
    return found


def _named(row: Tried, findings: Sequence[Finding]) -> Iterator[Finding]:
    for one in findings:
        column = f"“{one.path}”列：" if one.path else ""
        yield replace(one, message=f"第{row.line}行{column}{one.message}", path="table")


def _item(seq: int, line: Line) -> ItemFacts:
    return ItemFacts(
        seq=seq,
        line=line.number,
        party=dict(line.party),
        data=dict(line.data),
        party_id=None,
        document_id=None,
        state=ItemState.WAITING,
        message="",
        remedy="",
        tries=0,
    )


def _asked(at: Office, facts: BatchFacts, account_id: str) -> BatchFacts:
    job_id = jobs.ask(at.session, at.ctx, kind=JOB, subject=facts.id, by=account_id, agency_id=facts.agency_id)
    batches.set_job(at.session, facts.id, job_id)
    return batches.batch_facts(at.session, facts.id)


def _require(at: Office, actor: Actor, facts: BatchFacts, permission: Permission = Permission.CASE_CHANGE) -> None:
    require_on(at, actor, permission, case=queries.case_facts(at.session, facts.case_id))


def _note(at: Office, actor: Actor, facts: BatchFacts, kind: str, *, count: int) -> None:
    data = {"batch": facts.id, "pattern": facts.pattern_id, "count": count}
    stream = f"case:{facts.case_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=data)
