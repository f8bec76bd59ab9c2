"""Whole cases carried by hand, page by page, from the first fact to a verified package."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from archive import queries as packages
from archive.layout import folder_of
from archive.verifying import verify
from casework import queries
from cli.scenario import load_scenario
from foundation.clock import ManualClock
from foundation.migrating import upgrade
from foundation.settings import ROOT
from tests.browser.hand import Hands, serving
from tests.conftest import floor_of, settings_for


@pytest.mark.timeout(1500)  # many papers take several people some minutes
@pytest.mark.parametrize("name", ["case_summary", "case_general"])
def test_a_case_is_carried_by_hand_from_its_first_fact_to_its_package(
    name: str, tmp_path: Path, browser: Browser
) -> None:
    settings = settings_for(tmp_path / "var", fonts_dir=ROOT / "var/fonts")
    upgrade(settings)
    ctx = floor_of(settings)
    scenario = load_scenario(ROOT / f"tests/scenarios/{name}.yaml")
    assert isinstance(ctx.clock, ManualClock)
    with serving(ctx) as url:
        hands = Hands(ctx, ctx.clock, scenario, url, browser)
        try:
            for step in scenario.steps:
                try:
                    hands.play(step)
                except Exception as error:
                    told = f"{scenario.path.name} {step.number} {step.verb} {step.id}: {error}"
                    raise AssertionError(told) from error
        finally:
            hands.close()
    with ctx.database.read() as session:
        assert queries.case_facts(session, hands.cast.case_id).archived_on is not None
        (package,) = packages.packages_of(session, hands.cast.case_id)
    assert verify(folder_of(ctx, package), ctx=ctx).faults == ()
    assert hands.complaints == []
