"""Opening, changing, signing, returning and voiding papers; one transaction each.

Order of every operation: lock the case, load, permission, gates, change, journal, outbox, facts. Journal kinds:
`document.drafted`, `document.revised`, `document.refreshed`, `document.signed`, `document.sign_refused`,
`document.returned`, `document.voided`; events name fields, versions and digests, never values.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from access.facts import Actor
from access.policy import Permission
from sqlalchemy import orm

from casework import approvals, documents, prefill, queries, shelf, validation, views
from casework.approvals import Signer, Signing
from casework.facts import CaseFacts, DocumentFacts, OfficerFacts, SlotFill, Status
from casework.gates.api import REVISE, CaseView
from casework.gates.registry import ask
from casework.operations import effects
from casework.operations.common import note, require_on
from casework.prefill import Sources
from casework.shelf import Version
from casework.sums import sum_of
from casework.views import Office, office, view_of
from catalogue import versions
from catalogue.definitions import DocumentType
from foundation.blobs import refuse_empty
from foundation.context import Context
from foundation.errors import BadInput, Finding, Refused

OPEN = (Status.DRAFT, Status.SIGNING, Status.RETURNED)
METHODS = ("screen", "paper", "certificate")
PNG = b"\x89PNG\r\n\x1a\n"
MOST_IMAGE = 200_000
OWN = ("sum.", "document.")
"""Sources that look at the paper's own values."""
RETURNING = ("review", "approve", "opinion")


@dataclass(frozen=True, kw_only=True)
class Stale:
    """A draft whose sources changed since it was filled."""

    document: DocumentFacts
    fields: tuple[str, ...]


# --- opening ---------------------------------------------------------------------------------------------------------


def draft(
    ctx: Context,
    actor: Actor,
    *,
    type: str,  # noqa: A002 - the word of definitions and scenarios
    case_id: str | None = None,
    data: Mapping[str, Any] | None = None,
    party_id: str | None = None,
    officer_ids: Sequence[str] | None = None,
    target_id: str | None = None,
    recording_id: str | None = None,
    recording_ids: Sequence[str] = (),
    reference: str = "",
    given: Mapping[str, Any] | None = None,
) -> DocumentFacts:
    """Open a paper, filled with all that is known; what the caller gives goes before.

    Args:
        ctx: The floor.
        actor: Who opens it.
        type: Document type.
        case_id: The case; None for a paper of the agency.
        data: Values by field; a list may be `{append: rows}`.
        party_id: The party concerned; the case's only one when left out.
        officer_ids: Who acts in it; all officers of the case when left out.
        target_id: The paper that it serves, approves, corrects or reviews.
        recording_id: For a registration sheet: its recording.
        recording_ids: Recordings of the act.
        reference: Name by which a scenario calls it.
        given: What another part computes, by source path (`archive.pages`).

    Raises:
        BadInput: Values are wrong; every fault is named.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = _locked_case(session, case_id)
        definition = at.catalogue.get(type)
        require_on(at, actor, Permission.DOCUMENT_DRAFT, case=case)
        _require_power(at, actor, definition)
        facts = DocumentFacts(
            **_head(ctx, actor, definition),
            case_id=case_id,
            party_id=_party(case, party_id),
            officers=_officers(case, officer_ids),
            target_id=_target(session, case_id, target_id),
            recording_id=recording_id,
            reference=reference,
        )
        return _opened(at, actor, facts, data or {}, recordings=_linked(recording_id, recording_ids), given=given)


def _locked_case(session: orm.Session, case_id: str | None) -> CaseFacts | None:
    if case_id is None:
        return None
    shelf.lock_case(session, case_id)
    return queries.case_facts(session, case_id)


def _head(ctx: Context, actor: Actor, definition: DocumentType) -> dict[str, Any]:
    return {
        "id": ctx.ids.new(),
        "agency_id": actor.agency_id,
        "type": definition.id,
        "title": definition.title,
        "stage": definition.stage,
        "volume": definition.volume,
        "secrecy": definition.secrecy,
        "status": Status.DRAFT,
        "version": 1,
        "definition_digest": definition.digest,
        "content_digest": "",
        "data": {},
        "author_id": actor.person_id,
    }


def _require_power(at: Office, actor: Actor, definition: DocumentType) -> None:
    settings = at.settings_today(actor.agency_id)
    if all(settings.get(f"powers.{power}") for power in definition.powers):
        return
    finding = Finding(
        code="POWER",
        article="A2.1",
        message=f"本机关没有登记《{definition.title}》所需的权限。",
        remedy="由系统管理员登记赋权依据和日期后启用。",
        who="系统管理员",
    )
    raise Refused(finding.message, remedy=finding.remedy, findings=[finding])


def _party(case: CaseFacts | None, party_id: str | None) -> str | None:
    parties = case.parties if case else ()
    if party_id is None:
        return parties[0].id if len(parties) == 1 else None
    if party_id not in {p.id for p in parties}:
        raise BadInput("所选当事人不在本案。", remedy="先把当事人加入本案。", path="party_id")
    return party_id


def _officers(case: CaseFacts | None, wanted: Sequence[str] | None) -> tuple[OfficerFacts, ...]:
    members = case.members if case else ()
    if wanted is None:
        return tuple(members)
    known = {m.person_id: m for m in members}
    if any(w not in known for w in wanted):
        raise BadInput("所选执法人员不是本案承办人员。", remedy="先把该人员加派到本案。", path="officers")
    return tuple(known[w] for w in dict.fromkeys(wanted))


def _target(session: orm.Session, case_id: str | None, target_id: str | None) -> str | None:
    if target_id is not None and queries.document_facts(session, target_id).case_id != case_id:
        raise BadInput("所针对的文书不在本案。", remedy="选择本案的文书。", path="target_id")
    return target_id


def _linked(recording_id: str | None, recording_ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*recording_ids, *([recording_id] if recording_id else [])]))


def _opened(
    at: Office,
    actor: Actor,
    facts: DocumentFacts,
    data: Mapping[str, Any],
    *,
    recordings: list[str],
    given: Mapping[str, Any] | None,
) -> DocumentFacts:
    now = at.ctx.clock.now()
    versions.store(at.session, at.catalogue)
    view = views.linked(view_of(at, facts), recordings)
    clean, opening = _filled(view, data, given)
    digest = documents.content_digest(view.definition, facts.id, 1, clean)
    facts = replace(facts, content_digest=digest)
    shelf.insert(at.session, facts, now)
    shelf.add_version(at.session, facts, Version(data=clean, given=opening), by=actor.person_id, at=now)
    for recording in recordings:
        shelf.link_recording(at.session, recording, facts, now)
    note(at, actor, facts, "document.drafted", type=facts.type, version=1, digest=digest, fields=sorted(clean))
    return at.document(facts.id)


def _filled(
    view: CaseView, typed: Mapping[str, Any], given: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values of a new paper and what the sources gave; figures over its own values need a second reading."""
    seen, clean, opening = view, dict[str, Any](), dict[str, Any]()
    for _reading in range(2):
        opening = prefill.opening_values(view.definition, sources_of(seen, given))
        clean = _clean(view.definition, prefill.combined(view.definition, opening, typed))
        seen = views.with_values(view, clean)
    return clean, opening


def sources_of(view: CaseView, given: Mapping[str, Any] | None = None) -> Sources:
    """Return what the paths of a paper's definition lead to."""
    return Sources(view=view, sums=functools.partial(sum_of, view), given=dict(given or {}))


def _clean(definition: DocumentType, data: Mapping[str, Any]) -> dict[str, Any]:
    clean, findings = validation.normalise(definition, data)
    if findings:
        message = f"《{definition.title}》有{len(findings)}处需要更正。"
        raise BadInput(message, remedy="按下列各项更正后保存。", path=findings[0].path, findings=findings)
    return clean


# --- changing --------------------------------------------------------------------------------------------------------


def revise(
    ctx: Context, actor: Actor, *, document_id: str, base_version: int, data: Mapping[str, Any]
) -> DocumentFacts:
    """Save changed fields as a new version; signatures of the old one are void.

    Args:
        ctx: The floor.
        actor: Who changes it.
        document_id: The paper.
        base_version: The version that the person looked at.
        data: Changed fields; None empties one.

    Raises:
        VersionConflict: Somebody saved meanwhile; carries both versions.
        BadInput: Values are wrong.
        Refused: It is issued, or on its way.
    """
    with ctx.database.write() as session:
        at, view = _to_change(ctx, session, actor, document_id)
        current, definition = view.document, view.definition
        base = queries.version_facts(session, document_id, base_version)
        mine = _clean(definition, prefill.replaced(base.data, data))
        if base_version != current.version:
            found = documents.differences(definition, base.data, current.data, mine)
            raise documents.VersionConflict(current, found)
        mine, given = _recounted(view, mine, base.given)
        return _new_version(at, actor, current, mine, given=given, kind="document.revised")


def _recounted(
    view: CaseView, data: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return data with figures over its own values counted again, where nobody overwrote them."""
    own = {f.name for f in view.definition.data_fields if str(f.source or "").startswith(OWN)}
    opening = prefill.opening_values(view.definition, sources_of(views.with_values(view, data)))
    fresh = {**given, **{k: v for k, v in opening.items() if k in own}}
    return prefill.refreshed(view.definition, data, given, fresh), fresh


def refresh(ctx: Context, actor: Actor, *, document_id: str) -> DocumentFacts:
    """Take changed sources into fields that nobody touched; what a person typed stays.

    Raises:
        Refused: It is issued, or on its way.
    """
    with ctx.database.write() as session:
        at, view = _to_change(ctx, session, actor, document_id)
        version = queries.version_facts(session, document_id, view.document.version)
        opening = prefill.opening_values(view.definition, sources_of(view))
        kept = {k: v for k, v in version.given.items() if k not in opening and _is_handed_in(view.definition, k)}
        opening = {**opening, **kept}
        data = prefill.refreshed(view.definition, version.data, version.given, opening)
        return _new_version(at, actor, view.document, data, given=opening, kind="document.refreshed")


def _is_handed_in(definition: DocumentType, name: str) -> bool:
    """Tell whether a value came from archive: only archive can refresh it."""
    known = definition.find_field(name)
    return known is not None and str(known.source or "").startswith(("archive.", "batch."))


def stale_drafts(ctx: Context, actor: Actor, *, case_id: str) -> list[Stale]:
    """Return the case's drafts whose sources changed, with the fields that `refresh` would take."""
    found = []
    with ctx.database.read() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.CASE_READ, case=queries.case_facts(session, case_id))
        papers = at.papers(case_id)
        for document in (d for d in papers if d.status in OPEN):
            view = view_of(at, document, others=papers)
            version = queries.version_facts(session, document.id, document.version)
            opening = prefill.opening_values(view.definition, sources_of(view))
            fields = prefill.stale_fields(view.definition, version.data, version.given, opening)
            fields = tuple(f for f in fields if not _is_handed_in(view.definition, f))
            if fields:
                found.append(Stale(document=document, fields=fields))
    return found


def _to_change(ctx: Context, session: orm.Session, actor: Actor, document_id: str) -> tuple[Office, CaseView]:
    at = office(ctx, session)
    view = locked_view(at, document_id, act=REVISE)
    require_on(at, actor, Permission.DOCUMENT_REVISE, case=view.case, document=view.document)
    if found := list(ask(view)):
        raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
    return at, view


def locked_view(at: Office, document_id: str, *, act: str, reasons: Mapping[str, str] | None = None) -> CaseView:
    """Lock a paper's case and return the view of it."""
    shelf.lock_document(at.session, document_id)
    return view_of(at, at.document(document_id), act=act, reasons=reasons)


def _new_version(
    at: Office,
    actor: Actor,
    current: DocumentFacts,
    data: Mapping[str, Any],
    *,
    given: Mapping[str, Any],
    kind: str,
) -> DocumentFacts:
    changed = documents.changed_fields(current.data, data)
    if not changed and current.status is not Status.RETURNED:
        return current
    definition, version = at.definition_of(current), current.version + 1
    digest = documents.content_digest(definition, current.id, version, data)
    facts = replace(current, version=version, content_digest=digest, status=Status.DRAFT)
    shelf.add_version(at.session, facts, Version(data=data, given=given), by=actor.person_id, at=at.ctx.clock.now())
    voided = [f.slot for f in current.slots]
    note(at, actor, facts, kind, version=version, digest=digest, fields=changed, voided=voided)
    return at.document(current.id)


# --- signing ---------------------------------------------------------------------------------------------------------


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

    Raises:
        Refused: Order, role, person or a gate stands against it; every reason is named.
        BadInput: The values are wrong.
    """
    if method not in METHODS:
        raise BadInput(f"没有“{method}”这种签名方式。", remedy=f"可用：{'、'.join(METHODS)}。", path="method")
    blob = ctx.blobs.put(signature_image(image)).sha256 if image else ""
    with ctx.database.write() as session:
        at = office(ctx, session)
        view = locked_view(at, document_id, act=REVISE)
        require_on(at, actor, Permission.DOCUMENT_SIGN, case=view.case, document=view.document)
        signing = Signing(
            slot=slot,
            signer=Signer(person_id=actor.person_id, name=actor.name, roles=actor.roles),
            values=_slot_values(view, slot, values or {}),
            name=_outside_name(name),
            method=method,
            image=blob,
            refused=refused.strip(),
            witness=witness.strip(),
        )
        if found := approvals.against(view, signing):
            raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
        return _signed(at, actor, view, approvals.fill_of(view, signing, ctx.clock.now()))


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
    shelf.add_fill(at.session, at.ctx.ids.new(), document, fill, recorded_by=actor.person_id if outside else "")
    status = Status.SIGNING if document.status is Status.DRAFT else document.status
    shelf.change(at.session, document.id, at=at.ctx.clock.now(), status=status)
    kind = "document.sign_refused" if fill.refused else "document.signed"
    facts = {"slot": fill.slot, "part": fill.part, "method": fill.method, "person": fill.person_id}
    note(at, actor, document, kind, version=document.version, digest=document.content_digest, **facts)
    signed = at.document(document.id)
    if view.definition.slot(fill.slot).when == "after_issue":
        effects.signed_after_issue(at, actor, view_of(at, signed))
    return at.document(document.id)


# --- returning and voiding -------------------------------------------------------------------------------------------


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
        view = locked_view(at, document_id, act=REVISE)
        require_on(at, actor, Permission.DOCUMENT_RETURN, case=view.case, document=view.document)
        texts = _remarks(view, remarks)
        _may_return(view, actor)
        now = ctx.clock.now()
        for field, text in texts.items():
            words = {"field": field, "text": text, "person_id": actor.person_id, "name": actor.name, "at": now}
            shelf.add_remark(session, ctx.ids.new(), view.document, **words)
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
    if not any(approvals.may_sign(s, actor.roles) for s in slots):
        message = f"{actor.name}不是这份文书的审核人或批准人。"
        raise Refused(message, remedy="由审核人或批准人退回。", findings=[_slot_finding(message)])


def _slot_finding(message: str) -> Finding:
    return Finding(code="SLOT", article="A37.1", message=message, remedy="由审核人或批准人退回签批中的文书。")


def void(ctx: Context, actor: Actor, *, document_id: str, reason: str) -> DocumentFacts:
    """Give up a paper that was not issued; it stays to be read, with the reason.

    Raises:
        BadInput: No reason.
        Refused: It is issued, or on its way (give up issuing first).
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        view = locked_view(at, document_id, act=REVISE)
        require_on(at, actor, Permission.DOCUMENT_VOID, case=view.case, document=view.document)
        if not reason.strip():
            raise BadInput("作废须写明理由。", remedy="填写理由。", path="reason")
        if found := list(ask(view)):
            raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
        shelf.change(session, document_id, at=ctx.clock.now(), status=Status.VOID, ended_reason=reason.strip())
        note(at, actor, view.document, "document.voided", version=view.document.version)
        return at.document(document_id)


def signature_image(image: bytes) -> bytes:
    """Return a drawn signature that may be kept: a PNG of at most 200 kB.

    Raises:
        BadInput: It is empty, too large or no PNG.
    """
    refuse_empty(len(image), "image")
    if len(image) > MOST_IMAGE or not image.startswith(PNG):
        raise BadInput("签名图片应为不超过200KB的PNG。", remedy="重新签名。", path="image")
    return image
