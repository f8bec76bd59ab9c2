"""Signing, giving back, issuing from pages; signing on one's own phone by a code that is good once."""

import base64
import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image

from casework import queries
from casework.facts import DocumentFacts, Status
from casework.operations import documents, phone_signing
from foundation.clock import ManualClock
from foundation.errors import NotFound, Refused
from tests.web.conftest import Site, csrf_of
from tests.web.desk import actor, draft, open_case, post

FULL = {"source_type": "行政检查发现", "clue_summary": "物料未覆盖", "verify_opinion": "建议立案"}


def picture() -> str:
    out = io.BytesIO()
    Image.new("RGBA", (60, 24), (0, 0, 0, 200)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def now(site: Site, facts: DocumentFacts) -> DocumentFacts:
    with site.ctx.database.read() as session:
        return queries.document_facts(session, facts.id)


def asked(site: Site) -> DocumentFacts:
    """Return a confirmation of service address, which the party signs before it is issued."""
    return draft(site, open_case(site), "address_confirmation")


def test_a_paper_goes_from_signature_to_issue_by_pages(site: Site, as_: Callable[[str], FlaskClient]) -> None:
    handler, head = as_("甲一"), as_("丙三")
    paper = draft(site, open_case(site), **FULL)
    page = f"/documents/{paper.id}"
    assert "为什么不能" in handler.get(page).text
    digest = paper.content_digest
    answer = post(handler, f"{page}/sign", f"{page}/sign/handler", digest=digest, image=picture())
    assert answer.status_code == 303, answer.text
    text = head.get(f"{page}/sign").text
    slot = re.search(r'id="slot-([^"]+)"', text)
    assert slot
    answer = post(head, f"{page}/sign", f"{page}/sign/{slot[1]}", digest=digest, **{"value.unit_opinion": "同意"})
    assert answer.status_code == 303, answer.text
    assert post(handler, f"{page}/issue").status_code == 303
    assert now(site, paper).status is Status.ISSUED


def test_what_stands_against_issuing_is_told_with_article_and_helper(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site), **FULL)
    answer = post(handler, f"/documents/{paper.id}/issue")
    assert answer.status_code == 409
    assert "A37.1" in answer.text
    assert "可由承办机构负责人办理" in answer.text
    assert now(site, paper).status is Status.DRAFT


def test_a_signature_counts_for_what_the_signer_looked_at(site: Site, handler: FlaskClient) -> None:
    paper = draft(site, open_case(site), **FULL)
    page = f"/documents/{paper.id}/sign"
    author = actor(site, "甲一")
    documents.revise(site.ctx, author, document_id=paper.id, base_version=1, data={"clue_summary": "改了"})
    answer = post(handler, page, f"{page}/handler", digest=paper.content_digest)
    assert answer.status_code == 409
    assert "有改动" in answer.text
    assert not now(site, paper).slots


def test_a_paper_is_given_back_with_a_remark_at_its_field(site: Site, as_: Callable[[str], FlaskClient]) -> None:
    handler, head = as_("甲一"), as_("丙三")
    paper = draft(site, open_case(site), **FULL)
    page = f"/documents/{paper.id}/return"
    assert "退回须写明意见" in post(head, page).text
    assert post(head, page, **{"remark.clue_summary": "写明地点"}).status_code == 303
    edit = handler.get(f"/documents/{paper.id}/edit").text
    assert "写明地点" in edit
    assert 'href="#f-clue_summary"' in edit


def test_what_changed_since_a_return_stands_before_the_signer(site: Site, as_: Callable[[str], FlaskClient]) -> None:
    head = as_("丙三")
    paper = draft(site, open_case(site), **FULL)
    documents.return_document(site.ctx, actor(site, "丙三"), document_id=paper.id, remarks={"": "补充"})
    changed = {"clue_summary": "清河路口物料未覆盖"}
    documents.revise(site.ctx, actor(site, "甲一"), document_id=paper.id, base_version=1, data=changed)
    page = head.get(f"/documents/{paper.id}/sign").text
    assert "退回后改了什么" in page
    assert "清河路口物料未覆盖" in page


def test_who_signs_on_the_offices_screen_draws_or_signed_on_paper(site: Site, handler: FlaskClient) -> None:
    paper = asked(site)
    page = f"/documents/{paper.id}/sign"
    answer = post(handler, page, f"{page}/party", name="钱样本", method="screen")
    assert answer.status_code == 422
    assert "还没有手写签名" in answer.text
    assert not now(site, paper).slots
    assert post(handler, page, f"{page}/party", name="钱样本", method="paper").status_code == 303


def test_a_party_signs_on_the_own_phone_by_a_code_that_is_good_once(site: Site, handler: FlaskClient) -> None:
    paper = asked(site)
    page = f"/documents/{paper.id}/sign"
    answer = post(handler, page, f"{page}/party/code", name="钱样本")
    assert answer.status_code == 200, answer.text
    assert "/s/" not in re.sub(r'src="data:[^"]*"', "", answer.text)  # staff see the code, never the link
    _, token = phone_signing.offer(site.ctx, actor(site, "甲一"), document_id=paper.id, slot="party", name="钱样本")
    phone = site.app.test_client()
    text = phone.get(f"/s/{token}").text
    assert paper.title in text
    assert phone.get(f"/s/{token}/pages/1.png").mimetype == "image/png"
    signed = phone.post(f"/s/{token}", data={"csrf": csrf_of(text), "image": picture()})
    assert "已签名" in signed.text
    fill = now(site, paper).slots[-1]
    assert (fill.name, fill.person_id, bool(fill.image)) == ("钱样本", "", True)
    again = phone.get(f"/s/{token}")
    assert again.status_code == 410
    assert "已经用过" in again.text


def test_an_empty_signature_leaves_the_code_open(site: Site) -> None:
    paper = asked(site)
    _, token = phone_signing.offer(site.ctx, actor(site, "甲一"), document_id=paper.id, slot="party", name="钱样本")
    phone = site.app.test_client()
    text = phone.get(f"/s/{token}").text
    answer = phone.post(f"/s/{token}", data={"csrf": csrf_of(text), "image": ""})
    assert answer.status_code == 422
    assert "还没有签名" in answer.text
    assert phone_signing.link_of(site.ctx, token).used_at is None


def test_a_code_ends_after_five_minutes_with_a_new_version_and_with_a_new_code(site: Site) -> None:
    clock, author = site.ctx.clock, actor(site, "甲一")
    assert isinstance(clock, ManualClock)
    words = {"slot": "party", "name": "钱样本"}
    paper = asked(site)
    _, first = phone_signing.offer(site.ctx, author, document_id=paper.id, **words)
    _, second = phone_signing.offer(site.ctx, author, document_id=paper.id, **words)
    with pytest.raises(Refused, match="过期"):
        phone_signing.link_of(site.ctx, first)
    documents.revise(site.ctx, author, document_id=paper.id, base_version=1, data={"recipient": "钱样本收"})
    with pytest.raises(Refused, match="有改动"):
        phone_signing.link_of(site.ctx, second)
    other = asked(site)
    _, third = phone_signing.offer(site.ctx, author, document_id=other.id, **words)
    clock.move(clock.now() + dt.timedelta(minutes=5))
    with pytest.raises(Refused, match="过期"):
        phone_signing.link_of(site.ctx, third)
    with pytest.raises(NotFound):
        phone_signing.link_of(site.ctx, "guessed")


def test_whoever_declines_on_the_phone_is_not_recorded_as_refusing(site: Site, handler: FlaskClient) -> None:
    paper = asked(site)
    link, token = phone_signing.offer(site.ctx, actor(site, "甲一"), document_id=paper.id, slot="party", name="钱样本")
    phone_signing.decline(site.ctx, token, reason="对地址有异议")
    assert not now(site, paper).slots
    said = handler.get(f"/signing-links/{link.id}").get_json()
    assert said == {"state": "declined", "reason": "对地址有异议"}


def test_only_the_officer_who_showed_a_code_follows_it(site: Site, as_: Callable[[str], FlaskClient]) -> None:
    paper = asked(site)
    link, _ = phone_signing.offer(site.ctx, actor(site, "甲一"), document_id=paper.id, slot="party", name="钱样本")
    assert as_("丁四").get(f"/signing-links/{link.id}").status_code == 404


def test_a_head_lets_somebody_sign_in_named_papers_and_takes_it_back(
    site: Site, as_: Callable[[str], FlaskClient]
) -> None:
    head, deputy = as_("丙三"), actor(site, "丁四")
    answer = post(head, "/delegations", role="unit_head", delegate_id=deputy.person_id, types="case_source_register")
    assert answer.status_code == 422
    assert "没有填写日期" in answer.text
    day = f"{site.ctx.clock.now():%Y-%m-%d}"
    full = {"role": "unit_head", "delegate_id": deputy.person_id, "types": "case_source_register"}
    full |= {"valid_from": day, "valid_to": day, "basis": "授权书〔2026〕1号"}
    assert post(head, "/delegations", **full).status_code == 303
    page = head.get("/delegations").text
    assert "授权书〔2026〕1号" in page
    paper = draft(site, open_case(site), **FULL)
    documents.fill_slot(site.ctx, actor(site, "甲一"), document_id=paper.id, slot="handler")
    assert "slot-unit" in as_("丁四").get(f"/documents/{paper.id}/sign").text
    found = re.search(r"/delegations/([^/]+)/end", page)
    assert found
    assert post(head, "/delegations", found[0]).status_code == 303
    assert as_("丁四").get(f"/documents/{paper.id}/sign").text.count('id="slot-unit"') == 0
