"""An office with the real catalogue and nothing in it but one running case: an application to begin things in.

Import `site` and `as_` into a test module: the office is the module's own, so that what one test begins disturbs
no other module.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access import accounts
from casework.facts import CaseFacts
from foundation.context import Context
from tests.casework.offices import Bureau
from tests.conftest import floor_of, move, settings_for
from tests.web.conftest import PASSWORD, csrf_of
from web.app import create_app


@dataclass(frozen=True, kw_only=True)
class OfficeSite:
    """The application, its office, and a case that 外人 has nothing to do with."""

    app: Flask
    ctx: Context
    bureau: Bureau
    case: CaseFacts
    ready: set[str] = field(default_factory=set)

    @property
    def case_id(self) -> str:
        """Return the id of the case."""
        return self.case.id


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeSite]:
    """Make the office of a module."""
    ctx = floor_of(settings_for(tmp_path_factory.mktemp("office") / "var"))
    move(ctx, "2026-06-01T09:00")
    bureau = Bureau(ctx)
    bureau.join("外人", roles=["handler"])
    bureau.join("管理员", roles=["sysadmin"])
    case = bureau.case("general", title="别人的案件")
    app = create_app(ctx)
    app.testing = False
    yield OfficeSite(app=app, ctx=ctx, bureau=bureau, case=case)
    ctx.database.close()


@pytest.fixture
def as_(site: OfficeSite) -> Callable[[str], FlaskClient]:
    """Give a browser that is signed in as somebody."""

    def signed_in(name: str) -> FlaskClient:
        login = f"{name}-{site.bureau.agency_id}"
        if login not in site.ready:
            with site.ctx.database.read() as session:
                account = accounts.account_of(session, login)
            accounts.set_password(site.ctx, account_id=account.id, password=PASSWORD)
            site.ready.add(login)
        client = site.app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text), "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    return signed_in
