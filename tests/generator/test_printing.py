"""Print jobs: copies for each recipient, receipts, blank backs, the seal on the page, and the mark in the journal."""

import io
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest

from casework.facts import CaseFacts, DocumentFacts
from casework.operations import printing as operations
from casework.operations.printing import Portion
from casework.printing import KitFacts
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound, Refused
from generator import issuing, printing
from generator.job import Job, Made
from generator.pipeline import make
from generator.press import Press
from tests.casework.offices import Bureau, small


class Here:
    """Makes papers in this process; stands for the pool, which has its own tests."""

    def make(self, job: Job) -> Made:
        return make(job)


@dataclass
class Desk:
    """An office with a case and two issued papers of one page."""

    ctx: Context
    bureau: Bureau
    case: CaseFacts
    press: Press
    papers: list[DocumentFacts]

    def kit(self, *portions: Portion, by: str = "甲一", **given: bool) -> KitFacts:
        return printing.make_kit(self.ctx, self.bureau.as_(by), portions, self.press.pool, **given)

    def file(self, kit: KitFacts) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(b"".join(printing.take(self.ctx, self.bureau.as_("甲一"), kit.id))))


@pytest.fixture
def desk(ctx: Context, tmp_path: Path) -> Desk:
    ctx = small(ctx, tmp_path / "templates")
    bureau = Bureau(ctx)
    case = bureau.case("summary", party_ids=[bureau.party().id])
    press = Press(ctx)
    press.pool = Here()  # type: ignore[assignment]
    drafts = [bureau.draft("letter", case, data={"text": text}) for text in ("其一", "其二")]
    issued = [issuing.issue(ctx, bureau.as_("甲一"), d.id, press) for d in drafts]
    return Desk(ctx=ctx, bureau=bureau, case=case, press=press, papers=issued)


def test_every_recipient_gets_its_copies_each_on_a_front_page(desk: Desk) -> None:
    first, second = (d.id for d in desk.papers)
    kit = desk.kit(Portion(document_id=first, copies=2), Portion(document_id=second))
    with desk.file(kit) as pdf:
        assert (len(pdf.pages), kit.pages, kit.leaves) == (6, 6, 3)
        assert pdf.Root.ViewerPreferences.Duplex == "/DuplexFlipLongEdge"
        with pdf.open_outline() as outline:
            assert [o.title.split("（第")[-1] for o in outline.root][:2] == ["1份 共2份）", "2份 共2份）"]
    assert [bool(text.strip()) for text in _text(desk, kit)] == [True, False] * 3
    assert [(s.recipient, s.copies, s.pages) for s in kit.sheets] == [
        ("示例砂石料场有限公司（虚构）", n, 1) for n in (2, 1)
    ]


def test_one_sided_jobs_have_no_blank_pages(desk: Desk) -> None:
    kit = desk.kit(Portion(document_id=desk.papers[0].id, copies=3), duplex=False)
    assert (kit.pages, kit.leaves) == (3, 3)


def test_the_same_papers_give_the_same_pages(desk: Desk) -> None:
    kits = [desk.kit(*(Portion(document_id=d.id) for d in desk.papers)) for _ in range(2)]
    assert kits[0].blob == kits[1].blob


def test_a_receipt_that_waits_for_signatures_is_printed_with_its_code_and_without_the_word_draft(desk: Desk) -> None:
    receipt = desk.bureau.draft("service_receipt", desk.case, data={"method": "直接"})
    kit = desk.kit(Portion(document_id=desk.papers[0].id, receipt_id=receipt.id))
    with desk.file(kit) as pdf:
        assert len(pdf.pages) == 4
    text = "".join(_text(desk, kit))
    assert "草稿" not in text
    assert receipt.id in text
    assert receipt.content_digest[:16] in text
    assert [s.is_receipt for s in kit.sheets] == [False, True]


def _text(desk: Desk, kit: KitFacts) -> list[str]:
    document = pdfium.PdfDocument(b"".join(printing.take(desk.ctx, desk.bureau.as_("甲一"), kit.id)))
    return [document[n].get_textpage().get_text_range() for n in range(len(document))]


def test_a_draft_that_nobody_signs_by_hand_is_not_printed(desk: Desk) -> None:
    draft = desk.bureau.draft("letter", desk.case, data={"text": "其三"})
    with pytest.raises(Refused, match="还没有制发"):
        desk.kit(Portion(document_id=draft.id))


@pytest.mark.parametrize("copies", [0, 21])
def test_a_number_of_copies_that_nobody_prints_is_refused(desk: Desk, copies: int) -> None:
    with pytest.raises(BadInput, match="份数"):
        desk.kit(Portion(document_id=desk.papers[0].id, copies=copies))


def test_a_job_without_papers_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="没有选择"):
        desk.kit()


def test_printing_is_marked_once_for_every_paper_in_the_journal(desk: Desk) -> None:
    kit = desk.kit(*(Portion(document_id=d.id, copies=2) for d in desk.papers))
    actor = desk.bureau.as_("甲一")
    assert (
        operations.mark_printed(desk.ctx, actor, kit.id).printed_at
        == operations.mark_printed(desk.ctx, actor, kit.id).printed_at
    )
    with desk.ctx.database.read() as session:
        events = [e for e in journal.events(session, f"case:{desk.case.id}") if e.kind == "document.printed"]
    assert [(e.data["document"], e.data["copies"]) for e in events] == [(d.id, 2) for d in desk.papers]


def test_taking_the_file_is_a_download_of_each_paper(desk: Desk) -> None:
    kit = desk.kit(*(Portion(document_id=d.id) for d in desk.papers))
    desk.file(kit).close()
    with desk.ctx.database.read() as session:
        kinds = [e.kind for e in journal.events(session, f"access:{desk.case.id}")]
    assert kinds == ["document.downloaded"] * 2


def test_a_colleague_of_another_case_gets_no_print(desk: Desk) -> None:
    desk.bureau.join("庚七", roles=["finance"])
    kit = desk.kit(Portion(document_id=desk.papers[0].id))
    with pytest.raises((NotFound, Forbidden)):
        operations.kit(desk.ctx, desk.bureau.as_("庚七"), kit.id)
    with pytest.raises((NotFound, Forbidden)):
        desk.kit(Portion(document_id=desk.papers[0].id), by="庚七")


def test_back_pages_move_when_margins_are_mirrored(desk: Desk) -> None:
    long = desk.bureau.draft("facts", desk.case, data={"rows": [{"item": f"第{n}项"} for n in range(80)]})
    long = issuing.issue(desk.ctx, desk.bureau.as_("甲一"), long.id, desk.press)
    kit = desk.kit(Portion(document_id=long.id), mirrored=True)
    with desk.file(kit) as pdf:
        for page in pdf.pages:
            page.contents_coalesce()
        moved = [page.Contents.read_bytes().startswith(b"q 1 0 0 1 ") for page in pdf.pages[:2]]
    assert moved == [False, True]
