"""Page numbers of lists, and addresses that keep the other choices of a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Which page of how many."""

    page: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are."""
        return max(1, -(-self.total // self.size))


def page_number() -> int:
    """Return the page that the address asks for, from 1; nonsense is 1."""
    value = request.args.get("page", "1")
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 8 else 1  # noqa: PLR2004 - no list is longer


def page_url() -> Callable[[int], str]:
    """Return how to get to another page of the same list."""
    return lambda number: address({"page": str(number) if number > 1 else None})


def address(
    changes: Mapping[str, str | None],
    *,
    add: tuple[str, str] | None = None,
    drop: tuple[str, str] | None = None,
) -> str:
    """Return this page's address with some of its parameters otherwise.

    Args:
        changes: New values by name; None leaves the parameter out.
        add: One more pair.
        drop: A pair to leave out.
    """
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in changes and v and (k, v) not in (add, drop)]
    pairs = [*kept, *((k, v) for k, v in changes.items() if v), *([add] if add else [])]
    return f"{request.path}?{urlencode(pairs)}".rstrip("?")
