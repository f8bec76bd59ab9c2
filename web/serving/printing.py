"""One print job for a round of service: which papers of a case, for whom, how many copies, each with its receipt."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import accounts
from casework import printing, queries
from casework.approvals import STATUS_NAMES
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.gates.api import DONE
from casework.operations.printing import MOST_COPIES, Portion
from casework.operations.services import RECEIPT
from casework.printing import KitFacts
from casework.views import office
from foundation.errors import BadInput
from generator.printing import make_kit
from web.forms import Form
from web.lookup import Sight, sight
from web.press import the_press
from web.security import signed_in, the_actor, the_context

prints = Blueprint("prints", __name__)

BY_HAND = (Status.DRAFT, Status.SIGNING)
LATEST = 10
"""Earlier jobs that the page shows."""


@prints.get("/cases/<case_id>/print")
@signed_in
def choose(case_id: str) -> ResponseReturnValue:
    """Show the papers of a case that may be printed; those of a receipt that the address names are chosen."""
    with sight() as see:
        case = see.case(case_id)
        papers = _printable(see, case)
        wanted = _of_receipt(papers, request.args.get("receipt", ""))
        values = {f"copies.{p.id}": "2" for p in wanted if p.type != RECEIPT}
        values |= {f"receipt.{p.target_id}": p.id for p in wanted if p.type == RECEIPT}
        return _page(see, case, Form(values={"duplex": "1", **values}))


def _of_receipt(papers: Sequence[DocumentFacts], receipt_id: str) -> list[DocumentFacts]:
    receipt = next((p for p in papers if p.id == receipt_id), None)
    return [p for p in papers if receipt and p.id in (receipt.id, receipt.target_id)]


@prints.post("/cases/<case_id>/print")
@signed_in
def make(case_id: str) -> ResponseReturnValue:
    """Make the print job."""
    form = Form.posted()
    with sight() as see:
        papers = _printable(see, see.case(case_id))
    with form.attempt():
        portions, pool = _portions(form, papers), the_press().pool
        duplex, mirrored = bool(form.said("duplex")), bool(form.said("mirrored"))
        kit = make_kit(the_context(), the_actor(), portions, pool, duplex=duplex, mirrored=mirrored)
        return form.done(url_for("printing.kit", kit_id=kit.id))
    with sight() as see:
        return _page(see, see.case(case_id), form), form.status


def _portions(form: Form, papers: Sequence[DocumentFacts]) -> list[Portion]:
    known = {p.id for p in papers if p.type == RECEIPT}
    found = []
    for paper in papers:
        copies = _copies(form, paper)
        receipt = form.said(f"receipt.{paper.id}")
        if copies:
            recipient = form.said(f"recipient.{paper.id}")[:100]
            chosen = receipt if receipt in known else ""
            found.append(Portion(document_id=paper.id, recipient=recipient, copies=copies, receipt_id=chosen))
    return found


def _copies(form: Form, paper: DocumentFacts) -> int:
    name = f"copies.{paper.id}"
    words = form.said(name)
    if not words:
        return 0
    if not (words.isascii() and words.isdigit()) or int(words[:4]) > MOST_COPIES:
        raise BadInput(
            f"《{paper.title}》的份数不对。", remedy=f"填写0至{MOST_COPIES}的数字，不打印的留空。", path=name
        )
    return int(words[:4])


def _printable(see: Sight, case: CaseFacts) -> list[DocumentFacts]:
    """Return the papers of a case that are issued, or that persons sign by hand before they are."""
    at = office(see.ctx, see.session)
    papers = see.seen(queries.documents_of(see.session, case.id))
    return [
        p
        for p in papers
        if p.status in DONE or (p.status in BY_HAND and any(s.signs for s in at.definition_of(p).slots))
    ]


def _page(see: Sight, case: CaseFacts, form: Form) -> str:
    papers = _printable(see, case)
    names = {p.id: p.name for p in case.parties}
    receipts = [p for p in papers if p.type == RECEIPT]
    rows = [
        {
            "paper": p,
            "recipient": names.get(p.party_id or "", ""),
            "receipts": [(r.id, _which(r)) for r in receipts if r.target_id == p.id],
        }
        for p in papers
        if p.type != RECEIPT
    ]
    kits = _kits(see, {p.id for p in papers})
    people = accounts.names_of(see.session, [k.printed_by for k in kits])
    return render_template(
        "print_case.html", area="cases", case=case, form=form, rows=rows, kits=kits, people=people, most=MOST_COPIES
    )


def _which(receipt: DocumentFacts) -> str:
    return f"{receipt.data.get('method') or ''} {receipt.number or STATUS_NAMES[receipt.status]}".strip()


def _kits(see: Sight, readable: set[str]) -> list[KitFacts]:
    """Return the latest print jobs of which the viewer may read every paper."""
    known = printing.kits_of(see.session, see.actor.agency_id)
    return [k for k in known if set(k.document_ids) <= readable][:LATEST]
