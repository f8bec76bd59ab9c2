"""The fields of a party as forms send them; what is left out of a kind is left out of the register."""

from collections.abc import Mapping, Sequence
from typing import Any

from casework import parties
from casework.facts import PartyFacts
from casework.operations import parties as register
from web.forms import Form
from web.security import the_actor, the_context

FOR_KINDS: Mapping[str, tuple[str, ...]] = {
    "gender": (parties.CITIZEN,),
    "birth_date": (parties.CITIZEN,),
    "employer": (parties.CITIZEN,),
    "guardian": (parties.CITIZEN,),
    "guardian_contact": (parties.CITIZEN,),
    "representative": (parties.TRADER, parties.FIRM, parties.OTHER),
    "representative_post": (parties.FIRM, parties.OTHER),
}
"""Fields that only some kinds have; the form shows them for these."""


def party_data(form: Form) -> dict[str, Any]:
    """Return the party that a form tells, without what its kind does not have; empty when nothing is told."""
    kind = form.said("kind")
    told = {n: form.said(n) for n in parties.FIELDS if not (n in FOR_KINDS and kind not in FOR_KINDS[n])}
    return told if any(v for n, v in told.items() if n != "kind") else {}


def alike(form: Form, but: str = "") -> Sequence[PartyFacts]:
    """Return the register's parties that the told one may be."""
    name = form.said("name")
    return register.alike(the_context(), the_actor(), name=name, id_no=form.said("id_no"), but=but) if name else ()
