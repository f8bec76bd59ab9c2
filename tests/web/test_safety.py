"""What a browser is told and asked: content policy, tokens, errors; and the public page."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from foundation.errors import Unavailable
from tests.web.conftest import PASSWORD, Site, csrf_of

INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
PAGES = ("/", "/search?q=垃圾", "/packages", "/verify", "/sign-in", "/account", "/nowhere")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_inline_script_or_style(handler: FlaskClient, path: str) -> None:
    answer = handler.get(path)
    assert INLINE.findall(answer.text) == []
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_file_that_a_page_names_is_there(handler: FlaskClient) -> None:
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', handler.get("/").text):
        answer = handler.get(path)
        assert answer.status_code == 200, path
        assert re.search(r"\?v=[0-9a-f]{12}$", path), path
        assert "immutable" in answer.headers["Cache-Control"], path
        answer.close()


def test_a_file_asked_for_without_its_mark_is_asked_for_again(handler: FlaskClient) -> None:
    answer = handler.get("/static/app.css")
    assert "immutable" not in answer.headers["Cache-Control"]
    answer.close()


def test_a_change_without_the_token_is_refused(site: Site, handler: FlaskClient) -> None:
    for rule in site.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            path = re.sub(r"<[^>]+>", "x", rule.rule)
            assert handler.post(path, data={"csrf": "forged"}).status_code == 403, path


def test_a_page_asks_to_sign_in_and_leads_back(site: Site) -> None:
    client = site.app.test_client()
    answer = client.get(f"/cases/{site.case_id}?a=b")
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next=/cases/{site.case_id}?a%3Db"
    form = {
        "login": "甲一",
        "password": PASSWORD,
        "next": "//evil.example",
        "csrf": csrf_of(client.get("/sign-in").text),
    }
    assert client.post("/sign-in", data=form).location == "/work"


def test_an_unknown_address_is_answered_by_a_page_with_a_way_back(handler: FlaskClient) -> None:
    answer = handler.get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到，或者您无权查看" in answer.text
    assert "返回案件列表" in answer.text


def test_a_service_that_is_down_is_told_on_a_page_with_its_remedy(
    handler: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_given: object) -> int:
        raise Unavailable("数据库暂时不可用。", remedy="稍后再试。")

    monkeypatch.setattr("casework.operations.reminding.unread", down)
    monkeypatch.setattr("web.cases.views.sight", down)
    answer = handler.get("/")
    assert answer.status_code == 503
    assert "数据库暂时不可用" in answer.text
    assert "稍后再试" in answer.text


def test_a_program_gets_errors_as_json(handler: FlaskClient) -> None:
    answer = handler.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert set(answer.json or {}) == {"error", "message", "remedy", "findings"}


def test_only_administrators_see_the_health_page(handler: FlaskClient, as_: Callable[[str], FlaskClient]) -> None:
    refused = handler.get("/health")
    assert refused.status_code == 403
    assert "由系统管理员办理" in refused.text, "who is refused is told who can help"
    page = as_("管理员").get("/health").text
    for word in ("数据库", "文书字体", "节假日安排", "检索", "后台", "处理办法"):
        assert word in page


def test_machines_are_told_that_the_server_lives_and_is_ready(site: Site) -> None:
    client = site.app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz").json
    assert ready == {"status": "ok", "checks": {"database": "ok", "blobs": "ok"}}


def test_a_genuine_paper_is_confirmed_without_personal_data(site: Site) -> None:
    decision = site.document("当罚")
    client = site.app.test_client()
    page = client.get(f"/v/{decision.id}?v={decision.version}&d={decision.content_digest[:16]}").text
    assert "核验一致" in page
    assert "当场行政处罚决定书" in page
    for word in ("孙样例", "110101", "垃圾", decision.number, "甲一"):
        assert word not in page


@pytest.mark.parametrize("change", ["digest", "version", "id", "short", "none", "injection"])
def test_every_miss_is_answered_alike(site: Site, change: str) -> None:
    decision = site.document("当罚")
    paper, version, digest = decision.id, str(decision.version), decision.content_digest[:16]
    asked = {
        "digest": (paper, version, "0" * 16),
        "version": (paper, "99", digest),
        "id": ("018f0000-0000-7000-8000-000000000000", version, digest),
        "short": (paper, version, digest[:8]),
        "none": (paper, version, ""),
        "injection": (paper, version, "%' OR 1=1 --"),
    }[change]
    answer = site.app.test_client().get(f"/v/{asked[0]}", query_string={"v": asked[1], "d": asked[2]})
    assert answer.status_code == 404
    assert "没有核验到相符的文书" in answer.text
    assert "当场行政处罚决定书" not in answer.text


def test_the_form_takes_a_scanned_address_as_well(site: Site) -> None:
    decision = site.document("当罚")
    code = f"http://x.example/v/{decision.id}?v={decision.version}&d={decision.content_digest[:16]}"
    client = site.app.test_client()
    answer = client.get("/verify", query_string={"code": code, "digest": decision.content_digest[:16]})
    assert "核验一致" in client.get(answer.location).text


def test_the_public_page_is_not_a_place_to_try_numbers(site: Site) -> None:
    client = site.app.test_client()
    statuses = [client.get("/v/0?d=0", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code for _ in range(40)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    assert client.get("/v/0?d=0", environ_base={"REMOTE_ADDR": "203.0.113.10"}).status_code == 404
