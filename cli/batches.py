"""`flask batch`: papers for many parties from one draft's facts and a table; tried first, then made by the worker."""

from collections.abc import Iterator
from pathlib import Path

import click

from access.facts import Actor
from casework import queries
from casework.batches import STATE_NAMES, BatchFacts, ItemState
from casework.operations import batching
from casework.operations.batching import Trial
from cli.common import Result, command
from cli.people import actor_for
from cli.ready import ready_context
from cli.waiting import wait
from foundation.context import Context
from generator import printing
from generator.batches import kit_of
from generator.press import Press


@command("按名单为多个当事人制作同一种文书：先试算，加 --start 才制作；中断后可以继续。", name="batch")
@click.argument("draft", metavar="DRAFT")
@click.argument("table", metavar="TABLE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--start", is_flag=True, help="试算没有错误时开始制作。")
@click.option(
    "--reason", "reasons", multiple=True, metavar="CODE=TEXT", help="可书面说明理由的事项，例如 G11=设备故障。"
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="制作后把打印件写到这个目录。")
@click.option("--copies", default=2, show_default=True, help="打印件中每份文书的份数。")
@click.option("--as", "login", help="账号；不写时为本机关的承办人。")
def batch_command(
    draft: str,
    table: Path,
    *,
    start: bool,
    reasons: tuple[str, ...],
    out: Path | None,
    copies: int,
    login: str | None,
) -> Result:
    """Try a table on a draft's facts, and make the papers when asked to."""
    ctx = ready_context()
    with ctx.database.read() as session:
        agency_id = queries.document_facts(session, draft).agency_id
    actor = actor_for(ctx, agency_id, "handler", login)
    content = table.read_bytes()
    trial = batching.try_out(ctx, actor, pattern_id=draft, content=content)
    if not start:
        return Result(data=trial, lines=list(_tried(trial)), ok=trial.good == len(trial.rows))
    given = dict(r.split("=", 1) for r in reasons if "=" in r)
    begun = batching.begin(ctx, actor, pattern_id=draft, content=content, file_name=table.stem, reasons=given)
    wait(ctx, begun.job_id, "制作")
    made = batching.batch(ctx, actor, begun.id)
    lines = list(_made(made))
    if out is not None:
        with Press(ctx) as press:
            kit = kit_of(ctx, actor, made, press.pool, copies=copies)
        lines.append(f"打印件：{_written(ctx, actor, kit.id, out / f'{table.stem}.pdf')}（{kit.pages}页）")
    return Result(data=made, lines=lines, ok=made.count(ItemState.DONE) == len(made.items))


def _tried(trial: Trial) -> Iterator[str]:
    for row in trial.rows:
        yield f"{'✗' if row.faults else '✓'} 第{row.line}行 {row.name}{'（新登记）' if row.is_new else ''}"
        for one in row.faults:
            yield f"    {one.path + '：' if one.path else ''}{one.message}{one.remedy}"
    for one in trial.asks:
        yield f"! 须书面说明理由 {one.code}：{one.message}（--reason {one.code}=…）"
    yield f"可以制作 {trial.good} 份，有错误 {len(trial.rows) - trial.good} 行。没有保存任何内容。"


def _made(batch: BatchFacts) -> Iterator[str]:
    for item in batch.items:
        yield f"{STATE_NAMES[item.state]} 第{item.line}行 {item.name} {item.message}{item.remedy}"
    yield f"已制发 {batch.count(ItemState.DONE)} 份，未成功 {batch.count(ItemState.FAILED)} 份（批次 {batch.id}）。"


def _written(ctx: Context, actor: Actor, kit_id: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(printing.take(ctx, actor, kit_id))
    return path
