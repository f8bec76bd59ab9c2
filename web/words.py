"""Chinese words for the values that pages show; nothing is decided here."""

from collections.abc import Iterable, Mapping

from access.rulebook import rulebook
from casework.approvals import STATUS_NAMES
from casework.facts import (
    CaseFacts,
    DocumentFacts,
    OfficerFacts,
    PartyFacts,
    Procedure,
    RecordingFacts,
    ServiceMethod,
    Status,
)
from casework.procedure import state_title, title_of
from catalogue.short_forms import in_full

METHODS: Mapping[str, str] = {
    ServiceMethod.DIRECT: "直接送达",
    ServiceMethod.LEAVING: "留置送达",
    ServiceMethod.EMS: "邮政特快专递",
    ServiceMethod.ENTRUSTED: "委托送达",
    ServiceMethod.FORWARDED: "转交送达",
    ServiceMethod.ELECTRONIC: "电子送达",
    ServiceMethod.ANNOUNCEMENT: "公告送达",
}
VOLUMES: Mapping[str, str] = {
    "main": "正卷",
    "side": "副卷",
    "both": "正卷、副卷",
    "ledger": "台账",
    "supervision": "监督材料",
}
DOWNLOADS: Mapping[str, str] = {
    "sealed": "PDF（电子印章）",
    "pdf": "PDF",
    "docx": "Word",
    "signed_copy": "签收件",
    "signed_rendering": "PDF（含制发后的签名）",
}
"""Kinds of a paper's files that people may download, the best first."""
KIB = 1024
UNITS = ("KiB", "MiB", "GiB", "TiB")


def number_of(case: CaseFacts) -> str:
    """Return what a case is called by: its number, else its working number."""
    return case.number or case.working_number or "未编号"


def procedure_name(value: str) -> str:
    """Return a procedure in Chinese."""
    return title_of(Procedure(value))


def status_name(value: str) -> str:
    """Return the state of a paper in Chinese."""
    return STATUS_NAMES[Status(value)]


def secrecy_name(value: str) -> str:
    """Return a class of secrecy in Chinese."""
    return str(rulebook().classes.get(value, {}).get("title", value))


def party_options(parties: Iterable[PartyFacts]) -> list[tuple[str, str]]:
    """Return parties for a list to choose from."""
    return [(p.id, p.name) for p in parties]


def person_options(persons: Iterable[OfficerFacts]) -> list[tuple[str, str]]:
    """Return officers for a list to choose from."""
    return [(p.person_id, f"{p.name}（{p.cert_no or '无执法证'}）") for p in persons]


def paper_options(papers: Iterable[DocumentFacts]) -> list[tuple[str, str]]:
    """Return papers for a list to choose from."""
    return [(d.id, f"《{d.title}》{d.number or STATUS_NAMES[d.status]}") for d in papers]


def recording_options(recordings: Iterable[RecordingFacts]) -> list[tuple[str, str]]:
    """Return recordings for a list to choose from."""
    return [(r.id, f"{r.number} {r.summary or r.scene}") for r in recordings]


def linked_to(recordings: Iterable[RecordingFacts], document_id: str) -> list[RecordingFacts]:
    """Return the recordings that belong to a paper."""
    return [r for r in recordings if document_id in r.document_ids]


def size_name(size: int) -> str:
    """Return a number of bytes as people read it: `15 字节`, `4.8 MiB`."""
    if size < KIB:
        return f"{size} 字节"
    power = min((size.bit_length() - 1) // 10, len(UNITS))
    return f"{size / KIB**power:.1f} {UNITS[power - 1]}"


FILTERS = {
    "linked_to": linked_to,
    "party_options": party_options,
    "person_options": person_options,
    "paper_options": paper_options,
    "recording_options": recording_options,
    "number_of": number_of,
    "procedure_name": procedure_name,
    "state_name": state_title,
    "status_name": status_name,
    "secrecy_name": secrecy_name,
    "size_name": size_name,
    "in_full": in_full,
}
"""What templates may call."""
