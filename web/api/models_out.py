"""What the interface answers; the document of the interface is made from these models, so the two cannot differ."""

import datetime as dt
from typing import Any

from pydantic import Field

from web.api.kinds import Answered


class Finding(Answered):
    """One reason why something is not possible, or one fault in what was given."""

    code: str
    message: str
    article: str = ""
    remedy: str = ""
    who: str = ""
    path: str = ""
    soft: bool = False


class Fault(Answered):
    """Every error has this form."""

    error: str = Field(description="错误代码，见 docs/pages.md")
    message: str
    remedy: str
    findings: list[Finding]


class Me(Answered):
    """Whom a token stands for."""

    account_id: str
    person_id: str
    name: str
    agency_id: str
    agency: str
    roles: list[str]
    departments: list[str]
    scopes: list[str] | None = Field(description="令牌的权限；浏览器会话为空")
    expires_at: dt.datetime | None


class PartyName(Answered):
    """A party, by its name."""

    id: str
    kind: str
    name: str


class Party(PartyName):
    """A party of the agency's register."""

    id_type: str
    id_no: str
    address: str
    phone: str
    gender: str
    birth_date: dt.date | None
    representative: str
    representative_post: str
    employer: str
    guardian: str
    guardian_contact: str
    aliases: str
    version: int


class PartyRow(PartyName):
    """A party in a list: numbers shortened."""

    id_type: str
    id_no: str = Field(description="中间部分以星号代替")
    version: int


class Parties(Answered):
    """Some parties."""

    items: list[PartyRow]
    next: str | None


class Officer(Answered):
    """Who handles a case."""

    person_id: str
    name: str
    department: str
    cert_no: str


class Case(Answered):
    """One matter."""

    id: str
    number: str
    working_number: str
    title: str
    procedure: str
    state: str
    parties: list[PartyName]
    members: list[Officer]
    opened_at: dt.datetime
    initiated_on: dt.date | None
    emergency_started_at: dt.datetime | None
    closed_on: dt.date | None
    archived_on: dt.date | None
    dispute_prone: bool
    result: str


class Cases(Answered):
    """Some cases."""

    items: list[Case]
    next: str | None


class Findings(Answered):
    """What stands against something."""

    items: list[Finding]


class Slot(Answered):
    """What one person put into one slot."""

    slot: str
    part: str
    role: str
    name: str
    at: dt.datetime
    method: str
    refused: str
    witness: str
    content_digest: str
    values: dict[str, Any]


class DocumentHead(Answered):
    """A paper without its values."""

    id: str
    case_id: str | None
    type: str
    title: str
    stage: str
    volume: str
    secrecy: str
    status: str
    version: int
    content_digest: str
    number: str
    issue_date: dt.date | None
    issued_at: dt.datetime | None
    party_id: str | None
    target_id: str | None
    recording_id: str | None


class Document(DocumentHead):
    """A paper in its present version."""

    data: dict[str, Any]
    covered: list[str] = Field(description="因密级遮盖的字段")
    slots: list[Slot]
    files: list[str] = Field(description="可以取走的文件种类")


class Documents(Answered):
    """Papers of a case."""

    items: list[DocumentHead]


class DocumentField(Answered):
    """One field of a type."""

    name: str
    label: str
    kind: str
    options: list[str]
    secrecy: str
    columns: list["DocumentField"]


class DocumentSlot(Answered):
    """One slot of a type."""

    id: str
    label: str
    part: str
    role: str
    when: str
    fills: list[str]


class DocumentTypeHead(Answered):
    """A type of paper."""

    id: str
    title: str
    purpose: str
    stage: str
    volume: str
    articles: list[str]


class DocumentType(DocumentTypeHead):
    """A type of paper with its fields and slots."""

    digest: str
    fields: list[DocumentField]
    slots: list[DocumentSlot]


class DocumentTypes(Answered):
    """All types of paper."""

    items: list[DocumentTypeHead]


class Recording(Answered):
    """The facts of one recording."""

    id: str
    case_id: str | None
    number: str
    kind: str
    scene: str
    device_no: str
    operator: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    stored_at: dt.datetime | None
    place: str
    summary: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    duration_s: float | None
    secrecy: str
    late: bool
    late_reason: str
    document_ids: list[str]


class Recordings(Answered):
    """Recordings of a case."""

    items: list[Recording]


class Service(Answered):
    """One attempt to serve one paper."""

    id: str
    document_id: str
    receipt_id: str | None
    method: str
    valid: bool
    served_on: dt.date | None
    received_at: dt.datetime | None
    signer: str
    signer_relation: str
    refused: str


class Services(Answered):
    """Services of a case."""

    items: list[Service]


class Deadline(Answered):
    """A computed period with its formula."""

    id: str
    case_id: str
    kind: str
    title: str
    start: dt.datetime
    end: dt.datetime
    last_day: dt.date
    formula: str
    source: str
    duty_of: str
    met_on: dt.date | None
    ended_on: dt.date | None
    provisional: bool


class Deadlines(Answered):
    """Some deadlines."""

    items: list[Deadline]
    next: str | None = None


class Hit(Answered):
    """One thing that was found."""

    thing: str
    id: str
    case_id: str
    title: str
    number: str
    party: str
    date: str
    secrecy: str
    snippet: str = Field(description="HTML，命中处以 mark 标出")


class Found(Answered):
    """What was found."""

    total: int
    notice: str
    items: list[Hit]
    next: str | None


class Volume(Answered):
    """One volume of a package."""

    name: str
    code: str


class Package(Answered):
    """An archived case."""

    id: str
    case_id: str
    generation: int
    secrecy: str
    size: int
    volumes: list[Volume]


class Packages(Answered):
    """Some packages."""

    items: list[Package]
    next: str | None
