"""`flask demo`: an installation with both whole cases in it, then the servers (what `make run` runs).

The first run carries both whole cases through every step, and ten more up to where something is to be done
(`cli.demo_building`); later runs serve at once. A folder that holds anything but demo data is left alone.
"""

import json
import time
from collections.abc import Iterator

import click

from cli.common import Result, command, the_context
from cli.demo_marks import MARK, SNAPSHOT, TAMPERED, DemoAccount
from cli.ready import migrate
from cli.serving import servers
from foundation.context import Context
from foundation.errors import Refused


@command("准备演示数据（十二个案件）并启动服务。")
@click.option("--reset", is_flag=True, help="把演示数据恢复到刚准备好时的样子。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="端口。")
@click.option("--serve/--no-serve", "serves", default=True, help="准备好后是否启动服务。")
def demo(reset: bool, host: str, port: int, serves: bool) -> Result:
    """Build the demo once, then serve."""
    ctx = the_context()
    began = time.monotonic()
    if reset:
        _reset(ctx)
        return Result(data={"reset": True}, lines=[f"演示数据已恢复（{time.monotonic() - began:.1f} 秒）。"])
    if not (ctx.settings.data_dir / MARK).exists():
        from cli.demo_building import build  # noqa: PLC0415 - all that draws papers; a built demo starts without it

        build(ctx, began)
    known = [DemoAccount(**row) for row in json.loads((ctx.settings.data_dir / MARK).read_text())["accounts"]]
    if serves:
        migrate(ctx)
        with servers(ctx.settings.data_dir, host=host, port=port) as running:
            _print(_told(ctx, running.url, known))
            running.wait()
    return Result(data={"accounts": known, "data_dir": str(ctx.settings.data_dir)})


def _reset(ctx: Context) -> None:
    folder = ctx.settings.data_dir
    if not (folder / MARK).exists() or not (folder / SNAPSHOT).exists():
        raise Refused("这里没有演示数据的快照，未作任何改动。", remedy="先运行 make run。")
    import migrations.tables  # noqa: F401, PLC0415 - rows of every floor come back
    from foundation.backup import restore  # noqa: PLC0415 - as above
    from search import indexing  # noqa: PLC0415

    restore(ctx, folder / SNAPSHOT, replace=True, carry=False)
    indexing.rebuild(ctx)


def _told(ctx: Context, url: str, known: list[DemoAccount]) -> Iterator[str]:
    yield ""
    yield f"  打开 Open            {url}"
    yield f"  数据目录 Data         {ctx.settings.data_dir}"
    yield f"  篡改过的档案包 Broken  {ctx.settings.data_dir / TAMPERED}"
    yield "  恢复演示数据 Reset    make demo-reset"
    yield "  全部重来 Start over   停止后删除数据目录，再 make run（stop, remove the data folder, make run）"
    yield "  停止 Stop            Ctrl+C"
    yield ""
    yield "  账号 Account   口令 Password     职务 Role"
    for one in known:
        yield f"  {one.login}{'　' * (5 - len(one.login))}    {one.password}   {one.roles}"
    yield ""
    yield "  演示环境：人物、单位、编号均为虚构。Demo data: all persons and numbers are fictitious."


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)
