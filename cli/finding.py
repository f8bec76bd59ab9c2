"""`flask search`, `flask reindex` and `flask reconcile`."""

from collections.abc import Iterator

import click

from cli.common import Bar, Result, command
from cli.people import actor_by_login
from cli.ready import ready_context
from search import asking, indexing
from search.facts import Results


@command("以某个账号的权限检索，与页面同一引擎、同样的结果。")
@click.argument("query")
@click.option("--as", "login", required=True, help="账号；只找得到它有权查看的记录。")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="第几页。")
def search(query: str, login: str, page: int) -> Result:
    """Ask the same engine with the same rights as the page."""
    ctx = ready_context()
    found = asking.find(ctx, actor_by_login(ctx, login), query, page=page)
    return Result(data=found, lines=list(_lines(found)))


def _lines(found: Results) -> Iterator[str]:
    for hit in found.hits:
        yield f"{hit.date}  {hit.title}  {hit.number}"
        if hit.snippet:
            yield f"            {hit.snippet.striptags()}"
    pages = f"，第 {found.page} 页 共 {found.pages} 页" if found.pages > 1 else ""
    yield f"共 {found.total} 条{pages}。{found.notice}"


@command("重建检索索引：写入新索引后切换，期间检索照常。")
def reindex() -> Result:
    """Build the index anew."""
    with Bar("重建索引") as bar:
        count = indexing.rebuild(ready_context(), bar)
    return Result(data={"entries": count}, lines=[f"已重建索引：{count} 条。"])


@command("比较索引与数据库，补齐缺少和过期的条目。")
def reconcile() -> Result:
    """Compare and repair."""
    with Bar("核对索引") as bar:
        found = indexing.reconcile(ready_context(), bar)
    told = f"缺少 {found.missing} 条、过期 {found.outdated} 条、多余 {found.surplus} 条，均已修复。"
    same = not (found.missing or found.outdated or found.surplus)
    rebuilt = "索引已重建。" if found.was_rebuilt else ""
    return Result(data=found, lines=[f"核对 {found.entries} 条：{'与数据库一致。' if same else told}{rebuilt}"])
