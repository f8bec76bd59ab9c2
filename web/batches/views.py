"""A batch in the browser: the table, its dry run, the start, the state of each row, trying again, one print job.

A table of usual size travels with the page of its dry run, so that it need not be chosen twice; a larger one is chosen
again. Nothing of a dry run is kept.
"""

import csv
import io
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import workbooks
from casework.batches import STATE_NAMES, ItemState
from casework.operations import batching
from casework.operations.batching import Trial
from casework.operations.printing import MOST_COPIES
from casework.parties import FIELDS
from casework.tables import MOST_BYTES, MOST_ROWS, text_of
from casework.views import office
from foundation import jobs
from foundation.errors import BadInput
from web import blobs
from web.forms import Form
from web.lookup import sight
from web.security import signed_in, the_actor, the_context

batches = Blueprint("batches", __name__)

CARRIED = 400_000
"""Characters of a table that travels with its dry run (the server refuses larger texts in forms)."""
BLANK_ROWS = 500
"""Rows of an empty workbook that are ready to be filled."""
KITS = 5
"""Print jobs of a batch that its page shows, the last first."""
LOOKS = {ItemState.WAITING: "wait", ItemState.DONE: "ok", ItemState.FAILED: "bad"}


@batches.get("/documents/<document_id>/batch")
@signed_in
def choose(document_id: str) -> ResponseReturnValue:
    """Show what a table must hold, and the place to hand it in."""
    return _page(document_id, Form(), None)


@batches.get("/documents/<document_id>/batch/table.<any(csv, xlsx):form>")
@signed_in
def template(document_id: str, form: str) -> ResponseReturnValue:
    """Answer with an empty table for a paper, as CSV or as a workbook."""
    with sight() as see:
        facts = see.document(document_id)
    heads = [FIELDS[n].label for n in ("kind", "name", "id_type", "id_no", "address", "phone")]
    if form == "xlsx":
        response = Response(workbooks.blank(heads, BLANK_ROWS), mimetype=workbooks.MIME)
    else:
        out = io.StringIO()
        csv.writer(out).writerow(heads)
        response = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = blobs.disposition(f"{facts.title}名单.{form}", as_file=True)
    return response


@batches.post("/documents/<document_id>/batch/try")
@signed_in
def try_out(document_id: str) -> ResponseReturnValue:
    """Try a table and show what would come, row by row."""
    form, trial = Form.posted(), None
    with form.attempt():
        content, form.values = _content(form)
        trial = batching.try_out(the_context(), the_actor(), pattern_id=document_id, content=content)
    return _page(document_id, form, trial), form.status


@batches.post("/documents/<document_id>/batch")
@signed_in
def begin(document_id: str) -> ResponseReturnValue:
    """Start making the papers of a table that was tried."""
    form, trial = Form.posted(), None
    with form.attempt():
        content, form.values = _content(form)
        begun = batching.begin(
            the_context(),
            the_actor(),
            pattern_id=document_id,
            content=content,
            file_name=PurePath(form.said("file_name")).stem or "名单",
            reasons={k.removeprefix("reason."): form.said(k) for k in form.values if k.startswith("reason.")},
        )
        return form.done(url_for("batches.batch", batch_id=begun.id))
    return _page(document_id, form, trial), form.status


def _content(form: Form) -> tuple[bytes, dict[str, Any]]:
    """Return the table that was handed in or travelled with the page, and the form's values with it."""
    sent = request.files.get("table")
    if sent is not None and sent.filename:
        content, name = sent.stream.read(MOST_BYTES + 1), sent.filename
    else:
        content, name = str(form.values.get("carried", "")).encode("utf-8"), form.said("file_name")
    if not content:
        raise BadInput("没有选择名单文件。", remedy="选择 CSV 或 Excel（.xlsx）文件后再试算。", path="table")
    text = text_of(content)
    return text.encode("utf-8"), {**form.values, "carried": text if len(text) <= CARRIED else "", "file_name": name}


def _page(document_id: str, form: Form, trial: Trial | None) -> str:
    with sight() as see:
        facts = see.document(document_id)
        definition = office(see.ctx, see.session).definition_of(facts)
        case = see.case_of(facts.case_id)
    return render_template(
        "batch_begin.html",
        area="cases",
        document=facts,
        definition=definition,
        case=case,
        form=form,
        trial=trial,
        columns=[f.label for f in FIELDS.values()],
        most=MOST_ROWS,
    )


@batches.get("/batches/<batch_id>")
@signed_in
def batch(batch_id: str) -> ResponseReturnValue:
    """Show how far a batch is, row by row."""
    return _shown(batch_id, Form(values={"copies": "2", "duplex": "1", "receipts": "1"}))


def _shown(batch_id: str, form: Form) -> str:
    facts = batching.batch(the_context(), the_actor(), batch_id)
    with sight() as see:
        case, job = see.case(facts.case_id), jobs.job_facts(see.session, facts.job_id)
        kits = jobs.jobs_of(see.session, subject=batch_id, kind=batching.PRINT_JOB, limit=KITS)
        title = office(see.ctx, see.session).catalogue.get(facts.type).title
    counts = [(STATE_NAMES[state], LOOKS[state], facts.count(state)) for state in ItemState]
    return render_template(
        "batch.html",
        area="cases",
        batch=facts,
        case=case,
        job=job,
        kits=kits,
        busy=any(not j.is_over for j in (job, *kits)),
        states=jobs.STATE_NAMES,
        title=title,
        counts=counts,
        names=STATE_NAMES,
        looks=LOOKS,
        form=form,
        most=MOST_COPIES,
    )


@batches.post("/batches/<batch_id>/retry")
@signed_in
def retry(batch_id: str) -> ResponseReturnValue:
    """Ask for the rows that did not succeed once more."""
    form = Form.posted()
    with form.attempt():
        batching.retry(the_context(), the_actor(), batch_id)
        flash("已重新开始制作未成功的各行。", "success")
        return form.done(url_for("batches.batch", batch_id=batch_id))
    return _shown(batch_id, form), form.status


@batches.post("/batches/<batch_id>/print")
@signed_in
def print_all(batch_id: str) -> ResponseReturnValue:
    """Ask for one print job of all papers that were issued."""
    form = Form.posted()
    with form.attempt():
        words = form.said("copies")
        copies = int(words[:4]) if words.isascii() and words.isdigit() else 0
        sides, receipts = bool(form.said("duplex")), bool(form.said("receipts"))
        batching.ask_print(the_context(), the_actor(), batch_id, copies=copies, duplex=sides, receipts=receipts)
        flash("已开始制作打印件，完成后可在本页打开。", "success")
        return form.done(url_for("batches.batch", batch_id=batch_id))
    return _shown(batch_id, form), form.status


@batches.get("/cases/<case_id>/batches")
@signed_in
def of_case(case_id: str) -> ResponseReturnValue:
    """Lead to the last batch of a case; a case without one leads back to itself."""
    with sight() as see:
        see.case(case_id)
        found = batching.last_of_case(see.session, case_id)
    if found:
        return redirect(url_for("batches.batch", batch_id=found))
    return redirect(url_for("cases.case", case_id=case_id))
