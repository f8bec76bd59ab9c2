"""Versions and digests: what a signature stands for, and what two editors are shown."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casework.documents import VersionConflict, changed_fields, content_digest, differences
from foundation.canonical import digest
from tests.casework.gate_views import definition, paper

FIELDS = [
    {"name": "facts", "label": "事实", "kind": "long_text"},
    {"name": "amount", "label": "金额", "kind": "money"},
    {"name": "doc_no", "label": "文号", "from": "document.number"},
    {"name": "issue_date", "label": "日期", "kind": "date", "from": "document.issue_date"},
    {"name": "seal", "label": "印章", "kind": "seal"},
    {"name": "opinion", "label": "意见", "kind": "long_text"},
    {"name": "sign", "label": "签名", "kind": "signature"},
]
SLOT = {"id": "head", "part": "approve", "role": "agency_head", "fills": ["opinion"], "signs": "sign"}
TYPE = definition("penalty_decision", fields=FIELDS, slots=[SLOT])

values = st.dictionaries(
    st.sampled_from(["facts", "amount", "other"]),
    st.one_of(st.text("甲乙a1\n", max_size=9), st.booleans(), st.lists(st.text("ab", max_size=2), max_size=3)),
)


@given(values, st.randoms())
def test_the_digest_does_not_depend_on_the_order_of_fields(data: dict[str, Any], random: Any) -> None:
    keys = list(data)
    random.shuffle(keys)
    assert content_digest(TYPE, "d", 1, data) == content_digest(TYPE, "d", 1, {k: data[k] for k in keys})


@given(values)
def test_slot_fields_number_date_and_seal_do_not_touch_the_digest(data: dict[str, Any]) -> None:
    issued = {**data, "opinion": "同意", "sign": "己六", "doc_no": "1号", "issue_date": "2026-03-10", "seal": "印"}
    assert content_digest(TYPE, "d", 1, issued) == content_digest(TYPE, "d", 1, data)


@given(values, values)
def test_different_data_have_different_digests(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = digest(one) == digest(other)
    assert (content_digest(TYPE, "d", 1, one) == content_digest(TYPE, "d", 1, other)) is same


def test_id_version_and_definition_belong_to_the_digest() -> None:
    base = content_digest(TYPE, "d", 1, {"facts": "x"})
    changed = definition("penalty_decision", fields=FIELDS, slots=[SLOT], purpose="新版")
    assert base != content_digest(TYPE, "e", 1, {"facts": "x"})
    assert base != content_digest(TYPE, "d", 2, {"facts": "x"})
    assert base != content_digest(changed, "d", 1, {"facts": "x"})


def test_a_digest_once_given_stays_the_same_for_ever() -> None:
    fixed = definition("fixed")
    expected = digest(
        {"type": "fixed", "definition": fixed.digest, "document": "d", "version": 1, "data": {"note": "备注"}}
    )
    assert content_digest(fixed, "d", 1, {"note": "备注"}) == expected


@given(values, values, values)
def test_a_conflict_shows_every_field_that_would_be_lost(base: Any, theirs: Any, mine: Any) -> None:
    found = {d.field for d in differences(TYPE, base, theirs, mine)}
    assert found == set(changed_fields(theirs, mine))


def test_a_conflict_names_both_values_in_chinese() -> None:
    found = differences(TYPE, {"amount": "1"}, {"amount": "2"}, {"amount": "3"})
    error = VersionConflict(paper("penalty_decision", version=2), found)
    assert error.findings[0].message == "“金额”：对方改为“2”，您改为“3”。"
    assert "第2版" in error.message
    assert error.differences[0].base == "1"


def test_the_journal_learns_names_of_changed_fields_only() -> None:
    assert changed_fields({"facts": "旧", "amount": "1"}, {"facts": "新", "amount": "1"}) == ["facts"]
