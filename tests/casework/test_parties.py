"""Parties are registered with what their kind must state; numbers are read as typed and checked."""

import datetime as dt
from typing import Any

import pytest

from casework.parties import name_key, read_party
from foundation.errors import BadInput

TODAY = dt.date(2026, 1, 5)
CITIZEN = {
    "kind": "公民",
    "name": "孙样例",
    "id_type": "居民身份证",
    "id_no": "110101199001019984",
    "address": "样例村3组",
}
FIRM = {
    "kind": "法人",
    "name": "示例公司",
    "id_type": "营业执照",
    "id_no": "91110101MA0FAKE17Q",
    "representative": "钱样本",
    "representative_post": "执行董事",
    "address": "工业路0号",
}


def faults(**data: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        read_party(data, TODAY)
    assert all(f.remedy for f in caught.value.findings)
    return {f.path: f.message for f in caught.value.findings}


def test_birth_date_and_gender_of_a_citizen_come_from_the_identity_card() -> None:
    party = read_party(CITIZEN, TODAY)
    assert (party["birth_date"], party["gender"]) == (dt.date(1990, 1, 1), "女")


def test_full_width_digits_and_spaces_are_read_as_digits() -> None:
    assert (
        read_party({**CITIZEN, "id_no": " １１０１０１１９９００１０１９９８４ "}, TODAY)["id_no"]
        == "110101199001019984"
    )


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({**CITIZEN, "id_no": "110101199001019985"}, "id_no", "校验位不符"),
        ({**CITIZEN, "id_no": "110101199013019984"}, "id_no", "不是有效的出生日期"),
        ({**FIRM, "id_no": "91110101MA0FAKE17R"}, "id_no", "校验位不符"),
        ({**CITIZEN, "gender": "男"}, "gender", "与身份证号码不一致"),
        ({**CITIZEN, "birth_date": "正月初一"}, "birth_date", "农历"),
        ({**CITIZEN, "phone": "打不通"}, "phone", "电话号码"),
        ({**CITIZEN, "name": "孙\x00样例"}, "name", "控制符"),
        ({**CITIZEN, "kind": "外星人"}, "kind", "没有“外星人”这一项"),
        ({**CITIZEN, "nickname": "小孙"}, "nickname", "没有“nickname”这一项"),
    ],
)
def test_a_wrong_value_is_named_with_its_field_and_remedy(data: dict[str, Any], field: str, words: str) -> None:
    assert words in faults(**data)[field]


@pytest.mark.article("A9.3")
@pytest.mark.parametrize(
    ("data", "missing"),
    [
        ({**CITIZEN, "id_type": "护照", "id_no": "E00000000"}, {"gender", "birth_date"}),
        (
            {k: v for k, v in FIRM.items() if not k.startswith("representative")},
            {"representative", "representative_post"},
        ),
        ({**FIRM, "kind": "个体工商户", "representative": "", "representative_post": ""}, {"representative"}),
        ({"kind": "其他组织"}, {"name", "id_type", "id_no", "address", "representative", "representative_post"}),
    ],
)
def test_each_kind_states_its_own_facts_and_all_that_is_missing_is_named(
    data: dict[str, Any], missing: set[str]
) -> None:
    assert set(faults(**data)) == missing


@pytest.mark.parametrize(
    "name", ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽・买买提", "阿依古丽‧买买提", "阿依古丽 买买提"]
)
def test_one_name_has_one_key_however_it_is_dotted(name: str) -> None:
    assert name_key(name) == "阿依古丽买买提"
