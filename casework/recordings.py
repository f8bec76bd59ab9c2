"""Recordings: announced when the device starts, stored when the file is there; the 24-hour clock between (A31.2).

The number is drawn at the announcement, so that papers signed on the spot can name it. Lateness asks a reason, is
flagged for ever and never refused (settled answer 16). Here: what may be written, and the rows; `casework.operations.
recordings` does it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework import sealing
from casework.cleaning import clean
from casework.facts import DeviceFacts, MarkFacts, RecordingFacts
from casework.media import KINDS
from casework.models import MarkRow, RecordingLinkRow, RecordingRow, TranscriptRow
from casework.sealing import INFORMANT
from foundation.clock import legal_date, local
from foundation.errors import BadInput, Conflict, Finding, Refused
from foundation.keys import Keys

HOURS = 24
"""Within which a recording is stored after its end (A31.2)."""

NAME_BYTES = 200
TELLING = ("place", "summary", "file_name", "told")
"""Columns that may tell who is heard and seen."""


def check_device(device: DeviceFacts | None, device_no: str, day: dt.date) -> DeviceFacts:
    """Return the device when recordings of a day may name it (A4.1, A4.2).

    Raises:
        Refused: The office has no such device, or it was not in service then.
    """
    if device is None:
        finding = Finding(
            code="DEVICE",
            article="A4.1",
            path="device_no",
            message=f"本机关的设备台账没有“{device_no}”。",
            remedy="先登记设备；他机关的设备不得用于本机关的记录。",
            who="音像管理员",
        )
        raise Refused(finding.message, remedy=finding.remedy, path="device_no", findings=[finding])
    ended = device.out_of_service is not None and day > device.out_of_service
    if day < device.in_service or ended:
        span = f"{device.in_service:%Y-%m-%d}至{device.out_of_service or '今'}"
        finding = Finding(
            code="DEVICE",
            article="A4.2",
            path="device_no",
            message=f"设备{device_no}在{day:%Y-%m-%d}不在使用期内（{span}）。",
            remedy="改用在用的设备；台账有误的，由音像管理员更正使用日期。",
            who="音像管理员",
        )
        raise Refused(finding.message, remedy=finding.remedy, path="device_no", findings=[finding])
    return device


def own_device(devices: Sequence[DeviceFacts], operator: str, day: dt.date) -> str:
    """Return the number of the only device that a person holds on a day.

    Raises:
        BadInput: They hold none or several: it must be said which.
    """
    held = [d for d in devices if d.holder == operator and d.in_service <= day <= (d.out_of_service or day)]
    if len(held) != 1:
        how = "没有在用的设备" if not held else f"有{len(held)}台设备"
        raise BadInput(f"{operator}名下{how}。", remedy="选择所用设备的编号。", path="device_no")
    return held[0].device_no


def check_words(*, kind: str, scene: str, place: str) -> None:
    """Refuse a recording that says too little of how and where it is made (A5.1).

    Raises:
        BadInput: Kind, scene or place is missing or unknown.
    """
    if kind not in KINDS:
        raise BadInput(f"没有“{kind}”这种记录方式。", remedy=f"可用：{'、'.join(KINDS)}。", path="kind")
    for name, value, label in (("scene", scene, "记录环节"), ("place", place, "地点")):
        if not value.strip():
            raise BadInput(f"没有写明{label}。", remedy=f"填写{label}。", path=name)


def check_span(started_at: dt.datetime, ended_at: dt.datetime | None, now: dt.datetime) -> None:
    """Refuse spans that cannot be: backwards, or in the future.

    Raises:
        BadInput: The span is impossible.
    """
    if started_at > now:
        raise BadInput("开始时间晚于现在。", remedy="核对设备时钟和填写的时间。", path="started_at")
    if ended_at is None:
        return
    if ended_at < started_at:
        raise BadInput("结束时间早于开始时间。", remedy="核对起止时间。", path="ended_at")
    if ended_at > now:
        raise BadInput("结束时间晚于现在。", remedy="录制结束后再存储。", path="ended_at")


def is_late(ended_at: dt.datetime, stored_at: dt.datetime) -> bool:
    """Tell whether a file came later than 24 hours after the end of its recording."""
    return stored_at - ended_at > dt.timedelta(hours=HOURS)


def late_reason(ended_at: dt.datetime, stored_at: dt.datetime, reason: str) -> str:
    """Return the reason for lateness, empty when in time.

    Raises:
        BadInput: It is late and no reason is given.
    """
    if not is_late(ended_at, stored_at):
        return ""
    if not reason.strip():
        hours = (stored_at - ended_at).total_seconds() / 3600
        raise BadInput(
            f"音像于{local(ended_at):%Y-%m-%d %H:%M}结束，至今已{hours:.1f}小时，超过24小时。",
            remedy="写明逾期原因后存储；逾期会如实记录。",
            path="late_reason",
        )
    return clean(reason)


def display_name(file_name: str) -> str:
    """Return an original file name as it may be shown: no folders, no invisible marks, not too long."""
    name = clean(file_name.replace("\\", "/").rsplit("/", 1)[-1]) or "无名文件"
    stem, dot, suffix = name.rpartition(".")
    while len(name.encode()) > NAME_BYTES:
        stem = stem[:-1]
        name = f"{stem}{dot}{suffix}"
    return name


def is_known(session: orm.Session, recording_id: str, agency_id: str, case_id: str | None) -> str:
    """Return the id of a recording of an agency and case when it is announced already, else nothing.

    Raises:
        Conflict: It is another case's.
    """
    row = session.get(RecordingRow, recording_id)
    if row is None:
        return ""
    if (row.agency_id, row.case_id) != (agency_id, case_id):
        raise Conflict("这个文件已经登记在别处。", remedy="刷新页面后重试。")
    return row.id


def insert(session: orm.Session, facts: RecordingFacts, keys: Keys, announced_at: dt.datetime) -> None:
    """Add an announced recording; of an informant's, what may tell who it is is closed."""
    names = ("id", "agency_id", "case_id", "number", "kind", "scene", "device_id", "operator_id", "operator")
    more = ("started_at", "ended_at", "stored_at", "place", "summary", "party_informed", "continuous", "secrecy")
    fields = {name: getattr(facts, name) for name in (*names, *more)}
    if facts.secrecy == INFORMANT:
        fields = sealing.close_columns(keys, f"recording:{facts.id}", fields, TELLING)
    session.add(RecordingRow(**fields, announced_at=announced_at))
    session.flush()


def change(session: orm.Session, recording_id: str, keys: Keys, **fields: Any) -> None:
    """Change fields of a recording and let the index look again."""
    row = session.get_one(RecordingRow, recording_id)
    if row.secrecy == INFORMANT:
        fields = sealing.close_columns(keys, f"recording:{recording_id}", fields, TELLING)
        fields[sealing.TOKEN] = {k: v for k, v in (row.sealed or {}).items() if k not in fields} | fields[sealing.TOKEN]
    for name, value in fields.items():
        setattr(row, name, value)
    row.index_version += 1
    session.flush()


def set_derivatives(session: orm.Session, recording_id: str, made: Mapping[str, str]) -> None:
    """Write down what was made from a recording; what people find and read does not change by it."""
    row = session.get_one(RecordingRow, recording_id, with_for_update=True)
    row.derivatives = {**row.derivatives, **made}


def same_file(session: orm.Session, case_id: str | None, plain_digest: str, besides: str) -> str:
    """Return the number of another recording of the same case with the same bytes, empty when there is none."""
    query = sa.select(RecordingRow.number).where(
        RecordingRow.case_id == case_id, RecordingRow.plain_digest == plain_digest, RecordingRow.id != besides
    )
    return (session.scalar(query.limit(1)) or "") if case_id and plain_digest else ""


def plain_digest_of(session: orm.Session, recording_id: str) -> str:
    """Return the SHA-256 of a stored recording as it was handed over."""
    return session.get_one(RecordingRow, recording_id).plain_digest


def add_mark(session: orm.Session, mark: MarkFacts, recording: RecordingFacts, keys: Keys) -> None:
    """Add a mark; in an informant's recording its words are closed."""
    fields = {name: getattr(mark, name) for name in MarkFacts.__dataclass_fields__}
    if recording.secrecy == INFORMANT:
        fields = sealing.close_columns(keys, f"recording_mark:{mark.id}", fields, ("text",))
    session.add(MarkRow(agency_id=recording.agency_id, **fields))
    session.flush()
    _touched(session, recording.id)


def remove_mark(session: orm.Session, recording_id: str, mark_id: str) -> bool:
    """Take a mark away; False when it is not there."""
    row = session.get(MarkRow, mark_id)
    if row is None or row.recording_id != recording_id:
        return False
    session.delete(row)
    _touched(session, recording_id)
    return True


def put_transcript(session: orm.Session, recording: RecordingFacts, keys: Keys, **fields: Any) -> None:
    """Write subtitles; an informant's are closed."""
    if recording.secrecy == INFORMANT:
        fields = sealing.close_columns(keys, f"recording_transcript:{recording.id}", fields, ("cues", "source"))
    row = session.get(TranscriptRow, recording.id)
    if row is None:
        session.add(TranscriptRow(recording_id=recording.id, agency_id=recording.agency_id, **fields))
    else:
        for name, value in fields.items():
            setattr(row, name, value)
    session.flush()
    _touched(session, recording.id)


def _touched(session: orm.Session, recording_id: str) -> None:
    """Let the index look at a recording again."""
    session.get_one(RecordingRow, recording_id).index_version += 1
    session.flush()


def hand_over(session: orm.Session, recording_ids: Sequence[str], register_id: str) -> list[str]:
    """Mark recordings as handed over by a storage register; return those that no other register handed over before."""
    query = sa.select(RecordingRow).where(RecordingRow.id.in_(recording_ids)).with_for_update()
    rows = [r for r in session.scalars(query.order_by(RecordingRow.id)) if r.batch_id in ("", register_id)]
    for row in rows:
        row.batch_id = register_id
        row.index_version += 1
    session.flush()
    return [r.id for r in rows]


def links_of(session: orm.Session, recording_id: str) -> list[str]:
    """Return the papers that a recording belongs to."""
    query = sa.select(RecordingLinkRow.document_id).where(RecordingLinkRow.recording_id == recording_id)
    return list(session.scalars(query.order_by(RecordingLinkRow.at)))


def late_flag_message(number: str, ended_at: dt.datetime, stored_at: dt.datetime) -> str:
    """Return what a flag says of a late recording."""
    hours = (stored_at - ended_at).total_seconds() / 3600
    day = legal_date(ended_at)
    return f"音像{number}（{day:%Y-%m-%d}）在结束后{hours:.1f}小时才存入系统，超过24小时。"
