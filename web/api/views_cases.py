"""Cases and what belongs to them; parties; one's own rights."""

from typing import Any

from flask import g

from access.agencies import agency_facts, today
from access.masking import short_number
from access.permissions import Permission
from access.tokens import Bearer
from archive import queries as packages
from casework import queries, sealing
from casework.facts import CaseFacts, PartyFacts, RecordingFacts
from casework.operations import cases as operations
from casework.operations import parties as register
from casework.operations.missing import what_is_missing
from casework.queries.lists import CaseFilter
from casework.queries.slices import cases_after
from web.api import cursors
from web.api import models_in as given
from web.api import models_out as out
from web.api.registry import Made, change, get
from web.lookup import sight
from web.security import the_actor, the_context

READ = [Permission.CASE_READ]
TAG, PARTIES, OWN = "案件", "当事人", "本人"


@get("/me", out.Me, tag=OWN, title="令牌代表谁、有哪些权限")
def me() -> out.Me:
    """Tell whom the request stands for."""
    ctx, actor = the_context(), the_actor()
    bearer: Bearer | None = g.get("bearer")
    with ctx.database.read() as session:
        agency = agency_facts(session, actor.agency_id, today(ctx)).name if actor.agency_id else ""
    return out.Me(
        account_id=actor.account_id,
        person_id=actor.person_id,
        name=actor.name,
        agency_id=actor.agency_id,
        agency=agency,
        roles=sorted(actor.roles),
        departments=sorted(actor.departments),
        scopes=sorted(actor.scopes) if actor.scopes is not None else None,
        expires_at=bearer.token.expires_at if bearer else None,
    )


@get("/cases", out.Cases, tag=TAG, title="可以查看的案件，新的在前", scopes=READ, query=given.CaseQuery)
def list_cases(query: given.CaseQuery) -> out.Cases:
    """List cases."""
    seen = cursors.read(query.after, 2)
    place = (cursors.instant(seen[0]), seen[1]) if seen else None
    wanted = CaseFilter(procedure=query.procedure, state=query.state, words=query.words)
    with sight() as see:
        where = see.where("case", queries.CASE_COLUMNS)
        found = cases_after(see.session, where, wanted, place=place, size=query.limit)
    rows, more = cursors.cut(found, query.limit, lambda c: cursors.written(c.opened_at.isoformat(), c.id))
    return out.Cases(items=[_case(c) for c in rows], next=more)


@get("/cases/{case_id}", out.Case, tag=TAG, title="一个案件", scopes=READ)
def get_case(case_id: str) -> out.Case:
    """Return one case."""
    with sight() as see:
        return _case(see.case(case_id))


@change(
    "POST",
    "/cases",
    out.Case,
    tag=TAG,
    title="开始一个案件",
    scopes=[Permission.CASE_OPEN, *READ],
    body=given.NewCase,
    status=201,
)
def open_case(body: given.NewCase) -> Made:
    """Open a case."""
    case = operations.open_case(the_context(), the_actor(), **body.model_dump())
    return _made(case)


@change(
    "POST",
    "/cases/{case_id}/parties",
    out.Case,
    tag=TAG,
    title="名册中的当事人加入案件",
    scopes=[Permission.CASE_CHANGE, *READ],
    body=given.CaseParty,
)
def add_case_party(case_id: str, body: given.CaseParty) -> Made:
    """Add a party to a case."""
    return _made(operations.add_party(the_context(), the_actor(), case_id=case_id, party_id=body.party_id))


@get("/cases/{case_id}/missing", out.Findings, tag=TAG, title="还缺什么", scopes=READ)
def list_missing(case_id: str) -> out.Findings:
    """Return what a case lacks."""
    with sight() as see:
        see.case(case_id)
    found = what_is_missing(the_context(), the_actor(), case_id)
    return out.Findings(items=[out.Finding.model_validate(f) for f in found])


@get(
    "/cases/{case_id}/documents",
    out.Documents,
    tag=TAG,
    title="案件的文书",
    scopes=[*READ, Permission.DOCUMENT_READ],
)
def list_documents(case_id: str) -> out.Documents:
    """List the papers of a case that may be read."""
    with sight() as see:
        see.case(case_id)
        found = see.seen(queries.documents_of(see.session, case_id))
    return out.Documents(items=[out.DocumentHead.model_validate(d) for d in found])


@get(
    "/cases/{case_id}/recordings",
    out.Recordings,
    tag=TAG,
    title="案件的音像记录",
    scopes=[*READ, Permission.RECORDING_READ],
)
def list_recordings(case_id: str) -> out.Recordings:
    """List the recordings of a case that may be read."""
    with sight() as see:
        see.case(case_id)
        found = see.seen(queries.recordings_of(see.session, case_id))
    return out.Recordings(items=[recording_of(r) for r in found])


@get("/cases/{case_id}/services", out.Services, tag=TAG, title="案件的送达", scopes=[*READ, Permission.DOCUMENT_READ])
def list_services(case_id: str) -> out.Services:
    """List the services of papers that may be read."""
    with sight() as see:
        see.case(case_id)
        papers = {d.id for d in see.seen(queries.documents_of(see.session, case_id))}
        found = [s for s in queries.services_of(see.session, case_id) if s.document_id in papers]
        opened = [sealing.opened(see.ctx.keys, s) for s in found]
    return out.Services(items=[out.Service.model_validate(s) for s in opened])


@get("/cases/{case_id}/deadlines", out.Deadlines, tag=TAG, title="案件的期限", scopes=READ)
def list_case_deadlines(case_id: str) -> out.Deadlines:
    """List the periods of a case."""
    with sight() as see:
        see.case(case_id)
        found = queries.deadlines_of(see.session, case_id)
    return out.Deadlines(items=[out.Deadline.model_validate(d) for d in found])


@get("/cases/{case_id}/packages", out.Packages, tag=TAG, title="案件的档案包", scopes=[*READ, Permission.PACKAGE_READ])
def list_case_packages(case_id: str) -> out.Packages:
    """List the packages of a case."""
    with sight() as see:
        see.case(case_id)
        found = see.seen(packages.packages_of(see.session, case_id))
    return out.Packages(items=[out.Package.model_validate(p) for p in found], next=None)


@get(
    "/parties",
    out.Parties,
    tag=PARTIES,
    title="本单位名册中的当事人，按名称",
    scopes=[Permission.PARTY_READ],
    query=given.PartyQuery,
)
def list_parties(query: given.PartyQuery) -> out.Parties:
    """List parties."""
    seen = cursors.read(query.after, 2)
    place = (seen[0], seen[1]) if seen else None
    found = register.parties_after(the_context(), the_actor(), query.words, place=place, size=query.limit)
    rows, more = cursors.cut(found, query.limit, lambda p: cursors.written(p.name, p.id))
    return out.Parties(items=[_row(p) for p in rows], next=more)


@get("/parties/{party_id}", out.Party, tag=PARTIES, title="一个当事人", scopes=[Permission.PARTY_READ])
def get_party(party_id: str) -> out.Party:
    """Return a party."""
    return out.Party.model_validate(register.party_history(the_context(), the_actor(), party_id).party)


@change(
    "POST",
    "/parties",
    out.Party,
    tag=PARTIES,
    title="登记当事人",
    scopes=[Permission.PARTY_REGISTER, Permission.PARTY_READ],
    body=given.NewParty,
    status=201,
)
def register_party(body: given.NewParty) -> Made:
    """Register a party."""
    party = register.register_party(the_context(), the_actor(), **_said(body))
    return Made(answer=out.Party.model_validate(party), by="get_party", ids={"party_id": party.id})


@change(
    "PUT",
    "/parties/{party_id}",
    out.Party,
    tag=PARTIES,
    title="变更当事人，留下原来的版本",
    scopes=[Permission.PARTY_REGISTER, Permission.PARTY_READ],
    body=given.ChangedParty,
)
def change_party(party_id: str, body: given.ChangedParty) -> Made:
    """Write a new version of a party."""
    party = register.change_party(the_context(), the_actor(), party_id=party_id, **_said(body))
    return Made(answer=out.Party.model_validate(party), by="get_party", ids={"party_id": party.id})


def _said(body: given.NewParty) -> dict[str, Any]:
    """Return what was said of a party as a form would send it: texts, without what is empty."""
    said = body.model_dump()
    return {k: v.isoformat() if k == "birth_date" else v for k, v in said.items() if v not in (None, "")}


def _case(case: CaseFacts) -> out.Case:
    return out.Case.model_validate(case)


def _made(case: CaseFacts) -> Made:
    return Made(answer=_case(case), by="get_case", ids={"case_id": case.id})


def _row(party: PartyFacts) -> out.PartyRow:
    row = out.PartyRow.model_validate(party)
    return row.model_copy(update={"id_no": short_number(party.id_no)})


def recording_of(facts: RecordingFacts) -> out.Recording:
    """Return the facts of a recording as they are answered."""
    names = [n for n in out.Recording.model_fields if n != "sha256"]
    return out.Recording(sha256=facts.blob, **{n: getattr(facts, n) for n in names})
