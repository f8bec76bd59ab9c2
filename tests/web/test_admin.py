"""The administrator's pages: every change dated and journalled, nothing of a case in any of them."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from access import accounts, agencies, backups
from casework import queries
from foundation import journal, workflows
from foundation.context import Context
from foundation.jobs import JobState
from tests.web.conftest import PASSWORD, Site, csrf_of
from web.admin.blueprint import TABS

As = Callable[[str], FlaskClient]
DEVICES = "/admin/devices"
"""Officers register their devices too."""
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", re.IGNORECASE)
PATHS = ["/admin/", *(f"/admin/{tab}" for tab, _ in TABS if tab != "index")]


@pytest.fixture
def admin(as_: As) -> FlaskClient:
    return as_("管理员")


def send(browser: FlaskClient, path: str, at: str, **form: object) -> tuple[int, str]:
    """Send a form that stands on a page."""
    page = browser.get(at).text
    once = re.search(r'name="once" value="([^"]+)"', page)
    sent = {"csrf": csrf_of(page), **({"once": once[1]} if once else {}), **form}
    answer = browser.post(path, data=sent)
    return answer.status_code, answer.text


def events(site: Site, kind: str) -> list[dict[str, object]]:
    with site.ctx.database.read() as session:
        stream = f"agency:{agency_of(site)}"
        return [e.data for e in journal.events(session, stream) if e.kind == kind]


def agency_of(site: Site) -> str:
    with site.ctx.database.read() as session:
        return queries.case_facts(session, site.case_id).agency_id


def new_person(admin: FlaskClient, name: str, **more: object) -> str:
    form: dict[str, object] = {"name": name, "roles": ["handler"], "department": "执法队", "valid_from": "2026-06-01"}
    page = admin.get("/admin/people/new").text
    answer = admin.post("/admin/people/new", data={"csrf": csrf_of(page), **form, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


# --- who sees what ---


@pytest.mark.parametrize("path", PATHS)
def test_only_an_administrator_sees_the_area(admin: FlaskClient, handler: FlaskClient, path: str) -> None:
    page = admin.get(path)
    assert page.status_code == 200, path
    assert INLINE.findall(page.text) == []
    assert handler.get(path).status_code == (200 if path == DEVICES else 403)


def test_an_administrator_begins_at_the_office(site: Site) -> None:
    client = site.app.test_client()
    form = {"login": "管理员", "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text)}
    assert client.post("/sign-in", data=form).location == "/admin/"


def test_no_page_of_the_area_tells_anything_of_a_case(site: Site, admin: FlaskClient) -> None:
    with site.ctx.database.read() as session:
        case = queries.case_facts(session, site.case_id)
        papers = queries.documents_of(session, site.case_id)
    secret = [case.id, case.title, *(p.name for p in case.parties), *(p.id_no for p in case.parties)]
    secret += [p.address for p in case.parties] + [d.id for d in papers]
    series = re.findall(r'href="(/admin/numbers/[^"]+)"', admin.get("/admin/numbers").text)
    people = re.findall(r'href="(/admin/people/[^"]+)"', admin.get("/admin/people").text)
    assert series
    for path in [*PATHS, *series, *people]:
        text = admin.get(path).text
        assert [word for word in secret if word in text] == [], path


def test_an_administrator_opens_no_case_paper_or_recording(site: Site, admin: FlaskClient) -> None:
    paths = [f"/cases/{site.case_id}", f"/documents/{site.documents['当罚']}"]
    paths += [f"/recordings/{next(iter(site.recordings.values()))}"]
    assert [admin.get(p).status_code for p in paths] == [404] * 3


# --- people ---


def test_a_person_is_registered_given_a_login_and_signs_in_with_what_was_shown(site: Site, admin: FlaskClient) -> None:
    place = new_person(admin, "阿依古丽·样例")
    status, page = send(admin, f"{place}/accounts", place, login="ayguli")
    assert status == 200
    secret = re.search(r"<code[^>]*>([\w-]{16})</code>", page)
    assert secret
    assert secret[1] not in admin.get(place).text, "shown once"
    client = site.app.test_client()
    form = {"login": "ayguli", "password": secret[1], "csrf": csrf_of(client.get("/sign-in").text)}
    assert client.post("/sign-in", data=form).status_code == 303
    lock = re.search(r'action="([^"]+/lock)"', admin.get(place).text)
    assert lock
    assert send(admin, lock[1], place)[0] == 303
    assert client.get("/cases/begin").status_code == 302, "signed out at once"


def test_a_new_password_takes_the_place_of_the_old_one(site: Site, admin: FlaskClient) -> None:
    place = new_person(admin, "口令样例")
    send(admin, f"{place}/accounts", place, login="koulingyangli")
    reset = re.search(r'action="([^"]+/password)"', admin.get(place).text)
    assert reset
    status, page = send(admin, reset[1], place)
    assert status == 200
    assert "只显示这一次" in page


def test_a_role_is_given_from_a_day_and_taken_away_at_once(site: Site, admin: FlaskClient) -> None:
    place = new_person(admin, "任职样例")
    form = {"role": "reception", "valid_from": "2026-07-01"}
    assert send(admin, f"{place}/appointments", place, **form)[0] == 303
    assert "未到" in admin.get(place).text
    end = re.search(r'action="([^"]+/end)"', admin.get(place).text)
    assert end
    assert send(admin, end[1], place)[0] == 303
    assert "终止" in admin.get(place).text


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(admin: FlaskClient) -> None:
    page = admin.get("/admin/people/new").text
    form = {"csrf": csrf_of(page), "name": "样例甲", "roles": ["sysadmin", "handler"], "valid_from": "2026-06-01"}
    answer = admin.post("/admin/people/new", data=form)
    assert answer.status_code == 422
    assert 'value="样例甲"' in answer.text
    assert "不能由有其他职务的人兼任" in answer.text


def test_a_renewed_certificate_begins_a_new_term(site: Site, admin: FlaskClient) -> None:
    more = {"cert_no": "川样001", "cert_from": "2021-06-01", "cert_to": "2026-06-30"}
    place = new_person(admin, "换证样例", **more)
    assert "换证样例" in admin.get("/admin/").text, "called to mind"
    renew = re.search(r'action="([^"]+/certificate)"', admin.get(place).text)
    assert renew
    form = {"cert_no": "川样002", "cert_from": "2026-07-01", "cert_to": "2031-06-30"}
    assert send(admin, renew[1], place, **form)[0] == 303
    page = admin.get(place).text
    assert "川样001" in page
    assert "川样002" in page
    assert "2026-06-30" in page


def test_nobody_shuts_oneself_out(site: Site, admin: FlaskClient) -> None:
    with site.ctx.database.read() as session:
        own = accounts.account_of(session, "管理员")
    place = f"/admin/people/{own.person_id}"
    assert send(admin, f"{place}/accounts/{own.id}/lock", place)[0] == 409
    end = re.search(r'action="([^"]+/end)"', admin.get(place).text)
    assert end
    assert send(admin, end[1], place)[0] == 409


def test_sessions_of_others_are_ended(site: Site, as_: As, admin: FlaskClient) -> None:
    other = as_("丁四")
    page = admin.get("/admin/sessions").text
    assert "丁四" in page
    with site.ctx.database.read() as session:
        account = accounts.account_of(session, "丁四").id
    assert send(admin, f"/admin/sessions/{account}/end", "/admin/sessions")[0] == 303
    assert other.get("/cases/begin").status_code == 302


# --- calendar, settings, devices ---


def test_a_day_off_is_entered_and_journalled(site: Site, admin: FlaskClient) -> None:
    form = {"day": "2027-02-08", "working": "0", "name": "春节"}
    assert send(admin, "/admin/calendar/days", "/admin/calendar?year=2027", **form)[0] == 303
    assert "春节" in admin.get("/admin/calendar?year=2027").text
    assert {"day": "2027-02-08", "working": False, "name": "春节"} in events(site, "calendar.day_set")


def test_a_year_is_not_confirmed_before_its_days_are_entered(admin: FlaskClient) -> None:
    status, page = send(
        admin, "/admin/calendar/years/2031", "/admin/calendar?year=2031", source="国办发明电〔2030〕1号"
    )
    assert status == 422
    assert "只录入了0个放假日" in page


@pytest.mark.parametrize("year", ["", "x", "0", "99999", "²"])
def test_an_odd_year_shows_this_year(admin: FlaskClient, year: str) -> None:
    assert "2026 年节假日" in admin.get("/admin/calendar", query_string={"year": year}).text


def test_a_setting_holds_from_its_day_and_keeps_its_history(site: Site, admin: FlaskClient) -> None:
    form = {"value": "8", "valid_from": "2026-09-01", "basis": "样例会议纪要"}
    assert send(admin, "/admin/settings/copies.days", "/admin/settings/copies.days", **form)[0] == 303
    with site.ctx.database.read() as session:
        days = [dt.date(2026, 8, 31), dt.date(2026, 9, 1)]
        found = [agencies.settings_on(session, agency_of(site), day)["copies.days"] for day in days]
    assert found == [7, 8]
    assert "样例会议纪要" in admin.get("/admin/settings/copies.days").text


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("summary.ceiling.citizen", "300", "不能大于200"),
        ("copies.days", "七", "应为整数"),
        ("numbering.pattern", "{short_name}〔{year}〕", "缺少 {n}"),
        ("powers.permits", "1", "须写明赋权依据"),
        ("volume.override", "x", "不是“名称=选项”"),
    ],
)
def test_a_value_that_the_law_or_the_matter_forbids_is_refused(
    admin: FlaskClient, key: str, value: str, told: str
) -> None:
    at = f"/admin/settings/{key}"
    status, page = send(admin, at, at, value=value, valid_from="2026-09-01")
    assert status == 422
    assert told in page


def test_a_power_is_switched_on_with_its_basis(site: Site, admin: FlaskClient) -> None:
    at = "/admin/settings/powers.demolition"
    form = {"value": "1", "valid_from": "2026-12-01", "basis": "样例省政府令第1号第三条"}
    assert send(admin, at, at, **form)[0] == 303
    assert "样例省政府令第1号第三条" in admin.get(at).text


def test_every_setting_has_its_page(admin: FlaskClient) -> None:
    for path in re.findall(r'href="(/admin/settings/[^"]+)"', admin.get("/admin/settings").text):
        assert admin.get(path).status_code == 200, path


def test_a_device_is_registered_and_retired(admin: FlaskClient) -> None:
    form = {"device_no": "样Z9", "kind": "执法记录仪", "holder": "甲一", "department": "执法队", "use": "现场检查"}
    at = "/admin/devices"
    assert send(admin, at, at, **form, in_service="2026-01-01")[0] == 303
    assert send(admin, at, at, **form, in_service="2026-01-01")[0] == 409, "its number is taken"
    assert send(admin, f"{at}/retire", at, device_no="样Z9", out_of_service="2026-05-31")[0] == 303
    assert "2026-05-31" in admin.get(at).text


def test_every_change_stands_in_the_administrators_journal(admin: FlaskClient) -> None:
    send(admin, "/admin/calendar/days", "/admin/calendar", day="2026-08-08", working="1", name="样例调休")
    page = admin.get("/admin/journal").text
    assert "修改节假日" in page
    assert "样例调休" in page


def test_numbering_goes_on_after_a_restore_from_the_last_number_that_was_given(site: Site, admin: FlaskClient) -> None:
    from casework.models import NumberHoldRow  # noqa: PLC0415 - only a test writes a row by hand

    with site.ctx.database.write() as session:
        now = site.ctx.clock.now()
        session.add(NumberHoldRow(agency_id=agency_of(site), made_at=now, since=now))
    at = "/admin/numbers"
    assert "编号已暂停" in admin.get(at).text
    assert send(admin, f"{at}/release", at, **{"案:2026": "x"})[0] == 422
    assert send(admin, f"{at}/release", at, **{"案:2026": "0"})[0] == 422
    assert send(admin, f"{at}/release", at, **{"案:2026": "9"})[0] == 303
    page = admin.get(f"{at}/案/2026").text
    assert page.count("作废") >= 2
    assert "编号已暂停" not in admin.get(at).text


# --- backups ---


def test_a_backup_is_made_checked_and_tried(site: Site, admin: FlaskClient) -> None:
    at = "/admin/backups"
    assert send(admin, at, at, kind="backup_make")[0] == 303
    assert "等待办理" in admin.get(at).text
    run_waiting(site.ctx)
    name = re.search(r'name="name" value="([^"]+)"', admin.get(at).text)
    assert name
    for kind in ("backup_check", "backup_drill"):
        assert send(admin, at, at, kind=kind, name=name[1])[0] == 303
    run_waiting(site.ctx)
    page = admin.get(at).text
    assert "每个字节都与清单一致" in page
    assert "本机数据没有改动" in page


def test_a_spoilt_byte_of_a_backup_is_named(site: Site, admin: FlaskClient) -> None:
    at = "/admin/backups"
    send(admin, at, at, kind="backup_make")
    run_waiting(site.ctx)
    newest = sorted(p for p in site.ctx.settings.backups.iterdir() if (p / "manifest.json").is_file())[-1]
    blob = next(p for p in (newest / "blobs").rglob("*") if p.is_file())
    blob.unlink()
    blob.write_bytes(b"other")
    send(admin, at, at, kind="backup_check", name=newest.name)
    run_waiting(site.ctx)
    assert f"文件 {blob.name[:12]}… 的内容已改变" in admin.get(at).text


@pytest.mark.parametrize("name", ["../..", "20260101-000000", "", "/etc"])
def test_a_name_that_is_no_backup_is_not_found(admin: FlaskClient, name: str) -> None:
    assert send(admin, "/admin/backups", "/admin/backups", kind="backup_drill", name=name)[0] == 404


def run_waiting(ctx: Context) -> None:
    """Run what waits for a worker."""
    with ctx.database.read() as session:
        admin = accounts.actor_of(session, accounts.account_of(session, "管理员").id, ctx.clock.now())
    for one in backups.asked(ctx, admin):
        if one.state is JobState.WAITING:
            workflows.run_in_process(ctx, one.id)
