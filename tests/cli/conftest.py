"""Commands on a replayed case, and on an empty installation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from cli.registry import register
from foundation.context import Context
from foundation.migrating import upgrade
from foundation.settings import ROOT
from tests.conftest import floor_of, settings_for
from tests.web.conftest import Site, site  # noqa: F401 - a fixture, made once a worker
from web.app import create_app

Run = Callable[..., Result]


def runner(app: Flask) -> Run:
    """Return a function that runs a command."""
    register(app)

    def run(*words: object) -> Result:
        return app.test_cli_runner().invoke(args=[str(w) for w in words])

    return run


@pytest.fixture
def flask(site: Site) -> Run:  # noqa: F811 - the fixture above
    """Run commands on the replayed case."""
    return runner(site.app)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[Run, Context]]:
    """Run commands on an empty installation."""
    settings = settings_for(tmp_path / "var", fonts_dir=ROOT / "var/fonts")
    upgrade(settings)
    ctx = floor_of(settings)
    yield runner(create_app(ctx)), ctx
    ctx.database.close()
