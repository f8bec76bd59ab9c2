"""Self-check of a case file before it is packed: what is missing, where, and what mends it; a light for the whole.

One row for each question; a row is red when it stops filing, amber when somebody should look, green else. Nothing is
told of papers that the viewer may not read. The reports of the finished package (`archive.checks`) are another thing.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from access.facts import Actor
from access.policy import Permission, decide
from archive.arranging import IN_FILE, OWN, CaseFile
from archive.computing import ARCHIVE_PERIOD
from archive.filing import COMPUTED, unfinished
from casework import approvals, queries
from casework.facts import DeadlineFacts, DocumentFacts
from casework.operations.common import readable
from casework.operations.signed_copies import BY_HAND, SCAN
from casework.views import Office, view_of

BAD, WARN, OK = "bad", "wait", "ok"
SHEETS = ("av_record_sheet",)
SOON_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing that is missing."""

    message: str
    remedy: str
    who: str = "承办人"
    document_id: str = ""
    recording_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question and its answer."""

    title: str
    article: str
    light: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the questions look at: what the viewer may read of a file."""

    at: Office
    file: CaseFile
    papers: Sequence[DocumentFacts]
    deadlines: Sequence[DeadlineFacts]


def completeness(at: Office, actor: Actor, file: CaseFile) -> list[Row]:
    """Return the rows of the self-check for one who looks."""
    viewer = queries.viewer_of(at.session, actor)
    recordings = [
        r
        for r in file.recordings
        if decide(actor, Permission.RECORDING_READ, queries.recording_record(r), viewer).allowed
    ]
    papers = [d for d in readable(at, actor, file.documents) if d.type not in OWN]
    seen = replace(file, documents=papers, recordings=recordings)
    asked = Asked(at=at, file=seen, papers=papers, deadlines=queries.deadlines_of(at.session, file.case.id))
    return [_row(asked, *question) for question in QUESTIONS]


def light(rows: Sequence[Row]) -> str:
    """Return the light of a whole self-check."""
    lights = {r.light for r in rows}
    return next((one for one in (BAD, WARN) if one in lights), OK)


def _row(asked: Asked, title: str, article: str, worst: str, question: Callable[[Asked], Iterator[Gap]]) -> Row:
    gaps = tuple(question(asked))
    return Row(title=title, article=article, light=worst if gaps else OK, gaps=gaps)


def _finished(asked: Asked) -> Iterator[Gap]:
    for one in unfinished(asked.file):
        yield Gap(message=one.message, remedy=one.remedy, who=one.who, document_id=one.path)


def _have_files(asked: Asked) -> Iterator[Gap]:
    for document in asked.papers:
        if document.status in IN_FILE and document.type not in COMPUTED and "pdf" not in document.blobs:
            message, remedy = f"《{document.title}》没有制成的文件。", "核对该文书；文件遗失的用备份恢复。"
            yield Gap(message=message, remedy=remedy, who="档案管理员", document_id=document.id)


def _signed_after_issue(asked: Asked) -> Iterator[Gap]:
    for document in asked.papers:
        definition = asked.file.definitions[document.id]
        if document.status not in IN_FILE or all(s.when != "after_issue" for s in definition.slots):
            continue
        for one in approvals.missing(view_of(asked.at, document, others=asked.papers), "after_issue"):
            message = f"《{document.title}》：{one.message}"
            yield Gap(message=message, remedy=one.remedy, who=one.who, document_id=document.id)


def _scanned(asked: Asked) -> Iterator[Gap]:
    for document in asked.papers:
        by_hand = [f for f in document.slots if f.method == BY_HAND]
        if by_hand and document.status in IN_FILE and SCAN not in document.blobs:
            names = "、".join(dict.fromkeys(f.name for f in by_hand if f.name))
            message = f"《{document.title}》由{names or '当事人'}在纸上签名，签署件还没有扫描入卷。"
            yield Gap(message=message, remedy="扫描签署件，按页脚的码归入该文书。", document_id=document.id)


def _stored(asked: Asked) -> Iterator[Gap]:
    for recording in asked.file.recordings:
        if not recording.blob:
            message = f"音像{recording.number}还没有存入系统。"
            yield Gap(message=message, remedy="上传原始文件。", recording_id=recording.id)


def _registered(asked: Asked) -> Iterator[Gap]:
    registered = {d.recording_id for d in asked.papers if d.type in SHEETS and d.status in IN_FILE}
    for recording in asked.file.recordings:
        if recording.blob and recording.id not in registered:
            message = f"音像{recording.number}没有登记表，证据卡将排在卷末。"
            yield Gap(message=message, remedy="制发执法音像记录登记表。", recording_id=recording.id)


def _in_time(asked: Asked) -> Iterator[Gap]:
    if asked.file.case.archived_on is not None:
        return
    today = asked.at.today
    for one in asked.deadlines:
        if one.kind == ARCHIVE_PERIOD and one.last_day <= today + dt.timedelta(days=SOON_DAYS):
            late = (today - one.last_day).days
            word = f"归档期限已过{late}天" if late > 0 else f"归档期限还有{-late}天"
            message, remedy = f"{word}（{one.last_day}截止）。", "尽快整理归档；逾期如实记录。"
            yield Gap(message=message, remedy=remedy, who="档案管理员")


QUESTIONS: tuple[tuple[str, str, str, Callable[[Asked], Iterator[Gap]]], ...] = (
    ("案件已经结案，文书已经制发", "A31.1", BAD, _finished),
    ("每份文书有制成的文件", "A31.1", BAD, _have_files),
    ("音像原件已经存入", "A31.2", BAD, _stored),
    ("制发后应当签的名已经签了", "A13.9", WARN, _signed_after_issue),
    ("纸上签名的文书已经扫描入卷", "A13.9", WARN, _scanned),
    ("音像有登记表", "A5.1", WARN, _registered),
    ("在归档期限之内", "A31.1", WARN, _in_time),
)
