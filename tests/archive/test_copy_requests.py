"""A party's request for copies, from its receipt to the link, with every gate on the way."""

import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from access.facts import Actor
from access.policy import absent
from archive import copy_answering, copy_requests, copy_screening, queries
from archive.casefile import office_of
from archive.copy_facts import CopyRequestFacts, CopyState
from archive.copy_requests import Asked, ask_for_copy, askable, requests_of, withdraw
from archive.copy_wishes import decisions_for
from archive.models import CopyRow
from casework import queries as casework
from casework.operations import passes
from foundation import jobs, journal
from foundation.errors import BadInput, Forbidden, NotFound, Refused
from foundation.jobs import JobState
from generator.seal_checking import seals_of
from tests.archive.conftest import Office
from tests.archive.test_copies import decision, text_of
from tests.conftest import move

ASKED_AT = "2026-05-19T09:00"
WORDS: dict[str, Any] = {"purpose": "申请行政复议", "form": "拷贝", "contact": "000-00000002"}


def visitor(office: Office) -> passes.Visitor:
    """Return the party, signed in by its pass."""
    (party_id,) = office.parties.values()
    given = passes.give_pass(office.ctx, office.actor("壬九"), case_id=office.case_id, party_id=party_id)
    with office.ctx.database.read() as session:
        number = casework.case_facts(session, office.case_id).number
    token = passes.sign_in(office.ctx, number=number, pin=given.pin, address="192.0.2.1")
    found = passes.visitor_of(office.ctx, token)
    assert found is not None
    return found


def asked(office: Office, **words: Any) -> CopyRequestFacts:
    """Let the party ask for its decision."""
    move(office.ctx, ASKED_AT)
    who = visitor(office)
    given = {"wanted": [decision(office)], **WORDS, **words}
    return ask_for_copy(office.ctx, who.actor, case_id=who.case_id, party_id=who.party_id, asked=Asked(**given))


def registered(office: Office, **words: Any) -> CopyRequestFacts:
    return copy_screening.register(office.ctx, office.actor("壬九"), asked(office, **words).id, office.press)


def submitted(
    office: Office, request_id: str, *items: dict[str, Any], add: list[str] | None = None
) -> CopyRequestFacts:
    archivist = office.actor("壬九")
    copy_screening.save_screening(office.ctx, archivist, request_id, [], add or [])
    copy_screening.save_screening(office.ctx, archivist, request_id, items)
    return copy_screening.submit(office.ctx, archivist, request_id)


def decided(office: Office, request_id: str, decision: str = "同意") -> CopyRequestFacts:
    words = {"decision": decision, "opinion": "属于送达给申请人的文书。", "press": office.press}
    return copy_screening.decide(office.ctx, office.actor("丁四"), request_id, **words)


def answered(office: Office, request_id: str) -> CopyRequestFacts:
    """Carry out the steps of the job."""
    by = office.actor("壬九").account_id
    copy_answering.make(office.ctx, by, request_id, office.press)
    copy_answering.answer(office.ctx, by, request_id, office.press)
    copy_answering.close(office.ctx, by, request_id)
    return facts_of(office, request_id)


def facts_of(office: Office, request_id: str) -> CopyRequestFacts:
    with office.ctx.database.read() as session:
        return copy_requests.request_facts(session, request_id)


def kinds(office: Office) -> list[str]:
    with office.ctx.database.read() as session:
        return [e.kind for e in journal.events(session, f"case:{office.case_id}") if e.kind.startswith("copy.")]


@pytest.mark.article("A33.1")
def test_a_request_is_numbered_and_its_last_day_is_counted_at_once(closed_office: Office) -> None:
    first = asked(closed_office)
    assert (first.number, first.state) == ("复申2026-001", CopyState.ASKED)
    assert first.due_on == dt.date(2026, 5, 28), "seven working days after 19 May 2026"
    assert "工作日" in first.due_how
    assert kinds(closed_office) == ["copy.requested"]
    with closed_office.ctx.database.read() as session:
        (event,) = [e for e in journal.events(session, f"case:{closed_office.case_id}") if e.kind == "copy.requested"]
        (due,) = [d for d in casework.deadlines_of(session, closed_office.case_id) if d.kind == "copy_register"]
    assert "行政复议" not in str(event.data)
    assert (due.last_day, due.met_on) == (first.due_on, None), "nobody forgets it before it is registered"


@pytest.mark.article("A33.1")
def test_from_the_request_to_a_sealed_copy_each_act_is_a_paper_and_an_event(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office)
    move(office.ctx, "2026-05-20T09:00")
    submitted(office, facts.id)
    decided(office, facts.id)
    facts = answered(office, facts.id)
    assert facts.state is CopyState.READY
    assert facts.reply_id == ""
    with office.ctx.database.read() as session:
        copy = queries.find_copy(session, facts.copy_id)
        papers = {d.id: d for d in casework.documents_of(session, office.case_id)}
        (due,) = [d for d in casework.deadlines_of(session, office.case_id) if d.kind == "copy_request"]
    assert copy is not None
    assert [s.is_intact for s in seals_of(office.ctx.blobs.read(copy.blob))] == [True]
    assert [i["document_id"] for i in copy.items] == [decision(office)]
    assert papers[facts.application_id].slots[0].name == "孙样例（虚构）"
    assert papers[facts.approval_id].data["screening"][0]["result"] == "提供"
    with office.ctx.database.read() as session:
        (first,) = [d for d in casework.deadlines_of(session, office.case_id) if d.kind == "copy_register"]
    assert (due.last_day, due.met_on) == (facts.due_on, dt.date(2026, 5, 20))
    assert first.met_on == dt.date(2026, 5, 19)
    assert kinds(office) == [
        "copy.requested", "copy.registered", "copy.screened", "copy.decided", "copy.made", "copy.answered"
    ]  # fmt: skip


@pytest.mark.article("A33.1")
def test_what_is_withheld_in_part_is_answered_in_writing_with_reason_and_law(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office, other="讨论记录")
    said = {"key": "other", "result": "不提供", "reason": "internal"}
    submitted(office, facts.id, said)
    decided(office, facts.id, "部分同意")
    facts = answered(office, facts.id)
    with office.ctx.database.read() as session:
        reply = casework.document_facts(session, facts.reply_id)
        copy = queries.find_copy(session, facts.copy_id)
    assert facts.state is CopyState.READY
    assert reply.number.startswith("清政查复")
    text = text_of(office.ctx.blobs.read(reply.blobs["sealed"]))
    assert "讨论记录" in text
    assert "政府信息公开条例" in text
    assert copy is not None
    assert any("讨论记录" in r["title"] for r in copy.refused)


def test_a_refusal_is_a_paper_and_no_copy(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office)
    submitted(office, facts.id, {"key": decision(office), "result": "不提供", "reason": "not_held"})
    with pytest.raises(BadInput, match="只能不同意"):
        decided(office, facts.id, "同意")
    decided(office, facts.id, "不同意")
    facts = answered(office, facts.id)
    assert facts.state is CopyState.ANSWERED
    assert facts.copy_id == ""
    with office.ctx.database.read() as session:
        assert casework.document_facts(session, facts.reply_id).data["result"] == "不同意"


def test_consent_may_be_refused_as_a_whole(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office)
    submitted(office, facts.id)
    decided(office, facts.id, "不同意")
    facts = answered(office, facts.id)
    with office.ctx.database.read() as session:
        rows = casework.document_facts(session, facts.reply_id).data["refused"]
    assert rows[0]["reason"] == "属于送达给申请人的文书。"


@pytest.mark.parametrize(
    ("results", "possible"),
    [
        (["提供"], ("同意", "不同意")),
        (["提供", "遮蔽", "已列入"], ("同意", "不同意")),
        (["提供", "不提供"], ("部分同意", "不同意")),
        (["不提供"], ("不同意",)),
        ([], ("不同意",)),
    ],
)
def test_a_decision_goes_with_the_items(results: list[str], possible: tuple[str, ...]) -> None:
    assert decisions_for([{"result": r} for r in results]) == possible


def test_every_step_may_be_run_twice(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office, other="其他")
    again = copy_screening.register(office.ctx, office.actor("壬九"), facts.id, office.press)
    assert again.application_id == facts.application_id
    submitted(office, facts.id, {"key": "other", "result": "不提供", "reason": "not_held"})
    decided(office, facts.id, "部分同意")
    by = office.actor("壬九").account_id
    made = {copy_answering.make(office.ctx, by, facts.id, office.press) for _ in range(2)}
    replies = {copy_answering.answer(office.ctx, by, facts.id, office.press) for _ in range(2)}
    copy_answering.close(office.ctx, by, facts.id)
    copy_answering.close(office.ctx, by, facts.id)
    assert (len(made), len(replies)) == (1, 1)
    with office.ctx.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CopyRow)) == 1
    assert kinds(office).count("copy.answered") == 1


def test_a_screening_that_was_sent_back_is_handed_up_anew(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office, other="询问录像")
    submitted(office, facts.id, {"key": "other", "result": "不提供", "reason": "not_held"})
    with pytest.raises(BadInput, match="意见"):
        copy_screening.send_back(office.ctx, office.actor("丁四"), facts.id, remark=" ")
    back = copy_screening.send_back(office.ctx, office.actor("丁四"), facts.id, remark="录像应当列入。")
    assert (back.state, back.remark) == (CopyState.SCREENING, "录像应当列入。")
    submitted(office, facts.id, {"key": "other", "result": "已列入"})
    assert decided(office, facts.id, "同意").state is CopyState.DECIDED


def test_an_approved_span_of_a_recording_is_given_as_a_clip(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office, wanted=[], other="当时的录像")
    with office.ctx.database.read() as session:
        video = next(r for r in casework.recordings_of(session, office.case_id) if r.kind == "录像")
    key = f"rec:{video.id}"
    with pytest.raises(Refused, match="审查还没有完成") as error:
        submitted(office, facts.id, {"key": "other", "result": "已列入"}, {"key": key, "result": "提供"}, add=[key])
    assert any("起止时间" in f.message for f in error.value.findings)
    submitted(office, facts.id, {"key": key, "result": "提供", "start": "1", "end": "2.5"})
    decided(office, facts.id)
    facts = answered(office, facts.id)
    with office.ctx.database.read() as session:
        copy = queries.find_copy(session, facts.copy_id)
    assert copy is not None
    assert [(c["start_s"], c["end_s"]) for c in copy.clips] == [(1, 2.5)]


# --- what stands against it -------------------------------------------------------------------------------------------


def test_nothing_is_given_that_the_rules_withhold(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office)
    archivist = office.actor("壬九")
    with office.ctx.database.read() as session:
        inside = next(d for d in casework.documents_of(session, office.case_id) if d.volume == "side")
    with pytest.raises(BadInput, match="不能提供"):
        copy_screening.save_screening(office.ctx, archivist, facts.id, [], [inside.id])
    with pytest.raises(BadInput, match="与申请不符"):
        copy_screening.save_screening(office.ctx, archivist, facts.id, [{"key": inside.id, "result": "提供"}])


def test_an_item_that_was_not_screened_stops_the_screening(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office, other="其他材料")
    with pytest.raises(Refused) as error:
        submitted(office, facts.id)
    assert [f.path for f in error.value.findings] == ["other"]
    with pytest.raises(Refused) as error:
        submitted(office, facts.id, {"key": "other", "result": "不提供"})
    assert "理由" in error.value.findings[0].message


@pytest.mark.parametrize(
    "item",
    [
        {"result": "随便"},
        {"result": "不提供", "reason": "because"},
        {"result": "提供", "covers": {"x": "1, 2"}},
        {"result": "已列入"},
    ],
)
def test_words_of_an_item_are_read_strictly(closed_office: Office, item: dict[str, Any]) -> None:
    office = closed_office
    facts = registered(office)
    known = {**item, "key": decision(office)}
    if "covers" in item:
        with office.ctx.database.read() as session:
            shown = copy_screening.screening(office.ctx, session, facts.id)
        if not shown.items[0].pictures:
            known["covers"] = {"x": "1, 2"}
    with pytest.raises(BadInput):
        copy_screening.save_screening(office.ctx, office.actor("壬九"), facts.id, [known])


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ({"purpose": " "}, "purpose"),
        ({"form": "朗读"}, "form"),
        ({"contact": ""}, "contact"),
        ({"wanted": [], "other": ""}, "wanted"),
        ({"wanted": ["018f0000-0000-7000-8000-000000000000"]}, "wanted"),
        ({"other": "字" * 1001}, "other"),
        ({"purpose": "复议\x00"}, "purpose"),
        ({"agent": "午七"}, "agent_id_no"),
    ],
)
def test_a_request_says_what_is_missing(closed_office: Office, words: dict[str, Any], path: str) -> None:
    with pytest.raises(BadInput) as error:
        asked(closed_office, **words)
    assert path in {f.path for f in error.value.findings}


def test_a_hidden_paper_and_one_that_is_not_there_are_refused_alike(closed_office: Office) -> None:
    with closed_office.ctx.database.read() as session:
        inside = next(d for d in casework.documents_of(session, closed_office.case_id) if d.volume == "side")
    said = []
    for wanted in (inside.id, "018f0000-0000-7000-8000-000000000000"):
        with pytest.raises(BadInput) as error:
            asked(closed_office, wanted=[wanted])
        said.append(str(error.value))
    assert said[0] == said[1]


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(out, kind)
    return out.getvalue()


@pytest.mark.article("A33.1")
def test_i3_an_agents_request_waits_for_the_letter_of_authorisation(closed_office: Office) -> None:
    office = closed_office
    facts = asked(office, agent="午七（虚构）", agent_id_no="110101198001019998")
    with pytest.raises(Refused, match="没有授权委托书"):
        copy_screening.register(office.ctx, office.actor("壬九"), facts.id, office.press)


def test_an_agents_letter_becomes_a_paper_of_the_case(closed_office: Office) -> None:
    office = closed_office
    words = {"agent": "午七（虚构）", "agent_id_no": "110101198001019998"}
    facts = registered(office, **words, letter=picture(), letter_name="委托书.jpg")
    with office.ctx.database.read() as session:
        papers = {d.type: d for d in casework.documents_of(session, office.case_id)}
    assert papers["authorization_letter"].data["id_attach"][0]["blob"] == facts.letter["blob"]
    assert papers["record_copy_application"].slots[0].name == "午七（虚构）"
    submitted(office, facts.id)


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00",
        b"<svg onload=alert(1)>",
        b"%PDF-1.7 nothing",
        b"GIF89a",
        b"\xff\xd8\xff cut",
        b"x" * (10 << 20 | 1),
    ],
    ids=["program", "svg", "broken pdf", "gif", "cut jpeg", "too large"],
)
def test_a_letter_that_is_no_document_is_refused(closed_office: Office, data: bytes) -> None:
    with pytest.raises(BadInput) as error:
        asked(closed_office, agent="午七", agent_id_no="1", letter=data, letter_name="委托书.pdf")
    assert error.value.path == "letter"


def test_a_party_has_few_open_requests_and_may_take_one_back(closed_office: Office) -> None:
    office = closed_office
    first, *_ = [asked(office) for _ in range(3)]
    with pytest.raises(Refused, match="已有3份"):
        asked(office)
    who = visitor(office)
    assert withdraw(office.ctx, who.actor, first.id).state is CopyState.WITHDRAWN
    with pytest.raises(Refused, match="不能撤回"):
        withdraw(office.ctx, who.actor, first.id)
    assert asked(office).number == "复申2026-004"


def test_who_is_not_the_party_neither_asks_nor_takes_back(closed_office: Office) -> None:
    office = closed_office
    facts = asked(office)
    who = visitor(office)
    stranger = Actor(**{**vars(who.actor), "party_ids": frozenset({"somebody"})})
    with pytest.raises(NotFound) as error:
        ask_for_copy(office.ctx, stranger, case_id=who.case_id, party_id=who.party_id, asked=Asked(**WORDS))
    assert str(error.value) == str(absent("case"))
    with pytest.raises(NotFound):
        withdraw(office.ctx, stranger, facts.id)
    with pytest.raises(NotFound):
        withdraw(office.ctx, who.actor, "no-such-request")


def test_the_archivist_writes_down_a_request_at_the_counter(closed_office: Office) -> None:
    office = closed_office
    move(office.ctx, ASKED_AT)
    (party_id,) = office.parties.values()
    words = Asked(wanted=[decision(office)], **WORDS)
    made = ask_for_copy(office.ctx, office.actor("壬九"), case_id=office.case_id, party_id=party_id, asked=words)
    with office.ctx.database.read() as session:
        assert [r.id for r in requests_of(session, office.case_id, party_id)] == [made.id]
        assert decision(office) in {d.id for d in askable(office_of(office.ctx, session), office.case_id, party_id)}
    with pytest.raises(Forbidden):
        ask_for_copy(office.ctx, office.actor("甲一"), case_id=office.case_id, party_id=party_id, asked=words)


@pytest.mark.parametrize("name", ["甲一", "丁四"])
def test_only_the_archivist_screens(closed_office: Office, name: str) -> None:
    facts = asked(closed_office)
    with pytest.raises(Forbidden):
        copy_screening.register(closed_office.ctx, closed_office.actor(name), facts.id, closed_office.press)


@pytest.mark.parametrize("name", ["甲一", "壬九"])
def test_only_the_legal_head_decides(closed_office: Office, name: str) -> None:
    office = closed_office
    facts = registered(office)
    submitted(office, facts.id)
    with pytest.raises(Forbidden):
        copy_screening.decide(
            office.ctx, office.actor(name), facts.id, decision="同意", opinion="可以", press=office.press
        )
    with pytest.raises(Forbidden):
        copy_screening.send_back(office.ctx, office.actor(name), facts.id, remark="再看")


def test_nothing_is_done_out_of_its_order(closed_office: Office) -> None:
    office = closed_office
    facts = asked(office)
    archivist = office.actor("壬九")
    with pytest.raises(Refused, match="待登记"):
        copy_screening.submit(office.ctx, archivist, facts.id)
    with pytest.raises(Refused, match="待登记"):
        decided(office, facts.id)
    with pytest.raises(Refused, match="待登记"):
        copy_answering.ask_to_answer(office.ctx, archivist, facts.id)


def test_the_work_is_asked_for_once(closed_office: Office) -> None:
    office = closed_office
    facts = registered(office)
    submitted(office, facts.id)
    decided(office, facts.id)
    archivist = office.actor("壬九")
    first = copy_answering.ask_to_answer(office.ctx, archivist, facts.id)
    second = copy_answering.ask_to_answer(office.ctx, archivist, facts.id)
    assert first.job_id == second.job_id
    with office.ctx.database.read() as session:
        assert jobs.job_facts(session, first.job_id).state is JobState.WAITING
