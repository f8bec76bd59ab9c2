"""Frozen facts: all that neighbours ever see of a case. Rows stay inside `casework`; these travel.

Legal dates are `date` in Asia/Shanghai, instants are aware UTC, money is `Decimal` in yuan.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Procedure(StrEnum):
    """Procedures of reference part 4; a case may change from one to the next by an event."""

    GENERAL = "general"
    SUMMARY = "summary"
    APPLICATION = "application"
    INSPECTION = "inspection"


class Status(StrEnum):
    """A document's life: draft → signing → issuing → issued → served or filed; also returned, void, replaced."""

    DRAFT = "draft"
    SIGNING = "signing"
    RETURNED = "returned"
    ISSUING = "issuing"
    ISSUED = "issued"
    SERVED = "served"
    FILED = "filed"
    VOID = "void"
    REPLACED = "replaced"


class ServiceMethod(StrEnum):
    """Ways to serve a paper (reference 4.6)."""

    DIRECT = "direct"
    LEAVING = "leaving"
    EMS = "ems"
    ENTRUSTED = "entrusted"
    FORWARDED = "forwarded"
    ELECTRONIC = "electronic"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True, kw_only=True)
class PartyFacts:
    """A party as the agency's register has it; conditional fields by kind (reference 2.1)."""

    id: str
    kind: str
    """公民, 个体工商户, 法人 or 其他组织."""
    name: str
    id_type: str
    id_no: str
    address: str
    phone: str = ""
    gender: str = ""
    birth_date: dt.date | None = None
    representative: str = ""
    """Legal representative, principal or operator."""
    representative_post: str = ""
    employer: str = ""
    guardian: str = ""
    guardian_contact: str = ""
    aliases: str = ""
    """Former and other names (曾用名), 、 between them."""
    version: int = 1
    """Of what the register says; a change makes a new one."""


@dataclass(frozen=True, kw_only=True)
class PartyVersion:
    """What the register said of a party from an instant on."""

    version: int
    data: Mapping[str, Any]
    """Fields of `PartyFacts` as text."""
    changed: tuple[str, ...]
    reason: str
    account_id: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class OfficerFacts:
    """A person who may act in a case on a day."""

    person_id: str
    name: str
    roles: tuple[str, ...]
    department: str
    cert_no: str = ""
    cert_from: dt.date | None = None
    cert_to: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """One matter."""

    id: str
    agency_id: str
    number: str
    """`清案〔2026〕003号`; empty until the law starts the case."""
    working_number: str
    """What papers carry before that (`检2026-001`)."""
    title: str
    procedure: Procedure
    state: str
    """State of the procedure (`casework/rules/procedures.yaml`)."""
    parties: tuple[PartyFacts, ...]
    members: tuple[OfficerFacts, ...]
    opened_at: dt.datetime
    initiated_on: dt.date | None = None
    emergency_started_at: dt.datetime | None = None
    emergency_place: str = ""
    emergency_reason: str = ""
    closed_on: dt.date | None = None
    archived_on: dt.date | None = None
    dispute_prone: bool = False
    result: str = ""
    index_version: int = 0


@dataclass(frozen=True, kw_only=True)
class SlotFill:
    """What one person put into one slot of one version."""

    slot: str
    part: str
    role: str
    person_id: str
    """Empty for a person outside the office."""
    name: str
    at: dt.datetime
    values: Mapping[str, Any]
    """Fields that the slot fills (opinion, decision)."""
    method: str = "screen"
    """screen, paper or certificate (settled answer 10)."""
    refused: str = ""
    """Reason when the person refused; then `witness` or a recording stands for the signature."""
    witness: str = ""
    image: str = ""
    """Blob of the drawn signature, empty when typed in a replay."""
    content_digest: str = ""
    """What was signed: a fill of an older digest is void."""
    for_id: str = ""
    """Person for whom it was signed by delegation; `name` then reads 甲代乙."""
    delegation_id: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentFacts:
    """One paper, in its present version."""

    id: str
    agency_id: str
    case_id: str | None
    type: str
    title: str
    stage: str
    volume: str
    secrecy: str
    status: Status
    version: int
    definition_digest: str
    content_digest: str
    data: Mapping[str, Any]
    """Values typed or prefilled, without slot fields; ISO text for dates, decimal text for money."""
    slots: tuple[SlotFill, ...] = ()
    """Valid fills only, in order."""
    number: str = ""
    issue_date: dt.date | None = None
    """Day printed on the paper."""
    issued_at: dt.datetime | None = None
    party_id: str | None = None
    officers: tuple[OfficerFacts, ...] = ()
    """Who acts in this paper."""
    target_id: str | None = None
    """The document that this one serves, approves, corrects or reviews."""
    recording_id: str | None = None
    """For a registration sheet: the recording."""
    author_id: str = ""
    template: str = ""
    """File of the agency's own Word template with which it was opened; empty: drawn as its definition says."""
    blobs: Mapping[str, str] = field(default_factory=dict)
    """`docx`, `pdf` (unsealed), `sealed`, `signed_copy` (a scan), `signed_rendering`, … → blob digest."""
    sealed_without_timestamp: bool = False
    reference: str = ""
    """Name by which a scenario calls it."""
    opened_at: dt.datetime | None = None
    """When it was begun; None on the way into the database."""
    index_version: int = 0


@dataclass(frozen=True, kw_only=True)
class MarkFacts:
    """A marked place in a recording."""

    id: str
    recording_id: str
    at_s: float
    """Seconds from the beginning."""
    text: str
    document_id: str | None
    path: str
    """Line of that paper: a field, or a row of one (`questions[3]`); empty for the paper as a whole."""
    person_id: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class RecordingFacts:
    """One photo, sound or video (A5.1): method, place, span, operator, what it shows."""

    id: str
    agency_id: str
    case_id: str | None
    number: str
    """`AV-20260106-01`, numbered by the system."""
    kind: str
    """照相, 录音, 录像 or 监控."""
    scene: str
    device_id: str
    device_no: str
    operator_id: str
    operator: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    stored_at: dt.datetime | None
    """None while only announced: the number is drawn when the device starts, so that records signed on the spot can
    cite it; the file follows within 24 hours of the end (A31.2). `blob`, `sm3`, `size` are empty until then."""
    place: str
    summary: str
    file_name: str
    """Original name, cleaned for display."""
    media_type: str
    blob: str
    sm3: str
    size: int
    party_informed: bool
    continuous: bool
    late: bool
    """Stored later than 24 hours after its end (A31.2)."""
    late_reason: str = ""
    secrecy: str = "normal"
    document_ids: tuple[str, ...] = ()
    derivatives: Mapping[str, str] = field(default_factory=dict)
    """`poster`, `playable`, `waveform` → blob digest."""
    duration_s: float | None = None
    announced_at: dt.datetime | None = None
    """The server's time when it was announced."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the file says of itself: `taken_at`, `latitude`, `longitude`, `device`."""
    marks: tuple[MarkFacts, ...] = ()
    index_version: int = 0


@dataclass(frozen=True, kw_only=True)
class ServiceFacts:
    """One attempt to serve one document by one method."""

    id: str
    case_id: str
    document_id: str
    receipt_id: str | None
    """The receipt's document."""
    method: ServiceMethod
    valid: bool
    served_on: dt.date | None
    """Effective date; None while it has no effect."""
    received_at: dt.datetime | None
    signer: str = ""
    signer_relation: str = ""
    refused: str = ""
    address: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)
    """What the method asks besides, and `files`: what was handed in as proof."""
    opened_at: dt.datetime | None = None
    failed_at: dt.datetime | None = None
    """When it was noted that the attempt did not reach the addressee."""
    failed_why: str = ""


@dataclass(frozen=True, kw_only=True)
class DeadlineFacts:
    """A computed period."""

    id: str
    case_id: str
    kind: str
    title: str
    n: int
    unit: str
    """hour, calendar_day, working_day or month."""
    start: dt.datetime
    """The event's instant (its day is not counted)."""
    end: dt.datetime
    """Last instant in time; for days the end of that day in Shanghai."""
    last_day: dt.date
    formula: str
    """Chinese: how the last day was reached, holidays named."""
    source: str
    """Statute or article."""
    duty_of: str
    """agency, party, court or window."""
    met_on: dt.date | None = None
    provisional: bool = False
    """The calendar of that year is not loaded."""
    subject_id: str = ""
    """Document, recording or case whose event started it."""
    ended_on: dt.date | None = None
    """The paper that began it lost its effect."""
    paused_on: dt.date | None = None
    """It stands still since the end of this day."""
    changes: Sequence[Mapping[str, Any]] = ()
    """Lengthenings and pauses that are over."""

    @property
    def is_open(self) -> bool:
        """Whether it runs, or stands still for a while."""
        return self.met_on is None and self.ended_on is None


@dataclass(frozen=True, kw_only=True)
class DeviceFacts:
    """A recording device (A4.1)."""

    id: str
    device_no: str
    kind: str
    holder: str
    department: str
    use: str
    in_service: dt.date
    out_of_service: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """All that a document needs to be drawn; only primitives inside `values`."""

    document: DocumentFacts
    agency: Mapping[str, Any]
    """Agency settings in force (name, contact, address, short_name, …)."""
    values: Mapping[str, Any]
    """Every field, slot fields included; signatures are lists of name, date, image, refused, witness."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Asset id → blob digest (photos, drawn signatures)."""
    bound: Mapping[str, str] = field(default_factory=dict)
    """Asset id → what its encrypted bytes are bound to; assets that lie plain are left out (`casework.sealing`)."""


@dataclass(frozen=True, kw_only=True)
class VersionFacts:
    """The data of one version of a paper, as it was saved."""

    document_id: str
    version: int
    data: Mapping[str, Any]
    given: Mapping[str, Any]
    """What the sources gave when it was filled."""
    definition_digest: str
    content_digest: str
    author_id: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class RemarkFacts:
    """One remark with which a paper was returned."""

    id: str
    document_id: str
    version: int
    field: str
    text: str
    person_id: str
    name: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that happened in a case: it may move the case, begin a period or end one."""

    kind: str
    """`issued:<type>`, `served:<type>`, `submitted:<type>`, `stored`, `opened`, `emergency_started`, `archived`, …"""
    case_id: str
    agency_id: str
    subject_id: str = ""
    """Document, recording or other thing that it is about."""
    target_id: str = ""
    """For a paper: the one that it serves, answers or carries out."""
    at: dt.datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values of the paper, and what rules ask besides (`granted`, `performed`)."""


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """One event of a case's procedure."""

    id: str
    case_id: str
    seq: int
    kind: str
    """`issued:<type>`, `served:<type>`, `stored`, `opened`, `emergency_started`, `party_added`, `archived`."""
    subject_id: str
    at: dt.datetime
    from_state: str
    to_state: str
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FlagFacts:
    """Something late or otherwise than it should be: shown for ever, never a refusal."""

    id: str
    case_id: str | None
    kind: str
    subject_id: str
    article: str
    message: str
    reason: str
    at: dt.datetime
