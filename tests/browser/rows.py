"""What a visit to every page needs beside the demo: rows made through the forms that people use.

`People` are browsers signed in as the demo's people, as a party, a phone and a passer-by; `rows_of` gives the ids and
secrets that addresses are put together from. Pictures of the pages show the same rows (`scripts.pictures`).
"""

import base64
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode

from lxml import html
from PIL import Image
from playwright.sync_api import APIResponse, Browser, Page
from zxingcpp import read_barcode

from access import accounts
from archive import copy_links
from archive.models import CopyRow
from casework import queries
from foundation.context import Context
from generator.compile_package import write_zip
from tests.generator.scanned import stack_of, written

NOBODY, PARTY, PHONE = "路人", "当事人", "手机"
"""Who has no account: a passer-by, a party with a PIN, a phone that was let into a case."""
GENERAL, SUMMARY = "清案〔2026〕001号", "清案〔2026〕002号"
"""The two archived cases."""
TABLE = "\n".join(
    (
        "当事人类型,姓名（名称）,证件类型,证件号码,住址（住所）,联系电话,法定代表人（负责人、经营者）,职务",
        "法人,清河镇样板石材加工厂（虚构）,营业执照,91110108MA0DEMA133,样例村石材路1号,000-00000011,郑样本,厂长",
        "法人,清河镇样板洗砂场（虚构）,营业执照,91110108MA0DEMB263,样例村河滩2号,000-00000012,冯样本,场长",
    )
)
"""A list of parties for a batch."""


class People:
    """Browsers of people; each is opened and signed in when it is first asked for."""

    def __init__(self, browser: Browser, url: str, passwords: Mapping[str, str], **options: Any) -> None:
        self.browser, self.url, self.passwords = browser, url, passwords
        self.options = {"locale": "zh-CN", "reduced_motion": "reduce", **options}
        self.pages: dict[str, Page] = {}

    def page(self, person: str) -> Page:
        """Return the page of a person."""
        if person not in self.pages:
            self.pages[person] = self.browser.new_context(**self.options).new_page()
            if person in self.passwords:
                self.send(person, "/sign-in", login=person, password=self.passwords[person])
        return self.pages[person]

    def text(self, person: str, path: str) -> str:
        """Return the page that a person gets."""
        answer = self.page(person).request.get(self.url + path)
        assert answer.ok, f"{person} {path} {answer.status}"
        return answer.text()

    def known(self, person: str, path: str) -> list[dict[str, Any]]:
        """Return what the interface for programs lists for a person."""
        answer = self.page(person).request.get(f"{self.url}/api/v1{path}")
        assert answer.ok, f"{person} {path} {answer.status}"
        return list(answer.json()["items"])

    def send(self, person: str, page: str, to: str = "", **given: Any) -> str:
        """Send the form of a page as its button does and return the path that it leads to."""
        return self.answer(person, page, self.text(person, page), to, **given).url.removeprefix(self.url)

    def answer(self, person: str, page: str, text: str, to: str = "", **given: Any) -> APIResponse:
        """Send the form of a page that one has before one: with these words, and `file` as (name, bytes)."""
        target, file = to or page.partition("?")[0], given.pop("file", None)
        forms = [f for f in html.fromstring(text).forms if f.method == "POST"]
        form = next(f for f in forms if target in (f.get("action", target), *f.xpath(".//button/@formaction")))
        typed = ((k, v.removeprefix("\n")) for k, v in form.form_values())  # HTML drops what begins a text area
        sent = [(k, v) for k, v in typed if k not in given] + list(given.items())
        request = self.page(person).request
        if file is None:
            head = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = request.post(self.url + target, data=urlencode(sent), headers=head)
        else:
            name = next(str(i.get("name")) for i in form.inputs if i.get("type") == "file")
            part = {"name": file[0], "mimeType": "application/octet-stream", "buffer": file[1]}
            answer = request.post(self.url + target, multipart={**dict(sent), name: part})
        assert answer.ok, f"{person} {target} {answer.status} {html.fromstring(answer.text()).text_content()[-900:]}"
        return answer

    def close(self) -> None:
        """Close all browsers."""
        for page in self.pages.values():
            page.context.close()


def rows_of(people: People, ctx: Context) -> dict[str, str]:
    """Make what the demo lacks and return all that addresses are put together from."""
    rows = _known(people)
    for make in (_papers, _recordings, _uploads, _orders, _template, _signing, _own):
        rows |= make(people, rows)
    return rows | _link(ctx, rows)


def _known(people: People) -> dict[str, str]:
    """Name the demo's cases and what is looked at in them."""
    cases = people.known("壬九", "/cases?limit=100")
    rows = {
        "general": _one(cases, number=GENERAL)["id"],
        "summary": _one(cases, number=SUMMARY)["id"],
        "running": _one(cases, state="NOTIFIED")["id"],
        "closed": _one(cases, state="CLOSED")["id"],
        "clue": _one(cases, title="搅拌站涉嫌未采取有效覆盖措施")["id"],
        "stone": _one(cases, title="石材加工厂例行检查")["id"],
        "wash": _one(cases, title="洗砂场现场检查")["id"],
        "street": _one(cases, title="占道堆放杂物案")["id"],
        "supplement": _one(cases, state="WAITING")["id"],
        "party": _one(cases, number=GENERAL)["parties"][0]["id"],
        "citizen": _one(cases, number=SUMMARY)["parties"][0]["id"],
    }
    general = people.known("甲一", f"/cases/{rows['general']}/documents")
    papers = {
        "decision": _one(general, type="penalty_decision"),
        "receipt": _one(general, type="service_receipt"),
        "order": _one(people.known("甲一", f"/cases/{rows['running']}/documents"), type="correction_order"),
        "returned": _one(people.known("甲一", f"/cases/{rows['clue']}/documents"), status="returned"),
        "unsigned": _one(people.known("甲一", f"/cases/{rows['stone']}/documents"), status="signing"),
        "to_serve": _one(people.known("甲一", f"/cases/{rows['supplement']}/documents"), type="supplement_notice"),
        "deadline": people.known("甲一", "/deadlines")[0],
        "package": people.known("壬九", f"/cases/{rows['general']}/packages")[0],
    }
    ledger = re.search(r'"(/admin/numbers/[^"]+/\d+)"', people.text("管理员", "/admin/numbers"))
    assert ledger
    rows |= {"digest": papers["decision"]["content_digest"], "ledger": unquote(ledger[1])}
    return rows | {name: paper["id"] for name, paper in papers.items()}


def _one(found: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    return next(one for one in found if all(one[k] == v for k, v in wanted.items()))


def _papers(people: People, rows: Mapping[str, str]) -> dict[str, str]:
    """Open a draft, begin a batch from it, print an issued paper."""
    draft = people.send("甲一", f"/cases/{rows['running']}/draft?type=rights_notice").split("/")[2]
    told = {"rights": "陈述", "notify_method": "书面", "notified_at": "2026-11-25T09:00"}
    people.send("甲一", f"/documents/{draft}/edit", **told)
    page = f"/documents/{draft}/batch"
    tried = people.answer("甲一", page, people.text("甲一", page), f"{page}/try", file=("沿街.csv", TABLE.encode()))
    batch = people.answer("甲一", page, tried.text()).url
    kit = people.send("甲一", f"/documents/{rows['order']}/print")
    return {"draft": draft, "batch": batch.rpartition("/")[2], "kit": kit.rpartition("/")[2]}


def _recordings(people: People, rows: Mapping[str, str]) -> dict[str, str]:
    """Name a video, a photo and one that waits for its file; let a phone in."""
    found = people.known("甲一", f"/cases/{rows['general']}/recordings")
    waits = next(r for r in people.known("甲一", f"/cases/{rows['wash']}/recordings") if not r["stored_at"])
    page = f"/cases/{rows['wash']}/phone"
    codes = []
    for _ in range(2):
        people.send("甲一", page)
        codes += re.findall(r"/p/([0-9A-Z]+)", people.text("甲一", page))[:1]
        if len(codes) == 1:
            people.send(PHONE, f"/p/{codes[0]}")
    named = {"video": _one(found, kind="录像")["id"], "photo": _one(found, kind="照相")["id"]}
    return named | {"announced": waits["id"], "code": codes[1]}


def _uploads(people: People, rows: Mapping[str, str]) -> dict[str, str]:
    """Begin an upload that is not finished, bring a scanned stack and a file to be checked."""
    token = re.findall(r'name="csrf" value="([^"]+)"', people.text("甲一", f"/cases/{rows['wash']}/recordings/new"))
    told = {"purpose": "recording", "subject": rows["wash"], "filename": "现场录像.mp4", "kind": "录像"}
    told |= {"scene": "现场检查", "place": "洗砂场"}
    words = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
    headers = {"Tus-Resumable": "1.0.0", "X-CSRF-Token": token[-1], "Upload-Length": "5000000"}
    request = people.page("甲一").request
    begun = request.post(f"{people.url}/uploads", headers=headers | {"Upload-Metadata": words})
    stack = people.send("甲一", "/scans", file=("回证.pdf", stack_of([written()])))
    check = people.send("壬九", "/checks", file=("送检.pdf", b"%PDF-1.7\n%%EOF\n"))
    names = {"upload": begun.headers["location"], "stack": stack, "check": check}
    return {name: path.rpartition("/")[2] for name, path in names.items()}


def _orders(people: People, rows: Mapping[str, str]) -> dict[str, str]:
    """Let the supervisor open a correction order and a head of legal affairs hand over signing."""
    words = {"problems[0].problem": "音像超过24小时入库", "problems[0].clause": "第三十一条", "requirement": "立即整改"}
    order = people.send("监督员", f"/corrections/new?case={rows['running']}", **words)
    page = "/delegations"
    form = html.fromstring(people.text("丁四", page)).forms
    options = [o.get("value") for f in form for o in f.xpath(".//select[@name='delegate_id']/option") if o.get("value")]
    kinds = [i.get("value") for f in form for i in f.xpath(".//input[@name='types']")]
    until = f"{dt.datetime.now(dt.UTC) + dt.timedelta(days=7):%Y-%m-%d}"
    words = {"delegate_id": options[0], "types": kinds[0], "valid_to": until, "basis": "授权书第3号"}
    people.send("丁四", page, **words)
    person = re.search(r"/admin/people/([0-9a-f-]{36})", people.text("管理员", "/admin/people"))
    assert person
    return {"correction": order.rpartition("/")[2], "person": person[1]}


def _template(people: People, _rows: Mapping[str, str]) -> dict[str, str]:
    """Hand a Word template in: the product's own with one word changed."""
    page = "/templates/inquiry_notice"
    word = people.page("丁四").request.get(f"{people.url}{page}/word.docx").body()
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace("特此通知".encode(), "特此告知".encode())
    made = people.send("丁四", page, file=("询问通知书.docx", write_zip(parts.items())), note="改一处用语")
    return {"template": made.rpartition("/")[2]}


def _signing(people: People, rows: Mapping[str, str]) -> dict[str, str]:
    """Show a code for a party to sign with on its own phone."""
    paper = _one(people.known("甲一", f"/cases/{rows['street']}/documents"), type="summary_penalty_decision")["id"]
    page = f"/documents/{paper}/sign"
    text = people.text("甲一", page)
    slot = re.search(rf"{page}/(\w+)/code", text)
    assert slot
    shown = people.answer("甲一", page, text, f"{page}/{slot[1]}/code", name="阿依努尔·买买䶮")
    picture = re.search(r'src="data:image/png;base64,([^"]+)"', shown.text())
    assert picture
    found = read_barcode(Image.open(io.BytesIO(base64.b64decode(picture[1]))))
    assert found
    return {"street_decision": paper, "link": found.text.rpartition("/")[2]}


def _own(people: People, rows: Mapping[str, str]) -> dict[str, str]:
    """Give a party a PIN, let it sign in and ask for a copy."""
    page = f"/cases/{rows['summary']}/passes"
    slip = people.answer("甲一", page, people.text("甲一", page), party_id=rows["citizen"]).text()
    pin = html.fromstring(slip).find_class("slip-pin")[0].text_content()
    people.send(PARTY, "/my/sign-in", number=SUMMARY, pin=pin)
    letter = re.search(r"/my/documents/([0-9a-f-]{36})", people.text(PARTY, "/my/"))
    assert letter
    asked = people.send(PARTY, "/my/copies/new", wanted=letter[1], purpose="申请行政复议", contact="000-00000002")
    waiting = re.search(r"/copies/([0-9a-f-]{36})", people.text("壬九", "/copies/"))
    assert waiting
    return {"letter": letter[1], "asked": asked.rpartition("/")[2], "request": waiting[1], "pin": pin}


def _link(ctx: Context, rows: Mapping[str, str]) -> dict[str, str]:
    """Give a link to a copy; the copy itself is a file without a request, for making one is long work."""
    now, blob = ctx.clock.now(), ctx.blobs.put(b"%PDF-1.7 copy")
    with ctx.database.read() as session:
        archivist = accounts.actor_of(session, accounts.account_of(session, "壬九").id, now)
        case = queries.case_facts(session, rows["summary"])
    row = CopyRow(
        id=ctx.ids.new(),
        agency_id=case.agency_id,
        case_id=case.id,
        party_id=rows["citizen"],
        number=f"复{ctx.ids.new()[-6:]}",
        applicant=case.parties[0].name,
        purpose="申请行政复议",
        made_at=now,
        expires_at=now + dt.timedelta(days=7),
        made_by=archivist.account_id,
        blob=blob.sha256,
        size=blob.size,
        pages=1,
        items=[],
        refused=[],
        clips=[],
    )
    with ctx.database.write() as session:
        session.add(row)
    given = copy_links.give_link(ctx, archivist, row.id)
    return {"copy": copy_links.token_of(ctx.keys, given.facts.id)}
