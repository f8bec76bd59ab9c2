"""Facts of recordings, services and deadlines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.policy import absent
from casework import sealing
from casework.facts import DeadlineFacts, MarkFacts, RecordingFacts, ServiceFacts, ServiceMethod
from casework.models import DeadlineRow, DeviceRow, MarkRow, RecordingLinkRow, RecordingRow, ServiceRow
from casework.queries.base import grouped, rows_in

RECORDING_COLUMNS: Mapping[str, Any] = {
    "id": RecordingRow.id,
    "agency_id": RecordingRow.agency_id,
    "case_id": RecordingRow.case_id,
    "kind": RecordingRow.kind,
    "secrecy": RecordingRow.secrecy,
    "class": RecordingRow.secrecy,
    "operator_id": RecordingRow.operator_id,
}
"""Names that a policy predicate may use over recordings, for compiling it to SQL."""

_PLAIN = frozenset(RecordingFacts.__dataclass_fields__) - {"device_no", "document_ids", "marks"}


def recording_facts(session: orm.Session, recording_id: str) -> RecordingFacts:
    """Return a recording.

    Raises:
        NotFound: There is no such recording.
    """
    row = session.get(RecordingRow, recording_id)
    if row is None:
        raise absent("recording")
    return recording_list(session, [row])[0]


def recordings_of(session: orm.Session, case_id: str) -> list[RecordingFacts]:
    """Return the recordings of a case by their beginning, then number."""
    query = sa.select(RecordingRow).where(RecordingRow.case_id == case_id)
    return recording_list(session, session.scalars(query.order_by(RecordingRow.started_at, RecordingRow.number)).all())


def find_recordings(session: orm.Session, where: sa.ColumnElement[bool] | None = None) -> list[RecordingFacts]:
    """Return the recordings that a condition over `RECORDING_COLUMNS` holds for, latest first."""
    query = sa.select(RecordingRow).order_by(RecordingRow.started_at.desc(), RecordingRow.id.desc())
    if where is not None:
        query = query.where(where)
    return recording_list(session, session.scalars(query).all())


def recordings_numbered(session: orm.Session, agency_id: str, numbers: Iterable[str]) -> list[RecordingFacts]:
    """Return an agency's recordings with these numbers."""
    query = sa.select(RecordingRow).where(RecordingRow.agency_id == agency_id, RecordingRow.number.in_(sorted(numbers)))
    return recording_list(session, session.scalars(query.order_by(RecordingRow.number)).all())


def unbatched_recordings(session: orm.Session, agency_id: str, operator_id: str) -> list[RecordingFacts]:
    """Return an operator's stored recordings that no storage register has handed over yet."""
    query = sa.select(RecordingRow).where(
        RecordingRow.agency_id == agency_id,
        RecordingRow.operator_id == operator_id,
        RecordingRow.stored_at.is_not(None),
        RecordingRow.batch_id == "",
    )
    return recording_list(session, session.scalars(query.order_by(RecordingRow.started_at, RecordingRow.number)).all())


def awaited_recordings(session: orm.Session, agency_id: str, operator_id: str) -> list[RecordingFacts]:
    """Return an operator's recordings whose file is not stored yet, the longest ended first."""
    query = sa.select(RecordingRow).where(
        RecordingRow.agency_id == agency_id, RecordingRow.operator_id == operator_id, RecordingRow.stored_at.is_(None)
    )
    rows = session.scalars(query.order_by(RecordingRow.started_at, RecordingRow.number)).all()
    return recording_list(session, rows)


def batch_of(session: orm.Session, document_id: str) -> list[RecordingFacts]:
    """Return the recordings that a storage register hands over."""
    query = sa.select(RecordingRow).where(RecordingRow.batch_id == document_id)
    return recording_list(session, session.scalars(query.order_by(RecordingRow.started_at, RecordingRow.number)).all())


def recording_list(session: orm.Session, rows: Sequence[RecordingRow]) -> list[RecordingFacts]:
    """Return the facts of loaded recording rows, in their order."""
    ids = [r.id for r in rows]
    links = grouped(session, RecordingLinkRow, RecordingLinkRow.recording_id, ids, RecordingLinkRow.at)
    marks = grouped(session, MarkRow, MarkRow.recording_id, ids, MarkRow.at_s)
    device_ids = [r.device_id for r in rows]
    devices = {d.id: d.device_no for d in rows_in(session, DeviceRow, DeviceRow.id, device_ids)}
    return [
        RecordingFacts(
            **{name: sealing.column(row, name, f"recording:{row.id}") for name in _PLAIN},
            device_no=devices[row.device_id],
            document_ids=tuple(link.document_id for link in links[row.id]),
            marks=tuple(mark_of(mark) for mark in marks[row.id]),
        )
        for row in rows
    ]


def mark_of(row: MarkRow) -> MarkFacts:
    """Return the facts of a mark."""
    about = f"recording_mark:{row.id}"
    return MarkFacts(**{name: sealing.column(row, name, about) for name in MarkFacts.__dataclass_fields__})


def marks_on(session: orm.Session, document_id: str) -> list[MarkFacts]:
    """Return the marks that show lines of a paper, by recording and time."""
    query = sa.select(MarkRow).where(MarkRow.document_id == document_id)
    return [mark_of(r) for r in session.scalars(query.order_by(MarkRow.recording_id, MarkRow.at_s, MarkRow.id))]


def services_of(session: orm.Session, case_id: str) -> list[ServiceFacts]:
    """Return the services of a case in the order in which they were opened."""
    query = sa.select(ServiceRow).where(ServiceRow.case_id == case_id)
    return [service_of(r) for r in session.scalars(query.order_by(ServiceRow.opened_at, ServiceRow.id))]


def services_by_receipt(session: orm.Session, receipt_id: str) -> list[ServiceFacts]:
    """Return the services that a receipt proves."""
    query = sa.select(ServiceRow).where(ServiceRow.receipt_id == receipt_id).order_by(ServiceRow.id)
    return [service_of(r) for r in session.scalars(query)]


def service_of(row: ServiceRow) -> ServiceFacts:
    """Return the facts of a service row."""
    names = [n for n in ServiceFacts.__dataclass_fields__ if n != "method"]
    plain = {n: sealing.column(row, n, f"service:{row.id}") for n in names}
    return ServiceFacts(**plain, method=ServiceMethod(row.method))


def deadlines_of(session: orm.Session, case_id: str) -> list[DeadlineFacts]:
    """Return the deadlines of a case by the instant that started them, then kind."""
    query = sa.select(DeadlineRow).where(DeadlineRow.case_id == case_id)
    rows = session.scalars(query.order_by(DeadlineRow.start, DeadlineRow.kind, DeadlineRow.id))
    return [DeadlineFacts(**{n: getattr(r, n) for n in DeadlineFacts.__dataclass_fields__}) for r in rows]
