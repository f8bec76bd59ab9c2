"""The browser's side of sign-in: CSRF on every change, epochs of rights, local returns (A21, C1, C4, C6, C10)."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from access import accounts
from access.models import SignInAttemptRow
from access.persons import appoint, appointments, end_appointment
from foundation.context import Context
from tests.access.office import PASSWORD, WRONG, actor, administrator, an_account, an_agency
from web.app import create_app
from web.security import csrf_token, local_path, signed_in, the_actor

FORM = {"login": "jiayi", "password": PASSWORD}


@pytest.fixture
def app(ctx: Context) -> Flask:
    an_account(ctx, an_agency(ctx).id, "handler")
    app = create_app(ctx)

    @app.route("/trial", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @signed_in
    def trial() -> str:
        return f"{the_actor().name} {csrf_token()}"

    @app.post("/api/v1/trial")
    @signed_in
    def api_trial() -> dict[str, str]:
        return {"name": the_actor().name}

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token_of(page: TestResponse) -> str:
    """Return the CSRF token that a page carries."""
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    assert found
    return found[1]


def enter(client: FlaskClient, target: str = "/trial", **form: str) -> TestResponse:
    """Fill in the sign-in form."""
    page = client.get("/sign-in", query_string={"next": target})
    return client.post("/sign-in", data={**FORM, "csrf": token_of(page), "next": target, **form})


def own_token(client: FlaskClient) -> str:
    """Return the token of a page that the signed-in person opens."""
    return client.get("/trial").text.split(" ")[1]


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client: FlaskClient) -> None:
    away = client.get("/trial?page=2")
    assert (away.status_code, away.location) == (302, "/sign-in?next=/trial?page%3D2")
    back = enter(client, "/trial?page=2")
    assert (back.status_code, back.location) == (303, "/trial?page=2")
    assert client.get("/trial").text.startswith("jiayi ")


def test_a_program_without_an_access_token_is_told_so(client: FlaskClient) -> None:
    token = token_of(client.get("/sign-in"))
    answer = client.post("/api/v1/trial", json={}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 401
    assert "访问令牌" in answer.get_json()["message"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("sent", [None, "", "x", ".", "长.长"])
def test_c1_a_change_without_the_sessions_token_is_refused(client: FlaskClient, method: str, sent: str | None) -> None:
    enter(client)
    headers = {} if sent is None else {"X-CSRF-Token": sent.encode().decode("latin-1")}
    assert getattr(client, method)("/trial", headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/password", "/api/v1/trial"])
def test_c1_every_post_asks_for_the_token(client: FlaskClient, path: str) -> None:
    enter(client)
    assert client.post(path, data={"csrf": "guessed"}).status_code == 403
    assert client.post(path, json={"csrf": own_token(client)}).status_code == 403, "a body of JSON is no proof"
    assert client.get("/trial").status_code == 200, "nothing was changed"


def test_the_token_counts_in_a_form_and_in_a_header(client: FlaskClient) -> None:
    enter(client)
    token = own_token(client)
    assert client.post("/trial", data={"csrf": token}).status_code == 200
    assert client.post("/trial", headers={"X-CSRF-Token": token}).status_code == 200


def test_a_session_changes_nothing_at_the_door_of_programs(client: FlaskClient) -> None:
    enter(client)
    token = own_token(client)
    assert client.post("/api/v1/trial", json={}, headers={"X-CSRF-Token": token}).status_code == 403


def test_c1_the_token_of_another_session_does_not_count(app: Flask) -> None:
    one, other = app.test_client(), app.test_client()
    enter(one)
    enter(other)
    assert other.post("/trial", data={"csrf": own_token(one)}).status_code == 403


def test_the_token_from_before_signing_in_does_not_count_afterwards(client: FlaskClient) -> None:
    before = token_of(client.get("/sign-in"))
    enter(client)
    assert client.post("/trial", data={"csrf": before}).status_code == 403


def test_a21_a_tab_from_before_a_transfer_is_told_so(client: FlaskClient, ctx: Context) -> None:
    enter(client)
    token = own_token(client)
    with ctx.database.read() as session:
        me = accounts.actor_of(session, accounts.account_of(session, "jiayi").id, ctx.clock.now())
    by = administrator(ctx, me.agency_id)
    appoint(ctx, by, person_id=me.person_id, role="archivist", valid_from=dt.date(2026, 1, 5), department="档案室")
    answer = client.post("/trial", data={"csrf": token})
    assert answer.status_code == 409
    assert "有变动" in answer.text
    assert client.post("/trial", data={"csrf": own_token(client)}).status_code == 200


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient) -> None:
    enter(client)
    cookie = client.get_cookie("anjuan")
    assert cookie is not None
    assert client.post("/sign-out", data={"csrf": own_token(client)}).location == "/sign-in"
    client.set_cookie("anjuan", cookie.value)
    assert client.get("/trial").status_code == 302, "the old cookie opens nothing"


@pytest.mark.parametrize("login", ["jiayi", "nobody"])
def test_c4_unknown_account_and_wrong_password_get_one_page(client: FlaskClient, login: str) -> None:
    page = enter(client, login=login, password=WRONG)
    assert page.status_code == 401
    assert "账号或口令不对，或账号不能使用。" in page.text
    assert WRONG not in page.text


def test_c3_too_many_failures_say_how_long_to_wait(client: FlaskClient) -> None:
    for _ in range(4):
        enter(client, password=WRONG)
    page = enter(client)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "1")
    assert "秒后再试" in page.text


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\t/evil.example",
     "///evil.example", "/\n//evil.example", "javascript:alert(1)", "evil", "", " /x", "/\u2028/evil.example"],
)  # fmt: skip
def test_c10_a_return_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    assert local_path(target) == "/"
    assert enter(client, target).location == "/work", "where a handler begins"


@pytest.mark.parametrize("target", ["/", "/cases?page=2", "/search?q=%E7%A0%82%E7%9F%B3", "/search?q=砂石"])
def test_a_return_to_a_page_of_ours_is_kept(target: str) -> None:
    assert local_path(target) == target


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = enter(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("path", ["/sign-in", "/trial", "/nothing-here"])
def test_every_answer_carries_the_strict_policy_and_is_not_kept(client: FlaskClient, path: str) -> None:
    enter(client)
    headers = client.get(path).headers
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"


def test_a_fragment_for_a_page_without_session_sends_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/trial", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/trial")


def test_ones_own_page_shows_roles_in_chinese(client: FlaskClient) -> None:
    enter(client)
    page = client.get("/account").text
    assert "承办人" in page
    assert "综合执法办公室" in page


def test_c6_a_changed_password_ends_the_session_and_asks_to_sign_in_anew(client: FlaskClient) -> None:
    enter(client)
    form = {"csrf": own_token(client), "old": PASSWORD, "new": "另一句够长的口令话", "again": "另一句够长的口令话"}
    assert client.post("/account/password", data=form).location == "/sign-in"
    assert client.get("/trial").status_code == 302
    assert enter(client, password="另一句够长的口令话").status_code == 303  # noqa: S106 - of an account that lives for one test


@pytest.mark.parametrize(
    ("wrong", "words"), [({"old": "x"}, "原口令"), ({"again": "x"}, "不一致"), ({"new": "x", "again": "x"}, "10到200")]
)
def test_a_wrong_change_of_password_says_what_is_wrong(client: FlaskClient, wrong: dict[str, str], words: str) -> None:
    enter(client)
    form = {"csrf": own_token(client), "old": PASSWORD, "new": "另一句够长的口令话", "again": "另一句够长的口令话"}
    page = client.post("/account/password", data={**form, **wrong})
    assert page.status_code == 422
    assert words in page.text


def test_an_account_without_a_role_signs_in_and_is_told_why_nothing_is_there(client: FlaskClient, ctx: Context) -> None:
    agency = an_agency(ctx, "邻镇人民政府（虚构）")
    account = an_account(ctx, agency.id, "handler", login="gone")
    me = actor(ctx, account)
    with ctx.database.read() as session:
        held = appointments(session, me.person_id)[0].id
    end_appointment(ctx, administrator(ctx, agency.id), held)
    enter(client, login="gone")
    assert "现在没有有效的任职" in client.get("/account").text


@pytest.mark.parametrize(("layers", "blamed"), [(0, "127.0.0.1"), (1, "198.51.100.9")])
def test_the_visitors_address_is_believed_only_from_a_trusted_proxy(ctx: Context, layers: int, blamed: str) -> None:
    settings = ctx.settings.model_copy(update={"trusted_proxies": layers})
    an_account(ctx, an_agency(ctx).id)
    client = create_app(replace(ctx, settings=settings)).test_client()
    form = {**FORM, "password": WRONG, "csrf": token_of(client.get("/sign-in"))}
    client.post("/sign-in", data=form, headers={"X-Forwarded-For": "198.51.100.9"})
    with ctx.database.read() as session:
        assert session.scalars(sa.select(SignInAttemptRow.address)).all() == [blamed]
