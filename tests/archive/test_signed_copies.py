"""A paper signed after its issue: volumes show the signatures, the issued bytes stay what they were."""

import io
from collections.abc import Callable
from typing import Any

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw

from archive import queries
from archive.enclosures import enclosures
from archive.facts import MAIN
from archive.verifying_records import verify_case
from casework import queries as casework
from casework import shelf
from casework.facts import DocumentFacts
from casework.operations import signing
from casework.operations.signed_copies import RENDERING, SCAN
from casework.views import office
from foundation import jobs, journal, workflows
from foundation.database import Base
from generator import signed_copies
from tests.archive.conftest import Office, package_root

TYPE = "summary_penalty_decision"


def decision(office_: Office) -> DocumentFacts:
    with office_.ctx.database.read() as session:
        return next(d for d in casework.documents_of(session, office_.case_id) if d.type == TYPE)


def text(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "".join("".join(p.get_textpage().get_text_bounded() for p in document).split())


def signature() -> bytes:
    image = Image.new("RGB", (300, 120), "white")
    ImageDraw.Draw(image).line((10, 90, 120, 20, 180, 100, 290, 30), fill="black", width=6)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.article("A13.9")
def test_the_main_volume_shows_who_signed_after_issue(kept_office: Office) -> None:
    paper = decision(kept_office)
    (signed,) = [f for f in paper.slots if f.slot == "party"]
    with kept_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
        item = next(i for i in queries.items_of(session, package.id, MAIN) if i.type == TYPE)
    root = package_root(kept_office)
    with pdfium.PdfDocument(root / "data/正卷/正卷.pdf") as document:
        labels = [document.get_page_label(n) for n in range(len(document))]
        first = labels.index(str(item.first))
        pages = "".join(document[n].get_textpage().get_text_bounded() for n in range(first, first + item.pages))
    assert "".join(pages.split()).count(signed.name) > text(kept_office.ctx.blobs.read(paper.blobs["pdf"])).count(
        signed.name
    )


@pytest.mark.article("A36.3")
def test_the_issued_files_do_not_change_and_travel_beside_the_signed_copy(kept_office: Office) -> None:
    paper, root = decision(kept_office), package_root(kept_office)
    with kept_office.ctx.database.read() as session:
        events = list(journal.events(session, f"case:{kept_office.case_id}"))
    issued = next(e for e in events if e.kind == "document.issued" and e.data["document"] == paper.id)
    assert issued.data["blobs"].items() <= dict(paper.blobs).items()
    names = [p.name.partition("_")[2] for p in (root / "data/文书/正卷").glob("0001_*.pdf")]
    assert sorted(n.removeprefix(f"{paper.title}") for n in names) == [".pdf", "_电子签署件.pdf", "_签章.pdf"]
    assert verify_case(kept_office.ctx, kept_office.case_id).ok


def test_a_signature_on_the_screen_asks_for_its_copy_and_the_copy_shows_the_strokes(closed_office: Office) -> None:
    ctx, paper = closed_office.ctx, decision(closed_office)
    with ctx.database.write() as session:  # the party has not signed yet
        shelf.change(session, paper.id, at=ctx.clock.now(), status="issued")
        fills = Base.metadata.tables["slot_fill"]
        session.execute(sa.delete(fills).where(fills.c.document_id == paper.id, fills.c.slot == "party"))
    handler = closed_office.actor("甲一")
    signing.fill_slot(ctx, handler, document_id=paper.id, slot="party", name="王样例", image=signature())
    with ctx.database.read() as session:
        asked = jobs.jobs_of(session, kind="signed_copy", subject=paper.id)
    facts = workflows.run_in_process(ctx, asked[0].id)
    assert facts.state == "done", facts.error
    made = decision(closed_office).blobs[RENDERING]
    with (
        pdfium.PdfDocument(ctx.blobs.read(made)) as shown,
        pdfium.PdfDocument(ctx.blobs.read(paper.blobs["pdf"])) as bare,
    ):
        assert _pictures(shown) == _pictures(bare) + 1
    assert signed_copies.draw(ctx, paper.id, closed_office.pool, by=handler.account_id) == made


def test_a_scan_is_bound_first_and_what_was_signed_on_the_screen_behind_it(closed_office: Office) -> None:
    ctx, paper = closed_office.ctx, decision(closed_office)
    scan = io.BytesIO()
    Image.new("L", (1240, 1754), 220).save(scan, "JPEG")
    with ctx.database.write() as session:
        shelf.attach(session, paper, {SCAN: ctx.blobs.put(scan.getvalue()).sha256}, ctx.clock.now())
    signed_copies.draw(ctx, paper.id, closed_office.pool, by=closed_office.accounts["甲一"])
    paper = decision(closed_office)
    with ctx.database.read() as session:
        bound = list(enclosures(ctx.blobs, paper, office(ctx, session).definition_of(paper)))
    assert [e.title for e in bound][:2] == [paper.title, f"{paper.title}（电子签名）"]
    assert (text(bound[0].pdf), bool(text(bound[1].pdf))) == ("", True)


def test_a_signed_copy_is_pdf_a(kept_office: Office, verapdf: Callable[..., Any]) -> None:
    path = next((package_root(kept_office) / "data/文书/正卷").glob("0001_*_电子签署件.pdf"))
    assert all(v.compliant for v in verapdf([path], "2a").values())


def test_a_changed_signed_copy_is_named(kept_office: Office) -> None:
    paper = decision(kept_office)
    with kept_office.ctx.database.write() as session:
        shelf.put_copy(session, paper, RENDERING, paper.blobs["pdf"], kept_office.ctx.clock.now())
    (fault,) = verify_case(kept_office.ctx, kept_office.case_id).faults
    assert fault.field == f"blobs.{RENDERING}"


def _pictures(document: pdfium.PdfDocument) -> int:
    return sum(1 for page in document for o in page.get_objects() if o.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE)
