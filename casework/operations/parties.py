"""The register of parties. Journal kind in `agency:<id>`: `party.registered` (ids only)."""

from collections.abc import Sequence
from typing import Any

from access.facts import Actor
from access.policy import Permission
from casework import parties, queries
from casework.facts import PartyFacts
from casework.operations.common import require_on
from casework.views import office
from foundation import journal
from foundation.context import Context
from foundation.errors import Conflict


def register_party(ctx: Context, actor: Actor, **data: Any) -> PartyFacts:
    """Write a party into the agency's register; every fault is named at once.

    Args:
        ctx: The floor.
        actor: Who registers.
        data: Fields of `PartyFacts` but the id: kind, name, id_type, id_no, address, …

    Raises:
        BadInput: Something is missing or wrong.
        Conflict: A party with this number stands in the register.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.PARTY_REGISTER)
        facts = PartyFacts(id=ctx.ids.new(), **parties.read_party(data, at.today))
        known = parties.with_number(session, actor.agency_id, facts.id_type, facts.id_no)
        if known is not None:
            name = queries.party_facts(session, known).name
            raise Conflict(f"该证件号码已经登记（{name}）。", remedy="选用已登记的当事人。", path="id_no")
        event = {"party": facts.id, "kind": facts.kind}
        stream = f"agency:{actor.agency_id}"
        journal.append(session, ctx.clock, stream=stream, kind="party.registered", actor=actor.account_id, data=event)
        parties.insert(session, actor.agency_id, facts, ctx.clock.now())
        return facts


def same_name(ctx: Context, actor: Actor, name: str) -> Sequence[PartyFacts]:
    """Return the register's parties of the same name: a warning, never a merger (同名)."""
    with ctx.database.read() as session:
        require_on(office(ctx, session), actor, Permission.PARTY_READ)
        return [queries.party_facts(session, p) for p in parties.of_same_name(session, actor.agency_id, name)]
