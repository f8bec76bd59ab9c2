"""Provisions are found by words or written by numbers, in the version of the day; without script too."""

from urllib.parse import urlencode

from flask.testing import FlaskClient


def page(client: FlaskClient, **given: object) -> str:
    return client.get(f"/statutes?{urlencode(given)}").text


def test_words_find_provisions_with_version_and_fine(handler: FlaskClient) -> None:
    found = page(handler, q="不低于堆放物高度", day="2026-01-06")
    assert "《中华人民共和国大气污染防治法》第一百一十七条第（二）项" in found
    assert "2018年修正，2018-10-26起施行" in found
    assert "10,000—100,000" in found


def test_the_same_list_is_json_for_programs(handler: FlaskClient) -> None:
    answer = handler.get("/statutes/choices?q=物料遗撒&day=2026-01-06", headers={"Accept": "application/json"})
    row = answer.json["provisions"][0]
    assert (row["statute"], row["article"], row["version"]) == ("大气", 70, "2018年修正")
    assert row["in_force_since"] == "2018-10-26"


def test_numbers_write_a_citation_and_show_the_levels(handler: FlaskClient) -> None:
    found = page(handler, statute="大气", article=117, item=2, day="2026-01-06")
    assert "《中华人民共和国大气污染防治法》第一百一十七条第（二）项" in found
    assert "37,000—73,000" in found


def test_a_provision_that_does_not_exist_is_told(handler: FlaskClient) -> None:
    assert "只有129条" in page(handler, statute="大气", article=130, day="2026-01-06")


def test_a_law_not_yet_in_force_is_not_offered(handler: FlaskClient) -> None:
    assert "行政执法监督条例" not in page(handler, day="2026-01-06")
    assert "行政执法监督条例" in page(handler, day="2026-02-01")


def test_odd_addresses_are_answered_with_the_plain_page(handler: FlaskClient) -> None:
    for given in (
        {"day": "昨天", "article": "-1", "statute": "罚"},
        {"statute": "宪", "article": "1"},
        {"q": "<b>" * 90},
    ):
        assert handler.get(f"/statutes?{urlencode(given)}").status_code == 200
    assert "<b><b>" not in page(handler, q="<b><b>")


def test_what_was_not_compared_with_a_text_is_told(handler: FlaskClient) -> None:
    assert "第十八条以外的条文和施行日期未校对" in page(handler, day="2026-02-01")
    assert "行政处罚法（2021年修订，2021-07-15起施行）" in page(handler, day="2026-02-01")


def test_the_environmental_code_is_offered_from_its_first_day(handler: FlaskClient) -> None:
    found = page(handler, q="不低于堆放物高度", day="2026-08-15")
    assert "《中华人民共和国生态环境法典》第一千一百三十条第（三）项" in found
    assert "大气污染防治法》第" not in found
    assert "《中华人民共和国大气污染防治法》施行到2026-08-14为止" in found
    assert "为止" not in page(handler, q="不低于堆放物高度", day="2026-08-14")
