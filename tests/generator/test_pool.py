"""Workers: papers in order, bombs stopped by their limits, a killed worker costs one retry and no other paper."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import BadInput, Broken, Unavailable
from foundation.settings import Settings
from generator import pool as pools
from generator.job import Job, Made
from generator.pipeline import make
from generator.pool import Pool
from tests.generator.jobs import job, small_job


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Give a pool of two workers."""
    with Pool(Settings(_env_file=None, render_workers=2)) as pool:  # type: ignore[call-arg]
        yield pool


def _dies_once(path: str) -> Made:
    """Kill the worker at the first try, make a paper at the second."""
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return make(job("inquiry_record"))


def _dies(_job: Job) -> Made:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _eats_memory(_job: Job) -> Made:
    hoard = [bytearray(1 << 30) for _ in range(4)]
    raise AssertionError(len(hoard))


def _never_ends(_job: Job) -> Made:
    while True:
        time.sleep(0.1)


def _burns(_job: Job) -> Made:
    while True:
        pass


def _stumbles(_job: Job) -> Made:
    raise ZeroDivisionError


@pytest.fixture
def instead(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> Any:
    """Let workers run something else; the pool must not have started them."""

    def replace_work(work: Any) -> None:
        monkeypatch.setattr(pools, "_work", work)

    return replace_work


def test_papers_come_back_in_order_and_as_made_here(pool: Pool) -> None:
    jobs = [job("penalty_decision"), job("inquiry_record"), job("case_initiation_approval")]
    assert [made.pdf for made in pool.make_all(jobs)] == [make(j).pdf for j in jobs]


def test_an_error_of_a_paper_comes_back_as_it_was(pool: Pool) -> None:
    bad = small_job([{"text": "{{ one }}"}], {"one": "x"}, fields=[{"name": "one", "label": "某栏", "kind": "date"}])
    with pytest.raises(BadInput, match="某栏") as caught:
        pool.make(bad)
    assert caught.value.path == "one"
    assert pool.make(job("inquiry_record")).pages == 2


def test_a_killed_worker_costs_one_retry(pool: Pool, instead: Any, tmp_path: Path) -> None:
    instead(_DiesOnce(str(tmp_path / "tried")))
    assert pool.make(job("inquiry_record")).pages == 2
    assert (tmp_path / "tried").exists()


class _DiesOnce:
    """A picklable stand-in for a worker's work."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, _job: Job) -> Made:
        return _dies_once(self.path)


def test_a_worker_that_dies_twice_is_said_and_the_pool_goes_on(pool: Pool, instead: Any) -> None:
    before = pools._work
    instead(_dies)
    with pytest.raises(Unavailable, match="两次"):
        pool.make(job("inquiry_record"))
    instead(before)
    assert pool.make(job("inquiry_record")).pages == 2


def test_memory_beyond_the_limit_is_refused(pool: Pool, instead: Any) -> None:
    instead(_eats_memory)
    with pytest.raises(BadInput, match="内存超限"):
        pool.make(job("inquiry_record"))


def test_a_paper_that_never_ends_is_stopped(pool: Pool, instead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "WALL_SECONDS", 2)
    instead(_never_ends)
    with pytest.raises(BadInput, match="超过2秒"):
        pool.make(job("inquiry_record"))


def test_an_unforeseen_error_names_the_paper_and_hides_the_rest(pool: Pool, instead: Any) -> None:
    instead(_stumbles)
    with pytest.raises(Broken, match="《询问笔录》制作失败：ZeroDivisionError"):
        pool.make(job("inquiry_record"))


def test_one_heavy_paper_does_not_stop_the_others(pool: Pool) -> None:
    heavy = small_job([{"text": "{{ text }}"}], {"text": "重" * 150_000})
    done: list[Made] = []
    side = threading.Thread(target=lambda: done.append(pool.make(heavy)))
    side.start()
    assert pool.make(job("inquiry_record")).pages == 2
    side.join()
    assert done[0].pages > 200


@pytest.mark.parametrize("length", [200_001, 1_000_000])
def test_a_value_too_long_to_draw_is_refused(pool: Pool, length: int) -> None:
    with pytest.raises(BadInput, match="超过200000字"):
        pool.make(small_job([{"text": "{{ text }}"}], {"text": "长" * length}))


def test_more_cells_than_can_be_drawn_are_refused(pool: Pool) -> None:
    columns = [{"name": f"c{i}", "label": f"栏{i}"} for i in range(8)]
    rows = [{f"c{i}": "格" for i in range(8)}] * 4000
    field = {"name": "rows", "label": "清单", "kind": "list", "columns": columns}
    with pytest.raises(BadInput, match="格的表格"):
        pool.make(small_job([{"list": "rows"}], {"rows": rows}, fields=[field], layout="list"))


def test_more_pages_than_any_paper_has_are_refused(pool: Pool) -> None:
    text = "\n".join(["行"] * 12_000)
    with pytest.raises(Broken, match="超过400页"):
        pool.make(small_job([{"text": "{{ text }}"}], {"text": text}))


def test_a_closed_pool_starts_again(pool: Pool) -> None:
    pool.close()
    assert pool.make(replace(job("inquiry_record"))).pages == 2
