"""What is asked of a seal provider and what it gives back."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

SEAL_MM = 42.0
"""Diameter of a township government's seal."""
Place = tuple[int, float, float]
"""Page from 0, and mm from its left and upper edge."""


@dataclass(frozen=True, kw_only=True)
class SealOrder:
    """Everything that a provider needs; picklable, without keys."""

    agency_id: str
    agency_name: str
    """Goes round the seal."""
    kind: str = "agency"
    """agency or permit (the definition's `seal`)."""
    provider: str = "rsa"
    """The agency's setting `signing.seal_algorithm`."""
    keys_dir: str
    fonts_dir: str
    tsa_url: str = ""
    """Address of a time-stamp authority; empty takes the demo one."""
    at: dt.datetime
    """The clock's instant."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A sealed file."""

    pdf: bytes
    timestamped: bool
    """False when no time-stamp authority answered: then the seal is valid, its instant is the clock's only."""


class SealProvider(Protocol):
    """Makes one kind of signature."""

    def seal(self, pdf: bytes, order: SealOrder, place: Place) -> Sealed:
        """Seal a file.

        Raises:
            Unavailable: The provider is not configured, or its keys cannot be read.
        """
        ...
