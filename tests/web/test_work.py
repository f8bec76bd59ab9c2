"""My work and the tour: one next act a row, the law, the time left; nothing of others, works without script."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from casework.operations.work import Item
from casework.queries.work import CaseHead
from foundation.clock import parse_local
from tests.web.conftest import PASSWORD, csrf_of
from tests.web.office import OfficeSite as Site
from tests.web.office import as_, site
from web.guide.stops import stops_of
from web.work.links import left_of

__all__ = ["as_", "site"]

NOW = parse_local("2026-01-06T10:00")


def item(ends: str, last_day: str = "") -> Item:
    day = dt.date.fromisoformat(last_day) if last_day else None
    return Item(kind="due", what="归档", source="办法31", act="look", ends_at=parse_local(ends), last_day=day)


@pytest.mark.parametrize(
    ("ends", "last_day", "words"),
    [
        ("2026-01-06T12:05", "", "还剩2小时5分（01-06 12:05止）"),
        ("2026-01-06T10:00:30", "", "还剩1分钟（01-06 10:00止）"),
        ("2026-01-09T23:59", "2026-01-09", "还有3天（2026-01-09止）"),
        ("2026-01-03T23:59", "2026-01-03", "已超过2天"),
        ("2026-01-06T09:30", "", "已超过30分钟"),
    ],
)
def test_the_time_left_is_said_in_words(ends: str, last_day: str, words: str) -> None:
    assert left_of(item(ends, last_day), NOW) == words


def test_what_has_no_end_says_nothing_of_time() -> None:
    assert left_of(Item(kind="draft", what="《表》", source="办法6", act="edit"), NOW) == ""


def test_a_head_of_a_case_needs_no_party() -> None:
    head = {"id": "1", "number": "清案1", "title": "某案", "procedure": "general", "state": "CLUE", "closed_on": None}
    assert CaseHead(**head).parties == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "wanted", "place"),
    [("甲一", "/", "/work"), ("管理员", "/", "/admin/"), ("甲一", "/packages", "/packages")],
)
def test_who_signs_in_begins_at_their_work_unless_they_asked_for_a_place(
    site: Site, as_: Callable[[str], FlaskClient], name: str, wanted: str, place: str
) -> None:
    as_(name)
    client = site.app.test_client()
    form = {"login": f"{name}-{site.bureau.agency_id}", "password": PASSWORD, "next": wanted}
    answer = client.post("/sign-in", data={**form, "csrf": csrf_of(client.get("/sign-in").text)})
    assert answer.location == place


def test_no_work_says_what_can_be_done(as_: Callable[[str], FlaskClient]) -> None:
    page = as_("外人").get("/work").text
    assert "现在没有等您办理的事" in page
    assert "登记新案件" in page


def test_the_guide_is_put_away_once_and_stays_on_its_own_page(as_: Callable[[str], FlaskClient]) -> None:
    client = as_("甲一")
    page = client.get("/work").text
    assert "怎样开始" in page
    assert client.post("/tour", data={"csrf": csrf_of(page)}).status_code == 303
    assert "怎样开始" not in client.get("/work").text
    assert "一分钟登记一个案件" in client.get("/tour").text


@pytest.mark.parametrize("login", ["甲一", "丁四", "壬九", "管理员"])
def test_everybody_has_a_tour_of_pages_that_they_may_open(as_: Callable[[str], FlaskClient], login: str) -> None:
    client = as_(login)
    assert client.get("/tour").status_code == 200


def test_the_tour_tells_each_role_its_own_steps(site: Site) -> None:
    with site.app.test_request_context("/"):
        handler, archivist = ([s.title for s in stops_of([r])] for r in ("handler", "archivist"))
    assert "案件页告诉您还缺什么" in handler
    assert "结案的案件等您归档" in archivist
    assert "案件页告诉您还缺什么" not in archivist


@pytest.mark.parametrize("query", ["kind=overdue", "kind=nonsense", "words=%25", "page=999", "words=" + "长" * 300])
def test_nonsense_filters_are_answered(handler: FlaskClient, query: str) -> None:
    assert handler.get(f"/work?{query}").status_code == 200


def test_keys_are_told_on_every_page(handler: FlaskClient) -> None:
    assert 'id="keys-help"' in handler.get("/").text
