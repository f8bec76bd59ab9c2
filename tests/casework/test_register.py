"""The register of parties: names that are alike are told, a change is a new version, issued papers stay as they are."""

from pathlib import Path
from typing import Any

import pytest

from casework.operations import changing, parties
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Forbidden, NotFound
from tests.casework.offices import FIRM, Bureau, small

TRADER = {
    "kind": "个体工商户",
    "name": "清河镇样例小吃店",
    "id_type": "营业执照",
    "id_no": "92110101MA0FAKE17M",
    "representative": "孙样例",
    "address": "样例街1号（虚构）",
}


@pytest.fixture
def floor(ctx: Context, tmp_path: Path) -> Context:
    return small(ctx, tmp_path / "types")


@pytest.fixture
def bureau(floor: Context) -> Bureau:
    return Bureau(floor)


def alike(bureau: Bureau, name: str, **more: Any) -> list[str]:
    return [p.name for p in parties.alike(bureau.ctx, bureau.as_("甲一"), name=name, **more)]


def change(bureau: Bureau, party: Any, reason: str = "迁址", **changes: Any) -> Any:
    data = {**parties.plain(party), **changes}
    return parties.change_party(
        bureau.ctx, bureau.as_("甲一"), party_id=party.id, base_version=party.version, reason=reason, **data
    )


@pytest.mark.parametrize(
    "name",
    ["示例砂石料场", "示例砂石料场股份有限公司", "示例砂石料场 有限公司", "旧样例料场", "旧样例料场有限公司"],
)
def test_names_and_former_names_that_are_alike_are_told(bureau: Bureau, name: str) -> None:
    party = bureau.party(aliases="旧样例料场、样例石料行")
    assert alike(bureau, name) == [party.name]


@pytest.mark.parametrize("name", ["别的公司", "有限公司", "场", "%", "_", ""])
def test_what_all_firms_are_called_makes_no_name_alike(bureau: Bureau, name: str) -> None:
    bureau.party()
    assert alike(bureau, name) == []


def test_the_same_number_is_told_first_however_it_is_typed(bureau: Bureau) -> None:
    bureau.party(name="甲样例砂石行", id_type="其他", id_no="7")
    bureau.party()
    assert alike(bureau, "甲样例砂石行", id_no=" ９１１１０１０１ＭＡ０ＦＡＫＥ１７ｑ")[0] == FIRM["name"]


def test_names_of_another_agency_are_never_told(floor: Context, bureau: Bureau) -> None:
    bureau.party()
    assert alike(Bureau(floor, "QH02"), FIRM["name"]) == []


def test_a_change_is_a_new_version_with_fields_and_reason(bureau: Bureau) -> None:
    party = bureau.party()
    changed = change(bureau, party, address="新路9号（虚构）")
    history = parties.party_history(bureau.ctx, bureau.as_("丙三"), party.id)
    assert (changed.version, history.party.address) == (2, "新路9号（虚构）")
    assert [(v.version, v.changed, v.reason) for v in history.versions] == [(2, ("address",), "迁址"), (1, (), "")]
    assert history.versions[1].data["address"] == FIRM["address"]


def test_a_change_journals_names_of_fields_and_no_values(bureau: Bureau) -> None:
    party = bureau.party()
    change(bureau, party, address="新路9号（虚构）")
    with bureau.ctx.database.read() as session:
        event = list(journal.events(session, f"agency:{bureau.agency_id}"))[-1]
    assert (event.kind, event.data["fields"]) == ("party.changed", ["address"])
    assert "新路" not in str(event.data)


def test_two_people_who_change_one_party_meet_a_clear_choice(bureau: Bureau) -> None:
    party = bureau.party()
    change(bureau, party, address="新路9号（虚构）")
    with pytest.raises(Conflict, match="别人刚刚修改"):
        change(bureau, party, phone="010-00000000")


def test_a_change_needs_a_reason_and_no_change_makes_no_version(bureau: Bureau) -> None:
    party = bureau.party()
    assert change(bureau, party, reason="").version == 1
    with pytest.raises(BadInput) as caught:
        change(bureau, party, reason=" ", address="新路9号（虚构）")
    assert caught.value.path == "reason"


def test_a_party_cannot_take_the_number_of_another(bureau: Bureau) -> None:
    bureau.party()
    other = bureau.party(**TRADER)
    with pytest.raises(Conflict, match="已经登记"):
        change(bureau, other, id_no=FIRM["id_no"])


def test_only_the_own_agency_changes_or_opens_a_party(floor: Context, bureau: Bureau) -> None:
    party = bureau.party()
    with pytest.raises(NotFound):
        change(Bureau(floor, "QH02"), party, address="新路9号（虚构）")
    with pytest.raises(NotFound):
        parties.party_history(floor, Bureau(floor, "QH03").as_("甲一"), party.id)
    with pytest.raises(Forbidden):
        parties.register_party(floor, bureau.as_("壬九"), **TRADER)


@pytest.mark.parametrize(
    ("words", "count"),
    [("", 2), ("砂石", 1), ("孙样例", 1), ("ＭＡ０ＦＡＫＥ", 2), ("旧料场", 1), ("阿依", 0), ("%", 0)],
)
def test_the_register_is_searched_by_names_numbers_and_people(bureau: Bureau, words: str, count: int) -> None:
    bureau.party(aliases="旧料场")
    bureau.party(**TRADER)
    found = parties.party_page(bureau.ctx, bureau.as_("甲一"), words, number=1, size=10)
    assert (found.total, len(found.parties)) == (count, count)


def test_open_drafts_of_a_changed_party_are_stale_until_they_are_refreshed(ctx: Context) -> None:
    bureau = Bureau(ctx)
    party = bureau.party()
    case = bureau.case("inspection", party_ids=[party.id])
    paper = bureau.draft("case_source_register", case)
    change(bureau, party, reason="更名", name="示例新料场有限公司（虚构）")
    (stale,) = changing.stale_drafts(ctx, bureau.as_("甲一"), case_id=case.id)
    assert (stale.document.id, stale.fields) == (paper.id, ("suspected_party",))
    changing.refresh(ctx, bureau.as_("甲一"), document_id=paper.id)
    assert changing.stale_drafts(ctx, bureau.as_("甲一"), case_id=case.id) == []
