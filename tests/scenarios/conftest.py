"""The saved states of a test run."""

from pathlib import Path

import pytest

from tests.saved import Saved


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, worker_id: str) -> Saved:
    """Give the states that scenarios begin from, shared by all processes of the run."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    return Saved(shared / "scenario-states", sqlite_template)
