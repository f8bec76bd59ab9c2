"""Health of search: does the engine live, is there an index of the present form? (probe, see `foundation.health`)."""

from foundation.context import Context
from foundation.health import Found, bad, good, probe
from search.backend import engine_of


@probe("search", "检索")
def index(ctx: Context) -> Found:
    """Ask the engine for a sign of life and look whether its index is of the present form."""
    engine = engine_of(ctx)
    if not engine.is_ready():
        return bad("检索索引尚未建立，或格式已更新。", "后台 flask work 会自动建立；也可执行 flask reindex。")
    return good(engine.alive())
