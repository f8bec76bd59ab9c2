"""The demo's cases: whatever day it is built, each stops where something is to be done now."""

import datetime as dt
from pathlib import Path

import pytest

from cli.demo_cases import demo_cases
from cli.scenario import Scenario
from foundation.clock import local
from foundation.errors import BadInput
from foundation.settings import ROOT

FILE = ROOT / "tests/scenarios/demo.yaml"
DAYS = [dt.datetime(2026, 11, 25, 1, 30, tzinfo=dt.UTC), dt.datetime(2028, 2, 29, 15, 59, tzinfo=dt.UTC)]


def case(title: str, now: dt.datetime) -> Scenario:
    return next(s for s in demo_cases(FILE, now) if title in s.title)


@pytest.mark.parametrize("now", DAYS)
def test_steps_stay_in_order_and_none_is_in_the_future(now: dt.datetime) -> None:
    for scenario in demo_cases(FILE, now):
        times = [step.at for step in scenario.steps]
        assert times == sorted(times)
        assert times[-1] <= now, scenario.title
        assert all(s.at is None or s.at <= now for step in scenario.steps for s in step.signs)


@pytest.mark.parametrize("now", DAYS)
def test_a_recording_has_two_hours_left_of_its_twenty_four(now: dt.datetime) -> None:
    end = next(s for s in case("还剩两小时", now).steps if (s.verb, s.id) == ("end", "AV检查"))
    assert dt.timedelta(hours=21, minutes=55) < now - end.at < dt.timedelta(hours=22, minutes=1)


def test_dates_inside_values_move_with_their_steps() -> None:
    now = DAYS[0]
    for step in case("听证告知", now).steps:
        start = str((step.keys.get("data") or {}).get("start", ""))
        assert not start or abs(dt.datetime.fromisoformat(start) - local(step.at).replace(tzinfo=None)) < dt.timedelta(
            1
        )


def test_ten_cases_have_parties_of_their_own() -> None:
    scenarios = demo_cases(FILE, DAYS[0])
    numbers = [p["id_no"] for s in scenarios for p in s.parties.values()]
    assert len(scenarios) == len(set(numbers)) == 10


def test_a_step_that_is_not_there_is_named(tmp_path: Path) -> None:
    for name in ("case_general.yaml",):
        (tmp_path / name).write_text((FILE.parent / name).read_text())
    (tmp_path / "demo.yaml").write_text("[{title: x, of: case_general.yaml, until: 无此步, last: 1d, parties: {}}]")
    with pytest.raises(BadInput, match="无此步"):
        demo_cases(tmp_path / "demo.yaml", DAYS[0])
