"""All samples of all types in one process: total time, the slowest ten types, bytes a page, memory."""

import resource
import time
from collections import defaultdict
from itertools import product
from typing import Any

from catalogue.loading import load_catalogue
from catalogue.samples import KINDS
from foundation.settings import ROOT
from generator.job import Made
from generator.pipeline import make, warm
from scripts.contact_sheets import FONTS, job_of

SLOWEST = 10
KIB, MIB = 1024, 1024 * 1024
limits = {"memory_mib": 1024, "kib_a_page": 120}


def run() -> dict[str, Any]:
    """Draw every sample once, warm."""
    catalogue = load_catalogue(ROOT / "templates")
    warm(str(FONTS))
    make(job_of(catalogue, catalogue.get("penalty_decision"), "ordinary"))
    seconds: dict[str, float] = defaultdict(float)
    by_kind: dict[str, float] = defaultdict(float)
    made: list[tuple[int, int, int]] = []
    for definition, kind in product(catalogue.types.values(), KINDS):
        job = job_of(catalogue, definition, kind)
        began = time.process_time()
        made.append(_sizes(make(job)))
        spent = time.process_time() - began
        seconds[definition.id] += spent
        by_kind[kind] += spent
    pages, pdf, docx = (sum(sizes[n] for sizes in made) for n in range(3))
    slowest = sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST]
    return {
        "samples": len(made),
        "pages": pages,
        "cpu_s": round(sum(seconds.values()), 1),
        "cpu_ms_a_page": round(sum(seconds.values()) * 1000 / pages, 1),
        "cpu_s_by_kind": {kind: round(spent, 1) for kind, spent in by_kind.items()},
        "slowest_types_cpu_s": {type_id: round(spent, 2) for type_id, spent in slowest},
        "kib_a_page": round(pdf / pages / KIB, 1),
        "docx_kib_a_paper": round(docx / len(made) / KIB, 1),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB // MIB,
    }


def _sizes(made: Made) -> tuple[int, int, int]:
    return made.pages, len(made.pdf), len(made.docx)
