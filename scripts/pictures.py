"""Draw docs/pictures anew (`make pictures`): main pages wide and on a phone, one in the dark, and ten papers.

Uses a copy of the demo of the data folder, or of one built under var/pictures when there is none. What the demo lacks
is made through the pages' own forms (`tests.browser.rows`). A picture that is no longer drawn is deleted.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import migrations.tables  # noqa: F401 - a copy's context knows the rows of every floor
from cli.serving import servers
from foundation import jobs
from foundation.context import Context, build_context
from foundation.settings import ROOT, Settings
from tests.browser.rows import NOBODY, PARTY, PHONE, People, rows_of

TARGET = ROOT / "docs/pictures"
CHROMIUM = "/usr/bin/chromium"
MOST = 200_000
"""Bytes of a picture."""
WORK_S = 120
"""What is asked of the worker is done within this."""
VIEWS = {"": {"width": 1200, "height": 860}, "-phone": {"width": 390, "height": 844}}
CLERK, UNIT, LEGAL, ARCHIVIST, WATCHER, ADMIN = "甲一", "丙三", "丁四", "壬九", "监督员", "管理员"
PAGES: Mapping[str, tuple[str, str]] = {
    "account": (LEGAL, "/account"),
    "admin": (ADMIN, "/admin/"),
    "admin-backups": (ADMIN, "/admin/backups"),
    "admin-calendar": (ADMIN, "/admin/calendar"),
    "admin-numbers": (ADMIN, "/admin/numbers"),
    "admin-people": (ADMIN, "/admin/people"),
    "admin-person": (ADMIN, "/admin/people/{person}"),
    "admin-settings": (ADMIN, "/admin/settings"),
    "api": (NOBODY, "/api/v1/"),
    "batch": (CLERK, "/batches/{batch}"),
    "batch-begin": (CLERK, "/documents/{draft}/batch"),
    "capture": (PHONE, "/cases/{wash}/capture"),
    "case": (CLERK, "/cases/{running}"),
    "case-begin": (CLERK, "/cases/begin"),
    "case-journal": (ARCHIVIST, "/cases/{general}/journal"),
    "case-papers": (CLERK, "/cases/{clue}/papers"),
    "cases": (CLERK, "/"),
    "checks": (ARCHIVIST, "/checks/{check}"),
    "copies": (ARCHIVIST, "/copies/"),
    "copy-link": (NOBODY, "/c/{copy}"),
    "copy-request": (ARCHIVIST, "/copies/{request}"),
    "corrections": (WATCHER, "/corrections/{correction}"),
    "deadline": (CLERK, "/deadlines/{deadline}"),
    "deadlines": (CLERK, "/deadlines"),
    "delegations": (LEGAL, "/delegations"),
    "desk": (ARCHIVIST, "/cases/{closed}/filing"),
    "document": (CLERK, "/documents/{decision}"),
    "draft": (CLERK, "/documents/{returned}/edit"),
    "figures": (WATCHER, "/figures"),
    "filing": (ARCHIVIST, "/filing"),
    "health": (ADMIN, "/health"),
    "own": (PARTY, "/my/"),
    "own-ask": (PARTY, "/my/copies/new"),
    "own-document": (PARTY, "/my/documents/{letter}"),
    "own-request": (PARTY, "/my/copies/{asked}"),
    "own-sign-in": (NOBODY, "/my/sign-in"),
    "package": (ARCHIVIST, "/packages/{package}"),
    "parties": (CLERK, "/parties"),
    "party": (CLERK, "/parties/{party}"),
    "phone": (CLERK, "/cases/{wash}/phone"),
    "print": (CLERK, "/cases/{running}/print"),
    "print-kit": (CLERK, "/print-kits/{kit}"),
    "recording": (CLERK, "/recordings/{video}"),
    "recording-new": (CLERK, "/cases/{wash}/recordings/new"),
    "recordings": (CLERK, "/recordings"),
    "reminders": (CLERK, "/reminders"),
    "scan": (CLERK, "/scans/{stack}"),
    "search": (CLERK, "/search?q=未采取有效覆盖措施"),
    "serve": (CLERK, "/documents/{to_serve}/serve"),
    "service": (CLERK, "/services/{receipt}"),
    "sign": (UNIT, "/documents/{unsigned}/sign"),
    "sign-in": (NOBODY, "/sign-in"),
    "signer": (NOBODY, "/s/{link}"),
    "statutes": (CLERK, "/statutes?q=覆盖"),
    "template": (LEGAL, "/templates/inquiry_notice"),
    "template-version": (LEGAL, "/templates/inquiry_notice/versions/{template}"),
    "templates": (LEGAL, "/templates"),
    "tour": (CLERK, "/tour"),
    "uploads": (CLERK, "/uploads"),
    "verify": (NOBODY, "/v/{decision}?v=1&d={digest}"),
    "work": (CLERK, "/work"),
}
"""Who is before which page; names in braces are rows."""
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
    """Take the pictures, or those of the pages that are named; delete what is no longer drawn; say where they are."""
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:]
    drawn = set()
    with _demo() as (folder, accounts), servers(folder) as running, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        people, ctx = People(browser, running.url, accounts), build_context(Settings(data_dir=folder))
        rows = rows_of(people, ctx)
        _wait_for_work(ctx)
        for name, image in _pages(people, rows, wanted) if wanted else _all(people, rows):
            width = 760 if name.startswith("paper-") else None
            _keep(image, TARGET / f"{name}.png", width=width)
            drawn.add(f"{name}.png")
        people.close()
        browser.close()
        ctx.database.close()
    for path in [] if wanted else list(TARGET.glob("*.png")):
        if path.name not in drawn:
            path.unlink()
    sys.stdout.write(f"{len(drawn)} pictures in {TARGET}\n")


@contextlib.contextmanager
def _demo() -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a copy of the demo, so that what is made for the pictures stays out of it, and everybody's password."""
    source = Settings().data_dir
    if not (source / "demo.json").exists():
        source = ROOT / "var/pictures"
        env = {**os.environ, "ANJUAN_DATA_DIR": str(source), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "flask", "demo", "--no-serve"], cwd=ROOT, env=env, check=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = shutil.copytree(source, Path(scratch) / "demo")
        known = json.loads((folder / "demo.json").read_text())["accounts"]
        yield folder, {a["login"]: a["password"] for a in known}


def _wait_for_work(ctx: Context) -> None:
    """Wait until batch, stack and check are done, or give up."""
    until = time.monotonic() + WORK_S
    while time.monotonic() < until:
        with ctx.database.read() as session:
            if not jobs.jobs_of(session, states=(jobs.JobState.WAITING, jobs.JobState.RUNNING), limit=1):
                return
        time.sleep(1)


def _all(people: People, rows: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    yield from _pages(people, rows, list(PAGES))
    yield from _dark(people, rows)
    yield from _papers(people, rows)


def _pages(people: People, rows: Mapping[str, str], wanted: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for name in wanted:
        person, path = PAGES[name]
        page = people.page(person)
        for suffix, view in VIEWS.items():
            yield name + suffix, _taken(page, people.url + path.format(**rows), view)


def _dark(people: People, rows: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    page = people.page(CLERK)
    page.emulate_media(color_scheme="dark")
    yield "case-dark", _taken(page, f"{people.url}/cases/{rows['running']}", VIEWS[""])


def _taken(page: Page, address: str, view: dict[str, int]) -> bytes:
    page.set_viewport_size(view)  # type: ignore[arg-type]
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if page.locator("video").count():
        page.wait_for_function("() => document.querySelector('video').networkState === HTMLMediaElement.NETWORK_IDLE")
        page.wait_for_timeout(500)  # the ring that says so goes away
    return page.screenshot()


def _papers(people: People, rows: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the first page of each paper, as its page shows it."""
    known = [d for case in ("general", "summary") for d in people.known(ARCHIVIST, f"/cases/{rows[case]}/documents")]
    for number, title in enumerate(PAPERS, 1):
        paper = next(d for d in known if d["title"].startswith(title))
        address = f"{people.url}/documents/{paper['id']}/pages/1.png"
        yield f"paper-{number:02}", people.page(ARCHIVIST).request.get(address).body()


def _keep(image: bytes, path: Path, *, width: int | None = None) -> None:
    """Write a picture with as many colours as fit into its size."""
    picture = Image.open(io.BytesIO(image)).convert("RGB")
    if width and picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    for colours in (128, 64, 32, 16):
        out = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST:
            break
    path.write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
