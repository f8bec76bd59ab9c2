"""Cases begin under a working number, change by events, and stay within their agency."""

from pathlib import Path

import pytest

from casework import queries
from casework.facts import CaseFacts
from casework.operations import cases, devices, parties
from foundation import journal, outbox
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Conflict, Forbidden, NotFound, Refused
from tests.casework.offices import FIRM, Bureau, small
from tests.conftest import move


@pytest.fixture
def floor(ctx: Context, tmp_path: Path) -> Context:
    return small(ctx, tmp_path / "types")


@pytest.fixture
def bureau(floor: Context) -> Bureau:
    return Bureau(floor)


def test_an_inspection_begins_with_a_working_number_alone(bureau: Bureau) -> None:
    case = bureau.case("inspection", party_ids=[bureau.party().id])
    assert (case.number, case.working_number, case.state) == ("", "检2026-001", "CLUE")
    assert [m.name for m in case.members] == ["甲一", "乙二"]


def test_a_summary_case_has_its_number_and_start_at_once(bureau: Bureau) -> None:
    case = bureau.case("summary")
    assert case.number == case.working_number != ""
    assert case.initiated_on is not None


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"procedure": "fast"}, "procedure"), ({"title": " "}, "title"), ({"title": "长" * 301}, "title")],
)
def test_a_case_needs_a_known_procedure_and_a_title(bureau: Bureau, changes: dict[str, str], path: str) -> None:
    with pytest.raises(BadInput) as caught:
        bureau.case(**changes)
    assert caught.value.path == path


def test_only_handlers_of_the_day_handle_a_case(bureau: Bureau) -> None:
    with pytest.raises(BadInput, match="丙三在2026-01-05不是执法人员"):
        bureau.case(member_ids=[bureau.ids["丙三"]])


def test_parties_of_another_agency_enter_no_case(floor: Context, bureau: Bureau) -> None:
    other = Bureau(floor, "QH02")
    with pytest.raises(BadInput, match="不在本机关的名册"):
        bureau.case(party_ids=[other.party().id])


def test_a_number_is_registered_once_an_agency(floor: Context, bureau: Bureau) -> None:
    bureau.party()
    with pytest.raises(Conflict, match="已经登记"):
        bureau.party(name="改了名的公司")
    assert Bureau(floor, "QH02").party().name == FIRM["name"]


def test_the_same_name_is_shown_and_never_merged(floor: Context, bureau: Bureau) -> None:
    first = bureau.party(name="阿依古丽·买买提商行")
    second = bureau.party(name="阿依古丽•买买提商行", id_type="其他", id_no="2")
    found = parties.same_name(floor, bureau.as_("甲一"), "阿依古丽 买买提商行")
    assert {p.id for p in found} == {first.id, second.id}


@pytest.mark.article("A9.2")
def test_an_emergency_start_is_recorded_once_with_place_and_reason(floor: Context, bureau: Bureau) -> None:
    case = bureau.case()
    move(floor, "2026-01-05T20:00")
    told = {"case_id": case.id, "at": parse_local("2026-01-05T19:30"), "place": "河边", "reason": "废液入河"}
    started = cases.start_emergency(floor, bureau.as_("甲一"), **told)
    assert (started.state, started.emergency_place) == ("EMERGENCY", "河边")
    with pytest.raises(Refused, match="不再登记紧急启动"):
        cases.start_emergency(floor, bureau.as_("甲一"), **told)
    with floor.database.read() as session:
        (period,) = queries.deadlines_of(session, case.id)
    assert period.end == parse_local("2026-01-06T19:30")


@pytest.mark.parametrize("changes", [{"at": "2026-01-06T09:00"}, {"place": " "}, {"reason": ""}])
def test_an_emergency_says_where_why_and_not_in_the_future(
    floor: Context, bureau: Bureau, changes: dict[str, str]
) -> None:
    told = {"at": "2026-01-05T08:00", "place": "河边", "reason": "废液入河", **changes}
    at = parse_local(told.pop("at"))
    case = bureau.case()
    with pytest.raises(BadInput, match="紧急启动须写明"):
        cases.start_emergency(floor, bureau.as_("甲一"), case_id=case.id, at=at, **told)


def test_a_summary_case_becomes_a_general_one_and_keeps_its_number(floor: Context, bureau: Bureau) -> None:
    case = bureau.case("summary")
    changed = cases.change_procedure(
        floor, bureau.as_("甲一"), case_id=case.id, procedure="general", reason="金额超过当场处罚上限"
    )
    assert (changed.procedure, changed.state, changed.number) == ("general", "CLUE_REVIEW", case.number)


def test_who_leaves_a_case_stays_in_its_record(floor: Context, bureau: Bureau) -> None:
    case = bureau.case()
    left = cases.release(floor, bureau.as_("丙三"), case_id=case.id, person_id=bureau.ids["乙二"], reason="回避")
    assert [m.name for m in left.members] == ["甲一"]
    back = cases.assign(floor, bureau.as_("丙三"), case_id=case.id, person_ids=[bureau.ids["乙二"]])
    assert [m.name for m in back.members] == ["甲一", "乙二"]


def test_a_case_of_another_agency_does_not_exist(floor: Context, bureau: Bureau) -> None:
    case = bureau.case()
    stranger = Bureau(floor, "QH02").as_("甲一")
    with pytest.raises(NotFound) as hidden:
        cases.add_party(floor, stranger, case_id=case.id, party_id="x")
    with pytest.raises(NotFound) as absent:
        cases.add_party(floor, stranger, case_id="nowhere", party_id="x")
    assert str(hidden.value) == str(absent.value)


def test_who_has_no_such_role_opens_no_case_and_registers_no_device(bureau: Bureau) -> None:
    head = bureau.as_("己六")
    with pytest.raises(Forbidden):
        cases.open_case(bureau.ctx, head, procedure="general", title="试")
    device = {"device_no": "1", "kind": "相机", "holder": "甲一", "department": "办公室", "use": "现场"}
    with pytest.raises(Forbidden):
        devices.register_device(bureau.ctx, head, in_service=parse_local("2026-01-01").date(), **device)


@pytest.mark.article("A4.2")
def test_a_device_states_its_enforcement_use(bureau: Bureau) -> None:
    with pytest.raises(BadInput, match="没有填写执法用途"):
        bureau.device(use=" ")


@pytest.mark.article("A7.1")
def test_each_department_sees_which_devices_it_has_and_in_whose_hands(floor: Context, bureau: Bureau) -> None:
    bureau.device()
    bureau.device("JLY-04", holder="甲一", department="规划建设办公室")
    with floor.database.read() as session:
        found = {(d.department, d.device_no, d.holder) for d in queries.devices(session, bureau.agency_id)}
    assert found == {("综合执法办公室", "JLY-03", "乙二"), ("规划建设办公室", "JLY-04", "甲一")}


def test_an_open_case_is_not_archived(floor: Context, bureau: Bureau) -> None:
    with pytest.raises(Refused, match="还没有结案"):
        cases.archive_case(floor, bureau.as_("壬九"), case_id=bureau.case().id)


@pytest.mark.article("A36.3")
def test_what_happens_to_a_case_stands_in_its_chain_and_waits_for_the_index(floor: Context, bureau: Bureau) -> None:
    case = bureau.case(party_ids=[bureau.party().id])
    with floor.database.read() as session:
        before = queries.case_facts(session, case.id).index_version
    cases.change_procedure(floor, bureau.as_("甲一"), case_id=case.id, procedure="general", reason="需要立案")
    with floor.database.read() as session:
        kinds = [e.kind for e in journal.events(session, f"case:{case.id}")]
        assert kinds == ["case.opened", "case.procedure_changed", "case.moved"]
        assert case.id in outbox.waiting(session, "index", "case")
        assert queries.case_facts(session, case.id).index_version > before
        assert journal.verify_chain(session, f"case:{case.id}") == 3


def test_a_refused_act_changes_nothing(floor: Context, bureau: Bureau) -> None:
    case = bureau.case()

    def state() -> tuple[CaseFacts, int]:
        with floor.database.read() as session:
            return queries.case_facts(session, case.id), journal.verify_chain(session, f"case:{case.id}")

    before = state()
    handler = bureau.as_("甲一")
    with pytest.raises(AnjuanError):
        cases.change_procedure(floor, handler, case_id=case.id, procedure="general", reason="")
    with pytest.raises(AnjuanError):
        cases.add_party(floor, handler, case_id=case.id, party_id="nobody")
    assert state() == before
