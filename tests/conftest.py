"""What every test may ask for: a whole floor (`ctx`) of its own in a temporary folder, with a clock that it moves.

`move(ctx, "2026-01-06T09:30")` puts the clock of a context to a local instant.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.tables  # noqa: F401 - every floor's models are known before tables are created
from foundation.blobs import open_blobs
from foundation.clock import ManualClock, parse_local
from foundation.context import Context
from foundation.database import Database
from foundation.ids import RandomIds
from foundation.keys import Keys
from foundation.settings import Settings

BEGIN = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
"""Where the clock of a test stands at first (a Monday, 08:00 in Shanghai)."""


def settings_for(folder: Path, **changes: object) -> Settings:
    """Return settings that read no file and no variable of this machine."""
    return Settings(_env_file=None, data_dir=folder, **changes)  # type: ignore[call-arg, arg-type]


def floor_of(settings: Settings) -> Context:
    """Build a context with all tables and a clock to move."""
    clock = ManualClock(BEGIN)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    database.create_all()
    return Context(
        settings=settings,
        clock=clock,
        ids=RandomIds(clock, "test"),
        database=database,
        blobs=open_blobs(settings),
        keys=Keys(settings.keys),
    )


def move(ctx: Context, to: str | dt.datetime) -> None:
    """Put a context's clock to an instant (`2026-01-06T09:30` is local)."""
    assert isinstance(ctx.clock, ManualClock)
    ctx.clock.move(parse_local(to) if isinstance(to, str) else to)


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """Give a floor of its own: SQLite, local blobs and keys under the test's folder, the clock at 2026-01-05T00:00Z."""
    ctx = floor_of(settings_for(tmp_path / "var"))
    yield ctx
    ctx.database.close()
