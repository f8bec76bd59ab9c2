"""Who may do what (reference 5.1, 5.2; settled answers): each rule of the policy by name."""

from dataclasses import replace

import pytest

from access.facts import Actor
from access.permissions import kinds_of
from access.policy import KINDS, READING, Permission, Record, Viewer, decide, may_anywhere, policy_version, predicate
from access.predicates import Never, names_in
from access.rulebook import rulebook
from tests.access.office import an_actor

CASES = Viewer(case_ids=frozenset(["一案"]), acted_case_ids=frozenset(["听证案"]), served_ids=frozenset(["决定书"]))
ROLES = sorted(rulebook().roles)
DRAFTING = [Permission(f"document:{act}") for act in ("draft", "revise", "issue", "void")]
OFFICE = [r for r in ROLES if r not in ("party", "sysadmin", "supervisor")]
CONTENT = ("case", "document", "recording", "package")


def paper(secrecy: str = "normal", **more: str) -> Record:
    return Record(kind="document", agency_id="清河", **{"id": "文书", "case_id": "一案", "secrecy": secrecy, **more})


def may(actor: Actor, permission: Permission, record: Record, viewer: Viewer = CASES) -> bool:
    return decide(actor, permission, record, viewer).allowed


@pytest.mark.parametrize("permission", Permission)
def test_nobody_may_anything_without_a_role(permission: Permission) -> None:
    for kind in kinds_of(permission):
        assert predicate(an_actor(), permission, kind, CASES) == Never()
    assert not may_anywhere(an_actor(), permission)


def test_an_unknown_role_gives_nothing() -> None:
    assert predicate(an_actor("king"), Permission.CASE_READ, "case", CASES) == Never()


@pytest.mark.parametrize("permission", Permission)
def test_somebody_may_use_every_permission(permission: Permission) -> None:
    assert any(may_anywhere(an_actor(role), permission) for role in ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_looks_at_an_attribute_that_records_lack(role: str) -> None:
    for permission in Permission:
        for kind in kinds_of(permission):
            named = names_in(predicate(an_actor(role), permission, kind, CASES))
            assert named - {"author_id", "operator_id"} <= KINDS[kind]


@pytest.mark.parametrize("role", [r for r in ROLES if r != "supervisor"])
@pytest.mark.parametrize("kind", CONTENT)
def test_nobody_but_a_supervisor_finds_records_of_another_agency(role: str, kind: str) -> None:
    there = Record(kind=kind, agency_id="邻镇", id="决定书", case_id="一案", secrecy="normal", volume="main")
    verdict = decide(an_actor(role), READING[kind], there, CASES)
    assert not verdict.allowed
    assert verdict.hidden


@pytest.mark.article("A34.1")
@pytest.mark.parametrize("kind", CONTENT)
@pytest.mark.parametrize("secrecy", ["normal", "internal"])
def test_a_system_administrator_sees_no_case_content(kind: str, secrecy: str) -> None:
    record = Record(kind=kind, agency_id="清河", id="一案", case_id="一案", secrecy=secrecy)
    assert decide(an_actor("sysadmin"), READING[kind], record, CASES).hidden


def test_a_system_administrator_keeps_accounts_and_settings() -> None:
    office = Record(kind="agency", agency_id="清河")
    for permission in (Permission.ACCOUNT_MANAGE, Permission.SETTING_MANAGE, Permission.CALENDAR_MANAGE):
        assert may(an_actor("sysadmin"), permission, office)
        assert not any(may(an_actor(role), permission, office) for role in ROLES if role != "sysadmin")


@pytest.mark.article("A34.1")
def test_a_handler_reads_the_cases_handled_and_no_others() -> None:
    handler = an_actor("handler")
    assert may(handler, Permission.DOCUMENT_READ, paper("internal"))
    assert decide(handler, Permission.DOCUMENT_READ, paper(case_id="别案"), CASES).hidden


def test_a_handler_who_left_the_case_reads_it_no_more() -> None:
    assert not may(an_actor("handler"), Permission.DOCUMENT_READ, paper(), Viewer())


def test_a_handler_does_not_keep_recordings() -> None:
    recording = Record(kind="recording", agency_id="清河", id="音像", case_id="一案", secrecy="normal")
    assert may(an_actor("handler"), Permission.RECORDING_READ, recording)
    assert not may(an_actor("handler"), Permission.RECORDING_KEEP, recording)
    assert may(an_actor("av_custodian"), Permission.RECORDING_KEEP, recording)


@pytest.mark.article("A10.2")
@pytest.mark.parametrize("role", ROLES)
def test_an_informants_paper_is_read_by_receiver_unit_head_and_assigned_handler_alone(role: str) -> None:
    allowed = may(an_actor(role, agencies=frozenset(["清河"])), Permission.DOCUMENT_READ, paper("informant"))
    assert allowed == (role in ("handler", "unit_head"))


@pytest.mark.article("A10.2")
def test_whoever_received_an_informant_still_reads_the_paper() -> None:
    reception = an_actor("reception")
    assert may(reception, Permission.DOCUMENT_READ, paper("informant", author_id="甲"))
    assert not may(reception, Permission.DOCUMENT_READ, paper("informant", author_id="乙"))


@pytest.mark.article("A34.1")
@pytest.mark.parametrize("role", ["reception", "finance", "presider", "hearing_clerk", "drafting_reviewer", "party"])
def test_a_work_secret_stays_with_those_who_decide_the_case(role: str) -> None:
    assert not may(an_actor(role), Permission.DOCUMENT_READ, paper("work_secret", type="hearing_record"))


@pytest.mark.article("A34.1")
@pytest.mark.parametrize("secrecy", ["normal", "internal", "privacy", "business_secret", "work_secret", "informant"])
def test_a_party_never_sees_the_side_volume(secrecy: str) -> None:
    served = paper(secrecy, id="决定书", volume="side")
    assert decide(an_actor("party"), Permission.DOCUMENT_READ, served, CASES).hidden


@pytest.mark.article("A33.1")
def test_a_party_reads_what_was_served_on_it_and_nothing_else() -> None:
    party = an_actor("party")
    assert may(party, Permission.DOCUMENT_READ, paper(id="决定书", volume="main"))
    assert decide(party, Permission.DOCUMENT_READ, paper(id="通知书", volume="main"), CASES).hidden
    for kind in ("case", "recording", "package"):
        assert predicate(party, READING[kind], kind, CASES) == Never()


def test_a_party_reads_no_draft_of_a_paper_that_will_be_served() -> None:
    assert not may(an_actor("party"), Permission.DOCUMENT_READ, paper(id="草稿", volume="main"), Viewer())


@pytest.mark.article("A36.1")
def test_a_supervisor_reads_the_agencies_given_to_it_and_edits_nothing_but_its_own_notices() -> None:
    supervisor = an_actor("supervisor", agency="县局", agencies=frozenset(["县局", "清河"]))
    assert may(supervisor, Permission.DOCUMENT_READ, paper("internal"))
    assert decide(supervisor, Permission.DOCUMENT_READ, paper(), CASES).reason.startswith("监督人员")
    assert not decide(supervisor, Permission.DOCUMENT_REVISE, paper(), CASES).hidden
    writing = {p for p in Permission if p.value.partition(":")[2] not in ("read", "ask")}
    assert {p for p in writing if may_anywhere(supervisor, p)} == {
        Permission.RECTIFICATION_ISSUE,
        Permission.DOCUMENT_SIGN,
        *DRAFTING,
    }
    own = replace(paper(), agency_id="县局", type="rectification_notice")
    for permission in DRAFTING:
        assert may(supervisor, permission, own)
        assert not may(supervisor, permission, replace(own, agency_id="清河"))
        assert not may(supervisor, permission, replace(own, type="penalty_decision"))


def test_a_supervisor_signs_the_papers_of_supervision_alone() -> None:
    supervisor = an_actor("supervisor", agency="县局", agencies=frozenset(["县局", "清河"]))
    for own in ("assessment_form", "confiscated_property_record", "integrity_incident_report"):
        assert may(supervisor, Permission.DOCUMENT_SIGN, paper("internal", type=own))
    assert not may(supervisor, Permission.DOCUMENT_SIGN, paper("internal", type="penalty_decision"))


def test_a_supervisor_does_not_read_an_agency_that_was_not_given() -> None:
    supervisor = an_actor("supervisor", agency="县局", agencies=frozenset(["县局"]))
    assert decide(supervisor, Permission.DOCUMENT_READ, paper(), CASES).hidden


@pytest.mark.article("A33.1")
@pytest.mark.parametrize("role", ROLES)
def test_the_legal_head_alone_consents_to_copies(role: str) -> None:
    case = Record(kind="case", agency_id="清河", id="一案", case_id="一案")
    assert may(an_actor(role), Permission.COPY_APPROVE, case) == (role == "legal_head")


@pytest.mark.article("A32.1")
def test_the_archive_is_managed_by_custodians_alone() -> None:
    holders = {role for role in ROLES if may_anywhere(an_actor(role), Permission.ARCHIVE_MANAGE)}
    assert holders == {"archivist", "av_custodian"}


def test_an_archivist_changes_no_paper_of_the_investigation() -> None:
    archivist = an_actor("archivist")
    assert may(archivist, Permission.DOCUMENT_READ, paper(type="inquiry_record"))
    assert not may(archivist, Permission.DOCUMENT_REVISE, paper(type="inquiry_record"))
    assert may(archivist, Permission.DOCUMENT_DRAFT, paper(type="file_note"))


def test_a_presider_opens_hearing_papers_and_reads_the_cases_heard() -> None:
    presider = an_actor("presider")
    assert may(presider, Permission.DOCUMENT_DRAFT, paper(type="hearing_report"))
    assert not may(presider, Permission.DOCUMENT_DRAFT, paper(type="penalty_decision"))
    assert may(presider, Permission.DOCUMENT_READ, paper(case_id="听证案"))
    assert not may(presider, Permission.DOCUMENT_READ, paper())


def test_two_roles_give_what_each_gives() -> None:
    both = an_actor("handler", "finance")
    assert may(both, Permission.DOCUMENT_READ, paper("informant"))
    assert may(both, Permission.DOCUMENT_SIGN, paper(type="onsite_fine_record", case_id="别案"))


@pytest.mark.parametrize("permission", Permission)
def test_every_verdict_has_a_reason(permission: Permission) -> None:
    for kind in kinds_of(permission):
        assert all(decide(an_actor(r), permission, Record(kind=kind, agency_id="清河"), CASES).reason for r in ROLES)


def test_a_thing_that_may_be_read_but_not_changed_is_not_hidden() -> None:
    verdict = decide(
        an_actor("legal_reviewer"),
        Permission.RECORDING_KEEP,
        Record(kind="recording", agency_id="清河", id="音像", case_id="一案", secrecy="normal"),
        CASES,
    )
    assert not verdict.allowed
    assert not verdict.hidden
    assert "没有这项权限" in verdict.reason


def test_a_permission_asked_on_the_wrong_kind_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="case:read is not asked on a document"):
        decide(an_actor("handler"), Permission.CASE_READ, paper())


def test_the_mark_of_the_policy_changes_with_the_rule_file_only() -> None:
    assert policy_version() == policy_version()
    assert len(policy_version()) == 64


@pytest.mark.parametrize("role", OFFICE)
def test_every_role_of_the_office_may_search(role: str) -> None:
    assert may(an_actor(role), Permission.SEARCH, Record(kind="agency", agency_id="清河"))
