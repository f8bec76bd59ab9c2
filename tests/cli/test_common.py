"""What all commands share: results as text and JSON, exit codes, plain errors."""

import json
from collections.abc import Callable

import click
from click.testing import CliRunner

from cli.common import Result, command
from foundation.errors import BadInput, Finding, Refused

FINDING = Finding(code="G3", article="A9.1", message="程序启动尚未批准。", remedy="先报批。")


def run(function: Callable[[], object], *arguments: str) -> "click.testing.Result":
    group = click.Group()
    command("试", name="try", group=group)(function)
    return CliRunner().invoke(group, ["try", *arguments])


def test_a_result_is_lines_for_people_and_json_for_machines() -> None:
    def function() -> Result:
        return Result(data={"n": 1}, lines=["一件"])

    assert run(function).output == "一件\n"
    assert json.loads(run(function, "--json").output) == {"n": 1}


def test_what_is_not_well_leaves_with_one() -> None:
    def function() -> Result:
        return Result(data={}, lines=["坏"], ok=False)

    assert run(function).exit_code == 1
    assert run(function, "--json").exit_code == 1


def test_an_error_names_message_findings_and_remedy_and_leaves_with_one() -> None:
    def function() -> None:
        raise Refused("不能制发。", remedy="先补齐。", findings=[FINDING])

    result = run(function)
    assert result.exit_code == 1
    assert "✗ 不能制发。" in result.output
    assert "[G3 A9.1]" in result.output
    assert "处理办法：先补齐。" in result.output


def test_an_error_as_json_is_machine_readable() -> None:
    def function() -> None:
        raise BadInput("证件号码不对。", remedy="核对。", path="party.id_no", findings=[FINDING])

    body = json.loads(run(function, "--json").output)
    assert body["error"] == "bad_input"
    assert body["path"] == "party.id_no"
    assert body["findings"][0]["code"] == "G3"


def test_wrong_use_leaves_with_two() -> None:
    assert run(lambda: None, "--nonsense").exit_code == 2
