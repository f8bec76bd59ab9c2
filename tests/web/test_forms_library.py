"""The bench of templates in the browser: looked at by all of an office, handed in, refused with the place, approved."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from catalogue.loading import load_catalogue
from foundation.settings import ROOT
from generator.compile_package import write_zip
from tests.web.conftest import csrf_of
from tests.web.office import OfficeSite, as_, site  # noqa: F401 - the module's own office
from web.press import the_press

SignedIn = Callable[[str], FlaskClient]
TYPE = "/templates/inquiry_notice"


@pytest.fixture(autouse=True, scope="module")
def _press(site: OfficeSite) -> Iterator[None]:  # noqa: F811
    yield
    with site.app.app_context():
        the_press().pool.close()


def changed(client: FlaskClient, old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(client.get(f"{TYPE}/word.docx").data)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    document = parts["word/document.xml"].decode()
    assert old in document
    return write_zip((parts | {"word/document.xml": document.replace(old, new).encode()}).items())


def send(client: FlaskClient, to: str, page: str, **fields: object) -> tuple[int, str, str]:
    once = re.findall(r'name="once" value="([^"]+)"', page)
    data = {"csrf": csrf_of(page), "once": once[-1] if once else "", **fields}
    answer = client.post(to, data=data, content_type="multipart/form-data")
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def hand_in(client: FlaskClient, content: bytes) -> tuple[int, str, str]:
    upload = (io.BytesIO(content), "询问通知书.docx")
    return send(client, TYPE, client.get(TYPE).text, file=upload, note="按县局要求改落款")


def test_all_types_stand_by_stage(as_: SignedIn) -> None:  # noqa: F811
    page = as_("甲一").get("/templates").text
    types = load_catalogue(ROOT / "templates").types.values()
    assert f"共 {len(types)} 种" in page
    assert page.count("未启用权限") == sum(bool(t.powers) for t in types) > 0


@pytest.mark.slow
def test_a_type_shows_fields_samples_and_pages(as_: SignedIn) -> None:  # noqa: F811
    client = as_("甲一")
    for kind in ("ordinary", "minimal", "hard"):
        page = client.get(f"{TYPE}?sample={kind}")
        assert page.status_code == 200
        image = client.get(f"{TYPE}/pages/product/{kind}/1.png")
        assert image.data.startswith(b"\x89PNG")
    assert "<code>legal_basis</code>" in page.text
    assert client.get(f"{TYPE}/pages/product/strange/1.png").status_code == 404
    assert client.get(f"{TYPE}/pages/product/ordinary/99.png").status_code == 422
    assert client.get("/templates/nothing").status_code == 404


@pytest.mark.slow
def test_a_template_goes_from_upload_to_retirement(site: OfficeSite, as_: SignedIn) -> None:  # noqa: F811
    status, where, _ = hand_in(as_("丙三"), changed(as_("丙三"), "询问通知书", "接受询问通知书"))
    assert status == 303
    head = as_("丁四")
    page = head.get(where).text
    assert "三种样例试制成功" in page
    assert "生效日期" in page
    version = where.rsplit("/", 1)[-1]
    assert head.get(f"{TYPE}/pages/{version}/ordinary/1.png").status_code == 200
    today = dt.date(2026, 6, 1).isoformat()
    assert send(head, f"{where}/approve", page, valid_from="昨天")[0] == 422
    assert send(head, f"{where}/approve", head.get(where).text, valid_from=today)[0] == 303
    assert f"本单位模板 {today} 起" in head.get("/templates").text
    assert send(head, f"{where}/retire", head.get(where).text, retired_from=today, reason="")[0] == 422
    assert send(head, f"{where}/retire", head.get(where).text, retired_from=today, reason="恢复原样")[0] == 303
    assert "已停用" in head.get(TYPE).text


@pytest.mark.slow
def test_a_bad_template_is_refused_with_paragraph_and_what_was_typed(as_: SignedIn) -> None:  # noqa: F811
    client = as_("丙三")
    status, _, page = hand_in(client, changed(client, "{{ legal_basis", "{{ law"))
    assert status == 422
    assert "“law”不是本文书的字段" in page
    assert re.search(r"正文 第\d+段“.*law.*”", page)
    assert "按县局要求改落款" in page
    assert hand_in(client, b"MZ not a document")[0] == 422


def test_who_may_not_sees_no_form_and_is_refused(as_: SignedIn) -> None:  # noqa: F811
    client = as_("甲一")
    page = client.get(TYPE).text
    assert "提交修改后的模板" not in page
    assert hand_in(client, b"x")[0] == 403
