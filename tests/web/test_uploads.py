"""The tus server as a client of the protocol meets it: goes on, keeps to one account, says what is wrong in Chinese."""

import base64
import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from access import accounts
from casework import queries
from casework.facts import CaseFacts, RecordingFacts
from cli.media import make_media
from foundation import uploads
from foundation.context import Context
from tests.casework.offices import CERTIFICATE, Bureau, small
from tests.conftest import move
from web.app import create_app

PASSWORD = "河边草木深 4711"  # noqa: S105 - of accounts that live as long as a test
WORDS = {"kind": "录像", "scene": "现场检查", "place": "料场", "started_at": "2026-01-05T08:00", "party_informed": "1"}


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A browser that is signed in, with the token of its page."""

    client: FlaskClient
    csrf: str

    def begin(self, case_id: str, data: bytes, **changes: Any) -> TestResponse:
        """Begin an upload of some bytes."""
        words = {
            "purpose": "recording",
            "subject": case_id,
            "filename": "现场.mp4",
            **WORDS,
            "ended_at": "2026-01-05T08:10",
        }
        given = {**words, **changes.pop("words", {})}
        headers = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata(given), **changes}
        return self.client.post("/uploads", headers=self.headers(**headers))

    def piece(self, url: str, at: int, data: bytes, **headers: str) -> TestResponse:
        """Send a piece."""
        told = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream", **headers}
        return self.client.patch(url, data=data, headers=self.headers(**told))

    def offset(self, url: str) -> int:
        """Ask how far it is."""
        return int(self.client.head(url, headers=self.headers()).headers["Upload-Offset"])

    def state(self, url: str) -> dict[str, Any]:
        """Ask what became of it."""
        found: dict[str, Any] = self.client.get(url, headers={"Accept": "application/json"}).get_json()
        return found

    def headers(self, **more: str) -> dict[str, str]:
        """Return what every request of the protocol carries."""
        return {"Tus-Resumable": "1.0.0", "X-CSRF-Token": self.csrf, "Accept": "application/json", **more}


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application over a small office."""

    app: Flask
    bureau: Bureau
    case: CaseFacts

    def sender(self, name: str = "乙二") -> Sender:
        """Give a browser that is signed in as somebody."""
        login = f"{name}-{self.bureau.agency_id}"
        with self.bureau.ctx.database.read() as session:
            account = accounts.account_of(session, login)
        accounts.set_password(self.bureau.ctx, account_id=account.id, password=PASSWORD)
        client = self.app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf": token_of(client.get("/sign-in").text), "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 303
        return Sender(client=client, csrf=token_of(client.get("/uploads").text))

    def recordings(self) -> list[RecordingFacts]:
        """Return the recordings of the case."""
        with self.bureau.ctx.database.read() as session:
            return queries.recordings_of(session, self.case.id)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def metadata(words: Mapping[str, str]) -> str:
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in words.items())


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_media({"video": "2s"}, tmp_path_factory.mktemp("media"), "video").read_bytes()


@pytest.fixture
def site(ctx: Context, tmp_path: Path) -> Site:
    bureau = Bureau(small(ctx, tmp_path / "types"))
    bureau.device()
    bureau.join("外人", roles=["handler"], cert_no="SF-9", **CERTIFICATE)
    case = bureau.case(party_ids=[bureau.party().id])
    move(bureau.ctx, "2026-01-05T10:00")
    app = create_app(bureau.ctx)
    app.testing = False
    return Site(app=app, bureau=bureau, case=case)


def test_the_server_says_what_it_can(site: Site) -> None:
    told = site.app.test_client().options("/uploads").headers
    assert (told["Tus-Version"], told["Tus-Resumable"]) == ("1.0.0", "1.0.0")
    assert told["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert int(told["Tus-Max-Size"]) == 20 << 30
    assert "sha256" in told["Tus-Checksum-Algorithm"]


def test_d1_a_file_in_pieces_with_a_lost_answer_becomes_one_recording(site: Site, video: bytes) -> None:
    sender = site.sender()
    begun = sender.begin(site.case.id, video)
    assert begun.status_code == 201
    url = begun.headers["Location"]
    assert "Upload-Expires" in begun.headers
    first = sender.piece(url, 0, video[:1000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    assert sender.piece(url, 0, video[:1000]).status_code == 409, "the answer was lost, the piece came again"
    assert sender.offset(url) == 1000
    assert sender.piece(url, 1000, video[1000:]).status_code == 204
    state = sender.state(url)
    (kept,) = site.recordings()
    assert (state["state"], state["target"]) == ("done", f"/recordings/{kept.id}")
    assert kept.blob == hashlib.sha256(video).hexdigest()
    assert sender.offset(url) == len(video), "a client whose last answer was lost learns that all is there"


def test_a_wrong_version_type_or_checksum_is_refused_by_the_numbers_of_the_protocol(site: Site, video: bytes) -> None:
    sender = site.sender()
    url = sender.begin(site.case.id, video).headers["Location"]
    old = sender.client.head(url, headers={"Tus-Resumable": "0.2.2"})
    assert (old.status_code, old.headers["Tus-Version"]) == (412, "1.0.0")
    assert sender.piece(url, 0, b"x", **{"Content-Type": "text/plain"}).status_code == 415
    wrong = base64.b64encode(hashlib.sha256(b"y").digest()).decode()
    refused = sender.piece(url, 0, video[:100], **{"Upload-Checksum": f"sha256 {wrong}"})
    assert (refused.status_code, sender.offset(url)) == (460, 0)
    assert "已丢弃" in refused.get_json()["message"]
    assert sender.piece(url, 0, video[:100], **{"Upload-Checksum": "crc32 AAAA"}).status_code == 422


def test_d7_a_second_window_is_told_to_wait(site: Site, video: bytes) -> None:
    sender = site.sender()
    url = sender.begin(site.case.id, video).headers["Location"]
    with uploads.part_of(site.bureau.ctx, url.rpartition("/")[2]).held():
        assert sender.piece(url, 0, video[:10]).status_code == 423


def test_an_upload_is_given_up_and_gone(site: Site, video: bytes) -> None:
    sender = site.sender()
    url = sender.begin(site.case.id, video).headers["Location"]
    sender.piece(url, 0, video[:10])
    assert sender.client.delete(url, headers=sender.headers()).status_code == 204
    assert sender.client.head(url, headers=sender.headers()).status_code == 404
    assert list(site.bureau.ctx.settings.uploads.glob("*.part")) == []


def test_where_only_post_comes_through_the_method_may_stand_in_a_header(site: Site, video: bytes) -> None:
    sender = site.sender()
    url = sender.begin(site.case.id, video).headers["Location"]
    told = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "X-HTTP-Method-Override": "PATCH"}
    answer = sender.client.post(url, data=video[:10], headers=sender.headers(**told))
    assert (answer.status_code, sender.offset(url)) == (204, 10)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Upload-Length": "0"}, "0 字节"),
        ({"Upload-Length": str(21 << 30)}, "超过20GiB"),
        ({"Upload-Length": "-1"}, "缺少 Upload-Length"),
        ({"Upload-Metadata": "kaputt !!"}, "读不懂"),
        ({"words": {"purpose": "nothing"}}, "用作什么"),
        ({"words": {"kind": "素描"}}, "没有“素描”"),
        ({"words": {"ended_at": "2026-01-01T08:10", "started_at": "2026-01-01T08:00"}}, "超过24小时"),
    ],
)
def test_d3_and_d4_what_cannot_be_is_said_in_chinese_before_a_byte_is_sent(
    site: Site, video: bytes, changes: dict[str, Any], words: str
) -> None:
    answer = site.sender().begin(site.case.id, video, **changes)
    assert answer.status_code == 422
    assert words in answer.get_json()["message"]
    assert answer.get_json()["remedy"]


def test_a_full_disk_is_507_with_what_to_do(site: Site, video: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    answer = site.sender().begin(site.case.id, video)
    assert answer.status_code == 507
    assert "清理磁盘" in answer.get_json()["remedy"]


@pytest.mark.article("A34.1")
def test_an_upload_of_somebody_else_is_answered_like_one_that_does_not_exist(site: Site, video: bytes) -> None:
    url = site.sender().begin(site.case.id, video).headers["Location"]
    other = site.sender("甲一")
    absent = url.replace(url[-12:], "0" * 12)
    for method in ("get", "head", "delete"):
        answers = [getattr(other.client, method)(u, headers=other.headers()) for u in (url, absent)]
        assert [a.status_code for a in answers] == [404, 404], method
        assert answers[0].data == answers[1].data
    assert other.piece(url, 0, b"x").status_code == 404
    assert other.client.post(f"{url}/finish", headers=other.headers()).status_code == 404


@pytest.mark.article("A34.1")
def test_a_case_of_others_is_answered_like_one_that_does_not_exist(site: Site, video: bytes) -> None:
    stranger = site.sender("外人")
    hidden = stranger.begin(site.case.id, video)
    absent = stranger.begin("0192ffff-0000-7000-8000-000000000000", video)
    assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data)
    assert hidden.status_code == 404


def test_c1_nothing_is_begun_written_or_ended_without_the_token_of_the_page(site: Site, video: bytes) -> None:
    sender = site.sender()
    url = sender.begin(site.case.id, video).headers["Location"]
    forged = Sender(client=sender.client, csrf="forged.token")
    assert forged.begin(site.case.id, video).status_code == 403
    assert forged.piece(url, 0, video).status_code == 403
    assert forged.client.delete(url, headers=forged.headers()).status_code == 403
    assert sender.offset(url) == 0


def test_a_session_that_ended_is_told_so_and_nothing_that_came_is_lost(site: Site, video: bytes) -> None:
    sender = site.sender()
    url = sender.begin(site.case.id, video).headers["Location"]
    sender.piece(url, 0, video[:1000])
    sender.client.post("/sign-out", data={"csrf": sender.csrf})
    out = Sender(client=sender.client, csrf=token_of(sender.client.get("/sign-in").text))
    refused = out.piece(url, 1000, video[1000:])
    assert refused.status_code == 401
    assert "已传的部分都在" in refused.get_json()["message"]
    again = site.sender()
    assert again.offset(url) == 1000
    again.piece(url, 1000, video[1000:])
    assert again.state(url)["state"] == "done"


def test_a_file_that_is_refused_stays_and_is_mended_on_its_page(site: Site, video: bytes) -> None:
    sender = site.sender()
    url = sender.begin(site.case.id, video, words={"kind": "录音"}).headers["Location"]
    assert sender.piece(url, 0, video).status_code == 204, "the bytes are there: the protocol is content"
    state = sender.state(url)
    assert (state["state"], state["fault"]["path"]) == ("fault", "file")
    page = sender.client.get(url).text
    assert "登记为“录音”，文件内容却是video/mp4" in page
    assert "现场.mp4" in sender.client.get("/uploads").text
    done = sender.client.post(f"{url}/finish", data={"csrf": sender.csrf, "kind": "录像"})
    assert done.status_code == 303
    assert sender.client.get(done.headers["Location"]).status_code == 200
    assert "没有未完成的上传" in sender.client.get("/uploads").text


def test_b9_a_name_that_is_a_path_or_markup_is_a_name(site: Site, video: bytes) -> None:
    sender = site.sender()
    name = "../../etc/\u202e<script>alert(1)</script>.mp4"
    url = sender.begin(site.case.id, video, words={"filename": name}).headers["Location"]
    page = sender.client.get("/uploads").text
    assert "<script>alert" not in page
    sender.piece(url, 0, video)
    (kept,) = site.recordings()
    assert kept.file_name == "script>.mp4"
    assert {p.parent for p in site.bureau.ctx.settings.uploads.rglob("*")} == {site.bureau.ctx.settings.uploads}
