"""Long work keeps its promises on both columns: nothing is lost, nothing is done twice, whoever dies."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from foundation import slots
from foundation.context import Context
from foundation.errors import NotFound, Refused
from foundation.jobs import JobFacts, JobState, ask, job_facts, jobs_of, retry
from foundation.workflows import LEFT_BEHIND, run_in_process, workers_alive
from tests.contracts.work import effects, flag
from tests.databases import END_OTHERS, plain

pytestmark = pytest.mark.slow
Workers = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Workers]:
    """Give a function that starts a worker process; what still runs at the end is killed."""
    started = []

    def begin(ctx: Context, version: str = "") -> subprocess.Popen[bytes]:
        given = ctx.settings.model_dump(
            include={"data_dir", "database_url", "blobs_url", "s3_endpoint", "s3_key", "s3_secret"}
        )
        variables = os.environ | {f"ANJUAN_{name.upper()}": str(value) for name, value in given.items()}
        variables["WORK_VERSION"] = version
        started.append(subprocess.Popen([sys.executable, "-m", "tests.contracts.work"], env=variables))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def asked(ctx: Context, kind: str, subject: str) -> str:
    with ctx.database.write() as session:
        return ask(session, ctx, kind=kind, subject=subject, by="account-1", agency_id="a1")


def facts(ctx: Context, job_id: str) -> JobFacts:
    with ctx.database.read() as session:
        return job_facts(session, job_id)


def wait(until: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_job_runs_its_steps_and_shows_how_far_it_is(any_ctx: Context, start: Workers) -> None:
    job_id = asked(any_ctx, "three", "s")
    assert facts(any_ctx, job_id).state == JobState.WAITING
    start(any_ctx)
    wait(lambda: facts(any_ctx, job_id).is_over)
    done = facts(any_ctx, job_id)
    assert (done.state, done.done, done.total, done.message) == (JobState.DONE, 3, 3, "完成")
    assert done.result == {"first": "s:first", "third": "s:third", "by": "account-1"}
    assert [(s.seq, s.name, s.tries) for s in done.steps] == [(1, "first", 1), (2, "second", 1), (3, "third", 1)]
    assert done.worker == "worker-00"


def test_when_a_worker_is_killed_another_goes_on_and_no_finished_step_runs_again(
    any_ctx: Context, start: Workers
) -> None:
    flag(any_ctx, "hold").touch()
    job_id = asked(any_ctx, "three", "s")
    first = start(any_ctx)
    wait(lambda: "s:second-begins" in effects(any_ctx))
    start(any_ctx)
    wait(lambda: workers_alive(any_ctx) == 2)
    first.kill()
    first.wait()
    wait(lambda: effects(any_ctx).count("s:second-begins") == 2)
    flag(any_ctx, "hold").unlink()
    wait(lambda: facts(any_ctx, job_id).is_over)
    assert facts(any_ctx, job_id).state == JobState.DONE
    assert effects(any_ctx) == ["s:first", "s:second-begins", "s:second-begins", "s:second", "s:third"]
    assert facts(any_ctx, job_id).worker == "worker-01"


def test_two_workers_share_the_work_and_do_nothing_twice(any_ctx: Context, start: Workers) -> None:
    ids = [asked(any_ctx, "three", f"s{i}") for i in range(30)]
    start(any_ctx)
    start(any_ctx)
    wait(lambda: all(facts(any_ctx, i).is_over for i in ids), 120)
    found = [facts(any_ctx, i) for i in ids]
    assert {f.state for f in found} == {JobState.DONE}
    assert sorted(effects(any_ctx)) == sorted(
        f"s{i}:{s}" for i in range(30) for s in ("first", "second-begins", "second", "third")
    )
    assert {f.worker for f in found} == {"worker-00", "worker-01"}


def test_a_worker_that_is_asked_to_stop_finishes_what_it_is_at(any_ctx: Context, start: Workers) -> None:
    flag(any_ctx, "hold").touch()
    job_id = asked(any_ctx, "three", "s")
    worker = start(any_ctx)
    wait(lambda: "s:second-begins" in effects(any_ctx))
    worker.terminate()
    flag(any_ctx, "hold").unlink()
    assert worker.wait(60) == 0
    assert facts(any_ctx, job_id).state == JobState.DONE
    assert workers_alive(any_ctx) == 0


def test_a_worker_outlives_the_loss_of_all_its_connections(scaled_ctx: Context, start: Workers) -> None:
    flag(scaled_ctx, "hold").touch()
    job_id = asked(scaled_ctx, "three", "s")
    worker = start(scaled_ctx)
    wait(lambda: "s:second-begins" in effects(scaled_ctx))
    with psycopg.connect(plain(scaled_ctx.settings.database), autocommit=True) as connection:
        connection.execute(END_OTHERS)
    flag(scaled_ctx, "hold").unlink()
    wait(lambda: facts(scaled_ctx, job_id).is_over)
    wait(lambda: slots.held(scaled_ctx) == ["worker-00"])
    assert (facts(scaled_ctx, job_id).state, worker.poll()) == (JobState.DONE, None)
    assert effects(scaled_ctx) == ["s:first", "s:second-begins", "s:second", "s:third"]


def test_a_worker_whose_slot_was_taken_meanwhile_ends_at_once(scaled_ctx: Context, start: Workers) -> None:
    job_id, worker = asked(scaled_ctx, "three", "s"), start(scaled_ctx)
    wait(lambda: facts(scaled_ctx, job_id).is_over)
    worker.send_signal(signal.SIGSTOP)
    with psycopg.connect(plain(scaled_ctx.settings.database), autocommit=True) as connection:
        connection.execute(END_OTHERS)
    scaled_ctx.database.close()
    with slots.hold(scaled_ctx, slots.WORKERS) as slot:
        assert slot.name == "worker-00"
        worker.send_signal(signal.SIGCONT)
        assert worker.wait(60) == LEFT_BEHIND


def test_a_job_that_kills_its_workers_is_parked_and_can_be_tried_again(any_ctx: Context, start: Workers) -> None:
    flag(any_ctx, "broken").touch()
    job_id = asked(any_ctx, "failing", "dies")

    def parked() -> bool:
        if not workers_alive(any_ctx):
            start(any_ctx)
            wait(lambda: workers_alive(any_ctx) or facts(any_ctx, job_id).is_over)
        return facts(any_ctx, job_id).is_over

    wait(parked, 120)
    assert facts(any_ctx, job_id).state == JobState.PARKED
    assert "中止3次" in facts(any_ctx, job_id).error
    assert effects(any_ctx) == ["first", "second", "second", "second"]
    flag(any_ctx, "broken").unlink()
    with any_ctx.database.write() as session:
        retry(session, any_ctx, job_id)
    wait(lambda: facts(any_ctx, job_id).is_over)
    assert facts(any_ctx, job_id).state == JobState.DONE
    assert effects(any_ctx) == ["first", "second", "second", "second", "second"]


@pytest.mark.parametrize(
    ("way", "tries", "says"), [("refused", 1, "案件已归档"), ("down", 3, "对象存储"), ("bug", 3, "KeyError")]
)
def test_a_step_that_fails_for_good_parks_the_job_and_a_retry_goes_on_there(
    any_ctx: Context, way: str, tries: int, says: str
) -> None:
    flag(any_ctx, "broken").touch()
    job_id = asked(any_ctx, "failing", way)
    parked = run_in_process(any_ctx, job_id)
    assert (parked.state, says in parked.error) == (JobState.PARKED, True)
    assert parked.remedy
    assert effects(any_ctx) == ["first"] + ["second"] * tries
    flag(any_ctx, "broken").unlink()
    with any_ctx.database.write() as session:
        retry(session, any_ctx, job_id)
    assert run_in_process(any_ctx, job_id).state == JobState.DONE
    assert effects(any_ctx) == ["first"] + ["second"] * (tries + 1)


def test_a_command_takes_a_job_over_from_a_worker_that_died(any_ctx: Context, start: Workers) -> None:
    flag(any_ctx, "hold").touch()
    job_id = asked(any_ctx, "three", "s")
    worker = start(any_ctx)
    wait(lambda: "s:second-begins" in effects(any_ctx))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    flag(any_ctx, "hold").unlink()
    assert run_in_process(any_ctx, job_id).state == JobState.DONE
    assert effects(any_ctx).count("s:first") == 1


def test_jobs_survive_the_loss_of_the_engines_own_database(ctx: Context, start: Workers) -> None:
    flag(ctx, "hold").touch()
    job_id = asked(ctx, "three", "s")
    worker = start(ctx)
    wait(lambda: "s:second-begins" in effects(ctx))
    worker.kill()
    worker.wait()
    for path in ctx.settings.data_dir.glob("dbos.sqlite*"):
        path.unlink()
    flag(ctx, "hold").unlink()
    start(ctx)
    wait(lambda: facts(ctx, job_id).is_over)
    assert facts(ctx, job_id).state == JobState.DONE


def test_a_job_exists_only_if_the_change_that_asked_for_it_does(any_ctx: Context) -> None:
    with contextlib.suppress(KeyError), any_ctx.database.write() as session:
        ask(session, any_ctx, kind="three", subject="s", by="b")
        raise KeyError
    with any_ctx.database.read() as session:
        assert jobs_of(session) == []
        with pytest.raises(NotFound):
            job_facts(session, "none")


def test_only_a_parked_job_is_tried_again(ctx: Context) -> None:
    job_id = asked(ctx, "three", "s")
    with pytest.raises(Refused, match="等待办理"), ctx.database.write() as session:
        retry(session, ctx, job_id)


def test_jobs_are_found_by_subject_asker_kind_and_state(ctx: Context) -> None:
    one, two = asked(ctx, "three", "s1"), asked(ctx, "failing", "s2")
    with ctx.database.read() as session:
        assert [f.id for f in jobs_of(session, agency_id="a1")] == [two, one]
        assert [f.id for f in jobs_of(session, subject="s1", by="account-1")] == [one]
        assert [f.id for f in jobs_of(session, kind="failing", states=[JobState.WAITING])] == [two]
        assert jobs_of(session, states=[JobState.DONE]) == []


def test_a_slot_has_one_holder_and_falls_free_with_it(any_ctx: Context) -> None:
    with slots.hold(any_ctx, slots.WORKERS) as one, slots.hold(any_ctx, slots.WORKERS) as two:
        assert (one.name, two.name) == ("worker-00", "worker-01")
        assert slots.held(any_ctx) == ["worker-00", "worker-01"]
        assert slots.try_take(any_ctx, "worker-01") is None
        assert one.is_held()
    assert slots.held(any_ctx) == []
    assert slots.try_take(any_ctx, "nobody") is None


def test_f18_two_app_versions_during_rolling_upgrade(any_ctx: Context, start: Workers) -> None:
    """Jobs queued and running across an upgrade all finish once, on tables that the later version added to."""
    flag(any_ctx, "hold").touch()
    jobs = {name: asked(any_ctx, "three", name) for name in "abc"}  # a worker takes two, the third waits
    old = start(any_ctx)
    wait(lambda: len(effects(any_ctx)) == 4)
    with any_ctx.database.write() as session:
        session.execute(sa.text("ALTER TABLE job ADD COLUMN word_of_tomorrow VARCHAR(10)"))
    start(any_ctx, "new")
    wait(lambda: workers_alive(any_ctx) == 2)
    old.send_signal(signal.SIGTERM)
    old.wait(20)
    flag(any_ctx, "hold").unlink()
    wait(lambda: all(facts(any_ctx, j).is_over for j in jobs.values()))
    assert {facts(any_ctx, j).state for j in jobs.values()} == {JobState.DONE}
    seen = effects(any_ctx)
    for name in jobs:
        assert seen.count(f"{name}:first") == 1
        assert [e for e in seen if e.startswith(f"{name}:third")] == [f"{name}:thirdnew"]
