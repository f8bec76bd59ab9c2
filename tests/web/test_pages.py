"""Reading pages: what they show, that every link works, that nothing is shown to those who may not see it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from foundation import jobs, workflows
from tests.web.conftest import Site, a_site, csrf_of

LINK = re.compile(r'\b(?:href|src|action)="(/[^"#]*)')
CHANGES = re.compile(r'<form[^>]*method="post"[^>]*>')
"""Forms that change something: nothing to follow."""
MISSING = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Make a site of its own: what is there is counted."""
    with a_site(tmp_path_factory.mktemp("pages")) as made:
        yield made


MOST = 20
"""Links of one kind (the types of the library) that are followed."""


def crawl(client: FlaskClient, start: str = "/") -> dict[str, int]:
    """Follow the links of this server from a page on; bytes of files are not read twice."""
    seen: dict[str, int] = {}
    kinds: Counter[str] = Counter()
    adapter = client.application.url_map.bind("")
    waiting = [start]
    while waiting:
        path = waiting.pop()
        bare = path.partition("?")[0]
        kind = adapter.match(bare)[0] if adapter.test(bare) else bare
        if path in seen or kinds[kind] >= MOST:
            continue
        kinds[kind] += 1
        answer = client.get(path)
        seen[path] = answer.status_code
        if answer.mimetype == "text/html":
            waiting += [p.replace("&amp;", "&") for p in LINK.findall(CHANGES.sub("", answer.text))]
        answer.close()
    return seen


@pytest.mark.parametrize("login", ["甲一", "丁四", "壬九", "管理员", "外人"])
def test_every_kind_of_link_of_every_page_can_be_followed_by_whoever_sees_it(
    as_: Callable[[str], FlaskClient], login: str
) -> None:
    found = crawl(as_(login))
    forms = {p for p in found if p.startswith(("/sign-out", "/account/password")) or p.endswith("/check")}
    assert {p: s for p, s in found.items() if s != 200 and p not in forms} == {}
    assert len(found) > (40 if login in ("甲一", "丁四") else 3)


def test_the_list_shows_the_case_with_party_procedure_and_state(handler: FlaskClient) -> None:
    page = handler.get("/").text
    for word in ("清案〔2026〕001号", "随意倾倒生活垃圾案", "孙样例", "简易程序", "已归档", "共 1 件"):
        assert word in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("words=孙样例", 1),
        ("words=2026〕001", 1),
        ("words=无此人", 0),
        ("procedure=general", 0),
        ("procedure=summary", 1),
    ],
)
def test_the_list_is_filtered_by_words_procedure_and_state(handler: FlaskClient, query: str, count: int) -> None:
    assert f"共 {count} 件" in handler.get(f"/?{query}").text


@pytest.mark.parametrize("page", ["0", "-3", "999", "x", "１", "9" * 30])
def test_a_nonsense_page_number_is_answered_with_the_same_total(handler: FlaskClient, page: str) -> None:
    answer = handler.get(f"/?page={page}")
    assert answer.status_code == 200
    assert "共 1 件" in answer.text


def test_the_case_page_shows_papers_recordings_deadlines_and_course(site: Site, handler: FlaskClient) -> None:
    page = handler.get(f"/cases/{site.case_id}").text
    for word in ("当场行政处罚决定书", "清政当罚〔2026〕第1号", "24小时内", "归档", "依据：", "制发《", "JLY-03"):
        assert word in page


def test_the_journal_page_says_that_the_chain_is_whole(site: Site, handler: FlaskClient) -> None:
    page = handler.get(f"/cases/{site.case_id}/journal").text
    assert "哈希链完整" in page
    assert "起草《" in page


def test_a_paper_is_shown_as_page_images_with_text_and_downloads(site: Site, handler: FlaskClient) -> None:
    decision = site.document("当罚")
    page = handler.get(f"/documents/{decision.id}").text
    assert f"/documents/{decision.id}/pages/1.png" in page
    assert "PDF（电子印章）" in page
    assert "将一袋生活垃圾倾倒于路边绿化带" in page
    image = handler.get(f"/documents/{decision.id}/pages/1.png")
    assert image.mimetype == "image/png"
    assert image.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("number", [0, 99, 10**9])
def test_a_page_that_a_paper_does_not_have_is_refused_in_words(site: Site, handler: FlaskClient, number: int) -> None:
    answer = handler.get(f"/documents/{site.documents['当罚']}/pages/{number}.png")
    assert answer.status_code in (404, 422)
    assert "<h1>" in answer.text


def test_a_case_that_others_handle_is_answered_like_one_that_does_not_exist(
    site: Site, as_: Callable[[str], FlaskClient]
) -> None:
    outsider = as_("外人")
    outsider.get("/")  # the token of the first form is in the cookie from here on
    for kind, own in (
        ("cases", site.case_id),
        ("documents", site.documents["当罚"]),
        ("recordings", site.recordings["AV简易"]),
        ("documents", f"{site.documents['当罚']}/files/docx"),
        ("documents", f"{site.documents['当罚']}/pages/1.png"),
        ("recordings", f"{site.recordings['AV简易']}/media"),
    ):
        hidden = outsider.get(f"/{kind}/{own}")
        absent = outsider.get(f"/{kind}/{re.sub('^[^/]+', MISSING, own)}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text == absent.text
        assert dict(hidden.headers) == dict(absent.headers)


def test_lists_totals_and_facets_reveal_nothing_to_those_outside_the_case(as_: Callable[[str], FlaskClient]) -> None:
    outsider = as_("外人")
    assert "共 0 件" in outsider.get("/").text
    assert "简易程序" not in outsider.get("/").text
    assert "共 0 条" in outsider.get("/search?q=垃圾").text
    assert "共 0 个" in outsider.get("/packages").text


def test_the_administrator_sees_no_case_content(site: Site, as_: Callable[[str], FlaskClient]) -> None:
    admin = as_("管理员")
    assert "共 0 件" in admin.get("/").text
    assert admin.get(f"/cases/{site.case_id}").status_code == 404
    assert admin.get("/search?q=垃圾").status_code == 403


def test_search_marks_what_was_asked_and_escapes_the_rest(handler: FlaskClient) -> None:
    page = handler.get("/search?q=生活垃圾").text
    assert "<mark>" in page
    nasty = handler.get("/search", query_string={"q": "<script>alert(1)</script>\"'"}).text
    assert "<script>alert" not in nasty
    assert "&lt;script&gt;" in nasty


@pytest.mark.parametrize("query", ['"', "AND OR NOT", "a*", "NEAR(", "title:", "{{7*7}}", "%", "\x00", "日期:", "．"])
def test_words_that_mean_something_to_an_engine_are_only_words(handler: FlaskClient, query: str) -> None:
    answer = handler.get("/search", query_string={"q": query})
    assert answer.status_code == 200
    assert "49" not in re.findall(r'value="([^"]*)"', answer.text)


def test_facets_narrow_and_can_be_taken_back(handler: FlaskClient) -> None:
    page = handler.get("/search?q=孙样例").text
    total = int(re.search(r"共 (\d+) 条", page)[1])  # type: ignore[index]
    narrowed = handler.get("/search?q=孙样例&thing=recording").text
    assert int(re.search(r"共 (\d+) 条", narrowed)[1]) < total  # type: ignore[index]
    assert "音像 ×" in narrowed


def test_a_package_shows_contents_report_and_how_to_check_it(as_: Callable[[str], FlaskClient]) -> None:
    archivist = as_("壬九")
    found = re.search(r"/packages/[0-9a-f-]{36}", archivist.get("/packages").text)
    assert found
    page = archivist.get(found[0]).text
    for word in ("正卷", "卷内目录", "四性检测", "真实性", "完整性", "verify.py", "清单摘要"):
        assert word in page


def test_a_package_is_read_again_as_long_work_by_its_keeper_and_others_are_told_who_may(
    site: Site, as_: Callable[[str], FlaskClient]
) -> None:
    archivist, handler = as_("壬九"), as_("甲一")
    found = re.search(r"/packages/[0-9a-f-]{36}", archivist.get("/packages").text)
    assert found
    for _twice in range(2):  # a double click asks once
        asked = archivist.post(f"{found[0]}/check", data={"csrf": csrf_of(archivist.get(found[0]).text)})
        assert asked.status_code == 303
    waiting = archivist.get(found[0]).text
    assert "等待办理" in waiting
    assert "data-poll" in waiting
    with site.ctx.database.read() as session:
        (job,) = jobs.jobs_of(session, kind="package_check", subject=found[0].rpartition("/")[2])
    assert workflows.run_in_process(site.ctx, job.id).state == "done"
    assert "核验通过" in archivist.get(found[0]).text
    shown = handler.get(found[0]).text
    assert "重新核验全部文件" not in shown
    refused = handler.post(f"{found[0]}/check", data={"csrf": csrf_of(shown)})
    assert refused.status_code == 403
    assert "由档案管理员办理" in refused.text
