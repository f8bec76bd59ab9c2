"""Draw every type with its samples on contact sheets: `python -m scripts.contact_sheets [TYPE…] [--kind KIND]`.

Grey JPEGs by stage and kind, pages side by side in the order of types: a quick look at all papers after a change of a
fragment or a style. Of a long paper the first page and the last two are shown. Needs prepared fonts (`make setup`).
"""

import argparse
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from catalogue.definitions import STAGES, Catalogue, DocumentType
from catalogue.loading import load_catalogue
from catalogue.samples import KINDS, pictures, sample
from foundation.settings import ROOT
from generator import preview
from generator.furniture import Furniture
from generator.job import Job
from generator.pipeline import make

FONTS = ROOT / "var/fonts"
TARGET = ROOT / "docs/pictures/documents"
DPI = 40
COLUMNS, ROWS, GAP = 8, 3, 4
FIRST, LAST = 1, 2
"""Pages of one paper that are shown; the hard samples have up to forty."""
QUALITY = 45


def main() -> None:
    """Draw the named types, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--out", type=Path, default=TARGET)
    arguments = parser.parse_args()
    catalogue = load_catalogue(ROOT / "templates")
    wanted = [t for t in catalogue.types.values() if not arguments.types or t.id in arguments.types]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for stage in STAGES:
        of_stage = [t for t in wanted if t.stage == stage]
        for kind in arguments.kind or KINDS if of_stage else ():
            _draw(catalogue, of_stage, kind, arguments.out / f"{stage}-{kind}")


def _draw(catalogue: Catalogue, types: Sequence[DocumentType], kind: str, target: Path) -> None:
    """Draw the sheets of a stage and kind, each small enough to be looked at in a browser."""
    for old in target.parent.glob(f"{target.name}-*.jpg"):
        old.unlink()
    images = [page for t in types for page in pages(catalogue, t, kind)]
    for number, some in enumerate(batched(images, COLUMNS * ROWS), 1):
        sheet(some).save(f"{target}-{number}.jpg", quality=QUALITY, optimize=True)
    print(f"{target}: {len(types)}种 {len(images)}页")  # noqa: T201 - a script's output


def batched(images: Sequence[Image.Image], size: int) -> Iterator[Sequence[Image.Image]]:
    """Yield so many pages at a time."""
    yield from (images[at : at + size] for at in range(0, len(images), size))


def pages(catalogue: Catalogue, definition: DocumentType, kind: str) -> Iterator[Image.Image]:
    """Yield the first and the last pages of a type's sample."""
    made = make(job_of(catalogue, definition, kind))
    shown = sorted({*range(min(FIRST, made.pages)), *range(max(0, made.pages - LAST), made.pages)})
    for number in shown:
        (page,) = preview.pages(made.pdf, DPI, only=number)
        yield Image.open(io.BytesIO(page)).convert("L")


def job_of(catalogue: Catalogue, definition: DocumentType, kind: str) -> Job:
    """Return what draws a type's sample."""
    values = sample(catalogue, definition.id, kind)
    furniture = Furniture(
        document_id="00000000-0000-7000-8000-000000000000",
        version=1,
        digest_prefix="0" * 16,
        verify_url="http://127.0.0.1:8000/v",
        title=definition.title,
        number=str(values.get("doc_no") or values.get("receipt_no") or _number(definition)),
        agency_name=str(values.get("agency") or "清河镇人民政府（虚构）"),
        created_at="2026-03-10T00:00:00+00:00",
        contact=str(values.get("agency_contact") or ""),
        address=str(values.get("agency_address") or ""),
    )
    images = pictures(catalogue, definition.id, values)
    return Job(definition=definition, values=values, furniture=furniture, fonts_dir=str(FONTS), images=images)


def _number(definition: DocumentType) -> str:
    """Return a number as the ledger would give it, so that the line of a form has its place."""
    return f"清政{definition.number_character}〔2026〕第1号" if definition.number_character else ""


def sheet(images: Sequence[Image.Image]) -> Image.Image:
    """Lay pages side by side."""
    width, height = max(i.width for i in images) + GAP, max(i.height for i in images) + GAP
    columns = min(COLUMNS, len(images))
    out = Image.new("L", (columns * width + GAP, -(-len(images) // columns) * height + GAP), 119)
    for at, image in enumerate(images):
        out.paste(image, (GAP + at % columns * width, GAP + at // columns * height))
    return out


if __name__ == "__main__":
    main()
