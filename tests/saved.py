"""States of scenarios, played once a test run and copied: a scenario with `after` begins in no time.

The first test that needs a base scenario plays it and keeps the database after every step that some scenario begins
from; the others, in whatever process, wait for that and copy. Blobs are shared: they are only ever added.
"""

import dataclasses
import datetime as dt
import fcntl
import functools
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.cast import Cast
from cli.replay import Replay
from cli.scenario import Scenario, load_scenario
from foundation.blobs import LocalBlobs
from foundation.clock import ManualClock
from foundation.context import Context
from foundation.database import Database
from foundation.ids import RandomIds
from foundation.keys import Keys
from tests.conftest import BEGIN, settings_for

SCENARIOS = Path(__file__).resolve().parent / "scenarios"
END = "end"
"""State after the last step."""


class Saved:
    """The states of one test run, in a folder that all its processes share."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder = folder
        self.template = template
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self, scenario: Scenario, target: Path) -> Replay:
        """Return a scenario ready to be played in a folder, from the state that it begins after."""
        base = (scenario.after[0].resolve(), scenario.after[1]) if scenario.after else None
        ctx, cast = self.state(base, target)
        fresh = dataclasses.replace(scenario, after=None)
        play = Replay(ctx, _clock(ctx), fresh, None)
        play.cast = cast
        play.set_up()
        return play

    def state(self, base: tuple[Path, str] | None, target: Path) -> tuple[Context, Cast]:
        """Return a copy of the state after a step of a base scenario (None: an empty floor) and its cast."""
        target.mkdir(parents=True, exist_ok=True)
        if base is None:
            shutil.copyfile(self.template, target / "anjuan.sqlite")
            return self._context(target), Cast()
        kept = self._kept(*base)
        shutil.copyfile(kept.with_suffix(".sqlite"), target / "anjuan.sqlite")
        cast = Cast(**json.loads(kept.with_suffix(".json").read_text(encoding="utf-8")))
        return self._context(target), cast

    def _kept(self, file: Path, step: str) -> Path:
        kept = self.folder / file.stem / step.replace("/", "_")
        with self._locked(file.stem):
            if not kept.with_suffix(".json").exists():
                self._play(file)
        assert kept.with_suffix(".json").exists(), f"{file.name} has no step {step}"
        return kept

    def _play(self, file: Path) -> None:
        """Play a base scenario to its end, keeping the states that others begin from."""
        scenario = dataclasses.replace(load_scenario(file), draws_papers=False)
        play = self.begin(scenario, self.folder / file.stem / "play")
        wanted = set(points(file))
        for step in scenario.steps:
            play.play(step)
            if step.id in wanted:
                self._keep(play, file.stem, step.id)
                wanted.remove(step.id)  # a recording's announcement and its storing have one name: the first counts
        self._keep(play, file.stem, END)
        play.ctx.database.close()

    def _keep(self, play: Replay, stem: str, name: str) -> None:
        with play.ctx.database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = self.folder / stem / name.replace("/", "_")
        shutil.copyfile(play.ctx.settings.data_dir / "anjuan.sqlite", kept.with_suffix(".sqlite"))
        kept.with_suffix(".json").write_text(json.dumps(dataclasses.asdict(play.cast)), encoding="utf-8")

    def _context(self, target: Path) -> Context:
        settings = settings_for(target)
        clock = ManualClock(BEGIN)
        return Context(
            settings=settings,
            clock=clock,
            ids=RandomIds(clock),
            database=Database(settings.database),
            blobs=LocalBlobs(self.folder / "blobs"),
            keys=Keys(settings.keys),
        )

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self.folder / f"{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def points(file: Path) -> frozenset[str]:
    """Return the steps of a scenario that other scenarios begin after."""
    bases = (load_scenario(path).after for path in scenario_files())
    return frozenset(step for base in bases if base and base[0].resolve() == file for step in [base[1]])


def scenario_files() -> Iterable[Path]:
    """Return all scenario files of the tests; the list of the demo's cases is none."""
    return sorted(path for path in SCENARIOS.glob("**/*.yaml") if path.name != "demo.yaml")


def _clock(ctx: Context) -> ManualClock:
    assert isinstance(ctx.clock, ManualClock)
    return ctx.clock


@functools.lru_cache
def beginning(file: Path, step: str) -> dt.datetime:
    """Return the instant after which a scenario goes on from a step's state: that of its latest act till then."""
    steps = load_scenario(file).steps
    at = next(n for n, one in enumerate(steps) if one.id == step)
    return steps[at + 1].at if at + 1 < len(steps) else steps[at].at
