"""The same job gives the same bytes: twice in one process, and in processes that hash differently."""

import hashlib
import os
import subprocess
import sys

import pytest

from foundation.settings import ROOT
from generator.pipeline import make
from tests.generator.jobs import job

TYPES = ("penalty_decision", "case_initiation_approval", "inquiry_record", "photo_evidence_sheet")
PROGRAM = """
import hashlib
from generator.pipeline import make
from tests.generator.jobs import job
for type_id in {types}:
    made = make(job(type_id))
    print(hashlib.sha256(made.docx).hexdigest(), hashlib.sha256(made.pdf).hexdigest())
"""


def _in_another_process(seed: str) -> list[str]:
    environment = dict(os.environ, PYTHONHASHSEED=seed, PYTHONPATH=str(ROOT), TZ="America/New_York")
    done = subprocess.run(  # noqa: S603 - this program
        [sys.executable, "-c", PROGRAM.format(types=TYPES)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_same_job_gives_the_same_bytes_in_every_process() -> None:
    here = []
    for type_id in TYPES:
        made = make(job(type_id))
        here.append(f"{hashlib.sha256(made.docx).hexdigest()} {hashlib.sha256(made.pdf).hexdigest()}")
    assert _in_another_process("1") == here
    assert _in_another_process("2") == here


@pytest.mark.parametrize("type_id", TYPES)
def test_another_version_gives_other_bytes_and_the_same_text(type_id: str) -> None:
    first = job(type_id)
    other = make(type(first)(**vars(first) | {"furniture": _later(first.furniture)}))
    made = make(first)
    assert made.pdf != other.pdf
    assert made.text == other.text


def _later(furniture: object) -> object:
    return type(furniture)(**vars(furniture) | {"version": 4})
