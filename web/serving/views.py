"""Serving a paper: the method with what it needs, the attempt with its proof and result, what failed, what is next."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import queries, sealing
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.gates.api import DONE
from casework.operations import attempts, changing, missing, service_proofs
from casework.operations.attempts import Attempt, Option
from casework.operations.services import serve
from casework.proofs import MOST_PROOF, PROOF
from casework.services import Way
from casework.views import office
from catalogue.definitions import DocumentType
from foundation.clock import parse_local
from foundation.errors import BadInput, NotFound
from web import blobs
from web.blobs import Held
from web.drafting.boxes import Box, boxes_of, typed
from web.forms import Form
from web.lookup import Sight, record_of, sight
from web.security import signed_in, the_actor, the_context
from web.serving.listing import NEEDS, rows_of

serving = Blueprint("serving", __name__)

OPEN = (Status.DRAFT, Status.SIGNING, Status.RETURNED)


@serving.get("/documents/<document_id>/serve")
@signed_in
def begin(document_id: str) -> ResponseReturnValue:
    """Show the methods for a paper, and of the chosen one what it needs."""
    return _begin_page(document_id, Form(values=dict(request.args)))


@serving.post("/documents/<document_id>/serve")
@signed_in
def open_attempt(document_id: str) -> ResponseReturnValue:
    """Begin an attempt: its receipt is filled and may be printed."""
    form = Form.posted()
    with form.attempt():
        receipt = serve(
            the_context(),
            the_actor(),
            document_ids=form.all("papers") or [document_id],
            method=form.said("method"),
            sent_at=_instant(form, "sent_at"),
            officer_ids=form.all("officers") or None,
            recording_ids=form.all("recordings"),
            address=form.said("address"),
            delegate_reason=form.said("delegate_reason"),
            ems_no=form.said("ems_no"),
        )
        return form.done(url_for(".attempt", receipt_id=receipt.id))
    return _begin_page(document_id, form), form.status


def _instant(form: Form, name: str) -> dt.datetime | None:
    words = form.said(name)
    try:
        return parse_local(words) if words else None
    except ValueError:
        raise BadInput("时间写法不对。", remedy="按年-月-日 时:分填写，如2026-03-02 09:30。", path=name) from None


def _begin_page(document_id: str, form: Form) -> str:
    with sight() as see:
        facts = see.document(document_id)
        found = attempts.options(see.ctx, see.actor, document_id)
        case = see.case_of(facts.case_id)
        return render_template(
            "serve.html",
            area="cases",
            document=facts,
            case=case,
            form=form,
            options=found,
            chosen=_chosen(found, form),
            papers=_same_addressee(see, facts),
            confirmed=_confirmed(see, case),
            past=[r for r in rows_of(see, case, [facts]) if r["receipt"]] if case else [],
        )


def _chosen(found: Sequence[Option], form: Form) -> Option | None:
    wanted = form.said("method")
    return next((o for o in found if o.way.method.value == wanted), None) or next((o for o in found if o.advised), None)


def _same_addressee(see: Sight, facts: DocumentFacts) -> list[DocumentFacts]:
    """Return the other papers that may go with this one to the same addressee."""
    if facts.case_id is None:
        return []
    papers = see.seen(queries.documents_of(see.session, facts.case_id))
    at = office(see.ctx, see.session)
    return [
        p
        for p in papers
        if p.id != facts.id
        and p.status is Status.ISSUED
        and (p.party_id, p.secrecy) == (facts.party_id, facts.secrecy)
        and at.definition_of(p).service == NEEDS
    ]


def _confirmed(see: Sight, case: CaseFacts | None) -> DocumentFacts | None:
    """Return the last confirmation of address that the party signed."""
    if case is None:
        return None
    papers = see.seen(queries.documents_of(see.session, case.id))
    known = [p for p in papers if p.type == "address_confirmation" and p.status in DONE]
    return sealing.opened(see.ctx.keys, known[-1]) if known else None


@serving.post("/documents/<document_id>/serve/explanation")
@signed_in
def explain(document_id: str) -> ResponseReturnValue:
    """Open the explanation that an announcement needs, filled with the attempts that failed."""
    form = Form.posted()
    with form.attempt():
        made = attempts.explain(the_context(), the_actor(), document_id)
        return form.done(url_for("drafting.edit", document_id=made.id))
    return _begin_page(document_id, form), form.status


# --- one attempt ------------------------------------------------------------------------------------------------------


@serving.get("/services/<receipt_id>")
@signed_in
def attempt(receipt_id: str) -> ResponseReturnValue:
    """Show one attempt: print, result, signatures, proof, effect."""
    return _page(receipt_id, Form())


@serving.post("/services/<receipt_id>/result")
@signed_in
def result(receipt_id: str) -> ResponseReturnValue:
    """Write into the receipt what is known after the attempt."""
    form = Form.posted()
    with form.attempt():
        found = attempts.attempt(the_context(), the_actor(), receipt_id)
        data = {k: v for k, v in typed(_definition(found.receipt), form.tree()).items() if k in found.way.after}
        changing.revise(the_context(), the_actor(), document_id=receipt_id, base_version=_base(form), data=data)
        flash("送达结果已保存。", "success")
        return form.done(url_for(".attempt", receipt_id=receipt_id))
    return _page(receipt_id, form), form.status


@serving.post("/services/<receipt_id>/leaving")
@signed_in
def leave(receipt_id: str) -> ResponseReturnValue:
    """Go on as service by leaving: the addressee refused on the spot."""
    form = Form.posted()
    with form.attempt():
        attempts.leave(the_context(), the_actor(), receipt_id, base_version=_base(form))
        flash("已改为留置送达。填写拒收事由和见证人。", "success")
        return form.done(url_for(".attempt", receipt_id=receipt_id))
    return _page(receipt_id, form), form.status


def _base(form: Form) -> int:
    base = form.said("base_version")
    if not (base.isascii() and base.isdigit()):
        raise BadInput("页面不完整，没有保存。", remedy="刷新页面后重试。", path="base_version")
    return int(base)


@serving.post("/services/<receipt_id>/proofs")
@signed_in
def add_proof(receipt_id: str) -> ResponseReturnValue:
    """Keep a photo or scan as proof beside the receipt."""
    form = Form.posted()
    with form.attempt():
        file = request.files.get("file")
        if file is None or not file.filename:
            raise BadInput("没有选择文件。", remedy="选择照片、扫描件或PDF。", path="file")
        words = {"what": form.said("what"), "name": file.filename}
        service_proofs.add_proof(the_context(), the_actor(), receipt_id, data=file.stream.read(MOST_PROOF + 1), **words)
        flash("凭证已存入。", "success")
        return form.done(url_for(".attempt", receipt_id=receipt_id, _anchor="proofs"))
    return _page(receipt_id, form), form.status


@serving.post("/services/<receipt_id>/recordings")
@signed_in
def link(receipt_id: str) -> ResponseReturnValue:
    """Link a recording of the service to the receipt."""
    form = Form.posted()
    with form.attempt():
        wanted = form.said("recording")
        if not wanted:
            raise BadInput("没有选择音像。", remedy="选择送达时的录音录像。", path="recording")
        attempts.link(the_context(), the_actor(), receipt_id, recording_id=wanted)
        flash("音像已关联到送达回证。", "success")
        return form.done(url_for(".attempt", receipt_id=receipt_id, _anchor="recordings"))
    return _page(receipt_id, form), form.status


@serving.get("/services/<receipt_id>/proofs/<kind>")
@signed_in
def proof(receipt_id: str, kind: str) -> ResponseReturnValue:
    """Answer with one proof."""
    with sight() as see:
        receipt = see.document(receipt_id)
        found = attempts.attempt(see.ctx, see.actor, receipt_id)
        row = next((f for f in found.files if f["kind"] == kind), None)
        if row is None:
            raise NotFound("没有这件凭证。", remedy="刷新页面。")
        blob, about = receipt.blobs[kind], sealing.about_file(receipt, PROOF)
        held = Held(
            record=record_of(receipt),
            name=row["name"],
            media_type=row["media_type"],
            size=blobs.size_of(blob, about),
            blob=blob,
            about=about,
        )
    return blobs.deliver(held, as_file=False)


@serving.post("/services/<receipt_id>/fail")
@signed_in
def fail(receipt_id: str) -> ResponseReturnValue:
    """Note that an attempt did not reach the addressee, and go on to the next method."""
    form = Form.posted()
    with form.attempt():
        words = {"why": form.said("why"), "more": form.said("more")}
        found = attempts.fail(the_context(), the_actor(), receipt_id, **words)
        flash("已记为未送达。可以改用其他方式。", "success")
        return form.done(url_for(".begin", document_id=found.services[0].document_id))
    return _page(receipt_id, form), form.status


def _definition(receipt: DocumentFacts) -> DocumentType:
    with the_context().database.read() as session:
        return office(the_context(), session).definition_of(receipt)


def _page(receipt_id: str, form: Form) -> str:
    with sight() as see:
        see.document(receipt_id)
        found = attempts.attempt(see.ctx, see.actor, receipt_id)
        case = see.case_of(found.receipt.case_id)
        papers = {d.id: d for d in see.seen(queries.documents_of(see.session, case.id))} if case else {}
        recordings = see.seen(queries.recordings_of(see.session, case.id)) if case else []
        return render_template(
            "service.html",
            area="cases",
            attempt=found,
            receipt=found.receipt,
            case=case,
            papers=[papers[s.document_id] for s in found.services if s.document_id in papers],
            boxes=_boxes(see, found),
            linked=[r for r in recordings if receipt_id in r.document_ids],
            recordings=[r for r in recordings if receipt_id not in r.document_ids],
            form=form,
            blank=Form(),
            why=missing.why_not(see.ctx, see.actor, receipt_id) if found.receipt.status in OPEN else [],
            others=_papers_of(see, found.way, papers),
            typed={n: v for n, v in form.values.items() if isinstance(v, str)},
            open=found.receipt.status in OPEN and not found.failed,
            most=MOST_PROOF,
        )


def _boxes(see: Sight, found: Attempt) -> list[Box]:
    """Return the boxes of the method that are filled after the attempt, in the method's order."""
    definition = office(see.ctx, see.session).definition_of(found.receipt)
    boxes = boxes_of(definition, found.receipt.data, {})
    known = {b.name: b for b in (*boxes.written, *boxes.known)}
    return [known[n] for n in found.way.after if n in known]


def _papers_of(see: Sight, way: Way, papers: Mapping[str, DocumentFacts]) -> list[dict[str, Any]]:
    """Return the types of paper that belong to a method, with those that the case has."""
    known = office(see.ctx, see.session).catalogue.types
    types = [known[t] for t in way.papers if t in known]
    return [{"type": t, "made": [p for p in papers.values() if p.type == t.id]} for t in types]
