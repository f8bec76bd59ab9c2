"""The items of a request for copies: what the rules of release say of each, what was said, what is still missing.

Pure functions over facts (but for looking whether a signed original is a scan). An item is a paper (`key` is its id), a
recording (`rec:<id>`) or the applicant's own words (`other`). The rules suggest a result; the archivist may withhold
what they would give, never give what they withhold; covered fields make a paper that is given one that is covered.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from access.rulebook import rulebook
from archive.arranging import CaseFile
from archive.copy_drawing import scan_of
from archive.copy_facts import CopyRequestFacts
from archive.enclosures import attachments
from archive.facts import VOLUME_TITLES
from archive.foreign import is_drawable
from archive.releasing import Applicant, applicant_of, masked_values, release_of
from archive.ruling import read
from casework.cleaning import clean
from casework.facts import DocumentFacts
from casework.operations.issuing import build_paper
from casework.views import Office
from foundation.errors import BadInput, Finding

GIVEN, MASKED, WITHHELD, HANDLED = "提供", "遮蔽", "不提供", "已列入"
GIVES = (GIVEN, MASKED)
OTHER, RECORDING = "other", "rec:"
LONGEST_NOTE = 300
COVER_LINE = re.compile(r"(\d+)[ ,，]+([\d.]+)[ ,，]+([\d.]+)[ ,，]+([\d.]+)[ ,，]+([\d.]+)")
"""Page from 1, and left, upper, right, lower edge in hundredths of the page."""

MUTE = re.compile(r"(\d+(?:\.\d+)?)[-—–~](\d+(?:\.\d+)?)")
"""Seconds of the recording from which to which nothing is heard."""


@dataclass(frozen=True, kw_only=True)
class ScreenItem:
    """One item of a screening."""

    key: str
    title: str
    number: str = ""
    volume: str = ""
    secrecy: str = ""
    allowed: bool = False
    """The rules of release let the applicant have it."""
    why_not: str = ""
    suggested: str = ""
    """Result that the rules suggest; empty where a person must say."""
    suggested_reason: str = ""
    covered: tuple[str, ...] = ()
    """Labels of fields that will be covered."""
    scan: str = ""
    """Blob of the signed original when it is a scan: covered fields must be painted on it."""
    pictures: tuple[tuple[str, str], ...] = ()
    """Blob and name of what may be painted."""
    said: Mapping[str, Any]
    """What was saved of it."""

    @property
    def result(self) -> str:
        """Return what was said, else what is suggested."""
        return str(self.said.get("result") or self.suggested)

    @property
    def reason(self) -> str:
        """Return the code of the reason that was given or is suggested."""
        return str(self.said.get("reason") or (self.suggested_reason if self.result == WITHHELD else ""))

    @property
    def basis(self) -> str:
        """Return why, in Chinese."""
        if self.result == WITHHELD:
            row = read("copying")["reasons"].get(self.reason, {"title": "", "source": ""})
            return f"{row['title']}（{row['source']}）" if row["title"] else ""
        return "依法可以提供" if self.result == GIVEN else "遮蔽他人信息后提供"


@dataclass(frozen=True, kw_only=True)
class Screening:
    """All items of a request, and what stands against handing the screening up."""

    items: tuple[ScreenItem, ...]
    more: tuple[tuple[str, str], ...]
    """Keys and titles of papers and recordings that may be added."""
    findings: tuple[Finding, ...]

    @property
    def kept(self) -> list[Mapping[str, Any]]:
        """Return the items as they are stored: with title, result and reason."""
        return [{**i.said, "key": i.key, "title": i.title, "result": i.result, "reason": i.reason} for i in self.items]


def screening_of(at: Office, file: CaseFile, facts: CopyRequestFacts) -> Screening:
    """Return the screening of a request as it stands."""
    party = next(p for p in file.case.parties if p.id == facts.party_id)
    applicant = applicant_of(file, party)
    said = {str(i["key"]): i for i in facts.items}
    keys = list(dict.fromkeys([*facts.wanted, *(k for k in said if k != OTHER)]))
    made = functools.partial(_item, at, file, applicant)
    items = [found for k in keys if (found := made(k, said.get(k, {}))) is not None]
    if facts.other:
        items.append(ScreenItem(key=OTHER, title=facts.other, said=said.get(OTHER, {})))
    more = tuple((k, t) for k, t in _more(file, applicant) if k not in keys)
    return Screening(items=tuple(items), more=more, findings=tuple(_against(file, facts, items)))


def _item(at: Office, file: CaseFile, applicant: Applicant, key: str, said: Mapping[str, Any]) -> ScreenItem | None:
    if key.startswith(RECORDING):
        recording = file.recording(key.removeprefix(RECORDING))
        if recording is None:
            return None
        fine = bool(recording.blob) and recording.id not in file.apart and recording.secrecy == "normal"
        title = f"{recording.number} {recording.summary or recording.scene}"
        return ScreenItem(key=key, title=title, secrecy=_class(recording.secrecy), allowed=fine, said=said)
    document = file.document(key)
    return _paper_item(at, file, applicant, document, said) if document else None


def _paper_item(
    at: Office, file: CaseFile, applicant: Applicant, document: DocumentFacts, said: Mapping[str, Any]
) -> ScreenItem:
    release = release_of(file, document, applicant)
    head: dict[str, Any] = {
        "key": document.id,
        "title": document.title,
        "number": document.number,
        "volume": VOLUME_TITLES.get(document.volume, document.volume),
        "secrecy": _class(document.secrecy),
        "said": said,
    }
    if not release.allowed:
        reason = read("copying")["suggests"].get(release.code, "")
        words = {"why_not": release.reason, "suggested": WITHHELD, "suggested_reason": reason}
        return ScreenItem(**head, **words)
    definition = file.definitions[document.id]
    values = build_paper(at.session, at.ctx, at.catalogue, document.id).values
    covered = masked_values(definition, values, document, applicant)[1]
    labels = {f.name: f.label for f in definition.fields}
    return ScreenItem(
        **head,
        allowed=True,
        suggested=MASKED if covered else GIVEN,
        covered=tuple(dict.fromkeys(labels.get(name.partition(".")[0], name) for name in covered)),
        scan=document.blobs.get("signed_copy", "") if covered and scan_of(at, document) else "",
        pictures=tuple(_pictures(at, document)),
    )


def _pictures(at: Office, document: DocumentFacts) -> Iterator[tuple[str, str]]:
    if scan_of(at, document):
        yield document.blobs["signed_copy"], "签署件扫描"
    for one in attachments(document.data):
        if is_drawable(one.media_type):
            yield one.blob, one.name


def _class(secrecy: str) -> str:
    return str(rulebook().classes.get(secrecy, {}).get("title", secrecy))


def _more(file: CaseFile, applicant: Applicant) -> Iterator[tuple[str, str]]:
    for document in file.documents:
        if release_of(file, document, applicant).allowed:
            yield document.id, f"《{document.title}》{document.number}"
    for one in file.recordings:
        if one.blob and one.secrecy == "normal" and one.id not in file.apart and one.kind != "照相":
            yield f"{RECORDING}{one.id}", f"音像 {one.number} {one.summary or one.scene}"


def _against(file: CaseFile, facts: CopyRequestFacts, items: Sequence[ScreenItem]) -> Iterator[Finding]:
    for item in items:
        if fault := fault_of(item):
            message, remedy = fault
            yield _finding(f"“{item.title[:40]}”：{message}", remedy, path=item.key)
    if not any(i.key != OTHER or i.result == WITHHELD for i in items):
        yield _finding("没有可以审查的内容。", "把申请人所指的文书、音像加入，或者写明不提供的理由。")
    if facts.agent and not _is_authorised(file, facts.agent):
        message = f"代理人{facts.agent}没有授权委托书，不能批准。"
        yield _finding(message, "由当事人补交授权委托书并登记。", path="agent")


def _finding(message: str, remedy: str, path: str = "") -> Finding:
    return Finding(code="COPY", article="A33.1", message=message, remedy=remedy, who="档案管理员", path=path)


def fault_of(item: ScreenItem) -> tuple[str, str] | None:
    """Return what is missing or wrong in what was said of an item, and what mends it; None when nothing is."""
    if item.result not in (*GIVES, WITHHELD, HANDLED):
        return "还没有审查。", "选择提供、遮蔽或者不提供。"
    if item.result == WITHHELD and item.reason not in read("copying")["reasons"]:
        return "没有选择不提供的理由。", "选择理由。"
    if item.result in GIVES and not item.allowed:
        return f"依规则不能提供：{item.why_not or '不是可以提供的内容'}。", "改为不提供，并选择理由。"
    if item.key.startswith(RECORDING) and item.result in GIVES and not item.said.get("end"):
        return "没有写明批准提供的起止时间。", "填写从第几秒到第几秒。"
    if item.result in GIVES and item.scan and not item.said.get("covers", {}).get(item.scan):
        return f"签署件是扫描件，其中的{'、'.join(item.covered)}要遮蔽。", "填写遮蔽区域。"
    return None


def _is_authorised(file: CaseFile, agent: str) -> bool:
    letters = [d for d in file.documents if d.type == "authorization_letter" and d.issued_at is not None]
    rows = [r for d in letters for r in d.data.get("agents") or () if isinstance(r, Mapping)]
    return any(r.get("name") and str(r["name"]) in agent for r in rows)


# --- what is posted ---------------------------------------------------------------------------------------------------


def read_items(known: Screening, items: Sequence[Mapping[str, Any]], add: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return items as they are stored.

    Raises:
        BadInput: An item is none of the request, or its words are wrong.
    """
    own, offered = {i.key: i for i in known.items}, {k for k, _ in known.more}
    saved: dict[str, Mapping[str, Any]] = {i.key: i.said for i in known.items}
    for item in items:
        if item.get("key") not in own:
            raise BadInput("页面上的项目与申请不符，没有保存。", remedy="刷新页面后重试。", path="items")
        saved[str(item["key"])] = _read_item(own[str(item["key"])], item)
    if not set(add) <= offered:
        raise BadInput("加入的内容中有不能提供的。", remedy="从所列的文书、音像中选择。", path="add")
    rows = [{**said, "key": key, "title": own[key].title} for key, said in saved.items()]
    return [*rows, *({"key": key, "title": dict(known.more)[key]} for key in dict.fromkeys(add))]


def _read_item(own: ScreenItem, item: Mapping[str, Any]) -> dict[str, Any]:
    result, reason = str(item.get("result") or ""), str(item.get("reason") or "")
    rules = read("copying")
    possible = (*rules["results"], *([HANDLED] if own.key == OTHER else []), "")
    if result not in possible or reason not in (*rules["reasons"], ""):
        raise BadInput("没有这种处理结果或者理由。", remedy="从所列各项中选择。", path=own.key)
    if result == GIVEN and own.covered:
        result = MASKED
    words = {"result": result, "reason": reason if result == WITHHELD else ""}
    words["note"] = clean(str(item.get("note") or ""))[:LONGEST_NOTE]
    return {**words, "covers": _covers(own, item.get("covers")), **_span(own, item)}


def _span(own: ScreenItem, item: Mapping[str, Any]) -> dict[str, Any]:
    if not own.key.startswith(RECORDING):
        return {}
    try:
        start, end = float(str(item.get("start") or 0)), float(str(item.get("end") or 0))
    except ValueError:
        raise BadInput("起止时间应为秒数。", remedy="例如从 12 到 30.5。", path=own.key) from None
    if not 0 <= start <= end < 10**6:
        raise BadInput("起止时间不对。", remedy="结束应晚于开始。", path=own.key)
    return {"start": start, "end": end, "mutes": [_mute(own, m) for m in str(item.get("mutes") or "").split()]}


def _mute(own: ScreenItem, text: str) -> list[float]:
    found = MUTE.fullmatch(text)
    start, end = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    if not start < end:
        raise BadInput(
            f"消音区间“{text[:40]}”看不懂。", remedy="写起止秒数，例如“12-15.5”，多处用空格分开。", path=own.key
        )
    return [start, end]


def _covers(own: ScreenItem, given: Any) -> dict[str, list[list[float]]]:
    """Read areas: one a line, page and four edges in hundredths."""
    out: dict[str, list[list[float]]] = {}
    known = dict(own.pictures)
    for blob, text in (given if isinstance(given, Mapping) else {}).items():
        lines = [line for line in str(text).splitlines() if line.strip()]
        areas = [_area(own, line) for line in lines]
        if areas and blob in known:
            out[blob] = areas
    return out


def _area(own: ScreenItem, line: str) -> list[float]:
    found = COVER_LINE.fullmatch(line.strip())
    page, *box = [float(n) for n in found.groups()] if found else [0.0]
    if not found or page < 1 or not (0 <= box[0] < box[2] <= 100 and 0 <= box[1] < box[3] <= 100):  # noqa: PLR2004 - hundredths
        remedy = "每行一处：页码，左，上，右，下（百分数），例如“1, 20, 30, 60, 35”。"
        raise BadInput(f"遮蔽区域“{line[:40]}”看不懂。", remedy=remedy, path=own.key)
    return [page, *box]
