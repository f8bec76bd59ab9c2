"""Signing slots and giving papers back with remarks.

Journal kinds: `document.signed`, `document.sign_refused`, `document.returned`; events name slot, person id and digest.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from access.facts import Actor
from access.policy import Permission
from casework import approvals, queries, sealing, shelf, validation
from casework.approvals import Signer, Signing
from casework.facts import DocumentFacts, SlotFill, Status
from casework.gates.api import REVISE, CaseView
from casework.operations import delegating, effects, signed_copies
from casework.operations.common import acting_on, locked_view, note, require_on
from casework.views import Office, office, with_document
from foundation.blobs import refuse_empty
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Finding, Refused

METHODS = ("screen", "paper", "certificate")
PNG = b"\x89PNG\r\n\x1a\n"
MOST_IMAGE = 200_000
"""Bytes of a drawn signature at most."""
RETURNING = ("review", "approve", "opinion")
"""Parts whose signers may give a paper back."""


def fill_slot(
    ctx: Context,
    actor: Actor,
    *,
    document_id: str,
    slot: str,
    values: Mapping[str, Any] | None = None,
    name: str = "",
    method: str = "screen",
    image: bytes = b"",
    refused: str = "",
    witness: str = "",
    content_digest: str = "",
) -> DocumentFacts:
    """Sign a slot: the actor for a role of the office, a named person (or a refusal) for a role outside.

    Args:
        ctx: The floor.
        actor: Who signs, or before whom an outsider signs.
        document_id: The paper.
        slot: The slot's id.
        values: Opinion or decision that the slot fills.
        name: Name of a person outside the office.
        method: screen, paper or certificate.
        image: The drawn signature (PNG), when there is one.
        refused: Why an outsider refuses to sign.
        witness: Who witnessed the refusal.
        content_digest: What the signer looked at; left out, what is there is signed.

    Raises:
        Conflict: The paper is another than the signer looked at.
        Refused: Order, role, person or a gate stands against it; every reason is named.
        BadInput: The values are wrong.
    """
    if method not in METHODS:
        raise BadInput(f"没有“{method}”这种签名方式。", remedy=f"可用：{'、'.join(METHODS)}。", path="method")
    kept = _kept(ctx, document_id, signature_image(image)) if image else None
    wish = Signing(
        slot=slot,
        signer=_signer(actor),
        values=values or {},
        name=_outside_name(name),
        method=method,
        refused=refused.strip(),
        witness=witness.strip(),
    )

    def look(at: Office) -> tuple[Actor, CaseView, Signing]:
        return _looked(at, actor, document_id, wish, looked_at=content_digest, kept=kept)

    with acting_on(ctx, look) as (at, (by, view, signing)):
        return _signed(at, by, view, approvals.fill_of(view, signing, ctx.clock.now()))


def _looked(
    at: Office, actor: Actor, document_id: str, wish: Signing, *, looked_at: str, kept: tuple[str, str] | None
) -> tuple[Actor, CaseView, Signing]:
    """Return who may sign, the view, and the signing that nothing stands against."""
    view, by = locked_view(at, document_id, act=REVISE), delegating.as_of_now(at, actor)
    require_on(at, by, Permission.DOCUMENT_SIGN, case=view.case, document=view.document)
    if looked_at and looked_at != view.document.content_digest:
        raise Conflict("文书在您查看之后有改动，没有签署。", remedy="重新查看后再签。")
    values, image = _slot_values(view, wish.slot, wish.values), _drawn(view.document, kept)
    signing = replace(wish, signer=_signer(by), values=values, image=image)
    if found := approvals.against(view, signing):
        raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
    return by, view, signing


def _signer(actor: Actor) -> Signer:
    return Signer(person_id=actor.person_id, name=actor.name, roles=actor.roles, acting=actor.acting)


def _kept(ctx: Context, document_id: str, image: bytes) -> tuple[str, str]:
    """Store a drawn signature before anything is locked; return its blob and the class that it was stored for."""
    with ctx.database.read() as session:
        document = queries.document_facts(session, document_id)
    return sealing.put(ctx, image, sealing.about_file(document, sealing.IMAGE)).sha256, document.secrecy


def _drawn(document: DocumentFacts, kept: tuple[str, str] | None) -> str:
    blob, secrecy = kept or ("", document.secrecy)
    if secrecy != document.secrecy:
        raise Conflict("文书的密级刚刚改变，签名没有保存。", remedy="刷新页面后重新签名。")
    return blob


def _slot_values(view: CaseView, slot: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean, findings = validation.normalise_slot(view.definition, view.definition.slot(slot).fills, values)
    if findings:
        first = findings[0]
        raise BadInput(first.message, remedy=first.remedy, path=first.path, findings=findings)
    return {k: v for k, v in clean.items() if v is not None}


def _outside_name(name: str) -> str:
    clean, findings = validation.read_name(name)
    if findings:
        raise BadInput(findings[0].message, remedy=findings[0].remedy, path="name", findings=findings)
    return clean


def _signed(at: Office, actor: Actor, view: CaseView, fill: SlotFill) -> DocumentFacts:
    document = view.document
    outside = approvals.is_outside(fill.role)
    by, lock = actor.person_id if outside else "", at.lock(view.definition)
    shelf.add_fill(at.session, at.ctx.ids.new(), document, fill, lock, recorded_by=by)
    status = Status.SIGNING if document.status is Status.DRAFT else document.status
    shelf.change(at.session, document.id, at=at.ctx.clock.now(), status=status)
    kind = "document.sign_refused" if fill.refused else "document.signed"
    facts = {"slot": fill.slot, "part": fill.part, "method": fill.method, "person": fill.person_id}
    facts |= {"for": fill.for_id, "delegation": fill.delegation_id} if fill.delegation_id else {}
    note(at, actor, document, kind, version=document.version, digest=document.content_digest, **facts)
    signed = with_document(view, at.document(document.id))
    if view.definition.slot(fill.slot).when == "after_issue":
        effects.signed_after_issue(at, actor, signed)
        signed_copies.ask_for_copy(at, actor, signed.document, view.definition)
    else:
        effects.signed_before_issue(at, actor, signed, fill.slot)
    return at.document(document.id)


def return_document(ctx: Context, actor: Actor, *, document_id: str, remarks: Mapping[str, str]) -> DocumentFacts:
    """Give a paper back to its author with remarks at fields; its signatures are void with the next version.

    Args:
        ctx: The floor.
        actor: Somebody who may sign one of its review, approve or opinion slots.
        document_id: The paper.
        remarks: Text by field name; the empty name is the whole paper.

    Raises:
        BadInput: No remark, or a field that it does not have.
        Refused: It is not being signed, or the actor has no slot in it.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        view, actor = locked_view(at, document_id, act=REVISE), delegating.as_of_now(at, actor)
        require_on(at, actor, Permission.DOCUMENT_RETURN, case=view.case, document=view.document)
        texts = _remarks(view, remarks)
        _may_return(view, actor)
        now = ctx.clock.now()
        for field, text in texts.items():
            words = {"field": field, "text": text, "person_id": actor.person_id, "name": actor.name, "at": now}
            shelf.add_remark(session, ctx.ids.new(), view.document, ctx.keys, **words)
        shelf.change(session, document_id, at=now, status=Status.RETURNED)
        note(at, actor, view.document, "document.returned", version=view.document.version, fields=sorted(texts))
        return at.document(document_id)


def _remarks(view: CaseView, remarks: Mapping[str, str]) -> dict[str, str]:
    texts = {k: v.strip() for k, v in remarks.items() if v.strip()}
    if not texts:
        raise BadInput("退回须写明意见。", remedy="在有问题的栏目旁写明意见。", path="remarks")
    for name in texts:
        if name and view.definition.find_field(name) is None:
            raise BadInput(
                f"《{view.document.title}》没有“{name}”这一栏。", remedy="选择文书的栏目。", path=f"remarks.{name}"
            )
    return texts


def _may_return(view: CaseView, actor: Actor) -> None:
    if view.document.status not in (Status.DRAFT, Status.SIGNING):
        message = f"文书处于“{approvals.STATUS_NAMES[view.document.status]}”状态，不能退回。"
        raise Refused(message, remedy="只有签批中的文书可以退回。", findings=[_slot_finding(message)])
    slots = [s for s in view.definition.slots if s.part in RETURNING]
    roles = actor.roles | {a.role for a in actor.acting if view.type in a.types}
    if not any(approvals.may_sign(s, roles) for s in slots):
        message = f"{actor.name}不是这份文书的审核人或批准人。"
        raise Refused(message, remedy="由审核人或批准人退回。", findings=[_slot_finding(message)])


def _slot_finding(message: str) -> Finding:
    return Finding(code="SLOT", article="A37.1", message=message, remedy="由审核人或批准人退回签批中的文书。")


def signature_image(image: bytes) -> bytes:
    """Return a drawn signature that may be kept: a PNG of at most 200 kB.

    Raises:
        BadInput: It is empty, too large or no PNG.
    """
    refuse_empty(len(image), "image")
    if len(image) > MOST_IMAGE or not image.startswith(PNG):
        raise BadInput("签名图片应为不超过200KB的PNG。", remedy="重新签名。", path="image")
    return image
