"""Proof of service goes into volume and package beside its receipt."""

import io

import pikepdf

from archive.enclosures import enclosures, proofs
from archive.facts import ItemFacts
from archive.payload import _proofs
from casework.facts import DocumentFacts, Status
from catalogue.loading import load_catalogue
from foundation.context import Context
from foundation.settings import ROOT
from tests.casework.test_attempts import photo


def receipt(ctx: Context) -> DocumentFacts:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    files = {"pdf": out.getvalue(), "proof_10": photo("PNG"), "proof_2": photo()}
    return DocumentFacts(
        id="r",
        agency_id="a",
        case_id="c",
        type="service_receipt",
        title="送达回证",
        stage="execution",
        volume="main",
        secrecy="normal",
        status=Status.FILED,
        version=1,
        definition_digest="",
        content_digest="",
        data={},
        blobs={kind: ctx.blobs.put(data).sha256 for kind, data in files.items()},
    )


def test_proofs_stand_behind_their_receipt_in_the_order_in_which_they_came(ctx: Context) -> None:
    definition = load_catalogue(ROOT / "templates").get("service_receipt")
    found = list(enclosures(ctx.blobs, receipt(ctx), definition))
    assert [e.title for e in found] == ["送达回证", "送达凭证2", "送达凭证10"]
    assert all(e.pdf.startswith(b"%PDF") for e in found)


def test_the_package_holds_each_proof_as_it_came(ctx: Context) -> None:
    document = receipt(ctx)
    item = ItemFacts(
        **dict.fromkeys(ItemFacts.__dataclass_fields__) | {"volume": "main", "seq": 7, "title": "送达回证"}
    )
    files = list(_proofs(ctx.blobs, document, item))
    assert [f.path.rpartition("/")[2] for f in files] == ["0007_附件1_送达凭证2.jpg", "0007_附件2_送达凭证10.png"]
    assert [f.sha256 for f in files] == list(proofs(document).values())
