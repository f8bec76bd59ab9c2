"""Values: read by kind, cleaned, checked; every fault names its field and what to do."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import validation
from casework.capital import capital
from casework.identity import credit_code_fault, id_number_fault, narrow, phone_fault
from casework.values import read_value
from catalogue.definitions import Field
from catalogue.loading import parse_definition
from foundation.clock import SHANGHAI
from tests.casework.gate_views import definition


def read(kind: str, raw: Any, **keys: Any) -> Any:
    got = read_value(Field(name="x", label="某栏", kind=kind, **keys), raw, "x")
    return got.findings[0].message if got.findings else got.value


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10",
        "2026年3月10日",
        "2026.3.10",
        "2026/03/10",
        "２０２６年３月１０日",
        "二〇二六年三月十日",
        " 2026-3-10 ",
    ],
)
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    assert read("date", text) == "2026-03-10"


@pytest.mark.parametrize(
    ("text", "wanted"), [("二〇二六年十一月二十一日", "2026-11-21"), ("二〇二六年十二月三十日", "2026-12-30")]
)
def test_chinese_tens_are_read(text: str, wanted: str) -> None:
    assert read("date", text) == wanted


@pytest.mark.parametrize("text", ["农历2026年三月初十", "丙午年腊月廿三", "2026年正月初一"])
def test_a_lunar_date_is_refused_with_a_hint(text: str) -> None:
    assert "农历" in read("date", text)


@pytest.mark.parametrize("text", ["2026-02-30", "明天", "26-3-10", "0026-03-10", "9999-01-01"])
def test_no_date_is_guessed(text: str) -> None:
    assert read("date", text).startswith("“某栏”")


@pytest.mark.parametrize("text", ["2026-03-11T15:20", "2026年3月11日15时20分", "2026-3-11 15:20:00"])
def test_an_instant_is_read_as_people_write_it(text: str) -> None:
    assert read("datetime", text) == "2026-03-11T15:20"


def test_an_instant_of_another_zone_becomes_local() -> None:
    assert read("datetime", "2026-03-11T07:20+00:00") == "2026-03-11T15:20"
    assert read("datetime", dt.datetime(2026, 3, 11, 15, 20, tzinfo=SHANGHAI)) == "2026-03-11T15:20"
    assert read("date", dt.datetime(2026, 3, 10, 23, 0, tzinfo=dt.UTC)) == "2026-03-11"


@pytest.mark.parametrize(("raw", "wanted"), [("50000", "50000"), ("50,000.5", "50000.50"), ("５０元", "50"), (0, "0")])
def test_money_is_kept_as_exact_text(raw: Any, wanted: str) -> None:
    assert read("money", raw) == wanted


@pytest.mark.parametrize(
    ("raw", "word"),
    [("1.005", "两位"), ("-1", "负"), ("NaN", "可用"), ("一百", "数字"), ("1e99", "可用"), (True, "数字")],
)
def test_money_that_is_none_is_refused(raw: Any, word: str) -> None:
    assert word in read("money", raw)


def test_numbers_keep_no_idle_zeros() -> None:
    assert (read("number", "35"), read("number", "7.40"), read("number", 12)) == ("35", "7.4", "12")


def test_a_choice_is_one_of_its_options() -> None:
    options = ("同意", "不同意")
    assert read("choice", "同意", options=options) == "同意"
    assert "没有“也许”这一项" in read("choice", "也许", options=options)
    assert read("multi_choice", ["不同意", "同意"], options=options) == ["同意", "不同意"]


def test_yes_and_no_are_no_other_words() -> None:
    assert (read("bool", "是"), read("bool", False)) == (True, False)
    assert "应填是或否" in read("bool", "也许")


def test_rows_keep_their_columns_and_refuse_others() -> None:
    columns = (Field(name="name", label="名称"), Field(name="amount", label="金额", kind="money"))
    rows = read("list", [{"name": "罚款", "amount": "50,000"}, {"name": "", "amount": None}], columns=columns)
    assert rows == [{"name": "罚款", "amount": "50000"}]
    assert "没有“price”这一栏" in read("list", [{"price": "1"}], columns=columns)
    got = read_value(Field(name="x", label="x", kind="list", columns=columns), [{"amount": "1.005"}], "x")
    assert got.findings[0].path == "x[0].amount"


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ud800", "\uffff", "\x7f"])
def test_damaged_characters_are_refused_by_field(bad: str) -> None:
    got = read_value(Field(name="x", label="某栏"), f"文{bad}字", "x")
    assert got.findings[0].code == "CHARACTER"
    assert "第2个字符" in got.findings[0].message


def test_invisible_marks_of_pasted_text_are_taken_out() -> None:
    assert read("long_text", "\ufeff第一行\u200b\r\n第\u202e二行\x0b") == "第一行\n第二行"
    assert read("text", "一\n二") == "一 二"


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "a & b < c", "<script>", "{% if %}", "𠮷野家", "\\u0000"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert read("text", text) == text


def test_overlong_text_is_refused() -> None:
    assert "超过500字" in read("text", "长" * 501)
    assert read("long_text", "长" * 501) == "长" * 501


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40))
def test_reading_text_never_fails_and_is_stable(text: str) -> None:
    got = read_value(Field(name="x", label="x", kind="long_text"), text, "x")
    if not got.findings and got.value:
        assert read("long_text", got.value) == got.value


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 12, 31)))
def test_every_date_reads_back_from_its_official_form(day: dt.date) -> None:
    assert read("date", f"{day.year}年{day.month}月{day.day}日") == day.isoformat()


# --- completeness and checks -----------------------------------------------------------------------------------------


def faults(fields: list[dict[str, Any]], values: dict[str, Any], **known: Any) -> list[tuple[str, str]]:
    frame = validation.Frame(values=values, today=dt.date(2026, 3, 10), resolve=known.get)
    return [(f.code, f.path) for f in validation.faults(definition("x", fields=fields), frame)]


def field(name: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "label": name, **keys}


def test_all_faults_come_at_once_with_their_places() -> None:
    fields = [field("a", required=True), field("b", kind="date", checks=["not_future"]), field("c", required=True)]
    assert faults(fields, {"b": "2026-03-11"}) == [("REQUIRED", "a"), ("CHECK", "b"), ("REQUIRED", "c")]


@pytest.mark.parametrize(
    ("cited", "wrong"),
    [
        ("《中华人民共和国大气污染防治法》第一百一十七条第（二）项", False),
        ("《中华人民共和国大气污染防治法》第一百三十条", True),
        ("《中华人民共和国行政处罚法》第六十三条第三款", True),
        ("《行政执法监督条例》第三条", False),
        ("《中华人民共和国生态环境法典》第一千一百三十条", True),
        ("《某市扬尘条例》第九百条", False),
    ],
)
def test_a_provision_that_neither_the_time_of_the_act_nor_today_knows_is_refused(cited: str, wrong: bool) -> None:
    known = {"case.initiated_on": "2026-01-06"}
    assert faults([field("basis", kind="citations")], {"basis": cited}, **known) == (
        [("CITE", "basis")] if wrong else []
    )


def test_a_conditional_field_is_required_only_when_its_condition_holds() -> None:
    fields = [field("kind"), field("gender", required={"kind": ["公民"]})]
    assert faults(fields, {"kind": "公民"}) == [("REQUIRED", "gender")]
    assert not faults(fields, {"kind": "法人"})


def test_what_issuing_fills_is_never_missing() -> None:
    assert not faults([field("doc_no", required=True, **{"from": "document.number"})], {})


def test_columns_are_required_in_every_row() -> None:
    rows = field("items", kind="list", columns=[field("name", required=True), field("qty")])
    assert faults([rows], {"items": [{"name": "a"}, {"qty": "1"}]}) == [("REQUIRED", "items[1].name")]


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("id_no", "110101198001019998", "110101198001019997"),
        ("credit_code", "91110101MA0FAKE17Q", "91110101MA0FAKE17R"),
        ("phone", "000-00000001", "电话"),
        ("amount", "1.05", "1.005"),
        ("not_future", "2026-03-10", "2026-03-11"),
        ({"equals": "case.title"}, "扬尘案", "别的案"),
        ({"capital_of": "amount"}, "人民币伍万元整", "五万元"),
        ({"not_before": "start"}, "2026-03-01", "2026-02-28"),
    ],
)
def test_each_named_check_takes_the_right_and_refuses_the_wrong(check: Any, good: str, bad: str) -> None:
    fields = [field("x", checks=[check]), field("amount"), field("start")]
    rest = {"amount": "50000", "start": "2026-03-01T09:00"}
    known = {"case.title": "扬尘案"}
    assert not faults(fields, {**rest, "x": good}, **known)
    assert faults(fields, {**rest, "x": bad}, **known) == [("CHECK", "x")]


def test_lists_have_enough_and_different_rows() -> None:
    rows = field("o", kind="list", columns=[field("name")], checks=[{"min_items": 2}, "distinct_names"])
    assert faults([rows], {"o": [{"name": "甲一"}]}) == [("CHECK", "o")]
    assert faults([rows], {"o": [{"name": "甲一"}, {"name": "甲一"}]}) == [("CHECK", "o")]
    assert not faults([rows], {"o": [{"name": "甲一"}, {"name": "乙二"}]})


def test_unknown_slot_owned_and_sealed_fields_are_refused() -> None:
    fields = [field("facts"), field("opinion"), field("seal", kind="seal")]
    slots = [{"id": "head", "part": "approve", "role": "agency_head", "fills": ["opinion"]}]
    kind = parse_definition({**definition("x").canonical, "fields": fields, "slots": slots})
    data, found = validation.normalise(kind, {"facts": "a", "opinion": "同意", "seal": "印", "nothing": 1})
    assert data == {"facts": "a"}
    assert [f.path for f in found] == ["opinion", "seal", "nothing"]
    assert "签批位" in found[0].message


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["11010119800101999８", "１１０１０１１９８００１０１９９９８"])
def test_full_width_digits_are_read_as_digits(text: str) -> None:
    assert not id_number_fault(narrow(text))


def test_a_small_x_is_a_check_digit() -> None:
    numbers = [f"1101011980010199{n}{c}" for n in range(10) for c in "x"]
    assert sum(not id_number_fault(narrow(n)) for n in numbers) == 1


@pytest.mark.parametrize("text", ["110101800101999", "110101198013019998", "11010119800101999", "abc"])
def test_old_numbers_are_taken_and_impossible_ones_refused(text: str) -> None:
    assert bool(id_number_fault(text)) is (text != "110101800101999")


@given(st.integers(0, 17), st.integers(0, 9))
def test_one_wrong_digit_is_always_noticed(at: int, digit: int) -> None:
    right = "110101198001019998"
    wrong = right[:at] + str(digit) + right[at + 1 :]
    assert bool(id_number_fault(wrong)) is (wrong != right)


def test_phones_and_codes_say_what_they_should_be() -> None:
    assert "电话" in phone_fault("123")
    assert "18位" in credit_code_fault("123")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("50000", "伍万元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("1005.20", "壹仟零伍元贰角"),
        ("10001.01", "壹万零壹元零壹分"),
    ],
)
def test_capitals_follow_the_official_form(amount: str, words: str) -> None:
    assert capital(Decimal(amount)) == words
