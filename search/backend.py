"""Chooses the engine by the settings; the only module that knows the two by name."""

import functools
from pathlib import Path

from foundation.context import Context
from search.engine import Engine
from search.fts5 import Fts5

FILE = "search.sqlite"


def engine_of(ctx: Context) -> Engine:
    """Return the engine of an installation: Elasticsearch when `ANJUAN_SEARCH_URL` is set, else SQLite FTS5."""
    settings = ctx.settings
    return engine_at(url=settings.search_url, prefix=settings.search_prefix, path=settings.data_dir / FILE)


def engine_at(*, url: str = "", prefix: str = "", path: Path = Path(FILE)) -> Engine:
    """Return the engine at an address, or in a file when there is none."""
    return _elastic(url, prefix) if url else _fts5(path)


@functools.lru_cache(maxsize=8)
def _fts5(path: Path) -> Fts5:
    """Keep one set of open connections a file."""
    return Fts5(path)


@functools.lru_cache(maxsize=8)
def _elastic(url: str, prefix: str) -> Engine:
    """Keep one client, with its connections, a process."""
    from search.elastic import Elastic  # noqa: PLC0415 - its library takes a second to load, and most have no such server

    return Elastic(url, prefix)
