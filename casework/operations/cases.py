"""Cases: opening, parties, members, change of procedure, emergency start, archiving.

Journal kinds: `case.opened`, `case.party_added`, `case.assigned`, `case.left`, `case.procedure_changed`,
`case.emergency_started`, `case.dispute_marked`, `case.archived`, and those of `casework.operations.events`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission
from casework import casebook, officers, procedure, queries, shelf
from casework.cleaning import clean
from casework.facts import CaseFacts, Happening, PartyFacts, Procedure
from casework.operations import events
from casework.operations.common import require_on
from casework.procedure import Move
from casework.views import Office, office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Finding, Refused

MOST_TITLE = 300


def open_case(
    ctx: Context,
    actor: Actor,
    *,
    procedure: str,
    title: str,
    party_ids: Sequence[str] = (),
    member_ids: Sequence[str] = (),
    dispute_prone: bool = False,
) -> CaseFacts:
    """Begin a matter under a working title; it gets its case number when the law starts it.

    Args:
        ctx: The floor.
        actor: Who opens it.
        procedure: inspection, general, summary or application.
        title: Working title.
        party_ids: Parties of the agency's register.
        member_ids: Persons who handle it; the actor when left out.
        dispute_prone: A dispute is likely: recording is a duty (A22.2).

    Raises:
        BadInput: Procedure, title, parties or members are wrong.
    """
    with ctx.database.write() as session:
        return opened(
            office(ctx, session),
            actor,
            procedure=procedure,
            title=title,
            party_ids=party_ids,
            member_ids=member_ids,
            dispute_prone=dispute_prone,
        )


def opened(
    at: Office,
    actor: Actor,
    *,
    procedure: str,
    title: str,
    party_ids: Sequence[str] = (),
    member_ids: Sequence[str] = (),
    dispute_prone: bool = False,
) -> CaseFacts:
    """Begin a matter in the caller's transaction (`open_case` says how)."""
    require_on(at, actor, Permission.CASE_OPEN)
    case = _new_case(
        at,
        actor,
        procedure=_procedure(procedure),
        title=_title(title),
        parties=_parties(at.session, actor.agency_id, party_ids),
        members=officers.handlers(at.session, member_ids or [actor.person_id], at.today),
        dispute_prone=dispute_prone,
    )
    casebook.insert(at.session, case)
    members = [m.person_id for m in case.members]
    _note(at, actor, case.id, "case.opened", procedure=case.procedure.value, members=members)
    return _opened(at, actor, case)


def _procedure(word: str) -> Procedure:
    return procedure.procedure_of(word)


def _title(title: str) -> str:
    text = clean(title)
    if not text or len(text) > MOST_TITLE:
        raise BadInput(f"案由应为1至{MOST_TITLE}字。", remedy="写明是什么事。", path="title")
    return text


def _parties(session: orm.Session, agency_id: str, party_ids: Sequence[str]) -> tuple[PartyFacts, ...]:
    wanted = tuple(dict.fromkeys(party_ids))
    if not all(queries.is_party_of(session, agency_id, p) for p in wanted):
        raise BadInput("所选当事人不在本机关的名册中。", remedy="先登记当事人。", path="party_ids")
    return tuple(queries.party_facts(session, p) for p in wanted)


def _new_case(at: Office, actor: Actor, **facts: Any) -> CaseFacts:
    begin = procedure.beginning(facts["procedure"])
    now = at.ctx.clock.now()
    case = CaseFacts(
        id=at.ctx.ids.new(),
        agency_id=actor.agency_id,
        number="",
        working_number="",
        state=begin.state,
        opened_at=now,
        **facts,
    )
    number = events.draw_number(at, actor, case, begin.series)
    return replace(case, working_number=number)


def _opened(at: Office, actor: Actor, case: CaseFacts) -> CaseFacts:
    happening = _happening(at, case, "opened")
    move = Move(to=case.state, procedure=case.procedure, starts=procedure.beginning(case.procedure).numbered)
    return events.apply(at, actor, case, happening, move)


def _happening(at: Office, case: CaseFacts, kind: str, when: dt.datetime | None = None, **values: Any) -> Happening:
    return Happening(
        kind=kind,
        case_id=case.id,
        agency_id=case.agency_id,
        subject_id=case.id,
        at=when or at.ctx.clock.now(),
        values=values,
    )


def _note(at: Office, actor: Actor, case_id: str, kind: str, **data: Any) -> None:
    journal.append(at.session, at.ctx.clock, stream=f"case:{case_id}", kind=kind, actor=actor.account_id, data=data)


def _locked(at: Office, actor: Actor, case_id: str, permission: Permission) -> CaseFacts:
    shelf.lock_case(at.session, case_id)
    case = queries.case_facts(at.session, case_id, at.today)
    require_on(at, actor, permission, case=case)
    return case


def _refuse_closed(case: CaseFacts, what: str) -> None:
    if case.closed_on is not None:
        message = f"案件已于{case.closed_on:%Y-%m-%d}结案，不能{what}。"
        remedy = "需要重新办理的，另行研究。"
        finding = Finding(code="CLOSED", article="A31.1", message=message, remedy=remedy, who="行政机关负责人")
        raise Refused(message, remedy=finding.remedy, findings=[finding])


def add_party(ctx: Context, actor: Actor, *, case_id: str, party_id: str) -> CaseFacts:
    """Add a party of the register to a case.

    Raises:
        BadInput: It is not in the agency's register.
        Refused: The case is closed.
    """
    with ctx.database.write() as session:
        return joined(office(ctx, session), actor, case_id=case_id, party_id=party_id)


def joined(at: Office, actor: Actor, *, case_id: str, party_id: str) -> CaseFacts:
    """Add a party in the caller's transaction (`add_party` says how)."""
    case = _locked(at, actor, case_id, Permission.CASE_CHANGE)
    _refuse_closed(case, "增加当事人")
    _parties(at.session, case.agency_id, [party_id])
    casebook.add_parties(at.session, case_id, case.agency_id, [party_id], at.ctx.clock.now())
    _note(at, actor, case_id, "case.party_added", party=party_id)
    happened = events.happen(at, actor, _happening(at, case, "party_added"))
    casebook.reindex_all(at.session, case_id, at.ctx.clock.now())
    return happened


def assign(ctx: Context, actor: Actor, *, case_id: str, person_ids: Sequence[str]) -> CaseFacts:
    """Let persons handle a case besides those who do.

    Raises:
        BadInput: One of them is no handler today.
        Refused: The case is closed.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = _locked(at, actor, case_id, Permission.CASE_ASSIGN)
        _refuse_closed(case, "加派人员")
        officers.handlers(session, person_ids, at.today)
        casebook.add_members(session, case_id, case.agency_id, person_ids, ctx.clock.now())
        _note(at, actor, case_id, "case.assigned", persons=list(person_ids))
        casebook.reindex(session, "case", case_id, ctx.clock.now())
        return queries.case_facts(session, case_id, at.today)


def release(ctx: Context, actor: Actor, *, case_id: str, person_id: str, reason: str) -> CaseFacts:
    """Let a member leave a case; what they signed stays.

    Raises:
        BadInput: They do not handle it, or no reason is given.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = _locked(at, actor, case_id, Permission.CASE_ASSIGN)
        if person_id not in {m.person_id for m in case.members} or not reason.strip():
            raise BadInput("所选人员不承办本案，或没有写明理由。", remedy="选择承办人员并写明理由。", path="person_id")
        casebook.remove_member(session, case_id, person_id, ctx.clock.now())
        _note(at, actor, case_id, "case.left", person=person_id, reason=clean(reason))
        casebook.reindex(session, "case", case_id, ctx.clock.now())
        return queries.case_facts(session, case_id, at.today)


def change_procedure(ctx: Context, actor: Actor, *, case_id: str, procedure: str, reason: str) -> CaseFacts:
    """Go on with a case in another procedure: recordings, evidence and number stay (never a second case).

    Raises:
        BadInput: The procedure cannot become the other, or no reason is given.
    """
    wanted = _procedure(procedure)
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = _locked(at, actor, case_id, Permission.CASE_CHANGE)
        if not reason.strip():
            raise BadInput("转换程序须写明理由。", remedy="写明事实或金额的变化。", path="reason")
        move = _changed(case, wanted)
        _note(at, actor, case_id, "case.procedure_changed", to=wanted.value, reason=clean(reason))
        return events.apply(at, actor, case, _happening(at, case, "procedure_changed"), move)


def _changed(case: CaseFacts, wanted: Procedure) -> Move:
    return procedure.changed(case.procedure, wanted, case.state)


def start_emergency(ctx: Context, actor: Actor, *, case_id: str, at: dt.datetime, place: str, reason: str) -> CaseFacts:
    """Record an emergency start: from its instant 24 hours run for the start form and the report (A9.2).

    Args:
        ctx: The floor.
        actor: A handler of the case.
        case_id: The case.
        at: When the action on the scene began.
        place: Where.
        reason: What could not wait.

    Raises:
        BadInput: The instant lies ahead, or place or reason is missing.
        Refused: The case is started already.
    """
    with ctx.database.write() as session:
        desk = office(ctx, session)
        case = _locked(desk, actor, case_id, Permission.CASE_CHANGE)
        return started_in_emergency(desk, actor, case, at=at, place=place, reason=reason)


def started_in_emergency(
    desk: Office, actor: Actor, case: CaseFacts, *, at: dt.datetime, place: str, reason: str
) -> CaseFacts:
    """Record an emergency start in the caller's transaction, under the case's lock (`start_emergency` says how)."""
    if at > desk.ctx.clock.now() or not place.strip() or not reason.strip():
        raise BadInput("紧急启动须写明已经开始的时间、地点和紧急情况。", remedy="补全后登记。", path="reason")
    if case.initiated_on is not None or case.emergency_started_at is not None:
        raise Refused("案件已经启动，不再登记紧急启动。", remedy="按正常程序办理。")
    fields = {"emergency_started_at": at, "emergency_place": clean(place), "emergency_reason": clean(reason)}
    casebook.change(desk.session, case.id, **fields)
    _note(desk, actor, case.id, "case.emergency_started", started_at=at)
    return events.happen(desk, actor, _happening(desk, case, "emergency_started", at))


def mark_dispute_prone(ctx: Context, actor: Actor, *, case_id: str, on: bool, reason: str) -> CaseFacts:
    """Say that a dispute is likely, or no longer: then a summary case must be recorded in sound and picture (A22.2).

    Raises:
        BadInput: No reason is given.
        Refused: The case is closed.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = _locked(at, actor, case_id, Permission.CASE_CHANGE)
        _refuse_closed(case, "改变争议标记")
        if not reason.strip():
            raise BadInput("标记或取消标记须写明理由。", remedy="写明争议在哪里，或为什么不再有争议。", path="reason")
        casebook.change(session, case_id, dispute_prone=on)
        _note(at, actor, case_id, "case.dispute_marked", on=on, reason=clean(reason))
        casebook.reindex(session, "case", case_id, ctx.clock.now())
        return queries.case_facts(session, case_id, at.today)


def archive_case(ctx: Context, actor: Actor, *, case_id: str, package_id: str = "") -> CaseFacts:
    """Mark a closed case as archived: its papers are filed and nothing more is issued but what follows an archive.

    Raises:
        Refused: It is not closed.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        case = _locked(at, actor, case_id, Permission.PACKAGE_MAKE)
        if case.closed_on is None:
            message, remedy = "案件还没有结案。", "先制发结案审批表。"
            finding = Finding(code="G17", article="A31.1", message=message, remedy=remedy, who="承办人")
            raise Refused(finding.message, remedy=finding.remedy, findings=[finding])
        if case.archived_on is None:
            casebook.change(session, case_id, archived_on=at.today)
            shelf.file_papers(session, case_id, ctx.clock.now())
        _note(at, actor, case_id, "case.archived", package=package_id)
        happened = events.happen(at, actor, _happening(at, case, "archived"))
        casebook.reindex_all(session, case_id, ctx.clock.now())
        return happened
