"""The interface for programs: the same operations and the same policy as the pages, done once, told as declared."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from foundation.once import OnceRow
from tests.web.conftest import Site, csrf_of
from tests.web.programs import Program
from web.api.describing import document
from web.api.registry import ENDPOINTS, ROOT

CITIZEN = {
    "kind": "公民",
    "name": "阿依古丽·买买提",
    "id_type": "居民身份证",
    "id_no": "110101199001019983",
    "address": "清河镇样例村1号",
}


@pytest.fixture
def clerk(site: Site) -> Iterator[Program]:
    """Give the handler's program."""
    program = Program(site, "甲一")
    yield program
    program.end()


def a_draft(site: Site, clerk: Program, **data: Any) -> dict[str, Any]:
    body = {"type": "service_receipt", "case_id": site.case_id, "data": data}
    answer = clerk("POST", "/documents", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json or {})


# --- who ---


def test_nobody_gets_in_without_a_token(site: Site) -> None:
    answer = site.app.test_client().get(f"{ROOT}/cases")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert set(answer.json or {}) == {"error", "message", "remedy", "findings"}


def test_a_wrong_token_opens_nothing_even_beside_a_good_session(handler: FlaskClient) -> None:
    answer = handler.get(f"{ROOT}/cases", headers={"Authorization": "Bearer anjuan_nothing"})
    assert answer.status_code == 401


def test_a_session_reads_but_changes_nothing(handler: FlaskClient) -> None:
    assert handler.get(f"{ROOT}/cases").status_code == 200
    token = csrf_of(handler.get("/account").text)
    answer = handler.post(f"{ROOT}/parties", json=CITIZEN, headers={"X-CSRF-Token": token})
    assert answer.status_code == 403


def test_a_token_opens_no_page(site: Site, clerk: Program) -> None:
    ask = site.app.test_client()
    assert ask.get("/", headers={"Authorization": "Bearer anjuan_x"}).status_code == 302


def test_a_token_tells_whom_it_stands_for(clerk: Program) -> None:
    found = clerk("GET", "/me").json or {}
    assert (found["name"], found["roles"]) == ("甲一", ["handler"])
    assert "case:read" in found["scopes"]


def test_a_scope_that_is_not_there_is_named(site: Site) -> None:
    answer = Program(site, "甲一", "case:read")("GET", f"/cases/{site.case_id}/documents")
    assert answer.status_code == 403
    assert "document:read" in (answer.json or {})["message"]


def test_what_a_token_may_not_read_is_not_there_for_it(site: Site) -> None:
    outsider = Program(site, "外人", "case:read")
    hidden, absent = (outsider("GET", f"/cases/{one}") for one in (site.case_id, "0" * 36))
    assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data)
    assert hidden.status_code == 404
    assert (outsider("GET", "/cases").json or {})["items"] == []


# --- reading ---


def test_every_reading_operation_answers_as_declared(site: Site, clerk: Program) -> None:
    package = (clerk("GET", "/packages").json or {})["items"][0]["id"]
    party = (clerk("GET", "/parties").json or {})["items"][0]["id"]
    ids = {
        "case_id": site.case_id,
        "document_id": site.documents["当罚"],
        "recording_id": next(iter(site.recordings.values())),
        "package_id": package,
        "party_id": party,
        "type_id": "service_receipt",
        "kind": "sealed",
        "name": "main",
    }
    for one in ENDPOINTS.values():
        if not one.changes:
            answer = clerk("GET", one.path.format(**ids))
            assert answer.status_code == 200, (one.path, answer.text)
            if one.answer:
                one.answer.model_validate(answer.json)
            answer.close()


def test_a_list_goes_on_where_it_stopped(site: Site, clerk: Program) -> None:
    for number in range(3):
        body = {"procedure": "inspection", "title": f"样例检查{number}"}
        assert clerk("POST", "/cases", json=body).status_code == 201
    whole = [c["id"] for c in (clerk("GET", "/cases").json or {})["items"]]
    seen, after = [], ""
    while after is not None:
        page = clerk("GET", "/cases", query_string={"limit": 1, "after": after}).json or {}
        seen += [c["id"] for c in page["items"]]
        after = page["next"]
    assert seen == whole


@pytest.mark.parametrize("after", ["x", "W10", "WyJhIl0", "WyIyMDI2LTAxLTAxIiwgIngiXQ", "//8"])
def test_a_place_that_no_answer_gave_is_refused(clerk: Program, after: str) -> None:
    answer = clerk("GET", "/cases", query_string={"after": after})
    assert answer.status_code == 422
    assert (answer.json or {})["findings"][0]["path"] == "after"


def test_lists_shorten_numbers(clerk: Program) -> None:
    for row in (clerk("GET", "/parties").json or {})["items"]:
        assert "*" in row["id_no"]


# --- changing ---


def test_a_paper_is_drafted_revised_and_told_what_stands_against_it(site: Site, clerk: Program) -> None:
    paper = a_draft(site, clerk)
    revised = clerk("PATCH", f"/documents/{paper['id']}", json={"base_version": 1, "data": {"remark": "样例"}})
    assert revised.status_code == 200, revised.text
    assert ((revised.json or {})["version"], (revised.json or {})["data"]["remark"]) == (2, "样例")
    refused = clerk("POST", f"/documents/{paper['id']}/issue", json={})
    assert refused.status_code == 409
    listed = clerk("GET", f"/documents/{paper['id']}/findings").json or {}
    assert {f["code"] for f in (refused.json or {})["findings"]} <= {f["code"] for f in listed["items"]}


def test_an_older_version_does_not_overwrite_a_newer_one(site: Site, clerk: Program) -> None:
    paper = a_draft(site, clerk)
    path = f"/documents/{paper['id']}"
    assert clerk("PATCH", path, json={"base_version": 1, "data": {"remark": "先"}}).status_code == 200
    late = clerk("PATCH", path, json={"base_version": 1, "data": {"remark": "后"}})
    assert late.status_code == 409
    assert [f["path"] for f in (late.json or {})["findings"]] == ["remark"]


def test_a_signature_stands_for_what_was_looked_at(site: Site, clerk: Program) -> None:
    paper = a_draft(site, clerk)
    body = {"slot": "servers", "content_digest": "0" * 64}
    assert clerk("POST", f"/documents/{paper['id']}/signatures", json=body).status_code == 409


def test_a_party_is_registered_read_and_changed(site: Site, clerk: Program) -> None:
    body = {**CITIZEN, "name": "阿依古丽·买买提", "id_type": "其他证件", "id_no": "样0001"}
    body |= {"gender": "女", "birth_date": "1990-01-01"}
    made = clerk("POST", "/parties", json=body)
    assert made.status_code == 201, made.text
    path = f"/parties/{(made.json or {})['id']}"
    assert (clerk("GET", path).json or {})["name"] == "阿依古丽·买买提"
    changed = clerk("PUT", path, json={**body, "address": "清河镇新村2号", "base_version": 1, "reason": "迁址"})
    assert (changed.json or {})["version"] == 2, changed.text
    stale = clerk("PUT", path, json={**body, "base_version": 1, "reason": "迁址"})
    assert stale.status_code == 409


# --- once ---


def test_a_repeated_change_is_done_once(site: Site, clerk: Program) -> None:
    body, headers = {"procedure": "inspection", "title": "只办一次"}, {"Idempotency-Key": "once-1"}
    first, second = (clerk("POST", "/cases", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.headers["Answer-Digest"] == second.headers["Answer-Digest"]
    found = clerk("GET", "/cases", query_string={"words": "只办一次"}).json or {}
    assert len(found["items"]) == 1


def test_one_key_is_for_one_request(clerk: Program) -> None:
    headers = {"Idempotency-Key": "once-2"}
    assert clerk("POST", "/cases", json={"procedure": "inspection", "title": "甲"}, headers=headers).status_code == 201
    other = clerk("POST", "/cases", json={"procedure": "inspection", "title": "乙"}, headers=headers)
    assert other.status_code == 422
    assert (other.json or {})["findings"][0]["path"] == "Idempotency-Key"


def test_a_refused_request_frees_its_key(clerk: Program) -> None:
    headers = {"Idempotency-Key": "once-3"}
    wrong = {"procedure": "inspection", "title": "甲", "party_ids": ["nobody"]}
    assert clerk("POST", "/cases", json=wrong, headers=headers).status_code == 422
    assert clerk("POST", "/cases", json={**wrong, "party_ids": []}, headers=headers).status_code == 201


def test_nothing_of_the_answer_is_kept_but_its_place_and_digest(site: Site, clerk: Program) -> None:
    clerk(
        "POST", "/cases", json={"procedure": "inspection", "title": "不留内容"}, headers={"Idempotency-Key": "once-4"}
    )
    with site.ctx.database.read() as session:
        kept = session.get_one(OnceRow, (clerk.actor.account_id, "api:once-4")).answer
    assert set(kept or {}) == {"status", "by", "ids", "digest"}
    assert "不留内容" not in str(kept)


def test_a_key_of_one_account_says_nothing_to_another(site: Site, clerk: Program) -> None:
    body, headers = {"procedure": "inspection", "title": "各办各的"}, {"Idempotency-Key": "once-5"}
    first = clerk("POST", "/cases", json=body, headers=headers).json or {}
    other = Program(site, "外人", "case:open", "case:read")("POST", "/cases", json=body, headers=headers).json or {}
    assert first["id"] != other["id"]


# --- what is sent ---


@pytest.mark.parametrize(
    ("sent", "status", "path"),
    [
        (b"{", 422, ""),
        (b"[]", 422, ""),
        (b'{"procedure": "inspection"}', 422, "title"),
        (b'{"procedure": "inspection", "title": 5}', 422, "title"),
        (b'{"procedure": "inspection", "title": "\\ud800"}', 422, ""),
        ('{"procedure": "inspection", "title": "甲", "colour": 1}'.encode(), 422, "colour"),
        ('{"procedure": "trial", "title": "甲"}'.encode(), 422, "procedure"),
        (b"\xff\xfe", 422, ""),
        (b"", 422, ""),
    ],
)
def test_a_body_that_is_not_as_declared_is_told_by_its_field(
    clerk: Program, sent: bytes, status: int, path: str
) -> None:
    answer = clerk("POST", "/cases", data=sent, content_type="application/json")
    assert answer.status_code == status, answer.text
    assert path in {f["path"] for f in (answer.json or {})["findings"]}


def test_other_content_than_json_is_refused(clerk: Program) -> None:
    assert clerk("POST", "/cases", data={"title": "甲"}).status_code == 415


def test_a_body_that_is_too_large_is_refused(clerk: Program) -> None:
    body = b'{"title": "' + b"x" * (3 << 20) + b'"}'
    assert clerk("POST", "/cases", data=body, content_type="application/json").status_code == 413


def test_a_value_beyond_all_measure_is_refused(site: Site, clerk: Program) -> None:
    for value in (b"1e999", b"NaN", b"9" * 5000):
        body = b'{"type": "service_receipt", "case_id": "%s", "data": {"remark": %s}}'
        answer = clerk(
            "POST", "/documents", data=body % (site.case_id.encode(), value), content_type="application/json"
        )
        assert answer.status_code == 422, value


def test_a_method_that_is_not_there_says_which_are(clerk: Program) -> None:
    answer = clerk("DELETE", "/cases")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


# --- what is told ---


def test_the_document_describes_every_operation(site: Site) -> None:
    found = site.app.test_client().get(f"{ROOT}/openapi.json").json or {}
    assert found == document()
    assert found["openapi"] == "3.1.0"
    told = {(path, method) for path, one in found["paths"].items() for method in one}
    assert told == {(ROOT + e.path, e.method.lower()) for e in ENDPOINTS.values()}


def test_the_document_stands_at_its_older_address_too(site: Site) -> None:
    assert site.app.test_client().get("/api/openapi.json").json == document()


def test_the_page_for_people_names_every_operation(site: Site) -> None:
    page = site.app.test_client().get(f"{ROOT}/").text
    assert [e.path for e in ENDPOINTS.values() if e.path not in page] == []
    assert "//cdn" not in page


def test_every_route_of_the_interface_is_an_operation(site: Site) -> None:
    routes = {r.rule for r in site.app.url_map.iter_rules() if r.rule.startswith(ROOT)}
    assert routes == {ROOT + e.rule for e in ENDPOINTS.values()} | {f"{ROOT}/", f"{ROOT}/openapi.json"}


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("2026-06-01T09:30:00+08:00", 404),
        ("2026-06-01T01:30:00Z", 404),
        ("2026-06-01T09:30:00", 422),
        ("2026-06-01", 422),
        ("1780000000", 422),
        (1780000000, 422),
        ("0001-01-01T00:00:00+23:59", 422),
        ("2026-02-30T00:00:00Z", 422),
    ],
)
def test_an_instant_names_its_zone(clerk: Program, written: object, status: int) -> None:
    body = {"document_ids": ["nothing"], "method": "direct", "received_at": written}
    assert clerk("POST", "/services", json=body).status_code == status


@pytest.mark.parametrize(("until", "status"), [("2026-06-01", 200), ("0", 422), ("2026-6-1", 422), ("2026-02-30", 422)])
def test_a_day_is_written_in_one_way(clerk: Program, until: str, status: int) -> None:
    assert clerk("GET", "/deadlines", query_string={"until": until}).status_code == status
