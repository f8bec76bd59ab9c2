"""Write a revision that brings the tables from the last one to the models: `python -m scripts.make_migration "text"`.

`--initial` writes the first and only one anew (until the first release; after it, revisions are only added).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

import migrations.tables  # noqa: F401 - every model is known
from foundation.database import Base, Database
from foundation.migrating import alembic_config, head
from foundation.settings import ROOT

VERSIONS = ROOT / "migrations" / "versions"


def main() -> None:
    """Write the revision and format it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="Initial tables")
    parser.add_argument("--initial", action="store_true", help="write the only revision anew")
    given = parser.parse_args()
    if given.initial:
        shutil.rmtree(VERSIONS, ignore_errors=True)
        VERSIONS.mkdir()
    number = len(list(VERSIONS.glob("*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.sqlite")
        with database.engine.connect().execution_options(anjuan_write=True) as connection:
            config = alembic_config(connection)
            config.attributes["target"] = Base.metadata
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            if head():
                command.upgrade(config, "head")
            command.revision(config, given.message, autogenerate=True, rev_id=f"{number:04}")
        database.close()
    subprocess.run([Path(sys.executable).with_name("ruff"), "format", "-q", VERSIONS], check=True)  # noqa: S603
    sys.stdout.write("".join(f"{path}\n" for path in sorted(VERSIONS.glob(f"{number:04}*"))))


if __name__ == "__main__":
    main()
