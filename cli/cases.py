"""`flask replay`, `flask render`, `flask pack` and `flask verify`: a case from its scenario to its checked package."""

from pathlib import Path

import click
from generator.press import Press

from cli.common import Bar, Result, command, the_context
from cli.ready import migrate
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.clock import ManualClock

POLL_S = 0.5
"""How often a command looks how far the worker is."""


@command("按场景文件办理一个完整案件，与页面走同样的操作。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(file: Path) -> Result:
    """Carry a scenario into this installation, on the scenario's own dates."""
    scenario = load_scenario(file)
    ctx = the_context()
    migrate(ctx)
    clock = ManualClock(scenario.steps[0].at) if scenario.steps else ManualClock(ctx.clock.now())
    own = ctx.at(clock)
    with Press(own) as press, Bar(scenario.title) as bar:
        play = Replay(own, clock, scenario, press)
        play.set_up()
        played = list(_told(play, bar))
    return Result(data=_outcome(play, played), lines=[_sentence(play, played)])
