"""Issuing against bare WeasyPrint: how much of the rate of drawing alone is left when a paper is really issued.

Whole issue is everything that `generator.issuing.issue` does: permission, gates, number, DOCX, PDF/A, seal and
time-stamp where the type has one, blobs on disk, commit, journal, outbox. The peer is WeasyPrint as it comes, warm,
with its fonts and style sheet parsed once, on the very HTML that the pipeline made. Beside it stands our own drawing
of that HTML alone (docs/decisions/0061: bent, it lays a form out faster), so that both can be seen. Each side has two
processes that draw and always find the next paper waiting; they take turns in one run, and the ratio of their rates
is what counts.
"""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.ready import Ready, press_of, ready_papers
from casework.operations.issuing import build_paper
from casework.views import office
from generator import pipeline
from generator.compile import compile_template
from generator.compile_styles import layout
from generator.convert import Converted, convert
from generator.convert_css import style_sheet
from generator.drawing import job_of
from generator.fonts import use_fonts
from generator.issuing import issue
from generator.job import Job
from generator.press import Press
from generator.render import render

TYPES = {"case_initiation_approval": 0.7, "penalty_decision": 0.45}
"""Type → the least ratio of rates."""
PROCESSES = 2
IN_HAND = 4
"""Papers issued at once: while two are drawn, others are reserved or committed."""
ROUNDS, A_ROUND = 3, 24
"""Rounds in which both sides take turns, and papers in a round."""
limits = {f"{name}/slower_than_bare": round(1 / least, 3) for name, least in TYPES.items()}


def run() -> dict[str, Any]:
    """Measure each type."""
    return {name: _measured(name) for name in TYPES}


def _measured(name: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        papers = ready_papers(Path(folder), name, ROUNDS * A_ROUND + IN_HAND)
        context = multiprocessing.get_context("spawn")
        bare, drawing = (ProcessPoolExecutor(PROCESSES, mp_context=context) for _ in range(2))
        with press_of(papers) as press, bare, drawing:
            job = _job(papers[0])
            _issue_all(press, papers[ROUNDS * A_ROUND :])
            for paper in papers:
                _job(paper)  # an office that issues has its database open
            for pool, work in ((bare, _bare), (drawing, _drawn)):
                list(pool.map(work, [job] * PROCESSES * 2))
            rates: dict[str, list[float]] = {"bare": [], "drawing": [], "issued": []}
            for number in range(ROUNDS):
                some = papers[number * A_ROUND : (number + 1) * A_ROUND]
                rates["bare"].append(_rate(lambda: list(bare.map(_bare, [job] * A_ROUND))))
                rates["drawing"].append(_rate(lambda: list(drawing.map(_drawn, [job] * A_ROUND))))
                rates["issued"].append(_rate(lambda some=some: _issue_all(press, some)))  # type: ignore[misc]
        for paper in papers:
            paper.ctx.database.close()
    return _figures({name: statistics.median(each) for name, each in rates.items()})


def _figures(rate: Mapping[str, float]) -> dict[str, Any]:
    return {
        "issued_per_s": round(rate["issued"], 2),
        "bare_weasyprint_per_s": round(rate["bare"], 2),
        "own_drawing_per_s": round(rate["drawing"], 2),
        "ratio": round(rate["issued"] / rate["bare"], 3),
        "ratio_to_own_drawing": round(rate["issued"] / rate["drawing"], 3),
        "slower_than_bare": round(rate["bare"] / rate["issued"], 3),
    }


def _rate(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return A_ROUND / (time.perf_counter() - began)


def _issue_all(press: Press, papers: Sequence[Ready]) -> None:
    with ThreadPoolExecutor(IN_HAND) as threads:
        list(threads.map(lambda p: issue(p.ctx, p.actor, p.document_id, press), papers))


def _job(ready: Ready) -> Job:
    with ready.ctx.database.read() as session:
        at = office(ready.ctx, session)
        paper = build_paper(session, ready.ctx, at.catalogue, ready.document_id)
        return job_of(ready.ctx, paper, at.definition_of(paper.document))


_HTML: dict[str, tuple[Converted, str]] = {}
_SHEETS: dict[str, tuple[FontConfiguration, CSS, pipeline.Srgb]] = {}


def _bare(job: Job) -> int:
    """Draw the paper's HTML with WeasyPrint as it comes: layout, PDF/A, nothing else."""
    converted, name = _converted(job)
    if name not in _SHEETS:
        use_fonts(Path(job.fonts_dir))
        fonts = FontConfiguration()
        sheet = CSS(string=style_sheet(name), font_config=fonts)
        _SHEETS[name] = fonts, sheet, pipeline.Srgb()
    fonts, sheet, colours = _SHEETS[name]
    text, images = pipeline._page(converted, job.furniture), pipeline.Assets(converted.images)
    html = HTML(string=text, base_url="asset:", url_fetcher=images)
    document = html.render(font_config=fonts, color_profiles={pipeline.COLOURS: colours}, stylesheets=[sheet])
    return len(document.write_pdf(pdf_variant=pipeline.VARIANT, output_intent=pipeline.COLOURS))


def _drawn(job: Job) -> int:
    """Draw the same with the pipeline's own WeasyPrint."""
    converted, name = _converted(job)
    document = pipeline._lay_out(converted, job, name)
    return len(document.write_pdf(pdf_variant=pipeline.VARIANT, output_intent=pipeline.COLOURS))


def _converted(job: Job) -> tuple[Converted, str]:
    key = job.furniture.document_id
    if key not in _HTML:
        template = compile_template(job.definition)
        docx = render(job.definition, template, job.values, job.furniture, job.images)
        page = layout(template.layout)
        _HTML[key] = (convert(docx, page), page.name)
    return _HTML[key]
