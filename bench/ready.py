"""Papers that wait to be issued: a whole case is played up to one paper, signed, and its floor copied many times."""

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access.facts import Actor
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.clock import ManualClock, as_utc
from foundation.context import Context, build_context
from foundation.settings import ROOT, Settings
from generator.press import Press

CASE = ROOT / "tests/scenarios/case_general.yaml"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """One paper that only waits to be issued, on a floor of its own."""

    ctx: Context
    actor: Actor
    document_id: str


def floor(folder: Path, *, workers: int = 2) -> Context:
    """Return an empty floor in a folder."""
    settings = Settings(_env_file=None, data_dir=folder, render_workers=workers)  # type: ignore[call-arg]
    ctx = build_context(settings)
    ctx.database.create_all()
    return ctx


def ready_papers(folder: Path, document_type: str, count: int) -> list[Ready]:
    """Play the general case up to a paper of a type and return `count` floors on which it waits to be issued.

    They share keys and compiled statements: an office has its certificates and its one engine before it issues.
    """
    base = floor(folder / "base")
    play, document_id, name = _played(base, document_type)
    with base.database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    actor, at, dialect = play.actor(name), play.clock.now(), base.database.engine.dialect
    base.database.close()
    found, statements = [], dict[Any, Any]()
    for number in range(count):
        own = folder / f"{number}"
        shutil.copytree(folder / "base", own)
        settings = Settings(_env_file=None, data_dir=own, keys_dir=folder / "keys")  # type: ignore[call-arg]
        ctx = build_context(settings, ManualClock(as_utc(at)))
        for engine in (ctx.database.engine, ctx.database._writer):
            engine.update_execution_options(compiled_cache=statements)
            engine.dialect = dialect  # compiled statements are kept by dialect
        found.append(Ready(ctx=ctx, actor=actor, document_id=document_id))
    return found


def _played(ctx: Context, document_type: str) -> tuple[Replay, str, str]:
    """Play until the first paper of a type is signed; return the play, the paper, and who issues it."""
    scenario = load_scenario(CASE)
    clock = ManualClock(scenario.steps[0].at)
    play = Replay(ctx.at(clock), clock, dataclasses.replace(scenario, draws_papers=False), None)
    play.set_up()
    for step in scenario.steps:
        if step.keys.get("doc") != document_type:
            play.play(step)
            continue
        waiting = {k: v for k, v in step.keys.items() if k != "issue"}
        played = play.play(dataclasses.replace(step, keys=waiting, expect={}))
        clock.move(step.keys["issue"])
        if played.document is None:
            break
        return play, played.document.id, step.actor
    message = f"{CASE.name} has no paper {document_type}"
    raise ValueError(message)


def press_of(papers: list[Ready]) -> Press:
    """Return the press of the first floor; its workers serve all of them."""
    return Press(papers[0].ctx)
