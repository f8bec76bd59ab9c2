"""Gates of service, enforcement and closing, and of what was issued: each one both ways."""

import datetime as dt
from typing import Any

import pytest

from casework.facts import DocumentFacts, Procedure, Status
from casework.gates.registry import GATES
from foundation.errors import Finding
from foundation.settings import ROOT
from tests.casework.gate_views import (
    CITIZEN,
    approved,
    at,
    case,
    codes,
    deadline,
    definition,
    fill,
    findings,
    paper,
    recording,
    served,
    view,
)

START = approved("case_initiation_approval", on="2026-01-07T11:00")
DECISION = paper("penalty_decision", on="2026-03-01T10:00", number="清政罚〔2026〕第1号", data={"amount": "50000"})


# --- service ---------------------------------------------------------------------------------------------------------


@pytest.mark.article("A23.1")
def test_papers_that_follow_from_service_wait_for_it() -> None:
    assert "G12" in codes(view("performance_record", others=[START, DECISION]))
    assert "G12" not in codes(
        view("performance_record", others=[START, DECISION], services=(served(DECISION, "2026-03-02"),))
    )


def receipt(**data: Any) -> Any:
    filled = {
        "method": "直接",
        "received_at": "2026-03-10T09:00",
        "signer": "钱样本",
        "signer_relation": "本人",
        **data,
    }
    filled = {k: v for k, v in filled.items() if v is not None}
    signed = (fill("received", "receive", "party", name="钱样本"), fill("witness", "witness", "witness", name="寅三"))
    changes = {"target_id": DECISION.id, "slots": signed}
    video = (recording("2026-03-10T08:50", "2026-03-10T09:20", "draft"),)
    return view("service_receipt", data=filled, others=[START, DECISION], changes=changes, recordings=video)


@pytest.mark.article("A23.1")
@pytest.mark.parametrize("missing", ["signer", "signer_relation", "received_at"])
def test_a_direct_receipt_states_who_took_it_when_and_why(missing: str) -> None:
    assert "G12" in codes(receipt(**{missing: None}))
    assert "G12" not in codes(receipt())


def test_a_direct_receipt_without_signature_is_invalid() -> None:
    seen = receipt()
    bare = view("service_receipt", data=seen.values, others=[START, DECISION], changes={"target_id": DECISION.id})
    assert "received_sign" in {f.path for f in findings(bare, "G12")}


def test_a_paper_is_not_received_before_it_is_issued_nor_in_the_future() -> None:
    assert "G12" in codes(receipt(received_at="2026-02-28T09:00"))
    assert "G12" in codes(receipt(received_at="2026-03-10T11:00"))


@pytest.mark.article("A25.1")
@pytest.mark.parametrize("missing", ["refuse_reason", "refuse_date"])
def test_leaving_states_reason_and_date_of_the_refusal(missing: str) -> None:
    left = {"method": "留置", "refuse_reason": "不认可", "refuse_date": "2026-03-10"}
    assert "G12" not in codes(receipt(**left))
    assert "G12" in codes(receipt(**{**left, missing: None}))


@pytest.mark.article("A25.1")
def test_leaving_without_witness_asks_a_written_reason() -> None:
    data = {"method": "留置", "refuse_reason": "不认可", "refuse_date": "2026-03-10", "received_at": "2026-03-10T09:00"}
    video = (recording("2026-03-10T08:50", None, "draft"),)
    alone = view("service_receipt", data=data, others=[START], recordings=video)
    assert [f.soft for f in findings(alone, "G12")] == [True]


@pytest.mark.article("A25.1")
def test_a_record_of_leaving_belongs_to_its_receipt() -> None:
    left = paper("service_receipt", data={"method": "留置", "received_at": "2026-03-10T09:00"})
    data = {"start_time": "2026-03-10T08:50", "end_time": "2026-03-10T09:10"}
    changes = {"target_id": left.id, "slots": (fill("witness", "witness", "witness", name="寅三"),)}
    assert "G12" in codes(view("leaving_service_record", data=data, others=[START]))
    assert "G12" not in codes(view("leaving_service_record", data=data, others=[START, left], changes=changes))
    other_day = {"start_time": "2026-03-09T08:50"}
    assert "G12" in codes(view("leaving_service_record", data=other_day, others=[START, left], changes=changes))


@pytest.mark.article("A24.1")
def test_electronic_service_needs_consent() -> None:
    data = {"method": "电子", "received_at": "2026-03-10T09:00"}
    agreed = paper("address_confirmation", data={"e_consent": True})
    assert "G12" in codes(view("service_receipt", data=data, others=[START, paper("address_confirmation")]))
    assert "G12" not in codes(view("service_receipt", data=data, others=[START, agreed]))


@pytest.mark.article("A27.1")
def test_an_announcement_comes_last() -> None:
    assert "G13" in codes(view("service_receipt", data={"method": "公告"}, others=[START]))
    tried = paper("announcement_explanation")
    assert "G13" not in codes(view("service_receipt", data={"method": "公告"}, others=[START, tried]))


@pytest.mark.article("A27.1")
def test_a_receipt_of_an_announcement_waits_for_the_end_of_its_thirty_days() -> None:
    def told(*others: DocumentFacts) -> list[str]:
        tried = paper("announcement_explanation")
        data, changes = {"method": "公告"}, {"target_id": "x"}
        return [
            f.message
            for f in findings(
                view("service_receipt", data=data, others=[START, tried, *others], changes=changes), "G12"
            )
        ]

    def notice(published: str, target: str = "x") -> DocumentFacts:
        return paper("service_announcement", data={"published_at": published}, target_id=target)

    assert told() == told(notice("2026-01-02", target="y")) == ["没有发布送达公告。"]
    assert told(notice("2026-02-09")) == ["公告期未满，期满日为2026-03-11。"]
    assert told(notice("2026-02-08")) == []
    assert told(notice("2026-02-08"), notice("2026-03-01")) == ["公告期未满，期满日为2026-03-31。"]


@pytest.mark.article("A27.1")
def test_before_an_announcement_direct_service_and_mail_have_failed() -> None:
    def tried(*methods: str, **more: Any) -> list[Finding]:
        data = {"attempts": [{"method": m, "result": "未送达"} for m in methods]}
        return findings(view("announcement_explanation", data=data, **more), "G13")

    assert tried("直接", "邮寄") == tried("留置", "邮寄") == []
    assert [f.message for f in tried("直接")] == ["没有记明邮寄送达的尝试。"]
    assert len(tried()) == 2
    assert tried("直接", reasons={"G13": "当事人下落不明，邮局证明无法投递"}) == []


# --- cash, late fine, court ------------------------------------------------------------------------------------------

SUMMARY = case(procedure=Procedure.SUMMARY, parties=(CITIZEN,))
CASH = {"collect_way": "当场收缴", "onsite_ground": "100元以下", "amount": "100", "receipt_no": "1"}


@pytest.mark.article("A22.1")
@pytest.mark.parametrize("change", [{"amount": "101"}, {"onsite_ground": None}, {"receipt_no": ""}])
def test_cash_is_taken_only_on_a_lawful_ground_and_with_a_receipt(change: dict[str, Any]) -> None:
    assert "G15" not in codes(view("summary_penalty_decision", data=CASH, of=SUMMARY))
    assert "G15" in codes(view("summary_penalty_decision", data={**CASH, **change}, of=SUMMARY))
    by_bank = {**CASH, **change, "collect_way": "银行缴纳"}
    assert "G15" not in codes(view("summary_penalty_decision", data=by_bank, of=SUMMARY))


@pytest.mark.article("A22.1")
@pytest.mark.parametrize(
    ("taken", "amount", "wanted"), [("08:37", "100", False), ("08:33", "100", True), ("08:37", "90", True)]
)
def test_cash_follows_the_decision_in_time_and_amount(taken: str, amount: str, wanted: bool) -> None:
    handed = fill("party", "receive", "party", name="孙样例")
    handed = type(handed)(**{**handed.__dict__, "at": at("2026-03-10T08:35")})
    decision = paper(
        "summary_penalty_decision", on="2026-03-10T08:34", status=Status.SERVED, data=CASH, slots=(handed,)
    )
    data = {"ground": "100元以下", "receipt_no": "1", "amount": amount, "collected_at": f"2026-03-10T{taken}"}
    assert ("G15" in codes(view("onsite_fine_record", data=data, of=SUMMARY, others=[decision]))) is wanted


@pytest.mark.article("A28.1")
def test_a_late_fine_waits_for_the_payment_period_and_keeps_to_its_principal() -> None:
    over, open_till = (deadline("fine_payment", "2026-03-09"),), (deadline("fine_payment", "2026-03-10"),)
    others, services = [START, DECISION], (served(DECISION, "2026-03-02"),)
    fine = {"principal": "50000", "late_fine": "50000"}
    assert "G21" not in codes(view("late_fine_notice", data=fine, others=others, services=services, deadlines=over))
    assert "G21" in codes(view("late_fine_notice", data=fine, others=others, services=services, deadlines=open_till))
    above = {**fine, "late_fine": "50001"}
    assert "G21" in codes(view("late_fine_notice", data=above, others=others, services=services, deadlines=over))


DEMAND = paper("demand_letter", on="2026-02-01T09:00")
PERIODS = (
    deadline("demand_wait", "2026-03-09"),
    deadline("litigation", "2026-03-01"),
    deadline("litigation", "2026-03-09"),
    deadline("court_window", "2026-06-01"),
)


def court(
    *, without: str = "", more: tuple[Any, ...] = (), others: tuple[Any, ...] = (), is_served: bool = True
) -> Any:
    periods = tuple(d for d in PERIODS if d.kind != without) + more
    services = (served(DEMAND, "2026-02-10"),) if is_served else ()
    return view("court_application", others=[START, DEMAND, *others], services=services, deadlines=periods)


@pytest.mark.article("A29.1", "A30.1")
def test_the_court_is_asked_after_demand_and_ten_working_days() -> None:
    assert "G16" not in codes(court())
    assert "G16" in codes(court(is_served=False))
    assert "G16" in codes(court(without="demand_wait"))
    assert "G16" in codes(court(more=(deadline("demand_wait", "2026-03-10"),)))


@pytest.mark.article("A30.1")
def test_the_court_is_asked_when_both_periods_to_sue_are_over_and_in_its_window() -> None:
    assert "G16" in codes(court(more=(deadline("litigation", "2026-10-30"),)))
    assert "G16" in codes(court(without="litigation"))
    assert "G16" in codes(court(without="court_window", more=(deadline("court_window", "2026-03-09"),)))


@pytest.mark.article("A30.1")
def test_no_court_while_a_remedy_is_open_or_the_party_has_paid() -> None:
    pending, ended = (
        paper("remedy_register", data={"kind": "行政复议"}),
        paper("remedy_register", data={"ended_at": "2026-03-01"}),
    )
    paid = paper("performance_record", data={"items": [{"status": "已履行"}]})
    assert "G16" in codes(court(others=(pending,)))
    assert "G16" not in codes(court(others=(ended,)))
    assert "G16" in codes(court(others=(paid,)))


# --- closing ---------------------------------------------------------------------------------------------------------

SERVICE = {"penalty_decision": definition("penalty_decision", service="receipt_required")}


def closing(*others: Any, **more: Any) -> set[str]:
    return {f.article for f in findings(view("case_closing_report", others=[START, *others], **more), "G17")}


@pytest.mark.article("A31.1")
def test_a_case_closes_only_when_every_paper_is_served() -> None:
    record = paper("performance_record")
    assert "A23.1" in closing(DECISION, record, definitions=SERVICE)
    assert not closing(DECISION, record, definitions=SERVICE, services=(served(DECISION, "2026-03-02"),))


@pytest.mark.article("A31.2")
def test_a_case_closes_only_when_every_recording_is_stored() -> None:
    assert "A31.2" in closing(recordings=(recording("2026-03-01T09:00", None),))
    assert not closing(recordings=(recording("2026-03-01T09:00", "2026-03-01T09:10"),))


@pytest.mark.article("A15.1")
def test_a_case_closes_only_when_kept_things_are_handled() -> None:
    kept = paper("preservation_notice")
    assert "A15.1" in closing(kept)
    assert not closing(kept, paper("preservation_disposal_decision", target_id=kept.id))


@pytest.mark.article("A28.1", "A30.1")
def test_a_case_closes_only_when_performance_and_court_are_recorded() -> None:
    applied = paper("court_application")
    assert "A28.1" in closing(DECISION)
    assert "A30.1" in closing(DECISION, applied, paper("court_result_register", data={"result": "部分执行"}))
    assert not closing(DECISION, applied, paper("court_result_register", data={"result": "执行完毕"}))


@pytest.mark.article("A28.2")
def test_a_case_closes_only_when_the_correction_is_rechecked() -> None:
    order = paper("correction_order", number="清政责改〔2026〕第1号")
    first = paper(
        "correction_recheck_record", id="K1", on="2026-01-14T09:00", target_id=order.id, data={"result": "部分改正"}
    )
    second = paper(
        "correction_recheck_record", id="K2", on="2026-02-03T09:00", target_id=order.id, data={"result": "已改正"}
    )
    assert "A28.2" in closing(order)
    assert "A28.2" in closing(order, first)
    assert not closing(order, first, second)


@pytest.mark.article("A22.1")
def test_a_summary_case_closes_only_when_recorded_and_filed() -> None:
    decision = paper("summary_penalty_decision", status=Status.SERVED, data={"kind": "警告"})
    record, form = paper("summary_process_record", data={"review": "不采纳"}), paper("summary_filing_form")
    assert "A22.1" in closing(decision, of=SUMMARY)
    assert "A22.1" in closing(decision, form, of=SUMMARY)
    assert not closing(decision, record, form, of=SUMMARY)


def test_a_case_does_not_close_over_a_paper_on_its_way() -> None:
    assert "A31.1" in closing(paper("demand_letter", status=Status.ISSUING))
    assert not closing(paper("demand_letter", status=Status.VOID))


@pytest.mark.article("A36.3")
@pytest.mark.parametrize(
    "status", [Status.ISSUING, Status.ISSUED, Status.SERVED, Status.FILED, Status.VOID, Status.REPLACED]
)
def test_what_is_issued_is_never_changed(status: Status) -> None:
    assert "G18" in codes(view("penalty_decision", act="revise", changes={"status": status}))


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SIGNING, Status.RETURNED])
def test_what_is_not_issued_may_be_changed(status: Status) -> None:
    assert "G18" not in codes(view("penalty_decision", act="revise", changes={"status": status}))


# --- all of them -----------------------------------------------------------------------------------------------------


def test_every_gate_cites_an_article_and_says_what_to_do() -> None:
    for gate in GATES:
        assert gate.articles, gate.code
        assert gate.title, gate.code


def test_every_gate_stands_in_the_docs_with_its_articles() -> None:
    text = (ROOT / "docs/gates.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for gate in GATES:
        row = next((r for r in rows if r.startswith(f"| {gate.code} |") and gate.title in r), None)
        assert row, f"{gate.code} {gate.title}"
        assert all(a in row for a in gate.articles), gate.title


def test_findings_say_what_is_wrong_and_what_to_do() -> None:
    closed = case(closed_on=dt.date(2026, 3, 1))
    for seen in (
        view("penalty_decision", of=closed),
        view("court_application"),
        view("service_receipt", data={"method": "直接"}),
    ):
        for finding in findings(seen, "G12") + findings(seen, "G16") + findings(seen, "CLOSED"):
            assert finding.message.endswith("。")
            assert finding.remedy
            assert finding.who
