"""Writes flags: what was late or otherwise than it should be. Shown for ever, never a refusal (settled answer 16)."""

import sqlalchemy as sa
from sqlalchemy import orm

from casework.facts import FlagFacts
from casework.models import FlagRow


def add(session: orm.Session, agency_id: str, flag: FlagFacts) -> bool:
    """Add a flag; the same kind for the same thing stands once. Return whether it is new."""
    known = sa.select(FlagRow.id).where(
        FlagRow.agency_id == agency_id, FlagRow.kind == flag.kind, FlagRow.subject_id == flag.subject_id
    )
    if session.scalars(known).first() is not None:
        return False
    fields = {name: getattr(flag, name) for name in FlagFacts.__dataclass_fields__}
    session.add(FlagRow(agency_id=agency_id, **fields))
    session.flush()
    return True
