"""Opening a paper, filled with all that is known. Journal kind: `document.drafted`."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import orm

from access.facts import Actor
from access.policy import Permission
from casework import documents, merging, numbering, officers, prefill, queries, services, shelf, validation, views
from casework.facts import CaseFacts, DocumentFacts, OfficerFacts, RecordingFacts, Status
from casework.gates.api import CaseView
from casework.operations.common import acting_on, note, require_on
from casework.phrases import known
from casework.prefill import Sources
from casework.sealing import INFORMANT
from casework.shelf import Version
from casework.views import Office, view_of
from catalogue import versions, word_templates
from catalogue.definitions import DocumentType
from foundation.context import Context
from foundation.errors import BadInput, Finding, Refused

READINGS = 4
"""Times that sources are read at most: sum of rows, capitals of the sum, …"""

BATCH = "B"
"""Series of the numbers of storage registers."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a paper is opened with (`draft` says what each is)."""

    type: str
    case_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    party_id: str | None = None
    officer_ids: Sequence[str] | None = None
    target_id: str | None = None
    recording_id: str | None = None
    recording_ids: Sequence[str] = ()
    reference: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def draft(
    ctx: Context,
    actor: Actor,
    *,
    type: str,  # noqa: A002 - the word of definitions and scenarios
    case_id: str | None = None,
    data: Mapping[str, Any] | None = None,
    party_id: str | None = None,
    officer_ids: Sequence[str] | None = None,
    target_id: str | None = None,
    recording_id: str | None = None,
    recording_ids: Sequence[str] = (),
    reference: str = "",
    given: Mapping[str, Any] | None = None,
) -> DocumentFacts:
    """Open a paper, filled with all that is known; what the caller gives goes before.

    Args:
        ctx: The floor.
        actor: Who opens it.
        type: Document type.
        case_id: The case; None for a paper of the agency.
        data: Values by field; a list may be `{append: rows}`.
        party_id: The party concerned; the case's only one when left out.
        officer_ids: Who acts in it; all officers of the case when left out.
        target_id: The paper that it serves, approves, corrects or reviews.
        recording_id: For a registration sheet: its recording.
        recording_ids: Recordings of the act.
        reference: Name by which a scenario calls it.
        given: What another part computes, by source path (`archive.pages`).

    Raises:
        BadInput: Values are wrong; every fault is named.
    """
    opening = Opening(
        type=type,
        case_id=case_id,
        data=data or {},
        party_id=party_id,
        officer_ids=officer_ids,
        target_id=target_id,
        recording_id=recording_id,
        recording_ids=recording_ids,
        reference=reference,
        given=given or {},
    )
    with acting_on(ctx, lambda at: _planned_ahead(at, actor, opening)) as (at, plan):
        return _opened(at, actor, plan) if plan else open_paper(at, actor, opening)


def open_paper(at: Office, actor: Actor, opening: Opening) -> DocumentFacts:
    """Open a paper in the caller's transaction (`draft` says how)."""
    return _opened(at, actor, _planned(at, actor, opening))


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """A paper as it will be opened."""

    facts: DocumentFacts
    version: Version
    recordings: Sequence[str]


def _planned_ahead(at: Office, actor: Actor, opening: Opening) -> _Plan | None:
    """Return what will be opened; None for a register, which draws its number while it is filled."""
    return None if _is_batch(at.catalogue.get(opening.type)) else _planned(at, actor, opening)


def _planned(at: Office, actor: Actor, opening: Opening) -> _Plan:
    case = _locked_case(at.session, opening.case_id)
    definition = at.catalogue.get(opening.type)
    require_on(at, actor, Permission.DOCUMENT_DRAFT, case=case, definition=definition)
    _require_power(at, actor, definition)
    target = _target(at, actor, opening.case_id, opening.target_id)
    secrecy = _class_by_sources(at, definition, opening, target)
    facts = DocumentFacts(
        **{**_head(at.ctx, actor, definition), "secrecy": secrecy},
        template=word_templates.in_force(at.session, actor.agency_id, definition, at.today),
        case_id=opening.case_id,
        party_id=_party(None if _is_to_informant(definition, secrecy) else case, opening.party_id),
        officers=_officers(case, opening.officer_ids),
        target_id=target.id if target else None,
        recording_id=opening.recording_id,
        reference=opening.reference,
    )
    given = {**_batch(at, actor, facts, definition), **opening.given}
    recordings = _linked(opening.recording_id, opening.recording_ids)
    view = views.linked(view_of(at, facts), recordings)
    people = functools.partial(officers.people, at.session, facts.agency_id, at.today)
    clean, known = _filled(view, opening.data, given, people)
    digest = documents.content_digest(view.definition, facts.id, 1, clean)
    facts = replace(facts, content_digest=digest, secrecy=documents.class_of(view.definition, clean, facts.secrecy))
    return _Plan(facts=facts, version=Version(data=clean, given=known), recordings=recordings)


def _is_batch(definition: DocumentType) -> bool:
    return any(str(f.source or "").startswith("batch.") for f in definition.fields)


def _batch(at: Office, actor: Actor, facts: DocumentFacts, definition: DocumentType) -> dict[str, Any]:
    """Return what a storage register hands over: the actor's stored recordings that no register handed over yet."""
    if not _is_batch(definition):
        return {}
    found = queries.unbatched_recordings(at.session, actor.agency_id, actor.person_id)
    cases = {c: queries.case_facts(at.session, c) for c in {r.case_id for r in found} if c}
    late = [f"{r.number}：{r.late_reason}" for r in found if r.late]
    return {
        "batch.number": numbering.reserve(
            at.session,
            facts.agency_id,
            character=BATCH,
            day=at.today,
            holder_id=facts.id,
            settings=at.settings_today(facts.agency_id),
            at=at.ctx.clock.now(),
            actor=actor.account_id,
        ),
        "batch.handed_by": actor.name,
        "batch.items": [_handed(r, cases.get(r.case_id or "")) for r in found],
        "batch.overdue_reason": "；".join(late) or None,
    }


def _handed(recording: RecordingFacts, case: CaseFacts | None) -> dict[str, Any]:
    row = {
        "av_no": recording.number,
        "case_no": (case.number or case.working_number) if case else None,
        "finished_at": recording.ended_at,
        "uploaded_at": recording.stored_at,
        "hours": prefill.recording_fact(recording, "hours"),
        "hash": recording.blob,
        "medium": "系统",
    }
    return {k: v for k, v in row.items() if v is not None}


def _locked_case(session: orm.Session, case_id: str | None) -> CaseFacts | None:
    if case_id is None:
        return None
    shelf.lock_case(session, case_id)
    return queries.case_facts(session, case_id)


def _head(ctx: Context, actor: Actor, definition: DocumentType) -> dict[str, Any]:
    return {
        "id": ctx.ids.new(),
        "agency_id": actor.agency_id,
        "type": definition.id,
        "title": definition.title,
        "stage": definition.stage,
        "volume": definition.volume,
        "secrecy": definition.secrecy,
        "status": Status.DRAFT,
        "version": 1,
        "definition_digest": definition.digest,
        "content_digest": "",
        "data": {},
        "author_id": actor.person_id,
    }


def _require_power(at: Office, actor: Actor, definition: DocumentType) -> None:
    for finding in missing_power(at.settings_today(actor.agency_id), definition):
        raise Refused(finding.message, remedy=finding.remedy, findings=[finding])


def missing_power(settings: Mapping[str, Any], definition: DocumentType) -> tuple[Finding, ...]:
    """Return the finding that an agency lacks a power which a type needs; nothing when it has all of them."""
    if all(settings.get(f"powers.{power}") for power in definition.powers):
        return ()
    finding = Finding(
        code="POWER",
        article="A2.1",
        message=f"本机关没有登记《{definition.title}》所需的权限。",
        remedy="由系统管理员登记赋权依据和日期后启用。",
        who="系统管理员",
    )
    return (finding,)


def _party(case: CaseFacts | None, party_id: str | None) -> str | None:
    parties = case.parties if case else ()
    if party_id is None:
        return parties[0].id if len(parties) == 1 else None
    if party_id not in {p.id for p in parties}:
        raise BadInput("所选当事人不在本案。", remedy="先把当事人加入本案。", path="party_id")
    return party_id


def _officers(case: CaseFacts | None, wanted: Sequence[str] | None) -> tuple[OfficerFacts, ...]:
    members = case.members if case else ()
    if wanted is None:
        return tuple(members)
    known = {m.person_id: m for m in members}
    if any(w not in known for w in wanted):
        raise BadInput("所选执法人员不是本案承办人员。", remedy="先把该人员加派到本案。", path="officers")
    return tuple(known[w] for w in dict.fromkeys(wanted))


def _target(at: Office, actor: Actor, case_id: str | None, target_id: str | None) -> DocumentFacts | None:
    if target_id is None:
        return None
    if not queries.is_paper_of(at.session, case_id, target_id):
        raise BadInput("所针对的文书不在本案。", remedy="选择本案的文书。", path="target_id")
    found = queries.document_facts(at.session, target_id)
    if found.secrecy == INFORMANT:
        require_on(at, actor, Permission.DOCUMENT_READ, document=found)
    return found


def _is_to_informant(definition: DocumentType, secrecy: str) -> bool:
    """Tell whether a paper goes to an informant: then no party of the case is its addressee."""
    return secrecy == INFORMANT and definition.visibility == "external"


def _class_by_sources(at: Office, definition: DocumentType, opening: Opening, target: DocumentFacts | None) -> str:
    """Return a paper's class: what serves an informant's paper or registers their recording says as much (A10.2)."""
    serves = target is not None and target.secrecy == INFORMANT and definition.id in services.PAPERS
    recording = opening.recording_id and queries.recording_facts(at.session, opening.recording_id)
    if serves or (recording and recording.secrecy == INFORMANT):
        return INFORMANT
    return definition.secrecy


def _linked(recording_id: str | None, recording_ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*recording_ids, *([recording_id] if recording_id else [])]))


def _opened(at: Office, actor: Actor, plan: _Plan) -> DocumentFacts:
    facts, now = plan.facts, at.ctx.clock.now()
    versions.store(at.session, at.catalogue)
    shelf.insert(at.session, facts, now)
    lock = at.lock(at.definition_of(facts))
    shelf.add_version(at.session, facts, plan.version, lock, by=actor.person_id, at=now)
    for recording in plan.recordings:
        shelf.link_recording(at.session, recording, facts, now)
    made: dict[str, Any] = {"digest": facts.content_digest, "fields": sorted(plan.version.data)}
    made |= {"template": facts.template} if facts.template else {}
    note(at, actor, facts, "document.drafted", type=facts.type, version=1, **made)
    return at.document(facts.id)


def _filled(
    view: CaseView,
    typed: Mapping[str, Any],
    given: Mapping[str, Any] | None,
    people: Callable[[], Mapping[str, Mapping[str, Any]]],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values of a new paper and what the sources gave; figures over its own values need more readings."""
    seen, clean, opening = view, dict[str, Any](), dict[str, Any]()
    for _reading in range(READINGS):
        before = clean
        opening = prefill.opening_values(view.definition, sources_of(seen, given))
        values = merging.combined(view.definition, opening, typed)
        clean = cleaned(view.definition, merging.completed(view.definition, values, people))
        if clean == before:
            break
        seen = views.with_values(view, clean)
    return clean, opening


def sources_of(view: CaseView, given: Mapping[str, Any] | None = None) -> Sources:
    """Return what the paths of a paper's definition lead to."""
    return Sources(view=view, sums=functools.partial(known, view), given=dict(given or {}))


def cleaned(definition: DocumentType, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they are stored.

    Raises:
        BadInput: Some are wrong; every fault is named.
    """
    clean, findings = validation.normalise(definition, data)
    if findings:
        message = f"《{definition.title}》有{len(findings)}处需要更正。"
        raise BadInput(message, remedy="按下列各项更正后保存。", path=findings[0].path, findings=findings)
    return clean
