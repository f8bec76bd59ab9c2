"""Puts cases, papers and services straight into the tables, for tests of who sees them."""

import datetime as dt

from casework.models import CaseMemberRow, CaseRow, DocumentRow, DocumentVersionRow, PartyRow, ServiceRow
from foundation.context import Context

AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def a_case(ctx: Context, agency_id: str, *members: str) -> str:
    """Add a case handled by persons; return its id."""
    case_id = ctx.ids.new()
    words = {"number": "", "working_number": "检2026-001", "title": "扬尘", "procedure": "general", "state": "CLUE"}
    with ctx.database.write() as session:
        session.add(CaseRow(id=case_id, agency_id=agency_id, opened_at=AT, dispute_prone=False, **words))
        session.flush()
        for seq, person_id in enumerate(members):
            session.add(CaseMemberRow(case_id=case_id, person_id=person_id, agency_id=agency_id, seq=seq, added_at=AT))
    return case_id


def a_paper(ctx: Context, agency_id: str, case_id: str | None, author_id: str, **words: object) -> str:
    """Add a paper; return its id."""
    document_id = ctx.ids.new()
    facts: dict[str, object] = {
        "type": "inquiry_record",
        "title": "询问笔录",
        "stage": "investigation",
        "volume": "main",
    }
    facts |= {"secrecy": "normal", "status": "draft", "version": 1, "author_id": author_id, **words}
    digests = {"definition_digest": "0" * 64, "content_digest": "0" * 64}
    with ctx.database.write() as session:
        row = DocumentRow(id=document_id, agency_id=agency_id, case_id=case_id, opened_at=AT, changed_at=AT)
        for name, value in {**facts, **digests}.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        made = {"author_id": author_id, "at": AT, "data": {}, "given": {}, **digests}
        session.add(DocumentVersionRow(document_id=document_id, version=1, agency_id=agency_id, **made))
    return document_id


def a_party(ctx: Context, agency_id: str, name: str = "孙样例（虚构）") -> str:
    """Add a party to the register; return its id."""
    party_id = ctx.ids.new()
    words = dict.fromkeys(["id_no", "address", "phone", "gender", "employer", "guardian", "guardian_contact"], "")
    words |= dict.fromkeys(["representative", "representative_post"], "") | {"kind": "公民", "id_type": "居民身份证"}
    with ctx.database.write() as session:
        when = {"registered_at": AT, "changed_at": AT}
        session.add(PartyRow(id=party_id, agency_id=agency_id, name=name, name_key=name, **when, **words))
    return party_id


def a_service(ctx: Context, agency_id: str, case_id: str, document_id: str, *, valid: bool) -> None:
    """Add an attempt to serve a paper."""
    done = {"valid": valid, "served_on": AT.date() if valid else None, "method": "direct", "opened_at": AT}
    with ctx.database.write() as session:
        session.add(ServiceRow(id=ctx.ids.new(), agency_id=agency_id, case_id=case_id, document_id=document_id, **done))


def leave(ctx: Context, case_id: str, person_id: str) -> None:
    """Take a person off a case."""
    with ctx.database.write() as session:
        session.get_one(CaseMemberRow, (case_id, person_id)).left_at = ctx.clock.now()
