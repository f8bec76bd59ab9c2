"""A clerk's forms: begin a case, register and change parties, change a case; what was typed stays, what hides hides."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from access import accounts
from casework import queries
from casework.facts import CaseFacts
from tests.web.conftest import PASSWORD, csrf_of
from tests.web.office import OfficeSite as Site
from tests.web.office import as_, site

__all__ = ["as_", "site"]

FIRM = {
    "kind": "法人",
    "name": "样例河道采砂有限公司（虚构）",
    "id_no": "91110101MA0TEST12H",
    "representative": "钱样本",
    "representative_post": "经理",
    "address": "河边路9号（虚构）",
}
MISSING = "018f0000-0000-7000-8000-000000000000"


def send(client: FlaskClient, path: str, **data: Any) -> TestResponse:
    page = client.get(path).text
    token = re.search(r'name="once" value="([^"]+)"', page)
    return client.post(path, data={"csrf": csrf_of(page), "once": token[1] if token else "", **data})


def member_ids(page: str) -> list[str]:
    return re.findall(r'name="members" value="([^"]+)"', page)[:2]


def begin(client: FlaskClient, **data: Any) -> TestResponse:
    page = client.get("/cases/begin").text
    told = {"source": "patrol", "title": "涉嫌非法采砂", "kind": "公民", "members": member_ids(page), **data}
    return send(client, "/cases/begin", **told)


def case_of(site: Site, answer: TestResponse) -> CaseFacts:
    assert answer.status_code == 303, re.sub(r"\s+", " ", answer.text)[:3000]
    with site.ctx.database.read() as session:
        return queries.case_facts(session, answer.location.rpartition("/")[2])


def first_case(site: Site, client: FlaskClient) -> CaseFacts:
    return case_of(site, begin(client))


def code(n: int) -> str:
    """Return a valid credit code with a number of its own."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    head = f"91110101MA0{n:06d}"
    total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(head))
    return head + letters[(31 - total % 31) % 31]


def test_a_case_begins_with_a_new_party_and_its_first_paper(site: Site, handler: FlaskClient) -> None:
    case = case_of(site, begin(handler, **{**FIRM, "id_no": code(1)}))
    assert (case.title, case.parties[0].name, len(case.members)) == ("涉嫌非法采砂", FIRM["name"], 2)
    page = handler.get(f"/cases/{case.id}").text
    assert "填写《案件来源（线索）登记表》" in page
    assert "/edit" in page


def test_what_must_be_filled_to_begin_a_case_is_at_most_twelve_fields(handler: FlaskClient) -> None:
    page = handler.get("/cases/begin").text
    open_part = re.sub(r"<details.*?</details>", "", page.partition("<main")[2].partition("</main")[0], flags=re.DOTALL)
    fields = set(re.findall(r'<(?:input|select|textarea)[^>]*name="([a-z_]+)"', open_part)) - {"csrf", "once"}
    assert len(fields) <= 12, fields


def test_faults_stand_beside_the_fields_and_nothing_typed_is_lost(handler: FlaskClient) -> None:
    answer = begin(handler, **{**FIRM, "id_no": "91110101MA0FAKE17R", "title": ""})
    assert answer.status_code == 422
    assert 'value="河边路9号（虚构）"' in answer.text
    assert "校验位不符" in answer.text
    assert "“案由”没有填写" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_party_of_the_register_is_found_and_taken(site: Site, handler: FlaskClient) -> None:
    case = case_of(site, begin(handler, **{**FIRM, "name": "样例砖瓦窑（虚构）", "id_no": code(2)}))
    party = case.parties[0].id
    told = {"kind": "公民", "title": "涉嫌占用耕地", "source": "assigned"}
    found = send(handler, "/cases/begin", do="find", find="砖瓦窑", **told)
    assert found.status_code == 200
    assert party in found.text
    assert 'value="涉嫌占用耕地"' in found.text
    taken = send(handler, "/cases/begin", use=party, **told)
    assert f'name="party_id" value="{party}"' in taken.text
    assert case_of(site, begin(handler, party_id=party)).parties[0].id == party


def test_a_name_that_is_alike_is_asked_about_once(site: Site, handler: FlaskClient) -> None:
    case_of(site, begin(handler, **{**FIRM, "name": "样例养殖场（虚构）", "id_no": code(3)}))
    told = {**FIRM, "name": "样例养殖场 有限公司（虚构）", "id_no": code(4)}
    asked = begin(handler, **told)
    assert asked.status_code == 422
    assert "用已有的" in asked.text
    assert case_of(site, begin(handler, another="1", **told)).parties[0].id_no == code(4)


def test_one_officer_alone_is_asked_about(site: Site, handler: FlaskClient) -> None:
    one = member_ids(handler.get("/cases/begin").text)[:1]
    asked = begin(handler, members=one)
    assert asked.status_code == 422
    assert "不足两名" in asked.text
    assert len(case_of(site, begin(handler, members=one, fewer="1")).members) == 1


def test_a_case_sent_twice_is_begun_once(handler: FlaskClient) -> None:
    page = handler.get("/cases/begin").text
    token = re.search(r'name="once" value="([^"]+)"', page)
    assert token
    data = {"csrf": csrf_of(page), "once": token[1], "source": "media", "title": "涉嫌占道", "kind": "公民"}
    data["members"] = member_ids(page)  # type: ignore[assignment]
    first, second = (handler.post("/cases/begin", data=data) for _ in range(2))
    assert first.location == second.location


def test_who_opens_no_cases_sees_no_form(as_: Callable[[str], FlaskClient]) -> None:
    assert as_("壬九").get("/cases/begin").status_code == 403
    assert as_("管理员").get("/cases/begin").status_code == 403


def test_an_emergency_is_begun_with_its_clock(site: Site, handler: FlaskClient) -> None:
    told = {"emergency": "1", "emergency_at": "2026-06-01T08:30", "emergency_place": "河边", "emergency_reason": "废液"}
    case = case_of(site, begin(handler, **told))
    assert case.state == "EMERGENCY"
    page = handler.get("/work").text
    assert "紧急启动补报" in page
    assert "办法9" in page
    assert "请填写实际" not in begin(handler, emergency="1", emergency_at="昨天").text


def test_the_case_page_names_one_next_step_and_what_is_lacking(site: Site, handler: FlaskClient) -> None:
    case = first_case(site, handler)
    page = handler.get(f"/cases/{case.id}").text
    assert page.count("btn btn-primary") == 1
    assert "结案之前还要" in page
    papers = handler.get(f"/cases/{case.id}/papers").text
    assert "为什么不能？" in papers
    assert "程序启动尚未批准，不得制发《行政处罚决定书》" in papers
    assert f"/cases/{case.id}/draft?type=case_source_register" in papers


def test_a_party_is_added_and_handlers_come_and_go_with_reasons(
    site: Site, handler: FlaskClient, as_: Callable[[str], FlaskClient]
) -> None:
    case = first_case(site, handler)
    answer = send(handler, "/parties/new", case=case.id, **{**FIRM, "name": "样例洗砂场（虚构）", "id_no": code(5)})
    assert answer.location == f"/cases/{case.id}"
    assert "样例洗砂场" in handler.get(f"/cases/{case.id}").text
    assert handler.get(f"/cases/{case.id}/manage/assign").status_code == 403
    assert "承办机构负责人" in handler.get(f"/cases/{case.id}").text
    head = as_("丁四")
    assert head.get(f"/cases/{case.id}/manage/party").status_code == 403


def test_a_procedure_is_changed_with_a_reason(site: Site, handler: FlaskClient) -> None:
    case = case_of(site, begin(handler, source="on_the_spot"))
    path = f"/cases/{case.id}/manage/procedure"
    assert send(handler, path, procedure="general", reason=" ").status_code == 422
    changed = case_of(site, send(handler, path, procedure="general", reason="金额超过上限"))
    assert (changed.id, changed.procedure, changed.number) == (case.id, "general", case.number)


def test_a_likely_dispute_is_marked_and_unmarked(site: Site, handler: FlaskClient) -> None:
    case = case_of(site, begin(handler, source="on_the_spot"))
    path = f"/cases/{case.id}/manage/dispute"
    assert send(handler, path, on="1", reason="当事人不认可").status_code == 303
    assert "容易发生争议" in handler.get(f"/cases/{case.id}").text


@pytest.mark.parametrize("act", ["party", "assign", "release", "procedure", "emergency", "dispute", "nonsense"])
def test_an_act_on_a_case_that_may_not_be_known_is_a_case_that_is_not_there(
    site: Site, as_: Callable[[str], FlaskClient], act: str
) -> None:
    stranger = as_("外人")
    hidden, absent = (stranger.get(f"/cases/{c}/manage/{act}") for c in (site.case_id, MISSING))
    assert (hidden.status_code, hidden.text) == (absent.status_code, absent.text)
    assert hidden.status_code == 404
    page = stranger.get("/parties").text
    answers = [
        stranger.post(f"/cases/{c}/manage/{act}", data={"csrf": csrf_of(page), "reason": "x"})
        for c in (site.case_id, MISSING)
    ]
    assert {a.status_code for a in answers} == {404}


def test_a_change_of_a_party_is_a_version_and_makes_drafts_stale(site: Site, handler: FlaskClient) -> None:
    party = {**FIRM, "name": "样例石料行（虚构）", "id_no": code(6)}
    case = case_of(site, begin(handler, **party))
    path = f"/parties/{case.parties[0].id}/edit"
    told = {**party, "id_type": "营业执照", "name": "样例新石料行（虚构）", "base_version": "1"}
    assert send(handler, path, **told, reason="").status_code == 422
    assert send(handler, path, **told, reason="更名").status_code == 303
    again = send(handler, path, **told, reason="更名")
    assert again.status_code == 409
    assert "别人刚刚修改" in again.text
    page = handler.get(f"/parties/{case.parties[0].id}").text
    assert "第 2 版" in page
    assert "要更新的草稿" in page
    case_page = handler.get(f"/cases/{case.id}").text
    assert "内容有变的草稿" in case_page
    assert "更新" in case_page


def test_the_register_is_searched_and_shows_no_case_that_is_hidden(
    site: Site, handler: FlaskClient, as_: Callable[[str], FlaskClient]
) -> None:
    case = case_of(
        site, begin(handler, **{**FIRM, "name": "阿依古丽·样例（虚构）", "kind": "其他组织", "id_no": code(7)})
    )
    for words in ("阿依古丽样例", "阿依古丽•样例", code(7)):
        assert "阿依古丽·样例" in handler.get("/parties", query_string={"words": words}).text
    page = as_("外人").get(f"/parties/{case.parties[0].id}").text
    assert case.title not in page
    assert "没有您可以查看的案件" in page


def test_a_party_that_is_not_there_is_not_found(handler: FlaskClient) -> None:
    assert handler.get(f"/parties/{MISSING}").status_code == 404
    assert handler.get(f"/parties/{MISSING}/edit").status_code == 404


def test_markup_in_a_name_is_shown_as_it_was_typed(handler: FlaskClient) -> None:
    told = {**FIRM, "name": "<script>甲</script>{{7*7}}厂", "id_no": code(8)}
    answer = send(handler, "/parties/new", **told)
    assert answer.status_code == 303
    page = handler.get(answer.location).text
    assert "&lt;script&gt;甲" in page
    assert "{{7*7}}" in page


def test_names_that_are_alike_are_told_while_they_are_typed(site: Site, handler: FlaskClient) -> None:
    case_of(site, begin(handler, **{**FIRM, "name": "样例木材厂（虚构）", "id_no": code(9)}))
    found = handler.get("/parties/alike", query_string={"name": "样例木材", "use": "1"}).text
    assert 'name="use"' in found
    assert handler.get("/parties/alike?name=").text.strip() == ""


def test_what_was_typed_outlives_the_session_and_is_sent_once_more_by_its_person(
    site: Site, as_: Callable[[str], FlaskClient]
) -> None:
    client = as_("甲一")
    page = client.get("/cases/begin").text
    typed = {"source": "patrol", "title": "涉嫌\r\n<b>占道", "kind": "公民", "members": member_ids(page)}
    with site.ctx.database.read() as session:
        account = accounts.account_of(session, f"甲一-{site.bureau.agency_id}")
    accounts.set_password(site.ctx, account_id=account.id, password=PASSWORD)  # every session ends with it
    asked = client.post("/cases/begin", data={"csrf": csrf_of(page), "once": "k1", **typed})
    assert asked.status_code == 401
    assert "不会丢失" in asked.text
    form = {name: hidden(asked.text, name) for name in ("csrf", "kept", "next")}
    login = {"login": f"甲一-{site.bureau.agency_id}", "password": PASSWORD}
    again = client.post("/sign-in", data={**form, **login, "password": "wrong"})
    assert hidden(again.text, "kept") == form["kept"]
    resumed = client.post("/sign-in", data={**form, **login, "csrf": csrf_of(again.text)})
    assert "继续提交" in resumed.text
    assert "涉嫌\n&lt;b&gt;占道" in resumed.text.replace("\r\n", "\n")
    case = case_of(site, client.post("/cases/begin", data={"csrf": csrf_of(resumed.text), "once": "k1", **typed}))
    assert "占道" in case.title


def test_a_kept_form_that_was_not_written_here_is_forgotten(site: Site, as_: Callable[[str], FlaskClient]) -> None:
    as_("甲一")
    client = site.app.test_client()
    login = {"login": f"甲一-{site.bureau.agency_id}", "password": PASSWORD, "kept": "forged.x.y", "next": "/"}
    answer = client.post("/sign-in", data={**login, "csrf": csrf_of(client.get("/sign-in").text)})
    assert answer.location == "/work"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]
