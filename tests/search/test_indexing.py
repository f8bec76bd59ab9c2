"""Keeping an index in step: rows of the outbox, versions, rebuilds under writes, comparison and repair."""

import threading
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa

from casework.models import CaseRow, DocumentBlobRow, DocumentRow, DocumentVersionRow, PartyRow
from foundation import outbox
from foundation.context import Context
from foundation.errors import Conflict, Unavailable
from foundation.jobs import DUTIES, KINDS
from foundation.outbox import OutboxRow
from search import indexing, jobs
from search.asking import find
from search.backend import engine_of
from search.entries import Change, Entry, Gone
from tests.search.office import Town, a_town


@pytest.fixture
def town(found_ctx: Context) -> Town:
    return a_town(found_ctx)


def total(town: Town, text: str) -> int:
    return find(town.ctx, town.head, text).total


def waiting(ctx: Context) -> list[str]:
    with ctx.database.read() as session:
        return outbox.waiting(session, "index")


def later(monkeypatch: pytest.MonkeyPatch, town: Town, name: str, act: Callable[[], object]) -> None:
    """Do something once, just before the engine's next call of a method."""
    engine, done = engine_of(town.ctx), []
    method = getattr(engine, name)

    def called(*args: object) -> object:
        if not done:
            done.append(True)
            act()
        return method(*args)

    monkeypatch.setattr(engine, name, called)


def test_catching_up_empties_the_outbox_and_says_how_much_it_was(town: Town) -> None:
    town.paper("砂料")
    assert len(waiting(town.ctx)) == 2
    assert indexing.catch_up(town.ctx) == 2
    assert (waiting(town.ctx), indexing.catch_up(town.ctx)) == ([], 0)
    assert total(town, "砂料") == 1


def test_many_rows_of_one_thing_are_one_entry(town: Town) -> None:
    paper = town.paper("砂料")
    for _ in range(230):
        town.touch("document", paper)
    assert indexing.catch_up(town.ctx) == 232
    assert total(town, "砂料") == 1


def test_rows_of_other_topics_stay(town: Town) -> None:
    with town.ctx.database.write() as session:
        outbox.add(session, topic="notice", kind="document", subject="x", at=town.ctx.clock.now())
    indexing.catch_up(town.ctx)
    with town.ctx.database.read() as session:
        assert outbox.waiting(session, "notice") == ["x"]


def test_a_change_that_comes_while_its_thing_is_indexed_is_not_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = town.paper("砂料", title="旧题")
    indexing.catch_up(town.ctx)
    town.touch("document", paper)
    later(monkeypatch, town, "write", lambda: town.change(paper, title="新题"))
    indexing.catch_up(town.ctx)
    assert (total(town, "新题"), total(town, "旧题"), waiting(town.ctx)) == (1, 0, [])


def test_a_worker_that_read_an_older_state_does_not_overwrite_a_newer_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = town.paper("砂料", title="旧题")
    indexing.catch_up(town.ctx)
    town.touch("document", paper)

    def meanwhile() -> None:
        town.change(paper, title="新题")
        indexing.catch_up(town.ctx)

    later(monkeypatch, town, "write", meanwhile)
    indexing.catch_up(town.ctx)
    assert (total(town, "新题"), total(town, "旧题")) == (1, 0)


def test_a_worker_killed_before_its_rows_are_deleted_is_made_good(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.paper("砂料")

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "done", die)
        with pytest.raises(Killed):
            indexing.catch_up(town.ctx)
    assert len(waiting(town.ctx)) == 2
    indexing.catch_up(town.ctx)
    assert (waiting(town.ctx), total(town, "砂料")) == ([], 1)


def test_two_workers_at_once_index_everything_once(town: Town) -> None:
    indexing.catch_up(town.ctx)
    for n in range(30):
        town.paper(f"砂料{n}")
    counts: list[int] = []
    workers = [threading.Thread(target=lambda: counts.append(indexing.catch_up(town.ctx))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (waiting(town.ctx), total(town, "砂料")) == ([], 30)
    if town.ctx.database.is_postgresql:
        assert sum(counts) == 30


def test_of_two_workers_without_an_index_one_builds_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.paper("砂料")
    others: list[int] = []
    later(monkeypatch, town, "switch", lambda: others.append(indexing.catch_up(town.ctx)))
    assert indexing.catch_up(town.ctx) == 2
    assert (others, total(town, "砂料")) == ([0], 1)


def test_a_second_rebuild_at_the_same_time_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def second() -> None:
        with pytest.raises(Conflict):
            indexing.rebuild(town.ctx)

    later(monkeypatch, town, "switch", second)
    assert indexing.rebuild(town.ctx) == 1


def test_indexing_does_not_hold_the_lock_of_savers(plain_ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    town = a_town(plain_ctx)
    indexing.catch_up(plain_ctx)
    paper = town.paper("砂料")
    later(monkeypatch, town, "write", lambda: town.change(paper, title="保存"))
    indexing.catch_up(plain_ctx)  # a held lock would have made the saver wait for us for ever


def test_one_thing_that_cannot_be_read_stops_no_other_and_is_not_found(town: Town) -> None:
    broken, whole = town.paper("砂料一"), town.paper("砂料二")
    with town.ctx.database.write() as session:
        session.get_one(DocumentRow, broken).definition_digest = "f" * 64
    indexing.catch_up(town.ctx)
    assert set(waiting(town.ctx)) == {broken}
    assert [h.id for h in find(town.ctx, town.head, "砂料").hits] == [whole]
    with town.ctx.database.write() as session:
        row = session.get_one(DocumentRow, broken)
        row.definition_digest = session.get_one(DocumentRow, whole).definition_digest
    indexing.catch_up(town.ctx)
    assert (waiting(town.ctx), total(town, "砂料")) == ([], 2)


def test_a_thing_that_is_no_more_leaves_the_index(town: Town) -> None:
    paper = town.paper("砂料")
    indexing.catch_up(town.ctx)
    with town.ctx.database.write() as session:
        session.execute(sa.delete(DocumentVersionRow).where(DocumentVersionRow.document_id == paper))
        session.execute(sa.delete(DocumentBlobRow).where(DocumentBlobRow.document_id == paper))
        session.execute(sa.delete(DocumentRow).where(DocumentRow.id == paper))
    town.touch("document", paper)
    indexing.catch_up(town.ctx)
    assert (total(town, "砂料"), waiting(town.ctx)) == (0, [])


def test_an_unknown_kind_of_row_is_passed_over(town: Town) -> None:
    town.touch("rumour", "x")
    indexing.catch_up(town.ctx)
    assert waiting(town.ctx) == []


def test_papers_follow_what_changes_in_their_case(town: Town) -> None:
    town.paper("砂料")
    indexing.catch_up(town.ctx)
    with town.ctx.database.write() as session:
        session.execute(sa.update(PartyRow).values(name="改了名的当事人"))
        session.get_one(CaseRow, town.case_id).index_version += 1
    town.touch("case", town.case_id)
    indexing.catch_up(town.ctx)
    assert (total(town, "改了名的当事人"), total(town, "阿依古丽")) == (2, 0)


def test_a_rebuild_finds_everything_without_the_outbox(town: Town) -> None:
    town.paper("砂料")
    town.recording(summary="砂料")
    with town.ctx.database.write() as session:
        session.execute(sa.delete(OutboxRow))
    told: list[tuple[int, int, str]] = []
    assert indexing.rebuild(town.ctx, lambda *progress: told.append(progress)) == 3
    assert total(town, "砂料") == 2
    assert (told[-1][0], told[-1][1]) == (3, 3)


def test_the_present_index_answers_while_another_is_built(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.paper("砂料")
    indexing.catch_up(town.ctx)
    answers: list[int] = []
    later(monkeypatch, town, "add", lambda: answers.append(total(town, "砂料")))
    later(monkeypatch, town, "switch", lambda: answers.append(total(town, "砂料")))
    indexing.rebuild(town.ctx)
    assert (answers, total(town, "砂料")) == ([1, 1], 1)


def test_what_changes_during_a_rebuild_is_in_the_new_index(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = town.paper("砂料", title="旧题")
    indexing.catch_up(town.ctx)

    def meanwhile() -> None:
        town.change(paper, title="新题")
        town.paper("水泥")
        indexing.catch_up(town.ctx)

    later(monkeypatch, town, "add", meanwhile)
    later(monkeypatch, town, "switch", lambda: (town.paper("石子"), indexing.catch_up(town.ctx)))
    indexing.rebuild(town.ctx)
    assert [total(town, t) for t in ("新题", "旧题", "水泥", "石子")] == [1, 0, 1, 1]
    assert waiting(town.ctx) == []


def test_a_rebuild_that_broke_off_leaves_the_index_as_it_was(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.paper("砂料")
    indexing.catch_up(town.ctx)

    def die() -> None:
        raise Unavailable("停电了")

    with monkeypatch.context() as patch:
        later(patch, town, "switch", die)
        with pytest.raises(Unavailable):
            indexing.rebuild(town.ctx)
    assert total(town, "砂料") == 1
    town.paper("砂料二")
    indexing.catch_up(town.ctx)
    assert total(town, "砂料") == 2
    indexing.rebuild(town.ctx)
    assert total(town, "砂料") == 2


def test_one_broken_paper_stops_no_rebuild(town: Town) -> None:
    broken, _ = town.paper("砂料一"), town.paper("砂料二")
    with town.ctx.database.write() as session:
        session.get_one(DocumentRow, broken).definition_digest = "f" * 64
        session.execute(sa.delete(OutboxRow))
    assert indexing.rebuild(town.ctx) == 2
    assert (total(town, "砂料"), waiting(town.ctx)) == (1, [broken])


def test_an_index_in_step_is_found_whole(town: Town) -> None:
    town.paper("砂料")
    found = indexing.reconcile(town.ctx)
    assert (found.entries, found.wrong, found.was_rebuilt) == (2, (), False)


def test_comparing_repairs_what_is_missing_outdated_and_surplus(town: Town) -> None:
    missing, outdated = town.paper("砂料一"), town.paper("砂料二", title="旧题")
    indexing.catch_up(town.ctx)
    with town.ctx.database.write() as session:
        session.get_one(DocumentRow, missing).index_version += 2
        session.get_one(DocumentRow, outdated).title = "新题"
    write(town, [Gone(id=missing, version=1), stray(town)])
    found = indexing.reconcile(town.ctx)
    assert (found.missing, found.outdated, found.surplus, found.was_rebuilt) == (1, 1, 1, False)
    assert (total(town, "新题"), total(town, "砂料"), total(town, "没有的")) == (1, 2, 0)
    assert not indexing.reconcile(town.ctx).wrong


def test_an_index_ahead_of_a_restored_database_is_built_anew(town: Town) -> None:
    paper = town.paper("砂料", title="备份里的题")
    indexing.catch_up(town.ctx)
    write(town, [ahead(town, paper)])
    found = indexing.reconcile(town.ctx)
    assert (found.outdated, found.was_rebuilt) == (1, True)
    assert (total(town, "备份里的题"), total(town, "后来的题")) == (1, 0)


def write(town: Town, changes: Sequence[Change]) -> None:
    engine_of(town.ctx).write(changes)


def stray(town: Town) -> Entry:
    facts = {"agency_id": town.agency_id, "case_id": town.case_id, "secrecy": "normal"}
    texts = {"title": "没有的"}
    return Entry(id="stray", thing="document", version=1, date="2026-01-05", facts=facts, texts=texts)


def ahead(town: Town, paper: str) -> Entry:
    facts = {"agency_id": town.agency_id, "case_id": town.case_id, "secrecy": "normal"}
    texts = {"title": "后来的题"}
    return Entry(id=paper, thing="document", version=99, date="2026-01-05", facts=facts, texts=texts)


def test_the_worker_catches_up_by_itself_and_knows_the_long_work() -> None:
    assert DUTIES["index"].run is indexing.catch_up
    assert {jobs.REBUILD, jobs.RECONCILE} <= set(KINDS)


def test_jobs_rebuild_and_reconcile(plain_ctx: Context) -> None:
    town = a_town(plain_ctx)
    town.paper("砂料")

    class Now:
        """Runs steps at once."""

        ctx = plain_ctx

        def step(self, _name: str, function: Callable[[], object]) -> object:
            return function()

        def progress(self, *_: object) -> None:
            pass

    assert KINDS[jobs.REBUILD].run(Now()) == {"entries": 2}  # type: ignore[arg-type]
    assert (KINDS[jobs.RECONCILE].run(Now()) or {})["missing"] == 0  # type: ignore[arg-type]
