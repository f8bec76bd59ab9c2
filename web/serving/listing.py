"""Attempts and papers that wait for one, as lists show them."""

from collections.abc import Iterable, Sequence
from typing import Any

from casework import queries, services
from casework.facts import CaseFacts, DocumentFacts, ServiceFacts, Status
from casework.gates.api import DONE
from casework.views import office
from web.lookup import Sight

NEEDS = "receipt_required"
VOID = (Status.VOID, Status.REPLACED)


def rows_of(see: Sight, case: CaseFacts, papers: Iterable[DocumentFacts]) -> list[dict[str, Any]]:
    """Return the attempts at these papers, for lists: paper, method, receipt when it may be seen, state in words."""
    titles = {p.id: p for p in papers}
    everything = {d.id: d for d in see.seen(queries.documents_of(see.session, case.id))}
    return [
        {
            "service": one,
            "paper": titles[one.document_id],
            "method": services.ways()[one.method].title,
            "receipt": everything.get(one.receipt_id or ""),
            "words": _state(one, everything.get(one.receipt_id or "")),
        }
        for one in queries.services_of(see.session, case.id)
        if one.document_id in titles
    ]


def _state(one: ServiceFacts, receipt: DocumentFacts | None) -> tuple[str, str]:
    """Return look and word of an attempt."""
    if one.valid:
        return "ok", f"{one.served_on} 送达"
    if one.failed_at:
        return "bad", "未送达"
    if receipt is not None and receipt.status in VOID:
        return "mute", "回证已作废"
    if receipt is not None and receipt.status in DONE:
        return "bad", "未生效"
    return "wait", "送达中"


def unserved(see: Sight, papers: Sequence[DocumentFacts]) -> list[DocumentFacts]:
    """Return the issued papers that need a receipt, have no effect yet, and for which no attempt is under way."""
    at = office(see.ctx, see.session)
    waiting = [p for p in papers if p.status is Status.ISSUED and at.definition_of(p).service == NEEDS]
    cases = {p.case_id for p in waiting if p.case_id}
    known = [s for c in sorted(cases) for s in queries.services_of(see.session, c)]
    over = {d.id for d in papers if d.status in (*DONE, *VOID)}
    under_way = {s.document_id for s in known if not s.failed_at and s.receipt_id not in over}
    return [p for p in waiting if p.id not in under_way]
