"""UUIDv7 ids: sortable by time, from the clock and a random source that a replay can seed."""

import random
import secrets
import threading
import uuid
from typing import Protocol

from foundation.clock import Clock

RANDOM_BITS = 74
"""Bits of a UUIDv7 beside its millisecond, version and variant."""
STEP_BITS = 32
"""Within one millisecond an id is the last one plus a random step of so many bits: order is kept, guessing is not."""


class Ids(Protocol):
    """Something that gives new ids."""

    def new(self) -> str:
        """Return a new id, 36 characters."""
        ...


class RandomIds:
    """Ids from the clock and the system's randomness, or from a seed (replays repeat exactly).

    Ids of one source rise even while the clock stands still.
    """

    def __init__(self, clock: Clock, seed: str | None = None) -> None:
        self._clock = clock
        self._random = secrets.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - a replay's ids are no secret
        self._lock = threading.Lock()
        self._last = (-1, 0)

    def new(self) -> str:
        """Return a UUIDv7 (RFC 9562) for the clock's present millisecond."""
        ms = int(self._clock.now().timestamp() * 1000) & ((1 << 48) - 1)
        with self._lock:
            rand = self._next(ms)
            self._last = (ms, rand)
        value = ms << 80 | 0x7 << 76 | (rand >> 62) << 64 | 0b10 << 62 | rand & ((1 << 62) - 1)
        return str(uuid.UUID(int=value))

    def _next(self, ms: int) -> int:
        if self._last[0] != ms:  # the highest bit stays free, so that steps have room
            return self._random.getrandbits(RANDOM_BITS - 1)
        return (self._last[1] + 1 + self._random.getrandbits(STEP_BITS)) & ((1 << RANDOM_BITS) - 1)
