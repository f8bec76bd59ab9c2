"""Every type is drawn with each of its samples: one text in DOCX and PDF, all on the page, a place for the seal."""

from collections import Counter

import pytest

from foundation.settings import ROOT
from generator.convert_text import difference, docx_text, pdf_text
from generator.pipeline import Made, make
from tests.generator.jobs import characters, job

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TYPES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/*/definition.yaml"))


def _inside(made: Made) -> bool:
    """Tell whether every character lies on its page."""
    drawn = [c for page in range(made.pages) for c in characters(made.pdf, page) if c.text.strip()]
    return all(c.left > 0 and c.right < PAGE_WIDTH and c.top > 0 and c.bottom < PAGE_HEIGHT for c in drawn)


@pytest.mark.parametrize("kind", ["ordinary", "minimal"])
@pytest.mark.parametrize("type_id", TYPES)
def test_docx_and_pdf_hold_the_same_text(type_id: str, kind: str) -> None:
    order = job(type_id, kind)
    made = make(order)
    assert difference(made.docx, made.pdf) == ""
    assert _inside(made)
    assert (made.seal_place is not None) >= (order.definition.seal is not None)


@pytest.mark.parametrize("type_id", TYPES)
def test_long_values_go_on_over_pages_and_lose_nothing(type_id: str) -> None:
    made = make(job(type_id, "hard"))
    written, drawn = Counter(docx_text(made.docx)), Counter("".join(pdf_text(made.pdf)))
    assert {c: n for c, n in written.items() if c.strip() and drawn[c] < n and c != "-"} == {}
    assert _inside(made)
