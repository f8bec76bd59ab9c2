"""Health of search: how far the index is behind (probe, see `foundation.health`)."""

import datetime as dt

import sqlalchemy as sa

from foundation.context import Context
from foundation.health import Found, good, probe, warn
from foundation.outbox import OutboxRow

BEHIND = dt.timedelta(minutes=1)
"""The worker reads the outbox every second or so; a minute means that nobody does."""


@probe("index", "检索索引")
def index(ctx: Context) -> Found:
    """Look how many changes wait to be indexed, and since when."""
    wanted = sa.select(sa.func.count(), sa.func.min(OutboxRow.added_at)).where(OutboxRow.topic == "index")
    with ctx.database.read() as session:
        count, oldest = session.execute(wanted).one()
    engine = ctx.settings.search_url or "内置（SQLite FTS5）"
    if oldest and ctx.clock.now() - oldest > BEHIND:
        return warn(f"{engine}，{count} 项变更等待编入索引。", "启动后台 flask work；长期落后时执行 flask reindex。")
    return good(f"{engine}，{f'{count} 项变更待编入' if count else '与数据库一致'}")
