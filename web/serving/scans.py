"""Scanned stacks: bring one, see what was filed where, and file by hand what could not be read."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from access.policy import Record
from casework import queries
from casework.operations import scanning
from casework.operations.signed_copies import SCAN
from casework.queries.copies import candidates
from casework.stacks import StackFacts, stacks_of
from foundation import jobs
from foundation.errors import BadInput
from foundation.jobs import JobFacts
from generator import scans as drawing
from generator import stacks
from web import blobs
from web.blobs import Held
from web.forms import Form
from web.lookup import Sight, sight
from web.security import signed_in, the_actor, the_context

scans = Blueprint("scans", __name__)

DPI = 90


@scans.get("/scans")
@signed_in
def index() -> ResponseReturnValue:
    """Show one's own stacks, and where to bring another."""
    return _list_page(Form())


@scans.post("/scans")
@signed_in
def bring() -> ResponseReturnValue:
    """Keep one or more stacks that come by the form."""
    form = Form.posted()
    with form.attempt():
        files = [f for f in request.files.getlist("file") if f.filename]
        if not files:
            raise BadInput("没有选择文件。", remedy="选择扫描的PDF或图片。", path="file")
        kept = [_kept(f) for f in files]
        return form.done(url_for(".stack", stack_id=kept[0].id) if len(kept) == 1 else url_for(".index"))
    return _list_page(form), form.status


def _kept(file: FileStorage) -> StackFacts:
    name = file.filename or ""
    facts, new = scanning.keep_stack(the_context(), the_actor(), data=file.stream.read(), name=name)
    if not new:
        flash(f"“{name}”此前已经上传过，没有重复归档。", "info")
    return facts


def _list_page(form: Form) -> str:
    scanning.require_bringer(the_actor())
    with sight() as see:
        rows = [{"stack": s, "job": _job(see, s)} for s in stacks_of(see.session, see.actor.account_id)]
    return render_template("scans.html", area="scans", rows=rows, form=form, most=scanning.MOST_STACK)


def _job(see: Sight, facts: StackFacts) -> JobFacts | None:
    found = jobs.jobs_of(see.session, subject=facts.id, kind=scanning.JOB, limit=1)
    return found[0] if found else None


@scans.get("/scans/<stack_id>")
@signed_in
def stack(stack_id: str) -> ResponseReturnValue:
    """Show what became of a stack's pages."""
    return _page(stack_id, Form())


def _page(stack_id: str, form: Form, number: int = 0) -> str:
    facts = scanning.stack(the_context(), the_actor(), stack_id)
    with sight() as see:
        where = see.where("document", queries.DOCUMENT_COLUMNS)
        waits = facts.of("waits")
        choices = candidates(see.session, where, kind=SCAN) if waits else []
        return render_template(
            "scan.html",
            area="scans",
            stack=facts,
            job=_job(see, facts),
            waits=waits,
            filed=_filed(see, facts),
            blank=len(facts.of("blank")),
            dropped=facts.of("dropped"),
            choices=[(c.id, c.words) for c in choices],
            named=_named(see, facts),
            form=form,
            number=number,
            fresh=Form(),
        )


def _filed(see: Sight, facts: StackFacts) -> list[dict[str, Any]]:
    """Return the filed pages by paper, in the order of the stack."""
    found: dict[str, list[Any]] = {}
    for page in facts.of("filed"):
        found.setdefault(str(page.document_id), []).append(page)
    papers = _papers(see, set(found))
    return [{"paper": papers[i], "pages": pages} for i, pages in found.items() if i in papers]


def _named(see: Sight, facts: StackFacts) -> dict[int, Any]:
    """Return, by page, the paper that the code of a waiting page names."""
    papers = _papers(see, {p.document_id for p in facts.of("waits") if p.document_id})
    return {p.number: papers[p.document_id] for p in facts.of("waits") if p.document_id in papers}


def _papers(see: Sight, ids: set[str]) -> dict[str, Any]:
    known = [queries.document_facts(see.session, i) for i in sorted(ids)]
    return {d.id: d for d in see.seen(known)}


@scans.post("/scans/<stack_id>/again")
@signed_in
def again(stack_id: str) -> ResponseReturnValue:
    """Look again at the pages that wait."""
    scanning.read_again(the_context(), the_actor(), stack_id)
    return redirect(url_for(".stack", stack_id=stack_id), code=303)


@scans.get("/scans/<stack_id>/pages/<int:number>.png")
@signed_in
def page_image(stack_id: str, number: int) -> ResponseReturnValue:
    """Answer with a picture of one page, upright."""
    facts = scanning.stack(the_context(), the_actor(), stack_id)
    turn = next((p.turn for p in facts.sheets if p.number == number), 0)
    image = drawing.png(stacks.pdf_of(the_context(), facts), number, DPI, turn)
    return Response(image, mimetype="image/png", headers={"Cache-Control": "private, max-age=600"})


@scans.get("/scans/<stack_id>/file")
@signed_in
def original(stack_id: str) -> ResponseReturnValue:
    """Answer with the stack as it came."""
    facts = scanning.stack(the_context(), the_actor(), stack_id)
    held = Held(
        record=Record(kind="document", agency_id=facts.agency_id, id=facts.id),
        name=facts.file_name,
        media_type=facts.media_type,
        size=facts.size,
        blob=facts.blob,
        about=facts.about,
    )
    return blobs.deliver(held, as_file=True)


@scans.post("/scans/<stack_id>/pages/<int:number>/file")
@signed_in
def file_page(stack_id: str, number: int) -> ResponseReturnValue:
    """File a page with the paper that a person names."""
    form = Form.posted()
    with form.attempt():
        stacks.file_by_hand(
            the_context(),
            the_actor(),
            stack_id=stack_id,
            number=number,
            document_id=_chosen(form),
            way=form.said("way") or stacks.ADD,
            reason=form.said("reason"),
        )
        flash(f"第{number}页已归入。", "success")
        return form.done(url_for(".stack", stack_id=stack_id))
    return _page(stack_id, form, number), form.status


def _chosen(form: Form) -> str:
    """Return the paper that was chosen, or found by the number that was typed."""
    number = form.said("paper_number")
    if not number:
        if not form.said("document"):
            raise BadInput("没有选择文书。", remedy="从列表选择，或填写文号。", path="document")
        return form.said("document")
    with sight() as see:
        found = candidates(see.session, see.where("document", queries.DOCUMENT_COLUMNS), kind=SCAN, number=number)
    if len(found) != 1:
        raise BadInput("没有找到这个文号的文书。", remedy="核对文号，或从列表选择。", path="paper_number")
    return found[0].id


@scans.post("/scans/<stack_id>/pages/<int:number>/drop")
@signed_in
def drop_page(stack_id: str, number: int) -> ResponseReturnValue:
    """Give a page up."""
    form = Form.posted()
    with form.attempt():
        words = {"stack_id": stack_id, "reason": form.said("reason")}
        scanning.drop_page(the_context(), the_actor(), number=number, **words)
        return form.done(url_for(".stack", stack_id=stack_id))
    return _page(stack_id, form, number), form.status
