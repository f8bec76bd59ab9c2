"""Issuing from end to end: three steps, each of which may be killed; one number, one paper; no lock while drawing."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from access.facts import Actor
from casework import queries
from casework.facts import DocumentFacts, Status
from casework.operations import issuing as operations
from cli.replay import Replay
from cli.scenario import Step, load_scenario
from foundation.clock import ManualClock
from foundation.context import Context
from foundation.errors import Refused
from foundation.settings import ROOT
from generator import issuing
from generator.drawing import preview
from generator.job import Job, Made
from generator.pipeline import make
from generator.press import Press
from tests.generator.jobs import texts

SCENARIO = load_scenario(ROOT / "tests/scenarios/case_general.yaml")


class Here:
    """Makes papers in this process, and lets a test act meanwhile; stands for the pool, which has its own tests."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], None] = lambda: None

    def make(self, job: Job) -> Made:
        """Make a paper."""
        self.meanwhile()
        return make(job)

    def close(self) -> None:
        """Stop nothing."""


@dataclass
class Desk:
    """A case with a signed paper that is ready to be issued."""

    ctx: Context
    play: Replay
    press: Press
    pool: Here
    actor: Actor
    document_id: str

    def issue(self) -> DocumentFacts:
        """Issue the paper."""
        return issuing.issue(self.ctx, self.actor, self.document_id, self.press)

    def document(self) -> DocumentFacts:
        """Read the paper."""
        with self.ctx.database.read() as session:
            return queries.document_facts(session, self.document_id, self.play.clock.now().date())


def _unissued(step: Step) -> Step:
    return dataclasses.replace(step, keys={k: v for k, v in step.keys.items() if k != "issue"}, expect={})


def _desk(ctx: Context, **data: Any) -> Desk:
    """Open the first case of the demonstration, its inspection approval signed by everybody, some values changed."""
    assert isinstance(ctx.clock, ManualClock)
    play = Replay(ctx, ctx.clock, SCENARIO, None)
    play.set_up()
    play.play(SCENARIO.steps[0])
    step = _unissued(SCENARIO.steps[1])
    play.play(dataclasses.replace(step, keys={**step.keys, "data": {**step.keys["data"], **data}}))
    press, pool = Press(ctx), Here()
    press.pool = pool  # type: ignore[assignment]
    document_id = play.cast.documents[step.id]
    return Desk(ctx=ctx, play=play, press=press, pool=pool, actor=play.actor("甲一"), document_id=document_id)


@pytest.fixture
def desk(ctx: Context) -> Desk:
    """Give a case with a signed paper."""
    return _desk(ctx)


@pytest.fixture
def notice(desk: Desk) -> Desk:
    """Give the same case one step on: an inspection notice, which is sealed."""
    desk.issue()
    step = SCENARIO.steps[2]
    desk.play.play(_unissued(step))
    desk.document_id = desk.play.cast.documents[step.id]
    return desk


def _fail() -> None:
    raise KeyboardInterrupt


def test_a_paper_is_issued_with_its_files(desk: Desk) -> None:
    issued = desk.issue()
    assert issued.status is Status.ISSUED
    assert {"docx", "pdf", "text"} <= set(issued.blobs)
    pdf = desk.ctx.blobs.read(issued.blobs["pdf"])
    assert pdf.startswith(b"%PDF")
    assert "检查" in texts(pdf)[0]
    assert "物料堆场扬尘防治" in desk.ctx.blobs.read(issued.blobs["text"]).decode()
    assert desk.ctx.blobs.read(issued.blobs["docx"]).startswith(b"PK")


def test_a_type_without_seal_is_not_sealed(desk: Desk) -> None:
    assert "sealed" not in desk.issue().blobs


def test_a_type_with_seal_is_sealed_and_keeps_its_unsealed_file(notice: Desk) -> None:
    issued = notice.issue()
    sealed, plain = (notice.ctx.blobs.read(issued.blobs[kind]) for kind in ("sealed", "pdf"))
    assert sealed.startswith(plain)
    assert b"/ETSI.CAdES.detached" in sealed
    assert not issued.sealed_without_timestamp


def test_a_paper_shows_its_number_and_date(notice: Desk) -> None:
    issued = notice.issue()
    text = "".join(texts(notice.ctx.blobs.read(issued.blobs["pdf"])))
    assert issued.number
    assert issued.number in text
    assert "2026年1月6日" in text


def test_a_double_click_issues_once(notice: Desk) -> None:
    first, second = notice.issue(), notice.issue()
    assert (first.number, first.blobs) == (second.number, second.blobs)


@pytest.mark.parametrize("step", ["make", "store", "commit"])
def test_a_killed_step_is_taken_up_with_the_same_number(
    notice: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    killed: dict[str, tuple[Any, str]] = {
        "make": (notice.pool, "meanwhile"),
        "store": (notice.ctx.blobs, "put"),
        "commit": (operations, "commit"),
    }
    thing, name = killed[step]
    with monkeypatch.context() as patch:
        patch.setattr(thing, name, lambda *_args, **_named: _fail())
        with pytest.raises(KeyboardInterrupt):
            notice.issue()
    waiting = notice.document()
    assert waiting.status is Status.ISSUING
    assert waiting.number
    assert waiting.blobs == {}
    issued = notice.issue()
    assert issued.status is Status.ISSUED
    assert issued.number == waiting.number


def test_a_second_try_gives_the_same_unsealed_bytes(notice: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    monkeypatch.setattr(issuing, "_stored", lambda _ctx, paper, *_rest: made.append(paper.pdf) or _fail())
    with pytest.raises(KeyboardInterrupt):
        notice.issue()
    monkeypatch.undo()
    issued = notice.issue()
    assert notice.ctx.blobs.read(issued.blobs["pdf"]) == made[0]


def test_the_database_is_not_locked_while_a_paper_is_drawn(notice: Desk) -> None:
    written: list[bool] = []

    def write() -> None:
        with notice.ctx.database.write() as session:
            queries.document_facts(session, notice.document_id, notice.play.clock.now().date())
        written.append(True)

    notice.pool.meanwhile = write
    notice.issue()
    assert written == [True]


def test_a_character_that_no_font_draws_stops_issuing_before_anything_is_drawn(ctx: Context) -> None:
    desk = _desk(ctx, frequency_check="本年度第1次（\ue000）")
    with pytest.raises(Refused, match="自造字") as caught:
        desk.issue()
    (finding,) = caught.value.findings
    assert (finding.code, finding.path) == ("GLYPH", "frequency_check")
    assert "var/fonts" in finding.remedy
    assert desk.document().status is Status.SIGNING
    assert desk.document().number == ""


def test_an_authority_that_is_down_marks_the_paper(notice: Desk) -> None:
    settings = notice.ctx.settings.model_copy(update={"tsa_url": "http://127.0.0.1:9/"})
    notice.ctx = dataclasses.replace(notice.ctx, settings=settings)
    issued = notice.issue()
    assert issued.status is Status.ISSUED
    assert issued.sealed_without_timestamp


def test_a_preview_is_drawn_from_the_paper_as_it_stands(notice: Desk) -> None:
    with notice.ctx.database.read() as session:
        drawn = preview(notice.ctx, session, notice.document_id, notice.press.pool)
    text = "".join(texts(drawn.pdf))
    assert "草稿" in text
    assert drawn.sealed is None
    assert "清河镇示例砂石料场有限公司" in text


def test_given_up_and_issued_again_the_number_is_used_again(notice: Desk) -> None:
    notice.pool.meanwhile = _fail
    with pytest.raises(KeyboardInterrupt):
        notice.issue()
    number = notice.document().number
    operations.give_up(notice.ctx, notice.actor, document_id=notice.document_id, reason="内容有误")
    notice.pool.meanwhile = lambda: None
    assert notice.issue().number == number
