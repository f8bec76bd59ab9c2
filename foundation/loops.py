"""Coroutines from plain code: each in a loop of its own, because the caller's thread may run one already."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread and a loop of its own; return what it returns."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, work).result()
