"""With a browser and a phone: recordings are added through a killed server and a lost page; watched, marked, read."""

import os
import re
import signal
import struct
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from access import accounts
from casework import queries
from casework.facts import RecordingFacts
from casework.operations import marking, recordings
from casework.subtitles import Cue
from cli.media import make_media
from cli.serving import servers
from foundation.context import Context, build_context
from foundation.migrating import upgrade
from foundation.settings import ROOT
from tests.browser.conftest import PHONE
from tests.casework.offices import Bureau
from tests.conftest import settings_for

pytestmark = pytest.mark.slow

PASSWORD = "河边草木深 4711"  # noqa: S105 - of accounts that live as long as a test
SERIOUS = {"serious", "critical"}
MIB = 1 << 20
KEPT = re.compile(r"/recordings/[0-9a-f-]{36}")
"""Page of a recording."""


class Office:
    """A small office and its server, which may be killed and come back at the same address."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings_for(folder / "var", fonts_dir=ROOT / "var/fonts")
        upgrade(self.settings)
        self.ctx: Context = build_context(self.settings)
        self.bureau = Bureau(self.ctx)
        self.bureau.device()
        self.login = f"乙二-{self.bureau.agency_id}"
        with self.ctx.database.read() as session:
            account = accounts.account_of(session, self.login)
        accounts.set_password(self.ctx, account_id=account.id, password=PASSWORD)
        self.case = self.bureau.case(party_ids=[self.bureau.party().id])
        self.port = 0
        self.child: subprocess.Popen[bytes] | None = None

    def start(self, port: int) -> None:
        """Serve on a port."""
        words = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8"]
        env = {**os.environ, "ANJUAN_DATA_DIR": str(self.settings.data_dir), "PYTHONPATH": str(ROOT)}
        env["ANJUAN_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        more = ["--log-level", "error", "--no-control-socket", "web.app:create_app()"]
        self.port = port
        self.child = subprocess.Popen([sys.executable, *words, *more], cwd=ROOT, env=env, start_new_session=True)  # noqa: S603 - our own words

    def kill(self) -> None:
        """Kill the server and its workers, as a power cut does."""
        if self.child:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    def recordings(self) -> list[RecordingFacts]:
        """Return the recordings of the case."""
        with self.ctx.database.read() as session:
            return queries.recordings_of(session, self.case.id)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    one = Office(tmp_path_factory.mktemp("office"))
    with servers(one.settings.data_dir, worker=False) as first:  # finds a free port and waits until it answers
        port = urlsplit(first.url).port or 0
    one.start(port)
    yield one
    one.kill()
    one.ctx.database.close()


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A page of somebody signed in."""

    page: Page
    office: Office
    complaints: list[str]

    def open(self, path: str) -> None:
        """Open a page of ours."""
        self.page.goto(f"{self.office.url}{path}")


@pytest.fixture
def seat(office: Office, browser: Browser) -> Iterator[Callable[..., Seat]]:
    """Give a function that opens a browser of its own; at the end nothing may have been complained about."""
    seats: list[Seat] = []

    def opened(*, signed_in: bool = True, **options: object) -> Seat:
        page = browser.new_page(locale="zh-CN", **options)  # type: ignore[arg-type]
        one = Seat(page=page, office=office, complaints=[])
        page.on("pageerror", lambda e: one.complaints.append(str(e)))
        page.on("console", lambda m: one.complaints.append(m.text) if "Content Security Policy" in m.text else None)
        seats.append(one)
        page.goto(f"{office.url}/sign-in")
        if signed_in:
            page.get_by_label("账号").fill(office.login)
            page.get_by_label("口令").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return one

    yield opened
    for one in seats:
        one.page.close()
    assert [c for one in seats for c in one.complaints] == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a video of 150 MiB: a short one and a box of random bytes, as recorders reserve room."""
    folder = tmp_path_factory.mktemp("large")
    head = make_media({"video": "2s"}, folder, "v").read_bytes()
    path = folder / "大.mp4"
    path.write_bytes(head + struct.pack(">I4s", 150 * MIB + 8, b"free") + os.urandom(MIB) * 150)
    return path


def fill(page: Page, **words: str) -> None:
    for name, value in {"scene": "现场检查", "place": "料场", **words}.items():
        page.locator(f"#f-{name}").fill(value)


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html']}" for v in found if v["impact"] in SERIOUS for n in v["nodes"]]


@pytest.mark.article("A31.2")
def test_an_upload_survives_a_server_that_is_killed_in_its_midst(
    seat: Callable[..., Seat], office: Office, large: Path
) -> None:
    one = seat()
    one.open(f"/cases/{office.case.id}/recordings/new")
    fill(one.page)
    one.page.locator("#f-kind").select_option("录像")
    one.page.locator("#f-file").set_input_files(large)
    one.page.get_by_role("button", name="保存").click()
    one.page.wait_for_function("() => document.querySelector('.sending progress')?.value > 20 * 1048576")
    office.kill()
    time.sleep(0.5)
    office.start(office.port)
    one.page.wait_for_url(KEPT, timeout=60_000, wait_until="domcontentloaded")
    (kept,) = [r for r in office.recordings() if r.size == large.stat().st_size]
    assert office.ctx.blobs.verify(kept.blob).size == large.stat().st_size


def test_an_upload_is_paused_and_goes_on_after_the_page_was_closed(
    seat: Callable[..., Seat], office: Office, large: Path, tmp_path: Path
) -> None:
    other = tmp_path / "另一段.mp4"
    other.write_bytes(large.read_bytes() + struct.pack(">I4s", 8, b"free"))
    one = seat()
    one.open(f"/cases/{office.case.id}/recordings/new")
    fill(one.page)
    one.page.locator("#f-kind").select_option("录像")
    one.page.locator("#f-file").set_input_files(other)
    one.page.get_by_role("button", name="保存").click()
    one.page.wait_for_function("() => document.querySelector('.sending progress')?.value > 34 * 1048576")
    one.page.get_by_role("button", name="暂停").click()
    expect(one.page.locator(".sending .say")).to_contain_text("已暂停")
    one.open("/uploads")
    section = one.page.locator(".unfinished", has_text="另一段.mp4")
    section.get_by_text("接着传").wait_for(state="attached")
    if section.locator(".resume").is_visible():
        section.locator("input[type=file]").set_input_files(other)
    section.get_by_text("已存入").wait_for(timeout=60_000)
    assert [r.file_name for r in office.recordings()].count("另一段.mp4") == 1


def test_another_file_than_the_one_that_broke_off_is_refused(
    seat: Callable[..., Seat], office: Office, tmp_path: Path
) -> None:
    video = make_media({"video": "2s"}, tmp_path, "a", seed=9)
    one = seat()
    one.open(f"/cases/{office.case.id}/recordings/new")
    csrf = one.page.locator("input[name=csrf]").first.input_value()
    words = {"purpose": "recording", "subject": office.case.id, "kind": "录像", "scene": "检查", "place": "料场"}
    told = ",".join(f"{k} {b64encode(v.encode()).decode()}" for k, v in {**words, "filename": "a.mp4"}.items())
    headers = {"Tus-Resumable": "1.0.0", "X-CSRF-Token": csrf, "Upload-Length": "999999", "Upload-Metadata": told}
    assert one.page.request.post(f"{office.url}/uploads", headers=headers).status == 201
    one.open("/uploads")
    section = one.page.locator(".unfinished", has_text="a.mp4")
    section.locator("input[type=file]").set_input_files(video)
    expect(section.locator(".say")).to_contain_text("这不是同一个文件")


def test_a_phone_comes_in_by_the_code_and_its_photo_is_in_the_case(
    seat: Callable[..., Seat], office: Office, tmp_path: Path
) -> None:
    desk = seat()
    desk.open(f"/cases/{office.case.id}/phone")
    desk.page.get_by_role("button", name="显示二维码").click()
    desk.page.locator("img.qr").wait_for()
    link = re.search(r"/p/[0-9A-Z]{12}", desk.page.inner_text("main"))
    assert link
    phone = seat(signed_in=False, viewport=PHONE, is_mobile=True, has_touch=True)
    phone.open(link[0])
    phone.page.get_by_role("button", name="在这部手机上继续").click()
    phone.page.wait_for_url("**/capture")
    assert phone.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 1
    assert faults(phone.page) == []
    phone.page.locator("#f-place").fill("料场")
    photo = make_media({"photo": "640x480"}, tmp_path, "IMG_7", seed=7)
    phone.page.locator("#capture input[data-kind='照相']").set_input_files(photo)
    phone.page.get_by_text("已存入").wait_for(timeout=30_000)
    assert "IMG_7.jpg" in [r.file_name for r in office.recordings()]


def test_an_empty_file_is_refused_at_once_and_a_wrong_one_is_mended_on_its_page(
    seat: Callable[..., Seat], office: Office, tmp_path: Path
) -> None:
    empty = tmp_path / "空.mp4"
    empty.touch()
    one = seat()
    one.open(f"/cases/{office.case.id}/recordings/new")
    fill(one.page)
    one.page.locator("#f-file").set_input_files(empty)
    one.page.get_by_role("button", name="保存").click()
    expect(one.page.locator(".sending .say")).to_contain_text("0 字节")
    sound = make_media({"audio": "2s"}, tmp_path, "声", seed=4)
    one.page.locator("#f-kind").select_option("录像")
    one.page.locator("#f-file").set_input_files(sound)
    one.page.get_by_role("button", name="保存").click()
    one.page.wait_for_url("**/uploads/*")
    expect(one.page.locator("main")).to_contain_text("登记为“录像”，文件内容却是audio/x-wav")
    assert faults(one.page) == []
    one.page.get_by_label("记录方式").select_option("录音")
    one.page.get_by_role("button", name="再次登记").click()
    one.page.wait_for_url(KEPT)
    expect(one.page.locator("main")).to_contain_text("24小时内")


def test_a_recording_is_watched_marked_and_read_by_keyboard(
    seat: Callable[..., Seat], office: Office, tmp_path: Path
) -> None:
    ctx, actor, now = office.ctx, office.bureau.as_("乙二"), office.ctx.clock.now()
    video = make_media({"video": "20s"}, tmp_path, "看", seed=2)
    kept = recordings.store_recording(
        ctx, actor, file=video, file_name="看.mp4", case_id=office.case.id,
        kind="录像", scene="检查", place="料场", operator_id=office.bureau.ids["乙二"], started_at=now, ended_at=now,
    )  # fmt: skip
    cues = [Cue(start_s=2.0 * n, end_s=2.0 * n + 2, text=f"第{n}句") for n in range(9)]
    marking.put_subtitles(ctx, actor, recording_id=kept.id, cues=cues, base_version=0)
    one = seat()
    one.open(f"/recordings/{kept.id}?q=第4句")
    one.page.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 8) < 0.5")
    one.page.locator("body").press("ArrowRight")
    one.page.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 13) < 0.5")
    one.page.locator("body").press("]")
    assert one.page.evaluate("() => document.querySelector('video').playbackRate") == 1.5
    one.page.locator("body").press("m")
    one.page.keyboard.type("料堆没有覆盖")
    one.page.keyboard.press("Enter")
    one.page.locator("#marks li", has_text="料堆没有覆盖").wait_for()
    expect(one.page.locator("#marks .at").first).to_have_text("0:13")
    one.page.locator(".cues .at", has_text="0:04").click()
    one.page.wait_for_function("() => document.querySelector('.cues .is-now')?.innerText.includes('第2句')")
    assert one.page.evaluate("() => document.querySelector('video').textTracks[0].cues.length") == 9
    assert faults(one.page) == []


def test_a_file_is_added_without_script(seat: Callable[..., Seat], office: Office, tmp_path: Path) -> None:
    one = seat(java_script_enabled=False)
    one.open(f"/cases/{office.case.id}/recordings/new")
    fill(one.page)
    one.page.locator("#f-kind").select_option("照相")
    one.page.locator("#f-file").set_input_files(make_media({"photo": "320x240"}, tmp_path, "无脚本", seed=8))
    one.page.get_by_role("button", name="保存").click()
    expect(one.page.locator("main")).to_contain_text("24小时内")
