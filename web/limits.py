"""How often an address may ask a public page: a bucket in memory a process, forgotten when full again."""

import threading
import time

BURST = 30
"""Answers at once: a stack of papers scanned one after another."""
REFILL_S = 2.0
"""Seconds until one more is allowed."""
MOST = 10_000
"""Addresses remembered."""

_LOCK = threading.Lock()
_BUCKETS: dict[tuple[str, str], tuple[float, float]] = {}


def within(what: str, address: str) -> bool:
    """Tell whether an address may ask once more, and count it."""
    key, now = (what, address), time.monotonic()
    with _LOCK:
        if len(_BUCKETS) > MOST:
            _BUCKETS.clear()
        left, at = _BUCKETS.get(key, (float(BURST), now))
        left = min(float(BURST), left + (now - at) / REFILL_S)
        _BUCKETS[key] = (left - 1 if left >= 1 else left, now)
        return left >= 1
