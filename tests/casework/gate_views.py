"""Small facts for tests of gates and prefill: a case with two officers, papers by type, a view of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from casework.facts import (
    CaseFacts,
    DeadlineFacts,
    DocumentFacts,
    OfficerFacts,
    PartyFacts,
    Procedure,
    RecordingFacts,
    ServiceFacts,
    ServiceMethod,
    SlotFill,
    Status,
)
from casework.gates.api import CaseView
from casework.gates.registry import ask
from catalogue.definitions import DocumentType
from catalogue.loading import parse_definition
from foundation.clock import SHANGHAI
from foundation.errors import Finding

NOW = dt.datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)
PARTY = PartyFacts(
    id="p1", kind="法人", name="示例公司", id_type="营业执照", id_no="91110101MA0FAKE17Q", address="路1号"
)
CITIZEN = replace(PARTY, id="p2", kind="公民", name="孙样例")


def officer(person_id: str, name: str, **changes: Any) -> OfficerFacts:
    """Return an officer with a certificate valid in 2026."""
    officer = OfficerFacts(
        person_id=person_id,
        name=name,
        roles=("handler",),
        department="综合执法办公室",
        cert_no=f"SF-{person_id}",
        cert_from=dt.date(2024, 3, 1),
        cert_to=dt.date(2029, 2, 28),
    )
    return replace(officer, **changes)


TWO = (officer("a", "甲一"), officer("b", "乙二"))


def case(**changes: Any) -> CaseFacts:
    """Return an open general case."""
    facts = CaseFacts(
        id="c",
        agency_id="g",
        number="清案〔2026〕001号",
        working_number="检2026-001",
        title="扬尘案",
        procedure=Procedure.GENERAL,
        state="INVESTIGATING",
        parties=(PARTY,),
        members=TWO,
        opened_at=NOW,
    )
    return replace(facts, **changes)


def at(text: str) -> dt.datetime:
    """Return an instant in Shanghai."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def paper(
    type_id: str, *, on: str = "2026-02-01T09:00", status: Status = Status.ISSUED, **changes: Any
) -> DocumentFacts:
    """Return an issued paper; its id is its type unless given."""
    facts = DocumentFacts(
        id=type_id,
        agency_id="g",
        case_id="c",
        type=type_id,
        title=type_id,
        stage="decision",
        volume="main",
        secrecy="normal",
        status=status,
        version=1,
        definition_digest="d",
        content_digest="e",
        data={},
        officers=TWO,
        issued_at=at(on) if status in (Status.ISSUED, Status.SERVED, Status.FILED) else None,
    )
    return replace(facts, **changes)


def fill(slot: str, part: str, role: str, person: str = "", name: str = "", **values: Any) -> SlotFill:
    """Return a signature."""
    return SlotFill(slot=slot, part=part, role=role, person_id=person, name=name or person, at=NOW, values=values)


def approved(type_id: str, **changes: Any) -> DocumentFacts:
    """Return a paper that the head of the agency approved."""
    signed = (
        fill("handler", "propose", "handler", "a"),
        fill("head", "approve", "agency_head", "h", head_decision="同意"),
    )
    return paper(type_id, **{"slots": signed, **changes})


def served(document: DocumentFacts, on: str) -> ServiceFacts:
    """Return a valid service of a paper."""
    return ServiceFacts(
        id=f"s-{document.id}",
        case_id="c",
        document_id=document.id,
        receipt_id=None,
        method=ServiceMethod.DIRECT,
        valid=True,
        served_on=dt.date.fromisoformat(on),
        received_at=None,
    )


def deadline(kind: str, last: str, **changes: Any) -> DeadlineFacts:
    """Return a computed period."""
    facts = DeadlineFacts(
        id=f"{kind}-{last}",
        case_id="c",
        kind=kind,
        title=kind,
        n=5,
        unit="working_day",
        start=NOW,
        end=NOW,
        last_day=dt.date.fromisoformat(last),
        formula="",
        source="",
        duty_of="party",
    )
    return replace(facts, **changes)


def recording(start: str, end: str | None, *documents: str, **changes: Any) -> RecordingFacts:
    """Return a video linked to papers."""
    facts = RecordingFacts(
        id=f"r-{start}",
        agency_id="g",
        case_id="c",
        number="AV-20260310-01",
        kind="录像",
        scene="现场检查",
        device_id="v",
        device_no="JLY-03",
        operator_id="b",
        operator="乙二",
        started_at=at(start),
        ended_at=at(end) if end else None,
        stored_at=at(end) if end else None,
        place="料场",
        summary="",
        file_name="x.mp4",
        media_type="video/mp4",
        blob="f" * 64,
        sm3="",
        size=1,
        party_informed=True,
        continuous=True,
        late=False,
        document_ids=documents,
    )
    return replace(facts, **changes)


def definition(type_id: str, **keys: Any) -> DocumentType:
    """Return a type with little but its id."""
    raw: dict[str, Any] = {
        "id": type_id,
        "title": type_id,
        "stage": "decision",
        "form": "表格式",
        "volume": "main",
        "fields": [{"name": "note", "label": "备注"}],
        "slots": [],
    }
    return parse_definition({**raw, **keys})


OFFICERS_FIELD = {
    "name": "officers",
    "label": "执法人员",
    "kind": "list",
    "columns": [{"name": "name", "label": "姓名"}, {"name": "cert_shown", "label": "出示", "kind": "bool"}],
}


def view(
    type_id: str,
    *,
    data: Mapping[str, Any] | None = None,
    others: Iterable[DocumentFacts] = (),
    of: CaseFacts | None = None,
    keys: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    **more: Any,
) -> CaseView:
    """Return the view of a draft of a type among other papers."""
    document = paper(type_id, **{"status": Status.DRAFT, "data": data or {}, "id": "draft", **(changes or {})})
    return CaseView(
        document=document,
        definition=definition(type_id, **(keys or {})),
        case=of or case(),
        documents=(*others, document),
        now=more.pop("now", NOW),
        values=document.data,
        **more,
    )


def codes(seen: CaseView) -> set[str]:
    """Return the codes of what stands against the act."""
    return {f.code for f in ask(seen)}


def findings(seen: CaseView, code: str) -> list[Finding]:
    """Return the findings of one code."""
    return [f for f in ask(seen) if f.code == code]
