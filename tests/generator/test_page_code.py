"""The code at a page's foot: read from a picture of the page, it leads to the verify page and names the version."""

import pytest
import zxingcpp

from generator.pipeline import make
from tests.generator.jobs import FURNITURE, job, page_image

TYPES = ("penalty_decision", "case_initiation_approval", "inquiry_record")


@pytest.mark.parametrize("type_id", TYPES)
def test_the_code_on_every_page_is_read_at_200_dpi(type_id: str) -> None:
    made = make(job(type_id))
    for page in range(made.pages):
        (found,) = zxingcpp.read_barcodes(page_image(made.pdf, page, dpi=200))
        assert found.text == FURNITURE.code


def test_a_turned_scan_in_grey_is_still_read() -> None:
    image = page_image(make(job("penalty_decision")).pdf, dpi=200).convert("L").rotate(1.5, fillcolor=255, expand=True)
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [FURNITURE.code]


def test_the_code_holds_address_id_version_and_digest() -> None:
    assert FURNITURE.code == "http://127.0.0.1:8000/verify/01976f3e-7c0a-7d2e-8b1f-3a5c9e7d1b42?v=3&d=5f0c91ab3d7e2246"
