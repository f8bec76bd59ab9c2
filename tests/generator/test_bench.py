"""An agency's own Word templates: handed in, tried, approved by another, dated, retired; old papers stay the same."""

import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from casework.facts import DocumentFacts
from casework.operations.issuing import build_paper
from casework.views import office
from catalogue import word_templates
from catalogue.word_templates import TemplateFacts, TemplateState
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound, Refused
from generator import bench, issuing
from generator.compile_package import write_zip
from generator.drawing import job_of
from generator.job import Job, Made
from generator.pipeline import make
from generator.press import Press
from tests.casework.offices import Bureau, small
from tests.conftest import move

TYPE = "letter"
TODAY, LATER = dt.date(2026, 1, 5), dt.date(2026, 2, 1)


class Here:
    """Makes papers in this process; stands for the pool, which has its own tests."""

    def make(self, job: Job) -> Made:
        return make(job)


@dataclass
class Desk:
    """An office, and the bench as its people use it."""

    ctx: Context
    bureau: Bureau
    press: Press

    def word(self) -> bytes:
        return bench.word_file(self.ctx, self.bureau.as_("甲一"), TYPE)

    def changed(self, old: str, new: str) -> bytes:
        with zipfile.ZipFile(io.BytesIO(self.word())) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
        document = parts["word/document.xml"].decode()
        assert old in document
        return write_zip((parts | {"word/document.xml": document.replace(old, new).encode()}).items())

    def propose(self, content: bytes, by: str = "丙三", type_id: str = TYPE) -> TemplateFacts:
        given = {"type_id": type_id, "content": content, "file_name": "函.docx", "note": "按县局要求改标题"}
        return bench.propose(self.ctx, self.bureau.as_(by), **given, pool=self.press.pool)

    def approve(self, facts: TemplateFacts, by: str = "丁四", on: dt.date = TODAY) -> TemplateFacts:
        return bench.approve(self.ctx, self.bureau.as_(by), template_id=facts.id, valid_from=on)

    def paper(self) -> DocumentFacts:
        draft = self.bureau.draft("letter", self.bureau.case("summary"), data={"text": "请予支持"})
        return issuing.issue(self.ctx, self.bureau.as_("甲一"), draft.id, self.press)

    def again(self, facts: DocumentFacts) -> Made:
        with self.ctx.database.read() as session:
            at = office(self.ctx, session)
            paper = build_paper(session, self.ctx, at.catalogue, facts.id)
            return make(job_of(self.ctx, paper, at.definition_of(facts)))


@pytest.fixture
def desk(ctx: Context, tmp_path: Path) -> Desk:
    ctx = small(ctx, tmp_path / "types")
    press = Press(ctx)
    press.pool = Here()  # type: ignore[assignment]
    return Desk(ctx=ctx, bureau=Bureau(ctx), press=press)


def test_a_new_template_draws_new_papers_and_old_ones_stay_to_the_byte(desk: Desk) -> None:
    old = desk.paper()
    facts = desk.approve(desk.propose(desk.changed("内容", "函告内容")))
    new = desk.paper()
    assert (old.template, new.template) == ("", facts.blob)
    assert "函告内容" not in desk.again(old).text
    assert "函告内容" in desk.again(new).text
    assert desk.again(old).pdf == desk.ctx.blobs.read(old.blobs["pdf"])
    assert desk.again(new).pdf == desk.ctx.blobs.read(new.blobs["pdf"])


def test_a_draft_keeps_the_template_that_it_was_opened_with(desk: Desk) -> None:
    draft = desk.bureau.draft("letter", desk.bureau.case("summary"), data={"text": "请予支持"})
    desk.approve(desk.propose(desk.changed("内容", "函告内容")))
    assert "函告内容" not in issued_text(desk, draft)


def issued_text(desk: Desk, draft: DocumentFacts) -> str:
    done = issuing.issue(desk.ctx, desk.bureau.as_("甲一"), draft.id, desk.press)
    return desk.ctx.blobs.read(done.blobs["text"]).decode()


def test_a_template_holds_from_its_day_until_it_is_retired(desk: Desk) -> None:
    facts = desk.approve(desk.propose(desk.changed("内容", "函告内容")), on=LATER)
    assert desk.paper().template == ""
    move(desk.ctx, "2026-02-01T09:00")
    assert desk.paper().template == facts.blob
    assert {r.in_force.id for r in bench.bench(desk.ctx, desk.bureau.as_("甲一")) if r.in_force} == {facts.id}
    by, day = desk.bureau.as_("丁四"), dt.date(2026, 3, 1)
    bench.retire(desk.ctx, by, template_id=facts.id, retired_from=day, reason="恢复省厅格式")
    assert desk.paper().template == facts.blob
    move(desk.ctx, "2026-03-01T09:00")
    assert desk.paper().template == ""


def test_a_later_template_stands_over_an_earlier_one(desk: Desk) -> None:
    first = desk.approve(desk.propose(desk.changed("内容", "甲式")))
    move(desk.ctx, "2026-01-05T10:00")
    second = desk.approve(desk.propose(desk.changed("内容", "乙式")))
    assert desk.paper().template == second.blob != first.blob


def test_who_hands_a_template_in_does_not_approve_it(desk: Desk) -> None:
    facts = desk.propose(desk.changed("内容", "函告内容"), by="丁四")
    with pytest.raises(Refused, match="提交人不能批准"):
        desk.approve(facts)


@pytest.mark.parametrize("by", ["甲一", "丙三", "己六"])
def test_only_legal_affairs_approves(desk: Desk, by: str) -> None:
    with pytest.raises(Forbidden):
        desk.approve(desk.propose(desk.changed("内容", "函告内容")), by=by)


def test_a_handler_hands_nothing_in(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.propose(desk.word(), by="甲一")


def test_another_office_knows_nothing_of_it(desk: Desk) -> None:
    facts = desk.propose(desk.changed("内容", "函告内容"))
    other = Bureau(desk.ctx, "QH02")
    with pytest.raises(NotFound):
        bench.version(desk.ctx, other.as_("丁四"), facts.id)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{{ text }}", "{{ subject }}", "“subject”不是本文书的字段"),
        ("{{ text }}", "{{ text() }}", "不允许的写法"),
        ("{{ text }}", "略", "缺少必填栏目“内容”"),
    ],
)
def test_a_template_that_cannot_stand_is_refused_with_the_place(desk: Desk, old: str, new: str, words: str) -> None:
    with pytest.raises(BadInput) as told:
        desk.propose(desk.changed(old, new))
    fault = next(f for f in told.value.findings if words in f.message)
    assert "word/document.xml" in fault.path
    assert fault.remedy
    if "缺少" not in words:
        assert "段“" in fault.path


def test_a_template_without_a_signature_is_refused(desk: Desk) -> None:
    word = bench.word_file(desk.ctx, desk.bureau.as_("甲一"), "approval")
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    document = parts["word/document.xml"].decode().replace("aj.sign.head", "aj.sign.legal")
    with pytest.raises(BadInput, match="缺少签名位") as told:
        desk.propose(write_zip((parts | {"word/document.xml": document.encode()}).items()), type_id="approval")
    assert told.value.findings[0].path == "word/document.xml"


def test_a_decided_template_is_not_decided_again(desk: Desk) -> None:
    facts = desk.propose(desk.changed("内容", "函告内容"))
    done = bench.reject(desk.ctx, desk.bureau.as_("丁四"), template_id=facts.id, reason="与省厅格式不一致")
    assert (done.state, done.reason) == (TemplateState.REJECTED, "与省厅格式不一致")
    with pytest.raises(Refused, match="不再审批"):
        desk.approve(facts)


def test_a_day_that_is_past_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="不能早于今天"):
        desk.approve(desk.propose(desk.changed("内容", "函告内容")), on=dt.date(2026, 1, 4))


def test_every_step_stands_in_the_agencys_journal(desk: Desk) -> None:
    facts = desk.approve(desk.propose(desk.changed("内容", "函告内容")))
    bench.retire(desk.ctx, desk.bureau.as_("丁四"), template_id=facts.id, retired_from=TODAY, reason="试")
    with desk.ctx.database.read() as session:
        events = journal.events(session, f"agency:{desk.bureau.agency_id}")
        kinds = [e.kind for e in events if e.data.get("template") == facts.id]
    assert kinds == ["template.proposed", "template.approved", "template.retired"]


def test_an_update_of_the_definition_puts_the_template_aside(desk: Desk) -> None:
    facts = desk.approve(desk.propose(desk.changed("内容", "函告内容")))
    with desk.ctx.database.write() as session:
        word_templates.change(session, facts.id, definition_digest="0" * 64)
    assert desk.paper().template == ""
    row = next(r for r in bench.bench(desk.ctx, desk.bureau.as_("甲一")) if r.definition.id == TYPE)
    assert (row.in_force, row.is_outdated) == (None, True)
