"""Every type is drawn with each of its samples, once a run: one text in DOCX and PDF, all on the page, a place for the
seal, nothing orphaned on a last page, lists under their heads, PDF/A-2a by veraPDF's judgement, and the same text and
boxes as are kept in `golden/` (`python -m scripts.golden` after a wanted change)."""

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from catalogue.samples import KINDS
from foundation.settings import ROOT
from generator.convert_text import difference
from generator.pipeline import Made, make
from tests.generator import golden
from tests.generator.jobs import Char, characters, job, texts
from tests.generator.pages import FOOT, LEAST_SAID, headless, said, under_seal

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TYPES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/*/definition.yaml"))
PARTS = 6
"""Types are judged in so many parts, so that each is short."""
Judge = Callable[[Sequence[Path], str], dict[Path, Any]]


class Papers:
    """All samples of all types, each drawn when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looks: dict[tuple[str, str], golden.Look] = {}

    def draw(self, type_id: str, kind: str) -> Made:
        """Draw a sample, keep its PDF and how it looks."""
        made = make(job(type_id, kind))
        self._path(type_id, kind).write_bytes(made.pdf)
        self._looks[type_id, kind] = golden.look(made, _drawn(made))
        return made

    def look(self, type_id: str, kind: str) -> golden.Look:
        """Return how a sample looks."""
        self.file(type_id, kind)
        return self._looks[type_id, kind]

    def file(self, type_id: str, kind: str) -> Path:
        """Return the PDF of a sample."""
        if (type_id, kind) not in self._looks:
            self.draw(type_id, kind)
        return self._path(type_id, kind)

    def _path(self, type_id: str, kind: str) -> Path:
        return self._folder / f"{type_id}-{kind}.pdf"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


def _drawn(made: Made) -> list[list[Char]]:
    """Return the characters of each page, all of which lie on it."""
    pages = [characters(made.pdf, page) for page in range(made.pages)]
    drawn = [c for page in pages for c in page if c.text.strip()]
    assert all(c.left > 0 and c.right < PAGE_WIDTH and c.top > 0 and c.bottom < PAGE_HEIGHT for c in drawn)
    return pages


def _holds_together(made: Made, type_id: str, kind: str) -> None:
    """Hold that no page is empty, the last says more than signatures, lists have their heads, seals cover no text."""
    order, pages = job(type_id, kind), texts(made.pdf)
    assert all(page.partition(FOOT)[0] for page in pages)
    assert made.pages == 1 or len(said(order.definition, order.values, pages[-1])) >= LEAST_SAID, pages[-1]
    assert headless(made.docx, pages) == []
    assert under_seal(made) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("type_id", TYPES)
def test_docx_and_pdf_hold_the_same_text_and_look_as_before(papers: Papers, type_id: str, kind: str) -> None:
    made = papers.draw(type_id, kind)
    assert difference(made.docx, made.pdf) == ""
    _holds_together(made, type_id, kind)
    assert (made.seal_place is not None) >= (job(type_id, kind).definition.seal is not None)
    assert papers.look(type_id, kind) == golden.known(type_id, kind)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_sample_of_every_type_is_pdf_a_2a(papers: Papers, part: int, verapdf: Judge) -> None:
    files = [papers.file(type_id, kind) for type_id, kind in product(TYPES[part::PARTS], KINDS)]
    verdicts = verapdf(files, "2a")
    assert len(verdicts) == len(files)
    assert {f.name: v.faults for f, v in verdicts.items() if not v.compliant} == {}
