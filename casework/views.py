"""Reads everything that gates and prefill may look at into one frozen `CaseView`.

Operations build a view after they locked the case, so that what a gate saw is what is changed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import orm

from access import agencies, persons
from access.facts import PersonFacts
from casework import calendar, queries, sealing
from casework.approvals import slot_values
from casework.facts import CaseFacts, DocumentFacts, RecordingFacts, VersionFacts
from casework.gates.api import ISSUE, CaseView
from casework.sealing import Lock
from catalogue import versions
from catalogue.definitions import Catalogue, DocumentType
from catalogue.loading import recent_catalogue
from foundation.clock import legal_date
from foundation.context import Context


@dataclass(frozen=True, kw_only=True)
class Office:
    """What every operation on papers stands in: the floor, the types, one open session."""

    ctx: Context
    session: orm.Session
    catalogue: Catalogue

    def definition_of(self, document: DocumentFacts) -> DocumentType:
        """Return the definition that a paper was opened with, for ever."""
        current = self.catalogue.types.get(document.type)
        if current is not None and current.digest == document.definition_digest:
            return current
        return versions.load(self.session, document.type, document.definition_digest)

    @property
    def today(self) -> dt.date:
        """Return the clock's legal date."""
        return legal_date(self.ctx.clock.now())

    def document(self, document_id: str) -> DocumentFacts:
        """Return a paper that is acted on as it stands today, opened."""
        return sealing.opened(self.ctx.keys, queries.document_facts(self.session, document_id, self.today))

    def version(self, document_id: str, version: int) -> VersionFacts:
        """Return one version of a paper that is acted on, opened."""
        return sealing.opened(self.ctx.keys, queries.version_facts(self.session, document_id, version))

    def recording(self, recording_id: str) -> RecordingFacts:
        """Return a recording that is acted on, opened."""
        return sealing.opened(self.ctx.keys, queries.recording_facts(self.session, recording_id))

    def lock(self, definition: DocumentType) -> Lock:
        """Return what rows of a paper are closed with."""
        return Lock(keys=self.ctx.keys, definition=definition)

    def papers(self, case_id: str | None) -> Sequence[DocumentFacts]:
        """Return the papers of a case, what is sealed closed; of no case none."""
        return queries.documents_of(self.session, case_id, self.today) if case_id else ()

    def settings_today(self, agency_id: str) -> dict[str, Any]:
        """Return the agency's settings in force on the clock's day."""
        return agencies.settings_on(self.session, agency_id, self.today)


def office(ctx: Context, session: orm.Session) -> Office:
    """Return the office of an open session; the catalogue is read once a process."""
    return Office(ctx=ctx, session=session, catalogue=recent_catalogue(ctx.settings.templates_dir))


def view_of(
    at: Office,
    document: DocumentFacts,
    *,
    act: str = ISSUE,
    reasons: Mapping[str, str] | None = None,
    others: Sequence[DocumentFacts] | None = None,
) -> CaseView:
    """Return the view of a paper in its case, at the clock's instant."""
    document, definition = sealing.opened(at.ctx.keys, document), at.definition_of(document)
    case = queries.case_facts(at.session, document.case_id, at.today) if document.case_id else None
    papers = others if others is not None else at.papers(document.case_id)
    known = tuple(d if d.id != document.id else document for d in papers)
    if document.id not in {d.id for d in known}:
        known = (*known, document)
    return CaseView(
        document=document,
        definition=definition,
        act=act,
        case=case,
        documents=known,
        definitions=at.catalogue.types,
        settings=at.settings_today(document.agency_id),
        now=at.ctx.clock.now(),
        values={**document.data, **slot_values(definition, document)},
        reasons=dict(reasons or {}),
        author=_author(at, document),
        keys=at.ctx.keys,
        is_working_day=calendar.is_working_day(at.session, document.agency_id),
        **_rest(at.session, case),
    )


def _author(at: Office, document: DocumentFacts) -> PersonFacts | None:
    return persons.person(at.session, document.author_id, at.today) if document.author_id else None


def _rest(session: orm.Session, case: CaseFacts | None) -> dict[str, Any]:
    if case is None:
        return {}
    return {
        "recordings": tuple(queries.recordings_of(session, case.id)),
        "services": tuple(queries.services_of(session, case.id)),
        "deadlines": tuple(queries.deadlines_of(session, case.id)),
    }


def linked(view: CaseView, recording_ids: Sequence[str]) -> CaseView:
    """Return the view as it will be when these recordings belong to its paper."""
    own = view.document.id
    found = tuple(
        replace(r, document_ids=(*r.document_ids, own)) if r.id in recording_ids and own not in r.document_ids else r
        for r in view.recordings
    )
    return replace(view, recordings=found)


def with_values(view: CaseView, values: Mapping[str, Any]) -> CaseView:
    """Return the same view with other values of its paper, not yet saved."""
    return replace(view, document=replace(view.document, data=dict(values)), values=dict(values))


def with_document(view: CaseView, document: DocumentFacts) -> CaseView:
    """Return the same view with another state of its paper."""
    papers = tuple(document if d.id == document.id else d for d in view.documents)
    values = {**document.data, **slot_values(view.definition, document)}
    return replace(view, document=document, documents=papers, values=values)
