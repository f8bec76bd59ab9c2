"""Try a backup: restore it beside the installation, read every byte, check every chain, throw it away again.

A backup that was never restored is a hope. The drill uses the embedded column in a temporary folder, so it needs no
server and touches nothing; it needs the space of the backup once more unless both are on one disk.
"""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from foundation import ledger
from foundation.backup import Backup, restore
from foundation.blobs import LocalBlobs
from foundation.clock import SystemClock
from foundation.context import Context
from foundation.database import Database
from foundation.ids import RandomIds
from foundation.keys import Keys
from foundation.migrating import upgrade
from foundation.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What a drill found: an error is raised, so this is what was proved."""

    backup: Backup
    blobs: int
    """Files whose digest was taken again."""
    faults: tuple[str, ...]
    """What does not agree with the ledger's roots."""


def drill(folder: Path, scratch: Path) -> Drill:
    """Restore a backup into an empty scratch folder and check all of it.

    Raises:
        BadInput: The folder is no backup.
        Broken: A table, file or chain is not what the manifest says.
    """
    settings = Settings(data_dir=scratch, database_url="", blobs_url="", keys_dir=scratch / "keys")
    upgrade(settings)
    clock, blobs = SystemClock(), LocalBlobs(scratch / "blobs")
    database = Database(settings.database)
    ctx = Context(
        settings=settings,
        clock=clock,
        ids=RandomIds(clock),
        database=database,
        blobs=blobs,
        keys=Keys(settings.keys),
    )
    try:
        found = restore(ctx, folder, carry=False)
        checked = [blobs.verify(sha256) for sha256 in blobs.addresses()]
        with database.read() as session:
            agencies = session.scalars(sa.select(ledger.AnchorRow.agency_id).distinct())
            faults = [f"{fault.day} {fault.message}" for a in agencies for fault in ledger.verify(session, a)]
    finally:
        database.close()
    return Drill(backup=found, blobs=len(checked), faults=tuple(faults))
