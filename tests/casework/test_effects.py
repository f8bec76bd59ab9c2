"""What issuing sets going: service, what a receipt proves, replacement, correction, and the index that looks again."""

from pathlib import Path
from typing import Any

import pytest

from access.policy import Permission, decide
from casework import queries
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.operations import documents, services
from foundation import journal, outbox
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import BadInput, Refused
from tests.casework.offices import Bureau, small
from tests.conftest import move

RECEIVED = parse_local("2026-01-05T09:00")


@pytest.fixture
def bureau(ctx: Context, tmp_path: Path) -> Bureau:
    bureau = Bureau(small(ctx, tmp_path / "types"))
    bureau.device()
    return bureau


@pytest.fixture
def case(bureau: Bureau) -> CaseFacts:
    return bureau.case("summary", party_ids=[bureau.party().id])


@pytest.fixture
def order(bureau: Bureau, case: CaseFacts) -> DocumentFacts:
    return bureau.issue(bureau.draft("stop_order", case, data={"amount": "100"}))


def present(bureau: Bureau, document: DocumentFacts) -> DocumentFacts:
    with bureau.ctx.database.read() as session:
        return queries.document_facts(session, document.id)


def serve(bureau: Bureau, *papers: DocumentFacts, **data: Any) -> DocumentFacts:
    move(bureau.ctx, "2026-01-05T10:00")
    given = {"method": "direct", "received_at": RECEIVED, **data}
    ids = [p.id for p in papers]
    return services.serve(bureau.ctx, bureau.as_("甲一"), document_ids=ids, **given)


def served_on(bureau: Bureau, case: CaseFacts) -> list[tuple[str, bool]]:
    with bureau.ctx.database.read() as session:
        return [(str(s.served_on), s.valid) for s in queries.services_of(session, case.id)]


def reads(bureau: Bureau, case: CaseFacts, name: str) -> bool:
    actor = bureau.as_(name)
    with bureau.ctx.database.read() as session:
        viewer = queries.viewer_of(session, actor)
        return decide(actor, Permission.CASE_READ, queries.case_record(case), viewer).allowed


@pytest.fixture(autouse=True)
def _no_recording_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the duty of recording to its own tests."""
    monkeypatch.setattr("casework.gates.duties.covers_act", lambda _view: True)


@pytest.mark.article("A23.1")
def test_an_issued_receipt_lets_its_paper_take_effect(bureau: Bureau, case: CaseFacts, order: DocumentFacts) -> None:
    receipt = serve(bureau, order)
    assert (receipt.data["signer"], receipt.data["docs"][0]["doc_no"]) == ("钱样本", order.number)
    assert served_on(bureau, case) == [("None", False)]
    bureau.sign(receipt, "received", name="钱样本")
    for officer in ("甲一", "乙二"):
        bureau.sign(receipt, "server", officer)
    bureau.issue(receipt)
    assert served_on(bureau, case) == [("2026-01-05", True)]
    assert present(bureau, order).status is Status.SERVED
    with bureau.ctx.database.read() as session:
        kinds = [e.kind for e in queries.events_of(session, case.id)]
        assert kinds[-2:] == ["issued:service_receipt", "served:stop_order"]
        assert {d.kind for d in queries.deadlines_of(session, case.id)} >= {"reconsideration", "litigation"}


def test_one_receipt_serves_several_papers(bureau: Bureau, case: CaseFacts, order: DocumentFacts) -> None:
    other = bureau.issue(bureau.draft("letter", case, data={"text": "函"}))
    receipt = serve(bureau, order, other)
    assert [d["name"] for d in receipt.data["docs"]] == ["责停通知书", "函"]
    bureau.sign(receipt, "received", name="钱样本")
    for officer in ("甲一", "乙二"):
        bureau.sign(receipt, "server", officer)
    bureau.issue(receipt)
    assert [present(bureau, d).status for d in (order, other)] == [Status.SERVED, Status.SERVED]


def test_mail_that_came_back_leaves_an_attempt_without_effect(
    bureau: Bureau, case: CaseFacts, order: DocumentFacts
) -> None:
    receipt = serve(bureau, order, method="ems", ems_no="EA000000000CN", address="工业路0号")
    for officer in ("甲一", "乙二"):
        bureau.sign(receipt, "server", officer)
    bureau.issue(bureau.draft("ems_register", case, data={"returned": True}, target_id=order.id))
    bureau.issue(receipt)
    assert served_on(bureau, case) == [("None", False)]
    assert present(bureau, order).status is Status.ISSUED
    with bureau.ctx.database.read() as session:
        (event,) = [e for e in journal.events(session, f"case:{case.id}") if e.kind == "service.without_effect"]
    assert event.data["why"] == "邮件被退回。"


@pytest.mark.parametrize(
    ("changes", "path"), [({"method": "pigeon"}, "method"), ({"document_ids": []}, "document_ids")]
)
def test_a_service_names_a_known_method_and_its_papers(
    bureau: Bureau, order: DocumentFacts, changes: dict[str, Any], path: str
) -> None:
    given = {"document_ids": [order.id], "method": "direct", **changes}
    with pytest.raises(BadInput) as caught:
        services.serve(bureau.ctx, bureau.as_("甲一"), **given)
    assert caught.value.path == path


def test_papers_of_two_cases_are_not_served_together(bureau: Bureau, order: DocumentFacts) -> None:
    other = bureau.issue(bureau.draft("letter", bureau.case("summary"), data={"text": "函"}))
    with pytest.raises(BadInput, match="同一案件、同一受送达人"):
        serve(bureau, order, other)


def test_a_draft_is_not_served(bureau: Bureau, case: CaseFacts) -> None:
    with pytest.raises(Refused, match="还没有制发，不能送达"):
        serve(bureau, bureau.draft("letter", case, data={"text": "函"}))


def test_a_paper_signed_on_delivery_is_served_by_that_signature(bureau: Bureau, case: CaseFacts) -> None:
    paper = bureau.issue(bureau.draft("handed_notice", case, data={"text": "告知"}))
    assert present(bureau, paper).status is Status.ISSUED
    move(bureau.ctx, "2026-01-06T09:00")
    signed = bureau.sign(paper, "party", name="钱样本")
    assert signed.status is Status.SERVED
    assert served_on(bureau, case) == [("2026-01-06", True)]


def test_a_refusal_before_a_witness_stands_for_the_signature_on_delivery(bureau: Bureau, case: CaseFacts) -> None:
    paper = bureau.issue(bureau.draft("handed_notice", case, data={"text": "告知"}))
    with pytest.raises(Refused, match="见证人"):
        bureau.sign(paper, "party", refused="不认可")
    assert bureau.sign(paper, "party", refused="不认可", witness="寅三").status is Status.SERVED
    with bureau.ctx.database.read() as session:
        (service,) = queries.services_of(session, case.id)
    assert (service.refused, service.receipt_id) == ("不认可", None)


@pytest.mark.article("A36.3")
def test_a_new_paper_for_an_old_one_of_its_type_takes_its_effect_and_its_bytes_stay(
    bureau: Bureau, case: CaseFacts
) -> None:
    old = bureau.issue(bureau.draft("letter", case, data={"text": "有误"}))
    new = bureau.issue(bureau.draft("letter", case, data={"text": "无误"}, target_id=old.id))
    replaced = present(bureau, old)
    assert (replaced.status, replaced.number, replaced.data) == (Status.REPLACED, old.number, old.data)
    assert new.number != old.number


def test_a_correction_of_slips_leaves_its_paper_in_effect(bureau: Bureau, case: CaseFacts) -> None:
    paper = bureau.issue(bureau.draft("letter", case, data={"text": "错别子"}))
    bureau.issue(bureau.draft("correction_of_document", case, data={"text": "子应为字"}, target_id=paper.id))
    assert present(bureau, paper).status is Status.ISSUED
    with bureau.ctx.database.read() as session:
        assert "document.corrected" in [e.kind for e in journal.events(session, f"case:{case.id}")]


def test_everything_touched_waits_for_the_index_with_a_higher_version(bureau: Bureau, case: CaseFacts) -> None:
    paper = bureau.draft("handed_notice", case, data={"text": "告知"})
    before = present(bureau, paper).index_version
    bureau.issue(paper)
    bureau.sign(paper, "party", name="钱样本")
    after = present(bureau, paper)
    assert after.index_version > before
    with bureau.ctx.database.read() as session:
        assert paper.id in outbox.waiting(session, "index", "document")
        assert case.id in outbox.waiting(session, "index", "case")


@pytest.mark.article("A9.2")
def test_a_paper_is_handed_in_when_all_its_proposers_signed(bureau: Bureau, case: CaseFacts) -> None:
    approval = bureau.draft("approval", case, data={"text": "事"})
    bureau.sign(approval, "handler")
    with bureau.ctx.database.read() as session:
        assert "submitted:approval" in [e.kind for e in queries.events_of(session, case.id)]
    documents.revise(bureau.ctx, bureau.as_("甲一"), document_id=approval.id, base_version=1, data={"text": "另一事"})
    bureau.sign(approval, "handler", "乙二")
    with bureau.ctx.database.read() as session:
        assert [e.kind for e in queries.events_of(session, case.id)].count("submitted:approval") == 1


@pytest.mark.article("A13.6")
def test_a_hearing_notice_lets_those_whom_it_names_read_the_case(bureau: Bureau, case: CaseFacts) -> None:
    bureau.join("庚七", roles=["presider"])
    bureau.join("辛八", roles=["hearing_clerk"])
    bureau.join("寅三", roles=["assessor"])
    assert [reads(bureau, case, n) for n in ("庚七", "辛八", "寅三")] == [False, False, False]
    named = {"presider": "庚七", "assessors": "丙三、外单位来的人", "clerk": "辛八"}
    bureau.issue(bureau.draft("hearing_notice", case, data=named))
    assert [reads(bureau, case, n) for n in ("庚七", "辛八", "寅三")] == [True, True, False]
