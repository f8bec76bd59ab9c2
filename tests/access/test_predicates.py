"""A predicate means the same over facts and as SQL, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.predicates import All, Always, AnyOf, Eq, In, Never, Not, Predicate, all_of, any_of, holds, names_in, to_sql
from foundation.context import Context

NAMES = ("agency_id", "case_id", "secrecy", "type")
VALUES = ("甲", "乙", "", "a'b", "%", "NULL", "A")
FACTS = st.fixed_dictionaries({name: st.none() | st.sampled_from(VALUES) for name in NAMES})
LEAVES: st.SearchStrategy[Predicate] = (
    st.just(Never())
    | st.just(Always())
    | st.builds(Eq, st.sampled_from((*NAMES, "unknown")), st.sampled_from(VALUES))
    | st.builds(In, st.sampled_from((*NAMES, "unknown")), st.frozensets(st.sampled_from(VALUES), max_size=3))
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.lists(inner, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=8,
)
TABLE = sa.table("access_trial", sa.column("n", sa.Integer), *(sa.column(n, sa.String) for n in NAMES))
COLUMNS = {name: TABLE.c[name] for name in NAMES}


def found(ctx: Context, predicate: Predicate, rows: list[dict[str, str | None]]) -> list[int]:
    """Return which of the rows a database finds."""
    with ctx.database.write() as session:
        session.execute(sa.delete(TABLE))
        if rows:
            session.execute(sa.insert(TABLE), [{"n": n, **row} for n, row in enumerate(rows)])
        return list(session.scalars(sa.select(TABLE.c.n).where(to_sql(predicate, COLUMNS)).order_by(TABLE.c.n)))


@pytest.fixture
def trial_ctx(any_ctx: Context) -> Iterator[Context]:
    columns = ", ".join(f"{name} VARCHAR(20)" for name in NAMES)
    with any_ctx.database.write() as session:
        session.execute(sa.text(f"CREATE TABLE access_trial (n INTEGER, {columns})"))
    yield any_ctx
    with any_ctx.database.write() as session:  # the database serves other tests after this one
        session.execute(sa.text("DROP TABLE access_trial"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(predicate=TREES, rows=st.lists(FACTS, max_size=8))
@example(predicate=Not(Eq("case_id", "甲")), rows=[dict.fromkeys(NAMES)])
@example(predicate=Not(In("unknown", frozenset("甲"))), rows=[dict.fromkeys(NAMES, "甲")])
@example(predicate=Not(All((Eq("case_id", "甲"), Eq("type", "乙")))), rows=[{**dict.fromkeys(NAMES), "type": "乙"}])
@example(predicate=In("case_id", frozenset()), rows=[dict.fromkeys(NAMES, "甲")])
def test_a_predicate_finds_the_same_records_in_python_and_in_sql(
    trial_ctx: Context, predicate: Predicate, rows: list[dict[str, str | None]]
) -> None:
    assert found(trial_ctx, predicate, rows) == [n for n, row in enumerate(rows) if holds(predicate, row)]


@given(parts=st.lists(TREES, max_size=4), facts=FACTS)
def test_the_shortest_form_means_the_same(parts: list[Predicate], facts: dict[str, str | None]) -> None:
    assert holds(all_of(*parts), facts) == holds(All(tuple(parts)), facts)
    assert holds(any_of(*parts), facts) == holds(AnyOf(tuple(parts)), facts)


def test_an_attribute_that_a_record_lacks_equals_nothing() -> None:
    assert not holds(Eq("case_id", "甲"), {"case_id": None})
    assert not holds(In("case_id", frozenset("甲")), {})
    assert holds(Not(Eq("case_id", "甲")), {})


def test_the_attributes_of_a_predicate_are_known() -> None:
    assert names_in(All((Eq("type", "甲"), Not(AnyOf((In("secrecy", frozenset("乙")), Never())))))) == {
        "type",
        "secrecy",
    }
