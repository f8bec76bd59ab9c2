"""What tells a demo's data folder: files beside the data, and the accounts that are printed."""

from dataclasses import dataclass

MARK, BUILDING, SNAPSHOT = "demo.json", "demo.building", "demo-snapshot"
"""Accounts of a demo that is whole; a demo that is being built; its rows, files and packages as they were then."""
TAMPERED = "demo-tampered.zip"
"""A package with one changed byte: what verification says of it."""


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """A login of the demo, as it is printed."""

    login: str
    password: str
    roles: str
