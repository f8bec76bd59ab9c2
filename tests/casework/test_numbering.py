"""Numbers are drawn once, without a gap, per agency, character and year; a void one stays with its reason."""

import datetime as dt
import itertools
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import orm

from casework import numbering
from casework.numbering import CONFIRMED, RESERVED, VOID, NumberFacts
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Conflict

AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
SETTINGS = {"short_name": "清政"}
TODAY = dt.date(2026, 1, 5)


def draw(
    session: orm.Session, agency: str, holder: str, character: str = "罚", day: dt.date = TODAY, **own: str
) -> str:
    given = {"character": character, "day": day, "holder_id": holder, "settings": {**SETTINGS, **own}, "at": AT}
    return numbering.reserve(session, agency, **given)


def give_back(session: orm.Session, agency: str, holder: str) -> bool:
    return numbering.give_back(session, agency, holder, reason="不发了", at=AT)


def series(session: orm.Session, agency: str, character: str = "罚") -> list[NumberFacts]:
    return numbering.ledger(session, agency, character, "2026")


def test_each_series_counts_from_one_by_agency_character_and_year(ctx: Context) -> None:
    with ctx.database.write() as session:
        assert draw(session, "g1", "a") == "清政罚〔2026〕第1号"
        assert draw(session, "g1", "b") == "清政罚〔2026〕第2号"
        assert draw(session, "g1", "c", "催") == "清政催〔2026〕第1号"
        assert draw(session, "g1", "d", day=dt.date(2027, 1, 1)) == "清政罚〔2027〕第1号"
        assert draw(session, "g2", "e") == "清政罚〔2026〕第1号"


@pytest.mark.parametrize(
    ("character", "wanted"),
    [
        ("案", "清案〔2026〕001号"),
        ("回", "回2026-001"),
        ("AV", "AV-20260105-01"),
        ("B", "B20260105"),
        ("检", "检2026-001"),
    ],
)
def test_other_series_have_their_own_form(ctx: Context, character: str, wanted: str) -> None:
    with ctx.database.write() as session:
        assert draw(session, "g", "a", character) == wanted


def test_asked_again_the_holder_has_the_same_number(ctx: Context) -> None:
    with ctx.database.write() as session:
        assert draw(session, "g", "a") == draw(session, "g", "a")
        assert len(series(session, "g")) == 1


def test_the_last_number_becomes_free_and_an_earlier_one_void_with_its_reason(ctx: Context) -> None:
    with ctx.database.write() as session:
        for holder in "abc":
            draw(session, "g", holder)
        assert not give_back(session, "g", "b")
        assert give_back(session, "g", "c")
        assert draw(session, "g", "d") == "清政罚〔2026〕第3号"
        assert [(f.n, f.status, f.reason) for f in series(session, "g")] == [
            (1, RESERVED, ""),
            (2, VOID, "不发了"),
            (3, RESERVED, ""),
        ]


def test_a_used_number_is_not_given_back(ctx: Context) -> None:
    with ctx.database.write() as session:
        draw(session, "g", "a")
        numbering.confirm(session, "g", "a")
        give_back(session, "g", "a")
        assert [f.status for f in series(session, "g")] == [CONFIRMED]


def test_a_void_number_needs_a_reason(ctx: Context) -> None:
    with ctx.database.write() as session:
        draw(session, "g", "a")
        with pytest.raises(BadInput, match="没有写明理由"):
            numbering.void(session, "g", "a", reason=" ", at=AT)


def test_two_series_that_would_write_the_same_number_are_refused(ctx: Context) -> None:
    pattern = {"case_number.pattern": "{place}〔{year}〕{n}号", "numbering.clue.pattern": "{place}〔{year}〕{n}号"}
    with ctx.database.write() as session:
        draw(session, "g", "a", "案", **pattern)
        with pytest.raises(Conflict, match="已经用过"):
            draw(session, "g", "b", "线", **pattern)


@pytest.mark.parametrize(("pattern", "words"), [("第一号", "缺少 {n}"), ("{n}{town}", "不认识 {town}")])
def test_a_pattern_that_cannot_tell_numbers_apart_is_refused(pattern: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        numbering.check_pattern(pattern)


@pytest.mark.article("A36.3")
def test_every_draw_stands_in_the_journal_of_the_agency(ctx: Context) -> None:
    with ctx.database.write() as session:
        draw(session, "g", "a")
        give_back(session, "g", "a")
        assert [e.kind for e in journal.events(session, "agency:g")] == ["number.reserved", "number.freed"]
        assert journal.verify_chain(session, "agency:g") == 2


ACTS = st.lists(st.tuples(st.sampled_from(["draw", "use", "back"]), st.integers(0, 5)), max_size=30)


@given(ACTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_drawn_used_and_given_back_the_series_has_no_gap_and_no_number_twice(
    ctx: Context, acts: list[tuple[str, int]]
) -> None:
    agency = str(uuid.uuid4())
    used: dict[str, str] = {}
    with ctx.database.write() as session:
        for act, who in acts:
            holder = f"h{who}"
            if act == "draw":
                draw(session, agency, holder)
            elif act == "use":
                numbering.confirm(session, agency, holder)
            else:
                give_back(session, agency, holder)
            _check(series(session, agency), used)


def _check(entries: list[NumberFacts], used: dict[str, str]) -> None:
    assert [e.n for e in entries] == list(range(1, len(entries) + 1)), "a gap that nothing explains"
    assert all(e.reason for e in entries if e.status == VOID)
    held = [e.holder_id for e in entries if e.status != VOID]
    assert len(held) == len(set(held)), "one holder, one number of a series"
    for entry in entries:
        if entry.status in (CONFIRMED, VOID):
            assert used.setdefault(entry.text, entry.holder_id) == entry.holder_id, "a number was used twice"
    assert set(used) <= {e.text for e in entries}, "a used or void number left the ledger"


def test_numbers_count_up_in_the_order_of_drawing(ctx: Context) -> None:
    with ctx.database.write() as session:
        texts = [draw(session, "g", str(n)) for n in range(12)]
    assert [int(t.split("第")[1].rstrip("号")) for t in texts] == list(itertools.islice(itertools.count(1), 12))
