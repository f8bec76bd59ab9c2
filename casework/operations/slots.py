"""The slots of a paper as one looks at them: who signed, whose turn it is, and why the viewer may not sign."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from access.facts import Actor
from access.policy import Permission, decide
from casework import approvals, queries, shelf
from casework.approvals import Signer, Signing
from casework.facts import SlotFill
from casework.gates.api import REVISE, CaseView
from casework.operations import delegating
from casework.operations.common import require_on
from casework.operations.missing import told
from casework.views import office, view_of
from catalogue.definitions import Field, Slot
from foundation.context import Context
from foundation.errors import Finding

WRITTEN = frozenset({"name", "witness"})
"""Paths of findings that the form itself answers."""


@dataclass(frozen=True, kw_only=True)
class SlotState:
    """One slot, for one who looks."""

    slot: Slot
    label: str
    who: str
    """Whose slot it is, in Chinese."""
    fields: tuple[Field, ...]
    """What it fills."""
    fills: tuple[SlotFill, ...]
    is_outside: bool
    is_needed: bool
    is_complete: bool
    against: tuple[Finding, ...]
    """Why the viewer cannot sign it now; empty when it can be signed."""

    @property
    def is_open(self) -> bool:
        """Tell whether the viewer can sign it, or have it signed, now; more of the office may sign than must."""
        closed = self.is_complete and (self.is_outside or self.slot.count == 1)
        return not self.against and not closed


def slots_of(ctx: Context, actor: Actor, document_id: str) -> list[SlotState]:
    """Return the slots of a paper in their order, with what stands against the actor's signing each."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        view = view_of(at, at.document(document_id), act=REVISE, reasons=shelf.reasons_of(session, document_id))
        require_on(at, actor, Permission.DOCUMENT_READ, case=view.case, document=view.document)
        record, viewer = queries.document_record(view.document), queries.viewer_of(session, actor)
        may = decide(actor, Permission.DOCUMENT_SIGN, record, viewer)
        no = () if may.allowed else (Finding(code="ACCESS", message=may.reason, remedy="由有签批职责的人办理。"),)
        now = delegating.as_of_now(at, actor)
        signer = Signer(person_id=now.person_id, name=now.name, roles=now.roles, acting=now.acting)
        asked = [
            (s, no or told(at, actor, view, functools.partial(_against, s, signer))) for s in view.definition.slots
        ]
        return [_state(view, slot, tuple(found)) for slot, found in asked]


def _against(slot: Slot, signer: Signer, view: CaseView) -> Sequence[Finding]:
    found = approvals.against(view, Signing(slot=slot.id, signer=signer, values=dict.fromkeys(slot.fills, "／")))
    answered = WRITTEN | set(slot.fills)
    return [f for f in found if f.path not in answered and (f.code == "SLOT" or f.code in approvals.PERSONS)]


def _state(view: CaseView, slot: Slot, against: tuple[Finding, ...]) -> SlotState:
    return SlotState(
        slot=slot,
        label=approvals.label(slot),
        who=approvals.role_name(slot.role),
        fields=tuple(view.definition.field(n) for n in slot.fills),
        fills=approvals.fills_of(view.document, slot),
        is_outside=approvals.is_outside(slot.role),
        is_needed=approvals.is_needed(view, slot),
        is_complete=approvals.is_complete(view, slot),
        against=against,
    )
