"""A clerk at the keyboard: a case is begun, a paper filled and signed without a mouse; and all without script."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from access import accounts
from casework.facts import CaseFacts, DocumentFacts
from casework.operations import beginning, parties
from casework.operations.beginning import Matter
from tests.browser.conftest import Visit
from tests.browser.test_reading import faults
from tests.casework.offices import Bureau
from tests.conftest import floor_of, move, settings_for
from tests.web.conftest import PASSWORD
from web.app import create_app

pytestmark = pytest.mark.slow

CLUE = {"source_type": "上级交办", "clue_summary": "群众反映粉尘外溢，上级交办核查。"}
CITIZEN = ("孙·样例（虚构）", "１１０１０１１９９００１０１９９８４", "样例村3组（虚构）")


@dataclass(frozen=True, kw_only=True)
class Office:
    """A running office of two handlers with a case of theirs whose party was renamed."""

    url: str
    login: str
    bureau: Bureau
    case: CaseFacts


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    ctx = floor_of(settings_for(tmp_path_factory.mktemp("clerk") / "var"))
    move(ctx, "2026-06-01T09:00")
    bureau = Bureau(ctx)
    actor, party = bureau.as_("甲一"), bureau.party(aliases="旧样例料场")
    members = [bureau.ids["甲一"], bureau.ids["乙二"]]
    begun = beginning.begin(
        ctx, actor, Matter(source="patrol", title="涉嫌扬尘", party_id=party.id, member_ids=members)
    )
    move(ctx, "2026-06-01T10:00")
    renamed = {**parties.plain(party), "name": "示例新料场有限公司（虚构）"}
    parties.change_party(ctx, actor, party_id=party.id, base_version=1, reason="更名", **renamed)
    for one in (actor, bureau.as_("丙三")):
        accounts.set_password(ctx, account_id=one.account_id, password=PASSWORD)
    server = make_server("127.0.0.1", 0, create_app(ctx), threaded=True)
    running = threading.Thread(target=server.serve_forever)
    running.start()
    url, login = f"http://127.0.0.1:{server.port}", f"甲一-{bureau.agency_id}"
    yield Office(url=url, login=login, bureau=bureau, case=begun.case)
    server.shutdown()
    running.join()
    server.server_close()
    ctx.database.close()


@pytest.fixture
def clerk(office: Office, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Give a browser of 甲一; at the end nothing may have been complained about."""
    visits: list[Visit] = []

    def opened(**options: object) -> Visit:
        page = browser.new_page(locale="zh-CN", **options)  # type: ignore[arg-type]
        one = Visit(page=page, url=office.url)
        page.on("console", lambda m: one.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: one.complaints.append(str(e)))
        visits.append(one)
        one.sign_in(office.login, PASSWORD)
        return one

    yield opened
    for one in visits:
        one.page.close()
    assert [c for one in visits for c in one.complaints] == []


def walk(page: Page, selector: str) -> None:
    """Walk with the tab key until the focus is on an element, and see the focus on the way."""
    for _ in range(150):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid", selector
            return
        page.keyboard.press("Tab")
    raise AssertionError(selector)


def clue(office: Office, **data: str) -> DocumentFacts:
    """Open the register of a clue in the case."""
    return office.bureau.draft("case_source_register", office.case, data={**CLUE, **data})


def focus(page: Page, name: str) -> None:
    """Walk with the tab key until the focus is where a person wants it."""
    for _ in range(60):
        if page.evaluate("n => document.activeElement?.id === n || document.activeElement?.value === n", name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(name)


def test_a_summary_case_is_begun_by_hand_with_the_keyboard_alone(clerk: Callable[..., Visit]) -> None:
    page = clerk().page
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/begin")
    assert page.evaluate("() => document.activeElement.id") == "f-source"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    for field, text in zip(("f-name", "f-id_no", "f-address"), CITIZEN, strict=True):
        focus(page, field)
        page.keyboard.type(text)
    focus(page, "f-title")
    page.keyboard.type("涉嫌随意倾倒生活垃圾")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/cases/" in url and "begin" not in url)
    text = page.inner_text("main")
    for words in ("涉嫌随意倾倒生活垃圾", "简易程序", "孙·样例", "110101199001019984", "甲一、乙二", "案件已登记"):
        assert words in text
    page.get_by_role("link", name="填写《当场行政处罚决定书》").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")


def test_a_search_in_the_register_by_enter_finds_former_names_and_takes_one(clerk: Callable[..., Visit]) -> None:
    one = clerk()
    page = one.page
    page.goto(f"{one.url}/cases/begin")
    page.keyboard.press("ArrowDown")
    focus(page, "f-find")
    page.keyboard.type("旧样例")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="用已有的").focus()
    page.keyboard.press("Enter")
    page.get_by_text("已选").wait_for()
    expect(page.locator("#party")).to_contain_text("示例新料场有限公司")
    assert page.locator("#f-source").input_value() == "patrol"


def test_a_name_that_is_alike_is_told_while_it_is_typed(clerk: Callable[..., Visit]) -> None:
    one = clerk()
    one.page.goto(f"{one.url}/cases/begin")
    one.page.locator("#f-name").press_sequentially("示例新料场")
    one.page.locator("#alike").get_by_text("是同一个吗").wait_for()
    expect(one.page.locator("#alike button")).to_have_count(1)


def test_fields_of_other_kinds_are_hidden_without_script(clerk: Callable[..., Visit], browser: Browser) -> None:
    one = clerk()
    bare = browser.new_context(java_script_enabled=False, storage_state=one.page.context.storage_state())
    page = bare.new_page()
    page.goto(f"{one.url}/cases/begin")
    expect(page.locator("#f-representative")).to_be_hidden()
    page.locator("#f-kind").select_option("法人")
    expect(page.locator("#f-representative")).to_be_visible()
    expect(page.locator("#f-representative_post")).to_be_visible()
    bare.close()


def test_keys_lead_to_places_and_help_and_leave_typing_alone(clerk: Callable[..., Visit]) -> None:
    one = clerk()
    page = one.page
    for key, place in (("c", "/"), ("p", "/parties"), ("w", "/work")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"{one.url}{place}")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    page.wait_for_timeout(300)  # the button that got the focus fades into its colours
    assert faults(one) == []
    page.keyboard.press("Escape")
    expect(page.locator("#keys-help")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("g?w")
    assert page.locator("#q").input_value() == "g?w"
    expect(page.locator("#keys-help")).to_be_hidden()


def test_stale_drafts_are_filled_anew_from_the_case(clerk: Callable[..., Visit], office: Office) -> None:
    one = clerk()
    one.page.goto(f"{one.url}/cases/{office.case.id}")
    one.page.locator("#stale").get_by_role("button", name="更新").click()
    one.page.wait_for_load_state("networkidle")
    one.page.goto(f"{one.url}/cases/{office.case.id}")
    expect(one.page.locator("#stale")).to_have_count(0)


def test_a_paper_is_found_filled_saved_and_signed_with_the_keyboard_alone(office: Office, browser: Browser) -> None:
    paper, page = clue(office), browser.new_page(locale="zh-CN")
    page.goto(f"{office.url}/sign-in")
    page.keyboard.type(office.login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/work")
    walk(page, f".task a[href*='{paper.id}']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    walk(page, "[name=verify_opinion]")
    page.keyboard.type("属实，建议立案。")
    walk(page, "#save")
    page.keyboard.press("Enter")
    page.locator("#saved", has_text="已自动保存").wait_for()
    walk(page, f".desk-actions a[href='/documents/{paper.id}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/documents/{paper.id}")
    walk(page, "#actions a[href$='/sign']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign")
    walk(page, "#slot-handler button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/documents/{paper.id}")
    expect(page.get_by_role("status")).to_contain_text("已签署")
    page.close()


def test_a_case_is_read_and_a_paper_read_and_approved_without_script(office: Office, browser: Browser) -> None:
    paper = office.bureau.sign(clue(office, verify_opinion="属实，建议立案。"), "handler")
    one = Visit(page=browser.new_page(locale="zh-CN", java_script_enabled=False), url=office.url)
    one.sign_in(f"丙三-{office.bureau.agency_id}", PASSWORD)
    one.page.locator(f".task a[href*='{paper.id}']").click()
    assert one.page.request.get(office.url + str(one.page.locator("img.pageimage").first.get_attribute("src"))).ok
    one.page.locator("#slot-unit textarea").fill("同意立案。")
    one.page.locator("#slot-unit").get_by_role("button", name="签署").click()
    expect(one.page.get_by_role("status")).to_contain_text("已签署")
    one.page.get_by_role("button", name="退出").click()
    one.sign_in(office.login, PASSWORD)
    one.page.goto(f"{office.url}/cases/{office.case.id}")
    one.page.locator("#documents a", has_text="案件来源（线索）登记表").last.click()
    expect(one.page.locator("main")).to_contain_text("丙三")
    one.page.close()
