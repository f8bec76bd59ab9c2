"""Every page that can be visited, by the people who use it: nothing that axe minds, no complaint, narrow and light.

A new route stands either in `PAGES`, with who visits it where, or in `NO_PAGES` with the reason.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

import pytest
from flask import Flask
from playwright.sync_api import Browser

from foundation.context import Context, build_context
from tests.browser.conftest import Demo
from tests.browser.looking import Looker
from tests.browser.rows import NOBODY, PARTY, PHONE, People, rows_of
from tests.conftest import settings_for
from web.app import create_app

pytestmark = pytest.mark.slow

CLERK, UNIT, LEGAL, ARCHIVIST, KEEPER, WATCHER, ADMIN = "甲一", "丙三", "丁四", "壬九", "癸十", "监督员", "管理员"
VISITORS = {
    "clerk": CLERK,
    "head": UNIT,
    "legal": LEGAL,
    "archivist": ARCHIVIST,
    "keeper": KEEPER,
    "watcher": WATCHER,
    "admin": ADMIN,
    "party": PARTY,
    "phone": PHONE,
    "nobody": NOBODY,
}

PAGES: Mapping[str, Sequence[tuple[str, str]]] = {
    "adding.capture": [(CLERK, "/cases/{wash}/capture"), (PHONE, "/cases/{wash}/capture")],
    "adding.new": [(CLERK, "/cases/{wash}/recordings/new")],
    "adding.phone": [(CLERK, "/cases/{wash}/phone")],
    "adding.scanned": [(NOBODY, "/p/{code}")],
    "admin.calendar": [(ADMIN, "/admin/calendar"), (ADMIN, "/admin/calendar?year=2030")],
    "admin.index": [(ADMIN, "/admin/")],
    "admin.journal": [(ADMIN, "/admin/journal")],
    "admin.ledger": [(ADMIN, "{ledger}")],
    "admin.new_person": [(ADMIN, "/admin/people/new")],
    "admin.numbers": [(ADMIN, "/admin/numbers")],
    "admin.people": [(ADMIN, "/admin/people")],
    "admin.person": [(ADMIN, "/admin/people/{person}")],
    "admin.seals": [(ADMIN, "/admin/seals")],
    "admin.sessions": [(ADMIN, "/admin/sessions")],
    "admin.setting": [(ADMIN, f"/admin/settings/{key}") for key in ("powers.permits", "volume.override", "contact")],
    "admin.settings": [(ADMIN, "/admin/settings")],
    "admin.show_backups": [(ADMIN, "/admin/backups")],
    "admin.show_devices": [(ADMIN, "/admin/devices")],
    "api.page": [(NOBODY, "/api/v1/")],
    "asking.begin": [(PARTY, "/my/copies/new")],
    "asking.show": [(PARTY, "/my/copies/{asked}")],
    "auth.account": [(CLERK, "/account"), (ADMIN, "/account")],
    "auth.sign_in": [(NOBODY, "/sign-in")],
    "batches.batch": [(CLERK, "/batches/{batch}")],
    "batches.choose": [(CLERK, "/documents/{draft}/batch")],
    "beginning.page": [(CLERK, "/cases/begin")],
    "cases.case": [(CLERK, f"/cases/{{{case}}}") for case in ("general", "running", "clue", "wash", "street")]
    + [(ARCHIVIST, "/cases/{closed}"), (WATCHER, "/cases/{running}"), (LEGAL, "/cases/{clue}")],
    "cases.case_journal": [(CLERK, "/cases/{running}/journal"), (ARCHIVIST, "/cases/{general}/journal")],
    "cases.index": [(CLERK, "/"), (ARCHIVIST, "/?state=ARCHIVED"), (WATCHER, "/")],
    "cases.papers": [(CLERK, "/cases/{running}/papers")],
    "checking.page": [(ARCHIVIST, "/checks")],
    "checking.result": [(ARCHIVIST, "/checks/{check}")],
    "copies.begin": [(ARCHIVIST, "/copies/new/{summary}/{citizen}")],
    "copies.index": [(ARCHIVIST, "/copies/"), (LEGAL, "/copies/")],
    "copies.show": [(ARCHIVIST, "/copies/{request}"), (LEGAL, "/copies/{request}")],
    "corrections.correction": [(WATCHER, "/corrections/{correction}")],
    "corrections.index": [(WATCHER, "/corrections")],
    "corrections.new": [(WATCHER, "/corrections/new"), (WATCHER, "/corrections/new?case={running}")],
    "deadlines.deadline": [(CLERK, "/deadlines/{deadline}"), (UNIT, "/deadlines/{deadline}")],
    "deadlines.index": [(CLERK, "/deadlines"), (UNIT, "/deadlines")],
    "deadlines.reminded": [(CLERK, "/reminders")],
    "delegations.index": [(LEGAL, "/delegations"), (CLERK, "/delegations")],
    "documents.compared": [(CLERK, "/documents/{draft}/compare")],
    "documents.document": [
        (CLERK, f"/documents/{{{paper}}}") for paper in ("decision", "returned", "draft", "unsigned")
    ]
    + [(LEGAL, "/documents/{returned}"), (ARCHIVIST, "/documents/{decision}")],
    "drafting.begin": [(CLERK, "/cases/{running}/draft?type=service_announcement")],
    "drafting.begin_agency_paper": [(CLERK, "/papers/draft")],
    "drafting.edit": [(CLERK, "/documents/{returned}/edit"), (CLERK, "/documents/{draft}/edit")],
    "drafting.void_form": [(CLERK, "/documents/{draft}/void")],
    "fetching.page": [(NOBODY, "/c/{copy}")],
    "figures.behind": [(WATCHER, "/figures/procedure/summary")],
    "figures.index": [(WATCHER, "/figures"), (CLERK, "/figures")],
    "filing.case": [(ARCHIVIST, "/cases/{closed}/filing"), (ARCHIVIST, "/cases/{general}/filing")],
    "filing.index": [(ARCHIVIST, "/filing")],
    "health.page": [(ADMIN, "/health")],
    "library.form_type": [(LEGAL, "/templates/inquiry_notice")],
    "library.index": [(LEGAL, "/templates")],
    "library.version": [(LEGAL, "/templates/inquiry_notice/versions/{template}")],
    "managing.page": [
        (CLERK, f"/cases/{{wash}}/manage/{act}") for act in ("party", "emergency", "dispute", "procedure")
    ]
    + [(UNIT, f"/cases/{{wash}}/manage/{act}") for act in ("assign", "release")],
    "own.document": [(PARTY, "/my/documents/{letter}")],
    "own.home": [(PARTY, "/my/")],
    "own.sign_in": [(NOBODY, "/my/sign-in")],
    "packages.index": [(ARCHIVIST, "/packages"), (CLERK, "/packages")],
    "packages.package": [(ARCHIVIST, "/packages/{package}")],
    "parties.edit": [(CLERK, "/parties/{party}/edit")],
    "parties.index": [(CLERK, "/parties"), (CLERK, "/parties?words=样板")],
    "parties.new": [(CLERK, "/parties/new")],
    "parties.party": [(CLERK, "/parties/{party}"), (CLERK, "/parties/{citizen}")],
    "passes.of_case": [(CLERK, "/cases/{summary}/passes")],
    "phone.look": [(NOBODY, "/s/{link}")],
    "printing.choose": [(CLERK, "/documents/{order}/print")],
    "printing.kit": [(CLERK, "/print-kits/{kit}")],
    "prints.choose": [(CLERK, "/cases/{running}/print")],
    "recordings.recording": [(CLERK, f"/recordings/{{{one}}}") for one in ("video", "photo", "announced")],
    "scans.index": [(CLERK, "/scans")],
    "scans.stack": [(CLERK, "/scans/{stack}")],
    "search.index": [(CLERK, "/search"), (CLERK, "/search?q=处罚"), (CLERK, "/search?q=没有这样的字")],
    "serving.attempt": [(CLERK, "/services/{receipt}")],
    "serving.begin": [(CLERK, "/documents/{to_serve}/serve"), (CLERK, "/documents/{order}/serve")],
    "signing.issue_form": [(CLERK, "/documents/{draft}/issue")],
    "signing.page": [(CLERK, "/documents/{street_decision}/sign"), (UNIT, "/documents/{unsigned}/sign")],
    "signing.return_form": [(UNIT, "/documents/{unsigned}/return")],
    "statutes.index": [(CLERK, "/statutes"), (CLERK, "/statutes?words=处罚")],
    "tokens.index": [(CLERK, "/account/tokens")],
    "uploads.index": [(CLERK, "/uploads")],
    "uploads.upload": [(CLERK, "/uploads/{upload}")],
    "verify.answer": [(NOBODY, "/v/{decision}?v=1&d={digest}")],
    "verify.page": [(NOBODY, "/verify")],
    "watching.own": [(CLERK, "/recordings"), (KEEPER, "/recordings")],
    "watching.transcript": [(CLERK, "/recordings/{video}/subtitles")],
    "work.index": [(person, "/work") for person in (CLERK, UNIT, LEGAL, ARCHIVIST)],
    "work.tour": [(person, "/tour") for person in (CLERK, LEGAL, ARCHIVIST, WATCHER, ADMIN)],
}
"""Who visits which page; names in braces are rows."""

NO_PAGES: Mapping[str, str] = {
    "batches.of_case": "leads to another page",
    "batches.template": "a file",
    "deadlines.feed": "for calendar programs",
    "documents.download": "a file",
    "documents.page_image": "a picture",
    "drafting.preview": "a piece of a page",
    "drafting.preview_page": "a picture",
    "exporting.chain": "a file",
    "figures.table": "a file",
    "giving.file": "a file",
    "giving.letter": "a file",
    "health.alive": "for programs",
    "health.ready": "for programs",
    "library.page_image": "a picture",
    "library.word": "a file",
    "own.download": "a file",
    "own.page_image": "a picture",
    "packages.volume": "a file",
    "packages.whole": "a file",
    "parties.told_alike": "a piece of a form",
    "phone.look_page": "a picture",
    "phone.outcome": "for the page that shows the code",
    "printing.file": "a file",
    "recordings.derivative": "a picture or a copy to play",
    "recordings.download": "a file",
    "recordings.media": "what a player plays",
    "scans.original": "a file",
    "scans.page_image": "a picture",
    "serving.proof": "a picture",
    "static": "our own files",
    "statutes.choices": "a piece of a form",
    "watching.track": "subtitles for a player",
}
"""What answers to GET and is no page, with the reason; the interface for programs (`api.`) beside its page is none."""

NOT_THERE = [(CLERK, "/cases/none", 404), (CLERK, "/admin/", 403), (NOBODY, "/v/0", 404), (NOBODY, "/c/none", 404)]
"""Pages that say why there is nothing."""


@pytest.fixture(scope="module")
def people(demo: Demo, browser: Browser) -> Iterator[People]:
    one = People(browser, demo.url, demo.accounts)
    yield one
    one.close()


@pytest.fixture(scope="module")
def rows(demo: Demo, people: People) -> Iterator[dict[str, str]]:
    ctx = build_context(settings_for(demo.data_dir))
    yield rows_of(people, ctx)
    ctx.database.close()


@pytest.fixture
def app(ctx: Context) -> Flask:
    return create_app(ctx)


def test_every_route_is_visited_or_is_no_page(app: Flask) -> None:
    routes = {r.endpoint for r in app.url_map.iter_rules() if "GET" in (r.methods or ())}
    pages = {e for e in routes if not e.startswith("api.")} | {"api.page"}
    assert pages == PAGES.keys() | NO_PAGES.keys()
    assert not PAGES.keys() & NO_PAGES.keys()
    assert {person for visits in PAGES.values() for person, _ in visits} == set(VISITORS.values())


@pytest.mark.parametrize("name", VISITORS)
def test_nothing_is_wrong_with_the_pages_of(name: str, people: People, rows: dict[str, str], app: Flask) -> None:
    person = VISITORS[name]
    looker, routes = Looker(page=people.page(person), url=people.url), app.url_map.bind("")
    faults = {}
    for endpoint, visits in PAGES.items():
        for path in [at.format(**rows) for visitor, at in visits if visitor == person]:
            assert routes.match(path.partition("?")[0])[0] == endpoint
            faults[path] = looker.look(path)
    for visitor, path, status in NOT_THERE:
        if visitor == person:
            faults[path] = looker.look(path, status)
    found = {path: told for path, told in faults.items() if told}
    assert found == {}, json.dumps(found, ensure_ascii=False, indent=1)
