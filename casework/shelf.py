"""Writes rows of papers: heads, versions, fills, remarks, files. The caller holds the case's lock and commits.

Nothing here decides anything; `casework.operations` does. Versions, fills and remarks are only ever added.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.policy import absent
from casework import sealing
from casework.facts import DeviceFacts, DocumentFacts, SlotFill, Status
from casework.models import (
    CaseRow,
    DeviceRow,
    DocumentBlobRow,
    DocumentOfficerRow,
    DocumentRow,
    DocumentVersionRow,
    RecordingLinkRow,
    RecordingRow,
    RemarkRow,
    ServiceRow,
    SlotFillRow,
)
from casework.sealing import INFORMANT, Lock
from foundation.canonical import plain
from foundation.database import lock_row
from foundation.errors import NotFound
from foundation.keys import Keys

HEAD = (
    "id",
    "agency_id",
    "case_id",
    "type",
    "title",
    "stage",
    "volume",
    "secrecy",
    "definition_digest",
    "template",
    "content_digest",
)
LINKS = ("party_id", "target_id", "recording_id", "author_id", "reference", "version", "status")


@dataclass(frozen=True, kw_only=True)
class Version:
    """The data of one version and what its sources gave."""

    data: Mapping[str, Any]
    given: Mapping[str, Any]


def lock_case(session: orm.Session, case_id: str) -> None:
    """Lock a case's row; everything of the case is changed under it.

    Raises:
        NotFound: There is no such case.
    """
    if lock_row(session, CaseRow, case_id) is None:
        raise absent("case")


def lock_document(session: orm.Session, document_id: str) -> str | None:
    """Lock the case of a paper and return its id; the paper's own row when it belongs to the agency, and None.

    Raises:
        NotFound: There is no such paper.
    """
    case_id = session.scalar(sa.select(DocumentRow.case_id).where(DocumentRow.id == document_id))
    if case_id is not None:
        lock_case(session, case_id)
    elif lock_row(session, DocumentRow, document_id) is None:
        raise absent("document")
    return case_id


def insert(session: orm.Session, facts: DocumentFacts, at: dt.datetime) -> None:
    """Add the head of a new paper and who acts in it."""
    fields = {name: getattr(facts, name) for name in (*HEAD, *LINKS)}
    session.add(DocumentRow(**fields, opened_at=at, changed_at=at))
    session.flush()
    for seq, officer in enumerate(facts.officers):
        row = DocumentOfficerRow(document_id=facts.id, person_id=officer.person_id, agency_id=facts.agency_id, seq=seq)
        session.add(row)
    session.flush()


def add_version(
    session: orm.Session, facts: DocumentFacts, version: Version, lock: Lock, *, by: str, at: dt.datetime
) -> None:
    """Add the version that `facts` has reached, what is secret closed, and move the head to it."""
    about = f"document_version:{facts.id}/{facts.version}"
    session.add(
        DocumentVersionRow(
            document_id=facts.id,
            version=facts.version,
            agency_id=facts.agency_id,
            data=lock.close(version.data, facts.secrecy, f"{about}.data"),
            given=lock.close(version.given, facts.secrecy, f"{about}.given"),
            definition_digest=facts.definition_digest,
            content_digest=facts.content_digest,
            author_id=by,
            at=at,
        )
    )
    head = {"content_digest": facts.content_digest, "status": facts.status, "secrecy": facts.secrecy}
    change(session, facts.id, at=at, version=facts.version, **head)


def change(session: orm.Session, document_id: str, *, at: dt.datetime, **fields: Any) -> None:
    """Change fields of a paper's head and let the index look again."""
    row = session.get_one(DocumentRow, document_id)
    for name, value in fields.items():
        setattr(row, name, value)
    row.changed_at = at
    row.index_version += 1
    session.flush()


def add_fill(
    session: orm.Session, new_id: str, document: DocumentFacts, fill: SlotFill, lock: Lock, *, recorded_by: str
) -> None:
    """Add what one person put into a slot; who from outside signed a paper of an informant is closed."""
    about = f"slot_fill:{new_id}"
    fields = {**asdict(fill), "values": lock.close(fill.values, document.secrecy, f"{about}.values")}
    if document.secrecy == INFORMANT and not fill.person_id:
        fields = sealing.close_columns(lock.keys, about, fields, ("name", "refused", "witness"))
    session.add(
        SlotFillRow(
            id=new_id,
            agency_id=document.agency_id,
            document_id=document.id,
            seq=_next(session, SlotFillRow, document.id),
            version=document.version,
            recorded_by=recorded_by,
            **fields,
        )
    )
    session.flush()


def add_remark(session: orm.Session, new_id: str, document: DocumentFacts, keys: Keys, **fields: Any) -> None:
    """Add one remark with which a paper is returned."""
    if document.secrecy == INFORMANT:
        fields = sealing.close_columns(keys, f"remark:{new_id}", fields, ["text"])
    session.add(
        RemarkRow(
            id=new_id,
            agency_id=document.agency_id,
            document_id=document.id,
            seq=_next(session, RemarkRow, document.id),
            version=document.version,
            **fields,
        )
    )
    session.flush()


def _next(session: orm.Session, row: type[SlotFillRow] | type[RemarkRow], document_id: str) -> int:
    last = session.scalar(sa.select(sa.func.max(row.seq)).where(row.document_id == document_id))
    return (last or 0) + 1


def attach(session: orm.Session, document: DocumentFacts, blobs: Mapping[str, str], at: dt.datetime) -> None:
    """Add files to a paper; a kind that it has already stays as it is."""
    known = set(session.scalars(sa.select(DocumentBlobRow.kind).where(DocumentBlobRow.document_id == document.id)))
    for kind, blob in blobs.items():
        if kind not in known:
            row = DocumentBlobRow(
                document_id=document.id,
                kind=kind,
                agency_id=document.agency_id,
                blob=blob,
                version=document.version,
                at=at,
            )
            session.add(row)
    session.flush()


def put_copy(session: orm.Session, document: DocumentFacts, kind: str, blob: str, at: dt.datetime) -> None:
    """Put a file that is drawn anew with each signature, instead of the one before; files of the issue never change."""
    row = session.get(DocumentBlobRow, (document.id, kind))
    if row is None:
        attach(session, document, {kind: blob}, at)
    else:
        row.blob, row.at = blob, at
        session.flush()


def reasons_of(session: orm.Session, document_id: str) -> dict[str, str]:
    """Return the written reasons that a paper was reserved with."""
    return dict(session.get_one(DocumentRow, document_id).reasons or {})


def link_recording(session: orm.Session, recording_id: str, document: DocumentFacts, at: dt.datetime) -> None:
    """Link a recording of the same agency and case to a paper; linking twice changes nothing.

    Raises:
        NotFound: The case has no such recording.
    """
    recording = session.get(RecordingRow, recording_id)
    if recording is None or (recording.agency_id, recording.case_id) != (document.agency_id, document.case_id):
        raise NotFound("本案没有这个音像记录。", remedy="先登记音像，再关联。", path="recording_ids")
    if session.get(RecordingLinkRow, (recording_id, document.id)) is None:
        row = RecordingLinkRow(recording_id=recording_id, document_id=document.id, agency_id=document.agency_id, at=at)
        session.add(row)
        session.flush()


def file_papers(session: orm.Session, case_id: str, at: dt.datetime) -> None:
    """Mark the issued and served papers of an archived case as filed."""
    query = sa.select(DocumentRow).where(
        DocumentRow.case_id == case_id, DocumentRow.status.in_([Status.ISSUED.value, Status.SERVED.value])
    )
    for row in session.scalars(query.order_by(DocumentRow.id)):
        row.status, row.changed_at = Status.FILED.value, at
        row.index_version += 1
    session.flush()


def insert_device(session: orm.Session, agency_id: str, facts: DeviceFacts) -> None:
    """Add a device to an agency's register."""
    fields = {name: getattr(facts, name) for name in DeviceFacts.__dataclass_fields__}
    session.add(DeviceRow(agency_id=agency_id, **fields))
    session.flush()


def retire_device(session: orm.Session, device_id: str, out_of_service: dt.date) -> None:
    """Set a device's last day of service."""
    session.get_one(DeviceRow, device_id).out_of_service = out_of_service
    session.flush()


RECEIVED = ("address", "signer", "signer_relation", "refused", "proof", "failed_why")
"""Columns of a service that tell who received the paper."""


def insert_service(session: orm.Session, new_id: str, document: DocumentFacts, keys: Keys, **fields: Any) -> None:
    """Add one attempt to serve one paper, without effect as yet."""
    fields["proof"] = plain(fields.get("proof") or {})
    if document.secrecy == INFORMANT:
        fields = sealing.close_columns(keys, f"service:{new_id}", fields, RECEIVED)
    known = {"agency_id": document.agency_id, "case_id": document.case_id, "document_id": document.id}
    session.add(ServiceRow(**{"served_on": None, "received_at": None, **known, **fields}, id=new_id))
    session.flush()


def change_service(
    session: orm.Session, service_id: str, document: DocumentFacts | None, keys: Keys, **fields: Any
) -> None:
    """Change what is known of an attempt to serve a paper."""
    row = session.get_one(ServiceRow, service_id)
    if document is not None and document.secrecy == INFORMANT:
        fields = sealing.close_columns(keys, f"service:{service_id}", fields, RECEIVED)
        fields[sealing.TOKEN] = {k: v for k, v in (row.sealed or {}).items() if k not in fields} | fields[sealing.TOKEN]
    for name, value in fields.items():
        setattr(row, name, value)
    session.flush()
