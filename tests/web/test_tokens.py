"""The page of access tokens: what is made is shown once, and the interface knows it until it is ended."""

import re

from flask.testing import FlaskClient

from tests.web.conftest import Site, csrf_of
from web.api.registry import ENDPOINTS
from web.auth.tokens import SCOPES

UPLOADING = {"recording:add"}
"""What the door of uploads asks, which is no operation of the interface."""


def made(handler: FlaskClient, **changes: object) -> tuple[int, str]:
    page = handler.get("/account/tokens").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    form = {"csrf": csrf_of(page), "once": once[1], "name": "统计程序", "days": "7", "scopes": ["case:read"], **changes}
    answer = handler.post("/account/tokens", data=form)
    return answer.status_code, answer.text


def test_a_token_is_shown_once_and_opens_the_interface(site: Site, handler: FlaskClient) -> None:
    status, page = made(handler)
    assert status == 200
    secret = re.search(r"anjuan_[\w-]{40,}", page)
    assert secret
    assert secret[0] not in handler.get("/account/tokens").text
    headers = {"Authorization": f"Bearer {secret[0]}"}
    assert site.app.test_client().get("/api/v1/me", headers=headers).status_code == 200
    path = re.findall(r"/account/tokens/[^/]+/revoke", handler.get("/account/tokens").text)[0]
    assert handler.post(path, data={"csrf": csrf_of(page)}).status_code == 303
    assert site.app.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_a_fault_stands_beside_its_field_and_nothing_is_lost(handler: FlaskClient) -> None:
    status, page = made(handler, name="另一程序", scopes=[])
    assert status == 422
    assert "没有选择令牌的权限" in page
    assert 'value="另一程序"' in page


def test_a_form_sent_twice_makes_one_token(handler: FlaskClient) -> None:
    page = handler.get("/account/tokens").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    form = {"csrf": csrf_of(page), "once": once[1], "name": "双击程序", "days": "7", "scopes": ["case:read"]}
    assert [handler.post("/account/tokens", data=form).status_code for _ in range(2)] == [200, 303]
    assert handler.get("/account/tokens").text.count("双击程序") == 1


def test_what_can_be_chosen_is_what_the_interface_asks() -> None:
    asked = {p.value for e in ENDPOINTS.values() for p in e.scopes}
    assert {p.value for p in SCOPES} == asked | UPLOADING
