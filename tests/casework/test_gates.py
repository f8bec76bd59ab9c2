"""Gates of initiation, investigation, hearing and decision: each one both ways."""

import datetime as dt
from dataclasses import replace

import pytest

from casework.facts import Procedure, Status
from casework.gates.api import granted
from tests.casework.gate_views import (
    CITIZEN,
    OFFICERS_FIELD,
    TWO,
    approved,
    at,
    case,
    codes,
    deadline,
    fill,
    findings,
    officer,
    paper,
    recording,
    served,
    view,
)

START = approved("case_initiation_approval", on="2026-01-07T11:00")


# --- prerequisites and start -----------------------------------------------------------------------------------------


@pytest.mark.article("A6.1")
def test_any_paper_of_a_list_meets_a_prerequisite() -> None:
    keys = {"prerequisites": [["penalty_prior_notice", "hearing_rights_notice"]]}
    assert "P" in codes(view("penalty_decision", keys=keys, others=[START]))
    assert "P" not in codes(view("penalty_decision", keys=keys, others=[START, paper("hearing_rights_notice")]))


def test_a_draft_or_void_paper_meets_no_prerequisite() -> None:
    keys = {"prerequisites": [["demand_letter"]]}
    for status in (Status.DRAFT, Status.ISSUING, Status.VOID, Status.REPLACED):
        assert "P" in codes(
            view("court_material_list", keys=keys, others=[START, paper("demand_letter", status=status)])
        )


@pytest.mark.article("A37.1")
def test_an_approval_that_says_no_meets_no_prerequisite() -> None:
    refused = paper("decision_approval", slots=(fill("head", "approve", "agency_head", "h", head_decision="不同意"),))
    keys = {"prerequisites": [["decision_approval"]]}
    assert not granted(refused)
    assert "P" in codes(view("penalty_decision", keys=keys, others=[START, refused]))


@pytest.mark.article("A37.1")
def test_a_matter_approval_counts_for_its_own_type_and_once() -> None:
    keys = {"prerequisites": [["matter_approval"]]}
    other = approved("matter_approval", data={"target_doc": "demand_letter"})
    own = approved("matter_approval", id="own", data={"target_doc": "late_fine_notice"})
    assert "P" in codes(view("late_fine_notice", keys=keys, others=[START, other]))
    assert "P" not in codes(view("late_fine_notice", keys=keys, others=[START, other, own]))
    assert "P" in codes(view("late_fine_notice", keys=keys, others=[START, own, paper("late_fine_notice")]))


@pytest.mark.article("A9.2")
def test_an_emergency_start_counts_as_its_report() -> None:
    keys = {"prerequisites": [["case_initiation_approval", "emergency_initiation_report"]], "stage": "investigation"}
    started = case(emergency_started_at=at("2026-03-10T08:00"))
    assert codes(view("inquiry_record", keys=keys)) >= {"P"}
    assert not codes(view("inquiry_record", keys=keys, of=started)) & {"P", "G3"}


@pytest.mark.article("A22.1")
def test_on_the_spot_papers_need_no_prerequisite_in_a_summary_case() -> None:
    keys = {"prerequisites": [["site_inspection_record"]]}
    assert "P" in codes(view("photo_evidence_sheet", keys=keys))
    assert "P" not in codes(view("photo_evidence_sheet", keys=keys, of=case(procedure=Procedure.SUMMARY)))


@pytest.mark.article("A9.1")
def test_nothing_of_the_general_procedure_comes_before_the_start_approval() -> None:
    assert "G3" in codes(view("investigation_report"))
    assert "G3" not in codes(view("investigation_report", others=[START]))
    assert "G3" not in codes(view("site_inspection_record"))
    for at_any_time in (
        "record_copy_application",
        "record_copy_approval",
        "record_copy_reply",
        "secrecy_marking_approval",
    ):
        assert "G3" not in codes(view(at_any_time))


@pytest.mark.article("A9.1")
def test_a_refused_start_form_starts_nothing() -> None:
    no = paper(
        "case_initiation_approval", slots=(fill("approve", "approve", "unit_head", "u", approve_decision="不批准"),)
    )
    assert "G3" in codes(view("investigation_report", others=[no]))


@pytest.mark.article("A31.1")
def test_a_closed_case_takes_only_filing_papers() -> None:
    closed = case(closed_on=dt.date(2026, 3, 1))
    assert "CLOSED" in codes(view("inquiry_record", of=closed, others=[START]))
    assert "CLOSED" not in codes(view("file_cover", of=closed, others=[START], keys={"stage": "filing"}))


@pytest.mark.article("A8.1")
def test_a_second_notice_to_supplement_asks_a_written_reason() -> None:
    again = view("supplement_notice", others=[paper("supplement_notice")], of=case(procedure=Procedure.APPLICATION))
    assert findings(again, "A8")[0].soft
    with_reason = view(
        "supplement_notice",
        others=[paper("supplement_notice")],
        of=case(procedure=Procedure.APPLICATION),
        reasons={"A8": "申请人改变了事项"},
    )
    assert "A8" not in codes(with_reason)


# --- officers and recordings -----------------------------------------------------------------------------------------

RECORD = {
    "fields": [OFFICERS_FIELD, {"name": "start_time", "label": "开始", "kind": "datetime"}],
    "stage": "investigation",
}
SHOWN = {"officers": [{"name": "甲一", "cert_shown": True}, {"name": "乙二", "cert_shown": True}]}


@pytest.mark.article("A11.1")
def test_one_officer_is_not_enough_even_when_named_twice() -> None:
    assert "G1" in codes(view("inquiry_record", keys=RECORD, data=SHOWN, changes={"officers": TWO[:1]}))
    assert "G1" in codes(view("inquiry_record", keys=RECORD, data=SHOWN, changes={"officers": (TWO[0], TWO[0])}))
    assert "G1" not in codes(view("inquiry_record", keys=RECORD, data=SHOWN))


@pytest.mark.article("A11.1")
def test_a_certificate_must_be_valid_on_the_day_of_the_act() -> None:
    expired = (TWO[0], officer("b", "乙二", cert_to=dt.date(2026, 3, 9)))
    the_day_before = {**SHOWN, "start_time": "2026-03-09T09:00"}
    assert "G1" in codes(view("inquiry_record", keys=RECORD, data=SHOWN, changes={"officers": expired}))
    assert "G1" not in codes(view("inquiry_record", keys=RECORD, data=the_day_before, changes={"officers": expired}))


def test_an_officer_without_certificate_does_not_count() -> None:
    bare = (TWO[0], officer("b", "乙二", cert_no=""))
    assert "G1" in codes(view("inquiry_record", keys=RECORD, data=SHOWN, changes={"officers": bare}))


@pytest.mark.article("A11.1")
def test_certificates_are_shown_by_each_officer() -> None:
    hidden = {"officers": [{"name": "甲一", "cert_shown": True}, {"name": "乙二", "cert_shown": False}]}
    assert findings(view("inquiry_record", keys=RECORD, data=hidden), "G2")[0].path == "officers[1].cert_shown"
    assert "G2" not in codes(view("inquiry_record", keys=RECORD, data=SHOWN))


SPAN = {"start_time": "2026-03-10T09:00", "end_time": "2026-03-10T09:30"}


@pytest.mark.article("A14.1")
def test_an_inspection_needs_a_recording_of_its_whole_course() -> None:
    def seen(*recordings: object) -> set[str]:
        return codes(view("site_inspection_record", data=SPAN, recordings=tuple(recordings)))

    assert "G11" in seen()
    assert "G11" in seen(recording("2026-03-10T09:10", "2026-03-10T09:40", "draft"))
    assert "G11" in seen(recording("2026-03-10T08:50", "2026-03-10T09:40", "another"))
    assert "G11" not in seen(recording("2026-03-10T08:50", "2026-03-10T09:40", "draft"))
    assert "G11" not in seen(recording("2026-03-10T08:50", None, "draft"))


def test_a_photo_covers_no_course() -> None:
    photo = recording("2026-03-10T08:50", "2026-03-10T09:40", "draft", kind="照相")
    assert "G11" in codes(view("site_inspection_record", data=SPAN, recordings=(photo,)))


@pytest.mark.article("A14.1")
def test_an_approved_note_of_unsuitability_stands_for_a_recording() -> None:
    note = approved("av_unsuitable_note", target_id="draft")
    no = paper(
        "av_unsuitable_note", target_id="draft", slots=(fill("a", "approve", "unit_head", "u", opinion="不同意"),)
    )
    assert "G11" not in codes(view("site_inspection_record", data=SPAN, others=[note]))
    assert "G11" in codes(view("site_inspection_record", data=SPAN, others=[no]))


@pytest.mark.article("A25.1")
def test_no_note_excuses_leaving_a_paper_without_recording() -> None:
    note = approved("av_unsuitable_note", target_id="draft")
    assert "G11" in codes(view("leaving_service_record", data=SPAN, others=[START, note]))


@pytest.mark.article("A23.1", "A29.1")
@pytest.mark.parametrize(("method", "wanted"), [("直接", True), ("留置", True), ("邮寄", False)])
def test_service_is_recorded_as_its_method_asks(method: str, wanted: bool) -> None:
    data = {"method": method, "received_at": "2026-03-10T09:00"}
    assert ("G11" in codes(view("service_receipt", data=data))) is wanted


@pytest.mark.article("A29.1")
def test_the_service_of_a_demand_is_recorded_by_any_method() -> None:
    data = {"method": "邮寄", "received_at": "2026-03-10T09:00"}
    of_demand = view(
        "service_receipt", data=data, others=[paper("demand_letter")], changes={"target_id": "demand_letter"}
    )
    assert findings(of_demand, "G11")[0].article == "A29.1"


@pytest.mark.article("A22.2")
def test_a_dispute_prone_summary_case_is_recorded() -> None:
    summary = case(procedure=Procedure.SUMMARY)
    prone = case(procedure=Procedure.SUMMARY, dispute_prone=True)
    assert "G11" not in codes(view("summary_penalty_decision", of=summary))
    assert "G11" in codes(view("summary_penalty_decision", of=prone))


@pytest.mark.article("A11.2")
def test_evidence_without_recording_asks_a_reason_unless_the_agency_is_stricter() -> None:
    keys = {"recording": "optional"}
    assert findings(view("inquiry_record", keys=keys), "G11")[0].soft
    assert not findings(view("inquiry_record", keys=keys, settings={"av.article11": "hard"}), "G11")[0].soft
    assert "G11" not in codes(view("inquiry_record", keys=keys, data={"av_reason": "被询问人拒绝入镜"}))
    assert "G11" not in codes(view("inquiry_record", keys=keys, reasons={"G11": "设备故障"}))


@pytest.mark.article("A15.1")
def test_late_handling_of_kept_things_asks_a_reason_and_is_not_refused() -> None:
    late = (deadline("preservation_handle", "2026-03-09"),)
    assert findings(view("preservation_disposal_decision", deadlines=late), "G20")[0].soft
    assert "G20" not in codes(
        view("preservation_disposal_decision", deadlines=(deadline("preservation_handle", "2026-03-10"),))
    )


# --- notice and hearing ----------------------------------------------------------------------------------------------

NOTICE = paper("hearing_rights_notice", data={"amount": "60000", "penalty_basis": "第117条"})
TOLD = {"others": [START, NOTICE], "services": (served(NOTICE, "2026-01-23"),)}


@pytest.mark.article("A13.6")
@pytest.mark.parametrize(("amount", "wanted"), [("49999.99", False), ("50000", True)])
def test_a_fine_that_equals_the_threshold_is_owed_a_hearing(amount: str, wanted: bool) -> None:
    assert ("G6" in codes(view("penalty_prior_notice", data={"amount": amount}, others=[START]))) is wanted


def test_the_threshold_is_the_agencys_and_depends_on_the_party() -> None:
    of_citizen = case(parties=(CITIZEN,))
    assert "G6" in codes(view("penalty_prior_notice", data={"amount": "5000"}, of=of_citizen, others=[START]))
    settings = {"hearing.threshold.citizen": 10000}
    stricter = view("penalty_prior_notice", data={"amount": "5000"}, of=of_citizen, others=[START], settings=settings)
    assert "G6" not in codes(stricter)


def test_a_listed_penalty_is_owed_a_hearing_whatever_the_amount() -> None:
    data = {"proposed_penalty": "责令停产停业"}
    assert "G6" in codes(view("penalty_prior_notice", data=data, others=[START]))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("没收违法所得50,000元", True),
        ("没收违法所得人民币5万元", True),
        ("没收违法所得49,999元", False),
        ("没收非法财物（价值6.5万元）", True),
        ("没收违法所得，处罚款4万元", False),
    ],
)
def test_what_is_taken_is_owed_a_hearing_from_the_same_threshold(words: str, wanted: bool) -> None:
    seen = view("penalty_prior_notice", data={"proposed_penalty": words}, others=[START])
    assert ("G6" in codes(seen)) is wanted
    rows = [{"kind": "没收违法所得", "amount": "50000" if wanted else "49999.99"}]
    assert ("G6" in codes(view("penalty_decision", data={"penalty": rows}, others=[START]))) is wanted


@pytest.mark.article("A13.6")
def test_a_hearing_asked_for_in_time_comes_before_the_decision() -> None:
    asked = paper("hearing_application", data={"applied_at": "2026-01-28T09:00"})
    due = (deadline("hearing_request", "2026-01-30"),)
    held = [paper("hearing_record"), paper("hearing_report", data={"suggestion": "维持拟处罚"})]
    before = view("penalty_decision", others=[START, NOTICE, asked], deadlines=due)
    after = view("penalty_decision", others=[START, NOTICE, asked, *held], deadlines=due)
    assert "G6" in codes(before)
    assert "G6" not in codes(after)


def test_a_late_request_needs_its_rejection_served() -> None:
    late = paper("hearing_application", data={"applied_at": "2026-02-02T09:00"})
    rejection = paper("hearing_reject_notice", status=Status.SERVED)
    due = (deadline("hearing_request", "2026-01-30"),)
    assert "G6" in codes(view("penalty_decision", others=[START, NOTICE, late], deadlines=due))
    assert "G6" not in codes(view("penalty_decision", others=[START, NOTICE, late, rejection], deadlines=due))


@pytest.mark.article("A13.6")
@pytest.mark.parametrize(("held", "wanted"), [("2026-03-19T09:00", True), ("2026-03-20T09:00", False)])
def test_a_hearing_is_called_seven_working_days_before(held: str, wanted: bool) -> None:
    assert ("G6" in codes(view("hearing_notice", data={"hearing_time": held}, others=[START]))) is wanted


def test_the_seven_days_run_from_the_service_of_the_notice() -> None:
    notice = paper("hearing_notice", data={"hearing_time": "2026-03-20T09:00"})
    late, early = (served(notice, "2026-03-11"),), (served(notice, "2026-03-10"),)
    assert "G6" in codes(view("hearing_record", data=SPAN, others=[START, notice]))
    assert "G6" in codes(view("hearing_record", data=SPAN, others=[START, notice], services=late))
    assert "G6" not in codes(view("hearing_record", data=SPAN, others=[START, notice], services=early))


@pytest.mark.article("A13.6")
def test_an_investigator_does_not_preside() -> None:
    data = {"hearing_time": "2026-04-20T09:00", "presider": "庚七"}
    assert "G6" in codes(view("hearing_notice", data={**data, "presider": "甲一"}, others=[START]))
    assert "G6" not in codes(view("hearing_notice", data=data, others=[START]))
    signed = {"slots": (fill("presider", "sign", "presider", "a"),)}
    assert "G6" in codes(view("hearing_report", changes=signed, others=[START]))


@pytest.mark.article("A13.6")
def test_a_decision_rests_only_on_evidence_examined_at_the_hearing() -> None:
    record = paper("hearing_record", data={"evidence_exam": [{"item_no": "Z0"}]})
    draft = paper("decision_drafting_record", data={"evidence": [{"item_no": "Z0", "name": "笔录"}]})
    others = [START, NOTICE, record, draft]
    good = {"evidence": [{"item_no": "1", "name": "笔录"}, {"item_no": "Z0", "name": "x"}]}
    bad = {"evidence": [{"item_no": "2", "name": "新照片"}]}
    assert findings(view("penalty_decision", data=bad, others=others), "G6")[0].path == "evidence[0]"
    assert "G6" not in codes(view("penalty_decision", data=good, others=others))


# --- review and decision ---------------------------------------------------------------------------------------------


@pytest.mark.article("A12.1")
def test_no_penalty_before_a_served_notice_whose_time_is_over() -> None:
    open_till = (deadline("statement_defense", "2026-03-10"),)
    over = (deadline("statement_defense", "2026-03-09"),)
    assert "G4" in codes(view("penalty_decision", others=[START, NOTICE]))
    assert "G4" in codes(view("penalty_decision", **TOLD, deadlines=open_till))
    assert "G4" not in codes(view("penalty_decision", **TOLD, deadlines=over))


@pytest.mark.article("A13.5")
def test_an_express_waiver_ends_the_waiting() -> None:
    waiver = paper("statement_defense_record", data={"waive": True})
    open_till = (deadline("statement_defense", "2026-03-12"),)
    waived = view("penalty_decision", others=[*TOLD["others"], waiver], services=TOLD["services"], deadlines=open_till)
    assert "G4" not in codes(waived)


def test_no_adverse_notice_is_needed_to_let_go() -> None:
    assert "G4" not in codes(view("decision_approval", data={"proposed": "不予行政处罚"}, others=[START]))


@pytest.mark.article("A13.5", "A29.2")
def test_every_defence_is_reviewed_before_deciding() -> None:
    said = paper("statement_defense_record", data={"stage": "处罚告知后"})
    review = paper("defense_review_opinion", target_id=said.id)
    other = paper("defense_review_opinion", target_id="another")
    assert "G5" in codes(view("penalty_decision", others=[*TOLD["others"], said, other], services=TOLD["services"]))
    assert "G5" not in codes(
        view("penalty_decision", others=[*TOLD["others"], said, review], services=TOLD["services"])
    )


def test_a_hearing_report_reviews_what_was_said_before_it() -> None:
    said = paper("statement_defense_record", on="2026-02-01T09:00")
    report = paper("hearing_report", on="2026-02-27T09:00")
    later = paper("statement_defense_record", on="2026-03-01T09:00")
    assert "G5" not in codes(view("decision_approval", others=[START, said, report]))
    assert "G5" in codes(view("decision_approval", others=[START, later, report]))


@pytest.mark.article("A13.5")
def test_a_fine_is_not_heavier_than_the_one_told() -> None:
    assert findings(view("penalty_decision", data={"amount": "60000.01"}, **TOLD), "G5")[0].path == "amount"
    assert "G5" not in codes(view("penalty_decision", data={"amount": "50000"}, **TOLD))


def test_another_basis_than_the_one_told_asks_a_reason() -> None:
    changed = view("penalty_decision", data={"penalty_basis": "第118条"}, **TOLD)
    assert findings(changed, "G5")[0].soft
    assert "G5" not in codes(view("penalty_decision", data={"penalty_basis": "第117条"}, **TOLD))


def reviewed(suggestion: str = "同意", reviewer: str = "l", draft: str = "decision_drafting_record") -> list[object]:
    return [
        START,
        paper("decision_drafting_record", on="2026-02-01T09:00"),
        paper("legal_review_submission", on="2026-02-02T09:00", target_id=draft),
        paper(
            "legal_review_opinion",
            on="2026-02-03T09:00",
            target_id="legal_review_submission",
            data={"suggestion": suggestion},
            slots=(fill("reviewer", "review", "legal_reviewer", reviewer),),
        ),
    ]


@pytest.mark.article("A17.1")
def test_a_decision_is_approved_only_after_an_agreeing_legal_review() -> None:
    assert "G7" in codes(view("decision_approval", others=[START]))
    assert "G7" in codes(view("decision_approval", others=reviewed("补充调查")))
    assert "G7" not in codes(view("decision_approval", others=reviewed()))
    assert "G7" in codes(view("decision_approval", others=[START], act="approve"))


def test_an_officer_of_the_case_does_not_review_it() -> None:
    assert "G7" in codes(view("decision_approval", others=reviewed(reviewer="a")))


@pytest.mark.article("A17.1")
def test_the_text_reviewed_is_the_text_decided() -> None:
    newer = paper("decision_drafting_record", id="D-2", on="2026-02-28T09:00")
    assert "G7" in codes(view("decision_approval", others=[*reviewed(), newer]))
    adopted = paper("decision_drafting_record", id="D-2", on="2026-02-28T09:00", target_id="legal_review_opinion")
    assert "G7" not in codes(view("decision_approval", others=[*reviewed("纠正"), adopted]))


def test_a_change_after_the_hearing_is_drafted_anew() -> None:
    record = paper("hearing_record", on="2026-02-26T09:00")
    changed = paper("hearing_report", on="2026-02-27T09:00", data={"suggestion": "变更"})
    kept = paper("hearing_report", on="2026-02-27T09:00", data={"suggestion": "维持拟处罚"})
    assert "G7" in codes(view("decision_approval", others=[*reviewed(), record, changed]))
    assert "G7" not in codes(view("decision_approval", others=[*reviewed(), record, kept]))


@pytest.mark.article("A17.1")
def test_an_agency_may_review_only_what_the_law_names() -> None:
    few = {"legal_review.all": False}
    assert "G7" not in codes(view("decision_approval", others=[START], settings=few))
    assert "G7" in codes(view("decision_approval", others=[START, paper("hearing_record")], settings=few))


@pytest.mark.article("A19.1")
def test_a_heavy_case_is_discussed_together() -> None:
    report = paper("investigation_report", data={"collective_needed": True})
    talk = paper("collective_discussion_record")
    assert "G8" in codes(view("decision_approval", others=[START, report]))
    assert "G8" not in codes(view("decision_approval", others=[START, report, talk]))
    assert "G8" not in codes(view("decision_approval", others=[START, paper("investigation_report")]))


APPROVAL = {"slots": [{"id": "head", "part": "approve", "role": "agency_head"}]}


@pytest.mark.article("A37.1")
@pytest.mark.parametrize(
    ("propose", "review", "approve", "wanted"),
    [
        ("a", "l", "h", False),
        ("a", "a", "h", True),
        ("a", "l", "a", True),
        ("a", "l", "l", True),
        ("x", "l", "b", True),
    ],
)
def test_three_persons_propose_review_and_approve(propose: str, review: str, approve: str, wanted: bool) -> None:
    slots = (
        fill("handler", "propose", "handler", propose),
        fill("legal", "review", "legal_head", review),
        fill("head", "approve", "agency_head", approve),
    )
    assert ("G9" in codes(view("matter_approval", keys=APPROVAL, changes={"slots": slots}))) is wanted


@pytest.mark.article("A37.1")
def test_the_units_opinion_counts_in_no_separation() -> None:
    slots = (
        fill("handler", "propose", "handler", "a"),
        fill("unit", "opinion", "unit_head", "u"),
        fill("legal", "review", "legal_head", "l"),
        fill("approve", "approve", "unit_head", "u"),
    )
    assert "G9" not in codes(view("case_initiation_approval", keys=APPROVAL, changes={"slots": slots}))


@pytest.mark.article("A20.1")
def test_only_the_head_approves_what_the_law_reserves() -> None:
    by_unit = {"slots": (fill("head", "approve", "unit_head", "u"),)}
    by_head = {"slots": (fill("head", "approve", "agency_head", "h"),)}
    assert "G10" in codes(view("preservation_approval", changes=by_unit))
    assert "G10" not in codes(view("preservation_approval", changes=by_head))
    by_delegate = {"slots": (replace(fill("head", "approve", "agency_head", "x"), for_id="h"),)}
    assert "G10" in codes(view("preservation_approval", changes=by_delegate)), "not even by delegation"
    assert "G10" in codes(view("crime_transfer_approval", changes=by_delegate)), "移5(1) names the principal"
    assert "G10" in codes(view("matter_approval", data={"target_doc": "demand_letter"}, changes=by_unit))
    assert "G10" not in codes(view("matter_approval", data={"target_doc": "case_transfer_letter"}, changes=by_unit))


TELLS = {"fields": [{"name": "reconsideration_days", "label": "期限", "kind": "number"}]}


@pytest.mark.parametrize(
    ("told", "soft"),
    [
        ({"reconsideration_days": 60, "litigation_months": 6}, None),
        ({"reconsideration_days": 60, "litigation_days": 15, "reconsideration_first": True}, None),
        ({"reconsideration_days": 59}, False),
        ({"litigation_months": 3}, True),
        ({"litigation_days": 10}, True),
    ],
)
def test_remedies_are_no_shorter_than_the_law(told: dict[str, object], soft: bool | None) -> None:
    found = findings(view("penalty_decision", keys=TELLS, data=told, others=[START]), "G23")
    assert [f.soft for f in found] == ([] if soft is None else [soft])


def test_a_penalty_on_the_spot_names_reconsideration_first() -> None:
    for first in (True, False):
        seen = view("summary_penalty_decision", keys=TELLS, data={"reconsideration_first": first}, of=SUMMARY)
        assert ("G23" in codes(seen)) is not first


SUMMARY = case(procedure=Procedure.SUMMARY, parties=(CITIZEN,))


@pytest.mark.article("A22.1")
@pytest.mark.parametrize(
    ("kind", "amount", "wanted"), [("公民", "200", False), ("公民", "200.01", True), ("法人", "3000", False)]
)
def test_a_summary_fine_keeps_to_its_ceiling(kind: str, amount: str, wanted: bool) -> None:
    data = {"amount": amount, "party_type": kind}
    assert ("G14" in codes(view("summary_penalty_decision", data=data, of=SUMMARY))) is wanted


def test_no_summary_decision_outside_a_summary_case() -> None:
    assert "G14" in codes(view("summary_penalty_decision", data={"amount": "10"}, others=[START]))


@pytest.mark.article("A21.1")
def test_a_crime_is_handed_over_not_fined() -> None:
    transfer = approved("crime_transfer_approval")
    assert "G19" in codes(view("penalty_decision", others=[*TOLD["others"], transfer], services=TOLD["services"]))
    assert "G19" not in codes(view("penalty_decision", **TOLD))
