"""PostgreSQL databases for tests: an empty one, dropped after use; one with all tables, emptied before each use.

Copying a database takes most of a second, emptying one some milliseconds.
"""

import contextlib
import uuid
from collections.abc import Iterator

import psycopg

from foundation.database import Database
from tests import servers

END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();"""
"""Ends whoever else is connected to the database, as a restart of the server does."""

EMPTY = """
DROP SCHEMA IF EXISTS dbos CASCADE;
SET session_replication_role = replica; -- no foreign keys meanwhile
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
END $$;
"""


@contextlib.contextmanager
def new_database() -> Iterator[str]:
    """Create a database without tables, give its SQLAlchemy URL and drop it."""
    server, name = servers.running("postgres")["url"], f"t{uuid.uuid4().hex}"
    with psycopg.connect(plain(server) + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield server + name
    finally:
        with psycopg.connect(plain(server) + "postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def new_database_with_tables() -> Iterator[str]:
    """Create a database with all tables."""
    with new_database() as url:
        database = Database(url)
        database.create_all()
        database.close()
        yield url


def empty(url: str) -> None:
    """End whoever is connected to a database, and take all rows away."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(END_OTHERS)
        connection.execute(EMPTY)


def plain(url: str) -> str:
    """Return a URL as psycopg itself reads it."""
    return url.replace("postgresql+psycopg:", "postgresql:")
