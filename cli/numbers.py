"""`flask numbers`: how far each series went; after a restore the last number of each, so that none is given twice."""

import re

import click

from casework.operations import numbers as operations
from cli.common import Result, command
from cli.people import actor_by_login
from cli.ready import ready_context
from foundation.errors import BadInput

NAMED = re.compile(r"(?P<character>[^:：]+)[:：](?P<period>\d{4,8})[=＝](?P<n>\d{1,9})")


@command("查看各编号序列；恢复备份后核对最后一号，继续编号。", name="numbers")
@click.option("--as", "login", required=True, help="系统管理员的账号。")
@click.option(
    "--last", "named", multiple=True, metavar="序列:年度=号", help="恢复前给出的最后一号，如 罚:2026=17；可重复。"
)
@click.option("--confirm", is_flag=True, help="没有写 --last 的序列没有再给出过编号；结束暂停。")
def numbers(login: str, named: tuple[str, ...], confirm: bool) -> Result:
    """List the series, or end the hold after a restore."""
    ctx = ready_context()
    actor = actor_by_login(ctx, login)
    told = operations.release(ctx, actor, dict(map(_read, named))) if confirm else []
    if named and not confirm:
        raise BadInput("没有写 --confirm，未作任何改动。", remedy="核对无误后加 --confirm。", path="--confirm")
    held, series = operations.series_of(ctx, actor)
    lines = [*told, "编号暂停，等待核对（--last、--confirm）。" if held else "编号正常。"]
    lines += [f"{s.character} {s.period}：已给到第{s.last}号" for s in series]
    return Result(data={"held": held, "series": series, "moved": told}, lines=lines)


def _read(text: str) -> tuple[tuple[str, str], int]:
    found = NAMED.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"“{text}”读不懂。", remedy="写成 序列:年度=号，如 罚:2026=17。", path="--last")
    return (found["character"].strip(), found["period"]), int(found["n"])
