"""Pages: seals and signatures are never alone, heads of lists repeat, records are signed on each, rows stay whole."""

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from generator.compile import compile_template
from generator.compile_styles import W_NS
from generator.convert_css import TIGHT, style_sheet
from generator.pipeline import Made, make
from tests.generator import golden
from tests.generator.jobs import catalogue, characters, job, lines, page_image, parts, small_job, texts, words

W = f"{{{W_NS}}}"
SIZES = re.compile(r"font-size: [0-9.]+pt")

LETTER_FIELDS = [
    {"name": "text", "label": "文字", "kind": "long_text"},
    {"name": "issue_date", "label": "日期", "kind": "date"},
]
LETTER: list[Any] = [
    {"head": {"title": "决定书", "number": True}},
    {"text": "{{ text }}"},
    {"seal": "agency", "date": "issue_date"},
    {"tail": True},
]
ROWS_FIELD = {
    "name": "rows",
    "label": "清单",
    "kind": "list",
    "columns": [{"name": "item", "label": "物品名称"}, {"name": "note", "label": "备注说明"}],
}
SIGN_FIELD = {"name": "sign", "label": "经办人签名", "kind": "signature"}
SIGN_SLOT = {"id": "sign", "part": "sign", "role": "handler", "label": "经办人", "signs": "sign"}
LIST_HEAD = [{"label": "物品名称", "span": 2}, {"label": "备注说明", "span": 2}]
LIST_ROW = {"each": "rows", "row": [{"text": "{{ item.item }}", "span": 2}, {"text": "{{ item.note }}", "span": 2}]}
LAST_ROW = [{"label": "说明"}, {"value": "text", "span": 3}]


def _letter(text: str) -> Made:
    return make(small_job(LETTER, {"text": text, "issue_date": "2026-03-10"}, fields=LETTER_FIELDS))


@pytest.mark.parametrize("count", range(380, 700, 14))
def test_a_seal_never_stands_alone_on_a_page(count: int) -> None:
    made = _letter("本机关依法作出如下决定" * (count // 11) + "特" * (count % 11))
    assert made.seal_place is not None
    page, _, date = made.seal_place
    above = [line for line in lines(made.pdf, page) if line[0].bottom < date - 12]
    body = above[3:] if page == 0 else above
    assert len(body) >= 2 or (page == 0 and len(above) >= 4), [words(line) for line in above]


def test_the_seal_is_placed_on_the_date() -> None:
    made = _letter("经查，事实清楚。")
    assert made.seal_place is not None
    page, x, y = made.seal_place
    date = next(line for line in lines(made.pdf, page) if words(line) == "2026年3月10日")
    assert abs((date[0].left + date[-1].right) / 2 - x) < 1
    assert abs((date[0].top + date[0].bottom) / 2 - y) < 2


def _list(count: int, note: str = "完好") -> Made:
    rows = [{"item": f"第{i}件物品", "note": note} for i in range(1, count + 1)]
    blocks = [{"head": {"title": "清单"}}, {"list": "rows", "widths": [60, 110]}]
    return make(small_job(blocks, {"rows": rows}, fields=[ROWS_FIELD], layout="list"))


def test_sixty_rows_go_on_over_pages_with_their_head_repeated_and_a_closing_mark() -> None:
    pages = texts(_list(60).pdf)
    assert len(pages) > 1
    assert all("物品名称备注说明" in page for page in pages)
    assert "".join(pages).count("以下空白") == 1
    assert all(f"第{i}件物品" in "".join(pages) for i in range(1, 61))


def test_a_row_is_not_split_between_pages() -> None:
    made = _list(40, "这是一段会占去两三行的说明文字，用来检验一行表格是否会被分到两页上。" * 2)
    pages = texts(made.pdf)
    note = "这是一段会占去两三行的说明文字，用来检验一行表格是否会被分到两页上。" * 2
    assert sum(page.count(note) for page in pages) == 40


def test_a_cell_higher_than_a_page_goes_on_over_pages() -> None:
    text = "事实清楚，证据确凿，程序合法，适用法律正确，处罚适当。" * 120
    block = {"table": [[{"label": "事实"}, {"value": "text", "span": 3, "height": 30}]]}
    made = make(small_job([block], {"text": text}, layout="form"))
    assert made.pages > 1
    assert "".join(texts(made.pdf)).count("事实清楚，证据确凿") >= 118


def test_a_list_cell_higher_than_a_page_loses_nothing() -> None:
    text = "事实清楚，证据确凿，程序合法，适用法律正确，处罚适当。" * 120
    made = _list(3, text)
    assert sum("".join(texts(made.pdf)).count(word) for word in ("处罚适当",)) >= 3 * 118


def test_every_page_of_a_record_is_signed_and_numbered() -> None:
    qa = [
        {"q": f"第{i}个问题是什么？", "a": "回答的内容在这里，共一行多一点的文字，以便占去两行的位置。"}
        for i in range(40)
    ]
    made = make(job("inquiry_record", qa=qa))
    pages = texts(made.pdf)
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in page
        for signer in ("钱样本", "甲一", "乙二"):
            assert signer in page[-160:]


def _form(rows: list[Any], count: int, *, last: str = "完毕") -> Made:
    """Make a form with a list in its midst."""
    listed = [{"item": f"第{i}件物品", "note": "完好"} for i in range(1, count + 1)]
    fields = [ROWS_FIELD, {"name": "text", "label": "文字", "kind": "long_text"}, SIGN_FIELD]
    values = {"rows": listed, "text": last, "sign": [{"name": "甲一", "date": "2026-01-06"}]}
    return make(small_job([{"table": rows}], values, fields=fields, slots=[SIGN_SLOT], layout="form"))


def test_a_list_in_the_midst_of_a_form_goes_on_under_its_head_and_the_rest_without_it() -> None:
    rows = [[{"label": "案由"}, {"value": "text", "span": 3}], LIST_HEAD, LIST_ROW, LAST_ROW]
    pages = texts(_form(rows, 60, last="一样" * 900).pdf)
    assert len(pages) > 4
    listed = [page for page in pages if "件物品" in page]
    assert all(page.count("物品名称备注说明") == 1 for page in listed)
    assert "物品名称" not in pages[-1]


def test_parts_of_a_form_touch_as_rows_of_one_table_do() -> None:
    image = page_image(_form([[{"label": "案由"}, {"value": "text", "span": 3}], LIST_HEAD, LIST_ROW, LAST_ROW], 3).pdf)
    column = image.convert("L").crop((image.width // 2 - 60, 0, image.width // 2 - 59, image.height // 2)).tobytes()
    dark = [i for i, value in enumerate(column) if value < 140]
    rules = [i for i in dark if i - 1 not in dark]
    steps = [b - a for a, b in pairwise(rules)]
    assert len(rules) >= 7
    assert max(steps) - min(steps) <= 4, rules


def test_a_row_of_labels_before_a_list_is_its_head_in_every_type() -> None:
    headless = []
    for definition in catalogue().types.values():
        document = ET.fromstring(parts(compile_template(definition).docx)["word/document.xml"])  # noqa: S314 - our own
        for table in document.iter(f"{W}tbl"):
            rows = list(table.iter(f"{W}tr"))
            looped = [i for i, row in enumerate(rows) if "{%tr for" in _text_of(row)]
            before = [rows[i - 1] for i in looped if i and _labels_only(rows[i - 1])]
            headless += [definition.id for row in before if row.find(f"{W}trPr/{W}tblHeader") is None]
    assert headless == []


def _text_of(row: ET.Element) -> str:
    return "".join(t.text or "" for t in row.iter(f"{W}t"))


def _labels_only(row: ET.Element) -> bool:
    styles = {style.get(f"{W}val") for style in row.iter(f"{W}pStyle")}
    return styles == {"cell_label"} and "{%" not in _text_of(row)


@pytest.mark.parametrize("count", range(14, 30, 3))
def test_a_table_of_signatures_is_not_alone_on_a_page(count: int) -> None:
    listed = [{"item": f"第{i}件物品", "note": "完好"} for i in range(1, count + 1)]
    blocks = [{"list": "rows"}, {"table": [[{"label": "经办人"}, {"sign": "sign", "span": 3}]]}]
    values = {"rows": listed, "sign": [{"name": "甲一", "date": "2026-01-06"}]}
    made = make(small_job(blocks, values, fields=[ROWS_FIELD, SIGN_FIELD], slots=[SIGN_SLOT], layout="form"))
    assert f"第{count}件物品" in texts(made.pdf)[-1]


@pytest.mark.parametrize("count", range(500, 600, 28))
def test_words_that_announce_a_table_stay_with_it(count: int) -> None:
    listed = [{"item": f"第{i}件物品", "note": "完好"} for i in range(1, 4)]
    blocks = [{"text": "{{ text }}"}, {"text": "现返还下列物品："}, {"list": "rows", "widths": [78, 78]}]
    made = make(small_job(blocks, {"text": "特" * count, "rows": listed}, fields=[*LETTER_FIELDS, ROWS_FIELD]))
    page = next(page for page in texts(made.pdf) if "现返还下列物品" in page)
    assert all(f"第{i}件物品" in page for i in range(1, 4))


ONE_PAGE = (
    "test_period_notice",
    "deferral_notice",
    "hearing_termination",
    "stop_order",
    "permit_refusal_decision",
    "non_acceptance_decision",
    "supplement_notice",
    "coercive_release_decision",
    "inspection_result_notice",
    "summary_penalty_decision",
)


def test_a_paper_that_a_few_lines_would_send_to_a_further_page_is_set_tighter() -> None:
    pages = {type_id: (golden.known(type_id, "ordinary") or [0])[0] for type_id in (*ONE_PAGE, "penalty_decision")}
    assert pages == dict.fromkeys(ONE_PAGE, 1) | {"penalty_decision": 3}


@pytest.mark.parametrize("tight", TIGHT)
def test_tighter_lines_keep_the_size_of_letters(tight: float) -> None:
    assert SIZES.findall(style_sheet("letter", tight)) == SIZES.findall(style_sheet("letter"))


def test_a_date_in_a_narrow_cell_is_broken_between_its_parts() -> None:
    rows = [{"item": "甲", "note": "2026年12月31日16时30分"}]
    made = make(small_job([{"list": "rows", "widths": [148, 22]}], {"rows": rows}, fields=[ROWS_FIELD], layout="list"))
    drawn = [words(line) for line in lines(made.pdf)]
    assert any("12月31日" in line for line in drawn)
    assert any("16时30分" in line for line in drawn)


def test_a_cell_whose_values_are_all_empty_is_struck_as_a_whole() -> None:
    block = {
        "table": [
            [{"label": "期限"}, {"text": "{{ text }}日，{{ text }}"}, {"label": "依据"}, {"text": "见{{ text }}"}]
        ]
    }
    assert "／日" not in make(small_job([block], {}, layout="form")).text
    assert make(small_job([block], {}, layout="form")).text.count("／") == 2


def test_a_label_within_a_line_is_not_broken() -> None:
    block = {"line": [{"label": "法定代表人", "text": "{{ text }}"}, {"label": "职务", "text": "经理"}]}
    for count in range(12, 20):
        made = make(small_job([block], {"text": "名" * count}))
        assert any("职务：" in words(line) for line in lines(made.pdf))


def test_a_form_that_a_line_or_two_would_send_to_a_second_page_keeps_to_one() -> None:
    code = "《中华人民共和国生态环境法典》"
    words = {"violated": f"{code}第五百零六条第二款", "penalty_basis": f"{code}第一千一百六十九条第三款"}
    assert make(job("summary_penalty_decision", party_name="阿依努尔·买买䶮（虚构）", **words)).pages == 1


def test_lines_of_a_record_are_ruled() -> None:
    made = make(job("inquiry_record"))
    image = page_image(made.pdf, dpi=144).convert("L")
    line = next(x for x in lines(made.pdf) if words(x).startswith("答："))
    y = round((line[0].bottom + 3.2) / 25.4 * 144)
    rows = [sum(p < 200 for p in image.crop((0, r, image.width, r + 1)).tobytes()) for r in range(y - 14, y + 14)]
    assert max(rows) > image.width * 0.75


def test_a_last_page_of_a_few_lines_is_saved_by_tighter_lines() -> None:
    sentence = "本机关依法作出如下决定并告知当事人有关事项。"
    counts = {n: _letter(sentence * n).pages for n in range(18, 60, 3)}
    assert sorted(counts.values()) == list(counts.values())


@pytest.mark.parametrize("name", ["party_name", "address", "collect_bank"])
def test_a_name_of_sixty_characters_stays_on_its_page(name: str) -> None:
    long = "清河镇示例砂石骨料开采加工销售及现代仓储物流与建筑废弃物资源化综合利用产业发展集团股份有限公司第一分公司"
    made = make(job("penalty_decision", **{name: long}))
    assert all(c.right < 210 - 20 for page in range(made.pages) for c in characters(made.pdf, page) if c.text.strip())
    assert long in made.text


def test_three_thousand_characters_in_a_form_keep_its_ruling() -> None:
    made = make(job("case_initiation_approval", start_reason="情况复杂，涉及多个地点和多名当事人。" * 170))
    assert made.pages >= 3
    assert all(c.right < 191 for page in range(made.pages) for c in characters(made.pdf, page) if c.text.strip())
