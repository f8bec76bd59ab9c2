"""Facts of cases, papers and recordings for rules that look at nothing else."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from archive.arranging import CaseFile
from casework.facts import (
    CaseFacts,
    DocumentFacts,
    OfficerFacts,
    PartyFacts,
    Procedure,
    RecordingFacts,
    SlotFill,
    Status,
)
from catalogue.definitions import DocumentType
from catalogue.loading import load_catalogue
from foundation.settings import ROOT

AT = dt.datetime(2026, 3, 10, 2, tzinfo=dt.UTC)
PARTY = PartyFacts(
    id="p1", kind="公民", name="孙样例（虚构）", id_type="居民身份证", id_no="110101199001019984", address="样例村3组"
)
PEOPLE = (
    OfficerFacts(person_id="a", name="甲一", roles=("handler",), department="综合执法办公室"),
    OfficerFacts(person_id="b", name="乙二", roles=("handler",), department="综合执法办公室"),
)


def definitions() -> dict[str, DocumentType]:
    """Return all types of the product."""
    return dict(load_catalogue(ROOT / "templates").types)


def case(**changes: Any) -> CaseFacts:
    """Return a closed general case."""
    facts: dict[str, Any] = {
        "id": "c1",
        "agency_id": "g1",
        "number": "清案〔2026〕001号",
        "working_number": "检2026-001",
        "title": "随意倾倒生活垃圾",
        "procedure": Procedure.GENERAL,
        "state": "closed",
        "parties": (PARTY,),
        "members": PEOPLE,
        "opened_at": AT,
        "initiated_on": dt.date(2026, 1, 7),
        "closed_on": dt.date(2026, 11, 18),
    }
    return CaseFacts(**{**facts, **changes})


def paper(type_id: str, on: str = "2026-03-10", **changes: Any) -> DocumentFacts:
    """Return an issued paper of a type."""
    definition = definitions()[type_id]
    day = dt.date.fromisoformat(on)
    facts: dict[str, Any] = {
        "id": f"{type_id}-{on}",
        "agency_id": "g1",
        "case_id": "c1",
        "type": type_id,
        "title": definition.title,
        "stage": definition.stage,
        "volume": definition.volume,
        "secrecy": definition.secrecy,
        "status": Status.ISSUED,
        "version": 1,
        "definition_digest": definition.digest,
        "content_digest": "0" * 64,
        "data": {},
        "issue_date": day,
        "issued_at": dt.datetime(day.year, day.month, day.day, 2, tzinfo=dt.UTC),
        "party_id": "p1",
        "officers": PEOPLE,
    }
    return DocumentFacts(**{**facts, **changes})


def fill(slot: str, role: str, name: str, **values: Any) -> SlotFill:
    """Return a signature."""
    outside = role in ("party", "witness", "holder", "informant")
    return SlotFill(
        slot=slot, part="sign", role=role, person_id="" if outside else name, name=name, at=AT, values=values
    )


def recording(number: str = "AV-20260310-01", **changes: Any) -> RecordingFacts:
    """Return a stored recording."""
    facts: dict[str, Any] = {
        "id": number,
        "agency_id": "g1",
        "case_id": "c1",
        "number": number,
        "kind": "录像",
        "scene": "送达",
        "device_id": "d1",
        "device_no": "JLY-03",
        "operator_id": "b",
        "operator": "乙二",
        "started_at": AT,
        "ended_at": AT,
        "stored_at": AT,
        "place": "工业路0号",
        "summary": "送达决定书",
        "file_name": "a.mp4",
        "media_type": "video/mp4",
        "blob": "ab" * 32,
        "sm3": "cd" * 32,
        "size": 1000,
        "party_informed": True,
        "continuous": True,
        "late": False,
    }
    return RecordingFacts(**{**facts, **changes})


def case_file(*papers: DocumentFacts, **changes: Any) -> CaseFile:
    """Return a case file of papers."""
    types = definitions()
    facts: dict[str, Any] = {
        "case": case(),
        "documents": papers,
        "definitions": {p.id: types[p.type] for p in papers},
        "settings": {"name": "清河镇人民政府（虚构）", "fonds_no": "QH01"},
    }
    return CaseFile(**{**facts, **changes})


def example_order() -> Path:
    """Return the file with the order of the worked example."""
    return Path(__file__).with_name("example_order.yaml")


def read_yaml(path: Path) -> Any:
    """Read a file of expectations."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))
