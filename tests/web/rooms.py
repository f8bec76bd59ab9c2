"""An application of a test's own: a small office with a running case, and browsers signed in as its people."""

import datetime as dt
from pathlib import Path

from flask.testing import FlaskClient

from access import accounts
from casework.facts import Happening
from casework.operations import events
from casework.views import office
from foundation.context import Context
from tests.casework.offices import Bureau, small
from tests.conftest import move
from tests.web.conftest import PASSWORD, csrf_of
from web.app import create_app


class House:
    """One office, its application, and one case of 甲一 and 乙二 that began on 2026-01-07."""

    def __init__(self, ctx: Context, folder: Path, procedure: str = "general") -> None:
        self.ctx = small(ctx, folder)
        self.bureau = Bureau(self.ctx)
        move(self.ctx, "2026-01-07T11:05")
        self.case = self.bureau.case(procedure, party_ids=[self.bureau.party().id])
        self.app = create_app(self.ctx)
        self._ready: set[str] = set()

    def happens(self, kind: str, subject: str = "s", at: dt.datetime | None = None, **values: object) -> None:
        """Let something happen in the case."""
        with self.ctx.database.write() as session:
            words = {"case_id": self.case.id, "agency_id": self.case.agency_id, "subject_id": subject}
            happening = Happening(kind=kind, at=at or self.ctx.clock.now(), values=values, **words)
            events.happen(office(self.ctx, session), self.bureau.as_("甲一"), happening)

    def as_(self, name: str, bureau: Bureau | None = None) -> FlaskClient:
        """Return a browser that is signed in as somebody."""
        here = bureau or self.bureau
        login = f"{name}-{here.agency_id}"
        if login not in self._ready:
            with self.ctx.database.read() as session:
                account = accounts.account_of(session, login)
            accounts.set_password(self.ctx, account_id=account.id, password=PASSWORD)
            self._ready.add(login)
        client = self.app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text), "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 303
        return client
