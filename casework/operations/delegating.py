"""Delegation of approval in named types of paper (`access.delegations` keeps it), and the look at it when it counts.

A signature by delegation is asked under the lock of its case whether the delegation still runs, and again before the
paper is issued whether it ran when the signature was given (hostile.md E9).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from access import delegations
from access.facts import Actor, DelegationFacts
from access.rulebook import rulebook
from casework import approvals
from casework.facts import DocumentFacts
from casework.views import Office
from catalogue.loading import load_catalogue
from foundation.clock import local
from foundation.context import Context
from foundation.errors import BadInput, Finding


def delegate(
    ctx: Context,
    actor: Actor,
    *,
    delegate_id: str,
    role: str,
    types: Sequence[str],
    valid_from: dt.date,
    valid_to: dt.date,
    basis: str,
    principal_id: str | None = None,
) -> DelegationFacts:
    """Let somebody sign for the holder of a role.

    Args:
        ctx: The floor.
        actor: The principal, or the administrator who enters a written authorisation.
        delegate_id: Who signs.
        role: Which of the principal's roles.
        types: Types of paper that the role signs.
        valid_from: First day.
        valid_to: Last day, within a year.
        basis: The written authorisation.
        principal_id: For whom; the actor when left out.

    Raises:
        BadInput: A type is unknown, or is not signed by the role; or what `access.delegations.give` refuses.
        Forbidden: It is neither the actor's own role nor does the actor keep the accounts.
    """
    known = load_catalogue(ctx.settings.templates_dir).types
    for one in types:
        if one not in known:
            raise BadInput(f"没有“{one}”这种文书。", remedy="从文书目录中选择。", path="types")
        if not any(approvals.may_delegate(s, role) for s in known[one].slots):
            raise BadInput(
                f"《{known[one].title}》不由{rulebook().title(role)}签署，或依法只能本人签署。",
                remedy="只选择由授权人签批、可以代签的文书。",
                path="types",
            )
    return delegations.give(
        ctx,
        actor,
        principal_id=principal_id or actor.person_id,
        delegate_id=delegate_id,
        role=role,
        types=types,
        valid_from=valid_from,
        valid_to=valid_to,
        basis=basis,
    )


def as_of_now(at: Office, actor: Actor) -> Actor:
    """Return an actor with the delegations that run at this instant; asked under the lock of the case."""
    if not actor.acting:
        return actor
    running = delegations.acting(at.session, actor.person_id, actor.agency_id, at.ctx.clock.now())
    return replace(actor, acting=running)


def against(at: Office, document: DocumentFacts) -> Iterator[Finding]:
    """Yield a finding for every signature by a delegation that did not run when it was given."""
    for fill in document.slots:
        if fill.delegation_id and not delegations.ran_at(at.session, fill.delegation_id, fill.at):
            yield Finding(
                code="DELEGATION",
                article="A37.1",
                message=f"{fill.name}于{local(fill.at):%Y-%m-%d %H:%M}签署时，代签授权不在有效期内。",
                remedy="由授权人本人或有权签署的人重新签署。",
                who="授权人",
                path=fill.slot,
            )
