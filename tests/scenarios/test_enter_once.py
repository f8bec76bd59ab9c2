"""Nothing known is typed twice: in both whole cases no entry repeats what a source or an earlier entry had.

An *entry* is one value that a person types: a leaf of a step's `data`. No entries are: what is picked (choices, yes and
no, persons by name, links to papers, the number of a row that is spoken about) and what a signer states in a slot (an
act of its own). An entry is *repeated* when

- it is what the field's own source had given when the paper was opened, or
- it equals a fact of the office, its people, devices and parties, or an earlier entry of the case; numbers only under
  the same name (two copies and two pages are two facts).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casework import queries
from casework.facts import VersionFacts
from casework.values import read_value
from catalogue.definitions import Catalogue, Field
from catalogue.loading import load_catalogue
from cli.scenario import Scenario, Step, load_scenario
from foundation.settings import ROOT
from tests.saved import END, SCENARIOS, Saved

WHOLE = ["case_summary", "case_general"]
PICKED = frozenset(["choice", "multi_choice", "bool", "person", "doc_ref", "file"])
NUMBERS = frozenset(["number", "money"])
ROW_KEYS = frozenset(["item_no", "name"])
"""Columns by which a row says what or whom it is about."""

VERB_KINDS: Mapping[str, Mapping[str, str]] = {
    "open_case": {"procedure": "choice", "parties": "person", "members": "person", "dispute_prone": "bool"},
    "announce": {"kind": "choice", "scene": "choice", "operator": "person", "informed": "bool", "device": "choice"},
    "store": {"kind": "choice", "scene": "choice", "operator": "person", "informed": "bool", "device": "choice"},
    "serve": {"method": "choice", "signer": "person", "signer_relation": "choice", "name": "person"},
}
"""Kinds of what is not a paper's field."""


@dataclass(frozen=True)
class Entry:
    """One typed value."""

    step: int
    name: str
    kind: str
    value: str

    @property
    def key(self) -> str:
        """Return what it is compared by."""
        return f"{self.name}={self.value}" if self.kind in NUMBERS else self.value


def entries(step: Step, catalogue: Catalogue) -> Iterator[Entry]:
    data = step.keys.get("data") or {}
    if step.verb in ("paper", "draft", "revise"):
        definition = catalogue.get(step.keys["doc"])
        for name, value in data.items():
            yield from _typed(step.number, definition.field(name), value)
        return
    kinds = VERB_KINDS.get(step.verb, {})
    for name, value in _leaves(data):
        kind = kinds.get(name, "text")
        if kind not in PICKED:
            yield Entry(step.number, name, kind, value)


def _typed(step: int, field: Field, value: Any) -> Iterator[Entry]:
    if field.kind == "list":
        rows = value["append"] if isinstance(value, Mapping) and "append" in value else value
        columns = {c.name: c for c in field.columns}
        for row in rows if isinstance(rows, list) else ():
            for name, cell in row.items() if isinstance(row, Mapping) else ():
                if name not in ROW_KEYS:
                    yield from _typed(step, columns[name], cell)
    elif field.kind not in PICKED and not isinstance(value, Mapping):
        yield Entry(step, field.name, field.kind, str(read_value(field, value, field.name).value))


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, name)
    elif value is not None and not isinstance(value, bool):
        yield name, str(value)


def known_before(scenario: Scenario) -> set[str]:
    """Return the facts of the register: office, people, devices, parties (settings of amounts are rules, not facts)."""
    parts = (scenario.settings, scenario.people, scenario.devices, scenario.parties)
    return {value for part in parts for name, value in _leaves(part) if not name.startswith("hearing.")}


def repeated(scenario: Scenario, catalogue: Catalogue) -> Iterator[str]:
    known = dict.fromkeys(known_before(scenario), "登记")
    for step in scenario.steps:
        typed = list(entries(step, catalogue))
        for entry in typed:
            if entry.key in known and len(entry.value) > 1:
                yield f"第{step.number}步 {step.verb} {step.id}：{entry.name} = {entry.value}（{known[entry.key]}）"
        known |= {entry.key: f"第{entry.step}步 {entry.name}" for entry in typed if entry.key not in known}


def given_anyway(step: Step, version: VersionFacts, catalogue: Catalogue) -> Iterator[str]:
    """Name what was typed although the source gave the very same."""
    definition = catalogue.get(step.keys["doc"])
    for name, value in (step.keys.get("data") or {}).items():
        field, given = definition.field(name), version.given.get(name)
        if field.kind == "list" and isinstance(value, list):
            yield from _given_cells(step, name, value, given or [])
        elif given not in (None, "", []) and version.data.get(name) == given:
            yield f"第{step.number}步 {step.id}：{name} = {given}"


def _given_cells(step: Step, name: str, typed: list[Any], given: list[Any]) -> Iterator[str]:
    for at, row in enumerate(typed[: len(given)]):
        same = [c for c, cell in row.items() if c not in ROW_KEYS and str(given[at].get(c)) == str(cell)]
        yield from (f"第{step.number}步 {step.id}：{name}[{at}].{c}" for c in same)


@pytest.mark.parametrize("name", WHOLE)
def test_no_entry_of_a_whole_case_repeats_what_is_known(name: str) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    assert list(repeated(scenario, load_catalogue(ROOT / "templates"))) == []


@pytest.mark.parametrize("name", WHOLE)
def test_no_entry_of_a_whole_case_is_what_its_source_gave_anyway(saved: Saved, tmp_path: Path, name: str) -> None:
    file = SCENARIOS / f"{name}.yaml"
    catalogue = load_catalogue(ROOT / "templates")
    ctx, cast = saved.state((file, END), tmp_path)
    found = []
    with ctx.database.read() as session:
        for step in load_scenario(file).steps:
            if step.verb == "paper":
                version = queries.version_facts(session, cast.documents[step.id or step.keys["doc"]], 1)
                found += given_anyway(step, version, catalogue)
    ctx.database.close()
    assert found == []


def test_a_repeated_entry_is_found() -> None:
    scenario = load_scenario(SCENARIOS / "case_summary.yaml")
    step = next(s for s in scenario.steps if s.id == "申辩")
    twice = Step(**{**vars(step), "keys": {**step.keys, "data": {**step.keys["data"], "place": "样例村村口"}}})
    changed = Scenario(**{**vars(scenario), "steps": tuple(twice if s is step else s for s in scenario.steps)})
    assert any("place = 样例村村口" in line for line in repeated(changed, load_catalogue(ROOT / "templates")))
