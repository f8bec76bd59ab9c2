"""The one next act of a case, and where each thing that it lacks is mended; the reasons come from the operations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from access.policy import Permission, decide
from casework.facts import CaseFacts, DocumentFacts
from casework.operations.missing import Lack
from casework.operations.openable import Openable
from casework.operations.work import Item
from foundation.errors import Finding
from web.actions import Action
from web.lookup import Sight, record_of
from web.work.links import label_of, url_of

SIGNED = ("SLOT", "DELEGATION")
ON_PAGE = {"G12": ("去送达", "#services"), "G13": ("去送达", "#services"), "G11": ("看音像", "#recordings")}
"""What is mended in another part of the case's page."""
MOST_LINKS = 3
"""Papers offered for one finding at most."""


@dataclass(frozen=True, kw_only=True)
class Mend:
    """One thing that a case lacks, with links to what mends it."""

    finding: Finding
    links: tuple[tuple[str, str], ...]
    """Pairs of words and address."""


def next_actions(case: CaseFacts, items: Sequence[Item], papers: Sequence[Openable]) -> list[Action]:
    """Return what the viewer does next in a case: what waits for them, else the usual next papers.

    Args:
        case: The case.
        items: The viewer's own work in it, most pressing first.
        papers: Types that the viewer may open, the usual ones first.
    """
    found = [_action(i) for i in items if i.act != "look"]
    under_way = bool(items) or any(p.usual and p.under_way for p in papers)
    found += [_opening(case, p) for p in papers if p.usual and not p.under_way] if not under_way else []
    unlike: dict[str, Action] = {}
    for one in found:
        unlike.setdefault(one.url, one)
    return [_first(a) if n == 0 and not a.against else a for n, a in enumerate(unlike.values())]


def _action(item: Item) -> Action:
    return Action(label=f"{label_of(item)}{item.what}", url=url_of(item))


def _opening(case: CaseFacts, paper: Openable) -> Action:
    url = url_for("drafting.begin", case_id=case.id, type=paper.type)
    return Action(label=f"起草《{paper.title}》", url=url, against=paper.against)


def _first(action: Action) -> Action:
    return Action(label=action.label, url=action.url, look="primary")


def waits_for(lacks: Sequence[Lack]) -> list[str]:
    """Return who must sign what before the case goes on."""
    return list(dict.fromkeys(f"{i.finding.who}：{i.finding.message}" for i in lacks if i.finding.code in SIGNED))


def mends(
    see: Sight, case: CaseFacts, lacks: Sequence[Lack], documents: Sequence[DocumentFacts], papers: Sequence[Openable]
) -> tuple[list[Mend], list[Mend]]:
    """Return what open papers lack and what stands against closing, each with the links that the viewer may follow."""
    known = {d.id: d for d in documents}
    may_open = {p.type: p for p in papers}
    found = [(i, Mend(finding=i.finding, links=_links(see, case, i, known, may_open))) for i in lacks]
    return [m for i, m in found if i.document_id], [m for i, m in found if not i.document_id]


def _links(
    see: Sight, case: CaseFacts, lack: Lack, known: Mapping[str, DocumentFacts], may_open: Mapping[str, Openable]
) -> tuple[tuple[str, str], ...]:
    opening = [may_open[t] for t in lack.types if t in may_open][:MOST_LINKS]
    if lack.finding.code in ON_PAGE:
        return (ON_PAGE[lack.finding.code],)
    if opening:
        return tuple(_to_paper(case, p) for p in opening)
    paper = known.get(lack.document_id)
    return _to_mend(see, lack, paper) if paper is not None else ()


def _to_mend(see: Sight, lack: Lack, paper: DocumentFacts) -> tuple[tuple[str, str], ...]:
    if lack.finding.code in SIGNED:
        return (("看签批", url_for("signing.page", document_id=paper.id)),)
    if decide(see.actor, Permission.DOCUMENT_REVISE, record_of(paper), see.viewer).allowed:
        return (("去填写", url_for("drafting.edit", document_id=paper.id)),)
    return ()


def _to_paper(case: CaseFacts, paper: Openable) -> tuple[str, str]:
    if paper.under_way:
        return f"继续《{paper.title}》", url_for("documents.document", document_id=paper.under_way)
    return f"起草《{paper.title}》", url_for("drafting.begin", case_id=case.id, type=paper.type)
