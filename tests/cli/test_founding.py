"""`flask setup`: a bare installation gets its office and an administrator who can sign in, once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from access import accounts, agencies, founding
from cli.registry import register
from foundation.context import Context, build_context
from foundation.errors import BadInput, Refused
from foundation.settings import Settings
from tests.conftest import settings_for
from web.app import create_app

WORDS = ["--name", "清河镇人民政府（虚构）", "--short-name", "清政", "--fonds-no", "QH01"]
ADMIN = ["--admin", "管理员", "--login", "guanli"]
PASSWORD = "清河的水从山上来"  # noqa: S105 - of an account that lives for one test
GIVEN = {"name": "清河镇", "short_name": "清政", "fonds_no": "QH01", "admin": "管理员", "login": "guanli"}


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """Give an application whose folder is empty: no tables, no keys."""
    settings: Settings = settings_for(tmp_path / "var")
    app = create_app(build_context(settings))
    register(app)
    yield app
    app.extensions["anjuan"].database.close()


def run(app: Flask, *words: str, **more: str) -> tuple[int, str]:
    runner: FlaskCliRunner = app.test_cli_runner()
    result = runner.invoke(args=["setup", *words], **more)
    return result.exit_code, result.output


def test_a_bare_folder_becomes_an_office_whose_administrator_signs_in(bare: Flask) -> None:
    code, output = run(bare, *WORDS, *ADMIN, "--random", "--json")
    told = json.loads(output)
    assert code == 0, output
    ctx: Context = bare.extensions["anjuan"]
    token = accounts.sign_in(ctx, login="guanli", password=told["password"], address="127.0.0.1")
    actor = accounts.actor_of_session(ctx, token)
    assert actor is not None
    assert (actor.roles, actor.agency_id) == ({"sysadmin"}, told["agency"]["id"])


def test_what_is_not_given_is_asked_for_and_a_password_is_never_shown(bare: Flask) -> None:
    answers = ["清河镇人民政府（虚构）", "清政", "QH01", "管理员", "guanli", PASSWORD, PASSWORD]
    code, output = run(bare, input="\n".join(answers) + "\n")
    assert code == 0, output
    assert PASSWORD not in output
    assert "已建立" in output


def test_a_second_time_is_refused_and_changes_nothing(bare: Flask) -> None:
    assert run(bare, *WORDS, *ADMIN, "--random")[0] == 0
    code, output = run(bare, *WORDS, *ADMIN, "--random")
    assert code == 1
    assert "已经有系统管理员" in output
    assert run(bare, *WORDS[:-1], "QH02", "--admin", "另一人", "--login", "lingyi", "--random")[0] == 0, (
        "a second office"
    )


def test_a_folder_of_demo_data_is_left_alone(bare: Flask, tmp_path: Path) -> None:
    (tmp_path / "var" / "demo.json").write_text("{}", encoding="utf-8")
    assert "演示数据" in run(bare, *WORDS, *ADMIN, "--random")[1]


@pytest.mark.parametrize("password", ["短", "1234567890", "guanli guanli"])
def test_a_password_that_may_not_be_used_leaves_nothing_half_made(ctx: Context, password: str) -> None:
    with pytest.raises(BadInput):
        founding.found(ctx, **GIVEN, password=password)
    with ctx.database.read() as session:
        assert agencies.ids(session) == []


def test_broken_off_after_the_agency_the_same_call_goes_on(ctx: Context) -> None:
    agency = agencies.create_agency(ctx, name="清河镇", short_name="清政", fonds_no="QH01")
    person = accounts.add_person(ctx, agency_id=agency.id, name="管理员", roles=["sysadmin"])
    again, account = founding.found(ctx, **GIVEN, password=PASSWORD)
    assert (again.id, account.person_id) == (agency.id, person.id)
    with pytest.raises(Refused):
        founding.found(ctx, **GIVEN, password=PASSWORD)


def test_the_administrator_adds_people_and_nobody_else_does(bare: Flask) -> None:
    run(bare, *WORDS, *ADMIN, "--random")
    words = ["--name", "甲一", "--role", "handler", "--cert-no", "SF-1", "--cert-from", "2024-03-01"]
    words += ["--cert-to", "2029-02-28", "--login", "jiayi", "--password", PASSWORD]
    runner = bare.test_cli_runner()
    added = runner.invoke(args=["person", "--as", "guanli", *words])
    assert added.exit_code == 0, added.output
    assert "承办人" in added.output
    ctx: Context = bare.extensions["anjuan"]
    assert accounts.sign_in(ctx, login="jiayi", password=PASSWORD, address="127.0.0.1")
    refused = runner.invoke(args=["person", "--as", "jiayi", *words[:-3], "另一", "--password", PASSWORD])
    assert refused.exit_code == 1
    assert "由系统管理员办理" in refused.output
