"""Verify what the database holds of a case: rows against the chain, files against digests, the chain against anchors.

An event of the chain fixes what was done: number, content digest and files of each issued paper, digests of each
recording, dates of the case. A changed row is named with its case, thing and field; a chain that was computed anew
differs from the agency's anchored roots and from the copy in the case's package.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import orm

from archive import queries
from archive.arranging import CaseFile
from archive.casefile import case_file, office_of
from archive.layout import EVENTS, packages_folder
from archive.verifying import Fault, Progress, Report
from casework import queries as casework
from casework import sealing
from casework.documents import content_digest, differences
from casework.facts import CaseFacts, DocumentFacts, RecordingFacts
from casework.gates.api import DONE
from casework.operations.signed_copies import RENDERING
from foundation import journal, ledger
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import AnjuanError, Broken
from foundation.journal import Event

CASE_FIELDS = {
    "case.started": ("number", "number", "案号"),
    "case.closed": ("closed_on", "", "结案日期"),
    "case.archived": ("archived_on", "", "归档日期"),
}
"""Event → field of the case, key in the event's data (empty: the event's day), its name."""


def verify_case(ctx: Context, case_id: str, *, progress: Progress | None = None) -> Report:
    """Verify a case's chain, rows and files against each other.

    Args:
        ctx: The floor.
        case_id: The case.
        progress: Told how far it is.
    """
    with ctx.database.read() as session:
        file = case_file(office_of(ctx, session), case_id)
        stream = f"case:{case_id}"
        faults = list(_chain(session, file.case, stream))
        events = list(journal.events(session, stream))
        faults += [f for d in file.documents for f in _document(ctx, file, d, events)]
        faults += _case_row(file.case, events)
        faults += [
            Fault(path=f.stream or file.case.agency_id, message=f"{f.day}：{f.message}", what="总账")
            for f in ledger.verify(session, file.case.agency_id)
            if f.stream in ("", stream)
        ]
        faults += _kept_copy(ctx, session, case_id, events)
    faults += _files(ctx, file, events, progress)
    return Report(
        subject=file.case.number or file.case.working_number,
        faults=tuple(dict.fromkeys(faults)),
        files=sum(len(d.blobs) for d in file.documents) + sum(bool(r.blob) for r in file.recordings),
        events=len(events),
        registered=True,
    )


def verify_agency(ctx: Context, agency_id: str, *, progress: Progress | None = None) -> list[Report]:
    """Verify every case of an agency, and its own chains and roots."""
    with ctx.database.read() as session:
        ids = [c.id for c in casework.find_cases(session, casework.CASE_COLUMNS["agency_id"] == agency_id)]
        faults = [
            Fault(path=f.stream or agency_id, message=f"{f.day}：{f.message}", what="总账")
            for f in ledger.verify(session, agency_id)
        ]
        faults += _broken_chain(session, f"agency:{agency_id}")
    reports = [Report(subject=agency_id, faults=tuple(faults), registered=True)]
    return [*reports, *(verify_case(ctx, one, progress=progress) for one in ids)]


def _chain(session: orm.Session, case: CaseFacts, stream: str) -> Iterator[Fault]:
    yield from _broken_chain(session, stream)
    before = None
    for event in journal.events(session, stream):
        if before is not None and event.recorded_at < before:
            yield Fault(
                path=f"{stream}#{event.seq}",
                message="记入时间早于前一条：可能倒填日期",
                what=f"案件 {case.number or case.working_number} 的办案日志",
            )
        before = event.recorded_at


def _broken_chain(session: orm.Session, stream: str) -> list[Fault]:
    try:
        journal.verify_chain(session, stream)
    except Broken as error:
        return [Fault(path=stream, message=error.message, what="日志")]
    return []


def _last(events: Sequence[Event], kind: str, key: str, subject: str) -> Event | None:
    return next((e for e in reversed(events) if e.kind == kind and e.data.get(key) == subject), None)


def _document(ctx: Context, file: CaseFile, document: DocumentFacts, events: Sequence[Event]) -> Iterator[Fault]:
    name = f"案件 {file.case.number or file.case.working_number} 的《{document.title}》"
    definition = file.definitions[document.id]
    try:
        document = sealing.opened(ctx.keys, document)
    except AnjuanError as error:
        yield Fault(path=document.id, message=error.message, what=name, field="data")
        return
    digest = content_digest(definition, document.id, document.version, document.data)
    issued = _last(events, "document.issued", "document", document.id)
    fixed = str(issued.data.get("digest")) if issued else document.content_digest
    if digest != fixed or document.content_digest != fixed:
        changed = _changed_fields(ctx, file, document) or ("data",)
        for field in changed:
            yield Fault(path=document.id, message=f"字段“{field}”与制发时不符", what=name, field=field)
    if issued is None:
        if document.status in DONE:
            yield Fault(path=document.id, message="字段“status”为已制发，日志中没有制发", what=name, field="status")
        return
    yield from _issued_row(document, issued, name)
    copied = _last(events, "document.copy_drawn", "document", document.id)
    if document.blobs.get(RENDERING, "") != (copied.data.get("blob") if copied else ""):
        yield Fault(
            path=document.id, message="签署件与日志不符，已被换成别的文件", what=name, field=f"blobs.{RENDERING}"
        )


def _issued_row(document: DocumentFacts, issued: Event, name: str) -> Iterator[Fault]:
    compared: Mapping[str, tuple[Any, Any]] = {
        "number": (document.number, issued.data.get("number", "")),
        "issued_at": (legal_date(document.issued_at) if document.issued_at else None, legal_date(issued.at)),
    }
    for field, (row, fixed) in compared.items():
        if row != fixed:
            yield Fault(path=document.id, message=f"字段“{field}”与日志不符", what=name, field=field)
    fixed_blobs: Mapping[str, str] = issued.data.get("blobs") or {}
    for kind, blob in fixed_blobs.items():
        if document.blobs.get(kind) != blob:
            yield Fault(path=document.id, message=f"文件“{kind}”已被换成别的文件", what=name, field=f"blobs.{kind}")


def _changed_fields(ctx: Context, file: CaseFile, document: DocumentFacts) -> tuple[str, ...]:
    """Compare the row with the data that were stored beside the issued paper."""
    stored = document.blobs.get("data")
    if not stored:
        return ()
    try:
        before = json.loads(sealing.read(ctx, stored, sealing.about_file(document, "data")))
    except (AnjuanError, ValueError):
        return ()
    definition = file.definitions[document.id]
    return tuple(d.field for d in differences(definition, before, before, document.data))


def _case_row(case: CaseFacts, events: Sequence[Event]) -> Iterator[Fault]:
    name = f"案件 {case.number or case.working_number}"
    for kind, (field, key, label) in CASE_FIELDS.items():
        event = next((e for e in reversed(events) if e.kind == kind), None)
        row = getattr(case, field)
        if event is None:
            if row:
                yield Fault(path=case.id, message=f"字段“{field}”（{label}）没有对应的日志", what=name, field=field)
            continue
        fixed = event.data.get(key) if key else legal_date(event.at)
        if row != fixed:
            yield Fault(path=case.id, message=f"字段“{field}”（{label}）与日志不符", what=name, field=field)


def _kept_copy(ctx: Context, session: orm.Session, case_id: str, events: Sequence[Event]) -> Iterator[Fault]:
    """Compare the chain with the copy in the case's package: an anchor in other hands."""
    for package in queries.packages_of(session, case_id):
        path = packages_folder(ctx) / package.folder / EVENTS
        if not path.is_file():
            continue
        with path.open(encoding="utf-8") as lines:
            for line, event in zip(lines, events, strict=False):
                if json.loads(line).get("hash") != event.hash:
                    yield Fault(
                        path=f"case:{case_id}#{event.seq}",
                        message=f"与档案包 {package.code} 中的办案日志不符：日志链已被重写",
                        what="办案日志",
                    )
                    break


def _files(ctx: Context, file: CaseFile, events: Sequence[Event], progress: Progress | None) -> Iterator[Fault]:
    things: list[tuple[str, str, str]] = [
        (blob, document.id, f"《{document.title}》的文件“{kind}”")
        for document in file.documents
        for kind, blob in sorted(document.blobs.items())
    ]
    things += [(r.blob, r.id, f"音像 {r.number}") for r in file.recordings if r.blob]
    for done, (blob, thing, name) in enumerate(things):
        if progress is not None:
            progress(done, len(things), name)
        try:
            ctx.blobs.verify(blob)
        except AnjuanError as error:
            yield Fault(path=thing, message=error.message, what=name, field="blob")
    for recording in file.recordings:
        yield from _recording(recording, events)


def _recording(recording: RecordingFacts, events: Sequence[Event]) -> Iterator[Fault]:
    stored = _last(events, "recording.stored", "recording", recording.id)
    if stored is None:
        return
    for field in ("blob", "sm3", "size", "number"):
        if field in stored.data and getattr(recording, field) != stored.data[field]:
            name = f"音像 {recording.number}"
            yield Fault(path=recording.id, message=f"字段“{field}”与日志不符", what=name, field=field)
