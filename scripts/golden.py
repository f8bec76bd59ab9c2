"""Write the golden digests of all renderings anew: `python -m scripts.golden`.

To be run after a wanted change of a template, a fragment, a style or the pipeline; look at what changed (the contact
sheets) before the files are committed. Needs prepared fonts (`make setup`).
"""

from concurrent.futures import ProcessPoolExecutor
from itertools import product

from catalogue.samples import KINDS
from generator.pipeline import make
from tests.generator.golden import Look, known, look, write
from tests.generator.jobs import catalogue, characters, job


def main() -> None:
    """Render every type with its three samples and keep how each looks."""
    looks: dict[str, dict[str, Look]] = {}
    tasks = list(product(sorted(catalogue().types), KINDS))
    with ProcessPoolExecutor(2) as pool:
        for (type_id, kind), seen in zip(tasks, pool.map(_look, tasks, chunksize=8), strict=True):
            if known(type_id, kind) != seen:
                print(f"{type_id} {kind}: {seen[0]}页")  # noqa: T201 - a script's output
            looks.setdefault(type_id, {})[kind] = seen
    write(looks)


def _look(task: tuple[str, str]) -> Look:
    made = make(job(*task))
    return look(made, [characters(made.pdf, page) for page in range(made.pages)])


if __name__ == "__main__":
    main()
