"""A matter begins in one step: party of the register or a new one, case, emergency start, first paper already filled.

`sources` tells how matters come to an office and what follows (`rules/beginnings.yaml`). Either all of it is written or
nothing; what the person chose goes into the first paper, so that nothing is typed again.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from access.agencies import require_in_agency
from access.facts import Actor
from access.policy import Permission
from casework import officers, queries
from casework.cleaning import clean
from casework.facts import CaseFacts, DocumentFacts, OfficerFacts, Procedure
from casework.figures import read
from casework.operations import cases, opening, parties
from casework.operations.openable import may_open
from casework.operations.opening import Opening
from casework.parties import read_party
from casework.views import Office, office
from foundation.context import Context
from foundation.errors import BadInput, together

FEWEST = 2
"""Officers with a valid certificate who must act (罚42)."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One way in which a matter comes to the office."""

    id: str
    title: str
    procedure: Procedure
    first: str
    """Type of the first paper."""
    data: Mapping[str, str]
    source: str


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """An act that could not wait for the start form (A9.2)."""

    at: dt.datetime
    place: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a person tells to begin a case."""

    source: str
    title: str
    procedure: str = ""
    """The source's own when left out."""
    party_id: str = ""
    """Of the register; else `party` is registered; neither: the party is not known yet."""
    party: Mapping[str, Any] = field(default_factory=dict)
    member_ids: Sequence[str] = ()
    dispute_prone: bool = False
    emergency: Emergency | None = None


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A case with its first paper; None when the person may not open that one."""

    case: CaseFacts
    paper: DocumentFacts | None


def sources() -> tuple[Source, ...]:
    """Return how matters come to an office, in the order in which they are offered."""
    return tuple(_source(one, row) for one, row in read("beginnings")["sources"].items())


def _source(one: str, row: Mapping[str, Any]) -> Source:
    known = {"title": row["title"], "first": row["first"], "source": row["source"]}
    return Source(id=one, procedure=Procedure(row["procedure"]), data=row.get("data", {}), **known)


def begin(ctx: Context, actor: Actor, matter: Matter) -> Begun:
    """Begin a case with all that is told of it.

    Raises:
        BadInput: Something is missing or wrong; every fault is named.
        Conflict: A party with this number stands in the register.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        check_matter(matter, at.today)
        chosen = _chosen(matter)
        case = cases.opened(
            at,
            actor,
            procedure=matter.procedure or chosen.procedure.value,
            title=matter.title,
            party_ids=_party_ids(at, actor, matter),
            member_ids=matter.member_ids,
            dispute_prone=matter.dispute_prone,
        )
        if matter.emergency is not None:
            told = matter.emergency
            case = cases.started_in_emergency(at, actor, case, at=told.at, place=told.place, reason=told.reason)
        paper = _first_paper(at, actor, case, chosen)
        return Begun(case=queries.case_facts(session, case.id, at.today), paper=paper)


def check_matter(matter: Matter, today: dt.date) -> None:
    """See that source, party and title are told.

    Raises:
        BadInput: Something is missing or wrong; every fault is named.
    """
    told = {} if matter.party_id else matter.party
    together(lambda: _chosen(matter), lambda: told and read_party(told, today), lambda: _require_title(matter.title))


def _chosen(matter: Matter) -> Source:
    found = next((s for s in sources() if s.id == matter.source), None)
    if found is None:
        raise BadInput("没有选择案件来源。", remedy="选择这件事是怎么来的。", path="source")
    return found


def _require_title(title: str) -> None:
    if not clean(title):
        raise BadInput("“案由”没有填写。", remedy="写明是什么事，如“涉嫌随意倾倒生活垃圾”。", path="title")


def _party_ids(at: Office, actor: Actor, matter: Matter) -> list[str]:
    if matter.party_id:
        return [matter.party_id]
    return [parties.registered(at, actor, dict(matter.party)).id] if matter.party else []


def _first_paper(at: Office, actor: Actor, case: CaseFacts, chosen: Source) -> DocumentFacts | None:
    """Open the first paper when its type is there, the case goes the source's way, and the actor may open it."""
    emergency = case.emergency_started_at is not None
    type_id = read("beginnings")["emergency"]["first"] if emergency else chosen.first
    definition = at.catalogue.types.get(type_id)
    if definition is None or (case.procedure is not chosen.procedure and not emergency):
        return None
    if not may_open(at, actor, case, definition):
        return None
    return opening.open_paper(at, actor, Opening(type=type_id, case_id=case.id, data={} if emergency else chosen.data))


def who_may_handle(ctx: Context, actor: Actor) -> list[OfficerFacts]:
    """Return the office's officers of today with their certificates, the actor first."""
    require_in_agency(actor, Permission.PARTY_READ, actor.agency_id)
    with ctx.database.read() as session:
        found = officers.handlers_of(session, actor.agency_id, office(ctx, session).today)
    return sorted(found, key=lambda one: one.person_id != actor.person_id)


def has_enough(chosen: Sequence[OfficerFacts], day: dt.date) -> bool:
    """Tell whether enough officers hold a certificate that is valid on a day (罚42)."""
    return sum(officers.has_valid_certificate(o, day) for o in chosen) >= FEWEST
