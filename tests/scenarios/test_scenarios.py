"""Every scenario plays as it says: whole cases to their end, refused variants refused for exactly their reason."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import queries
from casework.gates.registry import GATES
from cli.replay import Replay
from cli.scenario import Step, load_scenario
from cli.verbs import VERBS
from foundation import journal
from foundation.errors import AnjuanError
from tests.saved import END, SCENARIOS, Saved, scenario_files

REFUSED = [p for p in scenario_files() if p.parent.name == "refused"]
WHOLE = [p for p in scenario_files() if p.parent == SCENARIOS]


@pytest.mark.parametrize("file", WHOLE, ids=lambda p: p.stem)
def test_a_whole_case_plays_to_its_end_and_its_chain_holds(saved: Saved, tmp_path: Path, file: Path) -> None:
    ctx, cast = saved.state((file, END), tmp_path)
    with ctx.database.read() as session:
        case = queries.case_facts(session, cast.case_id)
        assert case.closed_on is not None
        assert journal.verify_chain(session, f"case:{case.id}") > len(load_scenario(file).steps)
        assert [e.seq for e in queries.events_of(session, case.id)][-1] > 0
    ctx.database.close()


@pytest.mark.parametrize("file", REFUSED, ids=lambda p: p.stem)
def test_a_variant_is_refused_for_exactly_its_reason(saved: Saved, tmp_path: Path, file: Path) -> None:
    scenario = load_scenario(file)
    play = saved.begin(scenario, tmp_path)
    refused = 0
    for step in scenario.steps:
        if step.expect.get("refused"):
            _refused(play, step)
            refused += 1
        else:
            play.play(step)
    assert refused, "a refused variant must have a refused step"
    play.ctx.database.close()


def _refused(play: Replay, step: Step) -> None:
    play.clock.move(step.at)
    before = _issued(play)
    with pytest.raises(AnjuanError) as caught:
        VERBS[step.verb](play, step)
    error = caught.value
    found = sorted({f.code for f in error.findings} or {error.code})
    assert found == sorted(_list(step.expect["refused"])), str(error)
    assert re.search("[\u4e00-\u9fff]", error.message)
    assert error.remedy or all(f.remedy for f in error.findings)
    assert _issued(play) == before, "a refused step must issue nothing"


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _issued(play: Replay) -> list[tuple[str, str]]:
    """Return what papers have their effect, with the numbers that are used."""
    with play.ctx.database.read() as session:
        rows = session.execute(sa.text("SELECT id, number FROM document WHERE issued_at IS NOT NULL ORDER BY id"))
        numbers = session.execute(
            sa.text("SELECT text, status FROM number_entry WHERE status = 'confirmed' ORDER BY text")
        )
        return [(str(a), str(b)) for a, b in [*rows, *numbers]]


def test_every_gate_has_a_refused_variant() -> None:
    expected = {c for p in REFUSED for s in load_scenario(p).steps for c in _list(s.expect.get("refused") or [])}
    assert {g.code for g in GATES} - expected == {"G10"}, "G10 is kept by the slot's role (SLOT) before it is asked"
