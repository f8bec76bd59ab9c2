"""What a viewer may find is the policy's answer, in every form that search gives it."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.facts import Actor
from access.masking import sees
from access.permissions import KINDS
from access.policy import READING, Record, Viewer, decide
from access.predicates import All, Always, AnyOf, Eq, In, Never, Not, Predicate, holds
from access.rulebook import rulebook
from search.entries import ATTRIBUTES, GUARDED, Entry
from search.filters import bounds, to_sql
from search.filters import given as with_value
from search.rights import COLUMNS, implies, rights_of
from tests.access.office import an_actor

NAMES = ("thing", "agency_id", "case_id", "secrecy", "party_id")
VALUES = st.sampled_from(["一", "二", "三", "normal", "privacy"])
LEAVES = st.one_of(
    st.just(Never()),
    st.just(Always()),
    st.builds(Eq, st.sampled_from(NAMES), VALUES),
    st.builds(In, st.sampled_from(NAMES), st.frozensets(VALUES)),
)
TREES: st.SearchStrategy[Predicate] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
FACTS = st.fixed_dictionaries({name: st.none() | VALUES for name in NAMES})


@given(TREES, FACTS)
def test_the_sql_of_a_predicate_is_the_predicate(tree: Predicate, facts: dict[str, str | None]) -> None:
    numbers = {value: at for at, value in enumerate(["一", "二", "normal"], start=1)}
    sql, values = to_sql(tree, numbers)
    held = {name: value if value in numbers else None for name, value in facts.items()}
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE TABLE entry ({', '.join(NAMES)})")
    db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", [numbers.get(held[n] or "", 0) for n in NAMES])
    found = db.execute(f"SELECT {sql} FROM entry e", values).fetchone()[0]  # noqa: S608 - what is tested
    db.close()
    assert found in (0, 1)
    assert bool(found) == holds(tree, held)


@given(TREES, FACTS, VALUES)
def test_a_predicate_with_a_value_put_in_is_the_predicate_on_such_records(
    tree: Predicate, facts: dict[str, str | None], value: str
) -> None:
    put_in = with_value(tree, "secrecy", value)
    assert holds(put_in, facts) == holds(tree, {**facts, "secrecy": value})


@given(TREES, FACTS)
def test_where_a_predicate_holds_an_attribute_is_within_its_bounds(
    tree: Predicate, facts: dict[str, str | None]
) -> None:
    for name in NAMES:
        within = bounds(tree, name)
        assert within is None or not holds(tree, facts) or facts[name] in within


@given(TREES, TREES, FACTS)
def test_what_is_implied_holds(one: Predicate, other: Predicate, facts: dict[str, str | None]) -> None:
    if implies(one, other) and holds(one, facts):
        assert holds(other, facts)


@st.composite
def viewers(draw: st.DrawFn) -> tuple[Actor, Viewer]:
    ids = st.sampled_from(["一", "二", "三"])
    actor = an_actor(
        *draw(st.lists(st.sampled_from(sorted(rulebook().roles)), max_size=2)),
        agency="一",
        agencies=draw(st.frozensets(ids)),
        person=draw(ids),
        party_ids=draw(st.frozensets(ids)),
    )
    sets = st.frozensets(ids)
    return actor, Viewer(case_ids=draw(sets), acted_case_ids=draw(sets), served_ids=draw(sets))


@st.composite
def records(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from(sorted(READING)))
    ids = st.sampled_from(["一", "二", "三"])
    values = {
        "type": st.sampled_from(["penalty_decision", "hearing_record", "payment_voucher"]),
        "stage": st.just("decision"),
        "secrecy": st.sampled_from(sorted(rulebook().classes)),
        "volume": st.sampled_from(["main", "side", "ledger"]),
        "status": st.just("issued"),
    }
    own = {n: draw(values.get(n, ids)) for n in sorted(KINDS[kind])}
    return Record(kind=kind, **own)


def entry_of(record: Record) -> Entry:
    return Entry(id=record.id or "", thing=record.kind, version=1, date="2026-01-05", facts=record.facts, texts={})


@given(viewers(), records())
def test_search_finds_what_the_policy_lets_read(viewing: tuple[Actor, Viewer], record: Record) -> None:
    actor, viewer = viewing
    facts = {**record.facts, "thing": record.kind}
    allowed = decide(actor, READING[record.kind], record, viewer).allowed
    assert holds(rights_of(actor, viewer).where, facts) == allowed


@given(viewers(), records())
def test_masked_values_are_searched_where_masking_shows_them(viewing: tuple[Actor, Viewer], record: Record) -> None:
    actor, viewer = viewing
    rights = rights_of(actor, viewer)
    if record.kind != "document" or not holds(rights.where, {**record.facts, "thing": record.kind}):
        return
    shown = [c for c in GUARDED if sees(actor, c, record, viewer)]
    assert rights.classes_seen(entry_of(record)) == shown


def test_every_attribute_of_the_policy_is_indexed_and_a_column() -> None:
    for kind, names in KINDS.items():
        assert names <= set(ATTRIBUTES), kind
        if kind in COLUMNS:
            assert names <= set(COLUMNS[kind]), kind


def test_guarded_fields_are_all_classes_but_the_open_one_and_informants() -> None:
    assert set(GUARDED) == set(rulebook().classes) - {"normal", "informant"}


@pytest.mark.parametrize("role", sorted(rulebook().roles))
def test_no_role_needs_more_than_few_ways(role: str) -> None:
    viewer = Viewer(case_ids=frozenset({"一"}), acted_case_ids=frozenset({"二"}), served_ids=frozenset({"三"}))
    guards = rights_of(an_actor(role, party_ids=frozenset({"一"})), viewer).guards
    assert len([g for g in guards if g.where != Always()]) <= 2
