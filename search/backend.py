"""Chooses the engine by the settings; the only module that knows the two by name."""

import functools
from pathlib import Path

from foundation.context import Context
from search.elastic import Elastic
from search.engine import Engine
from search.fts5 import Fts5

FILE = "search.sqlite"


def engine_of(ctx: Context) -> Engine:
    """Return the engine of an installation: Elasticsearch when `ANJUAN_SEARCH_URL` is set, else SQLite FTS5."""
    settings = ctx.settings
    if settings.search_url:
        return _elastic(settings.search_url, settings.search_prefix)
    return Fts5(Path(settings.data_dir) / FILE)


@functools.lru_cache(maxsize=8)
def _elastic(url: str, prefix: str) -> Elastic:
    """Keep one client, with its connections, a process."""
    return Elastic(url, prefix)
