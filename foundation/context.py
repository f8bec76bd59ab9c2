"""What every operation is handed: settings, clock, ids, database, blobs, keys. Built once a process, or once a test."""

from dataclasses import dataclass, replace

from foundation.blobs import BlobStore, open_blobs
from foundation.clock import Clock, SystemClock
from foundation.database import Database
from foundation.ids import Ids, RandomIds
from foundation.keys import Keys
from foundation.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Context:
    """The floor in one hand."""

    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    blobs: BlobStore
    keys: Keys

    def at(self, clock: Clock, *, seed: str | None = None) -> "Context":
        """Return the same floor with another clock (replays, tests)."""
        return replace(self, clock=clock, ids=RandomIds(clock, seed))


def build_context(settings: Settings | None = None, clock: Clock | None = None) -> Context:
    """Open database, blobs and keys as the settings say."""
    settings = settings or Settings()
    clock = clock or SystemClock()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Context(
        settings=settings,
        clock=clock,
        ids=RandomIds(clock),
        database=Database(settings.database),
        blobs=open_blobs(settings),
        keys=Keys(settings.keys),
    )
