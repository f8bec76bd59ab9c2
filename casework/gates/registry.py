"""All gates of all families, and the one function that asks them."""

from collections.abc import Iterator

from casework.gates import amounts, closing, decision, enforcement, hearing, initiation, investigation, service
from casework.gates.api import CaseView, Gate
from foundation.errors import Finding

GATES: tuple[Gate, ...] = (
    *initiation.GATES,
    *investigation.GATES,
    *hearing.GATES,
    *decision.GATES,
    *amounts.GATES,
    *service.GATES,
    *enforcement.GATES,
    *closing.GATES,
)


def ask(view: CaseView) -> Iterator[Finding]:
    """Yield what stands against an act, soft findings included that no written reason passes yet."""
    for one in GATES:
        if one.concerns(view.definition, view.act):
            yield from (f for f in one.check(view) if not _is_passed(view, f))


def _is_passed(view: CaseView, finding: Finding) -> bool:
    return finding.soft and bool(view.reasons.get(finding.code, "").strip())
