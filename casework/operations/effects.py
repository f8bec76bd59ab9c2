"""What issuing and signing set going: service, closing, hand-over, correction; each as a happening of the case.

Called inside the transaction of the act, under its lock; the paper is issued or signed already. Journal kinds:
`document.served`, `service.took_effect`, `service.without_effect`, `recordings.handed_over`, `document.replaced`,
`document.corrected`, `case.appointed`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from access.facts import Actor
from casework import approvals, casebook, numbering, officers, queries, recordings, sealing, services, shelf
from casework.facts import CaseFacts, DocumentFacts, Happening, Procedure, ServiceFacts, ServiceMethod, SlotFill, Status
from casework.gates.api import DONE, CaseView, granted, rows
from casework.operations.common import note
from casework.operations.events import happen
from casework.views import Office, view_of
from foundation import journal
from foundation.clock import SHANGHAI, as_utc

CLOSING = "case_closing_report"
BY_HAND = "signed_on_document"
PERFORMED = ("已履行", "履行完毕", "已缴清", "已改正")


def issued(at: Office, actor: Actor, view: CaseView) -> None:
    """Carry out what the issue of a paper sets going."""
    document = view.document
    if document.case_id is not None:
        happen(at, actor, _about(view, "issued", at.ctx.clock.now()))
        _replace_earlier(at, actor, view)
        _appoint(at, actor, view)
    special = _SPECIAL.get(document.type)
    if special is not None:
        special(at, actor, view)
    _serve_by_hand(at, actor, view)


def signed_after_issue(at: Office, actor: Actor, view: CaseView) -> None:
    """Carry out what a signature on a handed-over paper sets going: signed on delivery, it is served."""
    _serve_by_hand(at, actor, view)


def signed_before_issue(at: Office, actor: Actor, view: CaseView, slot_id: str) -> None:
    """Carry out what a complete proposal sets going: the paper is handed in (A9.2: approval may follow)."""
    slot = view.definition.slot(slot_id)
    case_id, kind = view.document.case_id, f"submitted:{view.type}"
    if slot.part != "propose" or case_id is None or not approvals.is_complete(view, slot):
        return
    if casebook.has_event(at.session, case_id, kind, view.document.id):
        return
    happen(at, actor, _about(view, "submitted", at.ctx.clock.now()))
    both = ("submitted:emergency_initiation_report", "submitted:case_initiation_approval")
    if kind in both and all(casebook.has_event(at.session, case_id, k) for k in both):
        happen(at, actor, _about(view, "submitted", at.ctx.clock.now(), kind="reported"))


def _about(view: CaseView, what: str, when: dt.datetime, *, kind: str = "") -> Happening:
    document = view.document
    return Happening(
        kind=kind or f"{what}:{document.type}",
        case_id=str(document.case_id),
        agency_id=document.agency_id,
        subject_id=document.id,
        target_id=document.target_id or "",
        at=when,
        values={**view.values, **_derived(view)},
    )


def _derived(view: CaseView) -> dict[str, Any]:
    """Return what rules ask of a paper besides its fields."""
    out: dict[str, Any] = {"granted": granted(view.document)}
    if view.type == "performance_record":
        items = list(rows(view.value("items")))
        out["performed"] = bool(items) and all(row.get("status") in PERFORMED for row in items)
    if view.type in ("case_initiation_approval", "non_initiation_approval"):
        out["real_name"] = any(d.data.get("real_name") is True for d in view.done("complaint_report_register"))
    if view.type == "coercive_measure_decision" and (approval := view.latest("coercive_measure_approval")):
        out["urgent_at"] = approval.data.get("urgent_at")
    out["summary"] = view.case is not None and view.case.procedure is Procedure.SUMMARY
    out["permit"] = view.case is not None and view.case.procedure is Procedure.APPLICATION
    if view.type == CLOSING:
        out["performed_text"] = view.value("performed")
    return out


def _appoint(at: Office, actor: Actor, view: CaseView) -> None:
    """Give the persons whom a paper names for a part in the case, such as its hearing, that part: they may read it."""
    for person_id, role in officers.appointed(at.session, view.document, at.today):
        if casebook.appoint(at.session, view.document, person_id, role, at.ctx.clock.now()):
            note(at, actor, view.document, "case.appointed", person_id=person_id, role=role)


# --- service ----------------------------------------------------------------------------------------------------------


def _serve_by_hand(at: Office, actor: Actor, view: CaseView) -> None:
    """Serve a paper that is signed on delivery once everybody outside the office signed or refused."""
    document = view.document
    if view.definition.service != BY_HAND or document.status is not Status.ISSUED or document.case_id is None:
        return
    outside = [s for s in view.definition.slots if approvals.is_outside(s.role) and approvals.is_needed(view, s)]
    if not outside or not all(approvals.is_complete(view, s) for s in outside):
        return
    fills = [f for s in outside for f in approvals.fills_of(document, s)]
    last = max(fills, key=lambda f: f.at)
    when = max(last.at, document.issued_at or last.at)
    _record_by_hand(at, document, last, when)
    _served(at, actor, document, when)


def _record_by_hand(at: Office, document: DocumentFacts, fill: SlotFill, when: dt.datetime) -> None:
    shelf.insert_service(
        at.session,
        at.ctx.ids.new(),
        document,
        at.ctx.keys,
        receipt_id=None,
        method=ServiceMethod.DIRECT.value,
        valid=True,
        served_on=at.today,
        received_at=when,
        signer=fill.name,
        refused=fill.refused,
        proof={"slot": fill.slot, "witness": fill.witness},
        opened_at=at.ctx.clock.now(),
    )


def _served(at: Office, actor: Actor, document: DocumentFacts, when: dt.datetime) -> None:
    """Let a paper take effect from an instant."""
    if document.status is Status.ISSUED:
        shelf.change(at.session, document.id, at=at.ctx.clock.now(), status=Status.SERVED)
    note(at, actor, document, "document.served", served_at=when)
    view = view_of(at, at.document(document.id))
    happen(at, actor, _about(view, "served", when))


def _receipt(at: Office, actor: Actor, view: CaseView) -> None:
    """Let the papers of a receipt take effect, each by what the receipt proves."""
    method = services.method_of(str(view.value("method")))
    for known in attempts_of(at, view):
        service = replace(known, method=method or known.method)
        effect = services.effect_of(view, service)
        shelf.change_service(
            at.session,
            service.id,
            view.find(service.document_id),
            at.ctx.keys,
            method=service.method.value,
            valid=effect.valid,
            served_on=effect.served_on,
            received_at=effect.received_at or service.received_at,
            signer=str(view.value("signer") or service.signer),
            signer_relation=str(view.value("signer_relation") or service.signer_relation),
            refused=str(view.value("refuse_reason") or service.refused),
        )
        kind = "service.took_effect" if effect.valid else "service.without_effect"
        _note_service(at, actor, service, kind, effect.why)
        if effect.valid and effect.served_on is not None:
            _served(at, actor, at.document(service.document_id), effect.received_at or _midnight(effect.served_on))


def attempts_of(at: Office, view: CaseView) -> list[ServiceFacts]:
    """Return the attempts of a receipt; one that was opened as a paper gets its attempt now."""
    known = queries.services_by_receipt(at.session, view.document.id)
    target, method = view.target(), services.method_of(str(view.value("method")))
    if known or target is None or method is None:
        return [sealing.opened(at.ctx.keys, s) for s in known]
    shelf.insert_service(
        at.session,
        at.ctx.ids.new(),
        target,
        at.ctx.keys,
        receipt_id=view.document.id,
        method=method.value,
        address=str(view.value("address") or ""),
        opened_at=view.now,
    )
    return queries.services_by_receipt(at.session, view.document.id)


def _midnight(day: dt.date) -> dt.datetime:
    return as_utc(dt.datetime.combine(day, dt.time(), SHANGHAI))


def _note_service(at: Office, actor: Actor, service: ServiceFacts, kind: str, why: str) -> None:
    event = {"service": service.id, "document": service.document_id, "receipt": service.receipt_id, "why": why}
    stream = f"case:{service.case_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)


# --- registers, corrections -------------------------------------------------------------------------------------------


def _storage(at: Office, actor: Actor, view: CaseView) -> None:
    """Hand over the recordings of a storage register (A31.2)."""
    numbering.confirm(at.session, view.document.agency_id, view.document.id)
    numbers = {str(row.get("av_no")) for row in rows(view.value("items"))}
    found = queries.recordings_numbered(at.session, view.document.agency_id, numbers)
    handed = recordings.hand_over(at.session, [r.id for r in found], view.document.id)
    note(at, actor, view.document, "recordings.handed_over", recordings=handed)
    for recording_id in handed:
        casebook.reindex(at.session, "recording", recording_id, at.ctx.clock.now())


def _replace_earlier(at: Office, actor: Actor, view: CaseView) -> None:
    """Take the effect of an earlier paper of the same type that a new one stands for."""
    target = view.target()
    if target is not None and target.type == view.type and target.status in DONE and view.definition.number_character:
        _replaced(at, actor, view, target)


def _replaced(at: Office, actor: Actor, view: CaseView, target: DocumentFacts) -> None:
    reason = f"由《{view.document.title}》{view.document.number}代替"
    shelf.change(at.session, target.id, at=at.ctx.clock.now(), status=Status.REPLACED, ended_reason=reason)
    note(at, actor, target, "document.replaced", by=view.document.id)
    if target.case_id is not None:
        lost_effect(at, actor, target, "replaced")


def lost_effect(at: Office, actor: Actor, document: DocumentFacts, how: str) -> None:
    """Let a paper of a case that has no effect any more take the periods that it began with it."""
    happening = Happening(
        kind=f"{how}:{document.type}",
        case_id=str(document.case_id),
        agency_id=document.agency_id,
        subject_id=document.id,
        at=at.ctx.clock.now(),
    )
    happen(at, actor, happening)


def _revocation(at: Office, actor: Actor, view: CaseView) -> None:
    """Take the effect of a decision that is revoked or changed as a whole."""
    target = view.target()
    if target is not None and target.status in DONE and view.value("kind") in ("撤销", "变更"):
        _replaced(at, actor, view, target)


def _correction(at: Office, actor: Actor, view: CaseView) -> None:
    """Note at the corrected paper that its slips are corrected; it stays in effect and unchanged (G18)."""
    target = view.target()
    if target is not None:
        note(at, actor, target, "document.corrected", by=view.document.id)
        casebook.reindex(at.session, "document", target.id, at.ctx.clock.now())


_SPECIAL: Mapping[str, Callable[[Office, Actor, CaseView], None]] = {
    "service_receipt": _receipt,
    "av_storage_register": _storage,
    "decision_revocation": _revocation,
    "correction_of_document": _correction,
}


# --- closing ----------------------------------------------------------------------------------------------------------


def closing_view(at: Office, case: CaseFacts, papers: Sequence[DocumentFacts]) -> CaseView:
    """Return the view of the closing form of a case as if it were issued now."""
    definition = at.catalogue.get(CLOSING)
    form = DocumentFacts(
        id="",
        agency_id=case.agency_id,
        case_id=case.id,
        type=CLOSING,
        title=definition.title,
        stage=definition.stage,
        volume=definition.volume,
        secrecy=definition.secrecy,
        status=Status.DRAFT,
        version=1,
        definition_digest=definition.digest,
        content_digest="",
        data={},
    )
    return view_of(at, form, others=papers)
