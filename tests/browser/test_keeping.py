"""The pages of administrator, supervisor and programs in a browser: nothing that axe minds, and phone width."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from access import accounts
from casework import queries
from tests.web.conftest import PASSWORD, Site, site
from web.admin.blueprint import TABS

__all__ = ["site"]
PHONE = {"width": 390, "height": 844}
KEEPER = ["/admin/", *(f"/admin/{tab}" for tab, _ in TABS if tab != "index"), "/admin/people/new", "/account/tokens"]
KEEPER += ["/admin/calendar?year=2030", "/admin/settings/powers.permits", "/admin/settings/volume.override", "/api/v1/"]
WATCHER = ["/figures", "/figures/procedure/summary", "/corrections", "/corrections/new"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def watcher(site: Site) -> str:
    """Give a supervisor's login."""
    with site.ctx.database.read() as session:
        agency_id = queries.case_facts(session, site.case_id).agency_id
    person = accounts.add_person(site.ctx, agency_id=agency_id, name="督三", roles=["supervisor"])
    return accounts.add_account(site.ctx, person_id=person.id, login="督三", password=PASSWORD).login


def signed_in(browser: Browser, address: str, login: str) -> tuple[Page, list[str]]:
    page, complaints = browser.new_context(viewport=PHONE).new_page(), []  # type: ignore[arg-type, var-annotated]
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(f"{address}/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page, complaints


@pytest.mark.usefixtures("watcher")
@pytest.mark.parametrize(("login", "paths"), [("管理员", KEEPER), ("督三", WATCHER)])
def test_axe_minds_nothing_and_no_page_is_wider_than_a_phone(
    browser: Browser, address: str, login: str, paths: list[str]
) -> None:
    page, complaints = signed_in(browser, address, login)
    found = []
    for path in paths:
        page.goto(f"{address}{path}")
        page.wait_for_load_state("networkidle")
        minded = Axe().run(page).response["violations"]
        found += [f"{path}: {v['id']}" for v in minded if v["impact"] in ("serious", "critical")]
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            found.append(f"{path}: wide")
    assert found == []
    assert complaints == []


def test_a_bar_leads_to_its_list_and_on_to_a_case(site: Site, browser: Browser, address: str, watcher: str) -> None:
    page, _ = signed_in(browser, address, watcher)
    page.goto(f"{address}/figures")
    page.locator("svg a").first.click()
    page.get_by_role("row").get_by_role("link").first.click()
    page.wait_for_url("**/cases/**")
