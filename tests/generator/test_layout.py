"""Pages: a seal is never alone on one, heads of tables repeat, records are signed on each page, rows stay whole."""

from typing import Any

import pytest

from generator.pipeline import Made, make
from tests.generator.jobs import characters, job, lines, page_image, small_job, texts, words

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


@pytest.mark.parametrize("kind", ["ordinary", "minimal", "hard"])
def test_a_row_of_signatures_stays_with_the_row_before_it(kind: str) -> None:
    made = make(job("hearing_report", kind))
    last = texts(made.pdf)[-1]
    assert "听证主持人" in last
    assert len(last.split("签名：")[0]) > len("理由") + 20


@pytest.mark.parametrize("type_id", ["test_period_notice", "deferral_notice", "hearing_termination"])
def test_a_letter_that_a_few_millimetres_would_send_to_a_second_page_keeps_to_one(type_id: str) -> None:
    assert make(job(type_id)).pages == 1


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
