"""A batch in the browser: tried, told row by row, started once, watched, printed."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook

from access import accounts
from casework import queries
from casework.facts import DocumentFacts
from casework.operations import batching
from casework.tables import text_of
from foundation import jobs, workflows
from foundation.context import Context
from tests.casework.offices import Bureau
from tests.conftest import floor_of, settings_for
from tests.generator.offices import with_notice
from tests.generator.test_batches import good, table
from tests.web.conftest import PASSWORD, csrf_of
from web.app import create_app
from web.press import the_press


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An office with a draft, and the handler's browser."""

    ctx: Context
    bureau: Bureau
    draft: DocumentFacts
    client: FlaskClient

    @property
    def home(self) -> str:
        """Return the address of the draft's batch page."""
        return f"/documents/{self.draft.id}/batch"

    def send(self, to: str, page: str, **fields: object) -> tuple[int, str, str]:
        """Send a form of a page."""
        once = re.findall(r'name="once" value="([^"]+)"', page)
        data = {"csrf": csrf_of(page), "once": once[-1] if once else "", **fields}
        answer = self.client.post(to, data=data, content_type="multipart/form-data")
        return answer.status_code, answer.headers.get("Location", ""), answer.text

    def trial(self, content: bytes) -> str:
        """Hand in a table and return the page of its dry run."""
        page = self.client.get(self.home).text
        status, _, text = self.send(f"{self.home}/try", page, table=(io.BytesIO(content), "沿街商户.csv"))
        assert status in (200, 422)
        return text


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("batch")
    ctx = with_notice(floor_of(settings_for(folder / "var", render_workers=1)), folder / "types")
    bureau = Bureau(ctx)
    draft = bureau.draft("batch_notice", bureau.case("summary"), data={"text": "请勿占道经营", "party_name": "样本"})
    app = create_app(ctx)
    account = bureau.as_("甲一").account_id
    accounts.set_password(ctx, account_id=account, password=PASSWORD)
    client = app.test_client()
    login = f"甲一-{bureau.agency_id}"
    form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text), "next": "/"}
    assert client.post("/sign-in", data=form).status_code == 303
    yield Desk(ctx=ctx, bureau=bureau, draft=draft, client=client)
    with app.app_context():
        the_press().pool.close()
    ctx.database.close()


def carried(page: str) -> str:
    found = re.search(r'<textarea name="carried" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def as_workbook(content: bytes) -> bytes:
    """Return the same table as Excel keeps it."""
    book, out = Workbook(), io.BytesIO()
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def test_faults_are_told_by_row_and_column_and_nothing_can_be_started(desk: Desk) -> None:
    page = desk.trial(table("甲,123,村1号,一号"))
    assert "有错误 1" in page
    assert ">证件号码</td>" in page
    assert "开始制作" not in page


def test_a_file_that_is_no_table_comes_back_with_the_reason(desk: Desk) -> None:
    assert "已损坏" in desk.trial(b"PK\x03\x04")
    page = desk.client.get(desk.home).text
    assert desk.send(f"{desk.home}/try", page)[0] == 422


def test_an_empty_table_can_be_taken(desk: Desk) -> None:
    answer = desk.client.get(f"{desk.home}/table.csv")
    assert answer.data.decode("utf-8-sig").startswith("当事人类型,姓名（名称）,证件类型,证件号码")
    assert text_of(desk.client.get(f"{desk.home}/table.xlsx").data) == answer.data.decode("utf-8-sig").replace("\r", "")
    assert desk.client.get(f"{desk.home}/table.ods").status_code == 404


@pytest.mark.slow
def test_a_batch_is_started_once_watched_and_printed(desk: Desk) -> None:
    page = desk.trial(as_workbook(good(2)))
    given = {"carried": carried(page), "file_name": "沿街商户.csv"}
    status, where, _ = desk.send(desk.home, page, **given)
    assert status == 303
    assert desk.send(desk.home, page, **given)[1] == where
    waiting = desk.client.get(where).text
    assert "等待制作 2" in waiting
    assert "data-poll" in waiting
    with desk.ctx.database.read() as session:
        from_page = queries.documents_of(session, str(desk.draft.case_id))
    assert len(from_page) == 1
    workflows.run_in_process(desk.ctx, _job(desk, where))
    done = desk.client.get(where).text
    assert "已制发 2" in done
    assert "data-poll" not in done
    assert desk.send(f"{where}/print", done, copies="21")[0] == 422
    for _ in range(2):  # a second press asks for nothing more
        assert desk.send(f"{where}/print", done, copies="2", duplex="1", receipts="1")[:2] == (303, where)
    assert "data-poll" in desk.client.get(where).text
    with desk.ctx.database.read() as session:
        (asked,) = jobs.jobs_of(session, kind=batching.PRINT_JOB)
    kit = workflows.run_in_process(desk.ctx, asked.id).result["kit"]
    assert f'href="/print-kits/{kit}"' in desk.client.get(where).text
    page = desk.client.get(f"/print-kits/{kit}").text
    assert page.count("送达回证") >= 2
    with desk.ctx.database.read() as session:
        papers = queries.documents_of(session, str(desk.draft.case_id))
    assert Counter(d.type for d in papers) == {"batch_notice": 3, "service_receipt": 2}
    assert desk.client.get(f"/cases/{desk.draft.case_id}/batches").headers["Location"] == where


def _job(desk: Desk, where: str) -> str:
    return batching.batch(desk.ctx, desk.bureau.as_("甲一"), where.rsplit("/", 1)[-1]).job_id
