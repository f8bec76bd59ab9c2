"""What the interface is given and asked."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from web.api.kinds import Day, Flag, Given, Id, Instant, Line, Paged, Text, Values, Word

ProcedureName = Literal["general", "summary", "application", "inspection"]
Method = Literal["direct", "leaving", "ems", "entrusted", "forwarded", "electronic", "announcement"]
Asking = Annotated[str, StringConstraints(max_length=100)]
Ids = Annotated[list[Id], Field(max_length=100)]


class CaseQuery(Paged):
    """Which cases."""

    procedure: ProcedureName | Literal[""] = Field(default="", description="程序")
    state: Word = Field(default="", description="状态")
    words: Asking = Field(default="", description="案号、案由或当事人的一部分")


class NewCase(Given):
    """A matter to begin."""

    procedure: ProcedureName
    title: Line = Field(min_length=1, description="案由")
    party_ids: Ids = Field(default=[])
    member_ids: Ids = Field(default=[], description="承办人；空为本人")
    dispute_prone: bool = False


class CaseParty(Given):
    """A party of the register that joins a case."""

    party_id: Id


class PartyQuery(Paged):
    """Which parties."""

    words: Asking = Field(default="", description="名称、曾用名、证件号码或电话的一部分")


class NewParty(Given):
    """A party to register."""

    kind: Literal["公民", "个体工商户", "法人", "其他组织"]
    name: Line = Field(min_length=1)
    id_type: Word = Field(min_length=1)
    id_no: Word = Field(min_length=1)
    address: Line = Field(min_length=1)
    phone: Word = ""
    gender: Literal["男", "女", ""] = ""
    birth_date: Day | None = None
    representative: Line = ""
    representative_post: Line = ""
    employer: Line = ""
    guardian: Line = ""
    guardian_contact: Line = ""
    aliases: Line = ""


class ChangedParty(NewParty):
    """What a party is from now on."""

    base_version: int = Field(ge=1, le=2**31, description="修改所依据的版本")
    reason: Text = Field(min_length=1, description="变更的依据")


class NewDocument(Given):
    """A paper to open; what is known is filled in."""

    type: Word
    case_id: Id | None = None
    data: Values = Field(default={})
    party_id: Id | None = None
    officer_ids: Ids | None = None
    target_id: Id | None = None
    recording_id: Id | None = None
    recording_ids: Ids = Field(default=[])


class RevisedDocument(Given):
    """Changed fields of a draft."""

    base_version: int = Field(ge=1, le=2**31, description="修改所依据的版本")
    data: Values = Field(description="改动的字段；null 为清空")


class Signature(Given):
    """What a slot is filled with."""

    slot: Word
    content_digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(description="所签内容的摘要")
    values: Values = Field(default={})
    name: Word = Field(default="", description="单位以外的签名人")
    method: Literal["screen", "paper", "certificate"] = "screen"
    refused: Text = Field(default="", description="拒签的理由")
    witness: Word = ""


class Returned(Given):
    """Remarks with which a paper is given back."""

    remarks: dict[Word, Text] = Field(min_length=1, max_length=100, description="字段名 → 意见；空名为整份文书")


class Issue(Given):
    """Written reasons for soft findings."""

    reasons: dict[Word, Text] = Field(default={}, max_length=50, description="代码 → 理由")


class Witness(Given):
    """Who saw it."""

    name: Word = Field(min_length=1)
    org: Line = ""
    post: Line = ""


class NewService(Given):
    """An attempt to serve papers by one method."""

    document_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]
    method: Method
    received_at: Instant | None = None
    sent_at: Instant | None = None
    address: Line = ""
    signer: Word = ""
    signer_relation: Word = ""
    refused: Text = ""
    refuse_date: Day | None = None
    witnesses: Annotated[list[Witness], Field(max_length=10)] = Field(default=[])
    delegate_reason: Text = ""
    ems_no: Word = ""
    remark: Text = ""
    recording_ids: Ids = Field(default=[])
    officer_ids: Ids | None = None


class DeadlineQuery(Paged):
    """Which deadlines."""

    until: Day | None = Field(default=None, description="最后一日不晚于")
    duty_of: Literal["agency", "party", "court", "window", ""] = Field(default="", description="谁的期限")
    running: Flag | None = Field(default=None, description="是否还在计算（没有完成，也没有终止）")


class SearchQuery(Paged):
    """What is looked for."""

    q: Annotated[str, StringConstraints(max_length=200)] = Field(default="", description="检索词，语法同检索页")
