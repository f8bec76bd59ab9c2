"""Bad values in papers: named by field, in Chinese, with a remedy; nothing is stored, nothing is lost."""

from pathlib import Path
from typing import Any

import pytest

from casework import queries
from casework.facts import CaseFacts
from casework.operations import documents
from foundation.context import Context
from foundation.errors import BadInput, Refused
from tests.casework.offices import Bureau, small


@pytest.fixture
def bureau(ctx: Context, tmp_path: Path) -> Bureau:
    return Bureau(small(ctx, tmp_path / "types"))


@pytest.fixture
def case(bureau: Bureau) -> CaseFacts:
    return bureau.case("summary")


def papers(bureau: Bureau, case: CaseFacts) -> int:
    with bureau.ctx.database.read() as session:
        return len(queries.documents_of(session, case.id))


WRONG = [
    ("amount", "1.005", "小数超过两位"),
    ("amount", "-1", "不能是负数"),
    ("amount", "一百元", "不是数字"),
    ("amount", "NaN", "不是可用的数字"),
    ("amount", True, "不是"),
    ("on", "农历腊月初八", "农历"),
    ("on", "甲辰年正月初一", "农历"),
    ("on", "2026-02-30", "没有2026年2月30日"),
    ("on", "下周三", "不是日期"),
    ("on", "0026-01-01", "不在1900到2200年之间"),
    ("at", "2026-01-05T25:00", "没有这个时刻"),
    ("way", "飞鸽", "没有“飞鸽”这一项"),
    ("yes", "也许", "应填是或否"),
    ("text", "长" * 501, "超过500字"),
    ("text", "断\ud800字", "控制符或残缺的字符"),
    ("text", "响铃\x07", "控制符或残缺的字符"),
    ("unknown", "值", "unknown"),
    ("rows", [{"nowhere": "1"}], "没有“nowhere”这一栏"),
]


@pytest.mark.parametrize(
    ("field", "value", "words"), WRONG, ids=lambda v: str(v)[:12].encode("unicode_escape").decode()
)
def test_a_wrong_value_is_refused_with_its_field_and_nothing_is_stored(
    bureau: Bureau, case: CaseFacts, field: str, value: Any, words: str
) -> None:
    with pytest.raises(BadInput) as caught:
        bureau.draft("facts", case, data={field: value})
    (finding,) = caught.value.findings
    assert finding.path.split("[")[0].split(".")[0] == field
    assert words in finding.message
    assert finding.remedy
    assert papers(bureau, case) == 0


def test_all_faults_are_told_at_once(bureau: Bureau, case: CaseFacts) -> None:
    with pytest.raises(BadInput, match="有3处需要更正") as caught:
        bureau.draft("facts", case, data={"amount": "1.005", "on": "腊月初八", "way": "飞鸽"})
    assert [f.path for f in caught.value.findings] == ["amount", "on", "way"]


READ = [
    ("amount", "５０，０００．００元", "50000"),
    ("amount", "50,000.10", "50000.10"),
    ("on", "二〇二六年三月十日", "2026-03-10"),
    ("on", "2026.3.10", "2026-03-10"),
    ("on", "２０２６年３月１０日", "2026-03-10"),
    ("at", "2026年3月10日9时30分", "2026-03-10T09:30"),
    ("yes", "是", True),
    ("text", "看不见\u200b的\ufeff记号", "看不见的记号"),
    ("text", "{{ 7*7 }} <b>&</b>", "{{ 7*7 }} <b>&</b>"),
    ("id_no", "１１０１０１１９９００１０１９９８ｘ", "11010119900101998X"),
]


@pytest.mark.parametrize(
    ("field", "value", "stored"), READ, ids=lambda v: str(v)[:12].encode("unicode_escape").decode()
)
def test_what_can_be_read_is_stored_in_one_form(
    bureau: Bureau, case: CaseFacts, field: str, value: Any, stored: Any
) -> None:
    assert bureau.draft("facts", case, data={field: value}).data[field] == stored


def test_a_wrong_check_digit_is_named_before_issuing(bureau: Bureau, case: CaseFacts) -> None:
    paper = bureau.draft("facts", case, data={"id_no": "110101199001019985", "text": "试"})
    with pytest.raises(Refused) as caught:
        bureau.issue(paper)
    (finding,) = caught.value.findings
    assert (finding.code, finding.path) == ("CHECK", "id_no")
    assert "校验位不符" in finding.message


def test_a_refused_change_leaves_the_draft_as_it_was(bureau: Bureau, case: CaseFacts) -> None:
    paper = bureau.draft("facts", case, data={"text": "原文"})
    with pytest.raises(BadInput):
        documents.revise(
            bureau.ctx,
            bureau.as_("甲一"),
            document_id=paper.id,
            base_version=1,
            data={"text": "新文", "amount": "1.005"},
        )
    with bureau.ctx.database.read() as session:
        kept = queries.document_facts(session, paper.id)
    assert (kept.version, kept.data) == (1, {"text": "原文"})


def test_a_slot_fills_its_own_fields_alone(bureau: Bureau, case: CaseFacts) -> None:
    approval = bureau.draft("approval", case, data={"text": "事"})
    with pytest.raises(BadInput, match="不填写“text”"):
        bureau.sign(approval, "handler", values={"text": "改写"})


@pytest.mark.parametrize("image", [b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(200_001)])
def test_a_drawn_signature_is_a_small_png(bureau: Bureau, case: CaseFacts, image: bytes) -> None:
    approval = bureau.draft("approval", case, data={"text": "事"})
    with pytest.raises(BadInput, match="不超过200KB的PNG"):
        bureau.sign(approval, "handler", image=image)
