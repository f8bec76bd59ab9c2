"""Print jobs: copies, receipt and blank backs chosen for a paper; the job's contents, its file, and the mark 已打印.

Other pages make jobs of many papers with `generator.printing.make_kit` and lead here.
"""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from access.policy import Record
from casework import queries
from casework.facts import DocumentFacts
from casework.operations import printing as operations
from casework.operations.printing import MOST_COPIES, Portion
from casework.printing import KitFacts
from foundation.errors import BadInput
from generator import printing as making
from web import blobs
from web.blobs import Held
from web.forms import Form
from web.lookup import Sight, sight
from web.press import the_press
from web.security import signed_in, the_actor, the_context

printing = Blueprint("printing", __name__)

RECEIPT = "service_receipt"


@printing.get("/documents/<document_id>/print")
@signed_in
def choose(document_id: str) -> ResponseReturnValue:
    """Show how a paper may be printed."""
    return _choices(document_id, Form(values={"copies": "2", "duplex": "1"}))


@printing.post("/documents/<document_id>/print")
@signed_in
def make(document_id: str) -> ResponseReturnValue:
    """Make a print job of a paper."""
    form = Form.posted()
    with form.attempt():
        portion = Portion(document_id=document_id, copies=_copies(form), receipt_id=form.said("receipt"))
        kit = making.make_kit(
            the_context(),
            the_actor(),
            [portion],
            the_press().pool,
            duplex=bool(form.said("duplex")),
            mirrored=bool(form.said("mirrored")),
        )
        return form.done(url_for("printing.kit", kit_id=kit.id))
    return _choices(document_id, form), form.status


def _copies(form: Form) -> int:
    words = form.said("copies")
    if not (words.isascii() and words.isdigit()):
        raise BadInput("打印份数不对。", remedy=f"填写1至{MOST_COPIES}的数字。", path="copies")
    return int(words[:4])


def _choices(document_id: str, form: Form) -> str:
    with sight() as see:
        facts = see.document(document_id)
        receipts = [(d.id, f"{d.title} {d.number}") for d in _receipts(see, facts)]
        case = see.case_of(facts.case_id)
        return render_template(
            "print.html", area="cases", document=facts, case=case, form=form, receipts=receipts, most=MOST_COPIES
        )


def _receipts(see: Sight, facts: DocumentFacts) -> Sequence[DocumentFacts]:
    """Return the receipts that serve a paper, the last first."""
    if facts.case_id is None:
        return []
    papers = see.seen(queries.documents_of(see.session, facts.case_id))
    return [d for d in reversed(papers) if d.type == RECEIPT and d.target_id == facts.id]


@printing.get("/print-kits/<kit_id>")
@signed_in
def kit(kit_id: str) -> ResponseReturnValue:
    """Show what is in a print job."""
    facts = operations.kit(the_context(), the_actor(), kit_id)
    with sight() as see:
        case = see.case_of(see.document(facts.document_ids[0]).case_id)
    return render_template("print_kit.html", area="cases", kit=facts, case=case)


@printing.get("/print-kits/<kit_id>/kit.pdf")
@signed_in
def file(kit_id: str) -> ResponseReturnValue:
    """Answer with the one file of a print job; every paper in it is written down as taken."""
    facts = operations.kit(the_context(), the_actor(), kit_id)
    return blobs.deliver_pieces(_held(facts), making.take(the_context(), the_actor(), kit_id))


def _held(facts: KitFacts) -> Held:
    record = Record(kind="document", agency_id=facts.agency_id, id=facts.id, secrecy=facts.secrecy)
    return Held(
        record=record, name=f"{facts.title}.pdf", media_type="application/pdf", size=facts.size, blob=facts.blob
    )


@printing.post("/print-kits/<kit_id>/printed")
@signed_in
def printed(kit_id: str) -> ResponseReturnValue:
    """Mark a print job as printed; a second time changes nothing."""
    operations.mark_printed(the_context(), the_actor(), kit_id)
    flash("已记为打印，并记入办案日志。", "success")
    return redirect(url_for("printing.kit", kit_id=kit_id), code=303)
