"""Kinds of long work (`@job`) and small repeated duties of workers (`@duty`), registered by the floors that do them.

A worker knows a kind when the module that registers it was imported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from foundation.context import Context

T = TypeVar("T")


class Task(Protocol):
    """What a job's function is given."""

    ctx: Context
    job_id: str
    subject: str
    by: str
    """The account that asked."""
    given: dict[str, Any]
    """Ids, digests and options given when it was asked for."""

    def step(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """Run a function once; when the worker dies later, its result is read back instead of running it again.

        The result must be plain data (dates and tuples come back as text and lists). A step that was under way when the
        worker died runs again, so it is written to be run twice. A step that finds a service down is tried again.
        """
        ...

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Show how far the work is (written at most every half second)."""
        ...


JobFunction = Callable[[Task], dict[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A kind of long work."""

    name: str
    title: str
    run: JobFunction
    tries: int
    """How often a step that fails is tried, and a job that kills its worker is begun."""
    pause_s: float
    """Seconds before the second try; doubled before each further one, one minute at most."""


KINDS: dict[str, JobKind] = {}


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Small work that every worker does again and again (index what waits, anchor the ledger)."""

    name: str
    run: Callable[[Context], object]
    every_s: float


DUTIES: dict[str, Duty] = {}


def duty(name: str, *, every_s: float) -> Callable[[Callable[[Context], T]], Callable[[Context], T]]:
    """Register a function that each worker calls every so many seconds; many workers may call it at once."""

    def register(function: Callable[[Context], T]) -> Callable[[Context], T]:
        DUTIES[name] = Duty(name=name, run=function, every_s=every_s)
        return function

    return register


def job(name: str, *, title: str = "", tries: int = 8, pause_s: float = 2.0) -> Callable[[JobFunction], JobFunction]:
    """Register a function as a kind of long work."""

    def register(function: JobFunction) -> JobFunction:
        KINDS[name] = JobKind(name=name, title=title or name, run=function, tries=tries, pause_s=pause_s)
        return function

    return register
