"""The archivist with a browser: papers moved by hand and by drag, packing seen to its end, a broken package dropped."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from foundation import jobs, workflows
from tests.web.conftest import PASSWORD, Site
from tests.web.filing_site import closed_site

__all__ = ["closed_site"]
pytestmark = pytest.mark.slow


@pytest.fixture
def archivist(closed_site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page of the archivist's; nothing may be complained about."""
    server = make_server("127.0.0.1", 0, closed_site.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(path: str, **options: object) -> Page:
        page = browser.new_page(locale="zh-CN", base_url=f"http://127.0.0.1:{server.server_port}", **options)  # type: ignore[arg-type]
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        pages.append(page)
        page.goto("/sign-in")
        page.get_by_label("账号").fill("壬九")
        page.get_by_label("口令").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_load_state("networkidle")
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield opened
    for page in pages:
        page.close()
    server.shutdown()
    assert complaints == []


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html']}" for v in found if v["impact"] in ("serious", "critical") for n in v["nodes"]]


def titles(page: Page) -> list[str]:
    return page.locator("[data-volume=main] .desk-what a").all_inner_texts()


def run(site: Site, kind: str) -> None:
    with site.ctx.database.read() as session:
        (job,) = jobs.jobs_of(session, kind=kind, states=(jobs.JobState.WAITING,))
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(workflows.run_in_process, site.ctx, job.id).result()


def test_a_closed_case_is_arranged_packed_and_its_package_checked(
    archivist: Callable[..., Page], closed_site: Site, tmp_path: Path
) -> None:
    page = archivist(f"/cases/{closed_site.case_id}/filing")
    first, second, *rest = titles(page)
    item = page.locator("[data-volume=main] .desk-item").nth(1)
    item.get_by_text("移动").first.click()
    item.get_by_label("理由").fill("便于阅卷")
    item.get_by_role("button", name="移动").click()
    page.wait_for_load_state("networkidle")
    assert titles(page) == [second, first, *rest]

    items = page.locator("[data-volume=main] .desk-item")
    items.nth(2).drag_to(items.nth(0))
    reason = items.nth(2).get_by_label("理由")
    expect(reason).to_be_focused()
    reason.fill("先后有误")
    reason.press("Enter")
    page.wait_for_load_state("networkidle")
    assert titles(page)[:3] == [rest[0], second, first]

    page.get_by_role("button", name="整理归档").click()
    page.get_by_text("等待办理").wait_for()
    run(closed_site, "pack")
    page.get_by_text("已归档").first.wait_for()
    page.locator("#pack a").first.click()
    page.wait_for_url("**/packages/**")
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载档案包").click()
    whole = tmp_path / "package.zip"
    coming.value.save_as(whole)

    data = bytearray(whole.read_bytes())
    data[data.index(b"%PDF") + 900] ^= 1
    whole.write_bytes(data)
    page.goto("/checks")
    page.get_by_label("选择文件").set_input_files(whole)
    page.get_by_role("button", name="核验").click()
    page.wait_for_url("**/checks/**")
    run(closed_site, "brought_check")
    page.get_by_text("核验不通过").wait_for()
    expect(page.locator("#check li").first).to_contain_text(".pdf")
    assert serious(page) == []
