"""Draw every type with its samples on contact sheets: `python -m scripts.contact_sheets [TYPE…] [--kind KIND]`.

One JPEG a stage and kind, pages side by side in the order of types: a quick look at all papers after a change of a
fragment or a style. Needs prepared fonts (`make setup`).
"""

import argparse
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from PIL import Image

from catalogue.definitions import STAGES, Catalogue, DocumentType
from catalogue.loading import load_catalogue
from catalogue.samples import KINDS, pictures, sample
from foundation.settings import ROOT
from generator import preview
from generator.furniture import Furniture
from generator.pipeline import Job, make

FONTS = ROOT / "var/fonts"
TARGET = ROOT / "docs/pictures/documents"
DPI = 48
COLUMNS, GAP = 12, 4
MOST_PAGES = 4
"""Of one paper; the hard samples have up to forty."""
QUALITY = 55


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
            images = [page for t in of_stage for page in pages(catalogue, t, kind)]
            target = arguments.out / f"{stage}-{kind}.jpg"
            sheet(images).save(target, quality=QUALITY, optimize=True)
            print(f"{target}: {len(of_stage)}种 {len(images)}页")  # noqa: T201 - a script's output


def pages(catalogue: Catalogue, definition: DocumentType, kind: str) -> Iterator[Image.Image]:
    """Yield the first pages of a type's sample."""
    made = make(job_of(catalogue, definition, kind))
    for page in islice(preview.pages(made.pdf, DPI), MOST_PAGES):
        yield Image.open(io.BytesIO(page)).convert("RGB")


def job_of(catalogue: Catalogue, definition: DocumentType, kind: str) -> Job:
    """Return what draws a type's sample."""
    values = sample(catalogue, definition.id, kind)
    furniture = Furniture(
        document_id="00000000-0000-7000-8000-000000000000",
        version=1,
        digest_prefix="0" * 16,
        verify_url="http://127.0.0.1:8000/v",
        title=definition.title,
        number=str(values.get("doc_no") or values.get("receipt_no") or ""),
        agency_name=str(values.get("agency") or "清河镇人民政府（虚构）"),
        created_at="2026-03-10T00:00:00+00:00",
        contact=str(values.get("agency_contact") or ""),
        address=str(values.get("agency_address") or ""),
    )
    images = pictures(catalogue, definition.id, values)
    return Job(definition=definition, values=values, furniture=furniture, fonts_dir=str(FONTS), images=images)


def sheet(images: Sequence[Image.Image]) -> Image.Image:
    """Lay pages side by side."""
    width, height = max(i.width for i in images) + GAP, max(i.height for i in images) + GAP
    columns = min(COLUMNS, len(images))
    out = Image.new("RGB", (columns * width + GAP, -(-len(images) // columns) * height + GAP), "#777777")
    for at, image in enumerate(images):
        out.paste(image, (GAP + at % columns * width, GAP + at // columns * height))
    return out


if __name__ == "__main__":
    main()
