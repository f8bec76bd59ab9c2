"""My work: what waits for one person, most pressing first; never what they may not see, never a view of each case."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from casework import queries
from casework.facts import CaseFacts
from casework.operations import announcing, beginning, documents, parties, recordings, work
from casework.operations.beginning import Matter
from casework.operations.work import Item
from foundation.context import Context
from tests.casework.offices import Bureau
from tests.conftest import move

REGISTER = {"clue_summary": "路面有建筑垃圾", "verify_opinion": "建议立案"}


@pytest.fixture
def bureau(ctx: Context) -> Bureau:
    return Bureau(ctx)


def begin(bureau: Bureau, source: str = "patrol", **told: Any) -> beginning.Begun:
    members = [bureau.ids["甲一"], bureau.ids["乙二"]]
    given = {"title": "涉嫌扬尘", "member_ids": members, **told}
    return beginning.begin(bureau.ctx, bureau.as_("甲一"), Matter(source=source, **given))


def of(bureau: Bureau, who: str) -> list[Item]:
    return list(work.my_work(bureau.ctx, bureau.as_(who)).items)


def kinds(bureau: Bureau, who: str) -> list[str]:
    return [i.kind for i in of(bureau, who)]


def handed_in(bureau: Bureau) -> tuple[CaseFacts, str]:
    """Return a case whose register was filled and signed by its handler."""
    begun = begin(bureau)
    assert begun.paper is not None
    paper = documents.revise(bureau.ctx, bureau.as_("甲一"), document_id=begun.paper.id, base_version=1, data=REGISTER)
    bureau.sign(paper, "handler")
    return begun.case, paper.id


def test_a_draft_waits_for_its_handlers_and_for_nobody_else(bureau: Bureau) -> None:
    begin(bureau)
    assert kinds(bureau, "甲一") == kinds(bureau, "乙二") == ["draft"]
    assert kinds(bureau, "丙三") == kinds(bureau, "己六") == kinds(bureau, "壬九") == []


def test_a_signed_proposal_waits_for_the_head_and_no_longer_for_the_handler(bureau: Bureau) -> None:
    _, paper = handed_in(bureau)
    (item,) = of(bureau, "丙三")
    assert (item.kind, item.act, item.document_id) == ("to_sign", "sign", paper)
    assert kinds(bureau, "甲一") == []


def test_a_paper_that_everybody_signed_waits_to_be_issued(bureau: Bureau) -> None:
    _, paper = handed_in(bureau)
    documents.fill_slot(bureau.ctx, bureau.as_("丙三"), document_id=paper, slot="unit", values={"unit_opinion": "同意"})
    assert [(i.kind, i.act) for i in of(bureau, "甲一")] == [("to_issue", "issue")]


def test_a_returned_paper_comes_before_drafts(bureau: Bureau) -> None:
    begin(bureau)
    _, paper = handed_in(bureau)
    remarks = {"clue_summary": "写明时间"}
    documents.return_document(bureau.ctx, bureau.as_("丙三"), document_id=paper, remarks=remarks)
    assert kinds(bureau, "甲一") == ["returned", "draft"]


def test_the_next_usual_paper_is_named_when_nothing_is_under_way(bureau: Bureau) -> None:
    case, paper = handed_in(bureau)
    documents.fill_slot(bureau.ctx, bureau.as_("丙三"), document_id=paper, slot="unit", values={"unit_opinion": "同意"})
    with bureau.ctx.database.read() as session:
        signed = queries.document_facts(session, paper)
    bureau.issue(signed)
    (item,) = of(bureau, "甲一")
    assert (item.kind, item.act, item.type) == ("next", "draft", "case_initiation_approval")
    assert item.case is not None
    assert item.case.id == case.id


@pytest.mark.article("A9.2")
def test_hours_come_first_and_what_is_overdue_before_them(bureau: Bureau) -> None:
    begin(bureau)
    at = bureau.ctx.clock.now() - dt.timedelta(hours=1)
    begin(bureau, emergency=beginning.Emergency(at=at, place="河边", reason="废液入河"))
    found = of(bureau, "甲一")
    assert [i.kind for i in found] == ["clock", "draft"]
    assert (found[0].source, found[0].act) == ("办法9", "edit")
    move(bureau.ctx, "2026-01-06T20:00")
    assert kinds(bureau, "甲一")[0] == "overdue"
    assert kinds(bureau, "丙三") == ["overdue"]


@pytest.mark.article("A31.2")
def test_a_recording_that_is_not_stored_yet_runs_against_24_hours(bureau: Bureau) -> None:
    bureau.device()
    case = begin(bureau).case
    announcing.announce_recording(
        bureau.ctx,
        bureau.as_("乙二"),
        case_id=case.id,
        kind="录像",
        scene="现场检查",
        device_no="JLY-03",
        started_at=bureau.ctx.clock.now(),
        operator_id=bureau.ids["乙二"],
        place="工地",
        party_informed=True,
    )
    assert kinds(bureau, "甲一")[0] == "clock"
    move(bureau.ctx, "2026-01-06T09:00")
    (first, *_) = of(bureau, "乙二")
    assert (first.kind, first.act, first.source) == ("overdue", "store", "办法31(3)")


def test_a_stored_recording_waits_for_its_sheet(bureau: Bureau, tmp_path: Path) -> None:
    bureau.device()
    case = begin(bureau).case
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (32, 32), "white").save(photo)
    stored = recordings.store_recording(
        bureau.ctx,
        bureau.as_("乙二"),
        file=photo,
        file_name="photo.jpg",
        case_id=case.id,
        kind="照相",
        scene="现场",
        device_no="JLY-03",
        operator_id=bureau.ids["乙二"],
        started_at=bureau.ctx.clock.now(),
        place="工地",
    )
    sheets = [i for i in of(bureau, "甲一") if i.kind == "to_register"]
    assert [(i.type, i.recording_id) for i in sheets] == [("av_record_sheet", stored.id)]
    assert "to_register" not in kinds(bureau, "丙三")
    bureau.draft("av_record_sheet", case, recording_id=stored.id)
    assert "to_register" not in kinds(bureau, "甲一")


def test_drafts_whose_party_changed_are_stale(bureau: Bureau) -> None:
    party = bureau.party()
    begin(bureau, party_id=party.id)
    move(bureau.ctx, "2026-01-05T10:00")
    data = {**parties.plain(party), "name": "示例新料场有限公司（虚构）"}
    given = {"party_id": party.id, "base_version": 1, "reason": "更名"}
    parties.change_party(bureau.ctx, bureau.as_("甲一"), **given, **data)
    found = of(bureau, "甲一")
    assert [i.kind for i in found] == ["stale"]


def test_work_never_tells_of_another_agency(ctx: Context, bureau: Bureau) -> None:
    handed_in(bureau)
    other = Bureau(ctx, "QH02")
    assert [kinds(other, who) for who in ("甲一", "丙三", "己六", "壬九")] == [[], [], [], []]


def test_work_takes_the_same_few_statements_however_many_cases_there_are(bureau: Bureau) -> None:
    def statements() -> int:
        seen: list[str] = []
        engine = bureau.ctx.database.engine
        note = lambda *given: seen.append(given[2])  # noqa: E731 - a listener
        sa.event.listen(engine, "before_cursor_execute", note)
        work.my_work(bureau.ctx, bureau.as_("丙三"))
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    for _ in range(2):
        handed_in(bureau)
    few = statements()
    for _ in range(6):
        handed_in(bureau)
    assert statements() == few < 30


def test_every_kind_of_work_has_title_rank_and_source() -> None:
    for kind in ("overdue", "clock", "returned", "to_sign", "due", "to_serve", "to_issue", "stale", "draft", "to_file"):
        assert work.title_of(kind)
        assert work.source_of(kind)
