"""Pages of periods, reminders and the calendar address."""

import datetime as dt
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from casework.facts import DeadlineFacts
from casework.operations import reminding
from casework.queries.periods import Period
from foundation.context import Context
from tests.casework.offices import Bureau
from tests.conftest import move
from tests.web.conftest import csrf_of
from tests.web.rooms import House
from web.deadlines.ics import calendar, escaped, folded

NOW = dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def house(ctx: Context, tmp_path: Path) -> House:
    house = House(ctx, tmp_path / "templates")
    house.happens("issued:case_initiation_approval", granted=True)
    house.happens("served:demand_letter", "d")
    return house


def one(**changes: object) -> Period:
    given = {"id": "d1", "case_id": "c1", "kind": "k", "title": "作出处罚决定", "n": 90, "unit": "calendar_day"}
    given |= {
        "start": NOW,
        "end": NOW,
        "last_day": dt.date(2026, 6, 30),
        "formula": "自某日起，止于某日。",
        "source": "罚60",
    }
    return Period(
        facts=DeadlineFacts(**{**given, "duty_of": "agency", **changes}),
        number="清政罚案〔2026〕第3号",
        case_title="张三",
    )


def test_the_calendar_has_whole_days_and_names_nobody() -> None:
    text = calendar([one()], now=NOW, url="https://x.example/cases/{}", host="x.example")
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20260630" in lines
    assert "DTEND;VALUE=DATE:20260701" in lines
    assert "UID:d1@x.example" in lines
    assert "张三" not in text
    assert text.endswith("END:VCALENDAR\r\n")
    assert [line for line in lines if len(line.encode()) > 75] == []
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:作出处罚决定期限届满 清政罚案〔2026〕第3号" in unfolded


@pytest.mark.parametrize(
    ("raw", "written"), [("a,b;c\\d", "a\\,b\\;c\\\\d"), ("a\r\nBEGIN:VEVENT", "a\\nBEGIN:VEVENT"), ("a\x07b", "ab")]
)
def test_no_text_breaks_out_of_its_line(raw: str, written: str) -> None:
    assert escaped(raw) == written


@pytest.mark.parametrize("text", ["", "a" * 75, "a" * 76, "期" * 200, "𠮷" * 60])
def test_folded_lines_are_short_and_join_to_the_same_text(text: str) -> None:
    pieces = list(folded(text))
    assert all(len(p.encode()) <= 75 for p in pieces)
    assert pieces[0] + "".join(p[1:] for p in pieces[1:]) == text


def test_the_list_shows_formula_and_source_and_only_what_may_be_read(house: House) -> None:
    page = house.as_("甲一").get("/deadlines").text
    assert page.index("作出处罚决定") < page.index("催告后等待履行")
    assert "自2026年1月7日（星期三）的次日起90日" in page
    assert "依据：罚60" in page
    house.bureau.join("外人", roles=["handler"])
    assert "共 0 项" in house.as_("外人").get("/deadlines?scope=all").text


def period_id(client: FlaskClient, title: str) -> str:
    found = re.search(rf'/deadlines/([0-9a-f-]{{36}})">{title}', client.get("/deadlines?scope=all").text)
    assert found
    return found[1]


def test_a_period_explains_itself_and_says_why_it_cannot_stand_still(house: House) -> None:
    officer, head = house.as_("甲一"), house.as_("丙三")
    address = f"/deadlines/{period_id(officer, '作出处罚决定')}"
    assert "为什么不能？" in officer.get(address).text
    assert "期限怎样计算" in officer.get(address).text
    assert 'name="reason"' in head.get(address).text
    stranger = house.as_("甲一", Bureau(house.ctx, fonds_no="QH02"))
    hidden, absent = stranger.get(address), stranger.get("/deadlines/nothing")
    assert (hidden.status_code, absent.status_code) == (404, 404)


def test_a_head_lets_a_period_stand_still_and_go_on(house: House) -> None:
    head = house.as_("丙三")
    address = f"/deadlines/{period_id(head, '作出处罚决定')}"
    form = {"csrf": csrf_of(head.get(address).text), "reason": "送检", "on": "2026-01-07"}
    assert head.post(f"{address}/pause", data={**form, "on": "2026年"}).status_code == 422
    assert head.post(f"{address}/pause", data={**form, "reason": " "}).status_code == 422
    assert head.post(f"{address}/pause", data=form).status_code == 303
    move(house.ctx, "2026-01-20T09:00")
    head = house.as_("丙三")
    assert "恢复计算" in head.get(address).text
    again = {**form, "csrf": csrf_of(head.get(address).text), "on": "2026-01-18", "reason": "收到报告"}
    assert head.post(f"{address}/resume", data=again).status_code == 303
    assert "2026-01-08至2026-01-17中止，10日不计入" in head.get(address).text


def test_an_order_that_the_law_does_not_know_is_refused_on_the_page(house: House) -> None:
    client = house.as_("丙三")
    address = f"/deadlines/{period_id(client, '催告后等待履行')}"
    form = {"csrf": csrf_of(client.get(address).text), "reason": "等"}
    answer = client.post(f"{address}/pause", data=form)
    assert answer.status_code == 409
    assert "对方的法定期限" in answer.text
    assert client.post(f"{address}/burn", data=form).status_code == 404
    assert client.post(f"{address}/pause", data={"reason": "等"}).status_code == 403


def test_the_bell_counts_until_reminders_are_seen(house: House) -> None:
    move(house.ctx, "2026-04-05T09:00")
    assert reminding.remind(house.ctx) > 0
    client = house.as_("甲一")
    page = client.get("/reminders").text
    assert 'class="count"' in page
    assert "还有3日" in page
    assert "已届满，可以办理下一步" in page
    assert client.post("/reminders/seen", data={"csrf": csrf_of(page)}).status_code == 303
    assert 'class="count"' not in client.get("/reminders").text


def test_a_calendar_address_is_shown_once_and_read_without_a_session(house: House) -> None:
    client = house.as_("甲一")
    form = {"csrf": csrf_of(client.get("/reminders").text)}
    assert client.post("/reminders/calendar", data=form).status_code == 303
    found = re.search(r"/calendar/([\w-]+)\.ics", client.get("/reminders").text)
    assert found
    assert found[1] not in client.get("/reminders").text
    stranger = house.app.test_client()
    answer = stranger.get(f"/calendar/{found[1]}.ics")
    assert answer.mimetype == "text/calendar"
    assert "SUMMARY:作出处罚决定" in answer.text
    assert [w for w in ("砂石", "扬尘", "甲一") if w in answer.text] == []
    assert client.post("/reminders/calendar/end", data=form).status_code == 303
    dead, never = stranger.get(f"/calendar/{found[1]}.ics"), stranger.get("/calendar/nothing.ics")
    assert (dead.status_code, dead.text) == (never.status_code, never.text)
    assert dead.status_code == 404
