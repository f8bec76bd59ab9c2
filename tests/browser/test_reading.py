"""A person with a browser reads both cases, watches, searches, downloads; on a phone, by keyboard, in the dark."""

import contextlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from foundation.settings import ROOT
from tests.browser.conftest import Demo, Visit

pytestmark = pytest.mark.slow

SERIOUS = {"serious", "critical"}
WORKER_MS = 120_000
"""A worker starts and does its work within this, on a machine that runs other tests beside."""


def faults(visit: Visit) -> list[str]:
    """Return what axe finds serious on the page."""
    found = Axe().run(visit.page).response["violations"]
    return [f"{v['id']}: {n['html']}" for v in found if v["impact"] in SERIOUS for n in v["nodes"]]


def verified(script: Path) -> "subprocess.CompletedProcess[str]":
    """Run a package's own check."""
    words = [sys.executable, str(script)]
    return subprocess.run(words, cwd=script.parent, check=False, capture_output=True, text=True)  # noqa: S603 - our own words


@pytest.mark.parametrize("words", ["扬尘", "生活垃圾"])
def test_both_cases_can_be_read_from_the_list_to_the_pages_of_every_decision(
    visit: Callable[..., Visit], words: str
) -> None:
    one = visit("甲一")
    one.open_case(words)
    expect(one.page.locator("main")).to_contain_text("已归档")
    one.page.locator("#documents a", has_text="处罚决定书").first.click()
    image = one.page.locator("img.pageimage").first
    image.wait_for()
    assert one.page.wait_for_function("() => document.querySelector('img.pageimage').naturalWidth > 800")
    one.page.get_by_text("文字内容").click()
    expect(one.page.locator(".papertext")).to_contain_text("清河镇")


def test_the_demo_says_that_it_is_one(visit: Callable[..., Visit]) -> None:
    one = visit("甲一")
    expect(one.page.get_by_role("note")).to_contain_text("演示环境")


def test_a_video_plays_and_can_be_sought(visit: Callable[..., Visit]) -> None:
    one = visit("甲一")
    one.open_case("扬尘")
    one.page.locator("#recordings tr", has_text="录像").first.get_by_role("link").click()
    one.page.locator("video").wait_for()
    length = one.page.evaluate(
        "() => new Promise(done => { const v = document.querySelector('video');"
        " const go = () => { v.currentTime = v.duration / 2; };"
        " v.onseeked = () => done([v.duration, v.currentTime]);"
        " if (v.readyState > 0) go(); else v.onloadedmetadata = go; })"
    )
    assert length[0] > 5
    assert abs(length[1] - length[0] / 2) < 0.5


def test_search_finds_marks_and_narrows(visit: Callable[..., Visit]) -> None:
    one = visit("甲一")
    one.page.keyboard.press("/")
    one.page.keyboard.type("未采取有效覆盖措施")
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/search?**")
    assert one.page.locator("mark").first.inner_text()
    before = total(one)
    one.page.locator("aside a", has_text="审查决定").click()
    one.page.wait_for_url("**stage=**")
    assert 0 < total(one) < before
    one.page.locator("main a.tag", has_text="×").first.click()
    one.page.wait_for_url(lambda url: "stage=" not in url)
    assert total(one) == before


def total(visit: Visit) -> int:
    """Return how many hits the page speaks of."""
    found = re.search(r"共 (\d+) 条", visit.page.inner_text("main"))
    assert found
    return int(found[1])


def test_a_bar_of_the_figures_leads_to_its_list_and_on_to_a_case(visit: Callable[..., Visit]) -> None:
    one = visit("监督员")
    one.page.goto(f"{one.url}/figures")
    one.page.locator("svg a").first.click()
    one.page.get_by_role("row").get_by_role("link").first.click()
    one.page.wait_for_url("**/cases/**")


def test_a_sealed_paper_is_downloaded(visit: Callable[..., Visit], tmp_path: Path) -> None:
    one = visit("丁四")
    one.open_case("扬尘")
    one.page.locator("#documents a", has_text="行政处罚决定书").first.click()
    with one.page.expect_download() as waiting:
        one.page.get_by_role("link", name="PDF（电子印章）").click()
    waiting.value.save_as(tmp_path / "a.pdf")
    assert "行政处罚决定书" in waiting.value.suggested_filename
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"/ByteRange" in data


def test_a_package_is_downloaded_and_checks_itself_and_names_a_changed_byte(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    one = visit("壬九")
    one.page.goto(f"{one.url}/packages")
    one.page.get_by_role("row").filter(has_text="垃圾").get_by_role("link").click()
    with one.page.expect_download() as waiting:
        one.page.get_by_role("link", name="下载档案包").click()
    waiting.value.save_as(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(tmp_path)
    script = next(tmp_path.rglob("verify.py"))
    assert verified(script).returncode == 0
    victim = max((p for p in (script.parent / "data").rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    found = verified(script)
    assert found.returncode != 0
    assert victim.name in found.stdout + found.stderr


@contextlib.contextmanager
def a_worker(demo: Demo) -> Iterator[None]:
    """Let a worker do long work beside the pages."""
    env = {**os.environ, "ANJUAN_DATA_DIR": str(demo.data_dir), "ANJUAN_DEMO": "true", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "flask", "work"]
    with subprocess.Popen(words, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as worker:  # noqa: S603 - our own words
        try:
            yield
        finally:
            worker.terminate()


def test_a_package_is_checked_on_the_page(visit: Callable[..., Visit], demo: Demo) -> None:
    one = visit("壬九")
    one.page.goto(f"{one.url}/packages")
    one.page.get_by_role("row").filter(has_text="垃圾").get_by_role("link").click()
    with a_worker(demo):
        one.page.get_by_role("button", name="重新核验").click()
        one.page.get_by_text("核验通过").wait_for(timeout=WORKER_MS)


def test_the_code_of_a_paper_leads_to_the_public_answer_without_signing_in(visit: Callable[..., Visit]) -> None:
    one = visit("甲一")
    one.open_case("扬尘")
    one.page.locator("#documents a", has_text="行政处罚决定书").first.click()
    one.page.wait_for_url("**/documents/**")
    code = one.page.url.rpartition("/")[2]
    digest = str(one.page.locator("dd.digest").first.get_attribute("title"))
    stranger = visit()
    stranger.page.goto(f"{stranger.url}/verify")
    stranger.page.get_by_label("文书码").fill(code)
    stranger.page.get_by_label("内容摘要").fill(digest[:16])
    stranger.page.get_by_role("button", name="核验").click()
    stranger.page.wait_for_url("**/v/**")
    text = stranger.page.inner_text("main")
    assert "核验一致" in text
    assert "示例砂石料场" not in text


def test_everything_can_be_reached_by_keyboard_and_the_focus_is_seen(visit: Callable[..., Visit]) -> None:
    one = visit("甲一")
    one.page.goto(f"{one.url}/")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("() => document.activeElement.className") == "skip"
    for _ in range(40):
        one.page.keyboard.press("Tab")
        if one.page.evaluate("() => document.activeElement.getAttribute('href')?.startsWith('/cases/')"):
            break
    assert one.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/cases/**")


def test_letters_can_be_made_larger_and_stay_so(visit: Callable[..., Visit]) -> None:
    one = visit("甲一")
    one.page.get_by_role("button", name="大字号").click()
    one.page.reload()
    assert one.page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "20px"


def test_pages_can_be_read_without_script(visit: Callable[..., Visit]) -> None:
    one = visit("甲一", java_script_enabled=False)
    one.page.goto(f"{one.url}/search?q=处罚")
    assert one.page.locator(".hit").count() > 3


def test_a_printed_page_has_neither_menu_nor_buttons(visit: Callable[..., Visit]) -> None:
    one = visit("甲一")
    one.open_case("扬尘")
    one.page.emulate_media(media="print")
    expect(one.page.locator(".topbar")).to_be_hidden()
    expect(one.page.locator("#documents")).to_be_visible()
