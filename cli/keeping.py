"""`flask backup` and `flask restore`: a whole installation into a folder and back; keys apart, under a passphrase."""

import tempfile
from pathlib import Path

import click

import migrations.tables  # noqa: F401 - a backup holds the rows of every floor
from casework import carrying as _numbers  # noqa: F401 - numbers outlive a restore
from cli.common import Bar, Result, command, the_context
from cli.ready import ready_context
from foundation.backup import Backup, back_up, restore
from foundation.backup_drill import drill
from foundation.backup_keys import LOST, read_keys, write_keys
from foundation.migrating import upgrade
from search import indexing

PASSPHRASE = "ANJUAN_BACKUP_PASSPHRASE"  # noqa: S105 - a name, not a secret
"""Environment variable that gives the passphrase without a question."""

_passphrase = click.option("--passphrase", envvar=PASSPHRASE, help=f"密钥文件的口令短语；也可用环境变量 {PASSPHRASE}。")


@command("把全部数据备份到一个新目录；密钥另写一个加密文件。", name="backup")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="新的备份目录。")
@_passphrase
def backup_command(out: Path, passphrase: str | None) -> Result:
    """Write a backup, and the keys when a passphrase is given."""
    ctx = ready_context()
    with Bar("备份") as bar:
        made = back_up(ctx, out, progress=bar)
    keys = out.with_name(f"{out.name}.keys")
    count = write_keys(ctx.settings.keys, keys, passphrase) if passphrase else 0
    told = f"密钥：{keys}（{count} 个，请与备份分开保管）" if count else "未备份密钥：用 --passphrase 给出口令短语。"
    return Result(data={**_facts(made), "keys": str(keys) if count else None}, lines=[*_lines("已备份到", made), told])


@command("从备份目录恢复全部数据。", name="restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="密钥文件。")
@click.option("--replace", is_flag=True, help="替换本机现有数据。")
@click.option("--drill", "is_drill", is_flag=True, help="只演练：在临时目录恢复并全部校验，不改动本机数据。")
@_passphrase
def restore_command(folder: Path, keys: Path | None, replace: bool, is_drill: bool, passphrase: str | None) -> Result:
    """Put a backup back, check every chain, and build the index anew; or try it in a temporary folder."""
    if is_drill:
        return _drill(folder)
    ctx = ready_context()
    count = read_keys(keys, ctx.settings.keys, passphrase or "") if keys else 0
    with Bar("恢复") as bar:
        made = restore(ctx, folder, replace=replace, progress=bar)
    indexing.rebuild(ctx)
    told = f"密钥已恢复（{count} 个）" if keys else LOST
    lines = [*_lines("已恢复自", made), f"已校验 {made.streams} 条日志链。", told]
    return Result(data={**_facts(made), "keys": count, "warning": "" if keys else LOST}, lines=lines)


@command("把数据库结构升级到本程序的版本；服务启动时自动升级，多个进程可以同时运行。", name="upgrade")
def upgrade_command() -> Result:
    """Bring the database to the tables of this program."""
    reached = upgrade(the_context().settings)
    return Result(data={"revision": reached}, lines=[f"数据库结构已是本程序的版本（{reached}）。"])


def _drill(folder: Path) -> Result:
    with tempfile.TemporaryDirectory() as scratch:
        found = drill(folder, Path(scratch))
    told = f"已校验 {found.blobs} 个文件、{found.backup.streams} 条日志链；本机数据没有改动。"
    lines = [*_lines("演练恢复成功，来自", found.backup), told, *found.faults]
    return Result(data={**_facts(found.backup), "faults": list(found.faults)}, lines=lines, ok=not found.faults)


def _facts(made: Backup) -> dict[str, object]:
    return {
        "folder": str(made.folder),
        "made_at": made.made_at,
        "rows": sum(made.tables.values()),
        "blobs": made.blobs,
        "bytes": made.size,
        "streams": made.streams,
        "missing": list(made.missing),
        "lost": list(made.lost),
        "carried": list(made.carried),
    }


def _lines(what: str, made: Backup) -> list[str]:
    rows = sum(made.tables.values())
    told = [f"{what} {made.folder}：{rows} 行、{made.blobs} 个文件（{made.size / (1 << 20):.1f} MiB）。"]
    told += [f"存储中缺少文件 {sha256[:12]}…，备份中也没有。" for sha256 in made.missing]
    return told + [f"恢复到备份时的状态：{sentence}" for sentence in made.lost] + list(made.carried)
