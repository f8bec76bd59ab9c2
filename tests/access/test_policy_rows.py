"""The answer for one record and the filter over many are the same policy, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.facts import Actor
from access.masking import sees
from access.permissions import kinds_of
from access.policy import KINDS, READING, Permission, Record, Viewer, decide, predicate
from access.predicates import holds, to_sql
from access.rulebook import rulebook
from foundation.context import Context
from tests.access.office import an_actor

ATTRIBUTES = sorted(set().union(*KINDS.values()))
IDS = st.sampled_from(["一", "二", "三"])
PEOPLE = st.sampled_from(["甲", "乙"])
TYPES = [
    "penalty_decision",
    "hearing_record",
    "onsite_fine_record",
    "file_note",
    "av_storage_register",
    "application_form",
]
VALUES: dict[str, st.SearchStrategy[str]] = {
    "id": IDS,
    "agency_id": st.sampled_from(["清河", "邻镇"]),
    "case_id": IDS,
    "type": st.sampled_from(TYPES),
    "stage": st.sampled_from(["initiation", "filing"]),
    "secrecy": st.sampled_from([*rulebook().classes, "unheard_of"]),
    "volume": st.sampled_from(["main", "side", "both", "ledger"]),
    "status": st.sampled_from(["draft", "served"]),
    "party_id": IDS,
    "author_id": PEOPLE,
    "operator_id": PEOPLE,
}
TABLE = sa.table("access_rows", sa.column("n", sa.Integer), *(sa.column(n, sa.String) for n in ATTRIBUTES))


@st.composite
def records(draw: st.DrawFn, kind: str) -> Record:
    """Draw a record of a kind; every attribute but the agency may be missing."""
    own = {n: draw(VALUES[n] if n == "agency_id" else st.none() | VALUES[n]) for n in sorted(KINDS[kind])}
    return Record(kind=kind, **own)  # type: ignore[arg-type]


@st.composite
def questions(draw: st.DrawFn) -> tuple[Actor, Viewer, Permission, list[Record]]:
    """Draw an actor, what the actor has to do with which things, a permission and records."""
    permission = draw(st.sampled_from(Permission))
    kind = draw(st.sampled_from(sorted(kinds_of(permission))))
    actor = an_actor(
        *draw(st.lists(st.sampled_from(sorted(rulebook().roles)), max_size=3)),
        agencies=draw(st.frozensets(VALUES["agency_id"])),
        person=draw(PEOPLE),
    )
    sets = st.frozensets(IDS)
    viewer = Viewer(case_ids=draw(sets), acted_case_ids=draw(sets), served_ids=draw(sets))
    return actor, viewer, permission, draw(st.lists(records(kind), min_size=1, max_size=6))


@pytest.fixture
def rows_ctx(any_ctx: Context) -> Iterator[Context]:
    with any_ctx.database.write() as session:
        columns = ", ".join(f"{name} VARCHAR(40)" for name in ATTRIBUTES)
        session.execute(sa.text(f"CREATE TABLE access_rows (n INTEGER, {columns})"))
    yield any_ctx
    with any_ctx.database.write() as session:  # the database serves other tests after this one
        session.execute(sa.text("DROP TABLE access_rows"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=questions())
def test_one_answer_for_a_record_alone_and_for_the_rows_of_a_query(
    rows_ctx: Context, asked: tuple[Actor, Viewer, Permission, list[Record]]
) -> None:
    actor, viewer, permission, things = asked
    tree = predicate(actor, permission, things[0].kind, viewer)
    with rows_ctx.database.write() as session:
        session.execute(sa.delete(TABLE))
        rows = [{"n": n, **dict.fromkeys(ATTRIBUTES), **one.facts} for n, one in enumerate(things)]
        session.execute(sa.insert(TABLE), rows)
        columns = {name: TABLE.c[name] for name in KINDS[things[0].kind]}
        found = set(session.scalars(sa.select(TABLE.c.n).where(to_sql(tree, columns))))
    decided = {n for n, one in enumerate(things) if decide(actor, permission, one, viewer).allowed}
    assert found == decided == {n for n, one in enumerate(things) if holds(tree, one.facts)}


@given(asked=questions(), field_class=st.sampled_from([*rulebook().classes, "unheard_of"]), owner=st.none() | IDS)
def test_no_field_is_seen_of_a_record_that_may_not_be_read(
    asked: tuple[Actor, Viewer, Permission, list[Record]], field_class: str, owner: str | None
) -> None:
    actor, viewer, _, things = asked
    for one in things:
        if sees(actor, field_class, one, viewer, owner_id=owner) and one.kind in READING:
            assert decide(actor, READING[one.kind], one, viewer).allowed
