"""A site whose case is closed and not filed yet, of its own for each test."""

from collections.abc import Iterator

import pytest

from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.clock import ManualClock
from foundation.migrating import upgrade
from foundation.settings import ROOT
from generator.press import Press
from tests.conftest import floor_of, settings_for
from tests.web.conftest import TODAY, Site, let_sign_in
from web.app import create_app


@pytest.fixture(scope="module")
def closed_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Replay the summary case up to its closing."""
    settings = settings_for(tmp_path_factory.mktemp("closed") / "var", fonts_dir=ROOT / "var/fonts")
    upgrade(settings)
    ctx = floor_of(settings)
    assert isinstance(ctx.clock, ManualClock)
    with Press(ctx) as press:
        play = Replay(ctx, ctx.clock, load_scenario(ROOT / "tests/scenarios/case_summary.yaml"), press)
        play.set_up()
        for step in play.scenario.steps:
            if step.verb not in ("hand_over", "archive"):
                play.play(step)
    ctx.clock.move(TODAY)
    let_sign_in(ctx, play.cast.agency_id)
    app = create_app(ctx)
    app.testing = False
    cast = play.cast
    yield Site(app=app, ctx=ctx, case_id=cast.case_id, documents=cast.documents, recordings=cast.recordings)
    ctx.database.close()
