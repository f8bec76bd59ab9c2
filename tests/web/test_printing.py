"""Printing a paper in the browser: copies chosen, one file, marked once; who may not read it gets nothing."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.conftest import Site, csrf_of


def made(client: FlaskClient, document_id: str, **fields: str) -> tuple[int, str]:
    page = client.get(f"/documents/{document_id}/print").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    data = {"csrf": csrf_of(page), "once": once[1], "copies": "2", "duplex": "1", **fields}
    answer = client.post(f"/documents/{document_id}/print", data=data)
    again = client.post(f"/documents/{document_id}/print", data=data)
    assert again.headers.get("Location") == answer.headers.get("Location")
    return answer.status_code, answer.headers.get("Location", answer.text)


def paper(site: Site) -> str:
    return next(i for i in site.documents.values() if document_type(site, i) == "summary_penalty_decision")


def document_type(site: Site, document_id: str) -> str:
    return next(site.document(n).type for n, i in site.documents.items() if i == document_id)


def test_a_print_job_is_made_fetched_and_marked(site: Site, handler: FlaskClient) -> None:
    status, where = made(handler, paper(site))
    assert status == 303
    page = handler.get(where).text
    assert "未打印" in page
    file = handler.get(f"{where}/kit.pdf")
    assert file.data.startswith(b"%PDF")
    assert file.headers["Content-Length"] == str(len(file.data))
    for _ in range(2):
        assert handler.post(f"{where}/printed", data={"csrf": csrf_of(page)}).status_code == 303
    assert "已打印" in handler.get(where).text


def test_a_wrong_number_of_copies_comes_back_with_what_was_typed(site: Site, handler: FlaskClient) -> None:
    status, page = made(handler, paper(site), copies="２１")
    assert status == 422
    assert "打印份数不对" in page
    assert 'value="２１"' in page


def test_a_stranger_is_told_that_there_is_none(
    site: Site, handler: FlaskClient, as_: Callable[[str], FlaskClient]
) -> None:
    _, where = made(handler, paper(site))
    outside = as_("外人")
    assert [outside.get(u).status_code for u in (where, f"{where}/kit.pdf", f"/documents/{paper(site)}/print")] == [
        404
    ] * 3
