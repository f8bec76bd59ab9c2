"""The desk: what is typed is never lost, whatever happens to browser, network or session, or by a second editor."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import Demo

FIELD = "[name=start_reason]"
SAVED = re.compile("已自动保存")


@pytest.fixture
def people(demo: Demo, browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """Give browsers of people who are signed in."""
    opened: list[BrowserContext] = []

    def signed_in(login: str) -> BrowserContext:
        context = browser.new_context(locale="zh-CN")
        opened.append(context)
        sign_in(context.new_page(), demo, login)
        return context

    yield signed_in
    for context in opened:
        context.close()


def sign_in(page: Page, demo: Demo, login: str) -> None:
    page.goto(f"{demo.url}/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("口令").fill(demo.accounts[login])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def draft(demo: Demo, context: BrowserContext) -> str:
    """Open a paper in the case of the mixing plant and return the address of its form."""
    page = context.new_page()
    page.goto(f"{demo.url}/?words=搅拌站")
    page.locator("main a[href*='/cases/0']").first.click()
    case = page.url.split("?")[0].split("#")[0]
    page.goto(f"{case}/draft?type=case_initiation_approval")
    page.get_by_role("button", name="起草", exact=True).click()
    page.wait_for_url("**/edit")
    address = page.url
    page.close()
    return address


def at(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.locator(FIELD).wait_for()
    return page


def test_a_draft_saves_itself_and_the_paper_beside_it_follows(
    demo: Demo, people: Callable[[str], BrowserContext]
) -> None:
    context = people("甲一")
    page = at(context, draft(demo, context))
    before = page.locator("#preview img").first.get_attribute("src")
    page.locator(FIELD).fill("边写边存")
    expect(page.locator("#saved")).to_have_text(SAVED, timeout=5000)
    expect(page.locator("#preview img").first).not_to_have_attribute("src", before or "", timeout=15_000)
    page.reload()
    expect(page.locator(FIELD)).to_have_value("边写边存")


def test_what_a_killed_browser_had_not_sent_is_offered_again(
    demo: Demo, people: Callable[[str], BrowserContext]
) -> None:
    context = people("甲一")
    address = draft(demo, context)
    page = at(context, address)
    page.route("**/save", lambda route: route.abort())
    page.locator(FIELD).fill("断网时写的")
    expect(page.locator("#saved")).to_contain_text("内容已留在本机", timeout=5000)
    page.close()
    again = at(context, address)
    expect(again.locator("#restore")).to_contain_text("没有保存完的内容")
    again.get_by_role("button", name="恢复").click()
    expect(again.locator("#saved")).to_have_text(SAVED, timeout=5000)
    again.reload()
    expect(again.locator(FIELD)).to_have_value("断网时写的")
    expect(again.locator("#restore")).to_be_hidden()


def test_an_input_method_is_not_cut_in_mid_word(demo: Demo, people: Callable[[str], BrowserContext]) -> None:
    context = people("甲一")
    page = at(context, draft(demo, context))
    sent: list[str] = []

    def watch(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.continue_()

    page.route("**/save", watch)
    page.locator(FIELD).focus()
    keys = context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "zhong wen", "selectionStart": 9, "selectionEnd": 9})
    page.wait_for_timeout(2500)
    assert sent == []
    keys.send("Input.insertText", {"text": "中文"})
    expect(page.locator("#saved")).to_have_text(SAVED, timeout=5000)
    assert "zhong" not in "".join(sent)
    expect(page.locator(FIELD)).to_have_value("中文")


def test_a_lost_session_loses_nothing_and_saving_goes_on_after_signing_in(
    demo: Demo, people: Callable[[str], BrowserContext]
) -> None:
    context = people("甲一")
    page = at(context, draft(demo, context))
    context.clear_cookies()
    page.locator(FIELD).fill("登录过期时写的")
    expect(page.locator("#saved")).to_contain_text("登录已过期", timeout=5000)
    sign_in(context.new_page(), demo, "甲一")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#saved")).to_have_text(SAVED, timeout=8000)
    page.reload()
    expect(page.locator(FIELD)).to_have_value("登录过期时写的")


def test_two_editors_of_one_field_choose_and_of_two_fields_are_merged(
    demo: Demo, people: Callable[[str], BrowserContext]
) -> None:
    first, second = people("甲一"), people("乙二")
    address = draft(demo, first)
    one, two = at(first, address), at(second, address)
    one.locator(FIELD).fill("甲写的")
    expect(one.locator("#saved")).to_have_text(SAVED, timeout=5000)
    two.locator("[name=emergency]").select_option("否")
    expect(two.locator("#saved")).to_have_text(SAVED, timeout=5000)
    two.locator(FIELD).fill("乙写的")
    expect(two.locator("#saved")).to_have_text(SAVED, timeout=5000)  # it had the version with 甲's words merged in
    one.locator(FIELD).fill("甲又写的")
    expect(one.locator("#restore")).to_contain_text("乙写的", timeout=5000)
    one.get_by_role("button", name="用我的").click()
    expect(one.locator("#saved")).to_have_text(SAVED, timeout=5000)
    two.reload()
    expect(two.locator(FIELD)).to_have_value("甲又写的")
    expect(two.locator("[name=emergency]")).to_have_value("否")


def test_a_list_grows_row_by_row_without_the_mouse(demo: Demo, people: Callable[[str], BrowserContext]) -> None:
    context = people("甲一")
    page = at(context, draft(demo, context))
    rows = page.locator("[data-rows] tbody tr")
    count = rows.count()
    page.locator("[data-do=add-row]").first.focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(count + 1)
    page.keyboard.type("丙三")
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_have_text(SAVED, timeout=5000)
    page.reload()
    assert "丙三" in [b.input_value() for b in page.locator("[data-rows] textarea").all()]
