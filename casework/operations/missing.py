"""What a paper or a case still lacks, for one who looks: the same findings that would refuse the act.

A finding may rest on papers and recordings that the viewer may not know of. So every question is asked twice, once over
the whole case and once over what the viewer may read; told is what both answer. Nothing hidden is named, and nothing
that is there, unseen, is called missing.
"""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from access.facts import Actor
from access.policy import Permission, decide
from casework import queries, shelf
from casework.facts import Status
from casework.gates.api import ISSUE, CaseView
from casework.gates.registry import ask
from casework.operations import delegating, effects
from casework.operations.common import readable, require_on
from casework.operations.issuing import READY, against, wrong_state
from casework.views import Office, office, view_of
from foundation.context import Context
from foundation.errors import Finding

CLOSING = "case_closing_report"
TITLE = re.compile("《(.+?)》")


def why_not(ctx: Context, actor: Actor, document_id: str, act: str = ISSUE) -> list[Finding]:
    """Return what stands against an act on a paper, as far as the actor may know."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        view = view_of(at, at.document(document_id), act=act, reasons=shelf.reasons_of(session, document_id))
        require_on(at, actor, Permission.DOCUMENT_READ, case=view.case, document=view.document)
        return told(at, actor, view, functools.partial(_issuing, at) if act == ISSUE else _asked)


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One thing that a case lacks, and what mends it."""

    finding: Finding
    document_id: str = ""
    """The open paper that lacks it; empty when it stands against closing the case."""
    types: tuple[str, ...] = ()
    """Papers that would mend it, as its words name them."""


def what_is_missing(ctx: Context, actor: Actor, case_id: str) -> list[Finding]:
    """Return what a case lacks, as far as the actor may know: its open papers, and what would refuse its closing."""
    return [one.finding for one in lacks(ctx, actor, case_id)]


def lacks(ctx: Context, actor: Actor, case_id: str) -> list[Lack]:
    """Return what a case lacks, as `what_is_missing`, each with the paper that lacks it and those that mend it."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        case = queries.case_facts(session, case_id)
        require_on(at, actor, Permission.CASE_READ, case=case)
        papers = at.papers(case_id)
        found: list[Lack] = []
        for document in readable(at, actor, [d for d in papers if d.status in (*READY, Status.RETURNED)]):
            for one in told(at, actor, view_of(at, document, others=papers), against):
                named = replace(one, message=f"《{document.title}》：{one.message}")
                found.append(Lack(finding=named, document_id=document.id, types=_named(at, one)))
        if case.closed_on is None and CLOSING in at.catalogue.types:
            closing = told(at, actor, effects.closing_view(at, case, papers), _asked)
            found += [Lack(finding=one, types=_named(at, one)) for one in closing]
        return found


def _named(at: Office, finding: Finding) -> tuple[str, ...]:
    """Return the types that a finding's remedy names by their titles."""
    titles = {t.title: t.id for t in at.catalogue.types.values()}
    return tuple(titles[t] for t in dict.fromkeys(TITLE.findall(finding.remedy)) if t in titles)


def _issuing(at: Office, view: CaseView) -> list[Finding]:
    return [*wrong_state(view), *delegating.against(at, view.document), *against(view)]


def _asked(view: CaseView) -> list[Finding]:
    return list(ask(view))


def told(at: Office, actor: Actor, view: CaseView, question: Callable[[CaseView], Sequence[Finding]]) -> list[Finding]:
    """Return what a question finds, as far as the actor may know."""
    shown = seen(at, actor, view)
    found = list(question(view))
    if shown is view:
        return found
    known = question(shown)
    return [f for f in found if f in known]


def seen(at: Office, actor: Actor, view: CaseView) -> CaseView:
    """Return the view with the papers and recordings that the actor may read; the same one when that is all."""
    viewer = queries.viewer_of(at.session, actor)
    own = [d for d in view.documents if d.id == view.document.id]
    papers = readable(at, actor, [d for d in view.documents if d.id != view.document.id])
    recordings = tuple(
        r
        for r in view.recordings
        if decide(actor, Permission.RECORDING_READ, queries.recording_record(r), viewer).allowed
    )
    kept = {d.id for d in (*own, *papers)}
    documents = tuple(d for d in view.documents if d.id in kept)
    if len(documents) == len(view.documents) and len(recordings) == len(view.recordings):
        return view
    return replace(view, documents=documents, recordings=recordings)
