"""Serving by the pages: begin, result, proof, failure, printing; what is hidden stays hidden."""

import base64
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from casework import queries
from casework.facts import DocumentFacts, Status
from foundation.context import Context
from generator import issuing
from generator.press import Press
from tests.casework.offices import Bureau
from tests.casework.test_attempts import photo
from tests.conftest import move
from tests.generator.test_printing import Here
from tests.web.conftest import csrf_of
from tests.web.rooms import House


@pytest.fixture
def house(ctx: Context, tmp_path: Path) -> House:
    return House(ctx, tmp_path / "templates")


@pytest.fixture
def press(house: House) -> Press:
    press = Press(house.ctx)
    press.pool = Here()  # type: ignore[assignment]
    house.app.extensions["anjuan.press"] = press
    return press


def issued(house: House, press: Press, type_id: str = "stop_order") -> DocumentFacts:
    draft = house.bureau.draft(type_id, house.case)
    return issuing.issue(house.ctx, house.bureau.as_("甲一"), draft.id, press)


def begun(house: House, client: FlaskClient, paper: DocumentFacts, method: str = "ems") -> str:
    address = f"/documents/{paper.id}/serve"
    form = {"csrf": csrf_of(client.get(address).text), "method": method, "papers": paper.id, "once": "x" + method}
    answer = client.post(address, data=form)
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2]


def paper_now(house: House, document_id: str) -> DocumentFacts:
    with house.ctx.database.read() as session:
        return queries.document_facts(session, document_id)


def test_the_page_shows_of_a_method_what_it_needs_alone(house: House, press: Press) -> None:
    client, paper = house.as_("甲一"), issued(house, press)
    direct = client.get(f"/documents/{paper.id}/serve").text
    assert "建议" in direct
    assert 'name="ems_no"' not in direct
    mail = client.get(f"/documents/{paper.id}/serve?method=ems").text
    assert 'name="ems_no"' in mail
    assert 'name="delegate_reason"' not in mail
    assert 'name="delegate_reason"' in client.get(f"/documents/{paper.id}/serve?method=entrusted").text
    assert "为什么不能？" in direct
    assert "没有书面同意电子送达" in direct


def test_a_double_click_begins_one_attempt(house: House, press: Press) -> None:
    client, paper = house.as_("甲一"), issued(house, press)
    assert begun(house, client, paper) == begun(house, client, paper)


def test_result_proof_and_effect_stand_on_one_page(house: House, press: Press) -> None:
    client, paper = house.as_("甲一"), issued(house, press)
    move(house.ctx, "2026-01-07T11:25")
    receipt = begun(house, client, paper)
    page = client.get(f"/services/{receipt}").text
    assert "没有邮政特快专递单号" in page or "没有收到时间" in page
    csrf = csrf_of(page)
    base = re.search(r'name="base_version" value="(\d+)"', page)
    assert base
    result = {"csrf": csrf, "base_version": base[1], "received_at": "2026-01-07T11:20", "method": "直接"}
    assert client.post(f"/services/{receipt}/result", data=result).status_code == 303
    kept = paper_now(house, receipt)
    assert (kept.data["received_at"], kept.data["method"]) == ("2026-01-07T11:20", "邮寄")
    wrong = {**result, "base_version": str(kept.version), "received_at": "昨天"}
    again = client.post(f"/services/{receipt}/result", data=wrong)
    assert again.status_code == 422
    file = {"csrf": csrf, "what": "付邮凭证", "file": (io.BytesIO(photo()), "凭证.jpg")}
    assert client.post(f"/services/{receipt}/proofs", data=file).status_code == 303
    shown = client.get(f"/services/{receipt}/proofs/proof_1")
    assert (shown.mimetype, shown.data) == ("image/jpeg", photo())
    lying = {"csrf": csrf, "what": "付邮凭证", "file": (io.BytesIO(b""), "空.pdf")}
    assert client.post(f"/services/{receipt}/proofs", data=lying).status_code == 422
    assert client.post(f"/services/{receipt}/proofs", data={"csrf": csrf, "what": "付邮凭证"}).status_code == 422


def test_a_large_proof_comes_in_pieces(house: House, press: Press) -> None:
    client, paper = house.as_("甲一"), issued(house, press)
    receipt = begun(house, client, paper)
    told = {"purpose": "service_proof", "subject": receipt, "filename": "a.jpg", "what": "付邮凭证"}
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
    data = photo()
    headers = {"Tus-Resumable": "1.0.0", "X-CSRF-Token": csrf_of(client.get(f"/services/{receipt}").text)}
    begin = {**headers, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    upload = client.post("/uploads", headers=begin).headers["Location"]
    piece = {**headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert client.patch(upload, data=data, headers=piece).status_code == 204
    assert client.get(upload).location == f"/services/{receipt}"
    assert client.get(f"/services/{receipt}/proofs/proof_1").data == data
    told["what"] = "别的"
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
    assert client.post("/uploads", headers={**begin, "Upload-Metadata": metadata}).status_code == 422


def test_what_failed_leads_to_the_next_method(house: House, press: Press) -> None:
    client, paper = house.as_("甲一"), issued(house, press)
    receipt = begun(house, client, paper, "direct")
    form = {"csrf": csrf_of(client.get(f"/services/{receipt}").text), "why": "", "more": "敲门无人应答"}
    refused = client.post(f"/services/{receipt}/fail", data=form)
    assert refused.status_code == 422
    assert "敲门无人应答" in refused.text
    answer = client.post(f"/services/{receipt}/fail", data={**form, "why": "无人在场"})
    assert answer.location.endswith(f"/documents/{paper.id}/serve")
    page = client.get(answer.location).text
    assert "已试 1 次未送达" in page
    assert "无人在场：敲门无人应答" in page
    assert paper_now(house, receipt).status is Status.VOID
    assert "改用其他方式" in client.get(f"/services/{receipt}").text


def test_services_of_another_office_are_not_there(house: House, press: Press) -> None:
    client, paper = house.as_("甲一"), issued(house, press)
    receipt = begun(house, client, paper)
    csrf = csrf_of(client.get(f"/services/{receipt}").text)
    client.post(
        f"/services/{receipt}/proofs",
        data={"csrf": csrf, "what": "付邮凭证", "file": (io.BytesIO(photo()), "a.jpg")},
    )
    stranger = house.as_("甲一", Bureau(house.ctx, fonds_no="QH02"))
    token = {"csrf": csrf_of(stranger.get("/account").text)}
    for address in (f"/documents/{paper.id}/serve", f"/services/{receipt}", f"/services/{receipt}/proofs/proof_1"):
        assert stranger.get(address).status_code == 404, address
    for address in (f"/services/{receipt}/{act}" for act in ("result", "proofs", "fail", "recordings")):
        assert stranger.post(address, data=token).status_code == 404, address
    assert stranger.get(f"/cases/{house.case.id}/print").status_code == 404


def test_a_round_of_service_is_one_print_job(house: House, press: Press) -> None:
    client, paper = house.as_("甲一"), issued(house, press)
    receipt = begun(house, client, paper, "direct")
    address = f"/cases/{house.case.id}/print"
    page = client.get(f"{address}?receipt={receipt}").text
    assert f'value="{receipt}" selected' in page
    form = {"csrf": csrf_of(page), f"copies.{paper.id}": "2", f"receipt.{paper.id}": receipt, "duplex": "1"}
    assert client.post(address, data={**form, f"copies.{paper.id}": "两份"}).status_code == 422
    assert client.post(address, data={"csrf": form["csrf"]}).status_code == 422
    made = client.post(address, data=form)
    assert made.status_code == 303
    kit = client.get(made.location).text
    assert "送达回证" in kit
    assert "待打印" in client.get(address).text
    assert client.post(f"{made.location}/printed", data={"csrf": form["csrf"]}).status_code == 303
    assert "已打印" in client.get(address).text
