"""The register of parties: its changes and its pages.

Journal kinds in `agency:<id>`: `party.registered`, `party.changed`; events hold ids and names of fields, no values.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import orm

from access.agencies import require_in_agency
from access.facts import Actor
from access.policy import Permission
from casework import casebook, parties, queries, register
from casework.cleaning import clean
from casework.facts import PartyFacts, PartyVersion
from casework.operations.common import require_on
from casework.register import PartyPage
from casework.views import Office, office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Conflict, NotFound

ABSENT = ("名册中没有这个当事人。", "先登记当事人。")


@dataclass(frozen=True, kw_only=True)
class PartyHistory:
    """A party with all that the register ever said of it, latest first."""

    party: PartyFacts
    versions: Sequence[PartyVersion]


def register_party(ctx: Context, actor: Actor, **data: Any) -> PartyFacts:
    """Write a party into the agency's register; every fault is named at once.

    Args:
        ctx: The floor.
        actor: Who registers.
        data: Fields of `PartyFacts` but id and version: kind, name, id_type, id_no, address, …

    Raises:
        BadInput: Something is missing or wrong.
        Conflict: A party with this number stands in the register.
    """
    with ctx.database.write() as session:
        return registered(office(ctx, session), actor, data)


def registered(at: Office, actor: Actor, data: dict[str, Any]) -> PartyFacts:
    """Write a party into the register in the caller's transaction (`register_party` says how)."""
    require_on(at, actor, Permission.PARTY_REGISTER)
    facts = PartyFacts(id=at.ctx.ids.new(), **parties.read_party(data, at.today))
    _refuse_known(at.session, actor.agency_id, facts)
    _note(at, actor, "party.registered", {"party": facts.id, "kind": facts.kind})
    register.insert(at.session, actor.agency_id, facts, at.ctx.clock.now(), account_id=actor.account_id)
    return facts


def _refuse_known(session: orm.Session, agency_id: str, facts: PartyFacts) -> None:
    known = register.with_number(session, agency_id, facts.id_type, facts.id_no)
    if known is not None and known != facts.id:
        name = queries.party_facts(session, known).name
        raise Conflict(f"该证件号码已经登记（{name}）。", remedy="选用已登记的当事人。", path="id_no")


def _note(at: Office, actor: Actor, kind: str, event: dict[str, Any]) -> None:
    stream = f"agency:{actor.agency_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind=kind, actor=actor.account_id, data=event)


def change_party(
    ctx: Context, actor: Actor, *, party_id: str, base_version: int, reason: str, **data: Any
) -> PartyFacts:
    """Write a new version of a party; the earlier ones stay, issued papers stay, open drafts become stale.

    Args:
        ctx: The floor.
        actor: Who changes it.
        party_id: The party.
        base_version: The version that the person looked at.
        reason: Why: moved, renamed, a slip.
        data: All fields, as `register_party` takes them.

    Raises:
        BadInput: Something is missing or wrong, or no reason is given.
        Conflict: Somebody changed it meanwhile, or another party has this number.
        NotFound: The agency's register has no such party.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        require_on(at, actor, Permission.PARTY_REGISTER)
        register.lock(session, party_id)
        known = _own(session, actor, party_id)
        if known.version != base_version:
            raise Conflict(
                "别人刚刚修改了这个当事人，您的修改没有保存。", remedy="请对照现在的内容，再改一次。", path="name"
            )
        facts = PartyFacts(id=party_id, version=known.version + 1, **parties.read_party(data, at.today))
        changed = [n for n in parties.FIELDS if getattr(facts, n) != getattr(known, n)]
        if not changed:
            return known
        if not reason.strip():
            raise BadInput("修改当事人须写明理由。", remedy="写明变更的依据，如更名、迁址、笔误。", path="reason")
        _refuse_known(session, actor.agency_id, facts)
        _note(at, actor, "party.changed", {"party": party_id, "version": facts.version, "fields": changed})
        why = {"reason": clean(reason), "account_id": actor.account_id}
        register.change(session, facts, ctx.clock.now(), changed=changed, **why)
        _look_again(session, party_id, ctx.clock.now())
        return facts


def _own(session: orm.Session, actor: Actor, party_id: str) -> PartyFacts:
    if not queries.is_party_of(session, actor.agency_id, party_id):
        raise NotFound(ABSENT[0], remedy=ABSENT[1])
    return queries.party_facts(session, party_id)


def _look_again(session: orm.Session, party_id: str, at: dt.datetime) -> None:
    """Let the index take the new name into every case of the party."""
    for case_id in sorted(queries.cases_of_party(session, party_id)):
        casebook.reindex_all(session, case_id, at)


def same_name(ctx: Context, actor: Actor, name: str) -> Sequence[PartyFacts]:
    """Return the register's parties of the same name: a warning, never a merger (同名)."""
    with ctx.database.read() as session:
        require_on(office(ctx, session), actor, Permission.PARTY_READ)
        return [queries.party_facts(session, p) for p in register.of_same_name(session, actor.agency_id, name)]


def alike(ctx: Context, actor: Actor, *, name: str, id_no: str = "", but: str = "") -> Sequence[PartyFacts]:
    """Return the register's parties that this one may be: same number, names and former names that are alike.

    Args:
        ctx: The floor.
        actor: Who asks.
        name: Name of the new party.
        id_no: Its number, when known.
        but: A party that is not meant (the one that is changed).
    """
    require_in_agency(actor, Permission.PARTY_READ, actor.agency_id)
    with ctx.database.read() as session:
        return [p for p in register.alike(session, actor.agency_id, name, id_no) if p.id != but]


def party_page(ctx: Context, actor: Actor, words: str, *, number: int, size: int) -> PartyPage:
    """Return one page of the agency's register (words: part of a name, former name, number, phone)."""
    require_in_agency(actor, Permission.PARTY_READ, actor.agency_id)
    with ctx.database.read() as session:
        return register.page(session, actor.agency_id, words, number=number, size=size)


def parties_after(
    ctx: Context, actor: Actor, words: str, *, place: tuple[str, str] | None, size: int
) -> Sequence[PartyFacts]:
    """Return the agency's parties by name from a place on (name and id of the last one seen), one more than wanted."""
    require_in_agency(actor, Permission.PARTY_READ, actor.agency_id)
    with ctx.database.read() as session:
        return register.after(session, actor.agency_id, words, place=place, size=size)


def party_history(ctx: Context, actor: Actor, party_id: str) -> PartyHistory:
    """Return a party of the agency's register with its versions.

    Raises:
        NotFound: The register has no such party.
    """
    require_in_agency(actor, Permission.PARTY_READ, actor.agency_id)
    with ctx.database.read() as session:
        party = _own(session, actor, party_id)
        return PartyHistory(party=party, versions=register.versions(session, party_id))


def plain(party: PartyFacts) -> dict[str, str]:
    """Return a party's fields as a form shows them."""
    return {name: str(getattr(party, name) or "") for name in parties.FIELDS}
