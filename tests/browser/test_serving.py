"""A handler with a browser serves a paper, prints the round, brings a scanned stack, files what could not be read."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from casework import queries
from casework.operations import scanning
from casework.stacks import stacks_of
from foundation.context import Context
from foundation.jobs import KINDS
from generator import issuing
from generator.press import Press
from tests.browser.conftest import PHONE
from tests.generator.scanned import scanned, stack_of, written
from tests.generator.test_printing import Here
from tests.generator.test_stacks import Once
from tests.web.conftest import PASSWORD
from tests.web.rooms import House

pytestmark = pytest.mark.slow


class Desk:
    """The handler's desk: a house with an order to serve, a server, a page."""

    def __init__(self, house: House, url: str, page: Page) -> None:
        self.house, self.url, self.page = house, url, page
        self.complaints: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        house.as_("甲一")
        page.goto(f"{url}/sign-in")
        page.get_by_label("账号").fill(f"甲一-{house.bureau.agency_id}")
        page.get_by_label("口令").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{url}/**")

    def look(self) -> list[str]:
        """Return what axe finds serious, and whether the page is wider than a phone."""
        self.page.set_viewport_size(PHONE)
        wide = self.page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]
        self.page.set_viewport_size({"width": 1280, "height": 900})
        found = Axe().run(self.page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        return [*serious, *(["wide"] if wide else [])]


@pytest.fixture
def desk(ctx: Context, tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    house = House(ctx, tmp_path / "templates", "summary")
    press = Press(house.ctx)
    press.pool = Here()  # type: ignore[assignment]
    house.app.extensions["anjuan.press"] = press
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    running = threading.Thread(target=server.serve_forever)
    running.start()
    page = browser.new_page(locale="zh-CN")
    try:
        one = Desk(house, f"http://127.0.0.1:{server.server_port}", page)
        yield one
        assert one.complaints == []
    finally:
        page.close()
        server.shutdown()
        running.join()
        server.server_close()


def issued(desk: Desk, type_id: str, **data: str) -> str:
    house = desk.house
    draft = house.bureau.draft(type_id, house.case, data=data)
    press = house.app.extensions["anjuan.press"]
    return issuing.issue(house.ctx, house.bureau.as_("甲一"), draft.id, press).id


def test_a_paper_is_served_printed_and_served_otherwise(desk: Desk) -> None:
    page, paper = desk.page, issued(desk, "stop_order")
    page.goto(f"{desk.url}/documents/{paper}/serve")
    page.get_by_role("button", name="开始送达").click()
    page.wait_for_url("**/services/**")
    assert desk.look() == []
    attempt = page.url
    page.get_by_role("link", name="打印文书和回证").click()
    page.get_by_role("button", name="生成打印件").click()
    page.wait_for_url("**/print-kits/**")
    page.get_by_role("button", name="记为已打印").click()
    page.goto(attempt)
    page.get_by_label("情况").select_option("无人在场")
    page.get_by_role("button", name="记为未送达").click()
    page.wait_for_url("**/serve")
    expect(page.get_by_text("已试 1 次未送达")).to_be_visible()
    page.get_by_role("link", name="邮寄送达").click()
    expect(page.get_by_label("邮政特快专递单号")).to_be_visible()


def test_a_stack_is_brought_by_pieces_and_filed_by_hand(desk: Desk, tmp_path: Path) -> None:
    page, house = desk.page, desk.house
    letter = issued(desk, "letter", text="其一")
    with house.ctx.database.read() as session:
        facts = queries.document_facts(session, letter)
    stack = tmp_path / "回证.pdf"
    stack.write_bytes(stack_of([scanned(house.ctx.blobs.read(facts.blobs["pdf"])), written()]))
    page.goto(f"{desk.url}/scans")
    page.get_by_label("扫描件*").set_input_files(stack)
    page.get_by_role("button", name="上传并识别").click()
    page.wait_for_url("**/scans/*-*")
    actor = house.bureau.as_("甲一")
    with house.ctx.database.read() as session:
        brought = stacks_of(session, actor.account_id)[0]
    KINDS[scanning.JOB].run(Once(house.ctx, brought.id, actor.account_id))  # type: ignore[arg-type]
    page.reload()
    expect(page.get_by_text("已归入 1 页")).to_be_visible()
    assert desk.look() == []
    page.get_by_label("或填写文号").fill(facts.number)
    page.get_by_role("button", name="归入", exact=True).click()
    page.wait_for_url("**/scans/*-*")
    expect(page.get_by_text("已归入 2 页")).to_be_visible()


def test_how_a_period_is_counted_is_read_on_its_page(desk: Desk) -> None:
    desk.house.happens("issued:case_initiation_approval", granted=True)
    desk.page.goto(f"{desk.url}/deadlines")
    desk.page.get_by_role("link", name="作出处罚决定").click()
    expect(desk.page.get_by_text("期限怎样计算")).to_be_visible()
