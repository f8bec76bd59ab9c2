"""Papers say what the law asks them to say: remedies, hearing, defence, late fines, demand (docs/laws.md)."""

import re
from typing import Any

import pytest

from generator.compile import compile_template
from generator.convert_text import docx_text
from generator.render import render
from tests.generator.jobs import catalogue, job

FIRST = {"reconsideration_first": True, "litigation_days": 15}
TELLING = sorted(
    t.id for t in catalogue().types.values() if t.find_field("reconsideration_days") and t.id != "service_announcement"
)


def said(type_id: str, **values: Any) -> str:
    """Return the words of a type's ordinary sample without blanks."""
    made = job(type_id, **values)
    docx = render(made.definition, compile_template(made.definition), made.values, made.furniture, made.images)
    return re.sub(r"\s", "", docx_text(docx))


@pytest.mark.parametrize("type_id", [t for t in TELLING if t != "summary_penalty_decision"])
def test_remedies_are_reconsideration_or_suit_with_bodies_and_periods(type_id: str) -> None:
    words = said(type_id, reconsideration_first=False, litigation_months=6)
    assert re.search(r"日起60日内向示范县人民政府（虚构）申请行政复议，也可以", words)
    assert re.search(r"起6个月内直接向示范县人民法院（虚构）提起行政诉讼", words)


@pytest.mark.parametrize("type_id", TELLING)
def test_where_reconsideration_comes_first_the_suit_follows_its_decision(type_id: str) -> None:
    words = said(type_id, **FIRST)
    assert re.search(r"应当自收到本.{2,3}书之日起60日内先向示范县人民政府（虚构）申请行政复议", words)
    assert "自收到行政复议决定书之日起15日内向示范县人民法院（虚构）提起行政诉讼" in words
    assert "个月内" not in words


@pytest.mark.parametrize("party", [{"party_type": "公民"}, {"party_type": "法人"}])
def test_a_penalty_on_the_spot_goes_to_reconsideration_first_whoever_the_party_is(party: dict[str, str]) -> None:
    words = said("summary_penalty_decision", **party)
    assert "日内先向示范县人民政府（虚构）申请行政复议（也可以通过本机关提交行政复议申请）" in words
    assert "本决定不停止执行" in words


@pytest.mark.parametrize("type_id", ["penalty_decision", "late_fine_notice", "coercive_measure_decision"])
def test_what_is_decided_is_not_stopped_by_a_remedy(type_id: str) -> None:
    assert "行政复议、行政诉讼期间，除法律另有规定外，本决定不停止执行" in said(type_id)


def test_a_decision_says_whether_a_late_fine_is_added() -> None:
    """罚72, 73(3), 罚缴分离7: with its rate and cap, or that there is none; nothing where no fine is to be paid."""
    with_fine = said("penalty_decision", late_fine=True)
    assert "每日按罚款数额的百分之三加处罚款，加处罚款的数额不超出罚款的数额" in with_fine
    assert "在行政复议或者行政诉讼期间不予计算" in with_fine
    without = said("penalty_decision", late_fine=False)
    assert "到期不缴纳罚款的，不加处罚款" in without
    assert "百分之三" not in without
    assert "加处罚款" not in said("penalty_decision", late_fine=False, amount=None, amount_cn=None)
    on_the_spot = {"collect_way": "银行缴纳", "collect_bank": "示例银行", "late_fine": False}
    assert "到期不缴纳罚款的，不加处罚款" in said("summary_penalty_decision", **on_the_spot)


def test_a_prior_notice_gives_the_days_that_the_office_sets() -> None:
    assert "自收到本告知书之日起5个工作日内以书面或者口头方式提出" in said("penalty_prior_notice")
    words = said("penalty_prior_notice", defense_days=7)
    assert "自收到本告知书之日起7个工作日内" in words
    assert "进行复核，成立的予以采纳；不因陈述、申辩而给予更重的处罚" in words
    assert "听证" not in words, "hearing is told only where it is due"


def test_a_notice_of_hearing_tells_all_rights() -> None:
    words = said("hearing_rights_notice", defense_days=7)
    for right in (
        "第四十四条、第四十五条、第六十三条、第六十四条",
        "要求听证的，应当自收到本告知书之日起五个工作日内提出",
        "可以亲自参加听证，也可以委托一至二人代理",
        "陈述、申辩的，可以自收到本告知书之日起7个工作日内",
        "进行复核，成立的予以采纳；不因陈述、申辩或者要求听证而给予更重的处罚",
        "当事人不承担组织听证的费用",
    ):
        assert right in words


def test_a_call_to_the_hearing_tells_agents_recusal_and_absence() -> None:
    words = said("hearing_notice")
    for right in ("委托一至二人代理", "有权申请回避", "申辩和质证", "视为放弃听证权利"):
        assert right in words


def test_a_hearing_on_a_licence_rests_on_the_licensing_law() -> None:
    basis = "《中华人民共和国行政许可法》第四十七条、第四十八条"
    words = said("hearing_notice", legal_basis=basis)
    assert f"依据{basis}的规定" in words
    assert "行政处罚法" not in words


def test_applicants_and_neighbours_are_told_of_statement_and_hearing() -> None:
    words = said("interested_party_notice")
    assert "第三十六条、第四十七条" in words
    assert "自收到本告知书之日起五个工作日内提出" in words
    assert "不承担组织听证的费用" in words


def test_a_demand_states_what_the_compulsion_law_lists() -> None:
    words = said("demand_letter")
    assert "第三十五条、第五十四条" in words
    assert "自收到本催告书之日起十个工作日内" in words
    assert "有权进行陈述和申辩" in words
    assert "进行记录、复核，成立的予以采纳" in words
    assert "法律效力" not in words, "a demand may go out before the periods of remedies are over"


def test_seizing_tells_reason_basis_period_and_rights() -> None:
    words = said("coercive_measure_decision")
    for right in ("经本机关负责人批准", "期限：自", "保管费用由本机关承担", "有权陈述和申辩"):
        assert right in words


def test_an_announcement_counts_remedies_from_the_day_of_deemed_service() -> None:
    words = said("service_announcement")
    assert "第九十五条第一款" in words
    assert "自视为送达之日起60日内" in words
    assert "自视为送达之日起60日内先向" in said("service_announcement", **FIRST)
    assert "行政复议" not in said("service_announcement", tells_remedy=False), "a notice is no decision"


@pytest.mark.parametrize(
    ("party", "you"), [("公民", "你"), ("个体工商户", "你"), ("法人", "你单位"), ("其他组织", "你单位")]
)
def test_citizens_and_organisations_are_spoken_to_as_such(party: str, you: str) -> None:
    words = said("penalty_prior_notice", party_type=party)
    assert f"{you}有权进行陈述和申辩" in words
    assert "你（单位）" not in words


def test_who_is_not_known_is_addressed_as_forms_do() -> None:
    assert "现向你（单位）公告送达" in said("service_announcement")
    assert "直接关系你（单位）的重大利益" in said("interested_party_notice", addressee_kind="利害关系人")
