"""Operations on papers, one transaction each: open, change, refresh, sign, give back, void.

Order of every operation: lock the case, load, permission, gates, change, journal, outbox, facts. What
`common.acting_on` loads and asks may run before the lock of SQLite; it holds as if it had run under it. Issuing is
`casework.operations.issuing`.
"""

from casework.operations.changing import Stale, refresh, revise, stale_drafts, void
from casework.operations.opening import draft
from casework.operations.signing import fill_slot, return_document

__all__ = ["Stale", "draft", "fill_slot", "refresh", "return_document", "revise", "stale_drafts", "void"]
