"""Filling papers: opened from the case, saved by themselves, merged by field, shown as they will be."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from casework import queries
from casework.facts import DocumentFacts, Status
from casework.operations import documents
from tests.web.conftest import Site, csrf_of
from tests.web.desk import actor, draft, open_case, post

PNG = b"\x89PNG"


def now(site: Site, facts: DocumentFacts) -> DocumentFacts:
    with site.ctx.database.read() as session:
        return queries.document_facts(session, facts.id)


def save(client: FlaskClient, paper: DocumentFacts, version: int, **fields: Any) -> Any:
    token = csrf_of(client.get(f"/documents/{paper.id}/edit").text)
    sent = {"base_version": version, "fields": fields}
    return client.post(f"/documents/{paper.id}/save", json=sent, headers={"X-CSRF-Token": token})


def test_a_paper_is_opened_from_its_case_prefilled_and_once_however_often_the_form_is_sent(
    site: Site, handler: FlaskClient
) -> None:
    case = open_case(site)
    page = f"/cases/{case.id}/draft?type=case_source_register"
    text = handler.get(page).text
    assert "起草案件来源（线索）登记表" in text
    form = {"csrf": csrf_of(text), "type": "case_source_register", "once": "one-token"}
    first, second = (handler.post(f"/cases/{case.id}/draft", data=form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    edit = handler.get(first.location).text
    assert case.parties[0].name in edit
    with site.ctx.database.read() as session:
        assert len(queries.documents_of(session, case.id)) == 1


def test_a_field_saves_by_itself_and_what_cannot_be_read_loses_nothing_else(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site))
    answer = save(handler, paper, 1, clue_summary="物料未覆盖", received_at="2026-13-45")
    said = answer.get_json()
    assert answer.status_code == 200
    assert [f["path"] for f in said["faults"]] == ["received_at"]
    assert said["version"] == 2
    assert now(site, paper).data["clue_summary"] == "物料未覆盖"


def test_two_editors_of_different_fields_are_merged(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site))
    save(handler, paper, 1, clue_summary="甲写的")
    answer = save(handler, paper, 1, verify_opinion="乙写的")
    assert answer.status_code == 200
    assert {"甲写的", "乙写的"} <= set(map(str, now(site, paper).data.values()))


def test_two_editors_of_one_field_are_asked_to_choose(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site))
    save(handler, paper, 1, clue_summary="甲写的")
    answer = save(handler, paper, 1, clue_summary="乙写的")
    said = answer.get_json()
    assert answer.status_code == 409
    assert said["error"] == "version_conflict"
    assert [(f["theirs"], f["mine"]) for f in said["fields"]] == [("甲写的", "乙写的")]
    assert now(site, paper).data["clue_summary"] == "甲写的"


def test_without_script_the_whole_form_is_saved_and_comes_back_with_what_was_typed(
    site: Site, handler: FlaskClient
) -> None:
    paper = draft(site, open_case(site))
    page = f"/documents/{paper.id}/edit"
    answer = post(handler, page, base_version=1, clue_summary="全表保存", received_at="下周三")
    assert answer.status_code == 422
    assert "全表保存" in answer.text
    assert "下周三" in answer.text
    assert now(site, paper).data["clue_summary"] == "全表保存"
    assert post(handler, page, base_version=2, clue_summary="再改").status_code == 303


def test_rows_of_a_list_are_saved_without_blank_ones(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site))
    rows = [{"name": "照片", "qty": "2"}, {"name": " ", "qty": ""}]
    assert save(handler, paper, 1, evidence_attached=rows).status_code == 200
    assert now(site, paper).data["evidence_attached"] == [{"name": "照片", "qty": "2"}]


def test_the_paper_beside_the_form_shows_what_was_saved(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site), clue_summary="物料未覆盖")
    piece = handler.get(f"/documents/{paper.id}/preview").text
    address = piece.split('src="')[1].split('"')[0]
    image = handler.get(address)
    assert image.mimetype == "image/png"
    assert image.data.startswith(PNG)
    save(handler, paper, 1, clue_summary="改过了")
    assert address not in handler.get(f"/documents/{paper.id}/preview").text


def test_a_signed_draft_is_not_changed_by_chance(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site), source_type="行政检查发现", clue_summary="甲", verify_opinion="立案")
    documents.fill_slot(site.ctx, actor(site, "甲一"), document_id=paper.id, slot="handler")
    page = handler.get(f"/documents/{paper.id}/edit").text
    assert "<fieldset disabled>" in page
    assert "<fieldset disabled>" not in handler.get(f"/documents/{paper.id}/edit?change=1").text


def test_a_paper_that_was_given_back_is_open_at_once(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site), source_type="行政检查发现", clue_summary="甲", verify_opinion="立案")
    documents.fill_slot(site.ctx, actor(site, "甲一"), document_id=paper.id, slot="handler")
    documents.return_document(site.ctx, actor(site, "丙三"), document_id=paper.id, remarks={"clue_summary": "写明地点"})
    page = handler.get(f"/documents/{paper.id}/edit").text
    assert "写明地点" in page
    assert "<fieldset disabled>" not in page


def test_a_draft_is_given_up_with_its_reason(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site))
    page = f"/documents/{paper.id}/void"
    assert "作废须写明理由" in post(handler, page, reason=" ").text
    assert post(handler, page, reason="重复起草").status_code == 303
    assert now(site, paper).status is Status.VOID
    assert handler.get(f"/documents/{paper.id}/edit").status_code == 409


def test_a_stranger_to_the_case_gets_the_answer_of_a_paper_that_is_not_there(
    site: Site, as_: Callable[[str], FlaskClient]
) -> None:
    paper = draft(site, open_case(site))
    stranger = as_("外人")
    for path in ("edit", "preview", "sign", "return", "issue", "void"):
        theirs, nowhere = (stranger.get(f"/documents/{i}/{path}") for i in (paper.id, "nothing"))
        assert theirs.status_code == nowhere.status_code == 404
        assert theirs.text == nowhere.text
