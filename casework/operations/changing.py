"""Changing drafts: new versions, fresh sources, giving up. Nothing issued is changed (G18).

Journal kinds: `document.revised`, `document.refreshed`, `document.voided`; events name fields, never values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from access.facts import Actor
from access.policy import Permission
from casework import documents, merging, numbering, prefill, queries, shelf, views
from casework.facts import DocumentFacts, Status
from casework.gates.api import REVISE, CaseView
from casework.gates.registry import ask
from casework.operations import effects
from casework.operations.common import acting_on, locked_view, note, readable, require_on
from casework.operations.opening import cleaned, sources_of
from casework.shelf import Version
from casework.views import Office, office, view_of
from catalogue.definitions import DocumentType
from foundation.context import Context
from foundation.errors import BadInput, Refused

OPEN = (Status.DRAFT, Status.SIGNING, Status.RETURNED)
OWN = ("sum.", "document.")
"""Sources that look at the paper's own values."""


@dataclass(frozen=True, kw_only=True)
class Stale:
    """A draft whose sources changed since it was filled."""

    document: DocumentFacts
    fields: tuple[str, ...]


def revise(
    ctx: Context, actor: Actor, *, document_id: str, base_version: int, data: Mapping[str, Any]
) -> DocumentFacts:
    """Save changed fields as a new version; signatures of the old one are void.

    Args:
        ctx: The floor.
        actor: Who changes it.
        document_id: The paper.
        base_version: The version that the person looked at.
        data: Changed fields; None empties one.

    Raises:
        VersionConflict: Somebody saved meanwhile; carries both versions.
        BadInput: Values are wrong.
        Refused: It is issued, or on its way.
    """
    with acting_on(ctx, lambda at: _revised(at, actor, document_id, base_version, data)) as (at, (current, mine)):
        return _new_version(at, actor, current, mine, kind="document.revised")


def _revised(
    at: Office, actor: Actor, document_id: str, base_version: int, data: Mapping[str, Any]
) -> tuple[DocumentFacts, Version]:
    view = _to_change(at, actor, document_id)
    current, definition = view.document, view.definition
    base = at.version(document_id, base_version)
    mine = cleaned(definition, merging.replaced(base.data, data))
    if base_version != current.version:
        found = documents.differences(definition, base.data, current.data, mine)
        raise documents.VersionConflict(current, found)
    return current, _recounted(view, mine, base.given)


def _recounted(view: CaseView, data: Mapping[str, Any], given: Mapping[str, Any]) -> Version:
    """Return data with figures over its own values counted again, where nobody overwrote them."""
    own = {f.name for f in view.definition.data_fields if str(f.source or "").startswith(OWN)}
    opening = prefill.opening_values(view.definition, sources_of(views.with_values(view, data)))
    fresh = {**given, **{k: v for k, v in opening.items() if k in own}}
    return Version(data=merging.refreshed(view.definition, data, given, fresh), given=fresh)


def refresh(ctx: Context, actor: Actor, *, document_id: str) -> DocumentFacts:
    """Take changed sources into fields that nobody touched; what a person typed stays.

    Raises:
        Refused: It is issued, or on its way.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        view = _to_change(at, actor, document_id)
        version = at.version(document_id, view.document.version)
        opening = prefill.opening_values(view.definition, sources_of(view))
        kept = {k: v for k, v in version.given.items() if k not in opening and _is_handed_in(view.definition, k)}
        opening = {**opening, **kept}
        data = merging.refreshed(view.definition, version.data, version.given, opening)
        made = Version(data=data, given=opening)
        return _new_version(at, actor, view.document, made, kind="document.refreshed")


def _is_handed_in(definition: DocumentType, name: str) -> bool:
    """Tell whether a value came from archive: only archive can refresh it."""
    known = definition.find_field(name)
    return known is not None and str(known.source or "").startswith(("archive.", "batch."))


def stale_drafts(ctx: Context, actor: Actor, *, case_id: str) -> list[Stale]:
    """Return the case's drafts whose sources changed, with the fields that `refresh` would take."""
    found = []
    with ctx.database.read() as session:
        at = office(ctx, session)
        case = queries.case_facts(session, case_id)
        require_on(at, actor, Permission.CASE_READ, case=case)
        papers = at.papers(case_id)
        for document in readable(at, actor, [d for d in papers if d.status in OPEN]):
            view = view_of(at, document, others=papers)
            version = at.version(document.id, document.version)
            opening = prefill.opening_values(view.definition, sources_of(view))
            fields = merging.stale_fields(view.definition, version.data, version.given, opening)
            fields = tuple(f for f in fields if not _is_handed_in(view.definition, f))
            if fields:
                found.append(Stale(document=document, fields=fields))
    return found


def _to_change(at: Office, actor: Actor, document_id: str) -> CaseView:
    view = locked_view(at, document_id, act=REVISE)
    require_on(at, actor, Permission.DOCUMENT_REVISE, case=view.case, document=view.document)
    if found := list(ask(view)):
        raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
    return view


def _new_version(at: Office, actor: Actor, current: DocumentFacts, made: Version, *, kind: str) -> DocumentFacts:
    changed = documents.changed_fields(current.data, made.data)
    if not changed and current.status is not Status.RETURNED:
        return current
    definition, version = at.definition_of(current), current.version + 1
    digest = documents.content_digest(definition, current.id, version, made.data)
    secrecy = documents.class_of(definition, made.data, current.secrecy)
    facts = replace(current, version=version, content_digest=digest, status=Status.DRAFT, secrecy=secrecy)
    shelf.add_version(at.session, facts, made, at.lock(definition), by=actor.person_id, at=at.ctx.clock.now())
    voided = [f.slot for f in current.slots]
    note(at, actor, facts, kind, version=version, digest=digest, fields=changed, voided=voided)
    return at.document(current.id)


def void(ctx: Context, actor: Actor, *, document_id: str, reason: str) -> DocumentFacts:
    """Give up a paper that was not issued; it stays to be read, with the reason.

    Raises:
        BadInput: No reason.
        Refused: It is issued, or on its way (give up issuing first).
    """
    with ctx.database.write() as session:
        return void_paper(office(ctx, session), actor, document_id, reason)


def void_paper(at: Office, actor: Actor, document_id: str, reason: str) -> DocumentFacts:
    """Give up a paper in the caller's transaction (`void` says how)."""
    view, now = locked_view(at, document_id, act=REVISE), at.ctx.clock.now()
    require_on(at, actor, Permission.DOCUMENT_VOID, case=view.case, document=view.document)
    if not reason.strip():
        raise BadInput("作废须写明理由。", remedy="填写理由。", path="reason")
    if found := list(ask(view)):
        raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
    why = reason.strip()
    numbering.give_back(at.session, view.document.agency_id, document_id, reason=why, at=now)
    shelf.change(at.session, document_id, at=now, status=Status.VOID, ended_reason=why)
    note(at, actor, view.document, "document.voided", version=view.document.version)
    if view.case is not None:
        effects.lost_effect(at, actor, view.document, "voided")
    return at.document(document_id)
