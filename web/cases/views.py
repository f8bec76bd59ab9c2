"""List of cases, the case page and its journal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from access import accounts
from access.policy import Permission
from archive import queries as packages
from casework import queries
from casework.facts import CaseFacts, DocumentFacts
from casework.operations.changing import stale_drafts
from casework.operations.missing import lacks
from casework.operations.openable import openable
from casework.operations.work import my_work
from casework.procedure import state_title
from casework.queries.lists import CaseFilter, case_page, open_deadlines
from catalogue.definitions import STAGES
from foundation import journal
from foundation.clock import legal_date
from web.cases.managing import managing_actions
from web.cases.mending import mends, next_actions, waits_for
from web.cases.timeline import Moment, moments
from web.lookup import Sight, sight
from web.paging import Paging, page_number, page_url
from web.security import signed_in
from web.serving.listing import rows_of, unserved
from web.words import procedure_name

cases = Blueprint("cases", __name__)

SIZE = 20
"""Cases a page."""
COURSE = 30
"""Events that the case page shows, the latest first."""
EVENTS = 200
"""Events a page of the journal."""


@cases.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show the cases that the viewer may see."""
    chosen = CaseFilter(**{name: request.args.get(name, "")[:100] for name in ("procedure", "state", "words")})
    page = page_number()
    with sight() as see:
        found = case_page(see.session, see.where("case", queries.CASE_COLUMNS), chosen, page=page, size=SIZE)
        nearest = open_deadlines(see.session, [c.id for c in found.cases])
    rows = [{"case": c, "deadline": None if c.closed_on else nearest.get(c.id)} for c in found.cases]
    return render_template(
        "cases.html",
        area="cases",
        rows=rows,
        chosen=chosen,
        states=[(s, state_title(s), n) for s, n in found.states.items()],
        procedures=[(p, procedure_name(p), n) for p, n in found.procedures.items()],
        paging=Paging(page=page, size=SIZE, total=found.total),
        page_url=page_url(),
    )


@cases.get("/cases/<case_id>")
@signed_in
def case(case_id: str) -> ResponseReturnValue:
    """Show one case: what to do next, what it lacks, and all that belongs to it."""
    with sight() as see:
        facts = see.case(case_id)
        papers = see.seen(queries.documents_of(see.session, case_id))
        recordings = see.seen(queries.recordings_of(see.session, case_id))
        return render_template(
            "case.html",
            area="cases",
            case=facts,
            today=legal_date(see.ctx.clock.now()),
            documents=papers,
            stages=_by_stage(papers),
            recordings=recordings,
            deadlines=queries.deadlines_of(see.session, case_id),
            attempts=rows_of(see, facts, papers),
            unserved=unserved(see, papers),
            flags=queries.flags_of(see.session, case_id),
            packages=see.seen(packages.packages_of(see.session, case_id)),
            COURSE=COURSE,
            timeline=_moments(see, case_id, papers, recordings),
            managing=managing_actions(see, facts),
            **_doing(see, facts, papers),
        )


def _doing(see: Sight, facts: CaseFacts, papers: Sequence[DocumentFacts]) -> dict[str, Any]:
    """Return what the viewer does next in a case, what it lacks, and which drafts are to be filled anew."""
    ctx, actor = see.ctx, see.actor
    types = openable(ctx, actor, facts.id)
    lacking = lacks(ctx, actor, facts.id)
    of_papers, of_closing = mends(see, facts, lacking, papers, types)
    return {
        "actions": next_actions(facts, my_work(ctx, actor, case_id=facts.id).items, types),
        "waiting": waits_for(lacking),
        "lacks": of_papers,
        "closing": of_closing,
        "types": types,
        "stale": stale_drafts(ctx, actor, case_id=facts.id) if types else [],
    }


@cases.get("/cases/<case_id>/papers")
@signed_in
def papers(case_id: str) -> ResponseReturnValue:
    """Show every paper that the viewer may open in a case, by stage, and why some must wait."""
    with sight() as see:
        facts = see.case(case_id)
        types = openable(see.ctx, see.actor, case_id)
    stages = [(name, [t for t in types if t.stage == stage]) for stage, name in STAGES.items()]
    return render_template("case_papers.html", area="cases", case=facts, stages=[s for s in stages if s[1]])


@cases.get("/cases/<case_id>/journal")
@signed_in
def case_journal(case_id: str) -> ResponseReturnValue:
    """Show every event of a case with its place in the chain."""
    with sight() as see:
        facts = see.case(case_id)
        papers = see.seen(queries.documents_of(see.session, case_id))
        recordings = see.seen(queries.recordings_of(see.session, case_id))
        found = _moments(see, case_id, papers, recordings, everything=True)
        count = journal.verify_chain(see.session, f"case:{case_id}")
        may_export = see.may(Permission.PACKAGE_MAKE, facts)
    page = page_number()
    return render_template(
        "journal.html",
        area="cases",
        case=facts,
        count=count,
        may_export=may_export,
        moments=found[(page - 1) * EVENTS : page * EVENTS],
        paging=Paging(page=page, size=EVENTS, total=len(found)),
        page_url=page_url(),
    )


def _by_stage(papers: Iterable[DocumentFacts]) -> list[tuple[str, list[DocumentFacts]]]:
    found: dict[str, list[DocumentFacts]] = defaultdict(list)
    for paper in papers:
        found[paper.stage].append(paper)
    return [(name, found[stage]) for stage, name in STAGES.items() if found[stage]]


def _moments(see: Sight, case_id: str, papers: Any, recordings: Any, *, everything: bool = False) -> list[Moment]:
    events = list(journal.events(see.session, f"case:{case_id}"))
    names = accounts.names_of(see.session, {e.actor for e in events})
    shown = {"documents": papers, "recordings": recordings, "names": names}
    return list(moments(events, **shown, only=None) if everything else moments(events, **shown))
