"""Which journal streams an agency has: what the daily ledger puts under one root (`foundation.ledger`)."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import orm

from access import agencies
from casework.models import CaseRow
from foundation import ledger


@ledger.source
def streams(session: orm.Session) -> Iterator[tuple[str, str]]:
    """Yield agency and stream: acts and readings of each case, and those of the agency itself."""
    for agency_id in agencies.ids(session):
        yield from ((agency_id, f"{kind}:{agency_id}") for kind in ("agency", "access"))
    for agency_id, case_id in session.execute(sa.select(CaseRow.agency_id, CaseRow.id)):
        yield from ((agency_id, f"{kind}:{case_id}") for kind in ("case", "access"))
