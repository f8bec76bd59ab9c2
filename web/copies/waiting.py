"""Which requests for copies a member of the office works on, and which wait for this person now."""

from dataclasses import dataclass

from access.policy import Permission, may_anywhere, predicate
from access.predicates import any_of, to_sql
from archive.copy_facts import CopyRequestFacts, CopyState
from archive.copy_requests import REQUEST_COLUMNS, find_requests
from foundation.clock import legal_date
from web.lookup import Sight

WORKING = (Permission.COPY_MAKE, Permission.COPY_APPROVE)
TURNS = {
    Permission.COPY_MAKE: (CopyState.ASKED, CopyState.SCREENING, CopyState.DECIDED),
    Permission.COPY_APPROVE: (CopyState.DECIDING,),
}
"""Whose turn it is in each state."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A request and the days until its answer is due."""

    request: CopyRequestFacts
    left: int


def rows_of(see: Sight) -> list[Row]:
    """Return the requests that the viewer works on, open ones by the day of the answer."""
    own = any_of(*(predicate(see.actor, p, "case", see.viewer) for p in WORKING))
    today = legal_date(see.ctx.clock.now())
    return [
        Row(request=r, left=(r.due_on - today).days) for r in find_requests(see.session, to_sql(own, REQUEST_COLUMNS))
    ]


def waiting_for(see: Sight) -> list[Row]:
    """Return the requests whose next step is the viewer's; nothing is read for those who work on none."""
    held = [p for p in WORKING if may_anywhere(see.actor, p)]
    turns = {state for p in held for state in TURNS[p]}
    return [r for r in rows_of(see) if r.request.state in turns] if turns else []
