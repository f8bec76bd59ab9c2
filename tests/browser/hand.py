"""A scenario carried by hand: every act is done on its page by the person who does it, on the scenario's own day.

The application runs in this process on a clock that the test moves; the pages, forms and scripts are those that
everybody uses. What a step of a scenario says is what a person reads and types; nothing is done beside the pages.
"""

import contextlib
import itertools
import logging
import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page
from werkzeug.serving import make_server

from access import accounts
from casework import queries
from casework.facts import DocumentFacts, Status
from catalogue.definitions import DocumentType, Field
from catalogue.loading import load_catalogue
from cli.media import make_media
from cli.replay import Replay
from cli.scenario import Scenario, Signing, Step
from foundation import jobs, workflows
from foundation.clock import ManualClock
from foundation.context import Context
from web.app import create_app

PASSWORD = "河边草木深 4711"  # noqa: S105 - of accounts that live as long as a test
OPEN = (Status.DRAFT, Status.RETURNED, Status.SIGNING)
SAVED = re.compile("已自动保存|需要更正")


@contextlib.contextmanager
def serving(ctx: Context) -> Iterator[str]:
    """Serve the application from this process and give its address."""
    app = create_app(ctx)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Hands:
    """The people of a scenario before their browsers."""

    def __init__(self, ctx: Context, clock: ManualClock, scenario: Scenario, url: str, browser: Browser) -> None:
        self.ctx = ctx
        self.clock = clock
        self.url = url
        self.browser = browser
        self.scenario = scenario
        self.catalogue = load_catalogue(ctx.settings.templates_dir)
        self.complaints: list[str] = []
        self._seeds = itertools.count(1)
        self._pages: dict[str, Page] = {}
        self._contexts: list[BrowserContext] = []
        play = Replay(ctx, clock, scenario, None)
        self.cast = play.set_up()
        for account_id in self.cast.accounts.values():
            accounts.set_password(ctx, account_id=account_id, password=PASSWORD)

    def play(self, step: Step) -> None:
        """Do one step by its pages."""
        self.clock.move(step.at)
        ACTS[step.verb](self, step)

    def close(self) -> None:
        """Close all browsers."""
        for one in self._contexts:
            one.close()

    # --- people and pages ---------------------------------------------------------------------------------------------

    def at(self, person: str, path: str) -> Page:
        """Return a person's browser at a page, signed in."""
        page = self._pages.get(person) or self._open(person)
        page.goto(self.url + path)
        if "/sign-in" in page.url:
            page.get_by_label("账号").fill(person)
            page.get_by_label("口令").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
            page.goto(self.url + path)
        return page

    def _open(self, person: str) -> Page:
        context = self.browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda m: self.complaints.append(f"{page.url} {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: self.complaints.append(f"{page.url} {e}"))
        page.on("dialog", lambda d: d.accept())
        self._pages[person] = page
        return page

    def done(self, page: Page, press: Locator) -> None:
        """Press what sends a form, and see that the next page has no fault."""
        press.click()
        page.wait_for_load_state()
        faults = page.locator("#faults")
        assert faults.count() == 0, f"{page.url}\n{faults.inner_text()}"
        assert page.locator(".alert-danger").count() == 0, page.locator("main").inner_text()

    # --- papers -------------------------------------------------------------------------------------------------------

    def document(self, name: str) -> DocumentFacts:
        """Return a paper by its name in the scenario."""
        with self.ctx.database.read() as session:
            return queries.document_facts(session, self.cast.documents[name])

    def draft(self, step: Step) -> str:
        """Open a paper, or go on with the one that the case began with; return its id."""
        keys = step.keys
        waiting = self._waiting(keys["doc"])
        if waiting is not None:
            self._bring_up_to_date(step, waiting)
            return waiting
        path = f"/cases/{self.cast.case_id}/draft" if self.cast.case_id else "/papers/draft"
        page = self.at(step.actor, f"{path}?type={keys['doc']}")
        choose(page, "party_id", self.cast.parties.get(keys.get("party", ""), ""))
        choose(page, "target_id", self.cast.documents.get(keys.get("target", ""), ""))
        choose(page, "recording_id", self.cast.recordings.get(keys.get("recording", ""), ""))
        if "officers" in keys:
            tick(page, "officers", [self.cast.people[o] for o in keys["officers"]], only=True)
        if keys.get("recordings"):
            unfold(page, page.locator("[name=recordings]").first)
            tick(page, "recordings", [self.cast.recordings[r] for r in keys["recordings"]])
        self.done(page, page.get_by_role("button", name="起草", exact=True))
        return page.url.split("/")[-2]

    def _bring_up_to_date(self, step: Step, document_id: str) -> None:
        """Link what was recorded since, and take what changed since into a paper that was opened earlier."""
        page = self.at(step.actor, f"/documents/{document_id}/edit")
        wanted = [self.cast.recordings[r] for r in step.keys.get("recordings", ())]
        if wanted:
            unfold(page, page.locator("#linking [name=recordings]").first)
            tick(page, "recordings", wanted)
            self.done(page, page.locator("#linking button"))
        refresh = page.get_by_role("button", name="按最新信息更新")
        if refresh.count():
            self.done(page, refresh)

    def _waiting(self, type_id: str) -> str | None:
        """Return the paper that beginning the case opened by itself."""
        with self.ctx.database.read() as session:
            papers = queries.documents_of(session, self.cast.case_id) if self.cast.case_id else []
        taken = set(self.cast.documents.values())
        return next((d.id for d in papers if d.type == type_id and d.status in OPEN and d.id not in taken), None)

    def fill(self, person: str, document_id: str, definition: DocumentType, data: Mapping[str, Any]) -> None:
        """Fill the form of a paper and see that it saved itself."""
        if not data:
            return
        page = self.at(person, f"/documents/{document_id}/edit")
        for name, value in data.items():
            field = definition.field(name)
            if field.kind == "list":
                self.rows(page, field, value)
            else:
                put(page, name, field, self._words(value))
        page.locator("#save").click()
        page.locator("#saved", has_text=SAVED).wait_for()
        assert page.locator(".fault").count() == 0, page.locator("#paper-form").inner_text()

    def _words(self, value: Any) -> Any:
        """Return a value as one types it; a paper is called by its title and number."""
        if isinstance(value, Mapping) and set(value) == {"ref"}:
            paper = self.document(value["ref"])
            return f"《{paper.title}》{paper.number}"
        return value

    def rows(self, page: Page, field: Field, value: Any) -> None:
        """Fill the rows of a list: those given, or more behind those that stand there."""
        rows = page.locator(f'[data-rows="{field.name}"] tbody tr')
        adds = isinstance(value, Mapping) and set(value) == {"append"}
        for at, row in enumerate(value["append"] if adds else value):
            cells = row if isinstance(row, Mapping) else {field.columns[0].name: row}
            place = blank(page, field, rows.count()) if adds else number_of(page, field, cells, at, rows.count())
            while place >= rows.count():
                page.locator(f'[data-rows="{field.name}"] [data-do=add-row]').click()
            for column in field.columns:
                if column.name in cells:
                    put(page, f"{field.name}[{place}].{column.name}", column, self._words(cells[column.name]))

    def sign(self, step: Step, signing: Signing, document_id: str) -> None:
        """Sign a slot on the signing page, as each person who signs."""
        self.clock.move(signing.at or self.clock.now())
        for number, person in enumerate(signing.people or (step.actor,)):
            page = self.at(person, f"/documents/{document_id}/sign")
            form = page.locator(f"#slot-{signing.slot} form")
            assert form.count() == 1, f"{signing.slot}: {page.locator('main').inner_text()}"
            for name, value in (signing.data if number == 0 else {}).items():
                put(form, f"value.{name}", None, self._words(value))
            if not signing.people:
                self._outside(page, form, signing)
            self.done(page, form.locator("button.btn-primary"))

    def _outside(self, page: Page, form: Locator, signing: Signing) -> None:
        if signing.name:
            form.locator("[name=name]").fill(signing.name)
        if signing.refused:
            unfold(page, form.locator("[name=refused]"))
            form.locator("[name=refused]").fill(signing.refused)
            form.locator("[name=witness]").fill(signing.witness)
        elif signing.method == "screen":
            scrawl(page, form.locator(".pad"))
        else:
            form.locator("[name=method]").select_option(signing.method)

    def issue(self, person: str, document_id: str) -> None:
        """Issue a paper on its page."""
        page = self.at(person, f"/documents/{document_id}/issue")
        press = page.get_by_role("button", name="制发", exact=True)
        assert press.count() == 1, page.locator("main").inner_text()
        self.done(page, press)

    def file_of(self, step: Step, folder: Path) -> Path:
        """Make the file that a device recorded."""
        seed = next(self._seeds)
        media = step.keys["media"]
        return make_media(media, folder, f"{seed}", seed=seed, beside=self.scenario.path.parent)


# --- boxes of a form --------------------------------------------------------------------------------------------------


def put(where: Page | Locator, name: str, field: Field | None, value: Any) -> None:
    """Type or choose a value in a box, whatever kind of box it is."""
    box = where.locator(f'[name="{name}"]').last
    assert box.count(), f"no box {name}"
    unfold(box.page, box)
    if isinstance(value, bool):
        value = "是" if value else "否"
    if field is not None and field.kind == "multi_choice":
        tick(box.page, name, [str(v) for v in (value if isinstance(value, list) else [value])], only=True)
    elif box.evaluate("e => e.tagName") == "SELECT":
        box.select_option(str(value))
    else:
        text = "、".join(str(v) for v in value) if isinstance(value, list) else str(value)
        box.fill(text)


def choose(page: Page, name: str, value: str) -> None:
    """Choose in a list, where there is something to choose."""
    if value and page.locator(f"select[name={name}]").count():
        page.locator(f"select[name={name}]").select_option(value)


def tick(page: Page, name: str, values: Sequence[str], *, only: bool = False) -> None:
    """Tick the boxes of these values, and with `only` no others."""
    for one in page.locator(f'input[type=checkbox][name="{name}"]').all():
        if one.get_attribute("value") in values:
            one.check()
        elif only:
            one.uncheck()


def unfold(page: Page, box: Locator) -> None:
    """Open what a box is folded in, the outermost first."""
    folds = box.locator("xpath=ancestor::details[not(@open)]")
    while folds.count():
        folds.first.locator(":scope > summary").click()
        page.wait_for_timeout(20)


def blank(page: Page, field: Field, rows: int) -> int:
    """Return the place of the first row in which nothing stands."""
    for at in range(rows):
        boxes = page.locator(f'[name^="{field.name}[{at}]."]').all()
        if not any(b.input_value() for b in boxes):
            return at
    return rows


def number_of(page: Page, field: Field, cells: Mapping[str, Any], at: int, rows: int) -> int:
    """Return the row that a given one is laid over: the one of its number, else the one at its place."""
    wanted = str(cells.get("item_no", ""))
    for place in range(rows if wanted else 0):
        box = page.locator(f'[name="{field.name}[{place}].item_no"]')
        if box.count() and box.input_value() == wanted:
            return place
    return at


def scrawl(page: Page, pad: Locator) -> None:
    """Draw something like a name."""
    unfold(page, pad)
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for x, y in ((90, 20), (120, 90), (160, 40), (200, 80)):
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()


# --- acts -------------------------------------------------------------------------------------------------------------


def _open_case(hands: Hands, step: Step) -> None:
    data = step.keys["data"]
    page = hands.at(step.actor, "/cases/begin")
    source = "application" if data["procedure"] == "application" else "inspection"
    sources = [o.get_attribute("value") or "" for o in page.locator("[name=source] option").all()]
    page.locator("[name=source]").select_option(next((s for s in sources if source in s), sources[1]))
    page.locator("[name=procedure]").select_option(data["procedure"])
    for party in data.get("parties", ()):
        page.locator("[name=find]").fill(hands.scenario.parties[party]["name"])
        page.locator("#find").click()
        page.get_by_role("button", name="用已有的").first.click()
    page.locator("[name=title]").fill(data["title"])
    tick(page, "members", [hands.cast.people[m] for m in data["members"]], only=True)
    if data.get("dispute_prone"):
        page.locator("[name=dispute_prone]").check()
    hands.done(page, page.get_by_role("button", name="登记案件"))
    hands.cast.case_id = page.url.split("/cases/")[1].split("/")[0].split("#")[0]


def _paper(hands: Hands, step: Step) -> None:
    document_id = hands.draft(step)
    hands.cast.documents[step.id or step.keys["doc"]] = document_id
    definition = hands.catalogue.get(step.keys["doc"])
    hands.fill(step.actor, document_id, definition, step.keys.get("data") or {})
    for signing in step.signs:
        hands.sign(step, signing, document_id)
    if "issue" in step.keys:
        hands.clock.move(step.keys["issue"])
        hands.issue(step.actor, document_id)


def _sign(hands: Hands, step: Step) -> None:
    for signing in step.signs:
        hands.sign(step, signing, hands.cast.documents[step.keys["of"]])


def _announce(hands: Hands, step: Step) -> None:
    page = hands.at(step.actor, f"/cases/{hands.cast.case_id}/recordings/new")
    _tell_recording(hands, page, step)
    hands.done(page, page.get_by_role("button", name="保存", exact=True))
    hands.cast.recordings[step.id] = page.url.split("/recordings/")[1].split("?")[0]


def _tell_recording(hands: Hands, page: Page, step: Step) -> None:
    data = step.keys["data"]
    page.locator("[name=kind]").select_option(data.get("kind", "录像"))
    page.locator("[name=scene]").fill(data["scene"])
    page.locator("[name=place]").fill(data.get("place", ""))
    page.locator("[name=started_at]").fill(data["start"])
    page.locator("[name=operator_id]").select_option(hands.cast.people[data.get("operator", step.actor)])
    if data.get("device"):
        page.locator("[name=device_no]").select_option(data["device"])
    of = step.keys.get("of", ())
    if of:
        unfold(page, page.locator("[name=documents]").first)
        tick(page, "documents", [hands.cast.documents[d] for d in ([of] if isinstance(of, str) else of)])


def _store(hands: Hands, step: Step) -> None:
    data = step.keys["data"]
    page = hands.at(step.actor, f"/recordings/{hands.cast.recordings[step.id]}")
    of = step.keys.get("of", ())
    if page.get_by_role("button", name="录制结束").count():
        if "end" in data:
            page.locator("[name=ended_at]").fill(data["end"])
        hands.done(page, page.get_by_role("button", name="录制结束"))
    with tempfile.TemporaryDirectory() as folder:
        page.locator("input[type=file]").set_input_files(hands.file_of(step, Path(folder)))
        for name in ("late_reason", "summary"):
            if data.get(name):
                page.locator(f"#adding [name={name}]").fill(data[name])
        page.locator("#adding button.btn-primary").click()
        page.locator("video, audio, img.pageimage, #player").first.wait_for()
    if of:
        wanted = [hands.cast.documents[d] for d in ([of] if isinstance(of, str) else of)]
        page.goto(f"{hands.url}/recordings/{hands.cast.recordings[step.id]}")
        unfold(page, page.locator("[name=documents]").first)
        tick(page, "documents", wanted)
        hands.done(page, page.get_by_role("button", name="关联", exact=True))


def _serve(hands: Hands, step: Step) -> None:
    receipt = _begin_service(hands, step)
    hands.cast.documents[step.id] = receipt
    page = hands.at(step.actor, f"/services/{receipt}")
    definition, told = hands.catalogue.get("service_receipt"), 0
    for name, value in _result(step).items():
        field = definition.find_field(name)
        if field is not None and field.kind == "list" and page.locator(f'[data-rows="{name}"]').count():
            hands.rows(page, field, value)
            told += 1
        elif field is not None and page.locator(f'#main form [name="{name}"]').count():
            put(page, name, field, value)
            told += 1
    if told:
        hands.done(page, page.get_by_role("button", name="保存结果"))
    for signing in step.signs:
        hands.sign(step, signing, receipt)
    if "issue" in step.keys:
        hands.clock.move(step.keys["issue"])
        hands.issue(step.actor, receipt)


def _result(step: Step) -> dict[str, Any]:
    """Return what came of an attempt by the boxes of its page."""
    data = dict(step.keys["data"])
    if witnesses := data.pop("witnesses", ()):
        data["witness"] = witnesses
    if reason := data.pop("refused", ""):
        data |= {"refuse_reason": reason, "refuse_date": str(data["received_at"])[:10]}
    return data


def _begin_service(hands: Hands, step: Step) -> str:
    """Begin an attempt on the page of its first paper; return the receipt."""
    data, of = step.keys["data"], step.keys["of"]
    papers = [hands.cast.documents[d] for d in ([of] if isinstance(of, str) else of)]
    method = step.keys.get("method") or data.get("method", "")
    page = hands.at(step.actor, f"/documents/{papers[0]}/serve?method={method}")
    tick(page, "papers", papers[1:])
    for name in ("sent_at", "address", "delegate_reason", "ems_no"):
        box = page.locator(f"form.panel [name={name}]")
        if data.get(name) and box.count():
            box.fill(str(data[name]))
    hands.done(page, page.get_by_role("button", name="开始送达"))
    receipt = page.url.split("/services/")[1].split("?")[0].split("#")[0]
    for name in step.keys.get("recordings", ()):
        page.locator("#recordings [name=recording]").select_option(hands.cast.recordings[name])
        hands.done(page, page.locator("#recordings button"))
    return receipt


def _hand_over(_hands: Hands, _step: Step) -> None:
    """Nothing by hand: whoever files a case takes it over."""


def _archive(hands: Hands, step: Step) -> None:
    page = hands.at(step.actor, f"/cases/{hands.cast.case_id}/filing")
    page.get_by_role("button", name="整理归档").click()
    with hands.ctx.database.read() as session:
        (job,) = [j for j in jobs.jobs_of(session, subject=hands.cast.case_id, kind="pack") if not j.is_over]
    with ThreadPoolExecutor(1) as worker:  # the browser's loop runs in this thread
        worker.submit(workflows.run_in_process, hands.ctx, job.id).result()
    page.reload()
    assert page.locator("#pack", has_text="已归档").count() == 1, page.locator("main").inner_text()


def _return(hands: Hands, step: Step) -> None:
    page = hands.at(step.actor, f"/documents/{hands.cast.documents[step.keys['of']]}/return")
    for name, words in step.keys["remarks"].items():
        unfold(page, page.locator(f'[name="remark.{name}"]'))
        page.locator(f'[name="remark.{name}"]').fill(words)
    hands.done(page, page.get_by_role("button", name="退回承办人"))


ACTS: Mapping[str, Callable[[Hands, Step], None]] = {
    "open_case": _open_case,
    "paper": _paper,
    "sign": _sign,
    "announce": _announce,
    "store": _store,
    "serve": _serve,
    "return": _return,
    "hand_over": _hand_over,
    "archive": _archive,
}
