"""One demo installation a test run, built once whoever comes first; a server and a browser for each worker."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cli.serving import servers
from foundation.settings import ROOT

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A running demo."""

    url: str
    data_dir: Path
    accounts: dict[str, str]


@dataclass(kw_only=True)
class Visit:
    """A page that remembers what the browser complained about."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, login: str, password: str) -> None:
        """Sign in by the form."""
        self.page.goto(f"{self.url}/sign-in")
        self.page.get_by_label("账号").fill(login)
        self.page.get_by_label("口令").fill(password)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def open_case(self, words: str) -> None:
        """Open a case from the list: the archived one, where several are about the same."""
        self.page.goto(f"{self.url}/?state=ARCHIVED")
        self.page.get_by_role("row").filter(has_text=words).get_by_role("link").first.click()
        self.page.wait_for_url("**/cases/**")
        self.page.wait_for_load_state("networkidle")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Build the demo once a run and serve it on a free port."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "demo.json").exists():
            env = {**os.environ, "ANJUAN_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
            words = [sys.executable, "-m", "flask", "demo", "--no-serve"]
            subprocess.run(words, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
    accounts = {a["login"]: a["password"] for a in json.loads((folder / "demo.json").read_text())["accounts"]}
    with servers(folder, worker=False) as running:
        yield Demo(url=running.url, data_dir=folder, accounts=accounts)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium."""
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def visit(demo: Demo, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Give a function that opens a page of its own; at the end nothing may have been complained about."""
    visits: list[Visit] = []

    def opened(login: str = "", **options: object) -> Visit:
        page = browser.new_page(locale="zh-CN", accept_downloads=True, **options)  # type: ignore[arg-type]
        one = Visit(page=page, url=demo.url)
        page.on("console", lambda m: one.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: one.complaints.append(str(e)))
        visits.append(one)
        if login:
            one.sign_in(login, demo.accounts[login])
        return one

    yield opened
    for one in visits:
        one.page.close()
    assert [c for one in visits for c in one.complaints] == []
