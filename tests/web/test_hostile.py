"""Hostile words and viewers at the pages (hostile.md A, B, I): each row by the test named after it.

One small office whose case, party, paper and recordings bear names that try to be markup, script, templates, paths and
headers; and browsers of its handler, of a handler outside the case, of the administrator.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from access import accounts
from access.persons import appointments, end_appointment
from casework import queries
from casework.facts import CaseFacts, DocumentFacts, RecordingFacts
from casework.operations import cases, recordings
from foundation.clock import parse_local
from foundation.context import Context
from foundation.settings import ROOT
from search import indexing
from tests.casework.offices import CERTIFICATE, Bureau, small
from tests.conftest import move
from web.app import create_app
from web.blobs import disposition

PASSWORD = "河边草木深 4711"  # noqa: S105 - of accounts that live as long as a test
SCRIPT = "<script>alert(1)</script>"
NASTY = f"{SCRIPT}\"'><img src=x onerror=alert(2)>{{{{7*7}}}}{{% raw %}} hx-get='/sign-out' hx-on:click='alert(3)'"
MARKUP = re.compile(r"<script>alert|<img src=x|onerror=alert\(2\)>|[\s\"']hx-(get|on:click)='")
ABSENT = "0192ffff-0000-7000-8000-000000000000"
EMPTY_PAGE = "/?page=999"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application over a small office."""

    app: Flask
    bureau: Bureau
    case: CaseFacts
    paper: DocumentFacts
    recording: RecordingFacts

    @property
    def ctx(self) -> Context:
        return self.bureau.ctx

    @property
    def paths(self) -> list[str]:
        """Return every page and file that names a thing of the case."""
        own = [f"/cases/{self.case.id}", f"/cases/{self.case.id}/journal", f"/documents/{self.paper.id}"]
        voice = f"/recordings/{self.recording.id}"
        return [*own, voice, f"{voice}/media", f"{voice}/file"]

    def browser(self, name: str) -> FlaskClient:
        """Give a browser that is signed in as somebody."""
        login = f"{name}-{self.bureau.agency_id}"
        with self.ctx.database.read() as session:
            account = accounts.account_of(session, login)
        accounts.set_password(self.ctx, account_id=account.id, password=PASSWORD)
        client = self.app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf": token_of(client.get("/sign-in")), "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 303
        return client


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


@pytest.fixture
def site(ctx: Context, tmp_path: Path) -> Site:
    """Make the office with its nasty names."""
    bureau = Bureau(small(ctx, tmp_path / "types"))
    move(bureau.ctx, "2026-01-05T17:00")
    bureau.device()
    party = bureau.party(name=NASTY, representative=NASTY)
    case = bureau.case("summary", title=NASTY, party_ids=[party.id])
    paper = bureau.draft("letter", case, data={"text": NASTY})
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (32, 32), "white").save(photo)
    recording = recordings.store_recording(
        bureau.ctx,
        bureau.as_("乙二"),
        file=photo,
        file_name='../../"><svg onload=alert(4)>\r\nSet-Cookie: a=b\u202egpj.jpg',
        case_id=case.id,
        kind="照相",
        scene="检查",
        operator_id=bureau.ids["乙二"],
        started_at=parse_local("2026-01-05T16:00"),
        place=NASTY,
        summary=NASTY,
        document_ids=[paper.id],
    )
    bureau.join("外人", roles=["handler"])
    bureau.join("乙三", roles=["handler"], cert_no="SF-3", **CERTIFICATE)
    bureau.join("管理员", roles=["sysadmin"])
    indexing.catch_up(bureau.ctx)
    app = create_app(bureau.ctx)
    app.testing = False
    return Site(app=app, bureau=bureau, case=case, paper=bureau.issue(paper), recording=recording)


def without(answer: TestResponse, *words: str) -> tuple[int, bytes, dict[str, str]]:
    body = answer.data
    for word in words:
        body = body.replace(word.encode(), b"")
    return answer.status_code, body, dict(answer.headers)


@pytest.mark.article("A34.1")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a1_a_changed_id_is_answered_like_one_that_does_not_exist(site: Site, accept: str) -> None:
    outsider = site.browser("外人")
    outsider.get("/")
    for path in site.paths:
        kind, own = path.split("/")[1:3]
        hidden = outsider.get(path, headers={"Accept": accept})
        absent = outsider.get(path.replace(own, ABSENT), headers={"Accept": accept})
        assert hidden.status_code == 404, (kind, path)
        assert without(hidden, own) == without(absent, ABSENT), path


def test_a4_a_page_far_behind_is_empty_with_the_total_of_what_may_be_seen(site: Site) -> None:
    assert "共 1 件" in site.browser("甲一").get(EMPTY_PAGE).text
    outsider = site.browser("外人").get(EMPTY_PAGE)
    assert "共 0 件" in outsider.text
    for path in ("/search?q=alert&page=999", "/packages?page=999"):
        assert re.search("共 0 ", site.browser("外人").get(path).text), path


def test_a6_what_is_suggested_is_made_of_permitted_things(site: Site) -> None:
    """No page suggests anything but search, whose suggestions are tested on both engines; facets count what is seen."""
    outsider = site.browser("外人")
    page = outsider.get("/search?q=alert").text
    assert site.case.working_number not in page
    assert site.case.number not in page
    assert "照相" not in page


def test_a7_every_outlet_asks_the_policy_at_that_moment(site: Site) -> None:
    handler = site.browser("甲一")
    assert {p: handler.get(p).status_code for p in site.paths} == dict.fromkeys(site.paths, 200)
    head, who = site.bureau.as_("丙三"), site.bureau.ids["甲一"]
    cases.assign(site.ctx, head, case_id=site.case.id, person_ids=[site.bureau.ids["乙三"]])
    cases.release(site.ctx, head, case_id=site.case.id, person_id=who, reason="调离")
    seen = {p: handler.get(p).status_code for p in site.paths if not p.startswith("/documents")}
    assert seen == dict.fromkeys(seen, 404), "revoked at once, with the same session"


def test_a10_nothing_is_kept_between_viewers(site: Site) -> None:
    handler, outsider = site.browser("甲一"), site.browser("外人")
    for path in ["/", "/search?q=alert", *site.paths]:
        answer = handler.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store", path
        tag = answer.headers.get("ETag", "")
        again = outsider.get(path, headers={"If-None-Match": tag, "If-Range": tag, "Range": "bytes=0-9"})
        assert again.status_code == (200 if path in ("/", "/search?q=alert") else 404), path
        assert NASTY[:20].encode() not in again.data


@pytest.mark.article("A34.1")
def test_a19_health_is_the_administrators_and_names_nobody(site: Site) -> None:
    assert site.browser("甲一").get("/health").status_code == 403
    page = site.browser("管理员").get("/health").text
    assert "数据库" in page
    for word in ("甲一", "乙二", site.case.working_number, "alert(1)", site.case.id):
        assert word not in page


def test_a19_the_log_holds_no_words_of_a_case(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    handler = site.browser("甲一")
    for path in [*site.paths, "/search?q=alert", "/documents/%3Cscript%3E", "/cases/x"]:
        handler.get(path)
    assert "alert(" not in caplog.text
    assert PASSWORD not in caplog.text


def test_a21_and_a22_a_party_is_told_of_nothing_that_was_not_served(site: Site) -> None:
    party = site.case.parties[0]
    site.bureau.join("当事人", roles=["party"], party_id=party.id)
    browser = site.browser("当事人")
    for path in site.paths:
        assert browser.get(path).status_code == 404, path
    assert "共 0 " in browser.get("/search?q=alert").text


def test_b3_names_that_are_markup_are_shown_as_text(site: Site) -> None:
    handler = site.browser("甲一")
    shown = 0
    for path in ["/", "/search?q=alert", f"/search?q={SCRIPT}", *site.paths[:4]]:
        page = handler.get(path)
        assert page.status_code == 200, path
        assert MARKUP.search(page.text) is None, path
        shown += "&lt;script&gt;alert(1)" in page.text or "&lt;script&gt;<mark>alert" in page.text
    assert shown >= 4, "the names are on the pages, as text"


def test_b1_a_template_in_a_name_is_printed_literally_on_pages(site: Site) -> None:
    page = site.browser("甲一").get(f"/cases/{site.case.id}").text
    assert "{{7*7}}" in page
    assert "{% raw %}" in page


def test_b3_a_picture_that_may_hold_a_script_is_handed_over_as_a_file_in_a_sandbox(site: Site) -> None:
    answer = site.browser("甲一").get(f"/recordings/{site.recording.id}/file")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_b4_attributes_of_user_text_do_nothing(site: Site) -> None:
    """htmx is loaded by no page; where it will be, its settings must forbid eval and other servers."""
    page = site.browser("甲一").get(f"/cases/{site.case.id}").text
    scripts = re.findall(r'<script[^>]*src="([^"]+)"', page)
    if any("htmx" in s for s in scripts):
        assert '"allowEval":false' in page.replace(" ", "")
        assert '"selfRequestsOnly":true' in page.replace(" ", "")
    for template in (ROOT / "web/templates").glob("*.html"):
        assert "|safe" not in template.read_text(encoding="utf-8").replace(" ", ""), template.name


def test_b6_a_name_with_line_breaks_adds_no_header(site: Site) -> None:
    answer = site.browser("甲一").get(f"/recordings/{site.recording.id}/file")
    assert "Set-Cookie" not in answer.headers
    assert "\r" not in answer.headers["Content-Disposition"]
    for name in ("a\r\nX: y.pdf", "a\x00b.pdf", 'a"; filename="b.exe', "ａ\u2028b"):
        made = disposition(name, as_file=True)
        assert made.isprintable()
        assert made.count('"') == 2


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\Windows\\x.jpg", "NUL", "CON.jpg", "x" * 300, "a\u202egpj.exe"]
)
def test_b9_a_name_never_leads_out_of_its_folder(site: Site, name: str) -> None:
    answer = site.browser("甲一").get(f"/recordings/{site.recording.id}/{name}")
    assert answer.status_code == 404
    for kind in ("documents", "recordings", "cases", "packages"):
        assert site.browser("甲一").get(f"/{kind}/{name}").status_code == 404


def test_b9_an_original_name_is_kept_for_show_alone(site: Site) -> None:
    assert site.recording.file_name.count("/") == 0
    assert "\u202e" not in site.recording.file_name
    assert "\n" not in site.recording.file_name
    assert re.fullmatch("[0-9a-f]{64}", site.recording.blob)


def test_b18_no_page_leads_to_another_host(site: Site) -> None:
    handler = site.browser("甲一")
    for path in ["/", "/search?q=alert", *site.paths[:4], "/verify", "/account"]:
        page = handler.get(path).text
        assert re.findall(r'(?:href|src|action)="(?:https?:)?//[^"]+"', page) == [], path


def test_b18_no_definition_prints_an_address_of_its_own() -> None:
    """The one address on papers is that of the verification page, from the installation's settings."""
    for file in (ROOT / "templates").rglob("definition.yaml"):
        assert not re.search(r"https?://|www\.", file.read_text(encoding="utf-8")), file


def test_i1_the_public_page_tells_no_name_and_cannot_be_walked(site: Site) -> None:
    client = site.app.test_client()
    paper = site.paper
    found = client.get(f"/v/{paper.id}?v={paper.version}&d={paper.content_digest[:16]}")
    assert found.status_code == 200
    for word in ("alert(", "甲一", site.case.working_number, paper.number):
        assert word not in found.text
    for wrong in (f"/v/{paper.id}", f"/v/{paper.id}?v=1&d=", f"/v/{site.case.id}?v=1&d={paper.content_digest[:16]}"):
        assert client.get(wrong).status_code == 404, wrong
    began = time.monotonic()
    statuses = {client.get("/v/x?v=1&d=0", environ_base={"REMOTE_ADDR": "203.0.113.77"}).status_code for _ in range(60)}
    assert 429 in statuses, time.monotonic() - began


def test_c6_an_ended_appointment_ends_what_its_open_page_could_do(site: Site) -> None:
    handler = site.browser("甲一")
    token = token_of(handler.get("/account"))
    admin = site.bureau.as_("管理员")
    with site.ctx.database.read() as session:
        one = appointments(session, site.bureau.ids["甲一"])[0]
    end_appointment(site.ctx, admin, one.id)
    answer = handler.post("/sign-out", data={"csrf": token})
    assert answer.status_code == 409
    assert "职务" in answer.text


def test_the_case_is_there_for_its_handler(site: Site) -> None:
    """All the above says nothing unless the handler sees everything."""
    handler = site.browser("甲一")
    assert {p: handler.get(p).status_code for p in site.paths} == dict.fromkeys(site.paths, 200)
    with site.ctx.database.read() as session:
        assert queries.case_facts(session, site.case.id).parties[0].name == NASTY
