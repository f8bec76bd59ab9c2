"""When a paper counts as served, and on which day: one rule a method (民事诉讼法第88至95条；罚61；办法23—27).

Pure functions of the receipt's view. What a receipt must state is asked by gates before it is issued; here is decided
what it proves. A receipt that proves nothing leaves the attempt on record without effect.
"""

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casework.facts import ServiceFacts, ServiceMethod
from casework.figures import read
from casework.gates import duties
from casework.gates.api import CaseView, day, instant
from casework.gates.service import announced_until
from foundation.clock import legal_date

WORDS: Mapping[ServiceMethod, str] = {
    ServiceMethod.DIRECT: "直接",
    ServiceMethod.LEAVING: "留置",
    ServiceMethod.EMS: "邮寄",
    ServiceMethod.ENTRUSTED: "委托",
    ServiceMethod.FORWARDED: "转交",
    ServiceMethod.ELECTRONIC: "电子",
    ServiceMethod.ANNOUNCEMENT: "公告",
}
"""Methods as receipts name them."""

PAPERS = frozenset(
    ["service_receipt", "leaving_service_record", "ems_register", "electronic_service_record", "service_announcement"]
) | {"announcement_explanation", "entrusted_service_letter", "transfer_service_letter"}
"""Papers about the service of another one: they name its addressee, so they have its class."""

SERVERS = 2
"""Officers who leave a paper with somebody who refuses it, as for every act (罚42; 民89 names no number)."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """A method as `rules/services.yaml` describes it."""

    method: ServiceMethod
    title: str
    when: str
    """When the law lets it be used."""
    effect: str
    """From which day a paper counts as served."""
    source: str
    first: tuple[str, ...]
    """Fields of the receipt that are known when the attempt begins."""
    after: tuple[str, ...]
    """Fields that are known when somebody comes back."""
    proofs: tuple[str, ...]
    """What is kept beside the receipt."""
    papers: tuple[str, ...]
    """Types of paper that belong to it."""
    av: bool
    """The regulation asks for a recording."""
    failed: tuple[str, ...]
    """How it usually fails."""

    @property
    def word(self) -> str:
        """Return the method as receipts name it."""
        return WORDS[self.method]


@functools.lru_cache
def ways() -> Mapping[ServiceMethod, Way]:
    """Return all methods in the order of preference of the law."""
    found = {}
    for name, raw in read("services")["methods"].items():
        lists: dict[str, Any] = {k: tuple(raw[k]) for k in ("first", "after", "proofs", "papers", "failed")}
        plain: dict[str, Any] = {k: raw[k] for k in ("title", "when", "effect", "source", "av")}
        found[ServiceMethod(name)] = Way(method=ServiceMethod(name), **plain, **lists)
    return found


def written_by_hand() -> frozenset[str]:
    """Return the fields that people write on a printed receipt."""
    return frozenset(read("services")["by_hand"])


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a receipt proves."""

    valid: bool
    served_on: dt.date | None = None
    received_at: dt.datetime | None = None
    why: str = ""
    """Why it has no effect."""


def method_of(word: str) -> ServiceMethod | None:
    """Return the method that a receipt names, None when it names none."""
    return next((m for m, name in WORDS.items() if name == word), None)


def effect_of(receipt: CaseView, service: ServiceFacts) -> Effect:
    """Return what an issued receipt proves for one paper.

    Args:
        receipt: View of the receipt.
        service: The attempt that it belongs to.
    """
    return _RULES[service.method](receipt, service)


def _none(why: str) -> Effect:
    return Effect(valid=False, why=why)


def _on(receipt: CaseView) -> Effect:
    at = instant(receipt.value("received_at"))
    if at is None:
        return _none("没有收到时间。")
    return Effect(valid=True, served_on=legal_date(at), received_at=at)


def _signed(receipt: CaseView, _service: ServiceFacts) -> Effect:
    """Served when the addressee, or who may stand for them, signed."""
    if not any(f.slot == "received" and not f.refused for f in receipt.document.slots):
        return _none("受送达人没有签收。")
    return _on(receipt)


def _left(receipt: CaseView, _service: ServiceFacts) -> Effect:
    """Served on the day of leaving: refused, witnessed or recorded, left by two officers."""
    servers = {f.person_id for f in receipt.document.slots if f.slot == "server"}
    witnessed = any(f.role == "witness" and not f.refused for f in receipt.document.slots)
    if not receipt.value("refuse_reason"):
        return _none("没有拒收事由。")
    if len(servers) < SERVERS or not (witnessed or duties.linked(receipt)):
        return _none("留置须有两名送达人，并有见证人或音像。")
    found = _on(receipt)
    left_on = day(receipt.value("refuse_date"))
    return (
        found
        if left_on is None or not found.valid
        else Effect(valid=True, served_on=left_on, received_at=found.received_at)
    )


def _posted(receipt: CaseView, service: ServiceFacts) -> Effect:
    """Served on the day of the return receipt; what came back was not served."""
    for register in receipt.done("ems_register"):
        concerns = register.target_id in (service.document_id, receipt.document.id)
        if concerns and register.data.get("returned") is True:
            return _none("邮件被退回。")
    return _on(receipt) if receipt.value("ems_no") else _none("没有邮政特快专递单号。")


def _electronic(receipt: CaseView, _service: ServiceFacts) -> Effect:
    """Served when it reaches the system that the addressee agreed to in writing."""
    agreed = any(d.data.get("e_consent") is True for d in receipt.done("address_confirmation"))
    return _on(receipt) if agreed else _none("没有电子送达的书面同意。")


def _announced(receipt: CaseView, service: ServiceFacts) -> Effect:
    """Served thirty days after the announcement was put up (last posting)."""
    served = announced_until(receipt, service.document_id)
    if served is None:
        return _none("没有送达公告。")
    if served > receipt.today:
        return _none(f"公告期满日为{served:%Y-%m-%d}。")
    return Effect(valid=True, served_on=served, received_at=None)


_RULES: Mapping[ServiceMethod, Callable[[CaseView, ServiceFacts], Effect]] = {
    ServiceMethod.DIRECT: _signed,
    ServiceMethod.LEAVING: _left,
    ServiceMethod.EMS: _posted,
    ServiceMethod.ENTRUSTED: _signed,
    ServiceMethod.FORWARDED: _signed,
    ServiceMethod.ELECTRONIC: _electronic,
    ServiceMethod.ANNOUNCEMENT: _announced,
}
