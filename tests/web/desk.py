"""A case on the site to work in, opened by its handler, and the words of its pages."""

import itertools
import re
from typing import Any

from flask.testing import FlaskClient

from access import accounts
from access.facts import Actor
from casework import queries
from casework.facts import CaseFacts, DocumentFacts
from casework.operations import cases, documents
from tests.web.conftest import Site, csrf_of

_counter = itertools.count(1)


def actor(site: Site, login: str) -> Actor:
    """Return who an account is."""
    with site.ctx.database.read() as session:
        return accounts.actor_of(session, accounts.account_of(session, login).id, site.ctx.clock.now())


def open_case(site: Site, login: str = "甲一") -> CaseFacts:
    """Open a case of the party that the site knows."""
    with site.ctx.database.read() as session:
        known = queries.case_facts(session, site.case_id)
    title = f"堆放物料未覆盖案{next(_counter)}"
    parties, members = [p.id for p in known.parties], [m.person_id for m in known.members]
    return cases.open_case(
        site.ctx, actor(site, login), procedure="general", title=title, party_ids=parties, member_ids=members
    )


def draft(site: Site, case: CaseFacts, type_id: str = "case_source_register", **data: Any) -> DocumentFacts:
    """Open a paper in a case."""
    return documents.draft(site.ctx, actor(site, "甲一"), type=type_id, case_id=case.id, data=data)


def post(client: FlaskClient, page: str, address: str = "", **data: Any) -> Any:
    """Send the form of a page (or another of its forms, by address) as a browser would."""
    text = client.get(page).text
    once = re.search(r'name="once" value="([^"]+)"', text)
    form = {"csrf": csrf_of(text), **({"once": once[1]} if once else {}), **data}
    return client.post(address or page, data=form)
