"""The archivist's desk: the order by rule, moves by hand with their reason, what is missing, how far each paper is."""

from collections.abc import Sequence

import pytest

from access.facts import Actor
from archive import desk as desks
from archive import queries
from archive.casefile import case_file, office_of
from archive.completeness import completeness, light
from archive.desk import Desk, ask_pack
from archive.facts import MAIN, SIDE
from archive.rearranging import move, reset
from casework import casebook, shelf
from foundation import journal, workflows
from foundation.errors import BadInput, Forbidden, Refused
from tests.archive.conftest import Office

WHY = "便于阅卷"


def on_desk(office: Office) -> Desk:
    with office.ctx.database.read() as session:
        at = office_of(office.ctx, session)
        return desks.desk(at, case_file(at, office.case_id))


def order(office: Office, volume: str = MAIN) -> list[str]:
    return [p.entry.document_id for v in on_desk(office).volumes if v.name == volume for p in v.places]


def moved(office: Office, document: str, before: str, *, origin: str = MAIN, to: str = MAIN, why: str = WHY) -> None:
    words = {"case_id": office.case_id, "document_id": document, "origin": origin, "volume": to, "before_id": before}
    move(office.ctx, office.actor("壬九"), reason=why, **words)


def asked(office: Office, actor: Actor) -> Sequence[tuple[str, str, list[str]]]:
    with office.ctx.database.read() as session:
        at = office_of(office.ctx, session)
        rows = completeness(at, actor, case_file(at, office.case_id))
        return [(r.title, r.light, [g.message for g in r.gaps]) for r in rows]


@pytest.mark.article("A31.1")
def test_pages_of_the_desk_are_those_of_the_package(closed_office: Office) -> None:
    shown = on_desk(closed_office).volumes
    before = {(v.name, p.entry.document_id): (p.first, p.pages) for v in shown for p in v.places}
    closed_office.pack()
    with closed_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, closed_office.case_id)
        kept = {(i.volume, i.document_id): (i.first, i.pages) for i in queries.items_of(session, package.id)}
    assert {k: v for k, v in kept.items() if k in before} == before


def test_a_paper_is_moved_by_hand_with_its_reason_and_packed_so(closed_office: Office) -> None:
    first, second, *rest = order(closed_office)
    moved(closed_office, second, first)
    moved(closed_office, first, "")
    assert order(closed_office) == [second, *rest, first]
    closed_office.pack()
    with closed_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, closed_office.case_id)
        kept = [i.document_id for i in queries.items_of(session, package.id, MAIN)]
        events = [e for e in journal.events(session, f"case:{closed_office.case_id}") if e.kind == "file.paper_moved"]
        reasons = [m.reason for m in queries.arrangement_moves(session, closed_office.case_id)]
    assert [d for d in kept if d in (first, second, *rest)] == [second, *rest, first]
    assert ([e.data["document"] for e in events], reasons) == ([second, first], [WHY, WHY])


def test_what_comes_later_takes_its_place_by_rule_and_the_rules_order_comes_back(closed_office: Office) -> None:
    by_rule = order(closed_office)
    moved(closed_office, by_rule[0], "")
    reset(closed_office.ctx, closed_office.actor("壬九"), case_id=closed_office.case_id, reason="改回")
    assert order(closed_office) == by_rule
    with pytest.raises(Refused, match="规则排列"):
        reset(closed_office.ctx, closed_office.actor("壬九"), case_id=closed_office.case_id, reason="再改")


def test_a_paper_goes_to_the_side_volume_but_inside_papers_never_to_the_main_one(closed_office: Office) -> None:
    paper, inside = order(closed_office)[1], order(closed_office, SIDE)[0]
    moved(closed_office, paper, "", to=SIDE)
    assert order(closed_office, SIDE)[-1] == paper
    with pytest.raises(Refused, match="内部材料"):
        moved(closed_office, inside, "", origin=SIDE, to=MAIN)


@pytest.mark.parametrize("why", ["", "  ", "字" * 501])
def test_a_move_needs_a_reason_of_some_words(closed_office: Office, why: str) -> None:
    first, second, *_rest = order(closed_office)
    with pytest.raises(BadInput, match="理由"):
        moved(closed_office, second, first, why=why)


def test_nothing_is_moved_once_packing_began(handed_office: Office) -> None:
    first, second, *_rest = order(handed_office)
    with pytest.raises(Refused, match="已经开始组卷"):
        moved(handed_office, second, first)


def test_others_do_not_arrange(closed_office: Office) -> None:
    first, second, *_rest = order(closed_office)
    words = {"case_id": closed_office.case_id, "document_id": second, "origin": MAIN, "volume": MAIN}
    with pytest.raises(Forbidden):
        move(closed_office.ctx, closed_office.actor("丁四"), before_id=first, reason=WHY, **words)


@pytest.mark.article("A36.1")
def test_the_self_check_names_each_thing_that_is_missing_with_what_mends_it(closed_office: Office) -> None:
    archivist = closed_office.actor("壬九")
    assert light_of(closed_office, archivist) in ("ok", "wait")
    with closed_office.ctx.database.write() as session:
        casebook.change(session, closed_office.case_id, closed_on=None)
        shelf.change(session, order(closed_office)[1], at=closed_office.ctx.clock.now(), status="draft")
    rows = {title: (one, gaps) for title, one, gaps in asked(closed_office, archivist)}
    one, gaps = rows["案件已经结案，文书已经制发"]
    assert one == "bad"
    assert len(gaps) == 2
    with pytest.raises(Refused) as caught:
        ask_pack(closed_office.ctx, archivist, closed_office.case_id)
    assert len(caught.value.findings) == 2


def light_of(office: Office, actor: Actor) -> str:
    with office.ctx.database.read() as session:
        at = office_of(office.ctx, session)
        return light(completeness(at, actor, case_file(at, office.case_id)))


def test_packing_is_asked_for_once_and_shows_its_steps(closed_office: Office) -> None:
    archivist = closed_office.actor("壬九")
    job_id = ask_pack(closed_office.ctx, archivist, closed_office.case_id)
    assert ask_pack(closed_office.ctx, archivist, closed_office.case_id) == job_id
    assert workflows.run_in_process(closed_office.ctx, job_id).state == "done"
    shown = on_desk(closed_office)
    assert shown.package is not None
    assert (shown.package.state, len(shown.job.steps) if shown.job else 0) == ("kept", 6)


def test_a_paper_that_cannot_be_bound_is_to_be_mended_by_hand(closed_office: Office) -> None:
    ctx, first = closed_office.ctx, order(closed_office)[0]
    desks._COUNTS.clear()
    with ctx.database.read() as session:
        at = office_of(ctx, session)
        paper = at.document(first)
    ctx.blobs.remove(paper.blobs["pdf"])
    states = {p.entry.document_id: p.state for v in on_desk(closed_office).volumes for p in v.places}
    assert states[first] == "mend"
    assert set(states.values()) <= {"mend", "done", "waiting"}
