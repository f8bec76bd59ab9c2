"""Figures: the list behind a bar is what the bar counts; small numbers are covered for who may not read all."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from access import accounts
from access.facts import Actor
from casework import queries
from casework.operations import cases, figures
from casework.operations.figures import SMALLEST, Bar, covered
from foundation.errors import Forbidden
from tests.web.conftest import PASSWORD, Site, csrf_of
from web import csv_files
from web.supervision.figures import draw

YEAR = 2026
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", re.IGNORECASE)


@pytest.fixture(scope="module")
def watcher(site: Site) -> Iterator[Actor]:
    """Give a supervisor of the office, with an account."""
    with site.ctx.database.read() as session:
        agency_id = queries.case_facts(session, site.case_id).agency_id
    person = accounts.add_person(site.ctx, agency_id=agency_id, name="督一", roles=["supervisor"])
    account = accounts.add_account(site.ctx, person_id=person.id, login="督一", password=PASSWORD)
    with site.ctx.database.read() as session:
        yield accounts.actor_of(session, account.id, site.ctx.clock.now())


@pytest.fixture
def supervisor(site: Site, watcher: Actor) -> FlaskClient:
    return browser_of(site, "督一")


def browser_of(site: Site, login: str) -> FlaskClient:
    client = site.app.test_client()
    form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text)}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def actor_of(site: Site, login: str) -> Actor:
    with site.ctx.database.read() as session:
        return accounts.actor_of(session, accounts.account_of(session, login).id, site.ctx.clock.now())


# --- numbers and lists ---


def test_the_list_behind_every_bar_is_what_the_bar_counts(site: Site, watcher: Actor) -> None:
    sheet = figures.sheet(site.ctx, watcher, YEAR)
    assert sheet.is_exact
    assert {"procedure", "state", "month", "unit", "officer"} <= {f.id for f in sheet.figures}
    for figure in sheet.figures:
        for bar in figure.bars:
            _, _, entries = figures.behind(site.ctx, watcher, YEAR, figure.id, bar.key)
            assert len(entries) == (bar.of if figure.is_share else bar.count), (figure.id, bar.key)


def test_who_may_not_read_all_sees_small_numbers_covered_and_only_the_own_list(site: Site) -> None:
    outsider = actor_of(site, "外人")
    sheet = figures.sheet(site.ctx, outsider, YEAR)
    assert not sheet.is_exact
    assert [b.key for f in sheet.figures for b in f.bars if b.count is not None and (b.of or b.count) < SMALLEST] == []
    procedure = next(f for f in sheet.figures if f.id == "procedure")
    listed = [figures.behind(site.ctx, outsider, YEAR, "procedure", b.key)[2] for b in procedure.bars]
    assert site.case_id not in {e.case_id for entries in listed for e in entries}


def test_a_year_without_cases_has_no_figures(site: Site, watcher: Actor) -> None:
    assert [f.id for f in figures.sheet(site.ctx, watcher, 2019).figures if f.id != "ahead"] == []


def test_an_administrator_reads_no_figures(site: Site) -> None:
    with pytest.raises(Forbidden):
        figures.sheet(site.ctx, actor_of(site, "管理员"), YEAR)


def bars(counts: Sequence[int]) -> list[Bar]:
    return [Bar(key=str(at), label=str(at), count=n) for at, n in enumerate(counts)]


@given(st.lists(st.integers(0, 40), max_size=12))
def test_no_small_number_and_no_single_one_is_covered(counts: list[int]) -> None:
    shown = covered(bars(counts))
    hidden = [b for b in shown if b.count is None]
    assert all(b.count is None or b.count >= SMALLEST for b in shown)
    assert len(hidden) != 1 or len(counts) == 1


def test_a_share_is_covered_by_the_number_that_it_is_of() -> None:
    shown = covered([Bar(key="a", label="a", count=9, of=9), Bar(key="b", label="b", count=0, of=20)])
    assert [b.count for b in shown] == [9, 0]


# --- pages ---


@pytest.mark.article("A35.1")
def test_the_page_draws_every_figure_with_a_table_beside(site: Site, supervisor: FlaskClient, watcher: Actor) -> None:
    page = supervisor.get("/figures").text
    sheet = figures.sheet(site.ctx, watcher, YEAR)
    assert page.count("<svg") == len(sheet.figures)
    assert page.count("<details") >= len(sheet.figures)
    assert INLINE.findall(page) == []
    for path in re.findall(r'<td><a href="(/figures/[^"]+)"', page):
        assert supervisor.get(path.replace("&amp;", "&")).status_code == 200, path


def test_a_bar_is_as_long_as_its_number(site: Site, watcher: Actor) -> None:
    for figure in figures.sheet(site.ctx, watcher, YEAR).figures:
        drawn = draw(figure)
        assert all(d.width == 0 for d in drawn if not d.bar.count)
        if not figure.is_share:
            assert [d.width for d in drawn] == sorted((d.width for d in drawn), reverse=True) or figure.id in (
                "month",
                "ahead",
            )


@pytest.mark.parametrize("year", ["", "x", "99999", "²²²²", "0000"])
def test_an_odd_year_shows_this_year(supervisor: FlaskClient, year: str) -> None:
    assert "2026 年办案统计" in supervisor.get("/figures", query_string={"year": year}).text


@pytest.mark.parametrize("path", ["/figures/nothing/x", "/figures/procedure/nothing"])
def test_a_bar_that_is_not_there_is_not_found(supervisor: FlaskClient, path: str) -> None:
    assert supervisor.get(path).status_code == 404


def test_a_supervisor_opens_the_case_behind_a_bar(site: Site, supervisor: FlaskClient) -> None:
    page = supervisor.get("/figures/procedure/summary", query_string={"year": YEAR}).text
    assert f"/cases/{site.case_id}" in page
    assert supervisor.get(f"/cases/{site.case_id}").status_code == 200


# --- tables ---


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_figures_come_as_a_table(supervisor: FlaskClient) -> None:
    answer = supervisor.get("/figures.csv", query_string={"year": YEAR})
    assert answer.mimetype == "text/csv"
    assert read(answer.text)[0] == ["统计", "项目", "数量", "总数", "说明"]


def test_a_title_that_is_a_formula_is_text_in_the_table(site: Site, supervisor: FlaskClient) -> None:
    clerk = actor_of(site, "甲一")
    case = cases.open_case(site.ctx, clerk, procedure="inspection", title='=HYPERLINK("http://evil.example","看")')
    rows = read(supervisor.get("/figures/procedure/inspection", query_string={"year": YEAR, "as": "csv"}).text)
    own = [row for row in rows if "HYPERLINK" in row[0]]
    assert own, case.id
    assert not own[0][0].startswith("=")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "  =1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert csv_files.safe(text).startswith("'")


@pytest.mark.parametrize(("value", "cell"), [(-5, "-5"), (1.5, "1.5"), ("甲", "甲"), (None, ""), ("a=b", "a=b")])
def test_numbers_and_plain_words_stay(value: object, cell: str) -> None:
    assert csv_files.safe(value) == cell
