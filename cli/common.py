"""What all commands share: `--json`, plain errors, progress, exit codes (0 done, 1 refused or failed, 2 wrong use)."""

import functools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any, Self

import click
from flask import current_app
from flask.cli import AppGroup
from tqdm import tqdm

from foundation.canonical import plain
from foundation.context import Context
from foundation.errors import AnjuanError

COMMANDS = AppGroup("anjuan")
"""All commands; `cli.registry` hands them to `flask`."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command found: `data` for `--json`, `lines` for people, and whether all is well (exit code 1 if not)."""

    data: Any
    lines: Sequence[str] = field(default_factory=list)
    ok: bool = True


def the_context() -> Context:
    """Return the application's context."""
    context: Context = current_app.extensions["anjuan"]
    return context


def command(
    help: str,  # noqa: A002 - click's own word
    *,
    name: str | None = None,
    group: click.Group = COMMANDS,
) -> Callable[[Callable[..., Any]], click.Command]:
    """Register a function as a command: what it returns is printed, as text by `show` or as JSON with `--json`.

    Args:
        help: What `flask NAME --help` says, in Chinese.
        name: The command's name; the function's when left out.
        group: Where it is added.
    """

    def register(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(*args: Any, as_json: bool, **kwargs: Any) -> None:
            try:
                result = function(*args, **kwargs)
            except AnjuanError as error:
                fail(error, as_json=as_json)
            show(result, as_json=as_json)

        option = click.option("--json", "as_json", is_flag=True, help="机器可读的结果。")
        return group.command(name or function.__name__.replace("_", "-"), help=help)(option(run))

    return register


def show(result: Any, *, as_json: bool) -> None:
    """Print a result: JSON when asked, else lines of text; leave with 1 when it says that not all is well."""
    if isinstance(result, Result):
        show(result.data if as_json else list(result.lines), as_json=as_json)
        if not result.ok:
            sys.exit(1)
    elif as_json:
        click.echo(json.dumps(plain(_dict(result)), ensure_ascii=False, indent=2))
    elif isinstance(result, str):
        click.echo(result)
    elif isinstance(result, list | tuple):
        for item in result:
            click.echo(item if isinstance(item, str) else _line(item))
    elif result is not None:
        click.echo(_line(result))


def fail(error: AnjuanError, *, as_json: bool) -> None:
    """Print an error with its remedy and findings, and leave with exit code 1."""
    if as_json:
        body = {"error": error.code, "message": error.message, "remedy": error.remedy, "path": error.path}
        click.echo(json.dumps({**body, "findings": [asdict(f) for f in error.findings]}, ensure_ascii=False, indent=2))
        sys.exit(1)
    click.secho(f"✗ {error.path + '：' if error.path else ''}{error.message}", fg="red", err=True)
    for finding in error.findings:
        click.echo(
            f"  · [{finding.code} {finding.article}] {finding.path} {finding.message} {finding.remedy}", err=True
        )
    if error.remedy:
        click.echo(f"  处理办法：{error.remedy}", err=True)
    sys.exit(1)


class Bar:
    """A progress bar on standard error, shown to a person only; called as `bar(done, total, message)`."""

    def __init__(self, label: str) -> None:
        self._bar = tqdm(desc=label, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)

    def __enter__(self) -> Self:
        """Return the bar itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Take the bar away."""
        self._bar.close()

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Say how far it is."""
        self._bar.total = total
        self._bar.set_postfix_str(message, refresh=False)
        self._bar.update(done - self._bar.n)


def _dict(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {k: _dict(v) for k, v in vars(value).items()} if hasattr(value, "__dict__") else asdict(value)
    if isinstance(value, dict):
        return {k: _dict(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_dict(v) for v in value]
    return value


def _line(value: Any) -> str:
    data = _dict(value)
    if isinstance(data, dict):
        return "\n".join(f"{k}: {v}" for k, v in data.items() if v not in (None, "", [], {}))
    return str(data)
