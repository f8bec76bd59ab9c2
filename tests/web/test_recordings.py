"""Pages of recordings as people use them: adding, the clock, marks, subtitles, the phone; each keeps to who may."""

import io
import re
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from access import phones
from casework import queries
from casework.operations import recordings
from cli.media import make_media
from foundation.clock import parse_local
from search import indexing
from tests.conftest import move
from tests.web.test_uploads import Sender, Site, metadata, site, token_of, video

__all__ = ["site", "video"]
SRT = "1\n00:00:00,000 --> 00:00:01,000\n您好\n\n2\n00:00:01,000 --> 00:00:02,000\n料堆没有覆盖\n"


def announced(site: Site, **changes: object) -> str:
    given = {"kind": "录像", "scene": "现场检查", "place": "料场", "operator_id": site.bureau.ids["乙二"], **changes}
    known = recordings.announce_recording(
        site.bureau.ctx, site.bureau.as_("乙二"), case_id=site.case.id,
        started_at=parse_local("2026-01-05T09:00"), **given,  # type: ignore[arg-type]
    )  # fmt: skip
    return known.id


def stored(site: Site, sender: Sender, video: bytes, *, name: str = "现场.mp4", **more: str) -> str:
    """Add a video with the plain form, as a browser without script does."""
    answer = sender.client.post(
        f"/cases/{site.case.id}/recordings/new",
        data={
            "csrf": sender.csrf, "kind": "录像", "scene": "现场检查", "place": "料场", "party_informed": "1",
            "started_at": "2026-01-05T09:00", "ended_at": "2026-01-05T09:30", **more,
            "file": (io.BytesIO(video), name),
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_file_comes_with_the_plain_form_and_without_a_file_it_is_announced(site: Site, video: bytes) -> None:
    sender = site.sender()
    path = stored(site, sender, video)
    assert "24小时内" in sender.client.get(path).text
    form = {"csrf": sender.csrf, "kind": "录像", "scene": "询问", "place": "办公室"}
    answer = sender.client.post(f"/cases/{site.case.id}/recordings/new", data=form)
    page = sender.client.get(answer.headers["Location"]).text
    assert "正在录制" in page
    assert [r.number for r in site.recordings()] == ["AV-20260105-01", "AV-20260105-02"]


def test_a_form_that_is_refused_keeps_what_was_typed_and_says_what_is_wrong_beside_the_field(site: Site) -> None:
    sender = site.sender()
    form = {"csrf": sender.csrf, "kind": "录像", "scene": "", "summary": "料堆<b>", "started_at": "2027-01-01T00:00"}
    answer = sender.client.post(f"/cases/{site.case.id}/recordings/new", data=form)
    assert answer.status_code == 422
    assert "没有写明记录环节" in answer.text
    assert "料堆&lt;b&gt;" in answer.text
    assert site.recordings() == []


@pytest.mark.article("A31.2")
def test_the_clock_of_24_hours_is_shown_on_the_case_the_recording_and_ones_own_list(site: Site) -> None:
    sender, recording_id = site.sender(), announced(site)
    page = sender.client.get(f"/recordings/{recording_id}").text
    assert "录制结束" in page
    answer = sender.client.post(
        f"/recordings/{recording_id}/end", data={"csrf": sender.csrf, "ended_at": "2026-01-05T09:40"}
    )
    assert answer.status_code == 303
    for path in (f"/recordings/{recording_id}", f"/cases/{site.case.id}", "/recordings"):
        assert "还剩 23 小时 40 分" in sender.client.get(path).text, path
    move(site.bureau.ctx, "2026-01-06T11:40")
    sender = site.sender()
    page = sender.client.get(f"/recordings/{recording_id}").text
    assert "已超过 24 小时 2 小时 0 分" in page
    assert "逾期原因" in page


@pytest.mark.article("A31.2")
def test_a_late_file_by_the_plain_form_asks_its_reason_beside_the_field(site: Site, video: bytes) -> None:
    recording_id = announced(site)
    move(site.bureau.ctx, "2026-01-07T10:00")
    sender = site.sender()
    sender.client.post(f"/recordings/{recording_id}/end", data={"csrf": sender.csrf, "ended_at": "2026-01-05T09:40"})

    def sent(**more: str) -> TestResponse:
        form = {"csrf": sender.csrf, "file": (io.BytesIO(video), "现场.mp4"), **more}
        return sender.client.post(f"/recordings/{recording_id}/upload", data=form, content_type="multipart/form-data")

    refused = sent()
    assert (refused.status_code, "超过24小时" in refused.text) == (422, True)
    assert sent(late_reason="山区没有信号").status_code == 303
    assert "山区没有信号" in sender.client.get(f"/recordings/{recording_id}").text


def test_marks_are_made_shown_with_their_line_and_taken_away(site: Site, video: bytes) -> None:
    sender = site.sender()
    path = stored(site, sender, video)
    paper = site.bureau.draft("facts", site.case, data={"text": "料堆没有覆盖", "rows": [{"item": "第一处"}]})
    link = sender.client.post(f"{path}/links", data={"csrf": sender.csrf, "documents": paper.id})
    assert link.status_code == 303
    page = sender.client.get(path).text
    assert f'value="{paper.id}|rows[0]"' in page
    assert "id_no" not in page
    form = {"csrf": sender.csrf, "at_s": "0:01", "text": "这里<看>得见", "line": f"{paper.id}|rows[0]"}
    assert sender.client.post(f"{path}/marks", data=form).status_code == 303
    page = sender.client.get(path).text
    assert "这里&lt;看&gt;得见" in page
    assert "《情况表》明细 1：第一处" in page
    assert "这里&lt;看&gt;得见" in sender.client.get(f"/documents/{paper.id}").text, "the paper leads to the place"
    mark = re.search(r"/marks/([0-9a-f-]{36})/remove", page)
    assert mark
    assert sender.client.post(f"{path}/marks/{mark[1]}/remove", data={"csrf": sender.csrf}).status_code == 303
    assert "还没有标记" in sender.client.get(path).text


def test_a_photo_is_seen_before_the_worker_made_anything_and_a_strange_video_says_what_to_do(
    site: Site, tmp_path: Path
) -> None:
    sender = site.sender()
    strange = tmp_path / "a.mkv"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=1", "-c:v", "mpeg4", str(strange)]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    photo = make_media({"photo": "320x240"}, tmp_path, "p").read_bytes()
    seen = sender.client.get(stored(site, sender, photo, name="p.jpg", kind="照相")).text
    assert '<img class="pageimage" src="/recordings/' in seen
    page = sender.client.get(stored(site, sender, strange.read_bytes(), name="a.mkv")).text
    assert "浏览器不能直接播放这种文件（video/x-matroska）" in page
    assert "<video" not in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"at_s": "9:99", "text": "x"}, "长度以内"),
        ({"at_s": "nan", "text": "x"}, "长度以内"),
        ({"at_s": "一", "text": "x"}, "读不懂"),
        ({"at_s": "1", "text": " "}, "没有写明"),
        ({"at_s": "1", "text": "x" * 501}, "超过500字"),
        ({"at_s": "1", "text": "x\x07y"}, "控制符"),
    ],
)
def test_a_mark_that_cannot_be_says_why_and_keeps_what_was_typed(
    site: Site, video: bytes, form: dict[str, str], words: str
) -> None:
    sender = site.sender()
    path = stored(site, sender, video)
    answer = sender.client.post(f"{path}/marks", data={"csrf": sender.csrf, **form})
    assert (answer.status_code, words in answer.text) == (422, True)


def test_subtitles_are_imported_played_edited_and_never_overwritten_unseen(site: Site, video: bytes) -> None:
    sender = site.sender()
    path = stored(site, sender, video)

    def imported(text: str, version: str) -> int:
        form = {"csrf": sender.csrf, "base_version": version, "subtitles": (io.BytesIO(text.encode()), "现场.srt")}
        answer = sender.client.post(f"{path}/subtitles", data=form, content_type="multipart/form-data")
        return answer.status_code

    assert imported(SRT, "0") == 303
    track = sender.client.get(f"{path}/subtitles.vtt")
    assert track.mimetype == "text/vtt"
    assert "00:00:01.000 --> 00:00:02.000\n料堆没有覆盖" in track.text
    page = sender.client.get(f"{path}?q=覆盖").text
    assert "检索到 1 处" in page
    edit = sender.client.get(f"{path}/subtitles").text
    assert "00:00:01.000-00:00:02.000 料堆没有覆盖" in edit
    form = {"csrf": sender.csrf, "base_version": "1", "text": "00:00:01.000-00:00:02.000 料堆没有遮盖"}
    assert sender.client.post(f"{path}/subtitles", data=form).status_code == 303
    assert imported(SRT, "1") == 409, "somebody else changed it meanwhile"
    assert "遮盖" in sender.client.get(path).text
    assert imported("1\n00:10:00,000 --> 00:10:01,000\n别的录像\n", "2") == 422


def test_words_that_are_said_or_marked_are_found_and_the_hit_opens_at_their_place(site: Site, video: bytes) -> None:
    sender = site.sender()
    path = stored(site, sender, video)
    form = {"csrf": sender.csrf, "base_version": "0", "text": "00:00:01.000-00:00:02.000 铲车正在卸料"}
    assert sender.client.post(f"{path}/subtitles", data=form).status_code == 303
    mark = {"csrf": sender.csrf, "at_s": "1", "text": "车牌清A00"}
    assert sender.client.post(f"{path}/marks", data=mark).status_code == 303
    indexing.catch_up(site.bureau.ctx)
    for words in ("铲车", "清A00"):
        page = sender.client.get(f"/search?q={words}").text
        assert "共 1 " in page, words
        assert "00:00:01" in page
        hit = re.search(rf'href="({path}\?q=[^"]+)"', page)
        assert hit
    assert "检索到 1 处" in sender.client.get(f"{path}?q=铲车").text
    assert "共 0 " in site.sender("外人").client.get("/search?q=铲车").text


@pytest.mark.article("A10.2")
def test_what_an_informant_says_lies_encrypted_and_is_not_indexed(site: Site, video: bytes) -> None:
    sender = site.sender()
    path = stored(site, sender, video, secrecy="informant")
    form = {"csrf": sender.csrf, "base_version": "0", "text": "00:00:01.000-00:00:02.000 我是寅三"}
    assert sender.client.post(f"{path}/subtitles", data=form).status_code == 303
    mark = {"csrf": sender.csrf, "at_s": "1", "text": "寅三的脸"}
    assert sender.client.post(f"{path}/marks", data=mark).status_code == 303
    page = sender.client.get(path).text
    assert "我是寅三" in page
    assert "寅三的脸" in page
    assert "寅三" in sender.client.get(f"{path}/subtitles.vtt").text
    with site.bureau.ctx.database.read() as session:
        asked = ("SELECT * FROM recording_mark", "SELECT * FROM recording_transcript")
        rows = [str(row) for text in asked for row in session.execute(sa.text(text))]
    assert rows
    assert "寅三" not in "".join(rows)
    indexing.catch_up(site.bureau.ctx)
    assert "共 0 " in sender.client.get("/search?q=寅三").text


@pytest.mark.article("A34.1")
def test_nothing_of_a_recording_is_told_or_taken_from_who_may_not_know_of_it(site: Site, video: bytes) -> None:
    sender, stranger = site.sender(), site.sender("外人")
    path = stored(site, sender, video)
    absent = "/recordings/0192ffff-0000-7000-8000-000000000000"
    for tail in ("", "/subtitles", "/subtitles.vtt", "/poster"):
        assert stranger.client.get(f"{path}{tail}").status_code == 404, tail
    for tail in ("/marks", "/subtitles", "/end", "/upload", "/links", "/previews"):
        form = {"csrf": stranger.csrf, "at_s": "1", "text": "x", "base_version": "0"}
        answers = [stranger.client.post(f"{p}{tail}", data=form) for p in (path, absent)]
        assert {a.status_code for a in answers} in ({404}, {422}), (tail, answers)
    for tail in ("recordings/new", "phone", "capture"):
        assert stranger.client.get(f"/cases/{site.case.id}/{tail}").status_code == 404, tail


# --- a phone ----------------------------------------------------------------------------------------------------------


def invited(site: Site, sender: Sender) -> str:
    sender.client.post(f"/cases/{site.case.id}/phone", data={"csrf": sender.csrf})
    found = re.search(r"/p/([0-9A-Z]{12})", sender.client.get(f"/cases/{site.case.id}/phone").text)
    assert found
    return found[1]


def phone(site: Site, code: str) -> tuple[FlaskClient, int]:
    client = site.app.test_client()
    token = token_of(client.get(f"/p/{code}").text)
    return client, client.post(f"/p/{code}", data={"csrf": token}).status_code


def test_a_phone_is_let_into_one_case_and_sends_to_it_in_the_clerks_name(site: Site, video: bytes) -> None:
    client, status = phone(site, invited(site, site.sender()))
    assert status == 303
    page = client.get(f"/cases/{site.case.id}/capture")
    assert "以 乙二 的名义存入" in page.text
    guest = Sender(client=client, csrf=token_of(page.text))
    url = guest.begin(site.case.id, video).headers["Location"]
    assert guest.piece(url, 0, video).status_code == 204
    (kept,) = site.recordings()
    assert kept.operator == "乙二"


def test_c7_a_code_opens_once_within_five_minutes_and_a_newer_one_replaces_it(site: Site) -> None:
    sender = site.sender()
    first = invited(site, sender)
    second = invited(site, sender)
    assert phone(site, first)[1] == 422, "withdrawn"
    assert phone(site, second)[1] == 303
    assert phone(site, second)[1] == 422, "used"
    third = invited(site, sender)
    move(site.bureau.ctx, "2026-01-05T10:05")
    assert phone(site, third)[1] == 422, "too old"
    assert phone(site, "AAAAAAAAAAAA")[1] == 422


def test_a_phone_sees_nothing_but_its_case_and_uploads(site: Site, video: bytes) -> None:
    other = site.bureau.case("summary", title="另案")
    client, _ = phone(site, invited(site, site.sender()))
    guest = Sender(client=client, csrf=token_of(client.get(f"/cases/{site.case.id}/capture").text))
    for path in (
        "/",
        f"/cases/{site.case.id}",
        "/recordings",
        "/search?q=x",
        "/account",
        f"/cases/{site.case.id}/phone",
    ):
        assert client.get(path).status_code == 302, path
    assert client.get(f"/cases/{other.id}/capture").status_code == 404
    assert guest.begin(other.id, video).status_code == 404
    assert guest.begin(site.case.id, video, words={"purpose": "recording_file"}).status_code == 422


def test_a_phone_goes_out_with_time_password_account_or_a_word(site: Site) -> None:
    sender = site.sender()
    path = f"/cases/{site.case.id}/capture"
    client, _ = phone(site, invited(site, sender))
    assert client.get(path).status_code == 200
    page = sender.client.get(f"/cases/{site.case.id}/phone").text
    out = re.search(r"/phone/([0-9a-f-]{36})/end", page)
    assert out
    sender.client.post(f"/cases/{site.case.id}/phone/{out[1]}/end", data={"csrf": sender.csrf})
    assert client.get(path).status_code == 302
    client, _ = phone(site, invited(site, sender))
    sender = site.sender()  # sets a new password
    assert client.get(path).status_code == 302
    client, _ = phone(site, invited(site, sender))
    move(site.bureau.ctx, site.bureau.ctx.clock.now() + phones.LASTS)
    assert client.get(path).status_code == 302


def test_a_phone_mends_what_was_refused_and_goes_on_on_its_page(site: Site, video: bytes) -> None:
    client, _ = phone(site, invited(site, site.sender()))
    path = f"/cases/{site.case.id}/capture"
    guest = Sender(client=client, csrf=token_of(client.get(path).text))
    url = guest.begin(site.case.id, video, words={"kind": "录音"}).headers["Location"]
    guest.piece(url, 0, video)
    assert "登记为“录音”" in client.get(url).text
    done = client.post(f"{url}/finish", data={"csrf": guest.csrf, "kind": "录像"})
    assert done.headers["Location"] == path
    assert [r.kind for r in site.recordings()] == ["录像"]


def test_a_look_at_the_link_does_not_use_it_up(site: Site) -> None:
    code = invited(site, site.sender())
    for _ in range(3):
        assert site.app.test_client().get(f"/p/{code}").status_code == 200
    assert phone(site, code)[1] == 303


def test_the_plain_form_of_the_phone_takes_files_too(site: Site, video: bytes) -> None:
    client, _ = phone(site, invited(site, site.sender()))
    path = f"/cases/{site.case.id}/capture"
    form = {"csrf": token_of(client.get(path).text), "kind": "录像", "scene": "检查", "place": "料场"}
    answer = client.post(path, data={**form, "file": (io.BytesIO(video), "a.mp4")}, content_type="multipart/form-data")
    assert answer.status_code == 303
    with site.bureau.ctx.database.read() as session:
        assert [r.kind for r in queries.recordings_of(session, site.case.id)] == ["录像"]


def test_a_forged_purpose_in_the_metadata_is_no_way_round(site: Site, video: bytes) -> None:
    sender = site.sender()
    told = metadata(
        {"purpose": "recording", "subject": site.case.id, "filename": "x", "operator_id": "nobody", "scene": "x"}
    )
    answer = sender.client.post("/uploads", headers=sender.headers(**{"Upload-Length": "5", "Upload-Metadata": told}))
    assert answer.status_code in (404, 422)
