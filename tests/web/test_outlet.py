"""Bytes leave by one outlet: with ranges, under safe headers, and with a trace."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from foundation import journal
from foundation.settings import ROOT
from tests.web.conftest import Site
from web.blobs import disposition


def test_no_page_opens_a_blob_or_a_file_by_itself() -> None:
    """A7: policy at every outlet by a single function."""
    opened = re.compile(r"(?:ctx|context|context\(\))\.blobs|\bopen\(|read_bytes|send_file|\.stream\(|BlobStore")
    outlet = {"blobs.py", "zipping.py", "statics.py"}  # the last reads our own style sheets and scripts alone
    routes = [p for p in sorted((ROOT / "web").rglob("*.py")) if p.name not in outlet]
    assert {p.name: found for p in routes if (found := opened.findall(p.read_text()))} == {}


def test_a_range_is_answered_in_part_so_that_players_can_seek(site: Site, handler: FlaskClient) -> None:
    recording = site.recording("AV简易")
    path = f"/recordings/{recording.id}/media"
    whole = handler.get(path).data
    part = handler.get(path, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 100-199/{recording.size}"
    assert part.data == whole[100:200]
    assert handler.get(path, headers={"Range": "bytes=-7"}).data == whole[-7:]
    assert handler.get(path, headers={"Range": "bytes=50-"}).data == whole[50:]
    assert len(whole) == recording.size


def test_a_range_past_the_end_is_refused_with_the_size(site: Site, handler: FlaskClient) -> None:
    recording = site.recording("AV简易")
    answer = handler.get(f"/recordings/{recording.id}/media", headers={"Range": f"bytes={recording.size}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{recording.size}"


@pytest.mark.parametrize("value", ["bytes=9-1", "bytes=a-b", "items=0-3", "bytes=0-1,5-6", "bytes="])
def test_a_range_that_makes_no_sense_never_breaks(site: Site, handler: FlaskClient, value: str) -> None:
    answer = handler.get(f"/recordings/{site.recordings['AV简易']}/media", headers={"Range": value})
    assert answer.status_code in (200, 206, 416)


def test_an_outdated_range_gets_the_whole_file(site: Site, handler: FlaskClient) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert handler.get(f"/recordings/{site.recordings['AV简易']}/media", headers=headers).status_code == 200


@pytest.mark.article("A36.2")
def test_every_download_is_written_down_with_person_thing_and_digest(site: Site, handler: FlaskClient) -> None:
    decision = site.document("当罚")
    handler.get(f"/documents/{decision.id}/files/sealed")
    with site.ctx.database.read() as session:
        last = list(journal.events(session, f"access:{site.case_id}"))[-1]
    assert last.kind == "document.downloaded"
    assert last.data["document"] == decision.id
    assert last.data["digest"] == decision.blobs["sealed"]
    assert last.actor.count("-") == 4


def test_a_download_has_its_chinese_name_and_may_do_nothing_in_the_browser(site: Site, handler: FlaskClient) -> None:
    answer = handler.get(f"/documents/{site.documents['当罚']}/files/docx")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''%E5%BD%93" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ['a"b.pdf', "a\r\nSet-Cookie: x.pdf", "处罚\u202efdp.exe", "a;b=c\\.pdf"])
def test_a_file_name_cannot_break_out_of_its_header(name: str) -> None:
    header = disposition(name, as_file=True)
    assert re.fullmatch(r"attachment; filename=\"[\w.-]+\"; filename\*=UTF-8''[\w.%~-]+", header, re.ASCII)


def test_a_kind_of_file_that_a_paper_does_not_offer_is_not_found(site: Site, handler: FlaskClient) -> None:
    for kind in ("text", "pdf", "../keys", "nonsense"):
        assert handler.get(f"/documents/{site.documents['当罚']}/files/{kind}").status_code == 404


def test_a_whole_package_comes_as_one_zip_that_checks_itself(
    site: Site, as_: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    archivist = as_("壬九")
    found = re.search(r"/packages/[0-9a-f-]{36}", archivist.get("/packages").text)
    assert found
    answer = archivist.get(f"{found[0]}/package.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        names = [n.partition("/")[2] for n in packed.namelist()]
    assert {"bagit.txt", "manifest-sha256.txt", "verify.py", "读我.html"} <= set(names)
