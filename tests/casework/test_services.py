"""What a receipt proves, and from which day: one rule a method (reference: 民88—95，办法23—27)."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from casework.facts import DocumentFacts, ServiceFacts, ServiceMethod, SlotFill, Status
from casework.services import Effect, effect_of, method_of
from tests.casework.gate_views import at, paper, view

ON = dt.date(2026, 3, 11)
DECISION = paper("penalty_decision", number="清政罚〔2026〕第1号")


def signed(slot: str, name: str, *, role: str = "party", **changes: Any) -> SlotFill:
    who = {"person_id": name if role == "handler" else "", "name": name}
    given = {"slot": slot, "part": "receive", "role": role, "at": at("2026-03-11T15:20"), "values": {}, **who}
    return SlotFill(**{**given, **changes})


SERVERS = (signed("server", "a", role="handler"), signed("server", "b", role="handler"))
WITNESS = signed("witness", "寅三", role="witness")
RECEIVED = signed("received", "钱样本")


def proves(method: ServiceMethod, *slots: SlotFill, others: tuple[DocumentFacts, ...] = (), **data: Any) -> Effect:
    receipt = {"target_id": DECISION.id, "slots": slots, "status": Status.ISSUED}
    seen = view(
        "service_receipt",
        data={"received_at": "2026-03-11T15:20", **data},
        others=(DECISION, *others),
        changes=receipt,
        now=at("2026-03-11T16:00"),
    )
    service = ServiceFacts(
        id="s",
        case_id="c",
        document_id=DECISION.id,
        receipt_id="draft",
        method=method,
        valid=False,
        served_on=None,
        received_at=None,
    )
    return effect_of(seen, service)


@pytest.mark.article("A23.1")
def test_direct_service_takes_effect_on_the_day_of_the_signature() -> None:
    assert proves(ServiceMethod.DIRECT, RECEIVED, *SERVERS).served_on == ON
    assert proves(ServiceMethod.DIRECT, *SERVERS) == Effect(valid=False, why="受送达人没有签收。")
    assert not proves(ServiceMethod.DIRECT, replace(RECEIVED, refused="不签"), *SERVERS).valid


@pytest.mark.article("A25.1")
def test_leaving_needs_a_refusal_two_servers_and_a_witness_or_a_recording() -> None:
    told = {"refuse_reason": "拒绝签收", "refuse_date": "2026-03-11"}
    assert proves(ServiceMethod.LEAVING, WITNESS, *SERVERS, **told).served_on == ON
    assert not proves(ServiceMethod.LEAVING, *SERVERS, **told).valid
    assert not proves(ServiceMethod.LEAVING, WITNESS, SERVERS[0], **told).valid
    assert proves(ServiceMethod.LEAVING, WITNESS, *SERVERS).why == "没有拒收事由。"


@pytest.mark.article("A24.1")
def test_mail_takes_effect_by_its_return_receipt_and_not_when_it_came_back() -> None:
    back = paper("ems_register", target_id=DECISION.id, data={"returned": True})
    assert proves(ServiceMethod.EMS, *SERVERS, ems_no="EA000000000CN").served_on == ON
    assert proves(ServiceMethod.EMS, *SERVERS, ems_no="EA000000000CN", others=(back,)).why == "邮件被退回。"
    assert not proves(ServiceMethod.EMS, *SERVERS).valid


@pytest.mark.article("A26.1")
@pytest.mark.parametrize("method", [ServiceMethod.ENTRUSTED, ServiceMethod.FORWARDED])
def test_entrusted_and_forwarded_service_take_effect_when_the_addressee_signs(method: ServiceMethod) -> None:
    assert proves(method, RECEIVED, *SERVERS).served_on == ON
    assert not proves(method, *SERVERS).valid


def test_electronic_service_needs_a_written_consent() -> None:
    consent = paper("address_confirmation", data={"e_consent": True})
    assert proves(ServiceMethod.ELECTRONIC, *SERVERS, others=(consent,)).served_on == ON
    assert proves(ServiceMethod.ELECTRONIC, *SERVERS).why == "没有电子送达的书面同意。"


@pytest.mark.article("A27.1")
def test_an_announcement_takes_effect_thirty_days_after_it_was_put_up() -> None:
    early = paper("service_announcement", data={"published_at": "2026-02-20"})
    old = paper("service_announcement", data={}, issue_date=dt.date(2026, 2, 1))
    assert proves(ServiceMethod.ANNOUNCEMENT, *SERVERS, others=(old,)).served_on == dt.date(2026, 3, 3)
    assert proves(ServiceMethod.ANNOUNCEMENT, *SERVERS, others=(early,)).why == "公告期满日为2026-03-22。"
    assert proves(ServiceMethod.ANNOUNCEMENT, *SERVERS).why == "没有送达公告。"


def test_methods_are_known_by_their_words() -> None:
    assert [method_of(w) for w in ("直接", "公告", "飞鸽")] == [ServiceMethod.DIRECT, ServiceMethod.ANNOUNCEMENT, None]
