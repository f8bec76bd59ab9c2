"""Where each paper stands in the case file."""

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest

from archive.arranging import arrange
from archive.ruling import read
from casework.facts import DocumentFacts, Status
from tests.archive.facts import AT, case_file, definitions, example_order, fill, paper, read_yaml, recording


def example(rows: list[list[Any]]) -> list[DocumentFacts]:
    """Return the papers of a worked example; receipts point to what they serve."""
    papers: list[DocumentFacts] = []
    for type_id, on, *served in rows:
        target = served[0] if served else ""
        kind, _, of = target.rpartition(":")
        papers.append(
            paper(type_id, str(on), id=f"{type_id}/{on}/{target}", target_id=f"{kind}:{of}" if kind else of or None)
        )
    ids = {p.type: p.id for p in papers}
    receipts = {p.target_id: p.id for p in papers if p.type == "service_receipt"}
    return [replace(p, target_id=_target(p.target_id, ids, receipts)) for p in papers]


def _target(named: str | None, ids: dict[str, str], receipts: dict[str | None, str]) -> str | None:
    if not named:
        return None
    return receipts[named.removeprefix("R:")] if named.startswith("R:") else ids[named]


@pytest.mark.article("A31.1")
@pytest.mark.parametrize("name", ["general", "summary"])
def test_the_worked_examples_stand_in_their_order(name: str) -> None:
    wanted = read_yaml(example_order())[name]
    papers = [*example(wanted["main"]), *example(wanted["side"])]
    papers = [_filled(replace(p, issued_at=AT + dt.timedelta(minutes=n))) for n, p in enumerate(papers)]
    mixed = list(papers)
    random.Random(7).shuffle(mixed)  # noqa: S311 - any order will do
    found = arrange(case_file(*mixed))
    for entries, rows in ((found.main, wanted["main"]), (found.side, wanted["side"])):
        assert [(e.type, e.date) for e in entries] == [(r[0], _day(r[1])) for r in rows]


def _filled(one: DocumentFacts) -> DocumentFacts:
    stage = "催告阶段" if one.id.startswith("statement_defense_record/2026-09") else "简易程序"
    return replace(one, data={"stage": stage}) if one.type == "statement_defense_record" else one


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def test_every_type_of_a_volume_has_its_group() -> None:
    for pack in read("order")["packs"].values():
        named = {
            volume: {r if isinstance(r, str) else r["type"] for g in pack[volume] for r in g["types"]}
            for volume in ("main", "side")
        }
        followers = set(read("order")["followers"])
        for definition in definitions().values():
            if definition.volume in named and definition.tier != "computed":
                assert definition.id in named[definition.volume] | followers, definition.id


@pytest.mark.article("A34.1")
def test_an_internal_paper_never_stands_in_the_main_volume() -> None:
    papers = [paper(t) for t, d in definitions().items() if d.volume in ("main", "side") and d.tier != "computed"]
    found = arrange(case_file(*papers))
    types = definitions()
    assert {types[e.type].volume for e in found.main} == {"main"}
    assert {types[e.type].volume for e in found.side} == {"side"}
    assert len(found.main) + len(found.side) == len(papers)


def test_an_agency_moves_a_type_to_the_other_volume() -> None:
    start = paper("case_initiation_approval")
    settings = {"volume.override": {"case_initiation_approval": "main"}}
    assert [e.type for e in arrange(case_file(start, settings=settings)).main] == ["case_initiation_approval"]


def test_void_papers_and_drafts_are_no_items() -> None:
    papers = [paper("rights_notice", status=s, id=str(s)) for s in (Status.VOID, Status.DRAFT, Status.REPLACED)]
    assert [e.document_id for e in arrange(case_file(*papers)).main] == ["replaced"]


@pytest.mark.article("A10.2")
def test_papers_of_an_informant_are_named_as_kept_elsewhere() -> None:
    register = paper("complaint_report_register", secrecy="informant", data={"reporter_name": "王某"})
    reply = paper("informant_notice", target_id=register.id, secrecy="informant")
    receipt = paper("service_receipt", target_id=reply.id)
    found = arrange(case_file(register, reply, receipt, paper("rights_notice")))
    assert [e.type for e in found.main] == ["rights_notice"]
    assert all(e.apart and not e.author for e in found.side)
    assert {e.type for e in found.side} == {"complaint_report_register", "informant_notice", "service_receipt"}


def test_an_informants_field_keeps_a_whole_paper_apart() -> None:
    name = next(f.name for f in definitions()["complaint_report_register"].fields if f.mask == "informant")
    register = paper("complaint_report_register", secrecy="normal", data={name: "王某"})
    assert [e.apart for e in arrange(case_file(register)).side] == [True]


def test_an_informants_recording_takes_its_sheet_with_it() -> None:
    voice = recording(secrecy="informant")
    sheet = paper("av_record_sheet", recording_id=voice.id)
    found = arrange(case_file(sheet, recordings=(voice,)))
    assert not found.main
    assert [(e.apart, e.recording_ids) for e in found.side] == [(True, ())]


def test_a_recordings_card_stands_behind_its_sheet_and_others_behind_the_list() -> None:
    one, other = recording("AV-1"), recording("AV-2")
    sheet, listed = paper("av_record_sheet", recording_id="AV-1"), paper("av_catalogue", "2026-11-20")
    found = arrange(case_file(sheet, listed, recordings=(one, other)))
    assert [(e.type, e.recording_ids) for e in found.main] == [
        ("av_record_sheet", ("AV-1",)),
        ("av_catalogue", ("AV-2",)),
    ]


def test_titles_and_authors_follow_the_rules() -> None:
    decision = paper("penalty_decision", number="清政罚〔2026〕第1号")
    receipt = paper("service_receipt", target_id=decision.id)
    record = paper(
        "hearing_record",
        slots=(fill("party", "party", "钱样本"), fill("clerk", "hearing_clerk", "辛八"), fill("p", "presider", "庚七")),
    )
    application = paper("hearing_application")
    found = {e.type: (e.title, e.author) for e in arrange(case_file(decision, receipt, record, application)).main}
    assert found["penalty_decision"] == ("行政处罚决定书", "清河镇人民政府（虚构）")
    assert found["service_receipt"] == ("送达回证（行政处罚决定书）", "甲一、乙二")
    assert found["hearing_record"][1] == "庚七"
    assert found["hearing_application"][1] == "孙样例（虚构）"
