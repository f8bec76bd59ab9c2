"""Programs that come to the interface with a token."""

from typing import Any

from werkzeug.test import TestResponse

from access import accounts, tokens
from tests.web.conftest import Site
from web.api.registry import ROOT

ALL = ("case:read", "case:open", "case:change", "party:read", "party:register", "document:read", "document:draft")
MORE = ("document:revise", "document:sign", "document:return", "document:issue", "recording:read", "service:record")
REST = ("search:ask", "package:read")
CLERK = (*ALL, *MORE, *REST)


class Program:
    """A program that comes with a token of somebody."""

    def __init__(self, site: Site, login: str, *scopes: str) -> None:
        self.site = site
        with site.ctx.database.read() as session:
            account = accounts.account_of(session, login)
            self.actor = accounts.actor_of(session, account.id, site.ctx.clock.now())
        held = {p.value for p in tokens.offered(self.actor)}
        wanted = scopes or sorted(held & set(CLERK))
        self.token, self.secret = tokens.make(site.ctx, self.actor, name="测试", scopes=wanted, days=1)

    def __call__(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secret}", **more.pop("headers", {})}
        return self.site.app.test_client().open(ROOT + path, method=method, headers=headers, **more)

    def end(self) -> None:
        tokens.revoke(self.site.ctx, self.actor, self.token.id)
