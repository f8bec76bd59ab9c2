"""Passes of parties: the facts of one, how a typed number is read, which passes a number leads to.

A party types the number that stands on a paper, the number of the case, or the code beside the paper's two-dimensional
code. A number leads to the open passes of the parties concerned: of a paper its party alone, of a case every party.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from casework.models import CaseRow, DocumentRow
from casework.models.passes import PartyPassRow

BRACKETS = str.maketrans(
    dict.fromkeys("([［【〔{", "〔") | dict.fromkeys(")]］】〕}", "〕") | dict.fromkeys("‐‑‒–—−", "-")
)
CODE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A paper's id, as it stands in its code and in the address of the public page."""
LONGEST = 200
"""Characters of a number that are read."""


@dataclass(frozen=True, kw_only=True)
class PassFacts:
    """One pass."""

    id: str
    agency_id: str
    case_id: str
    party_id: str
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
            "已收回": self.ended_at is not None,
            "输错次数过多，已锁定": self.locked_at is not None,
            "已过期": self.expires_at <= now,
            "登录次数已用完": self.uses >= self.most_uses,
        }
        return next((words for words, holds in reasons.items() if holds), "")


def pass_of(row: PartyPassRow) -> PassFacts:
    """Return the facts of a row."""
    return PassFacts(**{name: getattr(row, name) for name in PassFacts.__dataclass_fields__})


def passes_of(session: orm.Session, case_id: str) -> list[PassFacts]:
    """Return the passes given in a case, the latest first."""
    query = sa.select(PartyPassRow).where(PartyPassRow.case_id == case_id)
    return [pass_of(r) for r in session.scalars(query.order_by(PartyPassRow.given_at.desc(), PartyPassRow.id.desc()))]


def read_number(text: str) -> str:
    """Return a typed number or code in the form that is compared.

    >>> read_number(" 清政罚决（2026）第３号 ")
    '清政罚决〔2026〕第3号'
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:LONGEST]).split()).translate(BRACKETS)
    found = CODE.search(plain.lower())
    return found[0] if found else plain


def rows_for(session: orm.Session, number: str) -> list[PartyPassRow]:
    """Lock and return the open passes that a read number leads to, in a fixed order."""
    if not number:
        return []
    numbered = sa.or_(CaseRow.number == number, CaseRow.working_number == number)
    cases = sa.select(CaseRow.id).where(numbered)
    papers = (
        sa.select(DocumentRow.id)
        .where(DocumentRow.case_id == PartyPassRow.case_id, DocumentRow.party_id == PartyPassRow.party_id)
        .where(sa.or_(DocumentRow.number == number, DocumentRow.id == number))
    )
    query = sa.select(PartyPassRow).where(
        PartyPassRow.ended_at.is_(None), sa.or_(PartyPassRow.case_id.in_(cases), papers.exists())
    )
    return list(session.scalars(query.order_by(PartyPassRow.id).with_for_update()))
