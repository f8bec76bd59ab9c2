"""What a made paper looks like in short: pages, a digest of its text, a digest of the boxes of its characters.

`golden/<stage>.json` holds this for every type and sample; `python -m scripts.golden` writes it anew after a wanted
change of a template, fragment or style. A change that nobody wanted fails `test_papers.py`.
"""

import hashlib
import json
from pathlib import Path

from generator.convert_text import docx_text
from generator.job import Made
from tests.generator.jobs import Char, catalogue

FOLDER = Path(__file__).parent / "golden"
LENGTH = 12
"""Hexadecimal digits of a digest: enough to notice a change."""
TENTHS = 1
"""Boxes are compared to a tenth of a millimetre."""

Look = list[int | str]


def look(made: Made, drawn: list[list[Char]]) -> Look:
    """Return pages, text digest and box digest of a paper, whose characters are given by page."""
    boxes = [[(c.text, round(c.left, TENTHS), round(c.bottom, TENTHS)) for c in page] for page in drawn]
    return [made.pages, _digest(docx_text(made.docx)), _digest(json.dumps(boxes, ensure_ascii=False))]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:LENGTH]


def known(type_id: str, kind: str) -> Look | None:
    """Return what is kept for a type's sample; None when it is new."""
    file = FOLDER / f"{catalogue().get(type_id).stage}.json"
    kept: dict[str, dict[str, Look]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return kept.get(type_id, {}).get(kind)


def write(looks: dict[str, dict[str, Look]]) -> None:
    """Write the files of all stages, a line a type."""
    FOLDER.mkdir(exist_ok=True)
    for stage in sorted({t.stage for t in catalogue().types.values()}):
        of_stage = {k: v for k, v in sorted(looks.items()) if catalogue().get(k).stage == stage}
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in of_stage.items())
        (FOLDER / f"{stage}.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
