"""What every test may ask for.

    ctx            a floor of its own (SQLite, local blobs, keys) in a temporary folder, with a clock to move
    any_ctx        the same twice: embedded, and scaled (PostgreSQL, S3); the contract suites run on both
    scaled_ctx     the scaled one alone
    postgres_url   a PostgreSQL database without tables
    s3_settings    settings of an S3 prefix of its own (`blobs_url`, `s3_endpoint`, `s3_key`, `s3_secret`)
    elastic_url    the running Elasticsearch (take an index prefix of your own)
    verapdf        a function that judges PDF files, many at once

`move(ctx, "2026-01-06T09:30")` puts the clock of a context to a local instant. Servers: `tests.servers`.
"""

import datetime as dt
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher

import migrations.tables  # noqa: F401 - every floor's models are known before tables are created
from access import passwords
from foundation.blobs import open_blobs
from foundation.clock import ManualClock, parse_local
from foundation.context import Context
from foundation.database import Database
from foundation.ids import RandomIds
from foundation.keys import Keys
from foundation.settings import Settings
from tests import judges, servers
from tests.databases import empty, new_database, new_database_with_tables

BEGIN = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
"""Where the clock of a test stands at first (a Monday, 08:00 in Shanghai)."""


REAL_HASHER = passwords._HASHER
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

hypothesis.settings.register_profile("here", deadline=None)  # workers share two processors: time says nothing
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Begin the run in the one process that starts the workers (or that has none)."""
    if not hasattr(config, "workerinput"):
        servers.begin_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what may take longest (its own limit of time), so that no worker is alone with it at the end."""
    items.sort(key=_longest, reverse=True)


def _longest(item: pytest.Item) -> float:
    limit = item.get_closest_marker("timeout")
    return float(limit.args[0]) if limit else 0.0


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers when all workers are done."""
    if not hasattr(config, "workerinput"):
        servers.end_run()


def settings_for(folder: Path, **changes: object) -> Settings:
    """Return settings that read no file and no variable of this machine."""
    return Settings(_env_file=None, data_dir=folder, **changes)  # type: ignore[call-arg, arg-type]


def floor_of(settings: Settings) -> Context:
    """Build a context with all tables (made where they are not there yet) and a clock to move."""
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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a SQLite file with all tables once; tests copy it."""
    path = tmp_path_factory.mktemp("template") / "anjuan.sqlite"
    database = Database(f"sqlite:///{path}")
    database.create_all()
    database.close()
    return path


@pytest.fixture
def ctx(tmp_path: Path, sqlite_template: Path) -> Iterator[Context]:
    """Give a floor of its own: SQLite, local blobs and keys under the test's folder, the clock at 2026-01-05T00:00Z."""
    settings = settings_for(tmp_path / "var")
    settings.data_dir.mkdir()
    shutil.copyfile(sqlite_template, settings.data_dir / "anjuan.sqlite")
    ctx = floor_of(settings)
    yield ctx
    ctx.database.close()


@pytest.fixture(params=["embedded", "scaled"])
def any_ctx(request: pytest.FixtureRequest) -> Context:
    """Give a floor of its own on each column of the design: embedded, and PostgreSQL with S3."""
    ctx: Context = request.getfixturevalue("ctx" if request.param == "embedded" else "scaled_ctx")
    return ctx


@pytest.fixture
def scaled_ctx(tmp_path: Path, postgres_with_tables: str, s3_settings: dict[str, str]) -> Iterator[Context]:
    """Give a floor on PostgreSQL and S3; the database is this worker's, emptied."""
    empty(postgres_with_tables)
    ctx = floor_of(settings_for(tmp_path / "var", database_url=postgres_with_tables, **s3_settings))
    yield ctx
    ctx.database.close()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Give a PostgreSQL database without tables."""
    with new_database() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_with_tables() -> Iterator[str]:
    """Make a PostgreSQL database with all tables, once a worker."""
    with new_database_with_tables() as url:
        yield url


@pytest.fixture
def s3_settings() -> dict[str, str]:
    """Give an S3 prefix of its own in the bucket of the run."""
    facts = servers.running("s3")
    url = f"s3://{facts['bucket']}/{uuid.uuid4().hex}"
    return {"blobs_url": url, "s3_endpoint": facts["url"], "s3_key": "testkey", "s3_secret": "testsecret"}


@pytest.fixture
def elastic_url() -> str:
    """Give the address of the run's Elasticsearch."""
    return servers.running("elastic")["url"]


@pytest.fixture
def verapdf() -> Callable[[Sequence[Path], str], dict[Path, judges.Verdict]]:
    """Give the judge of PDF/A."""
    return judges.verapdf
