"""What outlives a restore: floors say what the installation knew and must not lose when an older backup is put back.

A backup is older than what happened since. Numbers that were given out stand on papers in other hands, whatever the
database says afterwards; who owns such things registers how they are carried over.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import orm

from foundation.context import Context


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore did, for those who carry something over."""

    made_at: dt.datetime
    """When the backup was made."""
    was_empty: bool
    """Nothing was there before: what happened after the backup is known to nobody."""


Collect = Callable[[orm.Session], Any]
Settle = Callable[[Context, orm.Session, Any, Restored], Iterator[str]]


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """How one thing is carried over."""

    collect: Collect
    """What is there before the rows are replaced."""
    settle: Settle
    """Put it right afterwards, in the same transaction; one sentence for people for each thing done."""


CARRIERS: dict[str, Carrier] = {}


def carrier(name: str, collect: Collect, settle: Settle) -> None:
    """Register how something is carried over a restore."""
    CARRIERS[name] = Carrier(collect=collect, settle=settle)
