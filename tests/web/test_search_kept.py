"""The search page keeps searches, takes back what was typed, and tells slips."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.conftest import csrf_of


def test_a_typed_facet_is_taken_back_by_its_cross(handler: FlaskClient) -> None:
    page = handler.get("/search?q=孙样例 类别:音像").text
    (cross,) = re.findall(r'href="([^"]*)" title="去掉这个条件">音像 ×', page)
    after = handler.get(cross.replace("&amp;", "&")).text
    assert 'value="孙样例"' in after
    assert "音像 ×" not in after


def test_a_date_that_is_none_gives_a_hint(handler: FlaskClient) -> None:
    assert "“2026-13”不是日期" in handler.get("/search?q=日期:2026-13").text


def test_a_search_is_kept_shared_and_taken_away(as_: Callable[[str], FlaskClient], handler: FlaskClient) -> None:
    page = handler.get("/search?q=孙样例&thing=recording").text
    form = {"csrf": csrf_of(page), "once": "k1", "name": "孙的音像", "role": "handler"}
    kept = handler.post("/search?q=孙样例&thing=recording", data=form)
    assert kept.status_code == 303
    assert "孙的音像" in handler.get("/search").text
    assert "孙的音像" in as_("外人").get("/search").text
    assert "孙的音像" not in as_("丁四").get("/search").text
    refused = handler.post("/search?q=孙样例", data={**form, "once": "k2"})
    assert refused.status_code == 409
    assert 'value="孙的音像"' in refused.text
    target = re.search(r"/searches/[0-9a-f-]+/remove", handler.get("/search").text)
    assert target
    assert as_("外人").post(target[0], data={"csrf": csrf_of(as_("外人").get("/search").text)}).status_code in (
        403,
        404,
    )
    assert handler.post(target[0], data={"csrf": csrf_of(handler.get("/search").text)}).status_code == 303
    assert "孙的音像" not in handler.get("/search").text
