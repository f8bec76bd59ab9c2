"""A preview is the issued paper with number, date, signatures and seal still empty, and 草稿; nothing else moves."""

import re

import pytest

from foundation.errors import BadInput
from generator.pipeline import make
from generator.preview import pages
from tests.generator.jobs import Char, characters, job

TYPES = (
    "penalty_decision",
    "case_initiation_approval",
    "inquiry_record",
    "service_receipt",
    "correction_order",
    "decision_approval",
    "rights_notice",
    "hearing_record",
    "case_closing_report",
    "evidence_list",
    "file_cover",
)


SAME = 0.2
"""Places that differ by less are the same, mm."""


def _stands(char: Char, others: list[Char]) -> bool:
    """Tell whether a character stands at the same place on the other page."""
    near = (c for c in others if c.text == char.text and abs(c.left - char.left) < SAME)
    return any(abs(c.bottom - char.bottom) < SAME for c in near)


def _without_draft(chars: list[Char]) -> list[Char]:
    """Leave out 草稿, which is larger than anything else."""
    return [c for c in chars if c.text.strip() and c.bottom - c.top < 20]


@pytest.mark.parametrize("type_id", TYPES)
def test_a_preview_has_the_same_pages_and_texts_in_the_same_places(type_id: str) -> None:
    issued, draft = make(job(type_id)), make(job(type_id, draft=True))
    assert draft.pages == issued.pages
    for page in range(issued.pages):
        whole = characters(issued.pdf, page)
        moved = {c.text for c in _without_draft(characters(draft.pdf, page)) if not _stands(c, whole)}
        assert moved <= set("年月日／□√签名："), "open dates, choices and signature lines"


def test_a_preview_shows_neither_number_nor_date_nor_signatures() -> None:
    text = make(job("penalty_decision", draft=True)).text
    assert "〔2026〕第3号" not in text.split("告知")[0]
    assert not re.search(r"^2026年3月10日$", text, re.MULTILINE)
    form = make(job("case_initiation_approval", draft=True)).text
    for name in ("甲一　　2026", "丙三", "丁四"):
        assert name not in form


def test_a_preview_says_draft_on_every_page_and_an_issued_paper_nowhere() -> None:
    draft, issued = make(job("penalty_decision", draft=True)), make(job("penalty_decision"))
    for page in range(draft.pages):
        large = "".join(c.text for c in characters(draft.pdf, page) if c.bottom - c.top > 20)
        assert "草" in large
        assert "稿" in large
    assert "草稿" not in "".join(c.text for page in range(issued.pages) for c in characters(issued.pdf, page))


def test_pages_of_a_file_that_is_no_pdf_are_refused() -> None:
    with pytest.raises(BadInput, match="PDF"):
        pages(b"<html>")


def test_one_page_alone_can_be_drawn() -> None:
    made = make(job("inquiry_record"))
    assert pages(made.pdf, 60, only=1) == [pages(made.pdf, 60)[1]]
    with pytest.raises(BadInput, match="没有第9页"):
        pages(made.pdf, only=8)
