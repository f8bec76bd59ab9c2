"""Hand all commands to `flask`: `flask replay`, `flask verify`, … (docs/commands.md lists them)."""

from flask import Flask

from cli import articles, cases, demo, finding, keeping, running  # noqa: F401 - importing registers their commands
from cli.common import COMMANDS


def register(app: Flask) -> None:
    """Add every command to the application's command line."""
    for command in COMMANDS.commands.values():
        app.cli.add_command(command)
