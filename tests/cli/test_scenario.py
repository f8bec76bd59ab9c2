"""Scenario files: a broken one is refused with file, line and step."""

from pathlib import Path

import pytest

from cli.scenario import load_scenario
from foundation.errors import BadInput
from foundation.settings import ROOT

HEAD = "title: 试\nsettings: {name: 镇, short_name: 镇, fonds_no: T1}\nsteps:\n"


def broken(tmp_path: Path, text: str) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_scenario(path)
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize("name", ["case_general.yaml", "case_summary.yaml"])
def test_both_whole_cases_are_read(name: str) -> None:
    scenario = load_scenario(ROOT / "tests/scenarios" / name)
    assert scenario.draws_papers
    assert [s.number for s in scenario.steps] == list(range(1, len(scenario.steps) + 1))
    assert scenario.steps[-1].verb == "archive"


def test_text_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "case.yaml 第4行" in broken(tmp_path, "title: 试\nsteps:\n- {at: 2026-01-05T09:00, as: [甲\n")


def test_an_unknown_key_is_refused_with_line_and_step(tmp_path: Path) -> None:
    step = "- {at: 2026-01-05T09:00, as: 甲, do: draft, docc: x}\n"
    assert "第4行（第1步）：不认识的键 docc" in broken(tmp_path, HEAD + step)


def test_an_unknown_verb_is_refused_and_the_known_ones_are_named(tmp_path: Path) -> None:
    message = broken(tmp_path, HEAD + "- {at: 2026-01-05T09:00, as: 甲, do: fly}\n")
    assert "没有“fly”这种动作" in message
    assert "open_case" in message


@pytest.mark.parametrize("key", ["at", "as", "do"])
def test_a_step_says_when_who_and_what(tmp_path: Path, key: str) -> None:
    keys = {"at": "2026-01-05T09:00", "as": "甲", "do": "draft"}
    step = ", ".join(f"{k}: {v}" for k, v in keys.items() if k != key)
    assert f"第1步）缺少 {key}" in broken(tmp_path, HEAD + f"- {{{step}}}\n")


def test_an_instant_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "时间“腊月初八”读不懂" in broken(tmp_path, HEAD + "- {at: 腊月初八, as: 甲, do: draft}\n")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="打不开场景文件"):
        load_scenario(tmp_path / "nowhere.yaml")
