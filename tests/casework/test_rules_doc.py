"""docs/rules.md tells the truth: what it says keeps a rule exists."""

import re

from access.setting_rules import setting_rules
from casework import deadlines, sums
from casework.figures import read
from casework.gates.registry import GATES
from catalogue.loading import load_catalogue
from foundation.settings import ROOT

TEXT = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if re.match(r"\| [a-z_]+ \| [^-]", line)][1:]


def named(pattern: str) -> set[str]:
    return set(re.findall(pattern, TEXT))


def test_every_row_is_about_a_type_and_says_what_keeps_it() -> None:
    assert {row[0] for row in ROWS} <= set(load_catalogue(ROOT / "templates").types)
    assert len(ROWS) == len({row[0] for row in ROWS}) == 67
    assert all(len(row) == 3 and row[2] for row in ROWS)


def test_gates_periods_figures_states_powers_and_files_that_it_names_exist() -> None:
    assert named(r"\b[GA]\d+\b") - {"A11"} <= {g.code for g in GATES}
    periods = {
        kind for found in re.findall(r"periods? ((?:`[a-z_]+`(?:, )?)+)", TEXT) for kind in found.split("`")[1::2]
    }
    assert periods <= {rule.kind for rule in deadlines.rules()}
    assert {s for found in re.findall(r"sums? ((?:`[a-z_]+`(?:, )?)+)", TEXT) for s in found.split("`")[1::2]} <= set(
        sums.SUMS
    )
    assert named(r"state ([A-Z_]+)") <= set(read("procedures")["states"])
    assert {f"powers.{p}" for p in named(r"`powers\.([a-z_]+)`")} <= set(setting_rules())
    for path in named(r"`((?:casework|archive|access)/[\w/.]+)`") | {
        f"casework/{p}" for p in named(r"`(rules/[\w.]+)`")
    }:
        assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), path
