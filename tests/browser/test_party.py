"""A party with a telephone: from the PIN on a slip to the copy that the public page calls genuine, without script."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from foundation.settings import ROOT
from tests.browser.conftest import PHONE, Demo, Visit
from tests.browser.test_reading import faults

pytestmark = pytest.mark.slow

CASE = "清案〔2026〕001号"
PHONE_OPTIONS = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
READY_MS = 120_000


def opened(visit: Callable[..., Visit], login: str) -> Visit:
    """Open the archived case as a member of the office."""
    one = visit(login)
    one.page.goto(f"{one.url}/?words={CASE}")
    one.page.get_by_role("link", name=CASE, exact=True).first.click()
    one.page.wait_for_url("**/cases/**")
    return one


def given_pin(visit: Callable[..., Visit]) -> str:
    """Let the handler give the case's party a PIN."""
    clerk = opened(visit, "甲一")
    clerk.page.get_by_role("link", name="查阅密码").click()
    clerk.page.get_by_role("button", name="发放新密码").first.click()
    pin = clerk.page.locator(".slip-pin").inner_text()
    assert faults(clerk) == []
    return pin


def entered(visit: Callable[..., Visit], pin: str, **options: object) -> Visit:
    """Sign in as the party."""
    one = visit(**options)
    one.page.goto(f"{one.url}/my/sign-in")
    one.page.get_by_label("文书编号").fill(CASE)
    one.page.get_by_label("查阅密码").fill(pin)
    one.page.get_by_role("button", name="登录").click()
    one.page.wait_for_url("**/my/")
    return one


@contextlib.contextmanager
def a_worker(folder: Path) -> Iterator[None]:
    """Let a worker do what waits."""
    env = {**os.environ, "ANJUAN_DATA_DIR": str(folder), "ANJUAN_DEMO": "true", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "flask", "work"]
    with subprocess.Popen(words, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as running:  # noqa: S603 - our own words
        yield
        running.send_signal(signal.SIGTERM)


def asked(party: Visit) -> str:
    """Ask for a copy of the first paper; return the address of the receipt."""
    party.page.goto(f"{party.url}/my/copies/new")
    party.page.locator("input[name=wanted]").first.check()
    party.page.get_by_label("用途").fill("申请行政复议")
    party.page.get_by_label("联系电话").fill("000-00000002")
    party.page.get_by_role("button", name="提交申请").click()
    party.page.wait_for_url(lambda url: "/my/copies/" in url and not url.endswith("/new"))
    expect(party.page.locator("main")).to_contain_text("前（含当天）答复您")
    return party.page.url


def worked_on(visit: Callable[..., Visit], demo: Demo, request: str) -> tuple[Visit, str]:
    """Carry a request through the office; return the archivist's page and the copy's PIN."""
    archivist, legal = visit("壬九"), visit("丁四", **PHONE_OPTIONS)
    page = f"{demo.url}/copies/{request}"
    archivist.page.goto(page)
    archivist.page.get_by_role("button", name="登记并开始审查").click()
    archivist.page.get_by_role("button", name="保存并提交").click()
    archivist.page.wait_for_load_state()
    legal.page.goto(page)
    assert faults(legal) == []
    legal.page.get_by_label("意见").first.select_option("同意")
    legal.page.get_by_label("理由").first.fill("属于送达给申请人的文书。")
    legal.page.get_by_role("button", name="签署并制发审批表").click()
    legal.page.wait_for_load_state()
    archivist.page.goto(page)
    archivist.page.get_by_role("button", name="开始制作").click()
    with a_worker(demo.data_dir):
        for _ in range(READY_MS // 1000):
            archivist.page.goto(page)
            if archivist.page.get_by_role("button", name="发放链接和取件密码").count():
                break
            archivist.page.wait_for_timeout(1000)
    assert faults(archivist) == []
    archivist.page.get_by_role("button", name="发放链接和取件密码").click()
    return archivist, archivist.page.locator(".slip-pin").inner_text()


def test_a_party_reads_asks_fetches_and_verifies_without_script(
    visit: Callable[..., Visit], demo: Demo, tmp_path: Path
) -> None:
    party = entered(visit, given_pin(visit), java_script_enabled=False, **PHONE_OPTIONS)
    party.page.get_by_role("link", name="行政处罚决定书").first.click()
    expect(party.page.locator("main")).to_contain_text("您的权利")
    receipt = asked(party)
    _archivist, copy_pin = worked_on(visit, demo, receipt.rpartition("/")[2])
    party.page.goto(receipt)
    party.page.get_by_role("link", name="去下载").click()
    party.page.get_by_label("取件密码").fill(copy_pin)
    with party.page.expect_download() as waiting:
        party.page.get_by_role("button", name="下载").click()
    waiting.value.save_as(tmp_path / "copy.pdf")
    party.page.goto(f"{party.url}/verify")
    party.page.locator("details", has_text="核验电子文件").locator("summary").click()
    party.page.get_by_label("PDF").set_input_files(tmp_path / "copy.pdf")
    party.page.locator("details", has_text="核验电子文件").get_by_role("button", name="核验").click()
    expect(party.page.get_by_role("status")).to_contain_text("核验一致")
