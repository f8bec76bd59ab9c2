"""Revisions give exactly the tables of the models, on both databases, whoever starts at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from foundation import migrating
from foundation.database import Base, Database
from foundation.errors import Unavailable
from foundation.settings import Settings
from tests.conftest import settings_for

SQLITE_TABLES = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
POSTGRES_CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return settings_for(tmp_path / "var", database_url=url)


def test_revisions_and_models_are_the_same(empty: Settings) -> None:
    migrating.upgrade(empty)
    database = Database(empty.database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, Base.metadata)
    database.close()
    assert differences == [], "run: python -m scripts.make_migration --initial"


def test_sqlite_tables_are_the_same_to_the_letter(ctx_tables: set[tuple[str, ...]], tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "var")
    migrating.upgrade(settings)
    assert read(Database(settings.database), SQLITE_TABLES) == ctx_tables


def test_postgresql_constraints_are_the_same_to_the_letter(
    postgres_with_tables: str, postgres_url: str, tmp_path: Path
) -> None:
    migrating.upgrade(settings_for(tmp_path / "var", database_url=postgres_url))
    made = read(Database(postgres_with_tables), POSTGRES_CONSTRAINTS)
    assert read(Database(postgres_url), POSTGRES_CONSTRAINTS) == made


def test_many_processes_may_upgrade_at_once_and_again(empty: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(migrating.upgrade, [empty] * 4)) == {migrating.head()}
    assert migrating.upgrade(empty) == migrating.head()


def test_a_database_of_a_later_version_is_left_alone(empty: Settings) -> None:
    migrating.upgrade(empty)
    database = Database(empty.database)
    with database.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(Unavailable, match="9999"):
        migrating.upgrade(empty)


@pytest.fixture
def ctx_tables(sqlite_template: Path) -> set[tuple[str, ...]]:
    return read(Database(f"sqlite:///{sqlite_template}"), SQLITE_TABLES)


def read(database: Database, query: str) -> set[tuple[str, ...]]:
    try:
        with database.engine.connect() as connection:
            return {tuple(_in_order(str(value)) for value in row) for row in connection.execute(sa.text(query))}
    finally:
        database.close()


def _in_order(text: str) -> str:
    """Write each line of a definition in alphabetical order: the order of constraints means nothing."""
    return " ".join(sorted(line.strip().rstrip(",") for line in text.splitlines()))
