"""A closed case and its package, made once a worker from the summary scenario; tests work on copies."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import migrations.tables  # noqa: F401 - every floor's models are known before tables are created
from access.accounts import actor_of
from access.facts import Actor
from archive.facts import PackageFacts
from archive.filing import hand_over
from archive.packing import pack
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.context import Context
from foundation.settings import ROOT, Settings
from generator.pool import Pool
from generator.press import Press
from tests.conftest import floor_of, move, settings_for

Saved = tuple[Path, dict[str, dict[str, str]], str]
"""Folder of a floor, its cast, its case."""

SCENARIO = ROOT / "tests/scenarios/case_summary.yaml"


@dataclass(frozen=True, kw_only=True)
class Office:
    """A floor with a closed case, and who works there."""

    ctx: Context
    case_id: str
    accounts: dict[str, str]
    parties: dict[str, str]
    press: Press

    @property
    def pool(self) -> Pool:
        """Return the workers."""
        return self.press.pool

    def actor(self, name: str) -> Actor:
        """Return a person of the office as actor."""
        with self.ctx.database.read() as session:
            return actor_of(session, self.accounts[name], self.ctx.clock.now())

    def hand_over(self) -> PackageFacts:
        """Let the handler hand the case over."""
        move(self.ctx, "2026-05-20T08:40")
        return hand_over(self.ctx, self.actor("甲一"), case_id=self.case_id, press=self.press)

    def pack(self, at: str = "2026-05-20T09:00") -> PackageFacts:
        """Let the archivist make the package."""
        move(self.ctx, at)
        return pack(self.ctx, self.actor("壬九"), self.case_id, self.pool)

    @property
    def folder(self) -> Path:
        """Return the folder of packages."""
        return self.ctx.settings.data_dir / "packages"


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Give render workers for the whole run."""
    with Pool(settings_for(tmp_path_factory.mktemp("pool"), render_workers=1)) as workers:
        yield workers


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory, pool: Pool) -> Saved:
    """Play the summary scenario up to its closing, once."""
    folder = tmp_path_factory.mktemp("closed") / "var"
    ctx = floor_of(settings_for(folder))
    ctx.database.create_all()
    press = press_around(ctx, pool)
    play = Replay(ctx, ctx.clock, load_scenario(SCENARIO), press)  # type: ignore[arg-type]
    play.set_up()
    for step in play.scenario.steps:
        if step.verb not in ("hand_over", "archive"):
            play.play(step)
    ctx.database.close()
    cast = {"accounts": dict(play.cast.accounts), "parties": dict(play.cast.parties)}
    return folder, cast, play.cast.case_id


@pytest.fixture(scope="session")
def handed(closed: Saved, tmp_path_factory: pytest.TempPathFactory, pool: Pool) -> Path:
    """Hand the case over, once."""
    folder = tmp_path_factory.mktemp("handed") / "var"
    office = office_in(folder, closed, pool)
    office.hand_over()
    office.ctx.database.close()
    return folder


@pytest.fixture(scope="session")
def kept(handed: Path, closed: Saved, tmp_path_factory: pytest.TempPathFactory, pool: Pool) -> Path:
    """Make the package, once."""
    folder = tmp_path_factory.mktemp("kept") / "var"
    office = office_in(folder, (handed, *closed[1:]), pool)
    office.pack()
    office.ctx.database.close()
    return folder


@pytest.fixture
def handed_office(tmp_path: Path, handed: Path, closed: Saved, pool: Pool) -> Iterator[Office]:
    """Give a floor of its own with a case that was handed over."""
    office = office_in(tmp_path / "var", (handed, *closed[1:]), pool)
    yield office
    office.ctx.database.close()


@pytest.fixture
def closed_office(tmp_path: Path, closed: Saved, pool: Pool) -> Iterator[Office]:
    """Give a floor of its own with a closed case."""
    office = office_in(tmp_path / "var", closed, pool)
    yield office
    office.ctx.database.close()


@pytest.fixture
def kept_office(tmp_path: Path, kept: Path, closed: Saved, pool: Pool) -> Iterator[Office]:
    """Give a floor of its own with a kept package."""
    office = office_in(tmp_path / "var", (kept, closed[1], closed[2]), pool)
    move(office.ctx, "2026-05-21T09:00")
    yield office
    office.ctx.database.close()


def office_in(folder: Path, source: Saved, pool: Pool, settings: Settings | None = None) -> Office:
    """Copy a floor (files become files of their own) and open it."""
    shutil.copytree(source[0], folder)
    ctx = floor_of(settings or settings_for(folder))
    return Office(ctx=ctx, case_id=source[2], press=press_around(ctx, pool), **source[1])


def press_around(ctx: Context, pool: Pool) -> Press:
    """Return a press that uses the run's workers."""
    press = Press(ctx)
    press.pool = pool
    return press


def package_root(office: Office) -> Path:
    """Return the folder of the only package."""
    return next(p.parent for p in office.folder.rglob("bagit.txt"))
