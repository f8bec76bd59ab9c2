"""Hostile ids, files and Chinese input at the operations (hostile.md A, B, H): each row by the test named after it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from access import accounts
from casework import queries
from casework import register as rows
from casework.cleaning import clean
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.media import look_at
from casework.operations import announcing, documents, services
from casework.operations import parties as register
from casework.recordings import display_name
from casework.validation import read_name
from casework.values import read_value
from catalogue.definitions import Field
from foundation import journal
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Conflict, NotFound
from tests.casework.offices import FIRM, Bureau, small
from tests.conftest import move

CITIZEN = {"kind": "公民", "address": "样例村（虚构）", "id_type": "居民身份证", "id_no": "110101199001019984"}
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bureau(ctx: Context, tmp_path: Path) -> Bureau:
    return Bureau(small(ctx, tmp_path / "types"))


def issued(bureau: Bureau, case: CaseFacts) -> DocumentFacts:
    return bureau.issue(bureau.draft("letter", case, data={"text": "试"}))


def events(bureau: Bureau, case: CaseFacts) -> list[str]:
    with bureau.ctx.database.read() as session:
        return [e.kind for e in journal.events(session, f"case:{case.id}")]


def test_a3_a_number_that_another_office_uses_says_nothing(bureau: Bureau) -> None:
    bureau.party()
    other = Bureau(bureau.ctx, "QH02")
    assert other.party().name == FIRM["name"], "the same number in two offices, and neither learns of the other"
    other.device()
    bureau.device()
    accounts.add_account(bureau.ctx, person_id=other.ids["甲一"], login="tonghao", password="河边草木深 4711")  # noqa: S106
    with pytest.raises(BadInput) as caught:
        accounts.add_account(bureau.ctx, person_id=bureau.ids["甲一"], login="tonghao", password="草木深河边 4711")  # noqa: S106
    assert str(caught.value).startswith("login：账号已被使用。"), "no office, no person"


@pytest.mark.article("A34.1")
def test_a15_a_batch_with_one_paper_that_is_not_theirs_does_nothing(bureau: Bureau) -> None:
    own = bureau.case("summary", party_ids=[bureau.party().id])
    hidden = bureau.case("summary", member_ids=[bureau.ids["乙二"]])
    mine, theirs = issued(bureau, own), bureau.draft("letter", hidden, by="乙二", data={"text": "秘"})
    before = events(bureau, own)
    said = []
    for ids in ([mine.id, theirs.id], [mine.id, "nowhere"], [theirs.id]):
        with pytest.raises(AnjuanError) as caught:
            services.serve(bureau.ctx, bureau.as_("甲一"), document_ids=ids, method="direct")
        assert theirs.title not in str(caught.value)
        said.append((type(caught.value), str(caught.value)))
    assert said[0] == said[1], "a paper that may not be known of is answered like one that is not there"
    assert events(bureau, own) == before


@pytest.mark.article("A34.1")
def test_a15_links_to_papers_of_another_case_are_refused_whole(bureau: Bureau) -> None:
    bureau.device()
    own, hidden = bureau.case("summary"), bureau.case("summary", member_ids=[bureau.ids["乙二"]])
    mine, theirs = issued(bureau, own), bureau.draft("letter", hidden, by="乙二", data={"text": "秘"})
    before = events(bureau, own)
    with pytest.raises(NotFound):
        announcing.announce_recording(
            bureau.ctx,
            bureau.as_("甲一"),
            case_id=own.id,
            kind="录像",
            scene="检查",
            operator_id=bureau.ids["乙二"],
            started_at=bureau.ctx.clock.now() - MINUTE,
            place="河边",
            document_ids=[mine.id, theirs.id],
        )
    assert events(bureau, own) == before, "nothing is half done"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("照片.jpg", b"MZ\x90\x00\x03" + bytes(512), "照相"),
        ("照片.png", b"<html><script>alert(1)</script></html>", "照相"),
        ("照片.jpg", b"%PDF-1.7\n" + bytes(200), "照相"),
        ("照片.jpg", b"PK\x03\x04" + bytes(200), "照相"),
        ("照片.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "照相"),
        ("现场.mp4", b"\xff\xd8\xff\xe0" + bytes(200), "录像"),
        ("录音.wav", b"RIFF\x00\x00\x00\x00WAVEjunk", "录音"),
        ("动图.gif", b"GIF89a" + bytes(200), "照相"),
        ("照片.jpg.exe", b"\xff\xd8\xff\xe0" + bytes(200), "照相"),
    ],
)
def test_b10_a_file_that_lies_about_itself_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    file = tmp_path / "收到的"
    file.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        look_at(file, kind, name)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\现场\\照片.jpg", "照片.jpg"),
        ("/etc/x.jpg", "x.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("笑\U0001f600.jpg", "笑\U0001f600.jpg"),
        ("..", ".."),
        ("", "无名文件"),
    ],
)
def test_b9_an_original_name_loses_folders_and_marks(given: str, shown: str) -> None:
    assert display_name(given) == shown


def test_b9_a_name_of_three_hundred_bytes_is_cut_between_characters() -> None:
    name = display_name("照" * 300 + ".jpg")
    assert len(name.encode()) <= 200
    assert name.endswith("照.jpg")


@pytest.mark.parametrize("name", ["甲\r\nBcc: x@y.example", "甲\nSubject: 中奖", "甲\x00乙"])
def test_b6_line_breaks_and_control_signs_never_stay_in_a_name(bureau: Bureau, name: str) -> None:
    if "\x00" in name:
        with pytest.raises(BadInput, match="控制符"):
            bureau.party(name=name)
    else:
        assert bureau.party(name=name).name.isprintable()


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", "．", " ", ""])
def test_h3_a_name_is_one_however_it_is_dotted(bureau: Bureau, dot: str) -> None:
    first = bureau.party(name="阿依古丽·买买提")
    found = register.same_name(bureau.ctx, bureau.as_("甲一"), f"阿依古丽{dot}买买提")
    assert [p.id for p in found] == [first.id]


@pytest.mark.parametrize(
    ("id_type", "id_no", "kept"),
    [
        ("居民身份证", "11010119900101999X", None),
        ("居民身份证", "１１０１０１１９９００１０１９９８４", "110101199001019984"),
        ("居民身份证", "110101900101998", "110101900101998"),
        ("护照", "E00000000", "E00000000"),
        ("港澳居民来往内地通行证", "H00000000", "H00000000"),
        ("台湾居民来往大陆通行证", "00000000", "00000000"),
        ("外国人永久居留身份证", "USA110000000000", "USA110000000000"),
        ("无证件", "无", "无"),
    ],
)
def test_h4_numbers_are_read_by_the_type_of_their_paper(
    bureau: Bureau, id_type: str, id_no: str, kept: str | None
) -> None:
    facts = {**CITIZEN, "name": "孙样例（虚构）", "gender": "女", "birth_date": "1990-01-01"}
    given = {**facts, "id_type": id_type, "id_no": id_no}
    if kept is None:
        with pytest.raises(BadInput, match="校验"):
            register.register_party(bureau.ctx, bureau.as_("甲一"), **given)
        return
    assert register.register_party(bureau.ctx, bureau.as_("甲一"), **given).id_no == kept


def date(text: str) -> Any:
    return read_value(Field(name="d", label="日期", kind="date"), text, "d")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("二〇二六年十一月三日", "2026-11-03"), ("2026.11.3", "2026-11-03"), ("２０２６年１１月３日", "2026-11-03")],
)
def test_h7_dates_are_read_as_people_write_them(text: str, wanted: str) -> None:
    assert date(text).value == wanted


@pytest.mark.parametrize("text", ["农历腊月初八", "丙午年正月十五", "闰四月初一"])
def test_h7_a_lunar_date_is_refused_with_a_hint(text: str) -> None:
    (finding,) = date(text).findings
    assert "公历" in finding.remedy


def test_h7_statements_keep_the_lunar_date_that_was_said(bureau: Bureau) -> None:
    case = bureau.case("summary")
    said = "去年腊月初八倒的，二〇二五年十一月也倒过。"
    paper = bureau.draft("letter", case, data={"text": said})
    assert paper.data["text"] == said


@pytest.mark.parametrize("rare", ["\U00020bb7", "\U00030000", "𬱟", "㑇"])
def test_h1_a_rare_character_is_kept_as_it_is(bureau: Bureau, rare: str) -> None:
    party = bureau.party(name=f"{rare}样例")
    with bureau.ctx.database.read() as session:
        assert queries.party_facts(session, party.id).name == f"{rare}样例"
        assert rows.of_same_name(session, bureau.agency_id, f"{rare}样例") == [party.id]


def test_h12_the_same_name_is_a_warning_and_never_a_merger(bureau: Bureau) -> None:
    first = bureau.party(name="孙样例商行")
    second = bureau.party(name="孙样例商行", id_type="其他", id_no="2")
    assert first.id != second.id
    assert len(register.same_name(bureau.ctx, bureau.as_("甲一"), "孙样例商行")) == 2
    with pytest.raises(Conflict):
        bureau.party(name="另一家")


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u2060"])
def test_h13_marks_that_nobody_sees_are_taken_out_of_pasted_text(bureau: Bureau, mark: str) -> None:
    case = bureau.case("summary")
    paper = bureau.draft("letter", case, data={"text": f"微信{mark}转发\x0b第二行"})
    assert paper.data["text"] in ("微信转发 第二行", "微信转发\n第二行")
    assert clean(f"微{mark}信") == "微信"
    assert read_name(f"孙{mark}样例")[0] == "孙样例"


def test_e1_two_who_save_one_draft_meet_both_versions(bureau: Bureau) -> None:
    paper = bureau.draft("letter", bureau.case("summary"), data={"text": "初稿"})
    documents.revise(bureau.ctx, bureau.as_("甲一"), document_id=paper.id, base_version=1, data={"text": "甲改"})
    with pytest.raises(Conflict) as caught:
        documents.revise(bureau.ctx, bureau.as_("乙二"), document_id=paper.id, base_version=1, data={"text": "乙改"})
    assert "甲改" in caught.value.findings[0].message
    assert "乙改" in caught.value.findings[0].message
    move(bureau.ctx, bureau.ctx.clock.now() + MINUTE)
    assert paper.status is Status.DRAFT
