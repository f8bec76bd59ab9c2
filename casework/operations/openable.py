"""Which papers a case may take now, before any of them is begun: the usual next step, and why the others must wait.

The same gates that would refuse to issue are asked for a paper that holds nothing yet, those alone that look at the
case (`asked` of `rules/steps.yaml`). A draft may be begun before them; issuing is what they refuse. What rests on
papers that the viewer may not know of is not told (`missing`).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from access.facts import Actor
from access.policy import Permission, decide
from casework import queries
from casework.facts import CaseFacts, DocumentFacts, Procedure, Status
from casework.figures import read
from casework.gates.api import DONE, CaseView
from casework.gates.registry import ask
from casework.operations.common import require_on
from casework.operations.missing import seen
from casework.operations.opening import missing_power
from casework.views import Office, office, view_of
from catalogue.definitions import DocumentType
from foundation.context import Context
from foundation.errors import Finding

APPROVAL = "matter_approval"
_APPROVAL = "已批准且未用过的"
"""What the finding of a missing approval says (`casework.gates.initiation`)."""
OPEN = (Status.DRAFT, Status.SIGNING, Status.RETURNED, Status.ISSUING)


@dataclass(frozen=True, kw_only=True)
class Openable:
    """One type of paper that belongs to a case."""

    type: str
    title: str
    stage: str
    done: int
    """How many of the case's papers of the type the viewer may see that were issued."""
    under_way: str
    """A draft of the type that the viewer may see; empty when there is none."""
    against: tuple[Finding, ...]
    """What would refuse to issue it now."""
    usual: int = 0
    """Place among the usual next steps from 1; 0 when it is none of them."""


def openable(ctx: Context, actor: Actor, case_id: str) -> list[Openable]:
    """Return the types that belong to a case and that the actor may open, the usual next ones first."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        case = queries.case_facts(session, case_id, at.today)
        require_on(at, actor, Permission.CASE_READ, case=case)
        may, types = _may_open(at, actor, case), at.catalogue.types
        wanted = [d for d in types.values() if belongs(case, d) and may(d)]
        if not wanted:
            return []
        whole = view_of(at, _blank(case, wanted[0]))
        told = seen(at, actor, whole)
        done = {d.type for d in told.documents if d.status in DONE}
        under_way = {d.type for d in told.documents if d.id and d.status in OPEN}
        found = [_openable(whole, told, one) for one in wanted]
        bare = {o.type for o in found if any(f.code == "P" and _APPROVAL in f.message for f in o.against)}
        steps = usual(types, case.procedure, case.state, done, under_way=under_way, unapproved=bare)
        placed = [replace(o, usual=steps.index(o.type) + 1) if o.type in steps else o for o in found]
        return sorted(placed, key=lambda o: (o.usual or len(wanted), bool(o.against)))


def belongs(case: CaseFacts, definition: DocumentType) -> bool:
    """Tell whether a type belongs to cases of this procedure."""
    rule = read("steps")
    if definition.volume in rule["apart"] or definition.id in rule["computed"]:
        return False
    families = [f["procedures"] for f in rule["families"] if definition.id in f["types"]]
    return not families or any(case.procedure in procedures for procedures in families)


def may_open(at: Office, actor: Actor, case: CaseFacts, definition: DocumentType) -> bool:
    """Tell whether an actor may open a paper of a type in a case."""
    return _may_open(at, actor, case)(definition)


def _may_open(at: Office, actor: Actor, case: CaseFacts) -> Callable[[DocumentType], bool]:
    viewer = queries.viewer_of(at.session, actor)

    def may(definition: DocumentType) -> bool:
        record = queries.record_to_be(actor, case, definition)
        return decide(actor, Permission.DOCUMENT_DRAFT, record, viewer).allowed

    return may


def usual(
    types: Mapping[str, DocumentType],
    procedure: Procedure,
    state: str,
    done: Collection[str],
    *,
    under_way: Collection[str] = frozenset(),
    unapproved: Collection[str] | None = None,
) -> list[str]:
    """Return the types that are usual next in a state and not issued yet, the nearest first, each behind what it needs.

    Args:
        types: The catalogue.
        procedure: Of the case.
        state: Of the case.
        done: Types of which the case has an issued paper.
        under_way: Types of which it has an open one: it stands for those that could stand for it.
        unapproved: Types that need an approval of their own and have none; when left out, all while there is none.
    """
    found: list[str] = []
    for step in read("steps")["next"].get(procedure, {}).get(state, ()):
        options = step.split("|")
        if set(options) & set(done):
            continue
        for option in [o for o in options if o in under_way] or options:
            needed = _needed(types, option, done, unapproved)
            found += [one for one in (*needed, option) if one not in found]
    return found


def _needed(
    types: Mapping[str, DocumentType], type_id: str, done: Collection[str], unapproved: Collection[str] | None
) -> list[str]:
    """Return the types that a type cannot be issued without and that nothing can stand for."""
    if type_id not in types:
        return []
    alone = [group[0] for group in types[type_id].prerequisites if len(group) == 1 and group[0] in types]
    lacking = APPROVAL not in done if unapproved is None else type_id in unapproved
    return [one for one in alone if (lacking if one == APPROVAL else one not in done)]


def _openable(whole: CaseView, told: CaseView, definition: DocumentType) -> Openable:
    known = [d for d in told.documents if d.type == definition.id and d.id]
    open_ones = [d.id for d in known if d.status in OPEN]
    against = _against(_for(whole, definition))
    if told is not whole:
        both = _against(_for(told, definition))
        against = tuple(f for f in against if f in both)
    return Openable(
        type=definition.id,
        title=definition.title,
        stage=definition.stage,
        done=sum(d.status in DONE for d in known),
        under_way=open_ones[-1] if open_ones else "",
        against=against,
    )


def _against(view: CaseView) -> tuple[Finding, ...]:
    asked = read("steps")["asked"]
    power = missing_power(view.settings, view.definition)
    return (*power, *(f for f in ask(view) if f.code in asked and not f.path))


def _blank(case: CaseFacts, definition: DocumentType) -> DocumentFacts:
    return DocumentFacts(
        id="",
        agency_id=case.agency_id,
        case_id=case.id,
        type=definition.id,
        title=definition.title,
        stage=definition.stage,
        volume=definition.volume,
        secrecy=definition.secrecy,
        status=Status.DRAFT,
        version=1,
        definition_digest=definition.digest,
        content_digest="",
        data={},
    )


def _for(view: CaseView, definition: DocumentType) -> CaseView:
    """Return the view of a case as a paper of another type would see it."""
    assert view.case is not None  # noqa: S101 - the view was made for a case
    blank = _blank(view.case, definition)
    papers = (*(d for d in view.documents if d.id), blank)
    return replace(view, document=blank, definition=definition, documents=papers, values={})
