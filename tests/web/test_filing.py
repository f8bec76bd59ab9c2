"""The archivist's pages: the list with its lights, the desk, packing, dropped files, the journal to take away."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive import queries
from foundation import jobs, workflows
from tests.web.conftest import PASSWORD, Site, csrf_of
from tests.web.filing_site import closed_site

__all__ = ["closed_site"]


@pytest.fixture
def archivist(closed_site: Site) -> FlaskClient:
    """Give the archivist's browser."""
    return signed_in(closed_site, "壬九")


def signed_in(site: Site, login: str) -> FlaskClient:
    client = site.app.test_client()
    form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text), "next": "/"}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def desk_of(site: Site) -> str:
    return f"/cases/{site.case_id}/filing"


def order(page: str) -> list[str]:
    return re.findall(r'class="desk-item" data-id="([0-9a-f-]+)"', page)


def test_closed_cases_stand_in_the_list_with_their_light(archivist: FlaskClient, closed_site: Site) -> None:
    page = archivist.get("/filing").text
    assert desk_of(closed_site) in page
    assert re.search(r"tag-(ok|wait|bad)", page)


@pytest.mark.article("A31.1")
def test_a_paper_is_moved_with_a_reason_and_nothing_typed_is_lost(archivist: FlaskClient, closed_site: Site) -> None:
    desk = desk_of(closed_site)
    page = archivist.get(desk).text
    first, second, *_rest = order(page)
    words = {"csrf": csrf_of(page), "document": second, "origin": "main", "place": f"main:{first}"}
    refused = archivist.post(f"{desk}/move", data={**words, "once": "a", "reason": " "})
    assert refused.status_code == 422
    assert "调整顺序须写明理由" in refused.text
    assert archivist.post(f"{desk}/move", data={**words, "once": "b", "reason": "便于阅卷"}).status_code == 303
    after = archivist.get(desk).text
    assert order(after)[:2] == [second, first]
    assert "便于阅卷" in after
    again = archivist.post(f"{desk}/move", data={**words, "once": "b", "reason": "便于阅卷"})  # the back button
    assert again.status_code == 303
    assert order(archivist.get(desk).text)[:2] == [second, first]


@pytest.mark.article("A34.1")
def test_who_does_not_file_sees_no_desk(closed_site: Site) -> None:
    reviewer = signed_in(closed_site, "丁四")
    assert reviewer.get(desk_of(closed_site)).status_code in (403, 404)
    outsider = signed_in(closed_site, "外人")
    hidden = outsider.get(desk_of(closed_site))
    nothing = outsider.get("/cases/018f0000-0000-7000-8000-000000000000/filing")
    assert (hidden.status_code, hidden.text) == (nothing.status_code, nothing.text)


def test_packing_is_asked_for_on_the_page_and_its_steps_are_shown(archivist: FlaskClient, closed_site: Site) -> None:
    desk = desk_of(closed_site)
    page = archivist.get(desk).text
    for _twice in range(2):
        assert archivist.post(f"{desk}/pack", data={"csrf": csrf_of(page)}).status_code == 303
    with closed_site.ctx.database.read() as session:
        (job,) = jobs.jobs_of(session, kind="pack", subject=closed_site.case_id)
    waiting = archivist.get(desk).text
    assert "等待办理" in waiting
    assert 'id="pack" data-poll' in waiting
    assert workflows.run_in_process(closed_site.ctx, job.id).state == "done"
    done = archivist.get(desk).text
    assert "已归档" in done
    assert "登记入库" in done
    assert desk not in archivist.get("/filing").text


def test_a_package_that_is_dropped_is_checked_and_a_broken_byte_named(
    as_: Callable[[str], FlaskClient], site: Site
) -> None:
    client = as_("壬九")
    package = re.search(r"/packages/[0-9a-f-]{36}", client.get("/packages").text)
    assert package
    data = bytearray(client.get(f"{package[0]}/package.zip").data)
    with site.ctx.database.read() as session:
        files = queries.files_of(session, package[0].rpartition("/")[2])
    victim = next(f for f in files if f.path.endswith("0003_陈述申辩笔录.docx"))
    at = data.index(site.ctx.blobs.read(victim.sha256))
    data[at + victim.size // 2] ^= 1
    csrf = csrf_of(client.get("/checks").text)
    headers = {"X-CSRF-Token": csrf, "X-File-Name": "a.zip", "Content-Type": "application/octet-stream"}
    answer = client.post("/checks", data=bytes(data), headers=headers)
    assert answer.status_code == 200, answer.text
    target = answer.get_json()["to"]
    workflows.run_in_process(site.ctx, target.rpartition("/")[2])
    shown = client.get(target).text
    assert "核验不通过" in shown
    assert "0003_陈述申辩笔录.docx" in shown
    assert as_("甲一").get(target).status_code == 404


@pytest.mark.parametrize(("content", "word"), [(b"", "空"), (None, "没有选择文件")])
def test_an_empty_or_missing_file_is_told_beside_its_field(
    as_: Callable[[str], FlaskClient], content: bytes | None, word: str
) -> None:
    client = as_("壬九")
    form: dict[str, object] = {"csrf": csrf_of(client.get("/checks").text)}
    if content is not None:
        form["file"] = (io.BytesIO(content), "a.zip")
    answer = client.post("/checks", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert word in answer.text


@pytest.mark.article("A36.3")
def test_the_journal_is_taken_away_and_checks_itself(
    as_: Callable[[str], FlaskClient], site: Site, tmp_path: Path
) -> None:
    answer = as_("壬九").get(f"/cases/{site.case_id}/journal.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        packed.extractall(tmp_path)
    words = [sys.executable, "verify.py", "--chain", "办案日志.jsonl"]
    good = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, text=True)  # noqa: S603 - our own words
    assert (good.returncode, "没有改动" in good.stdout) == (0, True)
    path = tmp_path / "办案日志.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("document.issued", "document.signed", 1), encoding="utf-8")
    bad = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, text=True)  # noqa: S603 - our own words
    assert (bad.returncode, "哈希链不符" in bad.stdout) == (1, True)
    assert as_("丁四").get(f"/cases/{site.case_id}/journal.zip").status_code == 403
    shutil.rmtree(tmp_path)
