"""UUIDv7 ids: sortable by time, from the clock and a random source that a replay can seed."""

import random
import secrets
import uuid
from typing import Protocol

from foundation.clock import Clock


class Ids(Protocol):
    """Something that gives new ids."""

    def new(self) -> str:
        """Return a new id, 36 characters."""
        ...


class RandomIds:
    """Ids from the clock and the system's randomness, or from a seed (replays repeat exactly)."""

    def __init__(self, clock: Clock, seed: str | None = None) -> None:
        self._clock = clock
        self._random = secrets.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - a replay's ids are no secret

    def new(self) -> str:
        """Return a UUIDv7 (RFC 9562) for the clock's present millisecond."""
        ms = int(self._clock.now().timestamp() * 1000) & ((1 << 48) - 1)
        rand = self._random.getrandbits(74)
        value = ms << 80 | 0x7 << 76 | (rand >> 62) << 64 | 0b10 << 62 | rand & ((1 << 62) - 1)
        return str(uuid.UUID(int=value))
