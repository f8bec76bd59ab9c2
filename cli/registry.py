"""Hand all commands to `flask`: `flask replay`, `flask verify`, … (docs/commands.md lists them).

A command's module is imported when the command is asked for: `flask demo` of a built demo shows its first page seconds
earlier than it would with everything that draws papers in memory.
"""

import importlib

import click
from flask import Flask
from flask.cli import AppGroup

from cli.common import COMMANDS

MODULES = {
    "articles": "cli.articles",
    "audit": "cli.copying",
    "backup": "cli.keeping",
    "batch": "cli.batches",
    "copy": "cli.copying",
    "demo": "cli.demo",
    "health": "cli.running",
    "numbers": "cli.numbers",
    "pack": "cli.cases",
    "person": "cli.founding",
    "reconcile": "cli.finding",
    "reindex": "cli.finding",
    "render": "cli.cases",
    "replay": "cli.cases",
    "restore": "cli.keeping",
    "search": "cli.finding",
    "setup": "cli.founding",
    "upgrade": "cli.keeping",
    "verify": "cli.cases",
    "work": "cli.running",
}
"""Command → the module that registers it."""


class Commands(AppGroup):
    """The application's commands, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return their names."""
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, None when there is none of that name."""
        if name not in MODULES:
            return None
        importlib.import_module(MODULES[name])
        return COMMANDS.commands[name]


def register(app: Flask) -> None:
    """Let the application's command line have every command."""
    app.cli = Commands("anjuan")


def all_commands() -> dict[str, click.Command]:
    """Return every command by its name."""
    for module in sorted(set(MODULES.values())):
        importlib.import_module(module)
    return dict(COMMANDS.commands)
