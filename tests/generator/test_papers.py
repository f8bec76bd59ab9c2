"""Every type is drawn with each of its samples, once a run: one text in DOCX and PDF, all on the page, a place for the
seal, and the same text and boxes as are kept in `golden/` (`python -m scripts.golden` after a wanted change)."""

from collections import Counter

import pytest

from foundation.settings import ROOT
from generator.convert_text import difference, docx_text, pdf_text
from generator.pipeline import Made, make
from tests.generator import golden
from tests.generator.jobs import Char, characters, job

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TYPES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/*/definition.yaml"))


def _drawn(made: Made) -> list[list[Char]]:
    """Return the characters of each page, all of which lie on it."""
    pages = [characters(made.pdf, page) for page in range(made.pages)]
    drawn = [c for page in pages for c in page if c.text.strip()]
    assert all(c.left > 0 and c.right < PAGE_WIDTH and c.top > 0 and c.bottom < PAGE_HEIGHT for c in drawn)
    return pages


@pytest.mark.parametrize("kind", ["ordinary", "minimal"])
@pytest.mark.parametrize("type_id", TYPES)
def test_docx_and_pdf_hold_the_same_text_and_look_as_before(type_id: str, kind: str) -> None:
    order = job(type_id, kind)
    made = make(order)
    assert difference(made.docx, made.pdf) == ""
    assert (made.seal_place is not None) >= (order.definition.seal is not None)
    assert golden.look(made, _drawn(made)) == golden.known(type_id, kind)


@pytest.mark.parametrize("type_id", TYPES)
def test_long_values_go_on_over_pages_lose_nothing_and_look_as_before(type_id: str) -> None:
    made = make(job(type_id, "hard"))
    written, drawn = Counter(docx_text(made.docx)), Counter("".join(pdf_text(made.pdf)))
    assert {c: n for c, n in written.items() if c.strip() and drawn[c] < n and c != "-"} == {}
    assert golden.look(made, _drawn(made)) == golden.known(type_id, "hard")
