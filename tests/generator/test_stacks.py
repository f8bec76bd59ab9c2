"""A scanned stack is filed by the codes of its pages: real papers, issued, printed, scanned; what waits and why."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from casework import queries, sealing
from casework.facts import CaseFacts, DocumentFacts
from casework.operations import documents, scanning
from casework.operations.issuing import build_paper
from casework.operations.services import serve
from casework.operations.signed_copies import SCAN
from casework.stacks import StackFacts
from casework.views import office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from foundation.jobs import KINDS
from generator import issuing, scans, stacks
from generator.drawing import job_of
from generator.press import Press
from tests.casework.offices import Bureau, small
from tests.conftest import move
from tests.generator.scanned import blank, scanned, stack_of, upright, written
from tests.generator.test_printing import Here


class Once:
    """A job that runs here, step by step; stands for the engine, which has its own tests."""

    def __init__(self, ctx: Context, subject: str, by: str) -> None:
        self.ctx, self.subject, self.by, self.job_id, self.given = ctx, subject, by, "j", dict[str, Any]()

    def step(self, name: str, function: Any, *args: Any) -> Any:
        return function(*args)

    def progress(self, done: int, total: int, message: str = "") -> None:
        pass


class Desk:
    """An office with papers that were printed, signed by hand and scanned."""

    def __init__(self, ctx: Context, folder: Path) -> None:
        self.ctx = small(ctx, folder)
        self.bureau = Bureau(self.ctx)
        self.case: CaseFacts = self.bureau.case("summary", party_ids=[self.bureau.party().id])
        self.press = Press(self.ctx)
        self.press.pool = Here()  # type: ignore[assignment]

    def letter(self, text: str = "其一", case: CaseFacts | None = None, bureau: Bureau | None = None) -> DocumentFacts:
        office_ = bureau or self.bureau
        draft = office_.draft("letter", case or self.case, data={"text": text})
        return issuing.issue(self.ctx, office_.as_("甲一"), draft.id, self.press)

    def pages(self, document: DocumentFacts, **how: Any) -> list[Image.Image]:
        """Print a paper as it is now, and scan it."""
        pdf = self.drawn(document)
        return [scanned(pdf, n, **how) for n in range(scans.count(pdf))]

    def drawn(self, document: DocumentFacts) -> bytes:
        if "pdf" in document.blobs:
            return self.ctx.blobs.read(document.blobs["pdf"])
        with self.ctx.database.read() as session:
            at = office(self.ctx, session)
            paper = build_paper(session, self.ctx, at.catalogue, document.id)
            job = job_of(self.ctx, paper, at.definition_of(document), for_signing=True)
        return self.press.pool.make(job).pdf

    def bring(self, images: list[Image.Image] | bytes, by: str = "甲一", name: str = "回证.pdf") -> StackFacts:
        actor, data = self.bureau.as_(by), images if isinstance(images, bytes) else stack_of(images)
        kept, _new = scanning.keep_stack(self.ctx, actor, data=data, name=name)
        return self.read(kept, by)

    def read(self, kept: StackFacts, by: str = "甲一") -> StackFacts:
        KINDS[scanning.JOB].run(Once(self.ctx, kept.id, self.bureau.as_(by).account_id))
        return scanning.stack(self.ctx, self.bureau.as_(by), kept.id)

    def now(self, document: DocumentFacts) -> DocumentFacts:
        with self.ctx.database.read() as session:
            return queries.document_facts(session, document.id)

    def copy(self, document: DocumentFacts) -> bytes:
        facts = self.now(document)
        return sealing.read(self.ctx, facts.blobs[SCAN], sealing.about_file(facts, SCAN))

    def events(self) -> list[str]:
        with self.ctx.database.read() as session:
            return [e.kind for e in journal.events(session, f"case:{self.case.id}")]


@pytest.fixture
def desk(ctx: Context, tmp_path: Path) -> Desk:
    return Desk(ctx, tmp_path / "templates")


def states(stack: StackFacts) -> list[tuple[str, str]]:
    return [(p.state, p.why) for p in stack.sheets]


def test_every_page_goes_to_its_paper_and_blank_backs_to_none(desk: Desk) -> None:
    first, second = desk.letter(), desk.letter("其二")
    images = [*desk.pages(first), blank(), *desk.pages(second, turn=180, skew=1.2), blank()]
    stack = desk.bring(images)
    assert states(stack) == [("filed", ""), ("blank", ""), ("filed", ""), ("blank", "")]
    assert [p.document_id for p in stack.of("filed")] == [first.id, second.id]
    assert upright(desk.copy(first)) == upright(desk.copy(second)) == [(0,)]
    assert desk.events().count("document.scan_filed") == 2
    assert desk.now(first).blobs["pdf"] == first.blobs["pdf"]


def test_the_same_stack_again_is_told_and_files_nothing_twice(desk: Desk) -> None:
    letter = desk.letter()
    data = stack_of(desk.pages(letter))
    stack, before = desk.bring(data), desk.now(letter).blobs[SCAN]
    again, new = scanning.keep_stack(desk.ctx, desk.bureau.as_("甲一"), data=data, name="另一个名字.pdf")
    assert (again.id, new) == (stack.id, False)
    desk.read(stack)
    assert desk.now(letter).blobs[SCAN] == before
    assert desk.events().count("document.scan_filed") == 1
    with pytest.raises(Conflict, match="已由同事上传"):
        scanning.keep_stack(desk.ctx, desk.bureau.as_("乙二"), data=data, name="a.pdf")


def test_a_second_scan_of_a_paper_waits_and_is_added_or_stands_instead(desk: Desk) -> None:
    letter, actor = desk.letter(), desk.bureau.as_("甲一")
    desk.bring(desk.pages(letter))
    better = desk.bring(desk.pages(letter, dpi=200))
    assert states(better) == [("waits", "has_copy")]
    stacks.file_by_hand(desk.ctx, actor, stack_id=better.id, number=1, document_id=letter.id, way="add")
    assert scans.count(desk.copy(letter)) == 2
    third = desk.bring(desk.pages(letter, dpi=200, skew=0.5))
    words = {"stack_id": third.id, "number": 1, "document_id": letter.id}
    stacks.file_by_hand(desk.ctx, actor, **words, way="replace")  # type: ignore[arg-type]
    assert scans.count(desk.copy(letter)) == 1
    with pytest.raises(Conflict, match="已经处理过"):
        stacks.file_by_hand(desk.ctx, actor, **words, way="add")  # type: ignore[arg-type]


def test_a_page_without_code_waits_for_a_person_who_says_whose_it_is(desk: Desk) -> None:
    letter, actor = desk.letter(), desk.bureau.as_("甲一")
    stack = desk.bring([written(), written("other")])
    assert states(stack) == [("waits", "no_code"), ("waits", "no_code")]
    stacks.file_by_hand(desk.ctx, actor, stack_id=stack.id, number=1, document_id=letter.id)
    with pytest.raises(BadInput, match="为什么不归入"):
        scanning.drop_page(desk.ctx, actor, stack_id=stack.id, number=2, reason=" ")
    scanning.drop_page(desk.ctx, actor, stack_id=stack.id, number=2, reason="空白登记表")
    done = scanning.stack(desk.ctx, actor, stack.id)
    assert [(p.state, p.said) for p in done.sheets] == [("filed", ""), ("dropped", "空白登记表")]
    assert states(desk.read(stack)) == [("filed", ""), ("dropped", "")]


def test_foreign_and_forged_codes_say_nothing_of_what_is_there(desk: Desk) -> None:
    other = Bureau(desk.ctx, fonds_no="QH02")
    theirs = desk.letter(case=other.case("summary", party_ids=[other.party().id]), bureau=other)
    mine, actor = desk.letter(), desk.bureau.as_("甲一")
    forged = replace(mine, content_digest="0" * 64, blobs={})
    ours = scanned(desk.drawn(mine))
    stack = desk.bring([*desk.pages(theirs), ours])
    assert states(stack) == [("waits", "unknown"), ("filed", "")]
    assert stack.sheets[0].document_id is None
    with pytest.raises(Refused):
        stacks.file_by_hand(desk.ctx, actor, stack_id=stack.id, number=1, document_id=mine.id)
    with pytest.raises(NotFound):
        scanning.old_copy(desk.ctx, actor, theirs.id)
    assert forged.content_digest != mine.content_digest


def test_a_code_whose_digest_is_another_is_not_believed(desk: Desk) -> None:
    letter = desk.letter()
    with desk.ctx.database.read() as session:
        at = office(desk.ctx, session)
        code = scanning.Code(document_id=letter.id, version=1, digest="0" * 16)
        assert scanning.against(at, desk.bureau.as_("甲一"), code)[1] == "digest"
        later = replace(code, version=7, digest=letter.content_digest[:16])
        assert scanning.against(at, desk.bureau.as_("甲一"), later)[1] == "digest"


def test_a_receipt_completed_by_hand_shows_the_later_receipt_and_an_old_draft_does_not(desk: Desk) -> None:
    letter, actor = desk.letter(), desk.bureau.as_("甲一")
    receipt = serve(desk.ctx, actor, document_ids=[letter.id], method="direct")
    printed = desk.pages(receipt)
    move(desk.ctx, "2026-01-05T17:00")
    changes = {"received_at": "2026-01-05T16:00", "signer": "钱样本"}
    documents.revise(desk.ctx, actor, document_id=receipt.id, base_version=1, data=changes)
    assert states(desk.bring(printed)) == [("filed", "")]
    other = serve(desk.ctx, actor, document_ids=[letter.id], method="direct")
    printed = desk.pages(other)
    documents.revise(desk.ctx, actor, document_id=other.id, base_version=1, data={"method": "留置"})
    old = desk.bring(printed)
    assert states(old) == [("waits", "old_version")]
    with pytest.raises(BadInput, match="理由"):
        stacks.file_by_hand(desk.ctx, actor, stack_id=old.id, number=1, document_id=other.id)
    words = {"stack_id": old.id, "number": 1, "document_id": other.id}
    stacks.file_by_hand(desk.ctx, actor, **words, reason="当事人已在旧件上签名")  # type: ignore[arg-type]
    assert SCAN in desk.now(other).blobs


def test_a_paper_that_is_not_issued_waits_until_it_is(desk: Desk) -> None:
    draft = desk.bureau.draft("letter", desk.case, data={"text": "其三"})
    stack = desk.bring(desk.pages(draft))
    assert states(stack) == [("waits", "not_issued")]
    issuing.issue(desk.ctx, desk.bureau.as_("甲一"), draft.id, desk.press)
    assert states(desk.read(stack)) == [("filed", "")]


def test_two_papers_on_one_page_wait(desk: Desk) -> None:
    one, two = (desk.pages(desk.letter(text))[0] for text in ("其一", "其二"))
    one.paste(two.crop((0, two.height // 2, two.width, two.height)), (0, 0))
    assert states(desk.bring([one])) == [("waits", "two_codes")]


def test_who_handles_another_case_is_told_that_a_member_must_bring_it(desk: Desk) -> None:
    letter = desk.letter()
    desk.bureau.join("庚七", roles=["reception", "legal_reviewer"])
    stack = desk.bring(desk.pages(letter), by="庚七")
    assert states(stack) == [("waits", "may_not")]
    with pytest.raises(Forbidden):
        scanning.keep_stack(desk.ctx, desk.bureau.as_("壬九"), data=stack_of([written()]), name="a.pdf")


def test_a_stack_is_its_bringers_alone_and_lies_encrypted(desk: Desk) -> None:
    data = stack_of([written()])
    stack = desk.bring(data)
    with pytest.raises(NotFound):
        scanning.stack(desk.ctx, desk.bureau.as_("乙二"), stack.id)
    assert not desk.ctx.blobs.read(stack.blob).startswith(b"%PDF")
    assert stacks.pdf_of(desk.ctx, stack) == data


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.pdf"), (b"%PDF-1.4 cut", "a.pdf"), (b"PK\x03\x04", "a.zip"), (b"\xff\xd8\xff\xe0", "a.jpg")],
)
def test_what_is_no_scan_is_refused(desk: Desk, data: bytes, name: str) -> None:
    with pytest.raises(BadInput):
        scanning.keep_stack(desk.ctx, desk.bureau.as_("甲一"), data=data, name=name)


def test_a_missing_page_of_a_paper_is_told(desk: Desk) -> None:
    rows = [{"item": f"第{n}项"} for n in range(80)]
    draft = desk.bureau.draft("facts", desk.case, data={"rows": rows})
    long = issuing.issue(desk.ctx, desk.bureau.as_("甲一"), draft.id, desk.press)
    images = desk.pages(long)
    assert len(images) > 1
    stack = desk.bring(images[:1])
    assert stack.sheets[0].said == f"文书共{len(images)}页，扫描到1页"
    out = io.BytesIO(desk.copy(long))
    assert out.getbuffer().nbytes > 0
