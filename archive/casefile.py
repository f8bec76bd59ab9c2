"""Read all of a case that the archive looks at, at one instant."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import orm

from archive.arranging import CaseFile
from archive.queries import arrangement_moves
from casework import queries
from casework.views import Office, office
from foundation.context import Context


def case_file(at: Office, case_id: str, *, filer: str = "", settings: Mapping[str, Any] | None = None) -> CaseFile:
    """Return the papers, recordings and services of a case with the agency's settings."""
    case = queries.case_facts(at.session, case_id, at.today)
    documents = queries.documents_of(at.session, case_id, at.today)
    return CaseFile(
        case=case,
        documents=documents,
        definitions={d.id: at.definition_of(d) for d in documents},
        recordings=queries.recordings_of(at.session, case_id),
        services=queries.services_of(at.session, case_id),
        filer=filer,
        moves=arrangement_moves(at.session, case_id),
        settings=settings if settings is not None else at.settings_today(case.agency_id),
    )


def read_case_file(ctx: Context, case_id: str, *, filer: str = "") -> CaseFile:
    """Return a case file in a reading of its own."""
    with ctx.database.read() as session:
        return case_file(office_of(ctx, session), case_id, filer=filer)


def office_of(ctx: Context, session: orm.Session) -> Office:
    """Return the office of a session."""
    return office(ctx, session)
