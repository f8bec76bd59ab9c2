"""What of a case may go into a party's copy: the policy asked for the party, the definition's copy rule, item by item.

Nothing internal, nothing of an informant, nothing that was not served on the party or is not the party's own. A paper
that may be released is masked by its fields' classes as the party sees them: another person's privacy is covered, the
party's own stays.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from access.facts import Actor
from access.masking import COVER, covered_value, masked, sees, short_name
from access.policy import Permission, Record, Viewer, decide
from archive.arranging import IN_FILE, CaseFile
from archive.facts import MAIN
from casework import queries
from casework.facts import DocumentFacts, PartyFacts
from catalogue.definitions import DocumentType

ROLE = "party"
OUTSIDERS = frozenset({"witness", "holder", "attendee", "performer", "expert", "appraiser"})
"""Roles whose signatures name persons who are no party."""
INTERNAL = "内部材料，依法不予提供（公16）"
NOT_SERVED = "不是送达给申请人的文书，也不是其本人的陈述或申请"
NEVER = "该种文书依法不提供复制"


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """A party as the policy sees it: what it may read, of which papers it is the one addressed."""

    party: PartyFacts
    actor: Actor
    viewer: Viewer


@dataclass(frozen=True, kw_only=True)
class Release:
    """Whether a paper is released, and why not."""

    document: DocumentFacts
    allowed: bool
    reason: str = ""
    code: str = ""
    """`INTERNAL`, `NEVER` or `NOT_SERVED`; empty when it is released."""


def applicant_of(file: CaseFile, party: PartyFacts) -> Applicant:
    """Return the policy's view of a party of the case."""
    actor = Actor(
        account_id="",
        person_id="",
        agency_id=file.case.agency_id,
        name=party.name,
        roles=frozenset({ROLE}),
        agencies=frozenset({file.case.agency_id}),
        party_ids=frozenset({party.id}),
    )
    served = {
        s.document_id
        for s in file.services
        if s.valid and s.served_on is not None and (d := file.document(s.document_id)) and d.party_id == party.id
    }
    return Applicant(party=party, actor=actor, viewer=Viewer(served_ids=frozenset(served)))


def release_of(file: CaseFile, document: DocumentFacts, applicant: Applicant) -> Release:
    """Decide about one paper."""
    definition = file.definitions[document.id]
    rule = definition.copy_rule.get("release", "never")
    if document.volume != MAIN or document.id in file.apart or document.secrecy in ("internal", "work_secret"):
        return Release(document=document, allowed=False, reason=INTERNAL, code="INTERNAL")
    if rule == "never" or document.status not in IN_FILE:
        return Release(document=document, allowed=False, reason=NEVER, code="NEVER")
    if decide(applicant.actor, Permission.DOCUMENT_READ, queries.document_record(document), applicant.viewer).allowed:
        return Release(document=document, allowed=True)
    if _is_own(document, definition, applicant):
        return Release(document=document, allowed=True)
    return Release(document=document, allowed=False, reason=NOT_SERVED, code="NOT_SERVED")


def _is_own(document: DocumentFacts, definition: DocumentType, applicant: Applicant) -> bool:
    """Tell whether a party made or signed a paper itself, or got it by hand."""
    if document.party_id != applicant.party.id or definition.copy_rule.get("release") == "never":
        return False
    signed = any(fill.role == ROLE and not fill.refused for fill in document.slots)
    return signed or definition.visibility == "inbound"


def masked_values(
    definition: DocumentType, values: Mapping[str, Any], document: DocumentFacts, applicant: Applicant
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a paper's values as the applicant may see them, and the names of covered fields."""
    third = "third_party" in definition.copy_rule.get("masks", ())
    record = _readable(document)
    owner = "" if third else document.party_id
    may_see = functools.partial(_may_see, record=record, applicant=applicant, owner=owner or "")
    out, covered = masked(definition.fields, values, may_see)
    own = {str(v) for v in vars(applicant.party).values() if isinstance(v, str) and v}
    for name in covered:
        if "." not in name and str(values.get(name)) in own:
            out[name] = values[name]
    covered = tuple(n for n in covered if "." in n or out[n] != values.get(n))
    return _without_outsiders(definition, out), covered


def _readable(document: DocumentFacts) -> Record:
    return queries.document_record(document)


def _may_see(field_class: str, *, record: Record, applicant: Applicant, owner: str) -> bool:
    if field_class in ("normal", ""):
        return True
    viewer = Viewer(served_ids=frozenset({record.id or ""}))
    return sees(applicant.actor, field_class, record, viewer, owner_id=owner or "-")


def _without_outsiders(definition: DocumentType, values: dict[str, Any]) -> dict[str, Any]:
    """Shorten the names of witnesses and other persons who signed and are no party; their drawn signatures go."""
    for slot in definition.slots:
        rows = values.get(slot.signs or "")
        if slot.role in OUTSIDERS and isinstance(rows, list):
            values[str(slot.signs)] = [
                {**row, "name": short_name(str(row.get("name") or "")), "image": ""}
                if isinstance(row, Mapping)
                else COVER
                for row in rows
            ]
        if slot.role == "informant" and slot.signs:
            values[slot.signs] = covered_value(rows or "")
    return values
