"""Open connections to the index file, kept between questions: closing the last one would write the log back each time.

A connection belongs to one user at a time and to the process that opened it; one whose file was replaced meanwhile (a
restore, a file set aside) is closed.
"""

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

BUSY_S = 10.0
"""How long a writer of the index waits for another."""
MAPPED = 1 << 30
"""Bytes of the file that are read through memory."""
CACHE_KIB = 16 << 10
MOST_IDLE = 8

Mark = tuple[int, int, int]
"""Process, device and inode."""
Idle = list[tuple[Mark, sqlite3.Connection]]


class Pool:
    """Connections to one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: Idle = []
        self._lock = threading.Lock()
        weakref.finalize(self, _close, self._idle)

    @contextlib.contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; what it began and did not commit is rolled back."""
        mark = self._mark()
        db = self._taken(mark) or _opened(self.path)
        try:
            yield db
        except sqlite3.DatabaseError:
            db.close()
            raise
        except BaseException:
            self._give_back(mark, db)
            raise
        self._give_back(mark, db)

    def _mark(self) -> Mark:
        found = self.path.stat()
        return os.getpid(), found.st_dev, found.st_ino

    def _taken(self, mark: Mark) -> sqlite3.Connection | None:
        with self._lock:
            stale = [db for of, db in self._idle if of != mark and of[0] == mark[0]]
            fitting = [db for of, db in self._idle if of == mark]
            others = [(of, db) for of, db in self._idle if of[0] != mark[0]]
            self._idle[:] = [*others, *((mark, db) for db in fitting[:-1])]
        for db in stale:
            db.close()
        return fitting[-1] if fitting else None

    def _give_back(self, mark: Mark, db: sqlite3.Connection) -> None:
        if db.in_transaction:
            db.execute("ROLLBACK")
        with self._lock:
            if len(self._idle) < MOST_IDLE:
                self._idle.append((mark, db))
                return
        db.close()


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    for pragma in (f"mmap_size={MAPPED}", f"cache_size=-{CACHE_KIB}", "synchronous=NORMAL"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _close(idle: Idle) -> None:
    """Close what this process opened; a connection must not be touched on the other side of a fork."""
    for (process, _, _), db in idle:
        if process == os.getpid():
            db.close()
