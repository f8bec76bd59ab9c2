"""PostgreSQL databases for one test, copied from another and dropped when the test ends."""

import contextlib
import uuid
from collections.abc import Iterator

import psycopg

from tests import servers


@contextlib.contextmanager
def database_like(template: str) -> Iterator[str]:
    """Create a database from a template and give its SQLAlchemy URL."""
    server, name = servers.running("postgres")["url"], f"t{uuid.uuid4().hex}"
    with psycopg.connect(_plain(server) + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server + name
    finally:
        with psycopg.connect(_plain(server) + "postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:")
