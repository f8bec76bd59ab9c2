"""Bring a database to the program's tables: `upgrade` at every start, safe when many processes start at once.

Revisions stand in `migrations/versions`; a test proves that they give exactly the tables of the models. A revision
keeps the tables usable by the version before it (add first, take away one version later), so that processes of both
versions run side by side while an installation is upgraded.
"""

import contextlib
import fcntl
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from foundation.database import Database
from foundation.errors import Unavailable
from foundation.settings import ROOT, Settings

_LOCK = 0x414E4A4D
"""Advisory lock of an upgrade (`ANJM`)."""


def upgrade(settings: Settings) -> str:
    """Apply the revisions that are missing and return the one reached.

    Raises:
        Unavailable: The database is of a later program version, or cannot be changed; nothing was.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        with _alone(settings, database) as connection:
            known = {script.revision for script in _scripts().walk_revisions()}
            at = current(connection)
            if at is not None and at not in known:
                raise Unavailable(f"数据库属于更新的程序版本（{at}）。", remedy="安装相应或更新的程序版本。")
            command.upgrade(alembic_config(connection), "head")
    except sa.exc.DBAPIError as error:
        remedy = "检查数据库账号的权限与磁盘空间后重试。"
        raise Unavailable("数据库结构无法升级，未作任何改动。", remedy=remedy) from error
    finally:
        database.close()
    return head()


def head() -> str:
    """Return the latest revision that this program knows."""
    return _scripts().get_current_head() or ""


def current(connection: sa.Connection) -> str | None:
    """Return the revision that a database is at; None when it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Return Alembic's settings, with the connection that it is to use."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


@contextlib.contextmanager
def _alone(settings: Settings, database: Database) -> Iterator[sa.Connection]:
    """Give a connection in one transaction, while no other process upgrades."""
    with (settings.data_dir / "upgrade.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with database.engine.connect().execution_options(anjuan_write=True) as connection, connection.begin():
            if database.is_postgresql:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
