"""Attempts to serve a paper: which methods are open and why others are not, proof, what failed, what comes next.

An attempt begins with `services.serve`; what is known afterwards is written into the receipt (`changing.revise`), which
is signed and issued like any paper, and says from which day the paper is served. Here is what stands around it.
Journal kinds: `service.failed`, `service.opened`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from access.facts import Actor
from access.policy import Permission, decide
from casework import queries, sealing, services, shelf
from casework.cleaning import clean, damage
from casework.facts import DocumentFacts, ServiceFacts, ServiceMethod, Status
from casework.gates import registry
from casework.gates.api import DONE, CaseView
from casework.operations import changing, effects
from casework.operations.announcing import link_recording
from casework.operations.common import require_on
from casework.operations.opening import Opening, open_paper
from casework.operations.services import RECEIPT
from casework.services import Effect, Way
from casework.views import Office, office, view_of
from foundation import journal
from foundation.clock import local
from foundation.context import Context
from foundation.errors import BadInput, Finding, NotFound, Refused

LONGEST = 500
EXPLANATION = "announcement_explanation"
OVER = (Status.VOID, Status.REPLACED)


@dataclass(frozen=True, kw_only=True)
class Option:
    """A method for a paper."""

    way: Way
    against: tuple[Finding, ...]
    """What stands against beginning with it."""
    tried: int = 0
    """Attempts by it that failed."""
    advised: bool = False
    """The first one in the law's order that is open and has not failed."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One receipt with the papers that it serves."""

    receipt: DocumentFacts
    services: tuple[ServiceFacts, ...]
    way: Way
    effect: Effect
    """What the receipt proves as it is filled now."""

    @property
    def files(self) -> Sequence[Mapping[str, str]]:
        """Return what was handed in as proof, in its order."""
        found: Sequence[Mapping[str, str]] = self.services[0].proof.get("files", ()) if self.services else ()
        return found

    @property
    def failed(self) -> bool:
        """Whether it was noted that it did not reach the addressee."""
        return any(s.failed_at for s in self.services)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done with it."""
        return self.failed or self.receipt.status in (*DONE, *OVER)


def options(ctx: Context, actor: Actor, document_id: str) -> list[Option]:
    """Return the methods in the law's order, with what stands against each for this paper."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        paper = at.document(document_id)
        case = queries.case_facts(session, paper.case_id) if paper.case_id else None
        require_on(at, actor, Permission.DOCUMENT_READ, case=case, document=paper)
        common = tuple(_unready(at, actor, paper))
        mine = [s for s in queries.services_of(session, paper.case_id or "") if s.document_id == paper.id]
        tried = {m: sum(s.method is m and s.failed_at is not None for s in mine) for m in ServiceMethod}
        found = [
            Option(way=way, against=common or tuple(_against(at, paper, way)), tried=tried[way.method])
            for way in services.ways().values()
        ]
    best = next((o for o in found if not o.against and not o.tried and o.way.method is not ServiceMethod.LEAVING), None)
    return [replace(o, advised=o is best) for o in found]


def _unready(at: Office, actor: Actor, paper: DocumentFacts) -> list[Finding]:
    """Return what stands against serving a paper at all."""
    if paper.case_id is None:
        return [_finding("不属于案件的文书不用送达回证。", "选择案件的文书。")]
    if paper.status not in DONE:
        return [_finding(f"《{paper.title}》还没有制发，不能送达。", "先制发文书再送达。")]
    record = queries.case_record(queries.case_facts(at.session, paper.case_id))
    verdict = decide(actor, Permission.SERVICE_RECORD, record, queries.viewer_of(at.session, actor))
    return [] if verdict.allowed else [_finding(verdict.reason, "由本案承办人送达。")]


def _finding(message: str, remedy: str) -> Finding:
    return Finding(code="G12", article="A23.1", message=message, remedy=remedy, who="承办人")


def _against(at: Office, paper: DocumentFacts, way: Way) -> list[Finding]:
    """Return what the gates of a receipt say of its method alone."""
    definition = at.catalogue.get(RECEIPT)
    form = replace(
        paper,
        id="",
        type=RECEIPT,
        title=definition.title,
        stage=definition.stage,
        status=Status.DRAFT,
        definition_digest=definition.digest,
        data={"method": way.word},
        slots=(),
        blobs={},
        number="",
        target_id=paper.id,
    )
    view = view_of(at, form, others=at.papers(paper.case_id))
    return [f for f in registry.ask(view) if f.code == "G13" or (f.code == "G12" and f.path == "method")]


def attempt(ctx: Context, actor: Actor, receipt_id: str) -> Attempt:
    """Return an attempt that the actor may read.

    Raises:
        NotFound: There is no such receipt for this actor.
    """
    with ctx.database.read() as session:
        at = office(ctx, session)
        receipt = at.document(receipt_id)
        case = queries.case_facts(session, receipt.case_id) if receipt.case_id else None
        require_on(at, actor, Permission.DOCUMENT_READ, case=case, document=receipt)
        return attempt_of(at, receipt)


def attempt_of(at: Office, receipt: DocumentFacts) -> Attempt:
    """Return the attempt behind a receipt.

    Raises:
        NotFound: The paper is no receipt of an attempt.
    """
    method = services.method_of(str(receipt.data.get("method") or ""))
    known = [sealing.opened(at.ctx.keys, s) for s in queries.services_by_receipt(at.session, receipt.id)]
    if receipt.type != RECEIPT or not (known or method):
        raise NotFound("没有这次送达。", remedy="在案件页面的“送达”中选择。")
    way = services.ways()[method or known[0].method]
    view = view_of(at, receipt)
    return Attempt(receipt=receipt, services=tuple(known), way=way, effect=_foreseen(view, known))


def _foreseen(view: CaseView, known: Sequence[ServiceFacts]) -> Effect:
    if not known:
        return Effect(valid=False, why="没有登记送达的文书。")
    if all(s.valid for s in known):
        return Effect(valid=True, served_on=known[0].served_on, received_at=known[0].received_at)
    method = services.method_of(str(view.value("method"))) or known[0].method
    return services.effect_of(view, replace(known[0], method=method))


def fail(ctx: Context, actor: Actor, receipt_id: str, *, why: str, more: str = "") -> Attempt:
    """Note that an attempt did not reach the addressee: its receipt is void but stays to be read.

    Args:
        ctx: The floor.
        actor: Who notes it.
        receipt_id: The receipt.
        why: How it failed, as the method names it.
        more: What happened.

    Raises:
        BadInput: No reason.
        Refused: The receipt is issued, or the attempt is closed.
    """
    reason = _reason(why, more)
    with ctx.database.write() as session:
        at = office(ctx, session)
        found = locked(at, actor, receipt_id)
        refuse_closed(found)
        changing.void_paper(at, actor, receipt_id, f"送达未果：{reason}")
        for one in found.services:
            paper = queries.document_facts(session, one.document_id)
            facts = {"failed_at": ctx.clock.now(), "failed_why": reason}
            shelf.change_service(session, one.id, paper, ctx.keys, **facts)
        note_attempt(at, actor, found, "service.failed", method=found.way.method.value)
        return attempt_of(at, at.document(receipt_id))


def leave(ctx: Context, actor: Actor, receipt_id: str, *, base_version: int) -> None:
    """Go on as service by leaving, with the same receipt: the addressee refused on the spot.

    Raises:
        Refused: The attempt is closed, or is no direct service.
        VersionConflict: Somebody changed the receipt meanwhile.
    """
    found = attempt(ctx, actor, receipt_id)
    refuse_closed(found)
    if found.way.method is not ServiceMethod.DIRECT:
        message = f"{found.way.title}不能改为留置送达。"
        raise Refused(message, remedy="另行开始一次送达。", findings=[_finding(message, "另行开始一次送达。")])
    data = {"method": services.WORDS[ServiceMethod.LEAVING]}
    changing.revise(ctx, actor, document_id=receipt_id, base_version=base_version, data=data)


def link(ctx: Context, actor: Actor, receipt_id: str, *, recording_id: str) -> None:
    """Link a recording of the service to the receipt, and let the receipt name it while nobody has signed it.

    Raises:
        NotFound: The case has no such recording, or there is no such receipt, for this actor.
    """
    found = attempt(ctx, actor, receipt_id)
    link_recording(ctx, actor, recording_id=recording_id, document_ids=[receipt_id])
    if found.receipt.status is Status.DRAFT and not found.receipt.slots:
        changing.refresh(ctx, actor, document_id=receipt_id)


def explain(ctx: Context, actor: Actor, document_id: str) -> DocumentFacts:
    """Open the explanation that an announcement needs, filled with the attempts that failed.

    Raises:
        NotFound: There is no such paper for this actor.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        paper = at.document(document_id)
        require_on(at, actor, Permission.DOCUMENT_READ, document=paper)
        opening = Opening(
            type=EXPLANATION, case_id=paper.case_id, target_id=paper.id, data={"attempts": _failed(at, paper)}
        )
        return open_paper(at, actor, opening)


def _failed(at: Office, paper: DocumentFacts) -> list[dict[str, str]]:
    found = []
    for one in queries.services_of(at.session, paper.case_id or ""):
        if one.document_id == paper.id and one.failed_at is not None:
            known = sealing.opened(at.ctx.keys, one)
            files = "、".join(f["what"] for f in known.proof.get("files", ()))
            row = {"method": services.WORDS[one.method], "at": local(one.failed_at).isoformat(timespec="minutes")[:16]}
            row |= {"address": known.address, "result": known.failed_why, "evidence": files}
            found.append({k: v for k, v in row.items() if v})
    return found


def _reason(why: str, more: str) -> str:
    text = "：".join(p for p in (clean(why), clean(more, lines=True)) if p)
    if not clean(why) or len(text) > LONGEST:
        raise BadInput("没有写明送达未果的情况。", remedy=f"选择情况并简要说明（{LONGEST}字以内）。", path="why")
    if found := damage(text, "more", "说明"):
        raise BadInput(found.message, remedy=found.remedy, path="more", findings=[found])
    return text


def locked(at: Office, actor: Actor, receipt_id: str) -> Attempt:
    """Lock a receipt's case and return its attempt, when the actor serves in it.

    A receipt that was opened like any paper begins its attempt now.
    """
    shelf.lock_document(at.session, receipt_id)
    found = allowed(at, actor, receipt_id)
    if found.services:
        return found
    effects.attempts_of(at, view_of(at, found.receipt))
    begun = attempt_of(at, found.receipt)
    note_attempt(at, actor, begun, "service.opened", method=begun.way.method.value)
    return begun


def allowed(at: Office, actor: Actor, receipt_id: str) -> Attempt:
    """Return the attempt of a receipt, when the actor serves in its case.

    Raises:
        Forbidden: They do not.
        NotFound: There is none for this actor.
    """
    receipt = at.document(receipt_id)
    case = queries.case_facts(at.session, receipt.case_id, at.today) if receipt.case_id else None
    require_on(at, actor, Permission.DOCUMENT_READ, case=case, document=receipt)
    require_on(at, actor, Permission.SERVICE_RECORD, case=case)
    return attempt_of(at, receipt)


def refuse_closed(found: Attempt) -> None:
    """Refuse a change of an attempt that is closed.

    Raises:
        Refused: It failed, or its receipt is void.
    """
    if found.failed or found.receipt.status in OVER:
        message = "这次送达已记为未果，不能再变更。"
        raise Refused(message, remedy="另行开始一次送达。", findings=[_finding(message, "另行开始一次送达。")])


def note_attempt(at: Office, actor: Actor, found: Attempt, kind: str, **data: str) -> None:
    """Write an event of each paper of an attempt."""
    for one in found.services:
        event = {"service": one.id, "document": one.document_id, "receipt": found.receipt.id, **data}
        stream = f"case:{one.case_id}"
        journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)
