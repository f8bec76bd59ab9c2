"""Open a paper, fill it with its pages beside the form, save by hand or by itself, refresh, give up."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import persons
from access.policy import Permission
from casework import queries, sealing
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.operations import documents, missing, recordings
from casework.views import office
from catalogue.definitions import DocumentType
from foundation.clock import legal_date, local
from foundation.errors import BadInput, Refused
from web.drafting import previews
from web.drafting.boxes import Box, Boxes, boxes_of, names_papers, typed
from web.drafting.saving import BothChanged, save
from web.forms import Form
from web.lookup import Sight, sight
from web.security import signed_in, the_actor, the_context

drafting = Blueprint("drafting", __name__)

OPEN = (Status.DRAFT, Status.SIGNING, Status.RETURNED)


@drafting.get("/cases/<case_id>/draft")
@signed_in
def begin(case_id: str) -> ResponseReturnValue:
    """Ask what a paper cannot be opened without: for whom, about which paper or recording, by whom."""
    with sight() as see:
        return _begin_page(see, see.case(case_id), Form(values=dict(request.args)))


@drafting.post("/cases/<case_id>/draft")
@signed_in
def open_paper(case_id: str) -> ResponseReturnValue:
    """Open a paper of a case and go on to its form."""
    with sight() as see:
        see.case(case_id)
    form = Form.posted()
    with form.attempt():
        return form.done(_opened(form, case_id))
    with sight() as see:
        return _begin_page(see, see.case(case_id), form), form.status


@drafting.get("/papers/draft")
@signed_in
def begin_agency_paper() -> ResponseReturnValue:
    """Ask what a paper of the agency, which belongs to no case, is to be."""
    with sight() as see:
        if request.args.get("type"):
            return _begin_page(see, None, Form(values=dict(request.args)))
        types = office(see.ctx, see.session).catalogue.types.values()
        return render_template("draft_choose.html", area="cases", types=[t for t in types if t.volume == "ledger"])


@drafting.post("/papers/draft")
@signed_in
def open_agency_paper() -> ResponseReturnValue:
    """Open a paper of the agency and go on to its form."""
    form = Form.posted()
    with form.attempt():
        return form.done(_opened(form, None))
    with sight() as see:
        return _begin_page(see, None, form), form.status


def _opened(form: Form, case_id: str | None) -> str:
    made = documents.draft(
        the_context(),
        the_actor(),
        type=form.said("type"),
        case_id=case_id,
        party_id=form.said("party_id") or None,
        officer_ids=form.all("officers") or None,
        target_id=form.said("target_id") or None,
        recording_id=form.said("recording_id") or None,
        recording_ids=form.all("recordings"),
    )
    return url_for("drafting.edit", document_id=made.id)


def _begin_page(see: Sight, case: CaseFacts | None, form: Form) -> str:
    definition = office(see.ctx, see.session).catalogue.get(form.said("type"))
    sources = [str(f.source) for f in definition.fields if f.source]
    papers = see.seen(queries.documents_of(see.session, case.id)) if case else []
    return render_template(
        "draft_begin.html",
        area="cases",
        case=case,
        definition=definition,
        form=form,
        targets=papers if any(s.startswith("target.") for s in sources) else [],
        recordings=see.seen(queries.recordings_of(see.session, case.id)) if case else [],
        about_recording="recording.device_no" in sources,
    )


@drafting.get("/documents/<document_id>/edit")
@signed_in
def edit(document_id: str) -> ResponseReturnValue:
    """Show the form with the paper beside it."""
    with sight() as see:
        return _edit_page(see, document_id, Form())


@drafting.post("/documents/<document_id>/edit")
@signed_in
def save_form(document_id: str) -> ResponseReturnValue:
    """Save the whole form (without script), then show it again with more empty rows and the new pages."""
    form = Form.posted()
    with sight() as see:
        facts = _open_draft(see, document_id)
        definition, papers = office(see.ctx, see.session).definition_of(facts), _papers(see, facts)
    data = typed(definition, form.tree(), facts.data, papers)
    form.token = ""  # saving twice is one version: nothing changed meanwhile
    with form.attempt():
        saved = save(the_context(), the_actor(), document_id=document_id, base_version=_base(form), data=data)
        if not saved.faults:
            flash(f"已保存为第{saved.document.version}版。", "success")
            return form.done(url_for(".edit", document_id=document_id))
        form.error = BadInput("其余栏目已保存，下列各项需要更正。", findings=saved.faults)
    with sight() as see:
        return _edit_page(see, document_id, form), form.status


def _base(form: Form) -> int:
    text = form.said("base_version")
    if not text.isdecimal():
        raise BadInput("页面不完整，没有保存。", remedy="刷新页面后重试。", path="base_version")
    return int(text)


@drafting.post("/documents/<document_id>/save")
@signed_in
def save_fields(document_id: str) -> ResponseReturnValue:
    """Save changed fields by themselves; answers with what is still wrong, as JSON."""
    sent: Any = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("fields"), dict):
        raise BadInput("没有收到要保存的内容。", remedy="刷新页面后重试。", path="fields")
    with sight() as see:
        facts = _open_draft(see, document_id)
        definition = office(see.ctx, see.session).definition_of(facts)
        papers = _papers(see, facts) if names_papers([facts.data, sent["fields"]]) else {}
    base, data = sent.get("base_version"), typed(definition, sent["fields"], facts.data, papers)
    base = base if isinstance(base, int) else facts.version
    try:
        saved = save(the_context(), the_actor(), document_id=document_id, base_version=base, data=data)
    except BothChanged as both:
        return _choice(both, definition), 409
    return jsonify(
        version=saved.document.version,
        at=f"{local(saved.at):%H:%M:%S}",
        faults=[asdict(f) for f in saved.faults],
        values={b.name: b.value for b in _all(_boxes(saved.document, papers)) if b.kind != "list"},
    )


def _all(boxes: Boxes) -> tuple[Box, ...]:
    return (*boxes.written, *boxes.known)


def _choice(both: BothChanged, definition: DocumentType) -> Response:
    """Answer with both versions of the fields that two people changed."""
    theirs = both.document.data
    fields = [
        {"name": d.field, "label": d.label, "theirs": d.theirs, "mine": d.mine}
        for d in both.differences
        if definition.find_field(d.field)
    ]
    return jsonify(
        error="version_conflict",
        version=both.document.version,
        message=both.message,
        fields=fields,
        values={f["name"]: theirs.get(f["name"]) for f in fields},
    )


@drafting.get("/documents/<document_id>/preview")
@signed_in
def preview(document_id: str) -> ResponseReturnValue:
    """Answer with the list of the preview's pages and with what is missing now, as a piece of a page."""
    with sight() as see:
        facts = see.document(document_id)
        lacks = missing.why_not(see.ctx, see.actor, document_id)
        return render_template("draft_pages.html", document=facts, lacks=lacks, **previews.shown(see, facts))


@drafting.get("/documents/<document_id>/preview/<key>/<int:number>.png")
@signed_in
def preview_page(document_id: str, key: str, number: int) -> ResponseReturnValue:
    """Answer with one page of the preview; by the key in its address browsers may keep it."""
    with sight() as see:
        facts = see.document(document_id)
        kept = "private, max-age=600" if key == previews.key_of(see, facts) else "no-store"
        image = previews.page(see, facts, number)
    return Response(image, mimetype="image/png", headers={"Cache-Control": kept})


@drafting.post("/documents/<document_id>/recordings")
@signed_in
def link_recordings(document_id: str) -> ResponseReturnValue:
    """Let recordings of the case belong to a paper."""
    with sight() as see:
        see.document(document_id)
    for recording_id in Form.posted().all("recordings"):
        recordings.link_recording(the_context(), the_actor(), recording_id=recording_id, document_ids=[document_id])
    flash("音像已关联。", "success")
    return redirect(url_for(".edit", document_id=document_id), code=303)


@drafting.post("/documents/<document_id>/refresh")
@signed_in
def refresh(document_id: str) -> ResponseReturnValue:
    """Take changed facts of the case into fields that nobody overwrote."""
    documents.refresh(the_context(), the_actor(), document_id=document_id)
    flash("已按最新的案件信息更新。", "success")
    return redirect(url_for(".edit", document_id=document_id), code=303)


@drafting.get("/documents/<document_id>/void")
@signed_in
def void_form(document_id: str) -> ResponseReturnValue:
    """Ask why a draft is given up."""
    with sight() as see:
        return render_template("draft_void.html", area="cases", document=see.document(document_id), form=Form())


@drafting.post("/documents/<document_id>/void")
@signed_in
def void(document_id: str) -> ResponseReturnValue:
    """Give up a draft, with the reason."""
    form = Form.posted()
    with form.attempt():
        given_up = documents.void(the_context(), the_actor(), document_id=document_id, reason=form.said("reason"))
        flash(f"《{given_up.title}》已作废。", "success")
        return form.done(url_for("documents.document", document_id=document_id))
    with sight() as see:
        facts = see.document(document_id)
        return render_template("draft_void.html", area="cases", document=facts, form=form), form.status


def _open_draft(see: Sight, document_id: str) -> DocumentFacts:
    """Return a paper that the viewer may change now.

    Raises:
        Refused: It is issued, or on its way.
    """
    facts = see.document(document_id)
    see.require(Permission.DOCUMENT_REVISE, facts)
    if facts.status not in OPEN:
        raise Refused(f"《{facts.title}》已不能修改。", remedy="需要更正的，另行制发更正或补正文书。")
    return facts


def _papers(see: Sight, facts: DocumentFacts) -> dict[str, str]:
    """Return how the papers that a paper may name are called, by id."""
    if facts.case_id is None:
        return {}
    return {d.id: f"《{d.title}》{d.number}" for d in see.seen(queries.documents_of(see.session, facts.case_id))}


def _boxes(facts: DocumentFacts, papers: Mapping[str, str]) -> Boxes:
    with the_context().database.read() as session:
        at = office(the_context(), session)
        version = at.version(facts.id, facts.version)
        return boxes_of(at.definition_of(facts), version.data, version.given, papers)


def _edit_page(see: Sight, document_id: str, form: Form) -> str:
    facts = _open_draft(see, document_id)
    at = office(see.ctx, see.session)
    definition = at.definition_of(facts)
    remarks = [sealing.opened(see.ctx.keys, r) for r in queries.remarks_of(see.session, document_id)]
    case = see.case_of(facts.case_id)
    stale = documents.stale_drafts(see.ctx, see.actor, case_id=case.id) if case else []
    papers = _papers(see, facts)
    boxes = _boxes(facts, papers)
    return render_template(
        "draft_edit.html",
        area="cases",
        document=facts,
        definition=definition,
        case=case,
        form=form,
        boxes=boxes,
        typed={n: form.values[n] for n in boxes.names if n in form.values},
        remarks=[r for r in remarks if r.version == _returned(remarks)],
        labels={f.name: f.label for f in definition.fields},
        stale=[definition.field(n).label for s in stale if s.document.id == document_id for n in s.fields],
        lacking=missing.why_not(see.ctx, see.actor, document_id),
        recordings=see.seen(queries.recordings_of(see.session, case.id)) if case else [],
        people=_people(see, case),
        papers=[name for key, name in papers.items() if key != facts.id],
        **previews.shown(see, facts, wait="drawn" in request.args),
    )


def _people(see: Sight, case: CaseFacts | None) -> list[str]:
    """Return the names that a box for a person offers: who is in the case, then everybody of the office."""
    inside = [m.name for m in case.members] + [p.name for p in case.parties] if case else []
    staff = persons.persons_of(see.session, see.actor.agency_id, legal_date(see.ctx.clock.now()))
    return [*inside, *(one.name for one in staff)]


def _returned(remarks: list[Any]) -> int:
    """Return the version that was returned last."""
    return max((r.version for r in remarks), default=0)
