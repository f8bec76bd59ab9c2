"""An application over one replayed case (18 papers, recordings, package), and browsers signed in as its people."""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access import accounts
from casework import queries
from casework.facts import DocumentFacts, RecordingFacts
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation.clock import ManualClock
from foundation.context import Context
from foundation.migrating import upgrade
from foundation.settings import ROOT
from generator.press import Press
from search import indexing
from tests.conftest import floor_of, settings_for
from web.app import create_app

PASSWORD = "河边草木深 4711"  # noqa: S105 - of accounts that live as long as a test
SIGNS_IN = ("甲一", "丙三", "丁四", "壬九", "管理员")
TODAY = dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application and the ids of what is in it."""

    app: Flask
    ctx: Context
    case_id: str
    documents: dict[str, str]
    """Scenario name → id."""
    recordings: dict[str, str]

    def document(self, name: str) -> DocumentFacts:
        """Return a paper by its name in the scenario."""
        with self.ctx.database.read() as session:
            return queries.document_facts(session, self.documents[name])

    def recording(self, name: str) -> RecordingFacts:
        """Return a recording by its name in the scenario."""
        with self.ctx.database.read() as session:
            return queries.recording_facts(session, self.recordings[name])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Replay the summary case once a worker; tests that count what is there make a site of their own."""
    with a_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@contextlib.contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    """Replay the summary case into a folder and give the application over it."""
    settings = settings_for(folder / "var", fonts_dir=ROOT / "var/fonts")
    upgrade(settings)
    ctx = floor_of(settings)
    scenario = load_scenario(ROOT / "tests/scenarios/case_summary.yaml")
    assert isinstance(ctx.clock, ManualClock)
    with Press(ctx) as press:
        play = Replay(ctx, ctx.clock, scenario, press)
        play.set_up()
        for _ in play.steps():
            pass
    ctx.clock.move(TODAY)
    indexing.catch_up(ctx)
    let_sign_in(ctx, play.cast.agency_id)
    app = create_app(ctx)
    app.testing = False
    cast = play.cast
    yield Site(app=app, ctx=ctx, case_id=cast.case_id, documents=cast.documents, recordings=cast.recordings)
    ctx.database.close()


def let_sign_in(ctx: Context, agency_id: str) -> None:
    """Give everybody a password, and the office an administrator and an outsider."""
    admin = accounts.add_person(ctx, agency_id=agency_id, name="管理员", roles=["sysadmin"])
    accounts.add_account(ctx, person_id=admin.id, login="管理员")
    outsider = accounts.add_person(ctx, agency_id=agency_id, name="外人", roles=["handler"])
    accounts.add_account(ctx, person_id=outsider.id, login="外人")
    for login in (*SIGNS_IN, "外人"):
        with ctx.database.read() as session:
            account = accounts.account_of(session, login)
        accounts.set_password(ctx, account_id=account.id, password=PASSWORD)


@pytest.fixture
def as_(site: Site) -> Callable[[str], FlaskClient]:
    """Give a browser that is signed in as somebody."""

    def signed_in(login: str) -> FlaskClient:
        client = site.app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text), "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    return signed_in


@pytest.fixture
def handler(as_: Callable[[str], FlaskClient]) -> FlaskClient:
    """Give the handler's browser."""
    return as_("甲一")


def csrf_of(page: str) -> str:
    """Return the token of a page's form."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def folder_size(folder: Path) -> int:
    """Return the bytes of a folder."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
