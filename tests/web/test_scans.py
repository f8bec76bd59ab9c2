"""The pages of scanned stacks: brought by form or by pieces, filed by hand where codes could not be read."""

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from casework import queries
from casework.facts import DocumentFacts
from casework.operations import scanning
from casework.operations.signed_copies import SCAN
from casework.queries.copies import number_key
from casework.stacks import stacks_of
from foundation.context import Context
from foundation.jobs import KINDS
from generator import issuing
from generator.press import Press
from tests.casework.offices import Bureau
from tests.generator.scanned import blank, scanned, stack_of, written
from tests.generator.test_printing import Here
from tests.generator.test_stacks import Once
from tests.web.conftest import csrf_of
from tests.web.rooms import House


@pytest.fixture
def house(ctx: Context, tmp_path: Path) -> House:
    return House(ctx, tmp_path / "templates", "summary")


def letter(house: House, text: str = "其一") -> DocumentFacts:
    press = Press(house.ctx)
    press.pool = Here()  # type: ignore[assignment]
    draft = house.bureau.draft("letter", house.case, data={"text": text})
    return issuing.issue(house.ctx, house.bureau.as_("甲一"), draft.id, press)


def scan_of(house: House, paper: DocumentFacts) -> Image.Image:
    return scanned(house.ctx.blobs.read(paper.blobs["pdf"]))


def bring(house: House, client: FlaskClient, data: bytes, name: str = "回证·一.pdf") -> str:
    form = {"csrf": csrf_of(client.get("/scans").text), "file": (io.BytesIO(data), name)}
    answer = client.post("/scans", data=form)
    assert answer.status_code == 303, answer.text
    return answer.location


def read(house: House, by: str = "甲一") -> None:
    actor = house.bureau.as_(by)
    with house.ctx.database.read() as session:
        latest = stacks_of(session, actor.account_id)[0]
    KINDS[scanning.JOB].run(Once(house.ctx, latest.id, actor.account_id))  # type: ignore[arg-type]


def now(house: House, paper: DocumentFacts) -> DocumentFacts:
    with house.ctx.database.read() as session:
        return queries.document_facts(session, paper.id)


def test_a_stack_is_brought_read_and_shown(house: House) -> None:
    client, paper = house.as_("甲一"), letter(house)
    address = bring(house, client, stack_of([scan_of(house, paper), blank(), written()]))
    assert "data-poll" in client.get(address).text
    read(house)
    page = client.get(address).text
    assert "已归入 1 页" in page
    assert "没有读到二维码" in page
    assert paper.number in page
    picture = client.get(f"{address}/pages/3.png")
    assert Image.open(io.BytesIO(picture.data)).width > 600
    assert client.get(f"{address}/pages/99.png").status_code == 422
    assert client.get(f"{address}/file").data.startswith(b"%PDF")


def test_a_page_is_filed_by_the_number_that_is_typed_in_any_width(house: House) -> None:
    client, paper = house.as_("甲一"), letter(house)
    address = bring(house, client, stack_of([written(), written("two")]))
    read(house)
    csrf = csrf_of(client.get(address).text)
    wrong = client.post(f"{address}/pages/1/file", data={"csrf": csrf, "paper_number": "没有〔2026〕第9号"})
    assert wrong.status_code == 422
    assert "没有〔2026〕第9号" in wrong.text
    assert client.post(f"{address}/pages/1/file", data={"csrf": csrf}).status_code == 422
    typed = paper.number.replace("〔", "[").replace("〕", "］").replace("2026", "２０２６")
    assert client.post(f"{address}/pages/1/file", data={"csrf": csrf, "paper_number": typed}).status_code == 303
    assert SCAN in now(house, paper).blobs
    assert client.post(f"{address}/pages/2/drop", data={"csrf": csrf, "reason": ""}).status_code == 422
    assert client.post(f"{address}/pages/2/drop", data={"csrf": csrf, "reason": "重复扫描"}).status_code == 303
    again = client.post(f"{address}/pages/2/file", data={"csrf": csrf, "document": paper.id})
    assert again.status_code == 409
    assert "重复扫描" in client.get(address).text


def test_the_same_stack_again_leads_to_the_first(house: House) -> None:
    client, data = house.as_("甲一"), stack_of([written()])
    assert bring(house, client, data) == bring(house, client, data, "又一次.pdf")
    assert "此前已经上传过" in client.get("/scans").text


@pytest.mark.parametrize("name", ["空.pdf", "a.exe"])
def test_what_cannot_be_read_is_told_beside_the_field(house: House, name: str) -> None:
    client = house.as_("甲一")
    csrf = csrf_of(client.get("/scans").text)
    data = b"" if name == "空.pdf" else b"MZ"
    answer = client.post("/scans", data={"csrf": csrf, "file": (io.BytesIO(data), name)})
    assert answer.status_code == 422
    assert client.post("/scans", data={"csrf": csrf}).status_code == 422


def test_stacks_of_others_are_not_there(house: House) -> None:
    client = house.as_("甲一")
    address = bring(house, client, stack_of([written()]))
    read(house)
    for who in (house.as_("乙二"), house.as_("甲一", Bureau(house.ctx, fonds_no="QH02"))):
        csrf = csrf_of(who.get("/account").text)
        for path in (address, f"{address}/pages/1.png", f"{address}/file"):
            assert who.get(path).status_code == 404, path
        for path in (f"{address}/again", f"{address}/pages/1/file", f"{address}/pages/1/drop"):
            assert who.post(path, data={"csrf": csrf, "reason": "x", "document": "y"}).status_code == 404, path
    assert house.as_("壬九").get("/scans").status_code == 403


def test_a_large_stack_comes_in_pieces(house: House) -> None:
    client, paper = house.as_("甲一"), letter(house)
    data = stack_of([scan_of(house, paper)])
    headers = {"Tus-Resumable": "1.0.0", "X-CSRF-Token": csrf_of(client.get("/scans").text)}
    metadata = "purpose c2Nhbl9zdGFjaw==,subject eA==,filename YS5wZGY="
    begun = client.post("/uploads", headers={**headers, "Upload-Length": str(len(data)), "Upload-Metadata": metadata})
    assert begun.status_code == 201, begun.text
    piece = {**headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert client.patch(begun.headers["Location"], data=data, headers=piece).status_code == 204
    shown = client.get(begun.headers["Location"])
    assert shown.status_code == 303
    assert shown.location.startswith("/scans/")
    read(house)
    assert SCAN in now(house, paper).blobs
    archivist = house.as_("壬九")
    headers["X-CSRF-Token"] = csrf_of(archivist.get("/account").text)
    refused = archivist.post("/uploads", headers={**headers, "Upload-Length": "9", "Upload-Metadata": metadata})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "typed", ["清政〔2026〕第3号", "清政[2026]第3号", "清政（２０２６）第３号", " 清政 〔2026〕 第 3 号 "]
)
def test_numbers_are_found_however_their_brackets_and_digits_were_typed(typed: str) -> None:
    assert number_key(typed) == "清政〔2026〕第3号"
