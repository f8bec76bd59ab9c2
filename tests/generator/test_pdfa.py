"""veraPDF judges sealed papers, previews and odd characters to be PDF/A-2a (all samples: `test_papers.py`)."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.pipeline import make
from generator.seal_order import SealOrder
from tests.generator.jobs import FONTS, job, small_job

SEALED = ("penalty_decision", "correction_order", "permit_decision")
Judge = Callable[[Sequence[Path], str], dict[Path, Any]]


@pytest.mark.slow
def test_sealed_papers_previews_and_odd_characters_are_pdf_a_2a(tmp_path: Path, verapdf: Judge) -> None:
    order = SealOrder(
        agency_id="a",
        agency_name="清河镇人民政府",
        keys_dir=str(tmp_path / "keys"),
        fonts_dir=str(FONTS),
        at=dt.datetime(2026, 3, 10, 2, tzinfo=dt.UTC),
    )
    made = {type_id: make(replace(job(type_id), seal=order)).sealed for type_id in SEALED}
    made["preview"] = make(job("penalty_decision", draft=True)).pdf
    made["odd"] = make(small_job([{"text": "{{ text }}"}], {"text": "𠅤䶮㛃𬎆①℃㎡☑—…“”·"})).pdf
    files = []
    for name, pdf in made.items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(pdf or b"")
    assert {f.name: v.faults for f, v in verapdf(files, "2a").items() if not v.compliant} == {}
