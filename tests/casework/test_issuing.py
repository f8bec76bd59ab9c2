"""Issuing: reserve, make, commit. Once however often asked, one number however many at once, all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casework import casebook, numbering, queries
from casework.documents import VersionConflict
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.operations import documents, issuing
from foundation import journal
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Finding, Refused
from tests.casework.offices import Bureau, small
from tests.conftest import move

THREADS = 50


@pytest.fixture
def floor(ctx: Context, tmp_path: Path) -> Context:
    return small(ctx, tmp_path / "types")


@pytest.fixture
def any_floor(any_ctx: Context, tmp_path: Path) -> Context:
    return small(any_ctx, tmp_path / "types")


@pytest.fixture
def bureau(floor: Context) -> Bureau:
    return Bureau(floor)


@pytest.fixture
def case(bureau: Bureau) -> CaseFacts:
    return bureau.case("summary")


def letter(bureau: Bureau, case: CaseFacts, text: str = "试") -> DocumentFacts:
    return bureau.draft("letter", case, data={"text": text})


def present(ctx: Context, document: DocumentFacts) -> DocumentFacts:
    with ctx.database.read() as session:
        return queries.document_facts(session, document.id)


def ledger(ctx: Context, agency_id: str, character: str = "函") -> list[tuple[int, str]]:
    with ctx.database.read() as session:
        return [(f.n, f.status) for f in numbering.ledger(session, agency_id, character, "2026")]


def test_issuing_twice_gives_one_number_and_one_result(bureau: Bureau, case: CaseFacts) -> None:
    paper = letter(bureau, case)
    assert bureau.issue(paper) == bureau.issue(paper)
    assert ledger(bureau.ctx, bureau.agency_id) == [(1, numbering.CONFIRMED)]
    with bureau.ctx.database.read() as session:
        kinds = [e.kind for e in journal.events(session, f"case:{case.id}")]
    assert kinds.count("document.issued") == 1


@pytest.mark.slow
def test_fifty_at_once_have_fifty_numbers_without_a_gap(any_floor: Context) -> None:
    bureau = Bureau(any_floor)
    each = [letter(bureau, bureau.case("summary")) for _ in range(THREADS // 10)]
    papers = each + [letter(bureau, bureau.case("summary")) for _ in range(THREADS - len(each))]
    with ThreadPoolExecutor(THREADS) as threads:
        issued = list(threads.map(bureau.issue, papers))
    numbers = sorted(int(p.number.split("第")[1].rstrip("号")) for p in issued)
    assert numbers == list(range(1, THREADS + 1))
    assert ledger(any_floor, bureau.agency_id) == [(n, numbering.CONFIRMED) for n in numbers]
    with any_floor.database.read() as session:
        assert journal.verify_chain(session, f"agency:{bureau.agency_id}") > THREADS


def test_a_double_click_from_many_hands_issues_one_paper_once(any_floor: Context) -> None:
    bureau = Bureau(any_floor)
    paper = letter(bureau, bureau.case("summary"))
    with ThreadPoolExecutor(8) as threads:
        issued = list(threads.map(bureau.issue, [paper] * 8))
    assert {p.number for p in issued} == {issued[0].number}
    assert ledger(any_floor, bureau.agency_id) == [(1, numbering.CONFIRMED)]


def test_a_failed_making_leaves_the_number_with_its_paper(bureau: Bureau, case: CaseFacts) -> None:
    first, second = letter(bureau, case), letter(bureau, case)
    actor = bureau.as_("甲一")
    reserved = issuing.reserve(bureau.ctx, actor, document_id=first.id)
    bureau.issue(second)
    assert present(bureau.ctx, first).status is Status.ISSUING
    assert bureau.issue(first).number == reserved.document.number
    assert ledger(bureau.ctx, bureau.agency_id) == [(1, numbering.CONFIRMED), (2, numbering.CONFIRMED)]


def test_a_paper_goes_on_with_its_number_in_the_next_year(bureau: Bureau) -> None:
    move(bureau.ctx, "2026-12-31T23:50")
    paper = letter(bureau, bureau.case("summary"))
    issuing.reserve(bureau.ctx, bureau.as_("甲一"), document_id=paper.id)
    move(bureau.ctx, "2027-01-01T00:10")
    issued = bureau.issue(paper)
    assert "〔2026〕第1号" in issued.number
    assert issued.issue_date is not None
    assert issued.issue_date.isoformat() == "2026-12-31"


def test_giving_up_frees_the_last_number_and_voids_an_earlier_one(bureau: Bureau, case: CaseFacts) -> None:
    papers = [letter(bureau, case) for _ in range(3)]
    actor = bureau.as_("甲一")
    for paper in papers:
        issuing.reserve(bureau.ctx, actor, document_id=paper.id)
    for paper in (papers[0], papers[2]):
        left = issuing.give_up(bureau.ctx, actor, document_id=paper.id, reason="内容有误")
        assert (left.status, left.number, left.issue_date) == (Status.DRAFT, "", None)
    assert ledger(bureau.ctx, bureau.agency_id) == [(1, numbering.VOID), (2, numbering.RESERVED)]
    assert bureau.issue(papers[0]).number.endswith("第3号")


def test_giving_up_needs_a_reason_and_a_paper_on_its_way(bureau: Bureau, case: CaseFacts) -> None:
    paper = letter(bureau, case)
    actor = bureau.as_("甲一")
    with pytest.raises(Refused, match="没有在制发中"):
        issuing.give_up(bureau.ctx, actor, document_id=paper.id, reason="不要了")
    issuing.reserve(bureau.ctx, actor, document_id=paper.id)
    with pytest.raises(BadInput, match="须写明理由"):
        issuing.give_up(bureau.ctx, actor, document_id=paper.id, reason="")


def test_a_missing_field_is_named_and_draws_no_number(bureau: Bureau, case: CaseFacts) -> None:
    paper = bureau.draft("letter", case)
    with pytest.raises(Refused) as caught:
        bureau.issue(paper)
    assert [(f.code, f.path) for f in caught.value.findings] == [("REQUIRED", "text")]
    assert ledger(bureau.ctx, bureau.agency_id) == []


def test_a_character_that_no_font_draws_stops_before_anything_changes(bureau: Bureau, case: CaseFacts) -> None:
    paper = letter(bureau, case, "生僻字𰻝")

    def undrawable(text: str) -> list[Finding]:
        return (
            [Finding(code="GLYPH", message="没有字体能写“𰻝”。", remedy="放入字体或用替代写法。")]
            if "𰻝" in text
            else []
        )

    with pytest.raises(Refused) as caught:
        issuing.reserve(bureau.ctx, bureau.as_("甲一"), document_id=paper.id, drawable=undrawable)
    assert [(f.code, f.path) for f in caught.value.findings] == [("GLYPH", "text")]
    assert present(bureau.ctx, paper).status is Status.DRAFT
    assert ledger(bureau.ctx, bureau.agency_id) == []


def test_gates_are_asked_again_when_the_paper_is_made(bureau: Bureau, case: CaseFacts) -> None:
    approval = bureau.draft("approval", case, data={"text": "事"})
    for slot, who in (("handler", "甲一"), ("legal", "丁四"), ("head", "己六")):
        bureau.sign(approval, slot, who)
    issuing.reserve(bureau.ctx, bureau.as_("甲一"), document_id=approval.id)
    with bureau.ctx.database.write() as session:
        casebook.add_members(session, case.id, bureau.agency_id, [bureau.ids["己六"]], bureau.ctx.clock.now())
    with pytest.raises(Refused, match="批准人是本案承办人员"):
        issuing.commit(bureau.ctx, bureau.as_("甲一"), document_id=approval.id, blobs={})
    assert present(bureau.ctx, approval).status is Status.ISSUING


def test_two_editors_of_one_draft_are_shown_both_versions(bureau: Bureau, case: CaseFacts) -> None:
    paper = letter(bureau, case, "原文")
    documents.revise(bureau.ctx, bureau.as_("甲一"), document_id=paper.id, base_version=1, data={"text": "甲写的"})
    with pytest.raises(VersionConflict) as caught:
        documents.revise(bureau.ctx, bureau.as_("乙二"), document_id=paper.id, base_version=1, data={"text": "乙写的"})
    (one,) = caught.value.differences
    assert (one.base, one.theirs, one.mine) == ("原文", "甲写的", "乙写的")
    assert present(bureau.ctx, paper).data["text"] == "甲写的"


def test_of_two_editors_at_the_same_moment_one_is_saved_and_one_is_told(any_floor: Context) -> None:
    bureau = Bureau(any_floor)
    paper = letter(bureau, bureau.case("summary"), "原文")

    def save(name: str) -> str:
        try:
            documents.revise(any_floor, bureau.as_(name), document_id=paper.id, base_version=1, data={"text": name})
        except VersionConflict:
            return "told"
        return "saved"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(save, ["甲一", "乙二"])) == ["saved", "told"]
    assert present(any_floor, paper).version == 2


def test_a_change_voids_the_signatures_that_stood_for_the_old_content(bureau: Bureau, case: CaseFacts) -> None:
    approval = bureau.draft("approval", case, data={"text": "事"})
    signed = bureau.sign(approval, "handler")
    assert [f.slot for f in signed.slots] == ["handler"]
    changed = documents.revise(
        bureau.ctx, bureau.as_("甲一"), document_id=approval.id, base_version=1, data={"text": "另一件事"}
    )
    assert changed.slots == ()


def test_of_two_leaders_at_the_same_moment_the_second_is_told_who_was_first(any_floor: Context) -> None:
    bureau = Bureau(any_floor)
    bureau.join("子一", roles=["agency_head"])
    approval = bureau.draft("approval", bureau.case("summary"), data={"text": "事"})
    bureau.sign(approval, "handler")
    bureau.sign(approval, "legal", "丁四")

    def approve(name: str) -> str:
        try:
            bureau.sign(approval, "head", name)
        except Refused as refused:
            return str(refused)
        return name

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(approve, ["己六", "子一"]))
    winner = next(name for name in told if name in ("己六", "子一"))
    (loser,) = [text for text in told if text != winner]
    assert f"{winner}已于2026-01-05 08:00签署" in loser


def test_a_returned_paper_is_not_signed_until_it_is_changed(bureau: Bureau, case: CaseFacts) -> None:
    approval = bureau.draft("approval", case, data={"text": "事"})
    bureau.sign(approval, "handler")
    documents.return_document(bureau.ctx, bureau.as_("丁四"), document_id=approval.id, remarks={"text": "写清楚"})
    with pytest.raises(Refused, match="文书已退回"):
        bureau.sign(approval, "legal", "丁四")
    documents.revise(
        bureau.ctx, bureau.as_("甲一"), document_id=approval.id, base_version=1, data={"text": "写清楚的事"}
    )
    bureau.sign(approval, "handler")
    assert [f.slot for f in bureau.sign(approval, "legal", "丁四").slots] == ["handler", "legal"]


def test_a_void_draft_keeps_its_reason_and_is_never_issued(bureau: Bureau, case: CaseFacts) -> None:
    paper = letter(bureau, case)
    documents.void(bureau.ctx, bureau.as_("甲一"), document_id=paper.id, reason="重复")
    with pytest.raises(AnjuanError):
        bureau.issue(paper)
    assert ledger(bureau.ctx, bureau.agency_id) == []
