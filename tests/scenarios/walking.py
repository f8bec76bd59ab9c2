"""Walks a type from draft through its slots to issue by the operations, with the values of its ordinary sample.

The case is that of `case_general.yaml` before its closing: it has the papers, services and expired periods that most
gates ask for. What a paper needs before it and the case has not (an approval of its own, an application) is walked
first, the same way.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from access import accounts, agencies, persons
from access.facts import Actor
from casework import queries
from casework.approvals import is_outside
from casework.facts import DocumentFacts
from casework.figures import read
from casework.gates.api import DONE
from casework.operations import documents, issuing, recordings
from catalogue.definitions import BY_ISSUING, Catalogue, DocumentType, Slot
from catalogue.samples import EMPTY, sample
from cli.cast import Cast
from foundation.clock import parse_local
from foundation.context import Context
from tests.conftest import move

ORDER = ("propose", "opinion", "review", "approve", "sign", "receive", "witness")
MATTER = "matter_approval"
PARTY, MAKER = "钱样本", "乙二"
JOINED = {
    "卯四": ["reception"],
    "午七": ["supervisor"],
    "酉十": ["supervisor"],
    "未八": ["archivist"],
    "申九": ["legal_reviewer"],
    "管理员": ["sysadmin"],
}
"""People that the whole case does without."""
POWERS = ("coercive_measures", "self_enforcement", "demolition", "permits")
FIRST = dt.date(2020, 1, 1)


@dataclass(kw_only=True)
class Walk:
    """A case in which a type is walked."""

    ctx: Context
    catalogue: Catalogue
    cast: Cast
    by: str = "甲一"
    settings: Mapping[str, Any] = field(default_factory=dict)
    powers: Sequence[str] = POWERS
    """Powers that are switched on."""
    walked: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Complete the office: its powers and the people that the whole case does without."""
        for name, roles in JOINED.items():
            person = persons.add_person(
                self.ctx, agency_id=self.cast.agency_id, name=name, roles=roles, department="办公室", valid_from=FIRST
            )
            self.cast.people[name], self.cast.accounts[name] = (
                person.id,
                accounts.add_account(self.ctx, person_id=person.id, login=name).id,
            )
        for power in self.powers:
            self._set(f"powers.{power}", value=True, basis="某省人民政府决定（虚构）")
        for key, value in self.settings.items():
            self._set(key, value=value)
        move(self.ctx, self.ctx.clock.now() + dt.timedelta(days=1))

    def _set(self, key: str, **given: Any) -> None:
        day, agency = self.ctx.clock.now().date(), self.cast.agency_id
        agencies.set_setting(self.ctx, self.as_("管理员"), agency_id=agency, key=key, valid_from=day, **given)

    def as_(self, name: str) -> Actor:
        """Return a person as actor."""
        with self.ctx.database.read() as session:
            return accounts.actor_of(session, self.cast.accounts[name], self.ctx.clock.now())

    def walk(self, type_id: str, **data: Any) -> DocumentFacts:
        """Draft, sign, issue and sign what is signed afterwards; first what the type needs before it."""
        definition = self.catalogue.get(type_id)
        self.walked.append(type_id)
        self.signed.clear()
        for group in definition.prerequisites:
            self._supply(definition, group)
        values = {**sample(self.catalogue, type_id), **data}
        document = self._drafted(definition, values, frozenset(data))
        self._sign(definition, document, values, "before_issue")
        actor = self._actor(definition)
        issuing.reserve(self.ctx, actor, document_id=document.id)
        document = issuing.commit(self.ctx, actor, document_id=document.id, blobs={})
        self._sign(definition, document, values, "after_issue")
        return document

    def draft_only(self, type_id: str, **data: Any) -> DocumentFacts:
        """Open a paper of a type with its sample's values and nothing before it."""
        definition = self.catalogue.get(type_id)
        return self._drafted(definition, {**sample(self.catalogue, type_id), **data}, frozenset(data))

    def _supply(self, definition: DocumentType, group: tuple[str, ...]) -> None:
        if MATTER in group:
            self.walk(MATTER, target_doc=definition.id)
        elif not any(d.type in group and d.status in DONE for d in self._papers()) and group[0] not in self.walked:
            self.walk(group[0])

    def _papers(self) -> list[DocumentFacts]:
        with self.ctx.database.read() as session:
            return list(queries.documents_of(session, self.cast.case_id, self.ctx.clock.now().date()))

    def _drafted(self, definition: DocumentType, values: dict[str, Any], given: frozenset[str]) -> DocumentFacts:
        actor = self._actor(definition)
        typed = {f.name: values.get(f.name) for f in definition.data_fields if f.source is None or f.name in given}
        document = documents.draft(
            self.ctx,
            actor,
            type=definition.id,
            case_id=self.cast.case_id,
            data={k: v for k, v in typed.items() if v not in EMPTY},
            recording_ids=self._recorded(definition, values),
            party_id=None if definition.secrecy == "informant" else next(iter(self.cast.parties.values())),
        )
        missing = {
            f.name: values[f.name]
            for f in definition.data_fields
            if f.source not in BY_ISSUING and document.data.get(f.name) in EMPTY and values.get(f.name) not in EMPTY
        }
        if not missing:
            return document
        return documents.revise(self.ctx, actor, document_id=document.id, base_version=document.version, data=missing)

    def _actor(self, definition: DocumentType) -> Actor:
        return self.as_("卯四" if definition.secrecy == "informant" and self.by == "甲一" else self.by)

    def _recorded(self, definition: DocumentType, values: Mapping[str, Any]) -> list[str]:
        if definition.recording == "none":
            return []
        began = values.get("start_time") or values.get("received_at")
        made = recordings.announce_recording(
            self.ctx,
            self.as_(MAKER),
            case_id=self.cast.case_id,
            started_at=parse_local(str(began)) if began else self.ctx.clock.now(),
            operator_id=self.cast.people[MAKER],
            kind="录像",
            scene="现场检查",
            device_no="JLY-03",
            place="料场",
        )
        return [made.id]

    def _sign(self, definition: DocumentType, document: DocumentFacts, values: dict[str, Any], when: str) -> None:
        slots = [s for s in definition.slots if s.when == when and s.is_required({**values, **document.data})]
        for slot in sorted(slots, key=lambda s: ORDER.index(s.part)):
            filled = {n: values[n] for n in slot.fills if values.get(n) not in EMPTY}
            for actor, name in self._signers(slot, values):
                documents.fill_slot(self.ctx, actor, document_id=document.id, slot=slot.id, values=filled, name=name)
                self.signed.append(actor.name)
                filled = {}

    def _signers(self, slot: Slot, values: dict[str, Any]) -> Iterator[tuple[Actor, str]]:
        """Yield who signs a slot: outsiders by the sample's names; of the office those who signed least."""
        if is_outside(slot.role):
            names = [row.get("name") or PARTY for row in values.get(str(slot.signs)) or [{}]]
            yield from ((self.as_("甲一"), f"{names[n % len(names)]}{n or ''}") for n in range(slot.count))
            return
        roles = set(read("signers")["inside"].get(slot.role, {"any": [slot.role]})["any"])
        able = [a for a in map(self.as_, self.cast.accounts) if a.roles & roles]
        able = [a for a in able if slot.role != "maker" or a.name == MAKER]
        for actor in sorted(able, key=lambda a: (self.signed.count(a.name), slot.role not in a.roles))[: slot.count]:
            yield actor, ""
