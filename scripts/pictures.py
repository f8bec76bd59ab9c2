"""Draw docs/pictures anew (`make pictures`): main pages wide and on a phone, light and dark, and ten papers.

Uses the demo of the data folder, or builds one under var/pictures when there is none.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from cli.serving import servers
from foundation.settings import ROOT, Settings

TARGET = ROOT / "docs/pictures"
CHROMIUM = "/usr/bin/chromium"
MOST = 300_000
"""Bytes of a picture."""
WIDE, PHONE = {"width": 1200, "height": 860}, {"width": 390, "height": 844}
PAPERS = (
    "行政检查审批表",
    "现场检查（勘验）笔录",
    "程序启动（立案）审批表",
    "询问笔录",
    "先行登记保存证据通知书",
    "听证笔录",
    "集体讨论记录",
    "行政处罚决定书",
    "送达回证",
    "当场行政处罚决定书",
)
"""Titles of the papers that are shown, or words that stand in them."""


def main() -> None:
    """Build what is missing, take the pictures, say where they are."""
    data_dir = _demo()
    TARGET.mkdir(parents=True, exist_ok=True)
    accounts = {a["login"]: a["password"] for a in json.loads((data_dir / "demo.json").read_text())["accounts"]}
    with servers(data_dir, worker=False) as running, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for view, name in ((WIDE, ""), (PHONE, "-phone")):
            page = browser.new_page(viewport=view, locale="zh-CN", color_scheme="light")
            for picture, take in _pages(page, running.url, accounts):
                _keep(take, TARGET / f"{picture}{name}.png")
        page = browser.new_page(viewport=WIDE, locale="zh-CN", color_scheme="dark")
        _sign_in(page, running.url, "甲一", accounts["甲一"])
        _keep(_case(page, running.url), TARGET / "case-dark.png")
        for number, image in enumerate(_papers(page, running.url), 1):
            _keep(image, TARGET / f"paper-{number:02}.png", width=760)
        browser.close()
    sys.stdout.write(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}\n")


def _demo() -> Path:
    settings = Settings()
    if (settings.data_dir / "demo.json").exists():
        return settings.data_dir
    folder = ROOT / "var/pictures"
    env = {**os.environ, "ANJUAN_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "flask", "demo", "--no-serve"], cwd=ROOT, env=env, check=True)
    return folder


def _pages(page: Page, url: str, accounts: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    page.goto(f"{url}/sign-in")
    yield "sign-in", page.screenshot()
    _sign_in(page, url, "甲一", accounts["甲一"])
    yield "cases", page.screenshot()
    yield "case", _case(page, url)
    page.goto(f"{url}/search?q={quote('清政罚〔2026〕第1号')}")
    page.locator(".hit a").first.click()
    page.wait_for_url("**/documents/**")
    page.wait_for_load_state("networkidle")
    yield "document", page.screenshot()
    _case(page, url)
    page.locator("#recordings a").first.click()
    page.wait_for_url("**/recordings/**")
    page.wait_for_load_state("networkidle")
    yield "recording", page.screenshot()
    own = page.locator("main a[href*='/cases/']").first.get_attribute("href")
    page.goto(f"{url}{own}/recordings/new")
    yield "recording-new", page.screenshot()
    page.goto(f"{url}{own}/capture")
    yield "capture", page.screenshot()
    page.goto(f"{url}/search?q={quote('未采取有效覆盖措施')}")
    yield "search", page.screenshot()
    _sign_in(page, url, "壬九", accounts["壬九"])
    page.goto(f"{url}/packages")
    page.locator("main table a").first.click()
    page.wait_for_url("**/packages/**")
    yield "package", page.screenshot()
    page.goto(f"{url}/verify")
    yield "verify", page.screenshot()
    _sign_in(page, url, "管理员", accounts["管理员"])
    page.goto(f"{url}/health")
    yield "health", page.screenshot()


def _sign_in(page: Page, url: str, login: str, password: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{url}/")


def _case(page: Page, url: str) -> bytes:
    page.goto(f"{url}/?words={quote('扬尘')}")
    page.locator("main table a").first.click()
    page.wait_for_url("**/cases/**")
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def _papers(page: Page, url: str) -> Iterator[bytes]:
    """Yield the first page of each paper, as its page shows it."""
    links: dict[str, str] = {}
    for words in ("扬尘", "生活垃圾"):
        page.goto(f"{url}/?words={quote(words)}")
        page.locator("main table a").first.click()
        page.wait_for_url("**/cases/**")
        for link in page.locator("#documents a").all():
            links.setdefault(link.inner_text().strip(), str(link.get_attribute("href")))
    for title in PAPERS:
        path = links.get(title) or next(p for t, p in links.items() if title in t)
        yield page.request.get(f"{url}{path}/pages/1.png").body()


def _keep(image: bytes, path: Path, *, width: int | None = None) -> None:
    """Write a picture with as many colours as fit into its size."""
    picture = Image.open(io.BytesIO(image)).convert("RGB")
    if width and picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    for colours in (256, 128, 64, 32, 16):
        out = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST:
            break
    path.write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
