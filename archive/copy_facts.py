"""Frozen facts of parties' requests for copies and of the links by which copies are fetched."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class CopyState(StrEnum):
    """How far a request for copies is."""

    ASKED = "asked"
    SCREENING = "screening"
    DECIDING = "deciding"
    DECIDED = "decided"
    READY = "ready"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


COPY_STATES: Mapping[CopyState, str] = {
    CopyState.ASKED: "待登记",
    CopyState.SCREENING: "审查中",
    CopyState.DECIDING: "待法制负责人审批",
    CopyState.DECIDED: "已批准，待制作",
    CopyState.READY: "可以领取",
    CopyState.ANSWERED: "已书面答复",
    CopyState.WITHDRAWN: "已撤回",
}
"""The same in Chinese."""


@dataclass(frozen=True, kw_only=True)
class CopyRequestFacts:
    """A party's request for copies."""

    id: str
    agency_id: str
    case_id: str
    party_id: str
    number: str
    state: CopyState
    asked_by: str
    asked_at: dt.datetime
    due_on: dt.date
    due_how: str
    applicant: str
    purpose: str
    form: str
    contact: str
    wanted: Sequence[str]
    other: str
    agent: str
    agent_id_no: str
    letter: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]]
    decision: str
    opinion: str
    remark: str
    application_id: str
    approval_id: str
    reply_id: str
    copy_id: str
    job_id: str
    closed_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.closed_at is None

    @property
    def title(self) -> str:
        """Return its state in Chinese."""
        return COPY_STATES[self.state]


@dataclass(frozen=True, kw_only=True)
class CopyLinkFacts:
    """A link to a copy."""

    id: str
    agency_id: str
    copy_id: str
    given_by: str
    given_at: dt.datetime
    expires_at: dt.datetime
    uses: int
    most_uses: int
    locked_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None

    def why_not(self, now: dt.datetime) -> str:
        """Return why it opens nothing any more, empty when it does."""
        reasons = {
            "这个下载链接已被收回": self.ended_at is not None,
            "取件密码输错次数过多，这个下载链接已失效": self.locked_at is not None,
            "这个下载链接已过有效期": self.expires_at <= now,
            "这个下载链接的下载次数已用完": self.uses >= self.most_uses,
        }
        return next((words for words, holds in reasons.items() if holds), "")
