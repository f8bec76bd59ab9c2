"""Papers with which a scanned page may be filed: found by number, or among those that have no signed copy yet."""

import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from casework.facts import Status
from casework.models import CaseRow, DocumentBlobRow, DocumentRow

MOST = 200
BRACKETS = str.maketrans({"[": "〔", "]": "〕", "(": "〔", ")": "〕", "［": "〔", "］": "〕", "（": "〔", "）": "〕"})
DONE = (Status.ISSUED.value, Status.SERVED.value, Status.FILED.value)
RECEIPT = "service_receipt"
OPEN = (Status.DRAFT.value, Status.SIGNING.value, Status.RETURNED.value)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A paper, as a list to choose from shows it."""

    id: str
    title: str
    number: str
    case_number: str
    has_copy: bool

    @property
    def words(self) -> str:
        """Say which it is."""
        return f"《{self.title}》{self.number or '（未编号）'} {self.case_number}".rstrip()


def number_key(text: str) -> str:
    """Return a number as papers write it: digits half width, brackets 〔〕, no spaces."""
    plain = unicodedata.normalize("NFKC", text.translate(BRACKETS)).translate(BRACKETS)
    return "".join(plain.split())


def candidates(
    session: orm.Session, where: sa.ColumnElement[bool], *, kind: str, number: str = "", limit: int = MOST
) -> list[Candidate]:
    """Return papers that a scan may belong to, the latest first.

    Args:
        session: An open session.
        where: The viewer's policy predicate, compiled over `DOCUMENT_COLUMNS`.
        kind: Kind of file that is the signed copy.
        number: Only papers with this number, signed copy or not; empty: those without one.
        limit: Papers at most.
    """
    copied = sa.exists().where(DocumentBlobRow.document_id == DocumentRow.id, DocumentBlobRow.kind == kind)
    fits = sa.or_(DocumentRow.status.in_(DONE), sa.and_(DocumentRow.type == RECEIPT, DocumentRow.status.in_(OPEN)))
    names = (DocumentRow.id, DocumentRow.title, DocumentRow.number, CaseRow.number, CaseRow.working_number, copied)
    query = sa.select(*names).outerjoin(CaseRow, CaseRow.id == DocumentRow.case_id).where(where, fits)
    query = query.where(DocumentRow.number == number_key(number)) if number else query.where(~copied)
    rows = session.execute(query.order_by(DocumentRow.changed_at.desc(), DocumentRow.id).limit(limit))
    return [
        Candidate(id=id_, title=title, number=own, case_number=case or working or "", has_copy=bool(has))
        for id_, title, own, case, working, has in rows
    ]
