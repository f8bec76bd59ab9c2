"""What makes and seals papers in one process: the pool of render workers, opened once and closed with its owner."""

from collections.abc import Sequence
from typing import Self

from foundation.context import Context
from foundation.errors import Finding
from generator.fonts import undrawable
from generator.pool import Pool


class Press:
    """Owns the render workers; pages keep one for their life, commands and workers one for theirs."""

    def __init__(self, ctx: Context) -> None:
        self.pool = Pool(ctx.settings)
        self._fonts_dir = ctx.settings.fonts_dir

    def __enter__(self) -> Self:
        """Return the press itself; workers start with the first paper."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the workers."""
        self.pool.close()

    def undrawable(self, text: str) -> Sequence[Finding]:
        """Return a finding for each character that no font draws."""
        return undrawable(text, self._fonts_dir)
