"""Fifty people at their pages: a demo of twelve cases, one web process and one worker, 8 requests a second for 120 s.

Of the requests 70 % read, 20 % save a draft, 5 % search, 4 % send a piece of an upload, 1 % issue a paper; each person
has a session and a draft of their own, and sends when their turn comes, whether others were answered or not.
"""

import base64
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from access import accounts
from casework import queries
from casework.operations import documents
from casework.queries.lists import CaseFilter, case_page
from cli.serving import servers
from foundation.context import Context, build_context
from foundation.settings import ROOT, Settings

PEOPLE = 50
A_SECOND = 8
SECONDS = 120
PIECE = 256 << 10
SHARES = {"read": 70, "save": 20, "search": 5, "upload": 4, "issue": 1}
WORDS = ("扬尘", "清政罚", "未采取有效覆盖措施", "日期:2026-03", "倾倒")
TYPE = "case_source_register"
FULL = {"source_type": "行政检查发现", "clue_summary": "物料未覆盖", "verify_opinion": "建议立案"}
OK = 400
limits = {"page_p95_ms": 150.0, "save_p95_ms": 50.0, "errors": 0}


def run() -> dict[str, Any]:
    """Measure."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        data = Path(folder) / "var"
        _demo(data)
        site = _site(build_context(Settings(_env_file=None, data_dir=data)))  # type: ignore[call-arg]
        began = time.perf_counter()
        with servers(data) as running:
            ready = time.perf_counter() - began
            people = [_Person(running.url, site, number) for number in range(PEOPLE)]
            first = people[0].timed("GET", "/work")
            for person in people:
                person.visit("read", random.Random(1))
            for person in people:
                person.taken.clear()
            _turns(people)
    return _figures(people, ready, first)


def _demo(data: Path) -> None:
    env = {**os.environ, "ANJUAN_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "flask", "demo", "--no-serve"]
    subprocess.run(words, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words


@dataclass(frozen=True, kw_only=True)
class _Site:
    """What the people look at and work on."""

    login: str
    password: str
    pages: list[str]
    case_id: str
    drafts: list[str]
    ready: list[str]


def _site(ctx: Context) -> _Site:
    """Open a draft for everybody, and papers that only wait to be issued."""
    known = {
        a["login"]: a["password"] for a in json.loads((ctx.settings.data_dir / "demo.json").read_text())["accounts"]
    }
    with ctx.database.read() as session:
        who = {
            n: accounts.actor_of(session, accounts.account_of(session, n).id, ctx.clock.now()) for n in ("甲一", "丙三")
        }
        found = case_page(
            session, queries.CASE_COLUMNS["agency_id"] == who["甲一"].agency_id, CaseFilter(), page=1, size=20
        )
        case = next(c for c in found.cases if "检查" in c.title and not c.number)
        papers = [d.id for c in found.cases for d in queries.documents_of(session, c.id) if d.issued_at][:60]
    drafts = [documents.draft(ctx, who["甲一"], type=TYPE, case_id=case.id, data=FULL).id for _ in range(PEOPLE + 16)]
    for one in drafts[PEOPLE:]:
        documents.fill_slot(ctx, who["甲一"], document_id=one, slot="handler")
        opinion = {"unit_opinion": "同意。"}
        documents.fill_slot(ctx, who["丙三"], document_id=one, slot="unit", values=opinion)
    ctx.database.close()
    pages = ["/work", "/", "/deadlines", *(f"/cases/{c.id}" for c in found.cases)]
    pages += [f"/documents/{p}" for p in papers] + [f"/documents/{p}/pages/1.png" for p in papers[:20]]
    return _Site(
        login="甲一",
        password=known["甲一"],
        pages=pages,
        case_id=case.id,
        drafts=drafts[:PEOPLE],
        ready=drafts[PEOPLE:],
    )


@dataclass
class _Person:
    """One session with its browser's line to the server."""

    url: str
    site: _Site
    number: int
    taken: list[tuple[str, float, bool]] = field(default_factory=list)
    """Kind, seconds, whether it went wrong."""

    def __post_init__(self) -> None:
        """Sign in, begin an upload and open the draft."""
        self._cookie, self._version, self._offset, self._saves = "", 1, 0, 0
        csrf = self._csrf("/sign-in")
        form = {"login": self.site.login, "password": self.site.password, "csrf": csrf, "next": "/work"}
        self._ask("POST", "/sign-in", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
        self._token = self._csrf(f"/documents/{self.site.drafts[self.number]}/edit")
        self._own = {"Tus-Resumable": "1.0.0", "X-CSRF-Token": self._token, "Accept": "application/json"}
        words = {
            "purpose": "recording",
            "subject": self.site.case_id,
            "filename": f"{self.number}.mp4",
            "kind": "录像",
            "scene": "检查",
            "place": "料场",
        }
        told = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in words.items())
        head = {**self._own, "Upload-Length": str(1 << 30), "Upload-Metadata": told}
        answer, said = self._ask("POST", "/uploads", None, head)
        if answer.status >= OK:
            raise RuntimeError(said.decode())
        self._upload = str(answer.headers["Location"])

    def visit(self, kind: str, dice: random.Random) -> None:
        """Do one thing and keep how long it took."""
        began = time.perf_counter()
        try:
            status = ACTS[kind](self, dice)
        except OSError:
            status = 599
        self.taken.append((kind, time.perf_counter() - began, status >= OK))

    def timed(self, method: str, path: str) -> float:
        """Return how long one request takes."""
        began = time.perf_counter()
        self._ask(method, path)
        return time.perf_counter() - began

    def read(self, dice: random.Random) -> int:
        """Open a page or one page of a paper."""
        return self._ask("GET", dice.choice(self.site.pages))[0].status

    def save(self, _dice: random.Random) -> int:
        """Save a changed field of the own draft."""
        self._saves += 1
        sent = {"base_version": self._version, "fields": {"clue_summary": f"物料未覆盖，第{self._saves}次查看。"}}
        own = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": self._token}
        answer, said = self._ask("POST", f"/documents/{self.site.drafts[self.number]}/save", json.dumps(sent), own)
        self._version = json.loads(said).get("version", self._version)
        return answer.status

    def search(self, dice: random.Random) -> int:
        """Search."""
        return self._ask("GET", f"/search?q={quote(dice.choice(WORDS))}")[0].status

    def upload(self, _dice: random.Random) -> int:
        """Send the next piece of the own upload."""
        head = {**self._own, "Upload-Offset": str(self._offset), "Content-Type": "application/offset+octet-stream"}
        answer = self._ask("PATCH", self._upload, os.urandom(PIECE), head)[0]
        self._offset = int(answer.headers.get("Upload-Offset", self._offset))
        return answer.status

    def issue(self, _dice: random.Random) -> int:
        """Issue the next paper that waits for it."""
        if not self.site.ready:
            return self.read(_dice)
        form = urlencode({"csrf": self._token})
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", f"/documents/{self.site.ready.pop()}/issue", form, head)[0].status

    def _csrf(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self._ask("GET", path)[1].decode())
        return found[1] if found else ""

    def _ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        line = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        line.request(method, path, body, {"Cookie": self._cookie, **(headers or {})})
        answer = line.getresponse()
        data = answer.read()
        if told := answer.headers.get("Set-Cookie"):
            self._cookie = told.partition(";")[0]
        line.close()
        return answer, data


ACTS: Mapping[str, Callable[[_Person, random.Random], int]] = {
    "read": _Person.read,
    "save": _Person.save,
    "search": _Person.search,
    "upload": _Person.upload,
    "issue": _Person.issue,
}


def _turns(people: list[_Person]) -> None:
    """Let everybody take turns, `A_SECOND` in all, for `SECONDS`."""
    dice = random.Random(20261125)
    kinds = [k for k, share in SHARES.items() for _ in range(share)]
    began, running = time.perf_counter(), []
    for number in range(A_SECOND * SECONDS):
        wait = began + number / A_SECOND - time.perf_counter()
        time.sleep(max(0.0, wait))
        kind = dice.choice(kinds)
        turn = threading.Thread(target=people[number % PEOPLE].visit, args=(kind, random.Random(number)))
        turn.start()
        running.append(turn)
    for turn in running:
        turn.join()


def _figures(people: list[_Person], ready: float, first: float) -> dict[str, Any]:
    taken = [one for person in people for one in person.taken]
    by = {kind: [s for k, s, _ in taken if k == kind] for kind in SHARES}
    pages = by["read"] + by["search"]
    return {
        "requests": len(taken),
        "errors": sum(wrong for _, _, wrong in taken),
        "page_p50_ms": round(statistics.median(pages) * 1000, 1),
        "page_p95_ms": _p95(pages),
        "save_p50_ms": round(statistics.median(by["save"]) * 1000, 1),
        "save_p95_ms": _p95(by["save"]),
        "piece_p95_ms": _p95(by["upload"]),
        "issue_p95_ms": _p95(by["issue"]),
        "server_ready_s": round(ready, 2),
        "first_page_s": round(first, 2),
    }


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.95)] * 1000, 1) if values else 0.0
