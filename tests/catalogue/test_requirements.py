"""What the regulation asks of a paper stands in its definition: what it records, who signs it, what comes before it."""

import pytest

from catalogue.definitions import STAGES, DocumentType
from catalogue.loading import load_catalogue
from foundation.settings import ROOT

OFFICERS = ("handler", 2)


def type_of(type_id: str) -> DocumentType:
    return load_catalogue(ROOT / "templates").get(type_id)


def signers(type_id: str) -> set[tuple[str, int]]:
    return {(s.role, s.count) for s in type_of(type_id).slots if s.signs}


def needed(type_id: str) -> set[str]:
    return {f.name for f in type_of(type_id).fields if f.required is True}


@pytest.mark.article("A3.1")
def test_every_paper_belongs_to_one_of_five_stages() -> None:
    assert list(STAGES.values()) == ["启动", "调查取证", "审查决定", "送达执行", "归档"]
    assert {t.stage for t in load_catalogue(ROOT / "templates").types.values()} == set(STAGES)


@pytest.mark.article("A8.2")
def test_acceptance_refers_to_a_segment_of_the_fixed_camera_or_says_why_there_is_none() -> None:
    fields = {f.name for f in type_of("reception_video_index").fields}
    assert {"camera_no", "location", "stage"} <= needed("reception_video_index")
    assert {"clip_start", "clip_end", "missing_cause", "file_hash"} <= fields


@pytest.mark.article("A13.1", "A13.9")
def test_an_inquiry_is_signed_by_who_was_asked_and_by_two_officers() -> None:
    assert {("party", 1), OFFICERS} <= signers("inquiry_record")
    assert {"person_role", "identity_shown", "rights_told"} <= needed("inquiry_record")
    assert next(s for s in type_of("inquiry_record").slots if s.role == "party").refusable


@pytest.mark.article("A13.2", "A13.9")
def test_evidence_from_others_is_asked_for_by_a_notice_that_its_holder_signs() -> None:
    assert {("holder", 1), OFFICERS} <= signers("evidence_collection_notice")
    assert {"holder", "evidence_wanted", "legal_basis", "deliver_by"} <= needed("evidence_collection_notice")


@pytest.mark.article("A13.4", "A13.9")
def test_samples_are_listed_after_their_notice_and_signed_by_the_party_and_two_officers() -> None:
    assert type_of("sampling_list").prerequisites == (("sampling_notice",),)
    assert type_of("sampling_notice").prerequisites == (("sampling_approval",),)
    for one in ("sampling_notice", "sampling_list"):
        assert {("party", 1), OFFICERS} <= signers(one)


@pytest.mark.article("A13.7")
def test_an_appraisal_rests_on_its_commission_and_names_its_appraisers() -> None:
    assert type_of("appraisal_opinion").prerequisites == (("appraisal_entrustment",),)
    assert {"institution", "qualification", "appraisers", "conclusion"} <= needed("appraisal_opinion")
    assert ("appraiser", 1) in signers("appraisal_opinion")


@pytest.mark.article("A13.8", "A13.9")
def test_other_ways_of_gathering_have_a_record_with_method_and_signatures() -> None:
    assert {"data_source", "method", "items", "seal_storage"} <= needed("electronic_data_record")
    assert {("party", 1), OFFICERS} <= signers("electronic_data_record")


@pytest.mark.article("A16.1")
def test_the_drafting_record_names_drafter_reviewer_basis_evidence_and_factors() -> None:
    known = {f.name for f in type_of("decision_drafting_record").fields}
    assert {"drafter", "legal_basis", "evidence", "factors", "reviewer_opinion"} <= needed("decision_drafting_record")
    assert "unit_reviewer" in known
    parts = {s.part for s in type_of("decision_drafting_record").slots}
    assert parts == {"propose", "review"}


@pytest.mark.article("A18.1")
def test_an_expert_argumentation_leaves_minutes_signed_by_two_experts() -> None:
    assert {"topic", "experts", "opinions", "conclusion"} <= needed("expert_panel_minutes")
    assert ("expert", 2) in signers("expert_panel_minutes")


@pytest.mark.article("A36.5")
def test_the_incident_register_takes_persons_measures_and_outcome() -> None:
    known = {f.name for f in type_of("integrity_incident_report").fields}
    assert {"objects", "kind", "facts", "persons", "measures", "supervisor_opinion"} <= known
