"""A party's pages: by number and PIN its own served papers and nothing else, its requests, the link to its copy."""

import datetime as dt
import html
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access import accounts
from archive import copy_answering
from casework import queries
from casework.operations import passes
from foundation import journal
from foundation.context import Context
from generator.press import Press
from tests.conftest import floor_of, move, settings_for
from tests.web.conftest import PASSWORD, Site, csrf_of
from web.app import create_app

MISSING = "018f0000-0000-7000-8000-000000000000"
ASK = {"purpose": "申请行政复议", "form": "拷贝", "contact": "000-00000002"}


@dataclass(frozen=True, kw_only=True)
class Counter:
    """An office of its own over the archived case, for tests that change it."""

    app: Flask
    ctx: Context
    case_id: str
    documents: dict[str, str]

    @property
    def number(self) -> str:
        """Return the case's number."""
        with self.ctx.database.read() as session:
            return queries.case_facts(session, self.case_id).number

    @property
    def party_id(self) -> str:
        """Return the only party."""
        with self.ctx.database.read() as session:
            return queries.case_facts(session, self.case_id).parties[0].id

    def actor(self, login: str) -> Any:
        """Return a member of the office."""
        with self.ctx.database.read() as session:
            account = accounts.account_of(session, login)
            return accounts.actor_of(session, account.id, self.ctx.clock.now())

    def give(self) -> str:
        """Give the party a PIN."""
        return passes.give_pass(self.ctx, self.actor("壬九"), case_id=self.case_id, party_id=self.party_id).pin

    def staff(self, login: str) -> FlaskClient:
        """Return a browser that is signed in as a member of the office."""
        client = self.app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text), "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    def enter(self, client: FlaskClient, pin: str, number: str = "", **words: str) -> Any:
        """Send the sign-in form."""
        token = csrf_of(client.get("/my/sign-in").text)
        return client.post("/my/sign-in", data={"number": number or self.number, "pin": pin, "csrf": token, **words})

    def party(self) -> FlaskClient:
        """Return a browser that is signed in as the party."""
        client = self.app.test_client()
        assert self.enter(client, self.give()).status_code == 303
        return client


@pytest.fixture
def counter(site: Site, tmp_path: Path) -> Iterator[Counter]:
    folder = tmp_path / "var"
    shutil.copytree(site.ctx.settings.data_dir, folder)
    ctx = floor_of(settings_for(folder, fonts_dir=site.ctx.settings.fonts_dir))
    move(ctx, site.ctx.clock.now())
    app = create_app(ctx)
    yield Counter(app=app, ctx=ctx, case_id=site.case_id, documents=site.documents)
    ctx.database.close()


def post(client: FlaskClient, page: str, to: str = "", **data: Any) -> Any:
    """Send a form with the token of the page that it stands on."""
    return client.post(to or page, data={"csrf": csrf_of(client.get(page).text), **data})


def ids_in(text: str) -> set[str]:
    return set(re.findall(r"/my/documents/([0-9a-f-]{36})", text))


def test_a_party_reads_what_was_served_on_it_and_nothing_else(counter: Counter) -> None:
    client = counter.party()
    home = client.get("/my/").text
    decision = counter.documents["处罚决定"] if "处罚决定" in counter.documents else min(ids_in(home))
    assert decision in ids_in(home)
    for name, document_id in counter.documents.items():
        status = client.get(f"/my/documents/{document_id}").status_code
        assert status == (200 if document_id in ids_in(home) else 404), name


def test_a_paper_is_read_in_words_with_days_and_rights(counter: Counter) -> None:
    client = counter.party()
    pages = [client.get(f"/my/documents/{d}").text for d in ids_in(client.get("/my/").text)]
    text = next(p for p in pages if "当场行政处罚决定书</h1>" in p)
    assert re.search(r"您不服的，可以在2026年\d+月\d+日前（含当天）申请行政复议。", text)
    assert "您的权利" in text
    assert "示范县人民政府" in text
    assert "倾倒" in text


def test_the_sealed_file_is_given_and_the_download_is_journalled(counter: Counter) -> None:
    client = counter.party()
    (document_id, *_) = sorted(ids_in(client.get("/my/").text))
    answer = client.get(f"/my/documents/{document_id}/file")
    assert answer.data.startswith(b"%PDF-")
    assert client.get(f"/my/documents/{document_id}/pages/1.png").data.startswith(b"\x89PNG")
    with counter.ctx.database.read() as session:
        events = [e for e in journal.events(session, f"access:{counter.case_id}") if e.kind == "document.downloaded"]
    assert events[-1].actor.startswith("p:")


def test_staff_pages_know_no_party_and_party_pages_no_staff(counter: Counter) -> None:
    party, staff = counter.party(), counter.staff("甲一")
    for path in ("/", f"/cases/{counter.case_id}", "/search", "/copies/", f"/cases/{counter.case_id}/passes"):
        assert party.get(path).status_code == 302, path
    for path in ("/my/", "/my/copies/new", f"/my/documents/{MISSING}"):
        assert staff.get(path).location.startswith("/my/sign-in"), path


def test_a22_no_page_of_a_party_holds_internal_papers_or_names(counter: Counter) -> None:
    client = counter.party()
    seen, waiting, text = set[str](), ["/my/"], ""
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/my") or "/file" in path or ".png" in path:
            continue
        seen.add(path)
        page = client.get(path).text
        text += page
        waiting += [p.replace("&amp;", "&") for p in re.findall(r'href="(/[^"#]*)', page)]
    with counter.ctx.database.read() as session:
        side = [d for d in queries.documents_of(session, counter.case_id) if d.volume != "main"]
    assert len(seen) > 2
    assert not [d.title for d in side if d.id in text]
    assert "法制科负责人" not in text


def test_unknown_numbers_and_wrong_pins_are_answered_alike(counter: Counter) -> None:
    pin = counter.give()
    client = counter.app.test_client()
    answers = [
        counter.enter(client, "00000000"),
        counter.enter(client, pin, number="清案〔2026〕999号"),
        counter.enter(client, "", number=""),
        counter.enter(client, "1' OR '1'='1", number="%"),
    ]
    assert {a.status_code for a in answers} == {401}
    said = {re.sub(r'value="[^"]*"', "", re.search(r'role="alert".*?</div>', a.text, re.DOTALL)[0]) for a in answers}  # type: ignore[index]
    assert len(said) == 1


def test_guessing_is_slowed_with_how_long_to_wait(counter: Counter) -> None:
    counter.give()
    client = counter.app.test_client()
    answers = [counter.enter(client, "00000000") for _ in range(5)]
    assert [a.status_code for a in answers] == [401] * 4 + [429]
    assert answers[-1].headers["Retry-After"] == "1"


def test_a_paper_of_another_case_or_agency_and_none_at_all_are_answered_alike(counter: Counter) -> None:
    client = counter.party()
    hidden = next(d for d in counter.documents.values() if client.get(f"/my/documents/{d}").status_code == 404)
    bodies = {client.get(f"/my/documents/{d}").text for d in (hidden, MISSING, "x")}
    bodies |= {client.get(f"/my/documents/{d}/file").text for d in (hidden, MISSING)}
    assert len({re.sub(r'name="csrf" value="[^"]*"', "", b) for b in bodies}) == 1


def test_a_pass_taken_back_ends_the_browser_at_once(counter: Counter) -> None:
    client = counter.party()
    counter.give()
    assert client.get("/my/").location.startswith("/my/sign-in")


def test_signing_in_as_a_party_ends_the_staffs_session_in_that_browser(counter: Counter) -> None:
    client, pin = counter.staff("甲一"), counter.give()
    assert counter.enter(client, pin).status_code == 303
    assert client.get("/my/").status_code == 200
    assert client.get(f"/cases/{counter.case_id}").status_code == 302


def test_signing_out_ends_the_session_on_the_server(counter: Counter) -> None:
    client = counter.party()
    with client.session_transaction() as cookie:
        kept = dict(cookie)
    assert post(client, "/my/", "/my/sign-out").status_code == 303
    with client.session_transaction() as cookie:
        cookie.update(kept)
    assert client.get("/my/").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil", "/", "/cases/x", "/my/../cases"])
def test_after_signing_in_one_comes_to_an_own_page(counter: Counter, target: str) -> None:
    answer = counter.enter(counter.app.test_client(), counter.give(), next=target)
    assert answer.location.startswith("/my/")
    assert "evil" not in answer.location


def test_forms_without_their_token_change_nothing(counter: Counter) -> None:
    client, pin = counter.app.test_client(), counter.give()
    assert client.post("/my/sign-in", data={"number": counter.number, "pin": pin}).status_code == 403
    party = counter.party()
    assert party.post("/my/copies/new", data={**ASK, "csrf": "x.y"}).status_code == 403


# --- requests ---------------------------------------------------------------------------------------------------------


def asked(client: FlaskClient, **words: Any) -> str:
    """Send the form for a copy of everything that may be chosen; return the address of the receipt."""
    page = client.get("/my/copies/new").text
    wanted = re.findall(r'name="wanted" value="([^"]+)"', page)
    answer = post(client, "/my/copies/new", wanted=wanted, **{**ASK, **words})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_request_keeps_what_was_typed_and_says_what_is_missing(counter: Counter) -> None:
    client = counter.party()
    answer = post(client, "/my/copies/new", other="现场录像<b>", contact="000-1", form="拷贝", purpose="")
    assert answer.status_code == 422
    assert "现场录像&lt;b&gt;" in answer.text
    assert "没有写明用途" in answer.text


def test_a_receipt_names_the_day_of_the_answer(counter: Counter) -> None:
    client = counter.party()
    page = client.get(asked(client)).text
    assert "2026年6月10日前（含当天）答复您" in page
    assert "复申2026-001" in page


def test_a_form_sent_twice_asks_once(counter: Counter) -> None:
    client = counter.party()
    page = client.get("/my/copies/new").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    data = {**ASK, "other": "录像", "once": once[1], "csrf": csrf_of(page)}
    first, second = (client.post("/my/copies/new", data=data) for _ in range(2))
    assert first.location == second.location


def test_a_form_whose_session_was_over_keeps_what_was_typed(counter: Counter) -> None:
    client, pin = counter.app.test_client(), counter.give()
    counter.enter(client, pin)
    page = client.get("/my/copies/new").text
    move(counter.ctx, counter.ctx.clock.now() + dt.timedelta(minutes=16))
    data = {**ASK, "purpose": "申请“复议”", "csrf": csrf_of(page), "once": "x"}
    over = client.post("/my/copies/new", data=data)
    assert over.status_code == 401
    kept = dict(re.findall(r'name="(kept\.\w+)" value="([^"]*)"', over.text))
    words = {k: html.unescape(v) for k, v in kept.items()}
    again = client.post("/my/sign-in", data={"number": counter.number, "pin": pin, "csrf": csrf_of(over.text), **words})
    assert "申请“复议”" in again.text
    assert "kept.csrf" not in over.text
    assert client.get("/my/").status_code == 200


def test_a_request_of_somebody_else_is_answered_like_none(counter: Counter) -> None:
    client = counter.party()
    receipt = asked(client)
    stranger = counter.app.test_client()
    assert stranger.get(receipt).status_code == 302
    for path in (f"/my/copies/{MISSING}", "/my/copies/x"):
        assert client.get(path).status_code == 404


def test_a_request_is_taken_back(counter: Counter) -> None:
    client = counter.party()
    receipt = asked(client)
    assert post(client, receipt, f"{receipt}/withdraw").status_code == 303
    assert "已于" in client.get(receipt).text


def run_job(counter: Counter, request_id: str) -> None:
    """Do what a worker does."""
    by = counter.actor("壬九").account_id
    with Press(counter.ctx) as press:
        copy_answering.make(counter.ctx, by, request_id, press)
        copy_answering.answer(counter.ctx, by, request_id, press)
    copy_answering.close(counter.ctx, by, request_id)


def screened(client: FlaskClient, page: str, **changes: str) -> Any:
    """Send the screening as the page shows it."""
    text = client.get(page).text
    data: dict[str, Any] = dict(re.findall(r'type="hidden" name="(items\[\d+\]\.key)" value="([^"]*)"', text))
    chosen = r'name="(items\[\d+\]\.(?:result|reason))".*?</select>'
    for found in re.finditer(chosen, text, re.DOTALL):
        option = re.search(r'value="([^"]*)" selected', found[0])
        data[found[1]] = option[1] if option else ""
    return post(client, page, f"{page}/items", act="submit", **{**data, **changes})


def through(counter: Counter, receipt: str, *, withhold_other: bool = False) -> str:
    """Carry a request from its receipt to its answer; return its page in the office."""
    request_id = receipt.rpartition("/")[2]
    page = f"/copies/{request_id}"
    archivist, legal = counter.staff("壬九"), counter.staff("丁四")
    assert post(archivist, page, f"{page}/register").status_code == 303
    changes = {}
    if withhold_other:
        last = max(int(n) for n in re.findall(r"items\[(\d+)\]\.key", archivist.get(page).text))
        changes = {f"items[{last}].result": "不提供", f"items[{last}].reason": "internal"}
    sent = screened(archivist, page, **changes)
    assert sent.status_code == 303, sent.text
    decision = "部分同意" if withhold_other else "同意"
    assert post(legal, page, f"{page}/decide", decision=decision, opinion="属送达文书。").status_code == 303
    assert post(archivist, page, f"{page}/answer").status_code == 303
    run_job(counter, request_id)
    return page


@pytest.mark.article("A33.1")
def test_from_asking_to_fetching_with_a_pin_that_goes_another_way(counter: Counter) -> None:
    party = counter.party()
    receipt = asked(party)
    page = through(counter, receipt)
    archivist = counter.staff("壬九")
    slip = post(archivist, page, f"{page}/link")
    pin = re.search(r'slip-pin">([\d ]+)<', slip.text)
    assert pin
    ready = party.get(receipt).text
    link = re.search(r'href="(/c/[^"]+)"', ready)
    assert link
    assert pin[1] not in ready
    stranger = counter.app.test_client()
    shown = stranger.get(link[1]).text
    assert "孙样例" not in shown
    assert counter.number not in shown
    answer = post(stranger, link[1], pin=pin[1])
    assert answer.data.startswith(b"%PDF-")
    assert "attachment" in answer.headers["Content-Disposition"]
    genuine = stranger.post(
        "/verify", data={"csrf": csrf_of(stranger.get("/verify").text), "file": (io.BytesIO(answer.data), "a.pdf")}
    )
    assert "核验一致" in genuine.text
    assert "孙样例" not in genuine.text


def test_the_slip_is_shown_once(counter: Counter) -> None:
    party = counter.party()
    page = through(counter, asked(party))
    archivist = counter.staff("壬九")
    text = archivist.get(page).text
    tokens = dict(re.findall(r'name="(csrf|once)" value="([^"]+)"', text[text.index("/link") :]))
    first = archivist.post(f"{page}/link", data=tokens)
    second = archivist.post(f"{page}/link", data=tokens)
    assert "slip-pin" in first.text
    assert (second.status_code, second.location) == (303, page)
    assert first.headers["Cache-Control"] == "private, no-store"


def test_a_link_says_plainly_why_it_opens_nothing_any_more(counter: Counter) -> None:
    party = counter.party()
    receipt = asked(party)
    page = through(counter, receipt)
    archivist = counter.staff("壬九")
    slip = post(archivist, page, f"{page}/link").text
    pin = re.search(r'slip-pin">([\d ]+)<', slip)[1]  # type: ignore[index]
    link = re.search(r"/c/[\w-]+", slip)[0]  # type: ignore[index]
    stranger = counter.app.test_client()
    assert post(stranger, link, pin="00000000").status_code == 401
    for _ in range(3):
        assert post(stranger, link, pin=pin).data.startswith(b"%PDF-")
    over = stranger.get(link)
    assert (over.status_code, "下载次数已用完" in over.text) == (410, True)
    assert post(stranger, "/my/sign-in", link, pin=pin).status_code == 410
    for odd in ("x", "../x", "A" * 43, "%00", "密"):
        assert stranger.get(f"/c/{odd}").status_code == 404


@pytest.mark.article("A33.1")
def test_a_refusal_in_part_reaches_the_party_in_writing(counter: Counter) -> None:
    party = counter.party()
    receipt = asked(party, other="集体讨论记录")
    through(counter, receipt, withhold_other=True)
    page = party.get(receipt).text
    reply = re.search(r'href="(/my/documents/[^"]+)"', page)
    assert reply
    text = party.get(reply[1]).text
    assert "查阅复制申请答复书" in text
    assert "集体讨论记录" in text
    assert party.get(f"{reply[1]}/file").data.startswith(b"%PDF-")


# --- the office -------------------------------------------------------------------------------------------------------


def test_the_list_is_ordered_by_the_day_of_the_answer_and_for_those_who_work_on_it(counter: Counter) -> None:
    party = counter.party()
    asked(party)
    move(counter.ctx, "2026-06-03T09:00")
    party = counter.party()
    asked(party)
    page = counter.staff("壬九").get("/copies/").text
    assert page.index("复申2026-001") < page.index("复申2026-002")
    assert "还有 " in page
    assert counter.staff("甲一").get("/copies/").status_code == 403


def test_a_request_stands_among_the_work_of_whose_turn_it_is(counter: Counter) -> None:
    request_id = asked(counter.party()).rpartition("/")[2]
    page = f"/copies/{request_id}"
    archivist, legal, clerk = (counter.staff(name) for name in ("壬九", "丁四", "甲一"))
    assert [page in one.get("/work").text for one in (archivist, legal, clerk)] == [True, False, False]
    assert post(archivist, page, f"{page}/register").status_code == 303
    assert screened(archivist, page).status_code == 303
    assert [page in one.get("/work").text for one in (archivist, legal, clerk)] == [False, True, False]


@pytest.mark.parametrize("login", ["甲一", "管理员", "外人"])
def test_who_does_not_work_on_requests_finds_none(counter: Counter, login: str) -> None:
    page = f"/copies/{asked(counter.party()).rpartition('/')[2]}"
    client = counter.staff(login)
    known, unknown = client.get(page), client.get(f"/copies/{MISSING}")
    assert (known.status_code, unknown.status_code) == (404, 404)


def test_a_pass_is_given_on_the_cases_page_and_shown_once(counter: Counter) -> None:
    client = counter.staff("甲一")
    path = f"/cases/{counter.case_id}/passes"
    assert path in client.get(f"/cases/{counter.case_id}").text
    slip = post(client, path, party_id=counter.party_id).text
    pin = re.search(r'slip-pin">([\d ]+)<', slip)
    assert pin
    assert "data:image/svg+xml" in slip
    page = client.get(path).text
    assert pin[1] not in page
    assert counter.enter(counter.app.test_client(), pin[1]).status_code == 303
    ending = re.search(r'action="(/passes/[^"]+/end)"', page)
    assert ending
    assert post(client, path, ending[1]).status_code == 303
    assert counter.enter(counter.app.test_client(), pin[1]).status_code == 401


def test_a_request_at_the_counter_is_written_down_by_the_archivist(counter: Counter) -> None:
    client = counter.staff("壬九")
    path = f"/copies/new/{counter.case_id}/{counter.party_id}"
    answer = post(client, path, other="全部", **ASK)
    assert answer.status_code == 303
    assert "复申2026-001" in client.get(answer.location).text
    assert counter.staff("甲一").get(path).status_code == 403


def test_public_answers_are_paced_over_all_processes(counter: Counter) -> None:
    client = counter.app.test_client()
    other = create_app(counter.ctx).test_client()
    first = [client.get(f"/v/{MISSING}?d={'0' * 12}").status_code for _ in range(30)]
    assert set(first) == {404}
    assert other.get(f"/v/{MISSING}?d={'0' * 12}").status_code == 429


def test_a_file_with_one_changed_byte_is_none_of_ours(counter: Counter) -> None:
    client = counter.party()
    (document_id, *_) = sorted(ids_in(client.get("/my/").text))
    data = bytearray(client.get(f"/my/documents/{document_id}/file").data)

    def said(content: bytes) -> Any:
        token = csrf_of(client.get("/verify").text)
        return client.post("/verify", data={"csrf": token, "file": (io.BytesIO(content), "a.pdf")})

    assert said(bytes(data)).status_code == 200
    data[len(data) // 2] ^= 1
    assert said(bytes(data)).status_code == 404
    assert said(b"").status_code == 404


def test_a_paper_handed_over_leads_from_its_code_to_its_partys_page(counter: Counter) -> None:
    client = counter.party()
    (document_id, *_) = sorted(ids_in(client.get("/my/").text))
    with counter.ctx.database.read() as session:
        digest = queries.document_facts(session, document_id).content_digest
    page = counter.app.test_client().get(f"/v/{document_id}?d={digest[:16]}").text
    assert f"/my/sign-in?n={document_id}" in page
    assert counter.enter(counter.app.test_client(), counter.give(), number=document_id).status_code == 303
